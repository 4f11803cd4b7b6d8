// Checklist points 5 and 6, section 2.1 of the vendor notes: search, against raw HTTP.
import { describe, expect, test } from 'vitest';
import { call, contactCalls, ids, NOON, preferenceCalls, start } from './client.ts';

const ADA = 'ada@example.org';
const where = (...filters: readonly object[]) => ({ filterGroups: [{ filters }] });
const filter = (propertyName: string, operator: string, value?: string, more: object = {}) => ({
  propertyName,
  operator,
  ...(value === undefined ? {} : { value }),
  ...more,
});

describe('5. the index', () => {
  test('"Eventually consistent": a write shows some seconds later', async () => {
    const hubspot = await start({ switches: { indexLagMs: 3_000 } });
    const { id, search, patch } = contactCalls(hubspot);
    const ada = await id({ email: ADA, firstname: 'A' });
    expect((await search({})).body.total).toBe(0);
    hubspot.clock.advance(3_000);
    expect(ids(await search({}))).toEqual([ada]);
    await patch(ada, { firstname: 'Ada' });
    hubspot.clock.advance(2_999);
    expect((await search(where(filter('firstname', 'EQ', 'A')))).body.results[0].properties.firstname).toBe('A');
    hubspot.clock.advance(1);
    expect((await search(where(filter('firstname', 'EQ', 'A')))).body.total).toBe(0);
  });

  test('"Recorded proof of a stale index: after an archive, search said total:1, results:[]"; archived are never returned', async () => {
    const hubspot = await start({ switches: { indexLagMs: 3_000 } });
    const { id, search, archive } = contactCalls(hubspot);
    const ada = await id({ email: ADA });
    hubspot.clock.advance(3_000);
    await archive(ada);
    expect((await search({})).body).toEqual({ total: 1, results: [] });
    hubspot.clock.advance(3_000);
    expect((await search({})).body).toEqual({ total: 0, results: [] });
  });

  test('the fault search-lag hides what changed lately', async () => {
    const hubspot = await start();
    const { id, search } = contactCalls(hubspot);
    await id({ email: ADA });
    hubspot.faults([{ kind: 'search-lag', details: { lagMs: 10_000 } }]);
    hubspot.clock.advance(9_999);
    expect((await search({})).body.total).toBe(0);
    hubspot.clock.advance(1);
    expect((await search({})).body.total).toBe(1);
  });
});

describe('5. limits', () => {
  test('"10,000 results per query (asking past it → 400), limit ≤200 (default 10), after is a stringified integer"', async () => {
    const hubspot = await start();
    const { id, search } = contactCalls(hubspot);
    const all: string[] = [];
    for (let at = 0; at < 12; at += 1) all.push(await id({ email: `p${at}@example.org` }));
    const first = await search({});
    expect([first.body.total, ids(first)]).toEqual([12, all.slice(0, 10)]);
    expect(first.body.paging).toEqual({ next: { after: '10' } });
    hubspot.clock.advance(1_000);
    const rest = await search({ after: '10', limit: 200 });
    expect([ids(rest), rest.body.paging]).toEqual([all.slice(10), undefined]);
    expect((await search({ limit: 201 })).status).toBe(400);
    expect((await search({ after: 'abc' })).status).toBe(400);
    hubspot.clock.advance(1_000);
    expect((await search({ after: '9800', limit: 200 })).status).toBe(200);
    expect((await search({ after: '9801', limit: 200 })).status).toBe(400);
    expect((await search({ after: '10000', limit: 1 })).status).toBe(400);
  });

  test('"body ≤3,000 characters, 5 filterGroups × 6 filters and 18 in all, ONE sort rule"', async () => {
    const hubspot = await start({ switches: { rateLimits: false } });
    const { search } = contactCalls(hubspot);
    const one = filter('email', 'HAS_PROPERTY');
    const groups = (...sizes: readonly number[]) => ({
      filterGroups: sizes.map((size) => ({ filters: Array.from({ length: size }, () => one) })),
    });
    expect((await search(groups(6, 6, 6))).status).toBe(200);
    expect((await search(groups(1, 1, 1, 1, 1))).status).toBe(200);
    expect((await search(groups(1, 1, 1, 1, 1, 1))).status).toBe(400);
    expect((await search(groups(7))).status).toBe(400);
    expect((await search(groups(6, 6, 6, 1))).status).toBe(400);
    const sort = { propertyName: 'email', direction: 'ASCENDING' };
    expect((await search({ sorts: [sort] })).status).toBe(200);
    expect((await search({ sorts: [sort, sort] })).status).toBe(400);
    expect((await search({ query: 'x'.repeat(3_000) })).status).toBe(400);
    expect((await search(where(filter('no_such', 'EQ', '1')))).status).toBe(400);
    expect((await search(where(filter('email', 'LIKE', '1')))).status).toBe(400);
  });
});

