import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { base, type Client, open, startMs } from './client.ts';

describe('checklist 2: ids and rows', () => {
  let client: Client;
  beforeEach(async () => {
    client = await open();
  });
  afterEach(() => client.org.close());

  it('"18-char ids with object prefixes (003, 00Q, 701, 00v, 001, 0PK Individual)"', async () => {
    const ids = {
      contact: await client.create('Contact', { LastName: 'A' }),
      lead: await client.create('Lead', { LastName: 'A', Company: 'C' }),
      campaign: await client.create('Campaign', { Name: 'C' }),
      account: await client.create('Account', { Name: 'C' }),
      individual: await client.create('Individual', { LastName: 'A' }),
    };
    const member = await client.create('CampaignMember', { CampaignId: ids.campaign, ContactId: ids.contact });
    expect(Object.values(ids).map((id) => [id.length, id.slice(0, 3)])).toEqual([
      [18, '003'],
      [18, '00Q'],
      [18, '701'],
      [18, '001'],
      [18, '0PK'],
    ]);
    expect(member).toMatch(/^00v\w{15}$/);
  });

  it('"case-sensitive 15-char accepted on input"', async () => {
    const id = await client.create('Contact', { LastName: 'A' });
    const short = id.slice(0, 15);
    expect((await client.query(`SELECT Id FROM Contact WHERE Id = '${short}'`)).body.records[0].Id).toBe(id);
    expect((await client.call('GET', `/sobjects/Contact/${short}`)).body.Id).toBe(id);
    expect((await client.query(`SELECT Id FROM Contact WHERE Id = '${short.toUpperCase()}'`)).body.totalSize).toBe(0);
  });

  it('"attributes on every row; nulls returned explicitly"', async () => {
    const id = await client.create('Contact', { LastName: 'Ada' });
    const { body } = await client.query('SELECT Id, LastName, Email, Account.Name, HasOptedOutOfEmail FROM Contact');
    expect(body).toEqual({
      totalSize: 1,
      done: true,
      records: [
        {
          attributes: { type: 'Contact', url: `${base}/sobjects/Contact/${id}` },
          Id: id,
          LastName: 'Ada',
          Email: null,
          Account: null,
          HasOptedOutOfEmail: false,
        },
      ],
    });
  });
});

describe('checklist 3: SOQL over HTTP', () => {
  let client: Client;
  beforeEach(async () => {
    client = await open();
    const account = await client.create('Account', { Name: 'Acme' });
    const individual = await client.create('Individual', { LastName: 'I', HasOptedOutSolicit: true });
    await client.create('Contact', {
      LastName: 'Ada',
      Email: 'ada@example.com',
      AccountId: account,
      IndividualId: individual,
      MailingCity: 'Ulm',
    });
    await client.create('Contact', { LastName: 'Bob' });
  });
  afterEach(() => client.org.close());

  it('"COUNT(), FIELDS(ALL) LIMIT 200"', async () => {
    expect((await client.query('SELECT COUNT() FROM Contact')).body).toEqual({ totalSize: 2, done: true, records: [] });
    const all = await client.query('SELECT FIELDS(ALL) FROM Contact LIMIT 200');
    expect(all.body.records[0]).toMatchObject({
      LastName: 'Ada',
      Heed_Id__c: null,
      MailingAddress: { city: 'Ulm', country: null },
    });
    expect((await client.query('SELECT FIELDS(ALL) FROM Contact')).status).toBe(400);
  });

  it('"one-level parent path (Account.Name, Individual.HasOptedOutSolicit)"', async () => {
    const { body } = await client.query(
      "SELECT Account.Name, Individual.HasOptedOutSolicit FROM Contact WHERE Account.Name = 'ACME'",
    );
    expect(body.records[0]).toMatchObject({
      Account: { attributes: { type: 'Account' }, Name: 'Acme' },
      Individual: { attributes: { type: 'Individual' }, HasOptedOutSolicit: true },
    });
  });

  it('"errors MALFORMED_QUERY, INVALID_FIELD, INVALID_TYPE"', async () => {
    const code = async (soql: string) => {
      const { status, body } = await client.query(soql);
      return [status, body[0].errorCode];
    };
    expect(await code('SELECT Id FROM')).toEqual([400, 'MALFORMED_QUERY']);
    expect(await code("SELECT Id FROM Contact WHERE Email = 'a' OR Email = 'b' AND Email = 'c'")).toEqual([
      400,
      'MALFORMED_QUERY',
    ]);
    expect(await code('SELECT Nope__c FROM Contact')).toEqual([400, 'INVALID_FIELD']);
    expect(await code('SELECT Id FROM Nope')).toEqual([400, 'INVALID_TYPE']);
    expect((await client.call('GET', '/query')).body[0].errorCode).toBe('MALFORMED_QUERY');
  });

  it('"URI+headers cap 16,384 bytes"', async () => {
    const ids = Array.from({ length: 1000 }, (_, i) => `'a${i}@example.com'`).join(',');
    const answer = await client.query(`SELECT Id FROM Contact WHERE Email IN (${ids})`);
    expect([414, 431]).toContain(answer.status); // Node's own parser refuses a longer head with 431 before anybody sees it
  });
});

