// Checklist point 7 and section 2.2 of the vendor notes: batches of contacts, against raw HTTP.
import { describe, expect, test } from 'vitest';
import { contactCalls, ids, start } from './client.ts';

const ADA = 'ada@example.org';
const BOB = 'bob@example.org';
const input = (email: string, more: object = {}) => ({ properties: { email, ...more } });

describe('7. "Batch >100 → 400; objectWriteTraceId on all → 207 partial, else whole batch 400"', () => {
  test('"Batch create | ≤100; 201 or 207"', async () => {
    const hubspot = await start();
    const { batch } = contactCalls(hubspot);
    const { status, body } = await batch('create', { inputs: [input(ADA), input(BOB)] });
    expect(status).toBe(201);
    expect(body).toMatchObject({ status: 'COMPLETE', startedAt: '2026-03-04T12:00:00.000Z' });
    expect(body.results.map((one: { properties: { email: string } }) => one.properties.email)).toEqual([ADA, BOB]);
    expect(body.errors).toBeUndefined();
    const many = Array.from({ length: 101 }, (_, at) => input(`p${at}@example.org`));
    expect((await batch('create', { inputs: many })).status).toBe(400);
    expect((await batch('create', { inputs: many.slice(1) })).body.results).toHaveLength(100);
    for (const name of ['read', 'update', 'upsert', 'archive']) {
      const inputs = many.map((_, at) => ({ id: String(at), properties: {} }));
      expect((await batch(name, { inputs, properties: [] })).status, name).toBe(400);
    }
    expect((await batch('create', {})).status).toBe(400);
  });

  test('without trace ids "one bad row fails the whole batch with 400" and nothing is saved', async () => {
    const hubspot = await start();
    const { batch, byEmail, id } = contactCalls(hubspot);
    const refused = await batch('create', { inputs: [input(ADA), input(BOB, { missing: 'x' })] });
    expect([refused.status, refused.body.category]).toEqual([400, 'VALIDATION_ERROR']);
    expect((await byEmail(ADA)).status).toBe(404);
    const eve = await id({ email: 'eve@example.org' });
    const conflict = await batch('create', { inputs: [input(ADA), input('EVE@example.org')] });
    expect(conflict).toMatchObject({ status: 409, body: { message: `Contact already exists. Existing ID: ${eve}` } });
    const half = [input(ADA, {}), { ...input(BOB, { missing: 'x' }), objectWriteTraceId: 't2' }];
    expect((await batch('create', { inputs: half })).status).toBe(400); // "only when every input carries" one
    expect((await byEmail(ADA)).status).toBe(404);
  });

  test('with unique trace ids 207, and "the error then names it in context.objectWriteTraceId[]"', async () => {
    const hubspot = await start();
    const { batch, id, get } = contactCalls(hubspot);
    const eve = await id({ email: 'eve@example.org' });
    const inputs = [
      { ...input(ADA), objectWriteTraceId: 't1' },
      { ...input(BOB, { missing: 'x' }), objectWriteTraceId: 't2' },
      { ...input('EVE@example.org'), objectWriteTraceId: 't3' },
    ];
    const { status, body } = await batch('create', { inputs });
    expect(status).toBe(207);
    expect(body).toMatchObject({ status: 'COMPLETE', numErrors: 2 });
    expect(body.results).toMatchObject([{ properties: { email: ADA }, objectWriteTraceId: 't1' }]);
    expect(body.errors).toEqual([
      {
        status: 'error',
        category: 'VALIDATION_ERROR',
        message:
          'Property values were not valid: [{"isValid":false,"message":"Property \\"missing\\" does not exist","error":"PROPERTY_DOESNT_EXIST","name":"missing"}]',
        context: { objectWriteTraceId: ['t2'] },
      },
      {
        status: 'error',
        category: 'CONFLICT',
        message: `Contact already exists. Existing ID: ${eve}`,
        context: { objectWriteTraceId: ['t3'] },
      },
    ]);
    const update = await batch('update', {
      inputs: [
        { id: eve, properties: { firstname: 'Eve' }, objectWriteTraceId: 'a' },
        { id: '1', properties: { firstname: 'x' }, objectWriteTraceId: 'b' },
      ],
    });
    expect(update.status).toBe(207);
    expect(update.body.errors).toMatchObject([
      { category: 'OBJECT_NOT_FOUND', context: { ids: ['1'], objectWriteTraceId: ['b'] } },
    ]);
    expect((await get(eve)).body.properties.firstname).toBe('Eve');
    const sameTrace = inputs.map((one) => ({ ...one, objectWriteTraceId: 't' }));
    expect((await batch('create', { inputs: sameTrace })).status).not.toBe(207); // "a unique objectWriteTraceId"
  });

  test('"The same id or email twice in one batch: expect a 400 for the batch (UNVERIFIED)"', async () => {
    const hubspot = await start();
    const { batch, id, get } = contactCalls(hubspot);
    const ada = await id({ email: ADA });
    const twice = [
      { id: ada, properties: { firstname: 'A' }, objectWriteTraceId: '1' },
      { id: ada, properties: { firstname: 'Ada' }, objectWriteTraceId: '2' },
    ];
    expect((await batch('update', { inputs: twice })).status).toBe(400);
    expect((await batch('create', { inputs: [input(BOB), input('BOB@example.org')] })).status).toBe(400);
    hubspot.switches({ duplicateInputs: 'applied' });
    expect((await batch('update', { inputs: twice })).status).toBe(200);
    expect((await get(ada)).body.properties.firstname).toBe('Ada');
  });

  test('"Do not count on results being in input order"; whether trace ids come back is a switch', async () => {
    const hubspot = await start({ switches: { batchOrder: 'reversed', echoTraceIds: false } });
    const { batch } = contactCalls(hubspot);
    const inputs = [ADA, BOB].map((email) => ({ ...input(email), objectWriteTraceId: email }));
    const { body } = await batch('create', { inputs });
    expect(body.results.map((one: { properties: { email: string } }) => one.properties.email)).toEqual([BOB, ADA]);
    expect(body.results[0]).not.toHaveProperty('objectWriteTraceId');
  });
});

