import type { Lease, Store } from '@heed/core';
import { describe, expect, test } from 'vitest';
import {
  at,
  CRM,
  contact,
  intent,
  link,
  MAIL,
  member,
  memberCreate,
  optOut,
  PROFILE,
  page,
  report,
  settlement,
  shadow,
} from './made-up.ts';
import { type Bench, CUSTOMER, leaseOf } from './subject.ts';

class Crash extends Error {}

/** All that can be seen through the verbs. */
const seen = async (store: Store): Promise<string> => {
  const addresses = ['ann', 'anna', 'bob'].map(at);
  const { broken, ...ledger } = await store.verifyLedger();
  expect(broken).toBeNull();
  return JSON.stringify([
    ledger,
    await store.neighbourhood(PROFILE, [CRM, MAIL], addresses),
    await store.known(CRM, [contact('1')], addresses),
    await store.cursor('s'),
    await store.dirty(PROFILE, 1e15, null, 99),
    await store.dirty('another', 1e15, null, 99),
    await store.runCounts('r1'),
    await store.run('r1'),
    await store.listed(PROFILE, null),
    await store.openIntents(PROFILE),
    await store.note(PROFILE, 'k'),
    await Promise.all(['h', 'old', 'approved'].map((set) => store.held.page(PROFILE, set, null, 9))),
    await store.restored(PROFILE),
  ]);
};

/** A customer in the middle of a run. */
const prepare = async (store: Store, lease: Lease): Promise<void> => {
  await store.beginRun(report('r1'));
  await store.markDirty('another', [at('ann')], 1);
  const crm = [shadow(CRM, contact('1'), 'ann'), shadow(CRM, contact('2'), 'bob')];
  const first = page(CRM, { run: 'r1', shadows: crm, facts: [optOut('ann')], dirty: [at('ann')] });
  await store.commitPage(lease, { ...first, cursor: { stream: 's', next: '1' } }, 2);
  await store.intend(lease, [intent('1', 'ann')]);
  for (const set of ['h', 'old'])
    await store.held.add(lease, PROFILE, set, [{ address: at('ann'), facts: [1], writes: 1 }]);
};

const VERBS: Readonly<Record<string, (store: Store, lease: Lease) => Promise<unknown>>> = {
  commitPage: (store, lease) =>
    store.commitPage(
      lease,
      page(CRM, {
        run: 'r1',
        shadows: [shadow(CRM, contact('1'), ['ann', 'anna']), shadow(CRM, contact('3'), 'bob')],
        facts: [optOut('anna'), optOut('bob', { run: 'r1' })],
        intents: [intent('1', 'ann', { seen: true })],
        dirty: [at('anna'), at('bob')],
        cursor: { stream: 's', next: '2' },
      }),
      3,
    ),
  intend: (store, lease) => store.intend(lease, [intent('2', 'bob'), memberCreate('3', 'bob')]),
  settle: async (store, lease) => {
    const side = 'crm' as const;
    const [mark] = await store.dirty(PROFILE, 99, null, 1);
    const record = contact('1');
    const wrong = {
      address: at('ann'),
      side,
      record,
      rule: 'C1',
      field: 'F',
      message: 'no',
      write: null,
      attempts: 1,
      retryAt: 9,
    };
    const settled = settlement('ann', mark?.mark ?? 0, {
      owed: [{ address: at('ann'), side, record, rule: 'C1', because: [1], since: 3, why: 'down' }],
      setAside: [wrong],
      listed: [{ address: at('ann'), side, reason: 'archived', rule: 'C12a', detail: '' }],
      links: [link(member('m'), record)],
      buckets: [
        { side, record, bucket: 'optedOut', reason: null },
        { side, record: contact('9'), bucket: 'setAside', reason: null },
      ],
    });
    const change = {
      at: 4,
      side,
      record,
      address: at('ann'),
      what: 'opted out',
      rule: 'C1',
      because: [1],
      outcome: 'ok',
    };
    return store.settle(lease, PROFILE, 'r1', [settled], [intent('1', 'ann', { state: 'applied' })], [change]);
  },
  enter: (store) => {
    const correction = { kind: 'correction', facts: [1], by: 'kim', because: 'typo' } as const;
    return store.enter({ facts: [optOut('bob')], decisions: [correction] }, [at('bob'), at('ann')], 5);
  },
  retry: (store) => store.retry(PROFILE, 5),
  markDirty: (store) => store.markDirty('third', null, 5),
  'replaceNote with moves': (store) =>
    store.replaceNote(PROFILE, 'k', null, { held: 'none' }, [
      { from: 'h', to: 'approved' },
      { from: 'old', to: null },
    ]),
  'held.add': (store, lease) =>
    store.held.add(
      lease,
      PROFILE,
      'h',
      ['ann', 'bob'].map((name) => ({ address: at(name), facts: [2], writes: 1 })),
    ),
  'held.move': (store, lease) => store.held.move(lease, PROFILE, { from: 'h', to: 'approved' }),
  beginRun: (store) => store.beginRun(report('r2')),
  prune: (store) => store.prune(1e13),
};

export const promisesOfCrashes = (bench: () => Bench): void => {
  /** Crashes at the k-th point of a verb; what is seen afterwards, and at which kind of point it was. */
  const crashAt = async (k: number, verb: (store: Store, lease: Lease) => Promise<unknown>) => {
    const here = bench();
    let armed = false;
    let left = k;
    let crashed: string | null = null;
    const state = here.open((point) => {
      if (!armed) return;
      if (left === 0) {
        crashed = point;
        throw new Crash();
      }
      left -= 1;
    });
    const lease = await leaseOf(state);
    const store = state.customer(CUSTOMER);
    await prepare(store, lease);
    const before = await seen(store);
    armed = true;
    await verb(store, lease).catch((error: unknown) => {
      if (!(error instanceof Crash)) throw error;
    });
    armed = false;
    state.close();
    const after = await seen(here.open().customer(CUSTOMER));
    return { crashed: crashed as string | null, before, after };
  };

  describe('a crash anywhere', () => {
    for (const [name, verb] of Object.entries(VERBS)) {
      test(`in ${name} leaves all of it or nothing`, async () => {
        const { after: whole } = await crashAt(Number.POSITIVE_INFINITY, verb);
        const points: string[] = [];
        for (let k = 0; ; k += 1) {
          const { crashed, before, after } = await crashAt(k, verb);
          if (crashed === null) break;
          points.push(crashed);
          expect(after).toBe(crashed === 'committed' ? whole : before);
        }
        expect(points.slice(-2)).toEqual(['commit', 'committed']);
        expect(points.length).toBeGreaterThan(2);
      });
    }
  });
};
