import { describe, expect, test } from 'vitest';
import { at, CRM, contact, intent, MAIL, memberCreate, PROFILE, page } from './made-up.ts';
import type { Bench } from './subject.ts';

const DAY_MS = 24 * 60 * 60 * 1000;

export const promisesOfIntents = (bench: () => Bench): void => {
  describe('intents', () => {
    test('are durable as they were, and open until answered', async () => {
      const here = bench();
      const { state, store, lease } = await here.store();
      const two = [intent('1', 'ann'), memberCreate('2', 'bob')];
      await store.intend(lease, two);
      state.close();
      const again = await here.store();
      expect(await again.store.openIntents(PROFILE)).toEqual(two);
      expect(await again.store.openIntents('another')).toEqual([]);
      const answered = intent('1', 'ann', { state: 'applied', answeredAt: 3_000 });
      await again.store.settle(again.lease, PROFILE, 'r1', [], [answered], []);
      expect(await again.store.openIntents(PROFILE)).toEqual([two[1]]);
    });

    test('are found by record and by address, in their own system', async () => {
      const { store, lease } = await bench().store();
      const one = intent('1', 'ann');
      const two = memberCreate('2', 'bob');
      await store.intend(lease, [one, two]);
      expect((await store.known(CRM, [contact('ann')], [])).intents).toEqual([one]);
      expect((await store.known(CRM, [], [at('ann'), at('bob')])).intents).toEqual([one]);
      expect((await store.known(MAIL, [], [at('bob')])).intents).toEqual([two]);
      expect((await store.known(CRM, [contact('bob')], [at('cyd')])).intents).toEqual([]);
    });

    test('explain until a read showed them, and 30 days after the answer', async () => {
      const here = bench();
      const { store, lease } = await here.store();
      const now = here.clock.now();
      const state = 'applied';
      const old = now - 31 * DAY_MS;
      const unseen = intent('1', 'ann', { state, answeredAt: old });
      const seen = intent('2', 'ann', { state, answeredAt: old, seen: true });
      const recent = intent('3', 'ann', { state, answeredAt: now - 29 * DAY_MS, seen: true });
      await store.intend(lease, [unseen, seen, recent]);
      const explaining = async () => (await store.known(CRM, [contact('ann')], [])).intents;
      expect(await explaining()).toEqual([unseen, recent]);
      await store.prune(now);
      expect(await explaining()).toEqual([unseen, recent]);
      await store.commitPage(lease, page(CRM, { intents: [{ ...unseen, seen: true }] }), 0);
      expect(await explaining()).toEqual([recent]);
    });

    test('a member created long ago is still known to have been created', async () => {
      const here = bench();
      const { store, lease } = await here.store();
      const old = here.clock.now() - 400 * DAY_MS;
      await store.intend(lease, [memberCreate('1', 'ann', { state: 'applied', answeredAt: old, seen: true })]);
      await store.prune(here.clock.now());
      expect((await store.neighbourhood(PROFILE, [MAIL], [at('ann')])).everCreated).toEqual([at('ann')]);
      expect((await store.known(MAIL, [], [at('ann')])).intents).toEqual([]);
    });
  });
};
