import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { HeldPeople, Lease, OptOutLists } from '@heed/core';
import { afterEach, expect, test } from 'vitest';
import {
  at,
  CRM,
  contact,
  intent,
  link,
  MAIL,
  memberCreate,
  optOut,
  page,
  report,
  settlement,
  shadow,
} from '../../testkit/src/store-suite/made-up.ts';
import { countedBytes, HandClock } from '../../testkit/src/store-suite/subject.ts';
import { Database } from '../src/database.ts';
import { ErasedPeople } from '../src/erased.ts';
import { raiseFence } from '../src/leases.ts';
import { migrate } from '../src/migrate.ts';
import { CUSTOMER } from '../src/schema.ts';
import { sqliteStore } from '../src/sqlite-store.ts';

const KEY = new Uint8Array(32);
const dir = mkdtempSync(join(tmpdir(), 'heed-plans-'));
afterEach(() => rmSync(dir, { recursive: true, force: true }));

/** Calls every verb once, so that every statement is prepared. */
const everyVerb = async (database: Database): Promise<void> => {
  const store = sqliteStore({
    customer: 'acme',
    database,
    headFile: join(dir, 'acme.head'),
    erasedFile: join(dir, 'acme.erased'),
    clock: new HandClock(),
    random: countedBytes(),
    key: KEY,
    durability: 'none',
    close: () => {},
  });
  const lease = { customer: 'acme', fence: 1 };
  raiseFence(database, 1);
  await store.beginRun(report('r1'));
  for (const names of [['ann'], ['ann', 'anna'], ['anna']]) {
    const shadows = [shadow(CRM, contact('1'), names)];
    const intents = [intent('1', 'ann')];
    const facts = [optOut('ann'), optOut('ann', { echoOf: 1 })];
    await store.commitPage(
      lease,
      page(CRM, { run: 'r1', shadows, facts, intents, dirty: [at('ann')], cursor: { stream: 's', next: '1' } }),
      1,
    );
  }
  await store.commitPage(
    lease,
    page(CRM, { shadows: [shadow(CRM, contact('2'), 'b', { life: { kind: 'continued', as: contact('1') } })] }),
    1,
  );
  await store.intend(lease, [memberCreate('2', 'ann'), memberCreate('3', 'ann', { state: 'rejected' })]);
  const side = 'crm' as const;
  const record = contact('1');
  const set = {
    address: at('ann'),
    side,
    record,
    field: null,
    rule: '',
    message: '',
    write: null,
    attempts: 1,
    retryAt: null,
  };
  for (const bucket of ['setAside', 'updated'] as const) {
    const done = settlement('ann', 1, {
      owed: [{ address: at('ann'), side, record, rule: '', because: [], since: 1, why: '' }],
      setAside: [set],
      listed: [{ address: at('ann'), side, reason: 'left', rule: '', detail: '' }],
      links: [link(contact('m'), record)],
      buckets: [record, contact('9')].map((one) => ({ side, record: one, bucket, reason: null })),
    });
    await store.settle(lease, 'news', 'r1', [done, settlement('bob', 1, { next: 5 })], [], []);
  }
  await store.enter(
    { facts: [], decisions: [{ kind: 'correction', facts: [1], by: '', because: '' }] },
    [at('ann')],
    1,
  );
  await store.known(CRM, [record], [at('ann')]);
  const around = await store.neighbourhood('news', [CRM, MAIL], ['ann', 'anna', 'b'].map(at));
  // Heirs and forebears are asked about only where there is somebody.
  expect(around.shadows).toHaveLength(2);
  await store.unseen(CRM, 9e12, null, 5);
  for (const reason of [null, 'left']) await store.listed('news', reason);
  for (const profile of [null, 'news']) await store.runs(profile, 5);
  await Promise.all([
    store.cursor('s'),
    store.count(CRM),
    store.countPaidOptedOut(MAIL),
    store.openIntents('news'),
    store.run('r1'),
    store.head(),
  ]);
  await Promise.all([store.runCounts('r1'), store.factsOf([at('ann')]), store.factsOfRun('r1'), store.verifyLedger()]);
  await Promise.all([store.entriesOf(at('ann')), store.dirty('news', 9, null, 5), store.marks('news', [at('ann')])]);
  await Promise.all([store.owed('news'), store.setAside('news'), store.retry('news', 5), store.restored('news')]);
  await store.markDirty('news', [at('ann')], 1);
  await store.recovered(lease, 'news');
  for (const value of [1, null]) await store.putNote('news', 'k', value);
  await store.note('news', 'k');
  await store.dropCursor(lease, 's');
  await everyListVerb(store.optOutLists);
  await everyHeldVerb(store.held, lease);
  await store.replaceNote('news', 'k', null, 2, [{ from: 'h', to: 'approved' }]);
  const erased = new ErasedPeople(database, KEY, 'acme');
  database.write(() => {
    erased.remember(erased.nameFor(at('zoe')), [erased.hashOfAddress(at('zoe'))], 1);
    erased.keepKeyCheck();
  });
  await store.erasures.recognise(lease, CRM, [{ record: contact('1'), address: at('zoe'), heir: contact('2') }]);
  await store.erasures.find(at('zoe'));
  await store.erasures.due('news', 9);
  await store.commitPage(lease, page(CRM, { shadows: [shadow(CRM, contact('7'), 'zoe')], facts: [optOut('zoe')] }), 1);
};

