import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type AddressKey,
  APPROVED,
  approve,
  type Hold,
  type Intent,
  type Link,
  RELEASED,
  reject,
  type Shadow,
  type Store,
  serviceOf,
} from '@heed/core';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { optOut as said } from '../../testkit/src/store-suite/made-up.ts';
import { countedBytes, HandClock } from '../../testkit/src/store-suite/subject.ts';
import { Database, migrate, openStateFolder } from '../src/index.ts';
import { append, factEntry } from '../src/ledger.ts';
import { CUSTOMER } from '../src/schema.ts';

let dir = '';
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'heed-earlier-'));
});
afterEach(() => rmSync(dir, { recursive: true }));

const MAIL = { role: 'marketing', connection: 'mc', container: 'a1' } as const;
const CRM = { role: 'crm', connection: 'sf', container: '' } as const;
const ann = 'ann@example.org' as AddressKey;
const member = { type: 'member', id: 'm/1' };
const contact = { type: 'Contact', id: '003' };

const shadow: Shadow = {
  system: MAIL,
  record: member,
  email: 'Ann@Example.org',
  address: ann,
  life: { kind: 'live' },
  values: { FNAME: 'Ann' },
  member: { status: 'subscribed', by: 'system', complaint: false, since: null, optIn: null, topics: {} },
  reference: null,
  lists: { l1: true },
  modifiedAt: 1,
  modifiedBy: 'us',
  version: null,
  stays: [{ address: ann, from: null, until: null }],
  firstReadAt: 1,
  lastReadAt: 2,
  seenAt: 3,
  lifeChangedAt: null,
  archivedSince: null,
};
const agreed = { 'A=B': { crm: '1', marketing: '2' }, 'C=D': { crm: '"x"', marketing: '"x"' } };
const link: Link = { member, crm: contact, agreed, left: false };
const write = (id: string, more: Partial<Intent>): Intent => ({
  id,
  profile: 'p',
  run: 'r',
  system: MAIL,
  op: { kind: 'patch', id, record: member, email: ann, ifVersion: null, fields: { FNAME: 'Ann' } },
  address: ann,
  because: [],
  rule: 'I8',
  sentAt: 4,
  answeredAt: null,
  state: 'open',
  seen: false,
  partner: contact,
  agrees: agreed,
  made: null,
  job: null,
  ...more,
});
const open = write('op1', {});
const optOut = write('op2', {
  op: { kind: 'opt-out', id: 'op2', record: member, email: ann, set: {} } as unknown as Intent['op'],
  because: [7],
  made: member,
  state: 'applied',
  answeredAt: 5,
});

/** As version 6 wrote it: everything in the content, nothing left out. */
const asVersion6 = (database: Database): void => {
  migrate(database, 'customer', CUSTOMER.slice(0, 6));
  const json = JSON.stringify;
  database.write(() => {
    database.run("INSERT INTO profile (name) VALUES ('p')");
    database.run('INSERT INTO system (id, role, connection, container) VALUES (1, ?, ?, ?)', ...Object.values(MAIL));
    database.run('INSERT INTO system (id, role, connection, container) VALUES (2, ?, ?, ?)', ...Object.values(CRM));
    const { system: _, lastReadAt, seenAt, ...content } = shadow;
    database.run("INSERT INTO shadow VALUES (1, 1, 'member/m/1', NULL, 1, ?, 0)", json(content));
    database.run('INSERT INTO sighting VALUES (1, ?, ?, NULL)', lastReadAt, seenAt);
    database.run('INSERT INTO stay VALUES (?, 1)', ann);
    database.run("INSERT INTO link VALUES ('p', 'member/m/1', 'Contact/003', ?)", json(link));
    for (const { id, address, state, seen, answeredAt, ...more } of [open, optOut])
      database.run(
        `INSERT INTO intent (id, profile, system, record, address, state, seen, answered_at, content)
         VALUES (?, 'p', 1, 'member/m/1', ?, ?, ?, ?, ?)`,
        id,
        address,
        state,
        seen ? 1 : 0,
        answeredAt,
        json({ id, address, state, seen, answeredAt, ...more }),
      );
    database.run("INSERT INTO member_create (op, address, system, invites) VALUES ('op0', ?, 1, 0)", ann);
  });
};

