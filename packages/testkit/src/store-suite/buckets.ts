import { type Bucket, recordKey, type SideCounts } from '@heed/core';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { at, CRM, contact, MAIL, member, OTHER_MAIL, page, report, settlement, shadow } from './made-up.ts';
import type { Bench } from './subject.ts';

/** The strongest first. */
const ORDER: readonly Bucket[] = ['created', 'optedOut', 'updated', 'setAside', 'held', 'notSynced', 'unchanged'];

/** Held, not synced and unchanged are states of the moment: the latest word of them counts, until something was done. */
const weakness = (bucket: Bucket): number => Math.min(ORDER.indexOf(bucket), ORDER.indexOf('held'));

const total = (side: SideCounts): number =>
  side.created +
  side.updated +
  side.optedOut +
  side.unchanged +
  side.held +
  Object.values(side.notSynced).reduce((sum, count) => sum + count, 0) +
  side.setAside.length;

type Side = 'crm' | 'marketing';
interface Settled {
  readonly side: Side;
  readonly id: string;
  readonly bucket: Bucket;
  readonly reason: string;
}
type Step = { readonly seen: readonly string[]; readonly side: Side } | { readonly settled: readonly Settled[] };

const ids = fc.constantFrom('1', '2', '3', '4', '5', '6');
const sides = fc.constantFrom<Side>('crm', 'marketing');
const steps: fc.Arbitrary<readonly Step[]> = fc.array(
  fc.oneof(
    fc.record({ seen: fc.array(ids, { maxLength: 4 }), side: sides }),
    fc.record({
      settled: fc.array(
        fc.record({
          side: sides,
          id: ids,
          bucket: fc.constantFrom(...ORDER),
          reason: fc.constantFrom('opted-out', 'archived'),
        }),
        { maxLength: 4 },
      ),
    }),
  ),
  { minLength: 1, maxLength: 10 },
);

const refOf = (side: Side, id: string) => (side === 'crm' ? contact(id) : member(id));

/** What the counters should be, worked out from scratch. */
const expected = (all: readonly Step[], side: Side): Omit<SideCounts, 'setAside'> & { readonly setAside: string[] } => {
  const stands = new Map<string, { bucket: Bucket; reason: string }>();
  for (const step of all) {
    if ('seen' in step) {
      if (step.side !== side) continue;
      for (const id of step.seen) if (!stands.has(id)) stands.set(id, { bucket: 'unchanged', reason: '' });
      continue;
    }
    for (const one of step.settled.filter((each) => each.side === side)) {
      const before = stands.get(one.id);
      if (before === undefined || weakness(one.bucket) <= weakness(before.bucket)) stands.set(one.id, one);
    }
  }
  const standing = [...stands.entries()];
  const count = (bucket: Bucket) => standing.filter(([, one]) => one.bucket === bucket).length;
  const notSynced: Record<string, number> = {};
  for (const [, one] of standing) {
    if (one.bucket === 'notSynced') notSynced[one.reason] = (notSynced[one.reason] ?? 0) + 1;
  }
  return {
    read: standing.length,
    created: count('created'),
    updated: count('updated'),
    optedOut: count('optedOut'),
    unchanged: count('unchanged'),
    held: count('held'),
    notSynced,
    setAside: standing
      .filter(([, one]) => one.bucket === 'setAside')
      .map(([id]) => recordKey(refOf(side, id)))
      .sort(),
  };
};

export const promisesOfBuckets = (bench: () => Bench): void => {
  describe('buckets', () => {
    test('every record of a run is in exactly one, the strongest it was put in', async () => {
      const { store, lease } = await bench().store();
      let runs = 0;
      // One store for all cases: what earlier runs left behind must not count.
      await fc.assert(
        fc.asyncProperty(steps, async (all) => {
          runs += 1;
          const run = `run ${runs}`;
          await store.beginRun(report(run));
          for (const step of all) {
            if ('seen' in step) {
              const system = step.side === 'crm' ? CRM : MAIL;
              const shadows = step.seen.map((id) => shadow(system, refOf(step.side, id), `p${id}`));
              await store.commitPage(lease, page(system, { run, shadows }), 0);
            } else {
              const buckets = step.settled.map(({ id, ...one }) => ({ ...one, record: refOf(one.side, id) }));
              await store.settle(lease, 'news', run, [settlement('ann', 0, { buckets })], [], []);
            }
          }
          const counts = await store.runCounts(run);
          for (const side of ['crm', 'marketing'] as const) {
            const got = counts[side];
            expect({ ...got, setAside: got.setAside.map(({ record }) => record).sort() }).toEqual(expected(all, side));
            expect(got.read).toBe(total(got));
          }
        }),
        { numRuns: 150 },
      );
    });

    test('a record that two audiences call by the same id is counted by the run that read it', async () => {
      const { store, lease } = await bench().store();
      await store.beginRun(report('one', { profile: 'one' }));
      await store.commitPage(lease, page(MAIL, { run: 'one', shadows: [shadow(MAIL, member('1'), 'ann')] }), 0);
      await store.beginRun(report('two', { profile: 'two' }));
      await store.commitPage(
        lease,
        page(OTHER_MAIL, { run: 'two', shadows: [shadow(OTHER_MAIL, member('1'), 'ann')] }),
        0,
      );
      const buckets = [{ side: 'marketing', record: member('1'), bucket: 'updated', reason: null }] as const;
      await store.settle(lease, 'two', 'two', [settlement('ann', 0, { buckets })], [], []);
      expect((await store.runCounts('one')).marketing).toMatchObject({ read: 1, unchanged: 1, updated: 0 });
      expect((await store.runCounts('two')).marketing).toMatchObject({ read: 1, unchanged: 0, updated: 1 });
    });

    test('a page without a run counts nothing', async () => {
      const { store, lease } = await bench().store();
      await store.beginRun(report('r1'));
      await store.commitPage(lease, page(CRM, { shadows: [shadow(CRM, contact('1'), 'ann')] }), 0);
      expect((await store.runCounts('r1')).crm.read).toBe(0);
    });

    test('a set-aside record says which field, which rule and why', async () => {
      const { store, lease } = await bench().store();
      await store.beginRun(report('r1'));
      const aside = {
        address: at('ann'),
        side: 'crm',
        record: contact('1'),
        field: 'Phone',
        rule: 'fields',
        message: 'not a phone number',
        write: null,
        attempts: 1,
        retryAt: null,
      } as const;
      const buckets = [{ side: 'crm', record: contact('1'), bucket: 'setAside', reason: null }] as const;
      await store.settle(lease, 'news', 'r1', [settlement('ann', 0, { setAside: [aside], buckets })], [], []);
      expect((await store.runCounts('r1')).crm.setAside).toEqual([
        { record: 'Contact/1', address: at('ann'), field: 'Phone', rule: 'fields', message: 'not a phone number' },
      ]);
    });
  });
};