describe('5. filters and order', () => {
  test('every operator', async () => {
    const hubspot = await start({ switches: { rateLimits: false } });
    const { id, search } = contactCalls(hubspot);
    const ada = await id({ email: ADA, firstname: 'Ada', loyalty_points: '10', birthday: '1815-12-10' });
    const bob = await id({ email: 'bob@example.net', firstname: 'Bob', loyalty_points: '9', vip: 'true' });
    const nil = await id({ lastname: 'Nil' });
    const find = async (...filters: readonly object[]) => ids(await search(where(...filters)));
    expect(await find(filter('firstname', 'EQ', 'ada'))).toEqual([ada]);
    expect(await find(filter('firstname', 'NEQ', 'Ada'))).toEqual([bob]);
    expect(await find(filter('loyalty_points', 'LT', '10'))).toEqual([bob]); // as numbers, not as strings
    expect(await find(filter('loyalty_points', 'GTE', '9'))).toEqual([ada, bob]);
    expect(await find(filter('loyalty_points', 'BETWEEN', '9', { highValue: '9.5' }))).toEqual([bob]);
    expect((await search(where(filter('loyalty_points', 'BETWEEN', '9')))).status).toBe(400); // "needs highValue"
    expect(await find(filter('firstname', 'IN', undefined, { values: ['ada', 'bob'] }))).toEqual([ada, bob]);
    expect(await find(filter('firstname', 'IN', undefined, { values: ['Ada'] }))).toEqual([]); // "must be lower case"
    expect(await find(filter('firstname', 'NOT_IN', undefined, { values: ['ada'] }))).toEqual([bob]);
    expect(await find(filter('email', 'HAS_PROPERTY'))).toEqual([ada, bob]);
    expect(await find(filter('email', 'NOT_HAS_PROPERTY'))).toEqual([nil]);
    expect(await find(filter('email', 'CONTAINS_TOKEN', '*@example.net'))).toEqual([bob]);
    expect(await find(filter('email', 'NOT_CONTAINS_TOKEN', 'net'))).toEqual([ada]);
    expect(await find(filter('vip', 'EQ', 'true'), filter('firstname', 'EQ', 'Ada'))).toEqual([]);
    const either = [{ filters: [filter('vip', 'EQ', 'true')] }, { filters: [filter('lastname', 'EQ', 'Nil')] }];
    expect(ids(await search({ filterGroups: either }))).toEqual([bob, nil]);
    expect(ids(await search({ query: 'example.net bob' }))).toEqual([bob]);
    hubspot.switches({ negationsMatchEmpty: true });
    expect(ids(await search({ ...where(filter('firstname', 'NEQ', 'Ada')), after: '' }))).toEqual([bob, nil]);
  });

  test('"dates are epoch-millisecond strings", and read as ISO 8601', async () => {
    const hubspot = await start();
    const { id, search } = contactCalls(hubspot);
    const ada = await id({ email: ADA, birthday: '1815-12-10', last_visit: String(NOON - 5) });
    const found = await search({
      ...where(filter('lastmodifieddate', 'GTE', String(NOON)), filter('lastmodifieddate', 'LTE', String(NOON))),
      properties: ['birthday', 'last_visit'],
    });
    expect(found.body.results).toMatchObject([
      { id: ada, properties: { birthday: '1815-12-10', last_visit: '2026-03-04T11:59:59.995Z' } },
    ]);
    expect((await search(where(filter('lastmodifieddate', 'GT', String(NOON))))).body.total).toBe(0);
    expect((await search(where(filter('lastmodifieddate', 'GT', '2026-03-04T00:00:00Z')))).status).toBe(400);
  });

  test('"sort by hs_object_id ascending": as numbers, also over a change of digits', async () => {
    const hubspot = await start();
    const { batch, search } = contactCalls(hubspot);
    const inputs = Array.from({ length: 100 }, (_, at) => ({ properties: { email: `p${at}@example.org` } }));
    const all = ids(await batch('create', { inputs }));
    expect(new Set(all.map((one) => one.length)).size).toBe(2);
    const up = { sorts: [{ propertyName: 'hs_object_id', direction: 'ASCENDING' }], limit: 200 };
    expect(ids(await search(up))).toEqual(all);
    const half = where(filter('hs_object_id', 'GT', all[49]));
    expect(ids(await search({ ...up, ...half }))).toEqual(all.slice(50));
    const down = [{ propertyName: 'hs_object_id', direction: 'DESCENDING' }];
    expect(ids(await search({ sorts: down, limit: 1 }))).toEqual([all.at(-1)]);
  });

  test('"only requested + default properties"', async () => {
    const hubspot = await start();
    const { id, search } = contactCalls(hubspot);
    await id({ email: ADA, firstname: 'Ada' });
    const [plain] = (await search({})).body.results;
    expect(Object.keys(plain.properties).sort()).toEqual(
      ['createdate', 'email', 'firstname', 'hs_object_id', 'lastmodifieddate', 'lastname'].sort(),
    );
    const [asked] = (await search({ properties: ['jobtitle'] })).body.results;
    expect(Object.keys(asked.properties).sort()).toEqual([
      'createdate',
      'hs_object_id',
      'jobtitle',
      'lastmodifieddate',
    ]);
  });
});

