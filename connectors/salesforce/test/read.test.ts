import type { Row } from '@heed/contract';
import { describe, expect, test } from 'vitest';
import {
  callsTo,
  campaign,
  columns,
  emails,
  endOf,
  make,
  never,
  open,
  readAll,
  request,
  rowsOf,
  useSandbox,
} from './kit.ts';

const sandbox = useSandbox();
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** Reads everybody, lets an hour pass, and answers how to read what changed since. */
const afterFirstRead = async (more: Parameters<typeof request>[0] = {}) => {
  const { session } = open(sandbox());
  const after = endOf(await readAll(session, request(more)));
  sandbox().clock.advance(HOUR_MS);
  return { session, changes: async () => rowsOf(await readAll(session, request({ ...more, after }))) };
};
const find = (rows: readonly Row[], id: string): Row | undefined => rows.find((row) => row.record.id === id);

describe('the first read', () => {
  test('everybody with an address, of both types, complete', async () => {
    make(sandbox(), 'Contact', { Email: 'Ann@Example.org' });
    make(sandbox(), 'Contact', {});
    make(sandbox(), 'Lead', { Email: 'bob@example.org', HasOptedOutOfEmail: true });
    const pages = await readAll(open(sandbox()).session, request());
    expect(emails(rowsOf(pages))).toEqual(['ann@example.org', 'bob@example.org']);
    expect(pages.at(-1)).toMatchObject({ last: true, complete: true, readAt: sandbox().clock.now() });
    expect(rowsOf(pages).find(({ email }) => email === 'bob@example.org')).toMatchObject({
      record: { type: 'Lead' },
      values: { HasOptedOutOfEmail: true },
      life: { kind: 'live' },
      member: null,
      lists: null,
      modifiedBy: 'other',
      version: '2026-11-21T10:00:00.000+0000',
    });
  });

  test('only the opted-out, and only the needed columns', async () => {
    make(sandbox(), 'Contact', { Email: 'in@example.org' });
    make(sandbox(), 'Contact', { Email: 'out@example.org', HasOptedOutOfEmail: true });
    const rows = rowsOf(await readAll(open(sandbox()).session, request({ initially: 'opted-out' })));
    expect(emails(rows)).toEqual(['out@example.org']);
    const soql = sandbox()
      .calls()
      .map(({ path }) => decodeURIComponent(path))
      .find((path) => path.includes('FROM Contact'));
    expect(soql).toContain(
      'SELECT Id, Email, SystemModstamp, LastModifiedDate, LastModifiedById, IsDeleted, MasterRecordId, HasOptedOutOfEmail FROM',
    );
  });

  test.each([
    [
      'an inverted box',
      { field: 'Newsletter_Opt_In__c', optedOutWhen: false, write: false },
      { Newsletter_Opt_In__c: true },
      { Newsletter_Opt_In__c: false },
    ],
    [
      'a date',
      { field: 'Opt_Out_Date__c', optedOutWhen: 'set', write: 'today' },
      {},
      { Opt_Out_Date__c: '2026-01-01' },
    ],
    [
      'a picklist',
      { field: 'Email_Preference__c', optedOutWhen: ['No mail'], write: 'No mail' },
      { Email_Preference__c: 'All mail' },
      { Email_Preference__c: 'No mail' },
    ],
    [
      'a choice of several',
      { field: 'Interests__c', optedOutWhen: ['Offers'], write: ['Offers'] },
      { Interests__c: 'Events' },
      { Interests__c: 'Events;Offers' },
    ],
  ] as const)('opted out by %s', async (_what, field, mailable, out) => {
    make(sandbox(), 'Contact', { Email: 'in@example.org', ...mailable });
    make(sandbox(), 'Contact', { Email: 'out@example.org', ...out });
    const wanted = request({ initially: 'opted-out', consent: [field], types: ['Contact'] });
    expect(emails(rowsOf(await readAll(open(sandbox()).session, wanted)))).toEqual(['out@example.org']);
  });

  test('a hidden consent field is left out of the values, the other type is read as it is (C18)', async () => {
    sandbox().act('admin/hide-field', { type: 'Lead', field: 'HasOptedOutOfEmail' });
    make(sandbox(), 'Lead', { Email: 'lead@example.org', HasOptedOutOfEmail: true });
    make(sandbox(), 'Contact', { Email: 'contact@example.org', HasOptedOutOfEmail: true });
    const { session } = open(sandbox());
    const everyone = rowsOf(await readAll(session, request()));
    expect(everyone.map(({ values }) => values)).toEqual([{ HasOptedOutOfEmail: true }, {}]);
    const optedOut = await readAll(session, request({ initially: 'opted-out' }));
    expect(emails(rowsOf(optedOut))).toEqual(['contact@example.org']);
  });

  test('fields that one type lacks are read from the other', async () => {
    make(sandbox(), 'Contact', {
      Email: 'a@example.org',
      Birthdate: '1980-02-29',
      Interests__c: 'Offers;Events',
      MailingStreet: '1 Main\nFloor 2',
    });
    make(sandbox(), 'Lead', { Email: 'b@example.org', Heed_Id__c: 'h-1' });
    const wanted = columns({
      fields: ['Birthdate', 'Interests__c', 'MailingAddress'],
      consent: [],
      reference: 'Heed_Id__c',
    });
    const [contact, lead] = rowsOf(await readAll(open(sandbox()).session, request(wanted)));
    expect(contact).toMatchObject({
      reference: null,
      values: {
        Birthdate: '1980-02-29',
        Interests__c: ['Events', 'Offers'],
        MailingAddress: { line1: '1 Main', line2: 'Floor 2' },
      },
    });
    expect(lead?.reference).toBe('h-1');
    expect(lead?.values).toEqual({ Interests__c: null });
  });

  test('the opt-out of a loser that was merged before the first read is seen, with its heir (C16)', async () => {
    const heir = make(sandbox(), 'Contact', { Email: 'a@example.org' });
    const loser = make(sandbox(), 'Contact', { Email: 'a@example.org', HasOptedOutOfEmail: true });
    sandbox().act('admin/merge', { type: 'Contact', master: heir, losers: [loser] });
    for (const initially of ['everyone', 'opted-out'] as const) {
      const rows = rowsOf(await readAll(open(sandbox()).session, request({ initially })));
      expect(find(rows, loser)).toMatchObject({
        life: { kind: 'continued', as: { type: 'Contact', id: heir } },
        values: { HasOptedOutOfEmail: true },
      });
    }
  });

  test('what was deleted or converted without an opt-out is not part of it', async () => {
    const gone = make(sandbox(), 'Contact', { Email: 'gone@example.org' });
    sandbox().act('admin/delete', { id: gone });
    const lead = make(sandbox(), 'Lead', { Email: 'lead@example.org' });
    const { contactId } = sandbox().act('admin/convert', { id: lead }) as { contactId: string };
    const rows = rowsOf(await readAll(open(sandbox()).session, request()));
    expect(rows.map(({ record }) => record.id)).toEqual([contactId]);
  });

  test('person accounts are left out', async () => {
    sandbox().switches({ personAccounts: true });
    sandbox().act('admin/person-account', { fields: { LastName: 'P', PersonEmail: 'p@example.org' } });
    make(sandbox(), 'Contact', { Email: 'c@example.org' });
    expect(emails(rowsOf(await readAll(open(sandbox()).session, request())))).toEqual(['c@example.org']);
  });

  test.each([
    ['a type that is none', { types: ['Account'] }, 'config'],
    ['a list that is no campaign', { lists: [{ kind: 'group', id: '701000000000001' }] }, 'config'],
    ['a campaign id that bends the query', { lists: [{ kind: 'campaign', id: "x') OR Id != null" }] }, 'config'],
    ['a field name that bends the query', { fields: ['Email FROM Contact'] }, 'config'],
  ])('%s', async (_what, more, kind) => {
    await expect(readAll(open(sandbox()).session, request(more))).rejects.toMatchObject({ kind });
  });

  test('an object that may not be read names the permission', async () => {
    sandbox().act('admin/object-access', { type: 'Lead', access: 'none' });
    const reading = readAll(open(sandbox()).session, request());
    await expect(reading).rejects.toMatchObject({ kind: 'forbidden', message: expect.stringContaining('Read') });
  });
});

