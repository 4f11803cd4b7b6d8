import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Client, open } from './client.ts';

describe('single records', () => {
  let client: Client;
  beforeEach(async () => {
    client = await open();
  });
  afterEach(() => client.org.close());

  const refusal = async (type: string, fields: object) => {
    const { status, body } = await client.call('POST', `/sobjects/${type}`, fields);
    return [status, body[0].errorCode, body[0].fields];
  };

  it('creates, reads, changes and deletes: 201, 200, 204, 204', async () => {
    const made = await client.call('POST', '/sobjects/Contact', { LastName: 'Ada', Email: 'ada@example.com' });
    expect([made.status, made.body]).toEqual([201, { id: made.body.id, success: true, errors: [] }]);
    const path = `/sobjects/Contact/${made.body.id}`;
    const patch = await client.call('PATCH', path, { FirstName: 'A' });
    expect([patch.status, patch.text]).toEqual([204, '']);
    const read = await client.call('GET', `${path}?fields=FirstName,Email,Name`);
    expect(read.body).toMatchObject({
      attributes: { type: 'Contact' },
      FirstName: 'A',
      Email: 'ada@example.com',
      Name: 'A Ada',
    });
    expect(Object.keys(read.body)).toHaveLength(4);
    expect((await client.call('DELETE', path)).status).toBe(204);
    expect((await client.call('GET', path)).status).toBe(404);
  });

  it('"data REQUIRED_FIELD_MISSING, INVALID_EMAIL_ADDRESS, STRING_TOO_LONG, DUPLICATE_VALUE"; the single form has errorCode', async () => {
    expect(await refusal('Contact', { FirstName: 'A' })).toEqual([400, 'REQUIRED_FIELD_MISSING', ['LastName']]);
    expect(await refusal('Lead', { LastName: 'A' })).toEqual([400, 'REQUIRED_FIELD_MISSING', ['Company']]);
    expect(await refusal('Contact', { LastName: 'A', Email: 'nonsense' })).toEqual([
      400,
      'INVALID_EMAIL_ADDRESS',
      ['Email'],
    ]);
    expect(await refusal('Contact', { LastName: 'A'.repeat(81) })).toEqual([400, 'STRING_TOO_LONG', ['LastName']]);
    await client.create('Contact', { LastName: 'A', Heed_Id__c: 'h1' });
    expect(await refusal('Contact', { LastName: 'B', Heed_Id__c: 'H1' })).toEqual([400, 'DUPLICATE_VALUE', []]);
    expect(await refusal('Contact', { LastName: 'A', Email_Preference__c: 'Daily' })).toEqual([
      400,
      'INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST',
      ['Email_Preference__c'],
    ]);
    expect(await refusal('Contact', { LastName: 'A', HasOptedOutOfEmail: null })).toEqual([
      400,
      'INVALID_TYPE_ON_FIELD_IN_RECORD',
      ['HasOptedOutOfEmail'],
    ]);
  });

  it('JSON of the wrong type, and no JSON at all, are JSON_PARSER_ERROR', async () => {
    expect((await refusal('Contact', { LastName: 'A', HasOptedOutOfEmail: 'yes' }))[1]).toBe('JSON_PARSER_ERROR');
    expect((await refusal('Contact', { LastName: 'A', Birthdate: '2026-02-30' }))[1]).toBe('JSON_PARSER_ERROR');
    const url = `${client.org.url}/services/data/v67.0/sobjects/Contact`;
    const broken = await fetch(url, {
      method: 'POST',
      body: '{',
      headers: { authorization: `Bearer ${client.org.accessToken}` },
    });
    expect([broken.status, ((await broken.json()) as { errorCode: string }[])[0]?.errorCode]).toEqual([
      400,
      'JSON_PARSER_ERROR',
    ]);
  });

  it('"access INVALID_FIELD, INVALID_FIELD_FOR_INSERT_UPDATE": unknown and read-only fields', async () => {
    expect((await refusal('Contact', { LastName: 'A', Nope__c: 1 }))[1]).toBe('INVALID_FIELD');
    expect((await refusal('Contact', { LastName: 'A', IsDeleted: true }))[1]).toBe('INVALID_FIELD_FOR_INSERT_UPDATE');
    expect((await refusal('Contact', { LastName: 'A', Id: '003000000000000' }))[1]).toBe('INVALID_FIELD');
  });

  it('"gone ENTITY_IS_DELETED, INVALID_CROSS_REFERENCE_KEY": deleted records and look-ups to nothing', async () => {
    const id = await client.create('Contact', { LastName: 'A' });
    await client.call('DELETE', `/sobjects/Contact/${id}`);
    const patch = await client.call('PATCH', `/sobjects/Contact/${id}`, { LastName: 'B' });
    expect([patch.status, patch.body[0].errorCode]).toEqual([404, 'ENTITY_IS_DELETED']);
    expect((await refusal('Contact', { LastName: 'A', AccountId: '001000000000000AAA' }))[1]).toBe(
      'INVALID_CROSS_REFERENCE_KEY',
    );
    expect((await client.call('PATCH', '/sobjects/Contact/003Hs00000000zzAAA', {})).status).toBe(404);
  });

  it('stores e-mail addresses in lower case, trims text, and keeps an empty text as null', async () => {
    const id = await client.create('Contact', { LastName: ' Ada ', Email: 'Ada@Example.COM', Title: '  ' });
    const { body } = await client.call('GET', `/sobjects/Contact/${id}`);
    expect([body.LastName, body.Email, body.Title]).toEqual(['Ada', 'ada@example.com', null]);
  });

  it('"If-Unmodified-Since" on a PATCH: 412 and nothing written when the record was modified after it, 400 when invalid', async () => {
    const id = await client.create('Contact', { LastName: 'A' });
    const patch = (since: string) =>
      client.call('PATCH', `/sobjects/Contact/${id}`, { LastName: since }, { 'If-Unmodified-Since': since });
    expect((await patch('Sun, 01 Mar 2026 12:00:00 GMT')).status).toBe(204);
    client.org.clock.advance(5000);
    client.act('admin/edit', { id, fields: { LastName: 'Person' } });
    expect((await patch('Sun, 01 Mar 2026 12:00:04 GMT')).status).toBe(412);
    expect((await patch('yesterday')).status).toBe(400);
    expect((await client.call('GET', `/sobjects/Contact/${id}`)).body.LastName).toBe('Person');
  });

  it('the last modified date is what If-Unmodified-Since compares with: a touch does not move it', async () => {
    const id = await client.create('Contact', { LastName: 'A' });
    client.org.clock.advance(5000);
    client.act('admin/touch', { id });
    const headers = { 'If-Unmodified-Since': 'Sun, 01 Mar 2026 12:00:01 GMT' };
    expect((await client.call('PATCH', `/sobjects/Contact/${id}`, { LastName: 'B' }, headers)).status).toBe(204);
  });
});