describe('checklist 4: pages', () => {
  let client: Client;
  beforeEach(async () => {
    client = await open({ switches: { pageSize: 3, minimumBatchSize: 2 } });
    for (let i = 0; i < 7; i += 1)
      client.act('admin/create', { type: 'Contact', fields: { LastName: `N${i}`, Email: `n${i}@example.com` } });
  });
  afterEach(() => client.org.close());

  it('"/query pages of 2,000 (configurable small)": totalSize, done, nextRecordsUrl', async () => {
    const first = await client.query('SELECT LastName FROM Contact ORDER BY Id');
    expect([first.body.totalSize, first.body.done, first.body.records.length]).toEqual([7, false, 3]);
    expect(first.body.nextRecordsUrl).toMatch(/^\/services\/data\/v67\.0\/query\/01g\w{15}-3$/);
    const second = await client.call('GET', first.body.nextRecordsUrl);
    const third = await client.call('GET', second.body.nextRecordsUrl);
    expect([third.body.done, third.body.nextRecordsUrl]).toEqual([true, undefined]);
    const names = [first, second, third].flatMap((page) =>
      page.body.records.map((r: { LastName: string }) => r.LastName),
    );
    expect(names).toEqual(['N0', 'N1', 'N2', 'N3', 'N4', 'N5', 'N6']);
    expect((await client.call('GET', first.body.nextRecordsUrl)).body.records).toEqual(second.body.records);
  });

  it('"min 200 via Sforce-Query-Options: batchSize=200 (a hint)"', async () => {
    const pages = async (size: number) =>
      (await client.query('SELECT Id FROM Contact', { 'Sforce-Query-Options': `batchSize=${size}` })).body.records
        .length;
    expect([await pages(1), await pages(2), await pages(500)]).toEqual([2, 2, 3]);
  });

  it('"Expired: 400 INVALID_QUERY_LOCATOR"', async () => {
    const { body } = await client.query('SELECT Id FROM Contact');
    client.org.clock.advance(900_001);
    const expired = await client.call('GET', body.nextRecordsUrl);
    expect([expired.status, expired.body[0].errorCode]).toEqual([400, 'INVALID_QUERY_LOCATOR']);
    expect((await client.call('GET', '/query/01gnonsense-3')).body[0].errorCode).toBe('INVALID_QUERY_LOCATOR');
  });

  it('a user may have ten locators open; the least recently used one ends', async () => {
    const first = (await client.query('SELECT Id FROM Contact')).body.nextRecordsUrl;
    const second = (await client.query('SELECT Id FROM Contact')).body.nextRecordsUrl;
    for (let i = 0; i < 8; i += 1) await client.query('SELECT Id FROM Contact');
    expect((await client.call('GET', first)).status).toBe(200);
    await client.query('SELECT Id FROM Contact');
    expect((await client.call('GET', first)).status).toBe(200);
    expect((await client.call('GET', second)).body[0].errorCode).toBe('INVALID_QUERY_LOCATOR');
  });

  it('a change while paging: later pages show the row as it is now, and no deleted row', async () => {
    const { body } = await client.query('SELECT LastName, Email FROM Contact ORDER BY LastName');
    client.act('admin/edit', { email: 'n4@example.com', fields: { LastName: 'Renamed' } });
    client.act('admin/delete', { email: 'n5@example.com' });
    const { records } = (await client.call('GET', body.nextRecordsUrl)).body;
    expect(records.map((r: { LastName: string }) => r.LastName)).toEqual(['N3', 'Renamed']);
  });
});

