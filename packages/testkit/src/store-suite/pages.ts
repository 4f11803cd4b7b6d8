import type { Shadow } from '@heed/core';
import { describe, expect, test } from 'vitest';
import { at, CRM, contact, MAIL, member, OTHER_MAIL, optOut, PROFILE, page, shadow } from './made-up.ts';
import { type Bench, CUSTOMER } from './subject.ts';

export const promisesOfPages = (bench: () => Bench): void => {
  describe('pages', () => {
    test('facts, shadows, marks and cursor of a page are there after opening again', async () => {
      const here = bench();
      const { state, store, lease } = await here.store();
      await store.markDirty(PROFILE, [], 0);
      const ann = shadow(CRM, contact('ann'), 'ann');
      const numbers = await store.commitPage(
        lease,
        page(CRM, {
          shadows: [ann],
          facts: [optOut('ann'), optOut('bob')],
          dirty: [at('ann')],
          cursor: { stream: 'crm', next: '{"v":1}' },
        }),
        5_000,
      );
      expect(numbers).toEqual([1, 2]);
      state.close();
      const again = here.open().customer(CUSTOMER);
      expect(await again.cursor('crm')).toBe('{"v":1}');
      expect(await again.cursor('marketing')).toBeNull();
      expect(await again.factsOf([at('ann')])).toEqual([{ ...optOut('ann'), n: 1 }]);
      expect((await again.known(CRM, [contact('ann')], [])).shadows).toEqual([ann]);
      expect(await again.dirty(PROFILE, 5_000, null, 10)).toEqual([{ address: at('ann'), mark: expect.any(Number) }]);
    });

    test('a dropped cursor is gone', async () => {
      const { store, lease } = await bench().store();
      await store.commitPage(lease, page(CRM, { cursor: { stream: 's', next: '1' } }), 0);
      await store.dropCursor(lease, 's');
      expect(await store.cursor('s')).toBeNull();
    });

    test('a record read again unchanged has new times of seeing and nothing else', async () => {
      const { store, lease } = await bench().store();
      const ann = shadow(CRM, contact('ann'), 'ann');
      await store.commitPage(lease, page(CRM, { shadows: [ann] }), 0);
      const later = { ...ann, lastReadAt: 7_000, seenAt: 8_000 };
      await store.commitPage(lease, page(CRM, { shadows: [later] }), 0);
      expect((await store.known(CRM, [contact('ann')], [])).shadows).toEqual([later]);
    });

    test('a changed record is replaced, whole', async () => {
      const { store, lease } = await bench().store();
      await store.commitPage(
        lease,
        page(CRM, { shadows: [shadow(CRM, contact('ann'), 'ann', { values: { A: 1 } })] }),
        0,
      );
      const changed = shadow(CRM, contact('ann'), ['ann', 'anna'], { values: { B: ['x', 'y'] }, version: '2' });
      await store.commitPage(lease, page(CRM, { shadows: [changed] }), 0);
      expect((await store.known(CRM, [contact('ann')], [])).shadows).toEqual([changed]);
    });

    test('a record is found at every address it ever had, and not at one it never had', async () => {
      const { store, lease } = await bench().store();
      const ann = shadow(CRM, contact('ann'), ['ann', 'anna']);
      await store.commitPage(lease, page(CRM, { shadows: [ann] }), 0);
      expect((await store.known(CRM, [], [at('ann')])).shadows).toEqual([ann]);
      expect((await store.known(CRM, [], [at('anna')])).shadows).toEqual([ann]);
      expect((await store.known(CRM, [], [at('bob')])).shadows).toEqual([]);
      const corrected = shadow(CRM, contact('ann'), 'anna');
      await store.commitPage(lease, page(CRM, { shadows: [corrected] }), 0);
      expect((await store.known(CRM, [], [at('ann')])).shadows).toEqual([]);
    });

    test('two audiences that call a member by the same id keep a shadow each', async () => {
      const { store, lease } = await bench().store();
      const here = shadow(MAIL, member('1'), 'ann');
      const there = shadow(OTHER_MAIL, member('1'), 'ann', { values: { NAME: 'other' } });
      await store.commitPage(lease, page(MAIL, { shadows: [here] }), 0);
      await store.commitPage(lease, page(OTHER_MAIL, { shadows: [there] }), 0);
      expect((await store.known(MAIL, [member('1')], [at('ann')])).shadows).toEqual([here]);
      expect((await store.known(OTHER_MAIL, [member('1')], [at('ann')])).shadows).toEqual([there]);
    });

    test('counts live records, and walks those that a complete read did not show in pages', async () => {
      const { store, lease } = await bench().store();
      const shadows = Array.from({ length: 25 }, (_, i) =>
        shadow(CRM, contact(String(i).padStart(3, '0')), `p${i}`, { seenAt: i % 2 === 0 ? 1_000 : 2_000 }),
      );
      const gone = shadow(CRM, contact('gone'), 'gone', { life: { kind: 'deleted' } });
      const elsewhere = shadow(MAIL, member('1'), 'p0');
      await store.commitPage(lease, page(CRM, { shadows: [...shadows, gone] }), 0);
      await store.commitPage(lease, page(MAIL, { shadows: [elsewhere] }), 0);
      expect(await store.count(CRM)).toBe(25);
      expect(await store.count(OTHER_MAIL)).toBe(0);
      const first = await store.unseen(CRM, 2_000, null, 8);
      const second = await store.unseen(CRM, 2_000, first.at(-1)?.record ?? null, 8);
      expect([...first, ...second]).toEqual(shadows.filter((one) => one.seenAt < 2_000));
      expect(await store.unseen(CRM, 2_000, second.at(-1)?.record ?? null, 8)).toEqual([]);
    });

    test('C13: counts who is paid for although opted out of everything, as things stand', async () => {
      const { store, lease } = await bench().store();
      const of = (id: string, status: string, more: object = {}, whole: object = {}) =>
        shadow(MAIL, member(id), `p${id}`, {
          member: { status, by: 'unknown', complaint: false, since: null, optIn: null, topics: {}, ...more },
          ...whole,
        });
      const commit = (...shadows: readonly Shadow[]) => store.commitPage(lease, page(MAIL, { shadows }), 0);
      await commit(
        of('1', 'unsubscribed', { paidFor: true }),
        of('2', 'undeliverable', { paidFor: true, complaint: true }),
        of('3', 'unsubscribed', { paidFor: false }),
        of('4', 'unsubscribed'),
        of('5', 'subscribed', { paidFor: true }),
        of('6', 'unsubscribed', { paidFor: true }, { life: { kind: 'deleted' } }),
      );
      expect(await store.countPaidOptedOut(MAIL)).toBe(2);
      expect(await store.countPaidOptedOut(OTHER_MAIL)).toBe(0);
      await commit(of('1', 'unsubscribed', { paidFor: false }), of('5', 'unsubscribed', { paidFor: true }));
      expect(await store.countPaidOptedOut(MAIL)).toBe(2);
      await commit(of('5', 'subscribed', { paidFor: true }));
      expect(await store.countPaidOptedOut(MAIL)).toBe(1);
    });

    test('refuses what JSON would silently change', async () => {
      const { store, lease } = await bench().store();
      for (const bad of [new Date(0), undefined, Number.NaN]) {
        const broken = shadow(CRM, contact('ann'), 'ann', { values: { Birthday: bad } });
        await expect(store.commitPage(lease, page(CRM, { shadows: [broken] }), 0)).rejects.toThrow(TypeError);
      }
      expect(await store.count(CRM)).toBe(0);
    });
  });
};