describe('what changed', () => {
  test('an edit of this very second is in this run', async () => {
    const id = make(sandbox(), 'Contact', { Email: 'a@example.org' });
    const { changes } = await afterFirstRead();
    sandbox().act('person/unsubscribe', { id });
    expect(find(await changes(), id)).toMatchObject({ values: { HasOptedOutOfEmail: true }, modifiedBy: 'other' });
  });

  test('a change that becomes visible late is brought by the overlap', async () => {
    const id = make(sandbox(), 'Contact', { Email: 'a@example.org' });
    const { session, changes } = await afterFirstRead();
    sandbox().act('person/unsubscribe', { id, visibleAfterMs: 8 * 60_000 });
    sandbox().clock.advance(60_000);
    const second = await readAll(session, request({ after: endOf(await readAll(session, request())) }));
    expect(find(rowsOf(second), id)?.values.HasOptedOutOfEmail).not.toBe(true);
    sandbox().clock.advance(9 * 60_000);
    const third = await readAll(session, request({ after: endOf(second) }));
    expect(find(rowsOf(third), id)?.values.HasOptedOutOfEmail).toBe(true);
    expect(find(await changes(), id)?.values.HasOptedOutOfEmail).toBe(true);
  });

  test('an address that was taken away', async () => {
    const id = make(sandbox(), 'Contact', { Email: 'a@example.org' });
    const { changes } = await afterFirstRead();
    sandbox().act('admin/edit', { id, fields: { Email: null } });
    expect(find(await changes(), id)).toMatchObject({ email: null, life: { kind: 'live' } });
  });

  test('deleted, merged, converted', async () => {
    const [gone, heir, loser] = ['g@example.org', 'h@example.org', 'l@example.org'].map((Email) =>
      make(sandbox(), 'Contact', { Email }),
    );
    const lead = make(sandbox(), 'Lead', { Email: 'lead@example.org' });
    const { changes } = await afterFirstRead();
    sandbox().act('admin/delete', { id: gone });
    sandbox().act('admin/merge', { type: 'Contact', master: heir, losers: [loser] });
    const { contactId } = sandbox().act('admin/convert', { id: lead }) as { contactId: string };
    const rows = await changes();
    expect(find(rows, String(gone))?.life).toEqual({ kind: 'deleted' });
    expect(find(rows, String(loser))?.life).toEqual({ kind: 'continued', as: { type: 'Contact', id: heir } });
    expect(find(rows, lead)?.life).toEqual({ kind: 'continued', as: { type: 'Contact', id: contactId } });
    expect(find(rows, contactId)?.life).toEqual({ kind: 'live' });
  });

  test('deleted and emptied from the Recycle Bin: no query shows it, /deleted does', async () => {
    const id = make(sandbox(), 'Contact', { Email: 'a@example.org' });
    const { changes } = await afterFirstRead();
    sandbox().act('admin/delete', { id });
    sandbox().act('admin/empty-recycle-bin');
    sandbox().clock.advance(60_000);
    expect(find(await changes(), id)).toMatchObject({ email: null, values: {}, life: { kind: 'deleted' } });
  });

  test('undeleted', async () => {
    const id = make(sandbox(), 'Contact', { Email: 'a@example.org' });
    const { changes } = await afterFirstRead();
    sandbox().act('admin/delete', { id });
    sandbox().act('admin/undelete', { id });
    expect(find(await changes(), id)?.life).toEqual({ kind: 'live' });
  });

  test('nothing changed: one query and one /deleted per type', async () => {
    const { changes } = await afterFirstRead();
    const before = callsTo(sandbox()).length;
    expect(await changes()).toEqual([]);
    expect(callsTo(sandbox()).slice(before)).toEqual([
      'GET /queryAll',
      'GET /queryAll',
      'GET /sobjects/Contact/deleted/',
      'GET /sobjects/Lead/deleted/',
    ]);
  });

  test('our own change, and one that the system made after it', async () => {
    const id = make(sandbox(), 'Contact', { Email: 'a@example.org' });
    const { session, changes } = await afterFirstRead();
    const record = { type: 'Contact', id };
    await session.write(
      [{ kind: 'opt-out', id: 'o', record, email: 'a@example.org', topic: '*', set: { HasOptedOutOfEmail: true } }],
      never,
    );
    expect(find(await changes(), id)?.modifiedBy).toBe('us');
    sandbox().clock.advance(1_000);
    sandbox().act('admin/touch', { id });
    expect(find(await changes(), id)?.modifiedBy).toBe('unknown');
  });

  test('a cursor that rested longer than deletions are kept is stale; a damaged one, too', async () => {
    const { session, changes } = await afterFirstRead();
    sandbox().clock.advance(16 * DAY_MS);
    await readAll(session, request()); // the vendor's clock is learned from answers
    await expect(changes()).rejects.toMatchObject({ kind: 'stale' });
    await expect(readAll(session, request({ after: 'x' }))).rejects.toMatchObject({ kind: 'stale' });
  });
});