const everyListVerb = async (lists: OptOutLists): Promise<void> => {
  const draft = await lists.draft(1);
  await lists.gather(draft, [at('ann'), at('bob')]);
  await lists.gathered(draft, null, 5);
  await lists.enter('l', draft, [at('ann')], [optOut('ann')], 1);
  await lists.complete('l', { version: draft, digest: '', addresses: 1, at: 1 });
  await lists.draft(9e12);
  await Promise.all([
    lists.last('l'),
    lists.onList('l', [at('ann')]),
    lists.inDraft(draft, [at('ann')]),
    lists.subscribed([at('ann')]),
  ]);
  await lists.everybody(null, 5);
};

const everyHeldVerb = async (held: HeldPeople, lease: Lease): Promise<void> => {
  const whom = [at('ann'), at('bob')];
  await held.add(
    lease,
    'news',
    'h',
    whom.map((address) => ({ address, facts: [1], writes: 1 })),
  );
  await held.remove(lease, 'news', 'h', whom);
  await held.subtract(lease, 'news', 'h', ['approved']);
  await held.move(lease, 'news', { from: 'h', to: 'approved' });
  await held.keepOnly(lease, 'news', ['approved']);
  await Promise.all([
    held.find('news', ['h', 'approved'], whom),
    held.page('news', 'h', null, 5),
    held.count('news', ['h', 'approved']),
    held.isWithin('news', 'h', 'approved'),
  ]);
};

/** Small by nature: one row, one per profile, system, erased person or import that is under way, or walked from its newest end up to a limit. */
const SMALL =
  /^SCAN (customer|profile|system|erased|list_draft|json_each|value|CONSTANT|\(|SUBQUERY|run$|chain$|sqlite_schema|\d+ CONSTANT)/;

/** Verbs that are asked for everything of a profile, a run or a system. */
const ASKED_FOR_ALL = [
  /^SELECT since, content FROM owed WHERE profile = \?$/,
  /^SELECT attempts, retry_at, content FROM set_aside WHERE profile = \?$/,
  /^UPDATE set_aside SET retry_at/,
  /^SELECT content FROM listed WHERE profile = \?( AND reason = \?)? ORDER/,
  /^SELECT content FROM run_detail WHERE run = \? AND kind = \? ORDER/,
  /^SELECT count\(\*\) AS live FROM shadow/,
  // Its index has those alone that it counts.
  /^SELECT count\(\*\) AS members FROM shadow WHERE system = \? AND paid_opted_out = 1$/,
  /^SELECT intent\.id[^?]* WHERE profile = \? AND state = 'open'/,
  /^DELETE FROM stray_tally WHERE run IN/,
  // Once a run, of what earlier ones left behind.
  /^DELETE FROM held_person WHERE profile = \? AND held NOT IN/,
];
const BIG =
  'shadow|sighting|stay|entry|chain|intent|dirty|link|owed|set_aside|listed|stray_tally|run_detail|held_person|one|other';
const WALK = new RegExp(`^SEARCH (${BIG}) .*\\((profile|system|run)=\\?\\)`);

test('no statement walks through a big table', async () => {
  const database = new Database(join(dir, 'acme.db'), { durability: 'none' });
  migrate(database, 'customer', CUSTOMER);
  await everyVerb(database);
  const statements = database.statements();
  expect(statements.length).toBeGreaterThan(60);
  const walks = statements
    .filter((sql) => !ASKED_FOR_ALL.some((verb) => verb.test(sql)))
    .flatMap((sql) =>
      database
        .all<{ detail: string }>(`EXPLAIN QUERY PLAN ${sql}`)
        .map(({ detail }) => detail)
        .filter((detail) => (detail.startsWith('SCAN') && !SMALL.test(detail)) || WALK.test(detail))
        .map((detail) => `${detail}: ${sql}`),
    );
  expect(walks).toEqual([]);
  database.close();
});
