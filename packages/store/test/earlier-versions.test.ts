import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AddressKey, Intent, Link, Shadow } from '@heed/core';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { countedBytes, HandClock } from '../../testkit/src/store-suite/subject.ts';
import { Database, migrate, openStateFolder } from '../src/index.ts';
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

test('a database of an earlier version says the same as before, and goes on', async () => {
  const clock = new HandClock();
  const random = countedBytes();
  const state = openStateFolder(dir, { clock, random });
  state.customer('acme');
  state.close();
  for (const end of ['', '-wal', '-shm']) rmSync(join(dir, `acme.db${end}`), { force: true });
  const earlier = new Database(join(dir, 'acme.db'));
  asVersion6(earlier);
  earlier.close();

  const again = openStateFolder(dir, { clock, random });
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
