import type { Owed, SetAside } from '@heed/core';
import { describe, expect, test } from 'vitest';
import { at, CRM, contact, link, MAIL, member, PROFILE, page, settlement, shadow } from './made-up.ts';
import type { Bench } from './subject.ts';

const owed = (since: number, more: Partial<Owed> = {}): Owed => ({
  address: at('ann'),
  side: 'crm',
  record: contact('1'),
  rule: 'C1',
  because: [1],
  since,
  why: 'not read back yet',
  ...more,
});

const aside = (more: Partial<SetAside> = {}): SetAside => ({
  address: at('ann'),
  side: 'marketing',
  record: member('1'),
  field: 'FNAME',
  rule: 'fields',
  message: 'too long',
  write: null,
  attempts: 1,
  retryAt: 900,
  ...more,
});

export const promisesOfSettlements = (bench: () => Bench): void => {
  describe('settlements', () => {
    test('what stays owed keeps its first since; once delivered and owed anew it begins anew', async () => {
      const { store, lease } = await bench().store();
      const settle = (...now: readonly Owed[]) =>
        store.settle(lease, PROFILE, 'r1', [settlement('ann', 0, { owed: now })], [], []);
      await settle(owed(100));
      await settle(owed(200, { rule: 'C6', why: 'still down' }));
      expect(await store.owed(PROFILE)).toEqual([owed(100, { rule: 'C6', why: 'still down' })]);
      await settle(owed(300), owed(300, { record: contact('2') }));
      expect((await store.owed(PROFILE)).map(({ since }) => since)).toEqual([100, 300]);
      await settle();
      await settle(owed(400));
      expect((await store.owed(PROFILE)).map(({ since }) => since)).toEqual([400]);
      expect(await store.owed('another')).toEqual([]);
    });

    test('owed to nobody in particular, then to a record that turned up: still owed since the first time', async () => {
      const { store, lease } = await bench().store();
      await store.settle(lease, PROFILE, 'r1', [settlement('ann', 0, { owed: [owed(100, { record: null })] })], [], []);
      await store.settle(lease, PROFILE, 'r1', [settlement('ann', 0, { owed: [owed(200)] })], [], []);
      expect((await store.owed(PROFILE)).map(({ since }) => since)).toEqual([100]);
    });

    test('attempts add up as long as the same thing stays wrong', async () => {
      const { store, lease } = await bench().store();
      const settle = (...now: readonly SetAside[]) =>
        store.settle(lease, PROFILE, 'r1', [settlement('ann', 0, { setAside: now })], [], []);
      await settle(aside());
      await settle(aside({ retryAt: 1_800 }));
      await settle(aside({ attempts: 0 }));
      expect(await store.setAside(PROFILE)).toEqual([aside({ attempts: 2 })]);
      await settle(aside({ message: 'something else' }));
      expect(await store.setAside(PROFILE)).toEqual([aside({ message: 'something else' })]);
      await settle();
      expect(await store.setAside(PROFILE)).toEqual([]);
    });

    test('retry makes set-aside addresses due at once and says how many', async () => {
      const { store, lease } = await bench().store();
      const two = [aside(), aside({ field: 'LNAME' })];
      await store.settle(
        lease,
        PROFILE,
        'r1',
        [
          settlement('ann', 0, { next: 900, setAside: two }),
          settlement('bob', 0, { next: 900, setAside: [aside({ address: at('bob'), retryAt: null })] }),
          settlement('cyd', 0, { next: 900 }),
        ],
        [],
        [],
      );
      expect(await store.dirty(PROFILE, 50, null, 10)).toEqual([]);
      expect(await store.retry(PROFILE, 50)).toBe(2);
      expect((await store.dirty(PROFILE, 50, null, 10)).map(({ address }) => address)).toEqual([at('ann'), at('bob')]);
      expect((await store.setAside(PROFILE)).every(({ retryAt }) => retryAt === 50)).toBe(true);
    });

    test('listed people are replaced per address, and found by reason', async () => {
      const { store, lease } = await bench().store();
      const line = (name: string, reason: string) =>
        ({ address: at(name), side: 'marketing', reason, rule: 'C2', detail: '' }) as const;
      const first = [
        settlement('ann', 0, { listed: [line('ann', 'opted-out-in-crm'), line('ann', 'archived')] }),
        settlement('bob', 0, { listed: [line('bob', 'opted-out-in-crm')] }),
      ];
      await store.settle(lease, PROFILE, 'r1', first, [], []);
      expect(await store.listed(PROFILE, null)).toHaveLength(3);
      expect(await store.listed(PROFILE, 'archived')).toEqual([line('ann', 'archived')]);
      await store.settle(lease, PROFILE, 'r2', [settlement('ann', 0, { listed: [line('ann', 'opted-out')] })], [], []);
      expect(await store.listed(PROFILE, null)).toEqual([line('ann', 'opted-out'), line('bob', 'opted-out-in-crm')]);
      expect(await store.listed('another', null)).toEqual([]);
    });

    test('a member has one link; a new one replaces it', async () => {
      const { store, lease } = await bench().store();
      const links = async () => (await store.neighbourhood(PROFILE, [CRM, MAIL], [at('ann')])).links;
      const to = (crm: string) => link(member('m'), contact(crm));
      await store.commitPage(lease, page(MAIL, { shadows: [shadow(MAIL, member('m'), 'ann')] }), 0);
      await store.settle(lease, PROFILE, 'r1', [settlement('ann', 0, { links: [to('1')] })], [], []);
      await store.settle(lease, PROFILE, 'r1', [settlement('ann', 0, { links: [to('2')] })], [], []);
      expect(await links()).toEqual([to('2')]);
    });

    test('notes are kept per profile, and null removes them', async () => {
      const { store } = await bench().store();
      await store.putNote(PROFILE, 'hold', { people: ['a'], since: 1 });
      await store.putNote('another', 'hold', 2);
      expect(await store.note(PROFILE, 'hold')).toEqual({ people: ['a'], since: 1 });
      expect(await store.note(PROFILE, 'pause')).toBeNull();
      await store.putNote(PROFILE, 'hold', null);
      expect(await store.note(PROFILE, 'hold')).toBeNull();
      expect(await store.note('another', 'hold')).toBe(2);
    });
  });
};
