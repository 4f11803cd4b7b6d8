import { describe, expect, it } from 'vitest';
import { leftOutCheck } from '../src/left-out.ts';
import {
  callsTo,
  contact,
  endOf,
  fieldOf,
  lookup,
  make,
  open,
  putIn,
  raw,
  readAll,
  rowsOf,
  stateOf,
  takeOut,
  topicsOf,
  useSandbox,
} from './kit.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const running = useSandbox();

const emailsIn = (rows: ReturnType<typeof rowsOf>) => rows.map(({ email }) => email).sort();

describe('what changed', () => {
  it('is found among more than 10,000 contacts of one millisecond, and no search is paged beyond the cap', async () => {
    running().switches({ rateLimits: false });
    const emails = Array.from({ length: 10_250 }, (_, index) => `p${index}@example.org`);
    running().act('admin/import-contacts', { emails });
    running().clock.advance(HOUR_MS);
    const session = open(running());
    const first = endOf(await readAll(session));
    running().clock.advance(HOUR_MS / 2);
    running().act('admin/mass-update', { properties: { city: 'Utrecht' } });
    const before = running().calls().length;
    const changed = rowsOf(await readAll(session, first, { fields: ['city'] }).catch(() => []));
    expect(changed).toEqual([]); // another column is another read
    const rows = rowsOf(await readAll(session, first));
    expect(new Set(rows.map(({ record }) => record.id)).size).toBe(10_250);
    const searches = callsTo(running(), before).filter((call) => call.endsWith('/search'));
    expect(searches.length).toBe(Math.ceil(10_250 / 200));
  });

  it('is not lost when the index shows it late', async () => {
    running().switches({ indexLagMs: 5 * MINUTE_MS });
    make(running(), 'early@example.org');
    const session = open(running());
    const first = endOf(await readAll(session));
    running().clock.advance(20 * MINUTE_MS);
    make(running(), 'late@example.org');
    const second = await readAll(session, first);
    expect(emailsIn(rowsOf(second))).not.toContain('late@example.org');
    running().clock.advance(6 * MINUTE_MS);
    expect(emailsIn(rowsOf(await readAll(session, endOf(second))))).toContain('late@example.org');
  });

  it('is not taken for read without a property that was deleted meanwhile', async () => {
    const session = open(running());
    const first = endOf(await readAll(session, null, { fields: ['city'] }));
    make(running(), 'early@example.org', { city: 'Utrecht' });
    running().clock.advance(HOUR_MS);
    const route = 'POST /crm/v3/objects/contacts/search';
    running().faults([{ kind: 'property-vanished', route, details: { name: 'city' } }]);
    await expect(readAll(session, first, { fields: ['city'] })).rejects.toMatchObject({
      kind: 'config',
      details: { field: 'city' },
    });
  });

  it('has a property that is listed and never shown as unknown, at one call; but no opt-out of a member is unknown', async () => {
    const listed = new Map(['city', 'hs_email_optout'].map((name) => [name, {} as never]));
    const columns = { types: ['contact'], fields: ['city'], consent: [], reference: null };
    let calls = 0;
    const ask = async () => {
      calls += 1;
      return listed;
    };
    const book = { refresh: ask, known: ask, renewed: ask };
    const contact = { id: '1', archived: false, properties: { hs_email_optout: null } } as never;
    const check = leftOutCheck(book, columns, true);
    await check([contact], listed, new AbortController().signal);
    await check([contact], listed, new AbortController().signal);
    expect(calls).toBe(1);
    const without = { id: '1', archived: false, properties: { city: null } } as never;
    await expect(
      leftOutCheck(book, columns, true)([without], listed, new AbortController().signal),
    ).rejects.toMatchObject({ kind: 'forbidden', details: { field: 'hs_email_optout' } });
  });

  it('goes on behind a page that the index counts and does not show', async () => {
    const ids = Array.from({ length: 205 }, (_, index) =>
      make(running(), `p${String(index).padStart(3, '0')}@example.org`),
    );
    const session = open(running());
    const first = endOf(await readAll(session, null, { initially: 'opted-out' }));
    running().switches({ indexLagMs: 10 * MINUTE_MS });
    running().clock.advance(11 * MINUTE_MS);
    for (const id of ids.slice(0, 200)) running().act('admin/archive', { id });
    const pages = await readAll(session, first, { initially: 'opted-out' });
    const rows = rowsOf(pages).filter(({ life }) => life.kind === 'live');
    expect(emailsIn(rows)).toEqual(Array.from({ length: 5 }, (_, index) => `p${200 + index}@example.org`));
  });

  it.each(['crm', 'marketing'] as const)(
    'shows opt-outs that moved no time stamp, two hours later at the latest (%s)',
    async (role) => {
      running().switches({ optOutBumpsModified: false });
      const id = make(running(), 'ann@example.org');
      await putIn(running(), [id]);
      running().clock.advance(20 * MINUTE_MS);
      const session = open(running(), { role });
      let cursor = endOf(await readAll(session));
      running().clock.advance(20 * MINUTE_MS);
      running().act('person/unsubscribe', { email: 'ann@example.org' });
      const soon = await readAll(session, cursor);
      expect(rowsOf(soon)).toEqual([]);
      cursor = endOf(soon);
      running().clock.advance(2 * HOUR_MS);
      const [row] = rowsOf(await readAll(session, cursor));
      expect(role === 'crm' ? fieldOf(row, 'hs_email_optout') : stateOf(row)).toBe(
        role === 'crm' ? true : 'unsubscribed',
      );
    },
  );

  it.each([true, false])(
    'tells the heir of a merge, whether it keeps its id (%s) or not',
    async (mergeKeepsPrimaryId) => {
      running().switches({ mergeKeepsPrimaryId });
      const [ann, bob] = [make(running(), 'ann@example.org'), make(running(), 'bob@example.org')];
      const session = open(running());
      const first = endOf(await readAll(session));
      running().clock.advance(MINUTE_MS);
      const { id } = running().act('admin/merge', { primary: ann, other: bob }) as { readonly id: string };
      expect(id === ann).toBe(mergeKeepsPrimaryId);
      const changed = rowsOf(await readAll(session, first));
      const looked = await lookup(session, { records: [contact(ann), contact(bob)] });
      for (const rows of [changed, looked]) {
        for (const old of [ann, bob].filter((one) => one !== id))
          expect(rows.find(({ record }) => record.id === old)?.life).toEqual({ kind: 'continued', as: contact(id) });
        expect(rows.find(({ record }) => record.id === id)?.life).toEqual({ kind: 'live' });
      }
    },
  );

  it('ends with an error where a page leads round in a circle', async () => {
    running().act('admin/import-contacts', { emails: Array.from({ length: 250 }, (_, n) => `p${n}@example.org`) });
    running().faults([{ kind: 'next-repeats' }]);
    await expect(readAll(open(running()))).rejects.toMatchObject({ kind: 'protocol' });
  });
});

