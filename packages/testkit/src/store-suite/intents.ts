import type { Intent } from '@heed/core';
import { describe, expect, test } from 'vitest';
import { at, CRM, contact, intent, link, MAIL, member, memberCreate, PROFILE, page, shadow } from './made-up.ts';
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

    test('one that is done makes its pairs agreed in the same commit, and only then (I8)', async () => {
      const { store, lease } = await bench().store();
      const links = async () => (await store.neighbourhood(PROFILE, [CRM, MAIL], [at('ann')])).links;
      const pair = (crm: string, marketing: string) => ({ crm, marketing });
      const change = (id: string, more: Partial<Intent>) =>
        intent(id, 'ann', {
          op: { kind: 'patch', id, record: contact('ann'), email: at('ann'), fields: {}, ifVersion: null },
          partner: member('m'),
          ...more,
        });
      await store.commitPage(lease, page(CRM, { shadows: [shadow(CRM, contact('ann'), 'ann')] }), 0);
      const first = change('1', { agrees: { 'A=A': pair('1', '1'), 'B=B': pair('1', '1') } });
      await store.intend(lease, [first]);
      expect(await links()).toEqual([]);
      await store.settle(lease, PROFILE, 'r1', [], [{ ...first, state: 'rejected' }], []);
      expect(await links()).toEqual([]);
      const second = change('2', { agrees: { 'A=A': pair('2', '2'), 'B=B': pair('2', '2') } });
      await store.intend(lease, [second]);
      await store.settle(lease, PROFILE, 'r1', [], [{ ...second, state: 'applied' }], []);
      const third = change('3', { agrees: { 'A=A': pair('3', '3') } });
      await store.intend(lease, [third]);
      await store.settle(lease, PROFILE, 'r1', [], [{ ...third, state: 'applied' }], []);
      const agreed = { 'A=A': pair('3', '3'), 'B=B': pair('2', '2') };
      expect(await links()).toEqual([link(member('m'), contact('ann'), { agreed })]);
      // That a read shows the second one later says nothing about what is agreed now.
      await store.commitPage(lease, page(CRM, { intents: [{ ...second, state: 'applied', seen: true }] }), 0);
      expect(await links()).toEqual([link(member('m'), contact('ann'), { agreed })]);
    });

    test('a member that was made is linked by the id it got, a renamed one keeps what it had agreed on', async () => {
      const { store, lease } = await bench().store();
      const made = memberCreate('1', 'ann', {
        partner: contact('ann'),
        agrees: { 'A=A': { crm: '1', marketing: '1' } },
      });
      const renamed = intent('2', 'bob', {
        system: MAIL,
        op: { kind: 'rename', id: '2', record: member('m'), from: at('ann'), to: at('bob') },
        partner: contact('ann'),
      });
      const answered = [
        { ...made, made: member('m'), state: 'applied' as const },
        { ...renamed, made: member('n'), state: 'applied' as const },
      ];
      await store.commitPage(lease, page(CRM, { shadows: [shadow(CRM, contact('ann'), 'ann')] }), 0);
      await store.intend(lease, [made, renamed]);
      for (const one of answered) await store.settle(lease, PROFILE, 'r1', [], [one], []);
      const { links } = await store.neighbourhood(PROFILE, [CRM, MAIL], [at('ann')]);
      const agreed = { 'A=A': { crm: '1', marketing: '1' } };
      expect(links).toContainEqual(link(member('n'), contact('ann'), { agreed }));
    });

    test('those of a job are told by the job: durable with it, and their addresses wait for it', async () => {
      const here = bench();
      const { state, store, lease } = await here.store();
      const job = { id: 'j1', profile: PROFILE, run: 'r1', system: CRM, ticket: 'opened', openedAt: 5 };
      const [one, two] = [intent('1', 'ann', { job: 'j1' }), intent('2', 'bob', { job: 'j1' })];
      await store.saveJob(lease, job, [one, two]);
      await store.saveJob(lease, { ...job, ticket: 'started' }, []);
      state.close();
      const again = await here.store();
      expect(await again.store.jobs(PROFILE)).toEqual([{ ...job, ticket: 'started' }]);
      expect(await again.store.jobs('another')).toEqual([]);
      expect(await again.store.openIntents(PROFILE)).toEqual([]);
      expect(await again.store.intentsOfJob('j1')).toEqual([one, two]);
      const waiting = async () =>
        (await again.store.neighbourhood(PROFILE, [CRM], [at('ann'), at('bob'), at('cyd')])).inJob;
      expect(await waiting()).toEqual([at('ann'), at('bob')]);
      await again.store.settle(again.lease, PROFILE, 'r1', [], [{ ...one, state: 'applied', answeredAt: 9 }], []);
      expect(await again.store.intentsOfJob('j1')).toEqual([two]);
      expect(await waiting()).toEqual([at('bob')]);
      await again.store.endJob(again.lease, 'j1');
      expect(await again.store.jobs(PROFILE)).toEqual([]);
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
