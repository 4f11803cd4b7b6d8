import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Client, errorOf, open } from './client.ts';

describe('checklist 2, 9: groups, datasets, saved searches', () => {
  let client: Client;
  let [ann, bob] = ['', ''];
  beforeEach(async () => {
    client = await open();
    ann = await client.create('contact', { firstName: 'Ann', lastName: 'Ash', email: 'ann@example.com' });
    bob = await client.create('contact', {
      firstName: 'Bob',
      lastName: 'Birch',
      globalSubscriptionStatus: { id: '2' },
    });
  });
  afterEach(() => client.account.close());

  it('"REST record entityGroup"; members via SuiteQL [table UNV], of static and of dynamic groups', async () => {
    const { id } = client.act('admin/group', { name: 'VIPs', members: [ann] });
    const dynamic = client.act('admin/group', {
      name: 'Reachable',
      query: 'SELECT id FROM contact WHERE email IS NOT NULL',
    }).id;
    expect(await client.read('entitygroup', id)).toMatchObject({ id, groupName: 'VIPs', isDynamic: false });
    expect(await client.rows('SELECT id, groupname, isdynamic FROM entitygroup ORDER BY id')).toEqual([
      { id, groupname: 'VIPs', isdynamic: 'F' },
      { id: dynamic, groupname: 'Reachable', isdynamic: 'T' },
    ]);
    const members = (group: string) =>
      client.rows('SELECT member FROM entitygroupmember WHERE entitygroup = ? ORDER BY member', [group]);
    expect([await members(id), await members(dynamic)]).toEqual([[{ member: ann }], [{ member: ann }]]);
    client.act('admin/group-members', { group: id, add: [bob], remove: [ann] });
    await client.call('PATCH', `record/v1/contact/${bob}`, { email: 'bob@example.com' });
    expect([await members(id), await members(dynamic)]).toEqual([
      [{ member: bob }],
      [{ member: ann }, { member: bob }],
    ]);
    const inGroup = 'SELECT c.id FROM contact c JOIN entitygroupmember m ON m.member = c.id WHERE m.entitygroup = ?';
    expect(await client.rows(inGroup, [id])).toEqual([{ id: bob }]);
    client.account.switches({ groupMemberTable: 'groupmembers' });
    expect((await client.query('SELECT member FROM entitygroupmember')).status).toBe(400);
    expect(await client.rows('SELECT member FROM groupmembers WHERE entitygroup = ?', [id])).toEqual([{ member: bob }]);
  });

  it('a group is deleted, by an administrator or by a fault', async () => {
    const { id } = client.act('admin/group', { name: 'VIPs', members: [ann] });
    client.account.faults([{ kind: 'list-deleted', count: 1, details: { group: id } }]);
    expect((await client.call('GET', `record/v1/entityGroup/${id}`)).status).toBe(404);
    expect(await client.rows('SELECT member FROM entitygroupmember')).toEqual([]);
    const other = client.act('admin/group', { name: 'Others', query: 'SELECT id FROM contact' }).id;
    client.act('admin/delete-group', { group: other });
    expect(await client.rows('SELECT member FROM entitygroupmember')).toEqual([]);
    expect(() => client.act('admin/group', { name: 'Wrong', query: 'SELECT' })).toThrow();
  });

  it('datasets: list and result with display values; "include the internal-id column or rows have no link"', async () => {
    const query = 'SELECT id, entityid, globalsubscriptionstatus, isinactive, email FROM contact ORDER BY id';
    const { scriptId } = client.act('admin/dataset', { name: 'People', query });
    expect(scriptId).toBe('custdataset_people');
    expect((await client.call('GET', 'query/v1/dataset/')).body).toMatchObject({
      count: 1,
      items: [{ id: scriptId, name: 'People' }],
    });
    const { body } = await client.call('GET', `query/v1/dataset/${scriptId}/result?limit=1&offset=1`);
    expect(body).toMatchObject({ count: 1, hasMore: false, offset: 1, totalResults: 2 });
    expect(body.items).toEqual([
      {
        links: [{ rel: 'self', href: `${client.account.url}/services/rest/record/v1/contact/${bob}` }],
        id: bob,
        entityid: 'Bob Birch',
        globalsubscriptionstatus: 'Soft Opt-Out',
        isinactive: 'No',
      },
    ]);
    const nameless = client.act('admin/dataset', { name: 'No ids', query: 'SELECT entityid FROM contact' }).scriptId;
    expect((await client.call('GET', `query/v1/dataset/${nameless}/result`)).body.items[0].links).toEqual([]);
    expect((await client.call('GET', 'query/v1/dataset/custdataset_none/result')).status).toBe(404);
  });

  it('"404/403 when Workbook permission is missing", for datasets and SuiteQL', async () => {
    client.act('admin/permission', { name: 'workbook', granted: false });
    const query = await client.query('SELECT id FROM contact');
    expect([query.status, errorOf(query)['o:errorCode']]).toEqual([403, 'INSUFFICIENT_PERMISSION']);
    client.account.switches({ workbookRefusal: 404 });
    expect((await client.call('GET', 'query/v1/dataset')).status).toBe(404);
    expect((await client.read('contact', ann)).id).toBe(ann);
  });

  const restlet = '/app/site/hosting/restlet.nl';

  it('"search.load({id}).runPaged({pageSize:1000})" in the stub RESTlet', async () => {
    const { id, scriptId } = client.act('admin/saved-search', {
      name: 'Opted out',
      query: 'SELECT id FROM contact WHERE globalsubscriptionstatus = 2',
    });
    const path = `${restlet}?script=customscript_stub_search&deploy=customdeploy_stub_search`;
    expect((await client.call('GET', `${path}&search=${scriptId}`)).body).toEqual({
      count: 1,
      pages: 1,
      results: [{ type: 'contact', id: bob }],
    });
    expect((await client.call('GET', `${path}&search=${id}&page=1`)).body).toMatchObject({ results: [] });
    expect((await client.call('GET', `${path}&search=nothing`)).body).toEqual({
      error: { code: 'INVALID_SEARCH', message: 'That search or mass update does not exist.' },
    });
    const touched = client.account.calls().map((call) => call.touched);
    expect(touched.slice(-3)).toEqual([[bob], [], []]); // the second page has nothing to show
  });

  it('a script may order a saved search by columns of its own; each page shows, and touches, its own rows', async () => {
    for (let n = 0; n < 6; n += 1) await client.create('contact', { lastName: `N${n}` });
    client.act('admin/saved-search', { name: 'All', query: 'SELECT id FROM contact' });
    const source = `define(['N/search'], (search) => ({
      get(parameters) {
        const saved = search.load('customsearch_all');
        saved.columns = [search.createColumn({ name: parameters.by, sort: search.Sort[parameters.sort] })];
        const paged = saved.runPaged({ pageSize: 5 });
        const page = paged.fetch({ index: Number(parameters.page) });
        return { pages: paged.pageRanges.length, isLast: page.isLast, found: page.data.map((one) => one.getValue(saved.columns[0])) };
      },
    }));`;
    const { script, deploy } = client.act('admin/restlet', { source });
    const page = async (by: string, sort: string, index: number) =>
      (await client.call('GET', `${restlet}?script=${script}&deploy=${deploy}&by=${by}&sort=${sort}&page=${index}`))
        .body;
    const ids = Array.from({ length: 8 }, (_none, n) => String(101 + n));
    expect(await page('internalid', 'ASC', 0)).toEqual({ pages: 2, isLast: false, found: ids.slice(0, 5) });
    expect(client.account.calls().at(-1)?.touched).toEqual(ids.slice(0, 5));
    expect(await page('internalid', 'ASC', 1)).toEqual({ pages: 2, isLast: true, found: ids.slice(5) });
    expect((await page('lastname', 'DESC', 1)).found).toEqual(['N0', 'Birch', 'Ash']);
    expect((await page('internalid', 'ASC', 2)).error.code).toBe('INVALID_PAGE_RANGE');
  });

  it("a customer's own RESTlet is run as it is deployed: N/search, JSON in and out, errors with their names", async () => {
    const source = `
      define(['N/search', 'N/error', 'N/runtime'], function (search, error, runtime) {
        function post(body) {
          if (body.fail) throw error.create({ name: 'HEED_REFUSED', message: 'no' });
          var found = [];
          search.load({ id: body.search }).run().each(function (one) {
            found.push([one.id, one.getValue({ name: 'email' }), one.getValue('internalid')]);
            return true;
          });
          return { left: runtime.getCurrentScript().getRemainingUsage(), found: found };
        }
        return { post: post };
      });`;
    const { script, deploy } = client.act('admin/restlet', { source, script: 'customscript_own' });
    expect(deploy).toBe('customdeploy_own');
    client.act('admin/saved-search', { name: 'All', query: 'SELECT id FROM contact ORDER BY id' });
    const path = `${restlet}?script=${script}&deploy=${deploy}`;
    const answer = await client.call('POST', path, { search: 'customsearch_all' });
    expect(answer.body).toEqual({
      left: 5000,
      found: [
        [ann, 'ann@example.com', ann],
        [bob, null, bob],
      ],
    });
    const failed = await client.call('POST', path, { fail: true });
    expect([failed.status, failed.body.error.code]).toEqual([400, 'HEED_REFUSED']);
    expect((await client.call('GET', path)).status).toBe(400);
    expect((await client.call('GET', `${restlet}?script=x&deploy=y`)).body.error.code).toBe('SSS_INVALID_SCRIPTLET_ID');
    client.act('admin/restlet', {
      source: "define(['N/record'], (record) => ({ get: () => 1 }));",
      script: 'customscript_own',
    });
    expect((await client.call('GET', path)).body.error.code).toBe('MODULE_DOES_NOT_EXIST');
  });
});