describe('lists of a CRM', () => {
  it('bring members of static and active lists, each with all lists it is in', async () => {
    const [ann, bob, carl] = ['ann', 'bob', 'carl'].map((name) =>
      make(running(), `${name}@example.org`, { city: name === 'carl' ? 'Ulm' : 'Bonn' }),
    );
    const made = (body: Readonly<Record<string, unknown>>): string =>
      (running().act('admin/list', body) as { readonly id: string }).id;
    const fixed = made({ name: 'Static' });
    await putIn(running(), [ann ?? '', bob ?? ''], fixed);
    const active = made({ name: 'Active', processingType: 'DYNAMIC', property: 'city', values: ['Bonn'] });
    const lists = [fixed, active].map((id) => ({ kind: 'list', id }));
    running().clock.advance(20 * MINUTE_MS);
    const session = open(running());
    const pages = await readAll(session, null, { lists });
    const listsOf = new Map(rowsOf(pages).map(({ email, lists: of }) => [email, [...(of ?? [])].sort()]));
    expect([...listsOf].sort()).toEqual([
      ['ann@example.org', [active, fixed].sort()],
      ['bob@example.org', [active, fixed].sort()],
    ]);
    running().clock.advance(20 * MINUTE_MS);
    running().act('admin/edit', { id: ann, properties: { city: 'Ulm' } });
    running().act('admin/edit', { id: carl, properties: { city: 'Bonn' } });
    const changed = rowsOf(await readAll(session, endOf(pages), { lists }));
    expect(changed.map(({ email, lists: of }) => [email, of]).sort()).toEqual([
      ['ann@example.org', [fixed]],
      ['carl@example.org', [active]],
    ]);
  });

  it('say that a contact which changed is in none any more, and who was put in without changing', async () => {
    const [ann, bob] = [make(running(), 'ann@example.org'), make(running(), 'bob@example.org')];
    await putIn(running(), [ann]);
    const lists = [{ kind: 'list', id: running().audience }];
    running().clock.advance(20 * MINUTE_MS);
    const session = open(running());
    const first = endOf(await readAll(session, null, { lists }));
    running().clock.advance(20 * MINUTE_MS);
    await takeOut(running(), [ann]);
    running().act('admin/edit', { id: ann, properties: { city: 'Ulm' } });
    const second = await readAll(session, first, { lists });
    expect(rowsOf(second).map(({ email, lists: of }) => [email, of])).toEqual([['ann@example.org', []]]);
    await putIn(running(), [bob]);
    // A read in between that does not see it must not make the next sweep pass it over.
    running().clock.advance(20 * MINUTE_MS);
    const third = await readAll(session, endOf(second), { lists });
    expect(emailsIn(rowsOf(third))).not.toContain('bob@example.org');
    running().clock.advance(70 * MINUTE_MS);
    const fourth = rowsOf(await readAll(session, endOf(third), { lists }));
    expect(fourth.map(({ email, lists: of }) => [email, of])).toContainEqual(['bob@example.org', [running().audience]]);
  });

  it('are read whole where that costs fewer calls than a question for each contact', async () => {
    running().act('admin/import-contacts', { emails: Array.from({ length: 60 }, (_, n) => `p${n}@example.org`) });
    const lists = [{ kind: 'list', id: running().audience }];
    const session = open(running());
    const first = endOf(await readAll(session, null, { lists }));
    running().clock.advance(MINUTE_MS);
    const before = running().calls().length;
    expect(rowsOf(await readAll(session, first, { lists })).length).toBe(60);
    expect(callsTo(running(), before).filter((call) => call.includes('/records/'))).toEqual([]);
  });

  it('that are gone are a mistake, not an empty reading', async () => {
    const lists = [{ kind: 'list', id: '99999' }];
    await expect(readAll(open(running()), null, { lists })).rejects.toMatchObject({ kind: 'config' });
  });
});