describe('checklist 13: time', () => {
  let client: Client;
  beforeEach(async () => {
    client = await open();
  });
  afterEach(() => client.org.close());

  const dates = async (id: string) => {
    const { body } = await client.call(
      'GET',
      `/sobjects/Contact/${id}?fields=CreatedDate,LastModifiedDate,SystemModstamp`,
    );
    return [body.CreatedDate, body.LastModifiedDate, body.SystemModstamp].map((date: string) => date.slice(17));
  };

  it('"replies look like 2026-11-21T10:00:00.000+0000 (one-second granularity, offset without colon)"', async () => {
    client.org.clock.advance(1999);
    const id = await client.create('Contact', { LastName: 'A' });
    expect(await dates(id)).toEqual(['01.000+0000', '01.000+0000', '01.000+0000']);
  });

  it('"SystemModstamp moved by touch without LastModifiedDate"', async () => {
    const id = await client.create('Contact', { LastName: 'A' });
    client.org.clock.advance(5000);
    client.act('admin/touch', { id });
    expect(await dates(id)).toEqual(['00.000+0000', '00.000+0000', '05.000+0000']);
  });

  it('"LastModifiedDate can be set by importers"', async () => {
    const fields = { LastName: 'Old', LastModifiedDate: '2020-01-01T00:00:00Z', CreatedDate: '2020-01-01T00:00:00Z' };
    const { id } = client.act('admin/create', { type: 'Contact', fields });
    const { body } = await client.call('GET', `/sobjects/Contact/${id}`);
    expect(body.LastModifiedDate).toBe('2020-01-01T00:00:00.000+0000');
    expect(body.SystemModstamp).toBe('2026-03-01T12:00:00.000+0000');
  });

  it('an update that changes nothing moves the dates all the same', async () => {
    const id = await client.create('Contact', { LastName: 'A' });
    client.org.clock.advance(3000);
    await client.call('PATCH', `/sobjects/Contact/${id}`, { LastName: 'A' });
    expect(await dates(id)).toEqual(['00.000+0000', '03.000+0000', '03.000+0000']);
  });

  it('a late-visible commit appears with an older SystemModstamp than rows that were visible before it', async () => {
    const early = await client.create('Contact', { LastName: 'Early', Email: 'early@example.com' });
    client.act('person/unsubscribe', { email: 'early@example.com', visibleAfterMs: 90_000 });
    client.org.clock.advance(10_000);
    await client.create('Contact', { LastName: 'Later' });
    const names = async () => {
      const { body } = await client.query(
        'SELECT LastName, HasOptedOutOfEmail FROM Contact ORDER BY SystemModstamp, Id',
      );
      return body.records.map((r: { LastName: string; HasOptedOutOfEmail: boolean }) => [
        r.LastName,
        r.HasOptedOutOfEmail,
      ]);
    };
    expect(await names()).toEqual([
      ['Early', false],
      ['Later', false],
    ]);
    const locked = await client.call('PATCH', `/sobjects/Contact/${early}`, { FirstName: 'x' });
    expect(locked.body[0].errorCode).toBe('UNABLE_TO_LOCK_ROW');
    client.org.clock.advance(90_000);
    expect(await names()).toEqual([
      ['Early', true],
      ['Later', false],
    ]);
    expect(await dates(early)).toEqual(['00.000+0000', '00.000+0000', '00.000+0000']);
  });

  it('"clock control": POST /__sandbox/clock', async () => {
    const url = `${client.org.url}/__sandbox/clock`;
    const moved = await fetch(url, { method: 'POST', body: JSON.stringify({ advanceMs: 3_600_000 }) });
    expect(await moved.json()).toEqual({ now: '2026-03-01T13:00:00.000Z' });
  });
});