describe('pages', () => {
  const people = (count: number): readonly string[] =>
    Array.from({ length: count }, (_, i) => make(sandbox(), 'Contact', { Email: `p${i}@example.org` })).sort();
  const idsOf = (rows: readonly Row[]): readonly string[] => [...new Set(rows.map(({ record }) => record.id))].sort();

  test('three pages of one stamp, and one record over', async () => {
    sandbox().switches({ pageSize: 5 });
    const ids = people(16);
    const pages = await readAll(open(sandbox()).session, request({ types: ['Contact'] }));
    expect(idsOf(rowsOf(pages))).toEqual(ids);
    expect(rowsOf(pages)).toHaveLength(16);
    expect(pages.filter(({ rows }) => rows.length > 0)).toHaveLength(4);
  });

  test('a new process after every page goes on, loses nothing and comes to an end, within one stamp, too', async () => {
    sandbox().switches({ pageSize: 5 });
    const ids = people(16);
    const read = new Set<string>();
    let after: string | null = null;
    for (let page = 0; ; page += 1) {
      expect(page).toBeLessThan(10);
      const reading = open(sandbox())
        .session.read(request({ types: ['Contact'], after }), never)
        [Symbol.asyncIterator]();
      const { value, done } = await reading.next();
      if (done === true) throw new Error('no page');
      for (const row of value.rows) read.add(row.record.id);
      after = value.next;
      if (value.last) break;
    }
    expect([...read].sort()).toEqual(ids);
  });

  test('locators that end between pages', async () => {
    sandbox().switches({ pageSize: 5 });
    const ids = people(16);
    const read: Row[] = [];
    for await (const page of open(sandbox()).session.read(request({ types: ['Contact'] }), never)) {
      read.push(...page.rows);
      sandbox().clock.advance(HOUR_MS);
    }
    expect(idsOf(read)).toEqual(ids);
  });

  test('a record that changes while the read goes on is seen again, by this read or the next', async () => {
    sandbox().switches({ pageSize: 5 });
    const ids = people(16);
    const { session } = open(sandbox());
    const pages = [];
    for await (const page of session.read(request({ types: ['Contact'] }), never)) {
      if (pages.length === 0) sandbox().act('person/unsubscribe', { id: ids[0] });
      pages.push(page);
    }
    expect(idsOf(rowsOf(pages))).toEqual(ids);
    const next = rowsOf(await readAll(session, request({ types: ['Contact'], after: endOf(pages) })));
    expect(find(next, String(ids[0]))?.values.HasOptedOutOfEmail).toBe(true);
  });
});

