// Section 2 of the vendor notes (lists) and checklist points 1 and 3: lists and who is in them, against raw HTTP.
import { describe, expect, test } from 'vitest';
import { call, contactCalls, type Hubspot, start } from './client.ts';

const AT = '/crm/v3/lists';

function memberships(hubspot: Hubspot, list: string = hubspot.audience) {
  const at = `${AT}/${list}/memberships`;
  return {
    page: (query = '') => call(hubspot, 'GET', at + query),
    add: (ids: readonly string[]) => call(hubspot, 'PUT', `${at}/add`, ids),
    remove: (ids: readonly string[]) => call(hubspot, 'PUT', `${at}/remove`, ids),
    change: (body: object) => call(hubspot, 'PUT', `${at}/add-and-remove`, body),
  };
}

async function people(hubspot: Hubspot, count: number): Promise<string[]> {
  const inputs = Array.from({ length: count }, (_, at) => ({ properties: { email: `p${at}@example.org` } }));
  const { body } = await contactCalls(hubspot).batch('create', { inputs });
  return body.results.map(({ id }: { id: string }) => id);
}

describe('2. lists', () => {
  test('POST /crm/v3/lists/search finds the ready, empty MANUAL list', async () => {
    const hubspot = await start();
    const { body } = await call(hubspot, 'POST', `${AT}/search`, { additionalProperties: ['hs_list_size'] });
    expect(body).toMatchObject({ total: 1, offset: 1, hasMore: false });
    expect(body.lists).toMatchObject([
      {
        listId: hubspot.audience,
        name: 'Heed',
        processingType: 'MANUAL',
        processingStatus: 'COMPLETE',
        objectTypeId: '0-1',
        additionalProperties: { hs_list_size: '0' },
      },
    ]);
    expect((await call(hubspot, 'POST', '/crm/lists/2026-03/search', {})).body.total).toBe(1);
  });

  test('pages by offset and count; by name, kind and id', async () => {
    const hubspot = await start();
    const { id } = hubspot.act('admin/list', { name: 'Fair', processingType: 'DYNAMIC' }) as { id: string };
    hubspot.act('admin/list', { name: 'Snap', processingType: 'SNAPSHOT' });
    const search = async (body: object) => (await call(hubspot, 'POST', `${AT}/search`, body)).body;
    expect(await search({ count: 2 })).toMatchObject({ hasMore: true, offset: 2, total: 3 });
    expect((await search({ count: 2, offset: 2 })).lists).toMatchObject([{ name: 'Snap' }]);
    expect((await search({ query: 'fai' })).lists).toMatchObject([{ listId: id }]);
    expect((await search({ processingTypes: ['MANUAL', 'SNAPSHOT'] })).total).toBe(2);
    expect((await search({ listIds: [id] })).total).toBe(1);
    expect((await call(hubspot, 'POST', `${AT}/search`, { count: 501 })).status).toBe(400);
  });

  test('"Two paths really end in a slash": create, read several, read, rename, delete, restore', async () => {
    const hubspot = await start();
    const body = { name: 'New', objectTypeId: '0-1', processingType: 'MANUAL' };
    const { status, body: made } = await call(hubspot, 'POST', `${AT}/`, body);
    expect(status).toBe(200);
    const { listId } = made.list;
    expect((await call(hubspot, 'POST', AT, body)).status).toBe(400); // the name is taken
    expect(
      (await call(hubspot, 'GET', `${AT}/?listIds=${listId}&listIds=${hubspot.audience}`)).body.lists,
    ).toHaveLength(2);
    expect((await call(hubspot, 'GET', `${AT}/${listId}`)).body.list).toMatchObject({ name: 'New', size: 0 });
    expect((await call(hubspot, 'GET', `${AT}/object-type-id/0-1/name/New`)).body.list.listId).toBe(listId);
    await call(hubspot, 'PUT', `${AT}/${listId}/update-list-name?listName=Newer`);
    expect((await call(hubspot, 'DELETE', `${AT}/${listId}`)).status).toBe(204);
    expect(await call(hubspot, 'GET', `${AT}/${listId}`)).toMatchObject({
      status: 404,
      body: { category: 'OBJECT_NOT_FOUND' },
    });
    await call(hubspot, 'PUT', `${AT}/${listId}/restore`);
    expect((await call(hubspot, 'GET', `${AT}/${listId}`)).body.list.name).toBe('Newer');
  });
});