describe('upsert of one record by external id', () => {
  let client: Client;
  beforeEach(async () => {
    client = await open();
  });
  afterEach(() => client.org.close());

  it('"201 created, 200 (v46+; 204 older) updated"', async () => {
    const path = '/sobjects/Contact/Heed_Id__c/h-1';
    const created = await client.call('PATCH', path, { LastName: 'A' });
    expect([created.status, created.body.created]).toEqual([201, true]);
    const updated = await client.call('PATCH', path, { LastName: 'B' });
    expect([updated.status, updated.body]).toEqual([
      200,
      { id: created.body.id, success: true, errors: [], created: false },
    ]);
    expect((await client.call('PATCH', `/services/data/v45.0${path}`, { LastName: 'C' })).status).toBe(204);
    expect((await client.call('GET', path)).body).toMatchObject({ LastName: 'C', Heed_Id__c: 'h-1' });
  });

  it('"two matches: 300 with array of URLs"', async () => {
    client.act('admin/add-field', { type: 'Contact', name: 'Legacy__c', fieldType: 'string', externalId: true });
    const first = await client.create('Contact', { LastName: 'A', Legacy__c: 'x' });
    const second = await client.create('Contact', { LastName: 'B', Legacy__c: 'x' });
    const answer = await client.call('PATCH', '/sobjects/Contact/Legacy__c/x', { LastName: 'C' });
    expect(answer.status).toBe(300);
    expect(answer.body).toEqual([first, second].map((id) => `/services/data/v67.0/sobjects/Contact/${id}`));
  });

  it('the value is one encoded segment: a/b?c#d survives encoded, and is cut unencoded', async () => {
    const made = await client.call('PATCH', `/sobjects/Contact/Heed_Id__c/${encodeURIComponent('a/b?c#d')}`, {
      LastName: 'A',
    });
    expect(made.status).toBe(201);
    expect((await client.call('GET', `/sobjects/Contact/${made.body.id}`)).body.Heed_Id__c).toBe('a/b?c#d');
    expect((await client.call('PATCH', '/sobjects/Contact/Heed_Id__c/a/b?c#d', { LastName: 'A' })).status).toBe(404);
  });

  it('an external id that a record gave up finds nothing any more, and is free for another', async () => {
    const id = await client.create('Contact', { LastName: 'A', Heed_Id__c: 'old' });
    await client.call('PATCH', `/sobjects/Contact/${id}`, { Heed_Id__c: 'new' });
    expect((await client.call('GET', '/sobjects/Contact/Heed_Id__c/old')).status).toBe(404);
    expect((await client.call('PATCH', '/sobjects/Contact/Heed_Id__c/old', { LastName: 'B' })).status).toBe(201);
    expect((await client.call('GET', '/sobjects/Contact/Heed_Id__c/new')).body.Id).toBe(id);
  });

  it('a field that is no external id is refused', async () => {
    const answer = await client.call('PATCH', '/sobjects/Contact/Title/x', { LastName: 'A' });
    expect([answer.status, answer.body[0].errorCode]).toEqual([404, 'NOT_FOUND']);
  });
});