describe('6. "Bulk same-millisecond update helper, to test the cursor"', () => {
  test('everybody has one millisecond, whatever it changed', async () => {
    const hubspot = await start();
    const { batch, search } = contactCalls(hubspot);
    for (let at = 0; at < 3; at += 1) {
      await batch('create', { inputs: [1, 2].map((n) => ({ properties: { email: `p${at}-${n}@example.org` } })) });
      hubspot.clock.advance(60_000);
    }
    const { updated, atMs } = hubspot.act('admin/mass-update') as { updated: number; atMs: number };
    expect([updated, atMs]).toEqual([6, NOON + 180_000]);
    const same = where(filter('lastmodifieddate', 'EQ', String(atMs)));
    expect((await search(same)).body.total).toBe(6);
    hubspot.clock.advance(1_000);
    hubspot.act('admin/mass-update', { properties: { company: 'Acme' } });
    expect((await search(where(filter('company', 'EQ', 'Acme')))).body.total).toBe(6);
  });

  test('"more than 10,000 contacts the same millisecond": one query does not reach the last; a restart at the last id does', async () => {
    const hubspot = await start({ switches: { rateLimits: false } });
    const { batch, search } = contactCalls(hubspot);
    for (let at = 0; at < 101; at += 1) {
      const inputs = Array.from({ length: 100 }, (_, n) => ({ properties: { email: `p${at}-${n}@example.org` } }));
      await batch('create', { inputs });
    }
    hubspot.clock.advance(60_000);
    hubspot.act('admin/mass-update');
    const sorts = [{ propertyName: 'hs_object_id', direction: 'ASCENDING' }];
    const from = filter('lastmodifieddate', 'GTE', String(NOON + 60_000));
    const last = await search({ ...where(from), sorts, limit: 200, after: '9800' });
    expect([last.body.total, last.body.paging.next.after]).toEqual([10_100, '10000']);
    expect((await search({ ...where(from), sorts, limit: 200, after: '10000' })).status).toBe(400);
    const rest = await search({ ...where(from, filter('hs_object_id', 'GT', ids(last).at(-1))), sorts, limit: 200 });
    expect([rest.body.total, rest.body.results.length]).toEqual([100, 100]);
  });
});

describe('2.1 "Opt-out changes and lastmodifieddate"', () => {
  test.each([true, false])('UNVERIFIED: a switch, %s', async (bumps) => {
    const hubspot = await start({ switches: { optOutBumpsModified: bumps } });
    const { id, search, get } = contactCalls(hubspot);
    const ada = await id({ email: ADA });
    hubspot.clock.advance(60_000);
    await preferenceCalls(hubspot).unsubscribeAll(ADA);
    const { updatedAt } = (await get(ada)).body;
    expect(Date.parse(updatedAt) - NOON).toBe(bumps ? 60_000 : 0);
    expect(ids(await search(where(filter('hs_email_optout', 'EQ', 'true'))))).toEqual([ada]);
    const since = where(filter('lastmodifieddate', 'GTE', String(NOON + 1)));
    expect((await search(since)).body.total).toBe(bumps ? 1 : 0);
  });
});

test('reads-empty and next-repeats', async () => {
  const hubspot = await start();
  const { id, search, raw } = contactCalls(hubspot);
  for (let at = 0; at < 3; at += 1) await id({ email: `p${at}@example.org` });
  hubspot.faults([{ kind: 'reads-empty' }]);
  expect((await search({})).body).toEqual({ total: 0, results: [] });
  expect((await raw('GET', '')).body).toEqual({ results: [] });
  hubspot.faults([{ kind: 'next-repeats' }]);
  expect((await search({ limit: 1, after: '1' })).body.paging.next.after).toBe('1');
  hubspot.faults([{ kind: 'next-foreign' }]);
  const { link } = (await call(hubspot, 'GET', '/crm/v3/objects/contacts?limit=1')).body.paging.next;
  expect(new URL(link).origin).toBe('https://elsewhere.example');
});