describe('checklist 4: deletes and changes', () => {
  let client: Client;
  beforeEach(async () => {
    client = await open();
  });
  afterEach(() => client.org.close());

  const span = (fromMs: number, toMs: number): string =>
    `start=${encodeURIComponent(new Date(fromMs).toISOString())}&end=${encodeURIComponent(new Date(toMs).toISOString())}`;
  const minute = 60_000;
  const day = 86_400_000;

  it('"deleted too: /queryAll"', async () => {
    const id = await client.create('Contact', { LastName: 'Gone' });
    expect((await client.call('DELETE', `/sobjects/Contact/${id}`)).status).toBe(204);
    expect((await client.query('SELECT Id FROM Contact')).body.totalSize).toBe(0);
    const all = await client.call(
      'GET',
      `/queryAll?q=${encodeURIComponent('SELECT Id, IsDeleted FROM Contact WHERE IsDeleted = true')}`,
    );
    expect(all.body.records[0]).toMatchObject({ Id: id, IsDeleted: true });
    client.org.clock.advance(16 * day);
    expect(
      (await client.call('GET', `/queryAll?q=${encodeURIComponent('SELECT Id FROM Contact')}`)).body.totalSize,
    ).toBe(0);
  });

  it('"{deletedRecords:[{id,deletedDate}], earliestDateAvailable, latestDateCovered}"', async () => {
    const id = await client.create('Contact', { LastName: 'Gone' });
    client.org.clock.advance(5 * minute);
    await client.call('DELETE', `/sobjects/Contact/${id}`);
    client.org.clock.advance(5 * minute);
    const { body } = await client.call('GET', `/sobjects/Contact/deleted/?${span(startMs, startMs + 8 * minute)}`);
    expect(body).toEqual({
      deletedRecords: [{ id, deletedDate: '2026-03-01T12:05:00.000+0000' }],
      earliestDateAvailable: '2026-02-14T12:10:00.000+0000',
      latestDateCovered: '2026-03-01T12:08:00.000+0000',
    });
    const beyond = await client.call('GET', `/sobjects/Contact/deleted?${span(startMs, startMs + day)}`);
    expect(beyond.body.latestDateCovered).toBe('2026-03-01T12:10:00.000+0000');
  });

  it('"start must precede end by more than one minute, seconds ignored"; "15 days back at most"', async () => {
    const code = async (from: number, to: number) =>
      (await client.call('GET', `/sobjects/Contact/deleted/?${span(from, to)}`)).body[0]?.errorCode;
    expect(await code(startMs, startMs + 59_000)).toBe('INVALID_REPLICATION_DATE');
    expect(await code(startMs - 16 * day, startMs)).toBe('INVALID_REPLICATION_DATE');
    expect(await code(startMs - 14 * day, startMs)).toBeUndefined();
  });

  it('"The delete log can be purged": earliestDateAvailable passes the cursor', async () => {
    const id = await client.create('Contact', { LastName: 'Gone' });
    await client.call('DELETE', `/sobjects/Contact/${id}`);
    client.org.clock.advance(10 * minute);
    client.act('admin/purge-delete-log');
    const { body } = await client.call(
      'GET',
      `/sobjects/Contact/deleted/?${span(startMs - day, startMs + 9 * minute)}`,
    );
    expect([body.deletedRecords, body.earliestDateAvailable]).toEqual([[], '2026-03-01T12:10:00.000+0000']);
  });

  it('"/updated: 30 days back, uses SystemModstamp; {ids, latestDateCovered}"', async () => {
    const id = await client.create('Contact', { LastName: 'A', Email: 'a@example.com' });
    client.org.clock.advance(10 * minute);
    client.act('admin/touch', { email: 'a@example.com' });
    client.org.clock.advance(10 * minute);
    const ids = async (from: number, to: number) =>
      (await client.call('GET', `/sobjects/Contact/updated/?${span(from, to)}`)).body.ids;
    expect(await ids(startMs + 9 * minute, startMs + 12 * minute)).toEqual([id]);
    expect(await ids(startMs, startMs + 5 * minute)).toEqual([]);
    expect((await client.call('GET', `/sobjects/Contact/updated/?${span(startMs - 31 * day, startMs)}`)).status).toBe(
      400,
    );
  });
});
