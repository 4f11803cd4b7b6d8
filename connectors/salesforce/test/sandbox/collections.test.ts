import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Client, open } from './client.ts';

const contact = (fields: object) => ({ attributes: { type: 'Contact' }, ...fields });
const lead = (fields: object) => ({ attributes: { type: 'Lead' }, ...fields });

describe('checklist 5: collections', () => {
  let client: Client;
  beforeEach(async () => {
    client = await open();
  });
  afterEach(() => client.org.close());

  const post = (records: readonly object[], allOrNone = false) =>
    client.call('POST', '/composite/sobjects', { allOrNone, records });
  const count = async (type: string) => (await client.query(`SELECT COUNT() FROM ${type}`)).body.totalSize;

  it('"HTTP 200 even if all fail. The key is statusCode", order kept', async () => {
    const answer = await post([contact({ LastName: 'A' }), contact({}), lead({ LastName: 'L', Company: 'C' })]);
    expect(answer.status).toBe(200);
    expect(answer.body).toEqual([
      { id: answer.body[0].id, success: true, errors: [] },
      {
        success: false,
        errors: [
          {
            statusCode: 'REQUIRED_FIELD_MISSING',
            message: 'Required fields are missing: [LastName]',
            fields: ['LastName'],
          },
        ],
      },
      { id: answer.body[2].id, success: true, errors: [] },
    ]);
    const failed = await post([contact({}), contact({})]);
    expect([failed.status, failed.body.map((r: { success: boolean }) => r.success)]).toEqual([200, [false, false]]);
  });

  it('"200 cap (400 EXCEEDED_ID_LIMIT)"', async () => {
    const records = Array.from({ length: 201 }, (_, i) => contact({ LastName: `N${i}` }));
    const answer = await post(records);
    expect([answer.status, answer.body[0].errorCode]).toEqual([400, 'EXCEEDED_ID_LIMIT']);
    expect((await post(records.slice(1))).body).toHaveLength(200);
    expect(await count('Contact')).toBe(200);
  });

  it('"mixed types are processed in chunks, max 10 chunks"', async () => {
    const mixed = (n: number) =>
      Array.from({ length: n }, (_, i) => (i % 2 ? contact({ LastName: 'A' }) : lead({ LastName: 'A', Company: 'C' })));
    expect((await post(mixed(10))).status).toBe(200);
    expect((await post(mixed(11))).status).toBe(400);
  });

  it('"allOrNone:true: offender keeps its code, others get ALL_OR_NONE_OPERATION_ROLLED_BACK, nothing stored"', async () => {
    const { body } = await post([contact({ LastName: 'A' }), contact({}), contact({ LastName: 'B' })], true);
    expect(body.map((r: { errors: { statusCode: string }[] }) => r.errors[0]?.statusCode)).toEqual([
      'ALL_OR_NONE_OPERATION_ROLLED_BACK',
      'REQUIRED_FIELD_MISSING',
      'ALL_OR_NONE_OPERATION_ROLLED_BACK',
    ]);
    expect(await count('Contact')).toBe(0);
  });

  it('allOrNone takes back updates and deletes as well', async () => {
    const a = await client.create('Contact', { LastName: 'A', Email: 'a@example.com' });
    const records = [contact({ id: a, Email: 'b@example.com' }), contact({ id: '003000000000000AAA' })];
    await client.call('PATCH', '/composite/sobjects', { allOrNone: true, records });
    expect((await client.query("SELECT Id FROM Contact WHERE Email = 'a@example.com'")).body.totalSize).toBe(1);
    expect((await client.query("SELECT Id FROM Contact WHERE Email = 'b@example.com'")).body.totalSize).toBe(0);
    await client.call('DELETE', `/composite/sobjects?ids=${a},003000000000000AAA&allOrNone=true`);
    expect(await count('Contact')).toBe(1);
  });

  it('"upsert results still say created:true on rolled-back rows"', async () => {
    const records = [contact({ Heed_Id__c: 'a', LastName: 'A' }), contact({ Heed_Id__c: 'b' })];
    const { body } = await client.call('PATCH', '/composite/sobjects/Contact/Heed_Id__c', { allOrNone: true, records });
    expect(body[0]).toMatchObject({
      success: false,
      created: true,
      errors: [{ statusCode: 'ALL_OR_NONE_OPERATION_ROLLED_BACK' }],
    });
    expect(await count('Contact')).toBe(0);
  });

  it('updates by id, each record with its own result', async () => {
    const a = await client.create('Contact', { LastName: 'A' });
    const gone = await client.create('Contact', { LastName: 'B' });
    await client.call('DELETE', `/sobjects/Contact/${gone}`);
    const records = [
      contact({ id: a, HasOptedOutOfEmail: true }),
      contact({ Id: gone, LastName: 'C' }),
      contact({ LastName: 'D' }),
    ];
    const { body } = await client.call('PATCH', '/composite/sobjects', { records });
    expect(
      body.map((r: { success: boolean; errors: { statusCode: string }[] }) => r.errors[0]?.statusCode ?? r.success),
    ).toEqual([true, 'ENTITY_IS_DELETED', 'MISSING_ARGUMENT']);
  });

  it('"upsert many: external-id fields only, never record Id", one type', async () => {
    const upsert = (field: string, records: readonly object[]) =>
      client.call('PATCH', `/composite/sobjects/Contact/${field}`, { records });
    const first = await upsert('Heed_Id__c', [contact({ Heed_Id__c: 'a', LastName: 'A' })]);
    const again = await upsert('Heed_Id__c', [
      contact({ Heed_Id__c: 'a', LastName: 'B' }),
      contact({ Heed_Id__c: 'c', LastName: 'C' }),
    ]);
    expect(again.body.map((r: { created: boolean }) => r.created)).toEqual([false, true]);
    expect(again.body[0].id).toBe(first.body[0].id);
    expect((await upsert('Id', [contact({ Id: first.body[0].id })])).status).toBe(404);
    expect((await upsert('Heed_Id__c', [lead({ Heed_Id__c: 'a' })])).status).toBe(400);
  });

  it('an ambiguous external id in a collection is DUPLICATE_EXTERNAL_ID on its record', async () => {
    client.act('admin/add-field', { type: 'Contact', name: 'Legacy__c', fieldType: 'string', externalId: true });
    for (const name of ['A', 'B']) await client.create('Contact', { LastName: name, Legacy__c: 'x' });
    const records = [contact({ Legacy__c: 'x', LastName: 'C' }), contact({ Legacy__c: 'y', LastName: 'D' })];
    const { body } = await client.call('PATCH', '/composite/sobjects/Contact/Legacy__c', { records });
    expect([body[0].errors[0].statusCode, body[1].success]).toEqual(['DUPLICATE_EXTERNAL_ID', true]);
  });

  it('"read many: missing id gives null at its index"', async () => {
    const a = await client.create('Contact', { LastName: 'A' });
    const ids = ['003000000000000AAA', a];
    const { body } = await client.call('POST', '/composite/sobjects/Contact', { ids, fields: ['LastName'] });
    expect(body).toEqual([
      null,
      { attributes: { type: 'Contact', url: `/services/data/v67.0/sobjects/Contact/${a}` }, LastName: 'A' },
    ]);
  });

  it('"delete many: DELETE /composite/sobjects?ids=a,b"', async () => {
    const a = await client.create('Contact', { LastName: 'A' });
    const b = await client.create('Lead', { LastName: 'B', Company: 'C' });
    const { body } = await client.call('DELETE', `/composite/sobjects?ids=${a},${b}`);
    expect(body).toEqual([a, b].map((id) => ({ id, success: true, errors: [] })));
    expect([await count('Contact'), await count('Lead')]).toEqual([0, 0]);
  });

  it('a field nobody knows fails the call before anything is written, or its record, by a switch', async () => {
    const records = [contact({ LastName: 'A' }), contact({ LastName: 'B', Nope__c: 1 })];
    const call = await post(records);
    expect([call.status, call.body[0].errorCode, await count('Contact')]).toEqual([400, 'INVALID_FIELD', 0]);
    client.org.switches({ unknownFieldInCollection: 'record' });
    expect((await post(records)).body.map((r: { success: boolean }) => r.success)).toEqual([true, false]);
  });
});