describe('members', () => {
  const marketing = () => open(running(), { role: 'marketing' });

  it('are who is in the list, and whoever is opted out or complained, in it or not', async () => {
    running().switches({ complaintOptsOut: false });
    const names = [
      'in',
      'in-out',
      'outside',
      'outside-out',
      'outside-complains',
      'in-bounced',
      'outside-bounced',
      'in-topic',
    ];
    const ids = new Map(names.map((name) => [name, make(running(), `${name}@example.org`)]));
    await putIn(
      running(),
      names.filter((name) => name.startsWith('in')).map((name) => ids.get(name) ?? ''),
    );
    const [topic = ''] = topicsOf(running());
    for (const name of ['in-out', 'outside-out']) running().act('person/unsubscribe', { email: `${name}@example.org` });
    running().act('person/complain', { email: 'outside-complains@example.org' });
    for (const name of ['in-bounced', 'outside-bounced'])
      running().act('person/bounce', { email: `${name}@example.org` });
    running().act('person/unsubscribe', { email: 'in-topic@example.org', subscription: Number(topic) });
    const rows = rowsOf(await readAll(marketing()));
    const states = new Map(rows.map(({ email, member }) => [email?.split('@')[0], member]));
    expect([...states].map(([name, member]) => [name, member?.status, member?.complaint]).sort()).toEqual([
      ['in', 'subscribed', false],
      ['in-bounced', 'undeliverable', false],
      ['in-out', 'unsubscribed', false],
      ['in-topic', 'subscribed', false],
      ['outside-complains', 'undeliverable', true],
      ['outside-out', 'unsubscribed', false],
    ]);
    expect(states.get('in-topic')?.topics).toEqual({ [topic]: 'opted-out' });
  });

  it('of a list that was deleted are unknown, not none', async () => {
    running().act('admin/delete-list', { list: running().audience });
    await expect(readAll(marketing())).rejects.toMatchObject({ kind: 'config' });
  });

  it('that left the list are archived when they are asked for by record, and nobody when asked for by address', async () => {
    const [ann, bob] = [make(running(), 'ann@example.org'), make(running(), 'bob@example.org')];
    await putIn(running(), [ann, bob]);
    await takeOut(running(), [ann]);
    const session = marketing();
    const rows = await lookup(session, { records: [contact(ann), contact(bob)] });
    expect(rows.map((row) => [row.email, stateOf(row)]).sort()).toEqual([
      ['ann@example.org', 'archived'],
      ['bob@example.org', 'subscribed'],
    ]);
    expect(await lookup(session, { emails: ['ann@example.org'] })).toEqual([]);
  });
});

describe('marketing contact status', () => {
  it.each([
    [true, true],
    [true, false],
    [false, true],
    [false, false],
  ])('is billing and decides nothing (C13): opted out %s, marketing contact %s', async (optedOut, marketing) => {
    const id = make(running(), 'ann@example.org');
    await putIn(running(), [id]);
    if (optedOut) running().act('person/unsubscribe', { email: 'ann@example.org' });
    running().act('admin/marketing-status', { id, marketing });
    const session = open(running(), { role: 'marketing' });
    const read = rowsOf(await readAll(session)).find(({ record }) => record.id === id);
    const [looked] = await lookup(session, { records: [contact(id)] });
    const member = { status: optedOut ? 'unsubscribed' : 'subscribed', complaint: false, paidFor: marketing };
    expect(read?.member).toMatchObject(member);
    expect(looked?.member).toMatchObject(member);
  });

  it('is not known of a contact that has none, nor in the role of a CRM', async () => {
    const id = make(running(), 'ann@example.org');
    await putIn(running(), [id]);
    running().switches({ marketableWritable: true });
    const properties = { hs_marketable_status: '' };
    await raw(running(), 'PATCH', `/crm/v3/objects/contacts/${id}`, { properties });
    const [row] = rowsOf(await readAll(open(running(), { role: 'marketing' })));
    expect(row?.member).toMatchObject({ status: 'subscribed' });
    expect(row?.member).not.toHaveProperty('paidFor');
    const [asCrm] = rowsOf(await readAll(open(running())));
    expect(asCrm?.member).toBeNull();
  });
});
