import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { emails, endOf, make, open, readAll, request, rowsOf, useSandbox } from './kit.ts';

const running = useSandbox();
const HOUR_MS = 3_600_000;
const SCRIPT = readFileSync(new URL('../restlet/heed_saved_search.js', import.meta.url), 'utf8');

const people = (count: number): readonly string[] =>
  Array.from({ length: count }, (_, n) =>
    make(running(), n % 2 === 0 ? 'contact' : 'customer', {
      email: `p${n}@example.org`,
      custentity_tier: n < 3 ? '1' : '2',
    }),
  );
const idOf = (made: unknown): string => (made as { readonly id: string }).id;
const scriptIdOf = (made: unknown): string => (made as { readonly scriptId: string }).scriptId;

describe('lists select records', () => {
  it('a group, of contacts and customers', async () => {
    const ids = people(4);
    const group = idOf(running().act('admin/group', { name: 'News', members: ids.slice(0, 3) }));
    const rows = rowsOf(await readAll(open(running()), request({ lists: [{ kind: 'group', id: group }] })));
    expect(emails(rows)).toEqual(['p0@example.org', 'p1@example.org', 'p2@example.org']);
    expect(rows.every(({ lists }) => lists?.join() === group)).toBe(true);
  });

  it('a group of more than a query asks for at once, resumed behind each page', async () => {
    const members = Array.from({ length: 1_201 }, (_, n) => make(running(), 'contact', { email: `p${n}@example.org` }));
    const group = idOf(running().act('admin/group', { name: 'News', members }));
    const wanted = request({ lists: [{ kind: 'group', id: group }], types: ['contact'] });
    const pages = await readAll(open(running()), wanted);
    expect(rowsOf(pages)).toHaveLength(1_201);
    const rest = await readAll(open(running()), { ...wanted, after: pages[0]?.next ?? null });
    expect(rowsOf([...pages.slice(0, 1), ...rest])).toHaveLength(1_201);
  });

  it('where queries do not show members, a group is a mistake that says what to do', async () => {
    running().switches({ groupMemberTable: 'nothing_of_this_name' });
    const group = idOf(running().act('admin/group', { name: 'News', members: people(1) }));
    await expect(readAll(open(running()), request({ lists: [{ kind: 'group', id: group }] }))).rejects.toMatchObject({
      kind: 'config',
      message: expect.stringContaining('saved search'),
    });
  });

  it('a dataset with internal ids; without them it is a mistake', async () => {
    people(4);
    const dataset = (name: string, query: string): string =>
      scriptIdOf(running().act('admin/dataset', { name, query }));
    const good = dataset('good', "SELECT id, email FROM contact WHERE custentity_tier = '1'");
    const read = (id: string) => readAll(open(running()), request({ lists: [{ kind: 'dataset', id }] }));
    expect(emails(rowsOf(await read(good)))).toEqual(['p0@example.org', 'p2@example.org']);
  });

  it('a filter, and whoever stops fitting is told to be in none', async () => {
    const ids = people(5);
    const filter = "custentity_tier = '1' AND isinactive = 'F'";
    const wanted = request({ lists: [{ kind: 'filter', id: filter }], fields: ['firstName'] });
    running().clock.advance(HOUR_MS);
    const session = open(running());
    const first = await readAll(session, wanted);
    expect(emails(rowsOf(first))).toEqual(['p0@example.org', 'p1@example.org', 'p2@example.org']);
    running().clock.advance(HOUR_MS);
    running().act('admin/edit', { record: 'contact', id: ids[0], fields: { custentity_tier: '2', firstName: 'Left' } });
    running().act('admin/edit', { record: 'contact', id: ids[4], fields: { custentity_tier: '1', firstName: 'Came' } });
    const rows = rowsOf(await readAll(session, { ...wanted, after: endOf(first) }));
    expect(rows.map(({ email, lists, values }) => [email, lists, values.firstName])).toEqual([
      ['p0@example.org', [], undefined],
      ['p4@example.org', [filter], 'Came'],
    ]);
  });

  it('a saved search, by the RESTlet that we ship', async () => {
    people(4);
    const { script, deploy } = running().act('admin/restlet', { source: SCRIPT, script: 'customscript_heed' }) as {
      script: string;
      deploy: string;
    };
    const query = "SELECT id FROM contact WHERE custentity_tier = '1'";
    const search = scriptIdOf(running().act('admin/saved-search', { name: 'news', query }));
    const lists = [{ kind: 'savedSearch', id: search }];
    const rows = rowsOf(await readAll(open(running(), { savedSearches: { script, deploy } }), request({ lists })));
    expect(emails(rows)).toEqual(['p0@example.org', 'p2@example.org']);
    await expect(readAll(open(running()), request({ lists }))).rejects.toMatchObject({ kind: 'config' });
  });

  it('several lists at once: each row says in which it is', async () => {
    const ids = people(4);
    const group = idOf(running().act('admin/group', { name: 'News', members: [ids[0], ids[3]] }));
    const filter = "custentity_tier = '1'";
    const lists = [
      { kind: 'group', id: group },
      { kind: 'filter', id: filter },
    ];
    const rows = rowsOf(await readAll(open(running()), request({ lists })));
    expect(rows.map((row) => [row.email, row.lists]).sort()).toEqual([
      ['p0@example.org', [group, filter]],
      ['p1@example.org', [filter]],
      ['p2@example.org', [filter]],
      ['p3@example.org', [group]],
    ]);
  });
});

describe('who is in a list', () => {
  it('is read anew when somebody came or left, since NetSuite tells nobody', async () => {
    const ids = people(4);
    const group = idOf(running().act('admin/group', { name: 'News', members: ids.slice(0, 2) }));
    const wanted = request({ lists: [{ kind: 'group', id: group }] });
    const session = open(running());
    const first = endOf(await readAll(session, wanted));
    await readAll(session, { ...wanted, after: first });
    running().act('admin/group-members', { group, add: [ids[3]], remove: [ids[0]] });
    await expect(readAll(session, { ...wanted, after: first })).rejects.toMatchObject({ kind: 'stale' });
  });

  it('is nobody in an empty group; a list that is gone is a mistake and not an empty one', async () => {
    const group = idOf(running().act('admin/group', { name: 'News', members: [] }));
    const read = (kind: string, id: string, more = {}) =>
      readAll(open(running(), more), request({ lists: [{ kind, id }] }));
    expect(rowsOf(await read('group', group))).toEqual([]);
    running().act('admin/delete-group', { group });
    const { script, deploy } = running().act('admin/restlet', { source: SCRIPT, script: 'customscript_heed' }) as {
      script: string;
      deploy: string;
    };
    for (const gone of [
      () => read('group', group),
      () => read('dataset', 'custdataset_gone'),
      () => read('savedSearch', 'customsearch_gone', { savedSearches: { script, deploy } }),
      () => read('savedSearch', 'customsearch_gone', { savedSearches: { script: 'customscript_gone', deploy } }),
    ])
      await expect(gone()).rejects.toMatchObject({ kind: 'config', message: expect.stringContaining('there is no') });
  });

  it.each([
    { kind: 'campaign', id: '1' },
    { kind: 'group', id: 'News' },
    { kind: 'dataset', id: '../x' },
    { kind: 'filter', id: 'DROP' },
  ])('must be a list that there can be: %j', async (list) => {
    await expect(readAll(open(running()), request({ lists: [list] }))).rejects.toMatchObject({ kind: 'config' });
  });
});