describe('checklist 11: limits, locks and duplicate rules', () => {
  let client: Client;
  beforeEach(async () => {
    client = await open();
  });
  afterEach(() => client.org.close());

  it('"Every REST reply has Sforce-Limit-Info: api-usage=18/5000" and counts down to 403 REQUEST_LIMIT_EXCEEDED', async () => {
    client.org.switches({ dailyApiRequests: 3 });
    const first = await client.call('GET', '/sobjects/Contact/describe');
    expect(first.headers.get('sforce-limit-info')).toBe('api-usage=1/3');
    const limits = await client.call('GET', '/limits');
    expect(limits.body.DailyApiRequests).toEqual({ Max: 3, Remaining: 1 });
    expect((await client.query('SELECT Nope FROM Contact')).headers.get('sforce-limit-info')).toBe('api-usage=3/3');
    const over = await client.call('GET', '/limits');
    expect([over.status, over.body]).toEqual([
      403,
      [{ message: 'TotalRequests Limit exceeded.', errorCode: 'REQUEST_LIMIT_EXCEEDED' }],
    ]);
    expect(over.headers.get('retry-after')).toBeNull();
    client.org.clock.advance(86_400_000);
    expect((await client.call('GET', '/limits')).status).toBe(200);
  });

  it('"503" and throttling by fault rules', async () => {
    client.org.faults([
      { kind: 'server-error', route: 'GET **', count: 1 },
      { kind: 'throttle', route: 'POST **', count: 1 },
    ]);
    const error = await client.call('GET', '/limits');
    expect([error.status, error.body[0].errorCode]).toEqual([503, 'SERVER_UNAVAILABLE']);
    const over = await client.call('POST', '/sobjects/Contact', { LastName: 'A' });
    expect([over.status, over.body[0].errorCode]).toEqual([403, 'REQUEST_LIMIT_EXCEEDED']);
  });

  it('"row locks on n-th record": UNABLE_TO_LOCK_ROW', async () => {
    client.org.switches({ lockEveryNth: 3 });
    const records = Array.from({ length: 6 }, (_, i) => contact({ LastName: `N${i}` }));
    const { body } = await client.call('POST', '/composite/sobjects', { records });
    expect(body.map((r: { errors: { statusCode: string }[] }) => r.errors[0]?.statusCode ?? 'ok')).toEqual([
      'ok',
      'ok',
      'UNABLE_TO_LOCK_ROW',
      'ok',
      'ok',
      'UNABLE_TO_LOCK_ROW',
    ]);
  });

  it('a record locked by somebody fails so many times, then goes', async () => {
    const id = await client.create('Contact', { LastName: 'A' });
    client.act('admin/lock', { id, times: 1 });
    const locked = await client.call('PATCH', `/sobjects/Contact/${id}`, { LastName: 'B' });
    expect([locked.status, locked.body[0].errorCode]).toEqual([400, 'UNABLE_TO_LOCK_ROW']);
    expect((await client.call('PATCH', `/sobjects/Contact/${id}`, { LastName: 'B' })).status).toBe(204);
  });

  it('the fault partial-batch fails chosen records with a chosen code', async () => {
    client.org.faults([
      { kind: 'partial-batch', count: 1, details: { indexes: [0], statusCode: 'SERVER_UNAVAILABLE' } },
    ]);
    const { body } = await client.call('POST', '/composite/sobjects', {
      records: [contact({ LastName: 'A' }), contact({ LastName: 'B' })],
    });
    expect([body[0].errors[0].statusCode, body[1].success]).toEqual(['SERVER_UNAVAILABLE', true]);
  });

  it('"Duplicate rules in Alert mode still block API writes unless header allowSave=true; Block-mode cannot be bypassed"', async () => {
    await client.create('Contact', { LastName: 'A', Email: 'a@example.com' });
    const create = (headers = {}) =>
      client.call('POST', '/sobjects/Contact', { LastName: 'B', Email: 'A@example.com' }, headers);
    const allow = { 'Sforce-Duplicate-Rule-Header': 'allowSave=true' };
    client.org.switches({ duplicateRule: 'alert' });
    const alert = await create();
    expect([alert.status, alert.body[0].errorCode]).toEqual([400, 'DUPLICATES_DETECTED']);
    expect((await create(allow)).status).toBe(201);
    client.org.switches({ duplicateRule: 'block' });
    expect((await create(allow)).body[0].errorCode).toBe('DUPLICATES_DETECTED');
  });
});
