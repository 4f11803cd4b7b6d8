import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type Client, errorOf, open } from './client.ts';

describe('checklist 4: SuiteQL', () => {
  let client: Client;
  let [company, ann, bob, carl] = ['', '', '', ''];
  beforeAll(async () => {
    client = await open();
    company = await client.create('customer', { companyName: 'Acme', email: 'office@example.com' });
    ann = await client.create('contact', {
      firstName: 'Ann',
      lastName: 'Ash',
      email: 'Ann@example.com',
      company: { id: company },
      custentity_newsletter_opt_out: true,
    });
    client.account.clock.advance(3_600_000);
    bob = await client.create('contact', { firstName: 'Bob', lastName: 'Birch', email: 'bob@example.com' });
    client.account.clock.advance(3_600_000);
    carl = await client.create('contact', {
      firstName: 'Carl',
      lastName: 'Cedar',
      globalSubscriptionStatus: { id: '2' },
    });
  });
  afterAll(() => client.account.close());

  const ids = async (where: string, params?: readonly unknown[]): Promise<readonly (string | undefined)[]> =>
    (await client.rows(`SELECT id FROM contact WHERE ${where} ORDER BY id`, params)).map(({ id }) => id);

  it('"values come back as strings", "lower-case keys, nulls omitted": {links, count, hasMore, offset, totalResults, items}', async () => {
    const { status, body } = await client.query(
      'SELECT c.id, c.Email AS Address, c.isInactive, c.custentity_newsletter_opt_out AS OptOut, c.globalSubscriptionStatus, c.company FROM contact c ORDER BY c.id',
    );
    expect(status).toBe(200);
    const href = `${client.account.url}/services/rest/query/v1/suiteql`;
    expect(body).toEqual({
      links: [{ rel: 'self', href }],
      count: 3,
      hasMore: false,
      offset: 0,
      totalResults: 3,
      items: [
        {
          links: [],
          id: ann,
          address: 'Ann@example.com',
          isinactive: 'F',
          optout: 'T',
          globalsubscriptionstatus: '1',
          company,
        },
        { links: [], id: bob, address: 'bob@example.com', isinactive: 'F', optout: 'F', globalsubscriptionstatus: '1' },
        { links: [], id: carl, isinactive: 'F', optout: 'F', globalsubscriptionstatus: '2' },
      ],
    });
  });

  it.each<[string, readonly unknown[] | undefined, readonly string[]]>([
    ["lastname = 'Ash'", undefined, ['ann']],
    ["lastname <> 'Ash'", undefined, ['bob', 'carl']],
    ['lastname != ?', ['Ash'], ['bob', 'carl']],
    ["lastname LIKE 'B%'", undefined, ['bob']],
    ["lastname LIKE '_sh'", undefined, ['ann']],
    ["lastname NOT LIKE '%r%'", undefined, ['ann']],
    ["lastname LIKE 'A#%' ESCAPE '#'", undefined, []],
    ["lastname IN ('Ash', 'Cedar')", undefined, ['ann', 'carl']],
    ["NOT lastname IN ('Ash', 'Cedar')", undefined, ['bob']],
    ['email IS NULL', undefined, ['carl']],
    ['email IS NOT NULL', undefined, ['ann', 'bob']],
    ["email <> 'x'", undefined, ['ann', 'bob']],
    ["email = ''", undefined, []],
    ["LOWER(email) = 'ann@example.com'", undefined, ['ann']],
    ['UPPER(email) IN (?, ?)', ['BOB@EXAMPLE.COM', 'ANN@EXAMPLE.COM'], ['ann', 'bob']],
    ["email = 'ann@example.com'", undefined, []],
    ["globalsubscriptionstatus = 2 OR lastname = 'Ash'", undefined, ['ann', 'carl']],
    ["globalsubscriptionstatus = '2'", undefined, ['carl']],
    ["(globalsubscriptionstatus = 1 OR lastname = 'Cedar') AND isinactive = 'F'", undefined, ['ann', 'bob', 'carl']],
    ["custentity_newsletter_opt_out = 'T'", undefined, ['ann']],
    ['globalsubscriptionstatus BETWEEN 2 AND 4', undefined, ['carl']],
    ["firstname || ' ' || lastname = 'Bob Birch'", undefined, ['bob']],
    ["COALESCE(email, 'none') = 'none'", undefined, ['carl']],
    ["id IN (SELECT c.id FROM contact c WHERE c.email LIKE '%example%')", undefined, ['ann', 'bob']],
    ["BUILTIN.DF(globalsubscriptionstatus) = 'Soft Opt-Out'", undefined, ['carl']],
  ])('WHERE %s', async (where, params, expected) => {
    const names: Record<string, string> = { ann, bob, carl };
    expect(await ids(where, params)).toEqual(expected.map((name) => names[name]));
  });

  it('keyset paging by id, FETCH FIRST n ROWS ONLY, ORDER BY in both directions', async () => {
    const q = 'SELECT id FROM contact WHERE id > ? ORDER BY id FETCH FIRST 2 ROWS ONLY';
    expect(await client.rows(q, ['0'])).toEqual([{ id: ann }, { id: bob }]);
    expect(await client.rows(q, [Number(bob)])).toEqual([{ id: carl }]);
    const filtered = "SELECT id FROM contact WHERE isinactive = 'F' AND id > ? ORDER BY id FETCH FIRST 1 ROWS ONLY";
    expect((await client.query(filtered, [ann])).body).toMatchObject({ totalResults: 1, items: [{ id: bob }] });
    const tested = "SELECT id FROM contact WHERE id > ? AND lastname = 'Cedar' ORDER BY id";
    expect((await client.query(tested, ['0'])).body).toMatchObject({ totalResults: 1, items: [{ id: carl }] });
    expect((await client.query('SELECT id FROM contact WHERE id > ? ORDER BY id', [ann])).body).toMatchObject({
      totalResults: 2,
      items: [{ id: bob }, { id: carl }],
    });
    expect(await client.rows('SELECT id FROM contact ORDER BY email DESC NULLS LAST, id')).toEqual([
      { id: bob },
      { id: ann },
      { id: carl },
    ]);
    expect(await client.rows('SELECT id FROM contact ORDER BY email')).toEqual([
      { id: ann },
      { id: bob },
      { id: carl },
    ]);
  });

  it('JOIN contact to company, inner and left', async () => {
    expect(
      await client.rows(
        'SELECT c.id, cu.companyname FROM contact c JOIN customer cu ON cu.id = c.company ORDER BY c.id',
      ),
    ).toEqual([{ id: ann, companyname: 'Acme' }]);
    expect(
      await client.rows(
        'SELECT c.lastname, cu.companyname AS firm FROM contact c LEFT JOIN customer cu ON c.company = cu.id ORDER BY c.id',
      ),
    ).toEqual([{ lastname: 'Ash', firm: 'Acme' }, { lastname: 'Birch' }, { lastname: 'Cedar' }]);
  });

  it('COUNT, MAX, MIN and GROUP BY', async () => {
    expect(await client.rows('SELECT COUNT(*) FROM contact')).toEqual([{ expr1: '3' }]);
    expect(await client.rows('SELECT COUNT(*) AS n, COUNT(email) AS mails FROM contact WHERE id > 0')).toEqual([
      { n: '3', mails: '2' },
    ]);
    expect(
      await client.rows(
        'SELECT globalsubscriptionstatus, COUNT(*) AS n FROM contact GROUP BY globalsubscriptionstatus ORDER BY n DESC',
      ),
    ).toEqual([
      { globalsubscriptionstatus: '1', n: '2' },
      { globalsubscriptionstatus: '2', n: '1' },
    ]);
    expect(
      await client.rows("SELECT TO_CHAR(MAX(lastmodifieddate), 'YYYY-MM-DD HH24:MI:SS') AS lm FROM contact"),
    ).toEqual([{ lm: '2026-03-01 06:00:00' }]);
    expect(await client.rows('SELECT MAX(lastmodifieddate) AS lm, COUNT(*) AS n FROM contact WHERE id = 0')).toEqual([
      { n: '0' },
    ]);
  });

  it('"Date literals follow the session\'s date format and time zone, not UTC; REST record reads return UTC"', async () => {
    expect((await client.read('contact', bob)).lastModifiedDate).toBe('2026-03-01T13:00:00Z');
    const lm = "TO_CHAR(lastmodifieddate, 'YYYY-MM-DD HH24:MI:SS') AS lm";
    expect(await client.rows(`SELECT lastmodifieddate, ${lm} FROM contact WHERE id = ?`, [bob])).toEqual([
      { lastmodifieddate: '3/1/2026', lm: '2026-03-01 05:00:00' },
    ]);
    const since = "lastmodifieddate >= TO_DATE(?, 'YYYY-MM-DD HH24:MI:SS')";
    expect(await ids(since, ['2026-03-01 05:00:00'])).toEqual([bob, carl]);
    expect(await ids(since, ['2026-03-01 13:00:00'])).toEqual([]);
    expect(await ids("lastmodifieddate < TO_TIMESTAMP('2026-03-01 05:00:01', 'YYYY-MM-DD HH24:MI:SS')")).toEqual([
      ann,
      bob,
    ]);
    expect(await ids("lastmodifieddate >= '3/1/2026'")).toEqual([ann, bob, carl]);
    expect((await client.query("SELECT id FROM contact WHERE lastmodifieddate >= '2026-03-01'")).status).toBe(400);
  });

  it('400 INVALID_PARAMETER for what cannot be asked', async () => {
    for (const q of [
      'SELECT nothing FROM contact',
      'SELECT id FROM nowhere',
      'SELECT id FROM contact WHERE',
      'SELECT id FROM contact LIMIT 5',
      'SELECT id FROM contact; DELETE FROM contact',
      "SELECT id FROM contact WHERE id > 'abc'",
      'SELECT FIRST_VALUE(id) FROM contact',
      "SELECT TO_CHAR(lastmodifieddate, 'DY') FROM contact",
      'SELECT id FROM contact WHERE id > ?',
      'SELECT id FROM contact c JOIN customer d ON d.id = c.company WHERE email IS NULL',
    ]) {
      const answer = await client.query(q);
      expect([q, answer.status, errorOf(answer)['o:errorCode']]).toEqual([q, 400, 'INVALID_PARAMETER']);
    }
    expect((await client.query('SELECT id FROM contact', ['unused'])).status).toBe(400);
  });

  it('"header Prefer: transient required"', async () => {
    const answer = await client.call('POST', 'query/v1/suiteql', { q: 'SELECT id FROM contact' });
    expect([answer.status, errorOf(answer)['o:errorHeader']]).toEqual([400, 'Prefer']);
  });

  it('params are bound, never spliced', async () => {
    expect(await ids('lastname = ?', ["Ash' OR 'a' = 'a"])).toEqual([]);
  });
});

