import type { MemberState } from '@heed/contract';
import { describe, expect, test } from 'vitest';
import { at, contact, MAIL, optOut, PROFILE, page, shadow } from './made-up.ts';
import type { Bench } from './subject.ts';

export const promisesOfOptOutLists = (bench: () => Bench): void => {
  const some = (...names: readonly string[]) => names.map(at);

  describe('opt-out lists (C20)', () => {
    test('a draft holds each address once, in address order, in pages, until it is discarded', async () => {
      const { optOutLists: lists } = (await bench().store()).store;
      const draft = await lists.draft(1);
      expect(await lists.gather(draft, some('b', 'a', 'b'))).toBe(2);
      expect(await lists.gather(draft, some('a', 'c'))).toBe(1);
      expect(await lists.gathered(draft, null, 2)).toEqual(some('a', 'b'));
      expect(await lists.gathered(draft, at('b'), 2)).toEqual(some('c'));
      expect(await lists.inDraft(draft, some('a', 'c', 'd'))).toEqual(new Set(some('a', 'c')));
      await lists.discard(draft);
      expect(await lists.gathered(draft, null, 9)).toEqual([]);
    });

    test('two drafts keep apart, and the newer one has the greater number', async () => {
      const { optOutLists: lists } = (await bench().store()).store;
      const [one, two] = [await lists.draft(1), await lists.draft(1)];
      expect(two).toBeGreaterThan(one);
      await lists.gather(one, some('a'));
      await lists.gather(two, some('b'));
      expect(await lists.inDraft(two, some('a', 'b'))).toEqual(new Set(some('b')));
      await lists.discard(one);
      expect(await lists.gathered(two, null, 9)).toEqual(some('b'));
    });

    test('a draft that a crash left is gone a day later', async () => {
      const { optOutLists: lists } = (await bench().store()).store;
      const left = await lists.draft(0);
      await lists.gather(left, some('a'));
      await lists.draft(86_400_000);
      expect(await lists.gathered(left, null, 9)).toEqual(some('a'));
      await lists.draft(86_400_001);
      expect(await lists.gathered(left, null, 9)).toEqual([]);
    });

    test('what is entered is fact, dirty mark and place on the list, and leaves the draft', async () => {
      const { store } = await bench().store();
      await store.markDirty(PROFILE, [], 0);
      const { optOutLists: lists } = store;
      const draft = await lists.draft(1);
      await lists.gather(draft, some('a', 'b', 'c'));
      await lists.enter('robinson', draft, some('a', 'b'), [optOut('b')], 10);
      expect((await store.factsOf(some('a', 'b'))).map(({ address }) => address)).toEqual(some('b'));
      expect((await store.dirty(PROFILE, 10, null, 9)).map(({ address }) => address)).toEqual(some('b'));
      expect(await lists.onList('robinson', some('a', 'b', 'c'))).toEqual(new Set(some('a', 'b')));
      expect(await lists.onList('another', some('a', 'b', 'c'))).toEqual(new Set());
      expect(await lists.gathered(draft, null, 9)).toEqual(some('c'));
      expect(await lists.last('robinson')).toBeNull();
    });

    test('a version that is complete forgets who is on older ones only, and an older one never takes its place', async () => {
      const { optOutLists: lists } = (await bench().store()).store;
      const [one, two] = [await lists.draft(1), await lists.draft(1)];
      await lists.enter('robinson', one, some('a', 'b'), [], 1);
      await lists.enter('robinson', two, some('b', 'c'), [], 1);
      const newer = { version: two, digest: 'two', addresses: 2, at: 2 };
      await lists.complete('robinson', newer);
      expect(await lists.onList('robinson', some('a', 'b', 'c'))).toEqual(new Set(some('b', 'c')));
      await lists.complete('robinson', { version: one, digest: 'one', addresses: 2, at: 3 });
      expect(await lists.last('robinson')).toEqual(newer);
      expect(await lists.onList('robinson', some('b', 'c'))).toEqual(new Set(some('b', 'c')));
    });

    test('tells who is subscribed at an address now, not who was', async () => {
      const { store, lease } = await bench().store();
      const state = { by: 'unknown', complaint: false, since: null, optIn: null, topics: {} } as const;
      const member = (name: string, status: MemberState['status'], addresses: string | readonly string[]) =>
        shadow(MAIL, contact(name), addresses, { member: { ...state, status } satisfies MemberState });
      const shadows = [
        member('1', 'subscribed', 'a'),
        member('2', 'unsubscribed', 'b'),
        member('3', 'subscribed', ['c', 'd']),
      ];
      await store.commitPage(lease, page(MAIL, { shadows }), 1);
      const subscribed = await store.optOutLists.subscribed(some('a', 'b', 'c', 'd', 'e'));
      expect(subscribed).toEqual(new Set(some('a', 'd')));
    });

    test('knows everybody that a fact or a record was about, in pages', async () => {
      const { store, lease } = await bench().store();
      await store.commitPage(lease, page(MAIL, { shadows: [shadow(MAIL, contact('1'), ['c', 'a'])] }), 1);
      await store.enter({ facts: [optOut('b'), optOut('a')], decisions: [] }, [], 1);
      expect(await store.optOutLists.everybody(null, 2)).toEqual(some('a', 'b'));
      expect(await store.optOutLists.everybody(at('b'), 2)).toEqual(some('c'));
    });
  });
};