describe('2. memberships', () => {
  test('3. "odd wire names recordsIdsAdded, recordIdsRemoved, recordIdsMissing"; "body is a bare array of ids"', async () => {
    const hubspot = await start();
    const [a = '', b = '', c = ''] = await people(hubspot, 3);
    const { add, remove, change, page } = memberships(hubspot);
    expect((await add([b, a, '1'])).body).toEqual({
      recordsIdsAdded: [b, a],
      recordIdsRemoved: [],
      recordIdsMissing: ['1'],
    });
    expect((await add([a])).body.recordsIdsAdded).toEqual([]);
    expect((await change({ recordIdsToAdd: [c], recordIdsToRemove: [a] })).body).toEqual({
      recordsIdsAdded: [c],
      recordIdsRemoved: [a],
      recordIdsMissing: [],
    });
    expect((await remove([b])).body.recordIdsRemoved).toEqual([b]);
    expect((await page()).body).toEqual({
      results: [{ recordId: c, membershipTimestamp: '2026-03-04T12:00:00.000Z' }],
      total: 1,
    });
    expect((await call(hubspot, 'PUT', `${AT}/${hubspot.audience}/memberships/add`, { ids: [a] })).status).toBe(400);
    expect((await call(hubspot, 'GET', `${AT}/records/0-1/${c}/memberships`)).body.results).toMatchObject([
      { listId: hubspot.audience },
    ]);
    expect((await call(hubspot, 'DELETE', `${AT}/${hubspot.audience}/memberships`)).status).toBe(204);
    expect((await page()).body.results).toEqual([]);
  });

  test('"memberships default 100, max 250", paged by after and before', async () => {
    const hubspot = await start();
    const all = await people(hubspot, 100);
    const { add, page } = memberships(hubspot);
    await add(all);
    const first = await page('?limit=60');
    const { after } = first.body.paging.next;
    const rest = await page(`?limit=60&after=${encodeURIComponent(after)}`);
    const idsOf = (answer: typeof first) => answer.body.results.map((one: { recordId: string }) => one.recordId);
    expect([...idsOf(first), ...idsOf(rest)]).toEqual(all);
    expect(rest.body.paging.next).toBeUndefined();
    const back = await page(`?limit=10&before=${encodeURIComponent(rest.body.paging.prev.before)}`);
    expect(idsOf(back)).toEqual(all.slice(50, 60));
    expect((await page('?limit=251')).status).toBe(400);
    expect((await page('?after=nonsense')).status).toBe(400);
  });

  test('archived contacts are out, merged ones are in under their new id', async () => {
    const hubspot = await start();
    const [a = '', b = '', c = ''] = await people(hubspot, 3);
    const { add, page, remove } = memberships(hubspot);
    await add([a, b, c]);
    await contactCalls(hubspot).archive(a);
    const merged = await contactCalls(hubspot).raw('POST', '/merge', { primaryObjectId: b, objectIdToMerge: c });
    const shown = async () => (await page()).body.results.map((one: { recordId: string }) => one.recordId);
    expect(await shown()).toEqual([merged.body.id]);
    await remove([b]);
    expect(await shown()).toEqual([]);
  });

  test('"adds only for MANUAL or SNAPSHOT lists"; a DYNAMIC one computes who is in it', async () => {
    const hubspot = await start();
    const [a = ''] = await people(hubspot, 2);
    const { id } = hubspot.act('admin/list', {
      name: 'Customers',
      processingType: 'DYNAMIC',
      property: 'lifecyclestage',
      values: ['customer'],
    }) as { id: string };
    const { page, add } = memberships(hubspot, id);
    expect((await page()).body.results).toEqual([]);
    await contactCalls(hubspot).patch(a, { lifecyclestage: 'customer' });
    expect((await page()).body.results).toMatchObject([{ recordId: a }]);
    expect((await add([a])).status).toBe(400);
    const branch = {
      filterBranchType: 'OR',
      filterBranches: [
        {
          filterBranchType: 'AND',
          filters: [{ filterType: 'PROPERTY', property: 'vip', operation: { value: 'true' } }],
        },
      ],
    };
    const body = { name: 'VIP', objectTypeId: '0-1', processingType: 'DYNAMIC', filterBranch: branch };
    const { listId } = (await call(hubspot, 'POST', `${AT}/`, body)).body.list;
    await contactCalls(hubspot).patch(a, { vip: 'true' });
    expect((await memberships(hubspot, listId).page()).body.results).toMatchObject([{ recordId: a }]);
    expect((await call(hubspot, 'GET', `${AT}/${listId}?includeFilters=true`)).body.list.filterBranch).toEqual(branch);
  });

  test('list-deleted, reads-empty and next-repeats', async () => {
    const hubspot = await start();
    const { add, page } = memberships(hubspot);
    await add(await people(hubspot, 3));
    hubspot.faults([{ kind: 'reads-empty', count: 1 }, { kind: 'next-repeats' }]);
    expect((await page()).body).toEqual({ results: [], total: 0 });
    const first = (await page('?limit=1')).body.paging.next.after;
    const second = (await page(`?limit=1&after=${encodeURIComponent(first)}`)).body.paging.next.after;
    expect(second).toBe(first);
    hubspot.faults([{ kind: 'list-deleted', count: 1 }]);
    expect((await page()).status).toBe(404);
    expect((await page()).status).toBe(404);
  });
});