describe('checklist 4: pages, caps and sessions', () => {
  let client: Client;
  afterEach(() => client.account.close());
  const fill = (count: number): void => {
    for (let n = 0; n < count; n += 1) client.act('admin/create', { record: 'contact', fields: { lastName: `L${n}` } });
  };

  it('pages of 1,000 at most, with links; "offset must be a multiple of limit"', async () => {
    client = await open();
    fill(5);
    const path = 'query/v1/suiteql?limit=2&offset=2';
    const { body } = await client.query('SELECT lastname FROM contact ORDER BY id', undefined, path);
    expect(body).toMatchObject({
      count: 2,
      hasMore: true,
      offset: 2,
      totalResults: 5,
      items: [{ lastname: 'L2' }, { lastname: 'L3' }],
    });
    const next = body.links.find((link: { rel: string }) => link.rel === 'next').href;
    expect(next).toBe(`${client.account.url}/services/rest/query/v1/suiteql?limit=2&offset=4`);
    const status = async (search: string): Promise<number> =>
      (await client.query('SELECT id FROM contact ORDER BY id', [], `query/v1/suiteql?${search}`)).status;
    expect([
      await status('limit=1001'),
      await status('limit=0'),
      await status('limit=2&offset=1'),
      await status('limit=x'),
    ]).toEqual([400, 400, 400, 400]);
    client.account.switches({ offsetMultipleOfLimit: false });
    expect(await status('limit=2&offset=1')).toBe(200);
  });

  it('"Offset paging without ORDER BY repeats and skips rows"', async () => {
    client = await open();
    fill(40);
    const twoPages = async (): Promise<number> => {
      const one = await client.rows('SELECT id FROM contact', [], 'query/v1/suiteql?limit=20&offset=0');
      const two = await client.rows('SELECT id FROM contact', [], 'query/v1/suiteql?limit=20&offset=20');
      return new Set([...one, ...two].map(({ id }) => id)).size;
    };
    expect(await twoPages()).toBeLessThan(40);
    client.account.switches({ unorderedRows: 'by-id' });
    expect(await twoPages()).toBe(40);
  });

  it('"max 100,000 rows per query": cut off or refused (switch)', async () => {
    client = await open({ switches: { rowCap: 3 } });
    fill(5);
    const q = 'SELECT id FROM contact ORDER BY id';
    expect((await client.query(q)).body).toMatchObject({ count: 3, hasMore: false, totalResults: 3 });
    expect((await client.query(`${q} DESC`)).body).toMatchObject({ count: 3, hasMore: false, totalResults: 3 });
    client.account.switches({ aboveRowCap: 'error' });
    expect((await client.query(q)).status).toBe(400);
  });

  it('the hour that a change of clocks repeats is written twice alike, and the one it leaves out is none', async () => {
    client = await open({
      clock: { now: () => Date.parse('2026-11-01T08:30:00Z') },
      switches: { uniqueContactNames: false },
    });
    fill(1);
    client.account.clock.advance(3_600_000);
    fill(1);
    const lm = "TO_CHAR(lastmodifieddate, 'YYYY-MM-DD HH24:MI') AS lm";
    expect(await client.rows(`SELECT id, ${lm} FROM contact ORDER BY id`)).toEqual([
      { id: '101', lm: '2026-11-01 01:30' },
      { id: '102', lm: '2026-11-01 01:30' },
    ]);
    const since = (at: string) =>
      client.rows("SELECT id FROM contact WHERE lastmodifieddate >= TO_DATE(?, 'YYYY-MM-DD HH24:MI') ORDER BY id", [
        at,
      ]);
    expect(await since('2026-11-01 01:30')).toEqual([{ id: '101' }, { id: '102' }]);
    expect(await since('2026-11-01 02:00')).toEqual([]);
    expect(await since('2026-03-08 02:30')).toHaveLength(2);
  });

  it('values by switch: nulls, keys, booleans, numbers, capitals, date format and zone', async () => {
    client = await open({
      switches: {
        suiteqlNulls: 'null',
        suiteqlKeys: 'as-written',
        suiteqlBooleans: 'true/false',
        suiteqlNumbers: 'numbers',
        suiteqlTextCase: 'insensitive',
        dateFormat: 'DD.MM.YYYY',
        sessionTimeZone: 'Asia/Tokyo',
      },
    });
    fill(1);
    const q =
      "SELECT globalsubscriptionstatus AS Status, isinactive, email, lastmodifieddate, TO_CHAR(lastmodifieddate, 'HH24:MI') AS at FROM contact WHERE lastname = 'l0'";
    expect(await client.rows(q)).toEqual([
      { Status: 1, isinactive: false, email: null, lastmodifieddate: '01.03.2026', at: '21:00' },
    ]);
  });

  it('parameters and FETCH FIRST may be missing (switches)', async () => {
    client = await open({ switches: { suiteqlParams: false, suiteqlFetchFirst: false } });
    expect((await client.query('SELECT id FROM contact WHERE id > ?', [0])).status).toBe(400);
    expect((await client.query('SELECT id FROM contact FETCH FIRST 1 ROWS ONLY')).status).toBe(400);
    expect((await client.query('SELECT id FROM contact WHERE id > 0')).status).toBe(200);
  });

  it('deletes are in "deletedrecord(recordtypeid, recordid?, deleteddate)", unconfirmed', async () => {
    client = await open();
    fill(1);
    client.act('admin/delete', { record: 'contact', id: '101' });
    const q =
      "SELECT recordtypeid, recordid, name, TO_CHAR(deleteddate, 'YYYY-MM-DD') AS d FROM deletedrecord ORDER BY deleteddate";
    expect(await client.rows(q)).toEqual([{ recordtypeid: 'CONTACT', recordid: '101', name: 'L0', d: '2026-03-01' }]);
    client.account.switches({ deletedRecordType: 'number' });
    expect(await client.rows('SELECT recordtypeid FROM deletedrecord')).toEqual([{ recordtypeid: '-6' }]);
    client.account.switches({ deletedRecordId: false });
    expect((await client.query(q)).status).toBe(400);
  });
});