/** A state folder of today around a database that an earlier version wrote. */
const openedAfter = (write: (database: Database) => void) => {
  const options = { clock: new HandClock(), random: countedBytes() };
  const state = openStateFolder(dir, options);
  state.customer('acme');
  state.close();
  for (const end of ['', '-wal', '-shm']) rmSync(join(dir, `acme.db${end}`), { force: true });
  const earlier = new Database(join(dir, 'acme.db'));
  write(earlier);
  earlier.close();
  return openStateFolder(dir, options);
};

test('a database of an earlier version says the same as before, and goes on', async () => {
  const again = openedAfter(asVersion6);
  const store = again.customer('acme');
  const lease = await again.leases.acquire('acme', 'test', 60_000);
  if (lease === null) throw new Error('the lease is free');
  const around = async () => store.neighbourhood('p', [CRM, MAIL], [ann]);
  expect(await around()).toMatchObject({ shadows: [shadow], links: [link], everCreated: [ann] });
  expect(await store.openIntents('p')).toEqual([open]);
  // Plain field writes explain nothing that a read shows (C8).
  expect((await store.known(MAIL, [member], [])).intents).toEqual([optOut]);

  await store.settle(lease, 'p', 'r', [], [{ ...open, state: 'applied', answeredAt: 6 }], []);
  expect(await store.openIntents('p')).toEqual([]);
  expect((await around()).links).toEqual([link]);
  const page = { system: MAIL, run: null, facts: [], intents: [], dirty: [], dirtyFields: [], cursor: null };
  const later = { ...shadow, email: ann, lists: {}, lastReadAt: 8, seenAt: 9 };
  await store.commitPage(lease, { ...page, shadows: [later] }, 9);
  expect((await around()).shadows).toEqual([later]);
  again.close();
});

const [bob, dan, eve] = ['bob', 'dan', 'eve'].map((name) => `${name}@example.org`) as [
  AddressKey,
  AddressKey,
  AddressKey,
];
const held = (kind: Hold['kind'], run: string, addresses: readonly string[], facts: readonly number[]) => ({
  ...{ run, runs: ['run-1', run], kind, since: 5, why: `why ${kind}` },
  addresses,
  facts,
});
/** What version 7 kept of four profiles; facts 1 to 5 are of these people, in this order. */
const SAID = ['ann', 'bob', 'old', 'ann', 'eve'] as const;
const SERVICES: Readonly<Record<string, unknown>> = {
  whole: {
    approved: 'd',
    paused: false,
    holds: [
      held('opt-outs', 'run-2', [bob, ann], [4, 3, 2, 1]),
      held('creates', 'run-2', [], []),
      held('empty-side', 'run-3', [], []),
    ],
    released: { addresses: [dan, eve], creates: true, size: false },
    pushed: [{ at: 1, people: 3 }],
    blocked: 'b',
    complete: { at: 1, members: 2 },
  },
  // Dan was erased since, and with him his facts; Eve's stand for people who are held no more.
  first: {
    approved: null,
    holds: [held('first-run', 'run-4', [ann, dan], [1, 99]), held('opt-outs', 'run-4', [], [5])],
  },
  partial: { paused: true },
  released: { released: { addresses: [ann], size: true } },
};

/** As version 7 wrote it: whom a guard holds stands in the service document. */
const asVersion7 = (database: Database): void => {
  migrate(database, 'customer', CUSTOMER.slice(0, 7));
  database.write(() => {
    const facts = SAID.map((name) => factEntry(said(name), 1));
    append(database, countedBytes(), facts);
    const put = (profile: string, key: string, content: unknown): void =>
      void database.run('INSERT INTO note VALUES (?, ?, ?)', profile, key, JSON.stringify(content));
    for (const [profile, content] of Object.entries(SERVICES)) {
      database.run('INSERT INTO profile (name) VALUES (?)', profile);
      put(profile, 'service', content);
    }
    put('partial', 'missing', { holds: [ann], released: { addresses: [ann] } });
  });
};

