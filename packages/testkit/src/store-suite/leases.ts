import { LeaseLost } from '@heed/core';
import { describe, expect, test } from 'vitest';
import { at, CRM, contact, intent, optOut, PROFILE, page, settlement, shadow } from './made-up.ts';
import { type Bench, CUSTOMER, leaseOf } from './subject.ts';

export const promisesOfLeases = (bench: () => Bench): void => {
  describe('leases', () => {
    test('one holder at a time, also when opened twice', async () => {
      const here = bench();
      const [one, two] = [here.open(), here.open()];
      const won = await one.leases.acquire(CUSTOMER, 'one', 1_000);
      expect(won).not.toBeNull();
      expect(await two.leases.acquire(CUSTOMER, 'two', 1_000)).toBeNull();
      expect(await two.leases.acquire('another', 'two', 1_000)).not.toBeNull();
    });

    test('are free again after release and after their time, with a higher fence each time', async () => {
      const here = bench();
      const { leases } = here.open();
      const first = await leases.acquire(CUSTOMER, 'one', 1_000);
      if (first === null) throw new Error('not free');
      await leases.release(first);
      const second = await leases.acquire(CUSTOMER, 'two', 1_000);
      here.clock.time += 1_001;
      const third = await leases.acquire(CUSTOMER, 'three', 1_000);
      expect(second?.fence).toBeGreaterThan(first.fence);
      expect(third?.fence).toBeGreaterThan(second?.fence ?? Number.POSITIVE_INFINITY);
    });

    test('last longer when renewed, and cannot be renewed once lost', async () => {
      const here = bench();
      const { leases } = here.open();
      const lease = await leases.acquire(CUSTOMER, 'one', 1_000);
      if (lease === null) throw new Error('not free');
      here.clock.time += 900;
      expect(await leases.renew(lease, 1_000)).toBe(true);
      here.clock.time += 900;
      expect(await leases.acquire(CUSTOMER, 'two', 1_000)).toBeNull();
      here.clock.time += 101;
      expect(await leases.acquire(CUSTOMER, 'two', 1_000)).not.toBeNull();
      expect(await leases.renew(lease, 1_000)).toBe(false);
      await leases.release(lease);
      expect(await leases.acquire(CUSTOMER, 'three', 1_000)).toBeNull();
    });

    test('every verb of a stale holder is refused, and nothing was written', async () => {
      const here = bench();
      const { store, lease } = await here.store();
      await store.markDirty(PROFILE, [at('ann')], 0);
      await store.commitPage(lease, page(CRM, { cursor: { stream: 's', next: '1' } }), 0);
      await leaseOf(here.open());
      const full = page(CRM, {
        shadows: [shadow(CRM, contact('1'), 'ann')],
        facts: [optOut('ann')],
        dirty: [at('bob')],
        cursor: { stream: 's', next: '2' },
      });
      const verbs: readonly (() => Promise<unknown>)[] = [
        () => store.commitPage(lease, full, 0),
        () => store.dropCursor(lease, 's'),
        () => store.intend(lease, [intent('1', 'ann')]),
        () => store.settle(lease, PROFILE, 'r1', [settlement('ann', 99_999)], [intent('1', 'ann')], []),
        () => store.recovered(lease, PROFILE),
      ];
      for (const verb of verbs) await expect(verb()).rejects.toThrow(LeaseLost);
      expect(await store.cursor('s')).toBe('1');
      expect(await store.head()).toMatchObject({ n: 0 });
      expect(await store.count(CRM)).toBe(0);
      expect(await store.openIntents(PROFILE)).toEqual([]);
      expect(await store.dirty(PROFILE, 0, null, 9)).toHaveLength(1);
    });

    test('the lease of one customer does not write for another', async () => {
      const { state, lease } = await bench().store();
      await expect(state.customer('another').commitPage(lease, page(CRM), 0)).rejects.toThrow('does not write for');
    });

    test('people enter facts while somebody else holds the lease', async () => {
      const here = bench();
      await leaseOf(here.open(), 'runner');
      const other = here.open().customer(CUSTOMER);
      expect(await other.enter({ facts: [optOut('ann')], decisions: [] }, [], 0)).toEqual([1]);
    });
  });
};