describe('7. upserts: "email-keyed upsert: all or nothing (our reading)"; "result item has new: true/false"', () => {
  test('by a custom unique property', async () => {
    const hubspot = await start();
    const { batch, id } = contactCalls(hubspot);
    const ada = await id({ email: ADA, customer_number: 'C-1' });
    const { status, body } = await batch('upsert', {
      inputs: [
        { id: 'C-1', idProperty: 'customer_number', properties: { firstname: 'Ada' }, objectWriteTraceId: '1' },
        { id: 'C-2', idProperty: 'customer_number', properties: { email: BOB }, objectWriteTraceId: '2' },
        { id: 'C-3', idProperty: 'customer_number', properties: { vip: 'perhaps' }, objectWriteTraceId: '3' },
      ],
    });
    expect(status).toBe(207);
    expect(body.results).toMatchObject([
      { id: ada, new: false },
      { new: true, properties: { customer_number: 'C-2', email: BOB } },
    ]);
    expect(body.errors[0].context.objectWriteTraceId).toEqual(['3']);
    const noKey = { inputs: [{ id: 'x', idProperty: 'firstname', properties: {} }] };
    expect((await batch('upsert', noKey)).status).toBe(400);
  });

  test.each([false, true])(
    '"Partial upserts are not supported when using email as idProperty": %s',
    async (partial) => {
      const hubspot = await start({ switches: { partialEmailUpserts: partial } });
      const { batch, byEmail } = contactCalls(hubspot);
      const inputs = [
        { id: ADA, idProperty: 'email', properties: { firstname: 'Ada' }, objectWriteTraceId: '1' },
        { id: BOB, idProperty: 'email', properties: { vip: 'perhaps' }, objectWriteTraceId: '2' },
      ];
      expect((await batch('upsert', { inputs })).status).toBe(partial ? 207 : 400);
      expect((await byEmail(ADA)).status).toBe(partial ? 200 : 404);
      expect((await batch('upsert', { inputs: inputs.slice(0, 1) })).body.results[0].new).toBe(!partial);
    },
  );
});

describe('2. batch read and archive', () => {
  test('"200, or 207 with errors for missing ids", by id and by email', async () => {
    const hubspot = await start();
    const { batch, id } = contactCalls(hubspot);
    const ada = await id({ email: ADA, hs_additional_emails: 'countess@example.org' });
    const good = await batch('read', {
      inputs: [{ id: 'COUNTESS@example.org' }],
      idProperty: 'email',
      properties: ['email'],
    });
    expect([good.status, ids(good)]).toEqual([200, [ada]]);
    const history = {
      inputs: Array.from({ length: 51 }, (_, at) => ({ id: String(at) })),
      propertiesWithHistory: ['email'],
    };
    expect((await batch('read', history)).status).toBe(400);
    const missing = await batch('read', {
      inputs: [{ id: ada }, { id: '1' }],
      properties: ['email', 'hs_email_optout'],
    });
    expect(missing.status).toBe(207);
    expect(missing.body).toMatchObject({
      results: [{ id: ada, properties: { email: ADA, hs_email_optout: null } }],
      numErrors: 1,
      errors: [{ category: 'OBJECT_NOT_FOUND', context: { ids: ['1'] } }],
    });
  });

  test('"Batch archive | 204", and reading archived ones', async () => {
    const hubspot = await start();
    const { batch, raw, id } = contactCalls(hubspot);
    const [ada, bob] = [await id({ email: ADA }), await id({ email: BOB })];
    expect((await batch('archive', { inputs: [{ id: ada }, { id: '1' }] })).status).toBe(204);
    expect(ids(await raw('GET', ''))).toEqual([bob]);
    const archived = await raw('POST', '/batch/read?archived=true', { inputs: [{ id: ada }], properties: [] });
    expect(archived.body.results).toMatchObject([{ id: ada, archived: true }]);
  });
});

describe('faults of batches', () => {
  test('partial-batch, batch-fewer-rows, batch-reordered-rows', async () => {
    const hubspot = await start();
    const { batch, raw } = contactCalls(hubspot);
    const inputs = [ADA, BOB].map((email) => ({ ...input(email), objectWriteTraceId: email }));
    hubspot.faults([{ kind: 'partial-batch', route: 'POST /crm/v3/objects/contacts/batch/create', count: 1 }]);
    const partial = await batch('create', { inputs });
    expect([partial.status, partial.body.errors[0].context.objectWriteTraceId]).toEqual([207, [BOB]]);
    hubspot.faults([
      { kind: 'batch-fewer-rows', count: 1 },
      { kind: 'batch-reordered-rows', count: 1 },
    ]);
    const fewer = await batch('create', { inputs: inputs.map((one) => input(`x${one.objectWriteTraceId}`)) });
    expect(fewer.body.results).toHaveLength(1);
    expect((await raw('GET', '')).body.results).toHaveLength(3);
  });
});