describe('a database of version 7, with held people in the service document (C23)', () => {
  const opened = () => openedAfter(asVersion7).customer('acme');
  const people = (store: Store, profile: string, set: string) => store.held.page(profile, set, null, 9);
  const tick = { run: 'run-2', runs: ['run-1', 'run-2'], since: 5 };
  const HELD: readonly Hold[] = [
    { ...tick, kind: 'opt-outs', people: 2, set: 'opt-outs run-2', why: 'why opt-outs' },
    { ...tick, kind: 'creates', people: 0, set: null, why: 'why creates' },
    {
      ...tick,
      run: 'run-3',
      runs: ['run-1', 'run-3'],
      kind: 'empty-side',
      people: 0,
      set: null,
      why: 'why empty-side',
    },
  ];

  test('holds the same people for the same facts, and has released the same', async () => {
    const store = opened();
    expect(await store.note('whole', 'service')).toEqual({
      ...(SERVICES.whole as object),
      holds: HELD,
      released: { creates: true, size: false },
    });
    // Fact 3 is of the address that somebody of them came from.
    expect(await people(store, 'whole', 'opt-outs run-2')).toEqual([
      { address: ann, facts: [1, 3, 4], writes: 1 },
      { address: bob, facts: [2], writes: 1 },
    ]);
    expect(await people(store, 'whole', RELEASED)).toEqual(
      [dan, eve].map((address) => ({ address, facts: [], writes: 0 })),
    );
    expect(await store.held.count('whole', ['opt-outs run-2', RELEASED, APPROVED, 'creates run-2'])).toBe(4);
  });

  test('loses nobody where a fact or a person was erased since', async () => {
    const store = opened();
    expect((await serviceOf(store, 'first')).holds.map(({ people: n, set }) => [n, set])).toEqual([
      [2, 'first-run run-4'],
      [0, null],
    ]);
    expect(await people(store, 'first', 'first-run run-4')).toEqual([
      { address: ann, facts: [1], writes: 1 },
      { address: dan, facts: [], writes: 1 },
    ]);
  });

  test('a document that does not say all says no more than before', async () => {
    const store = opened();
    expect(await store.note('partial', 'service')).toEqual({ paused: true });
    expect(await store.note('partial', 'missing')).toEqual({ holds: [ann], released: { addresses: [ann] } });
    expect(await store.note('released', 'service')).toEqual({ released: { size: true } });
    expect(await people(store, 'released', RELEASED)).toEqual([{ address: ann, facts: [], writes: 0 }]);
    expect(await serviceOf(store, 'partial')).toMatchObject({ holds: [], released: { creates: false, size: false } });
  });

  test('answers to the names that somebody was told then', async () => {
    const store = opened();
    expect(await approve(store, 'whole', 'run-1', 'd')).toEqual({ ok: true, holds: HELD });
    expect((await people(store, 'whole', APPROVED)).map(({ address }) => address)).toEqual([ann, bob]);
    expect(await serviceOf(store, 'whole')).toMatchObject({ holds: [], released: { creates: true, size: true } });
    expect(await approve(store, 'first', 'run-4', 'd2')).toMatchObject({ ok: true });
    expect(await serviceOf(store, 'first')).toMatchObject({ approved: 'd2', holds: [] });
  });

  test('a rejection by such a name is of all their facts', async () => {
    const store = opened();
    expect(await reject(store, 'whole', 'run-2', 'kim', 9)).toEqual({ ok: true, holds: HELD.slice(0, 2) });
    const [entry] = (await store.entriesOf(ann)).filter(({ kind }) => kind === 'decision');
    expect(entry?.body).toEqual({ kind: 'rejection', profile: 'whole', facts: [1, 3, 4, 2], by: 'kim' });
    expect(await people(store, 'whole', 'opt-outs run-2')).toEqual([]);
    expect((await store.marks('whole', [ann, bob, eve])).map(({ mark }) => mark > 0)).toEqual([true, true, false]);
  });
});
