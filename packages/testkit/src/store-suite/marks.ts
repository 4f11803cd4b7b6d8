import { describe, expect, test } from 'vitest';
import { at, CRM, contact, optOut, PROFILE, page, report, settlement, shadow } from './made-up.ts';
import type { Bench } from './subject.ts';

export const promisesOfMarks = (bench: () => Bench): void => {
  const addressesOf = (marks: readonly { readonly address: string }[]) => marks.map(({ address }) => address);

  describe('dirty marks', () => {
    test('a page marks its addresses in every profile that is known, however it became known', async () => {
      const { store, lease } = await bench().store();
      await store.beginRun(report('r1', { profile: 'by run' }));
      await store.putNote('by note', 'k', 1);
      await store.markDirty('by mark', [], 0);
      await store.commitPage(lease, page(CRM, { dirty: [at('ann')] }), 10);
      for (const profile of ['by run', 'by note', 'by mark']) {
        expect(addressesOf(await store.dirty(profile, 10, null, 10))).toEqual([at('ann')]);
      }
      expect(await store.dirty('unknown', 10, null, 10)).toEqual([]);
    });

    test('what people enter marks every profile too', async () => {
      const { store } = await bench().store();
      await store.markDirty(PROFILE, [], 0);
      await store.enter({ facts: [optOut('ann')], decisions: [] }, [at('ann')], 10);
      expect(addressesOf(await store.dirty(PROFILE, 10, null, 10))).toEqual([at('ann')]);
    });

    test('C15 what people enter marks the other addresses of whoever lives there, or did: an opt-out follows people', async () => {
      const { store, lease } = await bench().store();
      const people = [shadow(CRM, contact('1'), ['ann', 'anna']), shadow(CRM, contact('2'), 'bob')];
      await store.commitPage(lease, page(CRM, { shadows: people }), 0);
      await store.markDirty(PROFILE, [], 0);
      await store.enter({ facts: [optOut('anna')], decisions: [] }, [at('anna')], 10);
      expect(addressesOf(await store.dirty(PROFILE, 10, null, 10))).toEqual(['ann', 'anna'].map(at));
      const draft = await store.optOutLists.draft(10);
      await store.markDirty('other', [], 10);
      await store.optOutLists.enter('list', draft, [at('ann')], [optOut('ann')], 10);
      expect(addressesOf(await store.dirty('other', 10, null, 10))).toEqual(['ann', 'anna'].map(at));
    });

    test('come due first, in address order, in pages', async () => {
      const { store, lease } = await bench().store();
      await store.markDirty(PROFILE, ['c', 'a', 'b', 'd'].map(at), 10);
      await store.settle(lease, PROFILE, 'r1', [settlement('b', 1, { next: 500 })], [], []);
      const first = await store.dirty(PROFILE, 10, null, 2);
      expect(addressesOf(first)).toEqual([at('a'), at('c')]);
      expect(addressesOf(await store.dirty(PROFILE, 10, at('c'), 2))).toEqual([at('d')]);
      expect(addressesOf(await store.dirty(PROFILE, 500, null, 9))).toEqual(['a', 'b', 'c', 'd'].map(at));
    });

    test('work that a newer mark overtook does not clean it, nor put it off', async () => {
      const { store, lease } = await bench().store();
      await store.markDirty(PROFILE, [at('ann'), at('bob')], 10);
      const worked = await store.dirty(PROFILE, 10, null, 10);
      await store.enter({ facts: [], decisions: [] }, [at('ann'), at('bob')], 20);
      const newer = await store.dirty(PROFILE, 20, null, 10);
      worked.forEach((old, i) => {
        expect(newer[i]?.mark).toBeGreaterThan(old.mark);
      });
      const mark = worked[0]?.mark ?? 0;
      const done = [settlement('ann', mark), settlement('bob', mark, { next: 900 })];
      await store.settle(lease, PROFILE, 'r1', done, [], []);
      expect(await store.dirty(PROFILE, 20, null, 10)).toEqual(newer);
    });

    test('work on the newest mark cleans it', async () => {
      const { store, lease } = await bench().store();
      await store.markDirty(PROFILE, [at('ann')], 10);
      const [mark] = await store.dirty(PROFILE, 10, null, 10);
      await store.settle(lease, PROFILE, 'r1', [settlement('ann', mark?.mark ?? 0)], [], []);
      expect(await store.dirty(PROFILE, 10, null, 10)).toEqual([]);
    });

    test('a mark made after cleaning is newer than the cleaned one: late work does not clean it', async () => {
      const { store, lease } = await bench().store();
      await store.markDirty(PROFILE, [at('ann')], 10);
      const [mark] = await store.dirty(PROFILE, 10, null, 10);
      const done = settlement('ann', mark?.mark ?? 0);
      await store.settle(lease, PROFILE, 'r1', [done], [], []);
      await store.markDirty(PROFILE, [at('ann')], 20);
      await store.settle(lease, PROFILE, 'r1', [done], [], []);
      expect(addressesOf(await store.dirty(PROFILE, 20, null, 10))).toEqual([at('ann')]);
    });

    test('present marks are told in the order asked, 0 for a clean address', async () => {
      const { store } = await bench().store();
      await store.markDirty(PROFILE, [at('ann')], 10);
      const [mark] = await store.dirty(PROFILE, 10, null, 10);
      expect(await store.marks(PROFILE, [at('bob'), at('ann')])).toEqual([{ address: at('bob'), mark: 0 }, mark]);
      expect(await store.marks('another', [at('ann')])).toEqual([{ address: at('ann'), mark: 0 }]);
    });

    test('a look at a clean address does not clean a mark made meanwhile, and can put it off', async () => {
      const { store, lease } = await bench().store();
      await store.markDirty(PROFILE, [at('ann')], 10);
      await store.settle(lease, PROFILE, 'r1', [settlement('ann', 0), settlement('bob', 0, { next: 900 })], [], []);
      expect(addressesOf(await store.dirty(PROFILE, 10, null, 10))).toEqual([at('ann')]);
      expect(addressesOf(await store.dirty(PROFILE, 900, null, 10))).toEqual([at('ann'), at('bob')]);
      const [ann] = await store.dirty(PROFILE, 10, null, 10);
      await store.settle(lease, PROFILE, 'r1', [settlement('bob', 0), settlement('ann', ann?.mark ?? 0)], [], []);
      expect(await store.dirty(PROFILE, 900, null, 10)).toEqual([]);
    });

    test('what was put off comes due at once when it is marked again', async () => {
      const { store, lease } = await bench().store();
      await store.markDirty(PROFILE, [at('ann')], 10);
      const [mark] = await store.dirty(PROFILE, 10, null, 10);
      await store.settle(lease, PROFILE, 'r1', [settlement('ann', mark?.mark ?? 0, { next: 900 })], [], []);
      expect(await store.dirty(PROFILE, 20, null, 10)).toEqual([]);
      await store.commitPage(lease, page(CRM, { dirty: [at('ann')] }), 20);
      expect(addressesOf(await store.dirty(PROFILE, 20, null, 10))).toEqual([at('ann')]);
    });

    test('everything that was ever known is marked for a new profile: former addresses and facts too', async () => {
      const { store, lease } = await bench().store();
      await store.commitPage(lease, page(CRM, { shadows: [shadow(CRM, contact('1'), ['ann', 'anna'])] }), 0);
      await store.enter({ facts: [optOut('bob')], decisions: [] }, [], 0);
      await store.markDirty('new', null, 10);
      expect(addressesOf(await store.dirty('new', 10, null, 10))).toEqual(['ann', 'anna', 'bob'].map(at));
      expect(await store.dirty(PROFILE, 10, null, 10)).toEqual([]);
    });
  });

  describe('marks that may concern consent', () => {
    test('are told from those of fields alone, and are not forgotten by a later one of fields', async () => {
      const { store, lease } = await bench().store();
      await store.beginRun(report('r1'));
      await store.commitPage(lease, page(CRM, { dirty: [at('ann')], dirtyFields: [at('bob')] }), 10);
      const first = await store.newestMark();
      expect(addressesOf(await store.dirty(PROFILE, 10, null, 10))).toEqual(['ann', 'bob'].map(at));
      expect(addressesOf(await store.dirty(PROFILE, 10, null, 10, 0))).toEqual([at('ann')]);
      await store.commitPage(lease, page(CRM, { dirtyFields: [at('ann')] }), 10);
      expect(addressesOf(await store.dirty(PROFILE, 10, null, 10, 0))).toEqual([at('ann')]);
      expect(await store.dirty(PROFILE, 10, null, 10, first)).toEqual([]);
      await store.enter({ facts: [optOut('bob')], decisions: [] }, [at('bob')], 10);
      expect(addressesOf(await store.dirty(PROFILE, 10, null, 10, first))).toEqual([at('bob')]);
    });
  });

  describe('worklists', () => {
    test('are kept in address order, per profile and list, without doubles, until they are cleared', async () => {
      const { store, lease } = await bench().store();
      await store.enlist(lease, PROFILE, 'creates', ['cyd', 'ann'].map(at));
      await store.enlist(lease, PROFILE, 'creates', ['bob', 'ann'].map(at));
      await store.enlist(lease, PROFILE, 'leaving', [at('ann')]);
      await store.enlist(lease, 'another', 'creates', [at('dan')]);
      expect(await store.worklist(PROFILE, 'creates', null, 2)).toEqual(['ann', 'bob'].map(at));
      expect(await store.worklist(PROFILE, 'creates', at('bob'), 2)).toEqual([at('cyd')]);
      expect(await store.countEnlisted(PROFILE, 'creates')).toBe(3);
      expect(await store.enlisted(PROFILE, 'creates', ['ann', 'dan'].map(at))).toEqual(new Set([at('ann')]));
      await store.clearWorklist(lease, PROFILE, 'creates');
      expect(await store.countEnlisted(PROFILE, 'creates')).toBe(0);
      expect(await store.countEnlisted(PROFILE, 'leaving')).toBe(1);
      await store.clearWorklist(lease, PROFILE, null);
      expect(await store.countEnlisted(PROFILE, 'leaving')).toBe(0);
      expect(await store.countEnlisted('another', 'creates')).toBe(1);
    });
  });
};