describe('campaigns', () => {
  const inCampaign = (id: string, ...people: readonly string[]): void => {
    for (const person of people) sandbox().act('admin/add-member', { campaign: id, id: person });
  };
  const listsOf = (rows: readonly Row[], id: string) => find(rows, id)?.lists;

  test('members only, with the lists that each is in', async () => {
    const [spring, autumn] = [campaign(sandbox(), 'Spring'), campaign(sandbox(), 'Autumn')];
    const [a, b, c] = ['a@example.org', 'b@example.org', 'c@example.org'].map((Email) =>
      make(sandbox(), 'Contact', { Email }),
    );
    const lead = make(sandbox(), 'Lead', { Email: 'l@example.org' });
    inCampaign(spring, String(a), String(b), lead);
    inCampaign(autumn, String(b));
    const { session } = open(sandbox());
    const one = rowsOf(await readAll(session, request({ lists: [{ kind: 'campaign', id: spring }] })));
    expect(emails(one)).toEqual(['a@example.org', 'b@example.org', 'l@example.org']);
    expect(one.every(({ lists }) => lists?.join() === spring)).toBe(true);
    // The spelling of the profile: 15 characters.
    const lists = [spring.slice(0, 15), autumn].map((id) => ({ kind: 'campaign', id }));
    const two = rowsOf(await readAll(session, request({ lists })));
    expect(listsOf(two, String(a))).toEqual([spring.slice(0, 15)]);
    expect(listsOf(two, String(b))).toEqual([spring.slice(0, 15), autumn].sort());
    expect(listsOf(two, lead)).toEqual([spring.slice(0, 15)]);
    expect(find(two, String(c))).toBeUndefined();
  });

  test('changes: edited members, who came, who left; not those outside', async () => {
    const spring = campaign(sandbox(), 'Spring');
    const [stays, leaves, comes, outside] = ['s', 'l', 'c', 'o'].map((name) =>
      make(sandbox(), 'Contact', { Email: `${name}@example.org` }),
    );
    inCampaign(spring, String(stays), String(leaves));
    const { changes } = await afterFirstRead({ lists: [{ kind: 'campaign', id: spring }] });
    for (const id of [stays, leaves, outside]) sandbox().act('admin/edit', { id, fields: { Title: 'Boss' } });
    sandbox().act('admin/remove-member', { campaign: spring, id: leaves });
    inCampaign(spring, String(comes));
    const rows = await changes();
    expect(listsOf(rows, String(stays))).toEqual([spring]);
    expect(rows.filter(({ record }) => record.id === leaves).map(({ lists }) => lists)).toEqual([[]]);
    expect(listsOf(rows, String(comes))).toEqual([spring]);
    expect(find(rows, String(outside))).toBeUndefined();
  });

  test('nothing changed: one query per type and one for memberships', async () => {
    const spring = campaign(sandbox(), 'Spring');
    const { changes } = await afterFirstRead({ lists: [{ kind: 'campaign', id: spring }] });
    const before = callsTo(sandbox()).length;
    expect(await changes()).toEqual([]);
    expect(callsTo(sandbox()).slice(before)).toEqual(['GET /queryAll', 'GET /queryAll', 'GET /queryAll']);
  });
});
