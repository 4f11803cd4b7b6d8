import { describe, expect, test } from 'vitest';
import { at, CRM, contact, optOut, PROFILE, page, settlement } from './made-up.ts';
import { type Bench, CUSTOMER } from './subject.ts';

const change = (name: string) => ({
  at: 7,
  side: 'crm' as const,
  record: contact(name),
  address: at(name),
  what: 'opted out',
  rule: 'C1',
  because: [1],
  outcome: 'applied',
});

export const promisesOfTheLedger = (bench: () => Bench): void => {
  /** Five entries: three facts, a change, a decision. */
  const written = async () => {
    const here = bench();
    const { state, store, lease } = await here.store();
    await store.commitPage(lease, page(CRM, { facts: ['ann', 'bob', 'cyd'].map((name) => optOut(name)) }), 50);
    await store.settle(lease, PROFILE, 'r1', [settlement('ann', 0)], [], [change('ann')]);
    const decisions = [{ kind: 'correction', facts: [1], by: 'kim', because: 'typo' }] as const;
    await store.enter({ facts: [], decisions }, [], 60);
    const head = await store.head();
    state.close();
    const again = () => here.open().customer(CUSTOMER);
    return { here, head, again };
  };

  describe('the ledger', () => {
    test('numbers everything and chains it', async () => {
      const { again, head } = await written();
      const store = again();
      expect(head).toEqual({ n: 5, hash: expect.stringMatching(/^[0-9a-f]{64}$/) });
      expect(await store.verifyLedger()).toEqual({ entries: 5, broken: null, head });
      expect(await store.restored(PROFILE)).toBeNull();
    });

    test('an empty one is whole', async () => {
      const { store } = await bench().store();
      expect(await store.verifyLedger()).toMatchObject({ entries: 0, broken: null, head: { n: 0 } });
    });

    test('tells all it has about an address: facts, changes, and decisions about its facts', async () => {
      const { again } = await written();
      const entries = await again().entriesOf(at('ann'));
      expect(entries.map(({ n, kind, at: when }) => `${n} ${kind} ${when}`)).toEqual([
        '1 fact 50',
        '4 change 7',
        '5 decision 60',
      ]);
      expect(entries[1]?.body).toEqual({ ...change('ann'), profile: PROFILE });
    });

    test('finds a falsified entry', async () => {
      const { here, again } = await written();
      here.subject.surgery.falsify(here.dir, CUSTOMER, 2);
      expect((await again().verifyLedger()).broken).toMatchObject({ n: 2 });
    });

    test('still verifies when what an entry said was erased', async () => {
      const { here, again, head } = await written();
      here.subject.surgery.forget(here.dir, CUSTOMER, 2);
      const store = again();
      expect(await store.verifyLedger()).toEqual({ entries: 5, broken: null, head });
      expect(await store.factsOf([at('bob')])).toEqual([]);
      expect(await store.restored(PROFILE)).toBeNull();
    });

    test('finds a ledger that was cut off, by the head kept outside', async () => {
      const { here, again } = await written();
      const store = again();
      here.subject.surgery.cutOff(here.dir, CUSTOMER, 4);
      expect((await store.verifyLedger()).broken).toMatchObject({ n: 4 });
    });

    test('a restored database is noticed, stays so until each profile recovered, and is written down', async () => {
      const { here, again } = await written();
      const putBack = here.subject.surgery.backUp(here.dir, CUSTOMER);
      const before = here.open();
      await before.customer(CUSTOMER).enter({ facts: [optOut('dan')], decisions: [] }, [], 70);
      before.close();
      putBack();
      here.clock.time += 1_000;
      const noticed = here.clock.now();
      const first = here.open();
      const store = first.customer(CUSTOMER);
      expect(await store.restored(PROFILE)).toBe(noticed);
      expect(await store.verifyLedger()).toMatchObject({ entries: 6, broken: null });
      first.close();
      here.clock.time += 1_000;
      const again2 = await here.store();
      expect(await again2.store.restored(PROFILE)).toBe(noticed);
      await again2.store.recovered(again2.lease, PROFILE);
      expect(await again2.store.restored(PROFILE)).toBeNull();
      expect(await again2.store.restored('another')).toBe(noticed);
      again2.state.close();
      expect(await again().restored(PROFILE)).toBeNull();
    });

    test('a database restored twice is noticed twice, by a clock that stands still too', async () => {
      const { here } = await written();
      const putBack = here.subject.surgery.backUp(here.dir, CUSTOMER);
      const first = await here.store();
      await first.store.enter({ facts: [optOut('dan')], decisions: [] }, [], 70);
      first.state.close();
      putBack();
      const second = await here.store();
      await second.store.recovered(second.lease, PROFILE);
      const putBackAgain = here.subject.surgery.backUp(here.dir, CUSTOMER);
      await second.store.enter({ facts: [optOut('eve')], decisions: [] }, [], 80);
      second.state.close();
      putBackAgain();
      const third = await here.store();
      expect(await third.store.restored(PROFILE)).not.toBeNull();
    });

    test('the order of keys in what was written does not matter', async () => {
      const { store, lease } = await bench().store();
      const fact = optOut('ann');
      const turned = Object.fromEntries(Object.entries(fact).reverse()) as unknown as typeof fact;
      await store.commitPage(lease, page(CRM, { facts: [turned] }), 0);
      expect((await store.verifyLedger()).broken).toBeNull();
      expect(await store.factsOf([at('ann')])).toEqual([{ ...fact, n: 1 }]);
    });
  });
};
