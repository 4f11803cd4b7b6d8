import { type AddressKey, type HeldPerson, LeaseLost, type Move, type Store } from '@heed/core';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { erasureOf } from './erasures.ts';
import { at, CRM, contact, optOut, PROFILE, page, shadow } from './made-up.ts';
import { type Bench, leaseOf } from './subject.ts';

const ALL = 1_000;
const held = (name: string, facts: readonly number[] = [], writes = 1): HeldPerson => ({
  address: at(name),
  facts,
  writes,
});
const some = (...names: readonly string[]): readonly AddressKey[] => names.map(at);
const people = (store: Store, set: string, profile = PROFILE) => store.held.page(profile, set, null, ALL);
const names = async (store: Store, set: string, profile = PROFILE): Promise<string> =>
  (await people(store, set, profile)).map(({ address }) => address.replace(/@.*/, '')).join(' ');

/** Sets as plain maps: what the verbs should do, said a second time. */
type Model = Map<string, Map<AddressKey, HeldPerson>>;
type Step =
  | { readonly verb: 'add'; readonly set: string; readonly whom: readonly HeldPerson[] }
  | { readonly verb: 'remove'; readonly set: string; readonly whom: readonly AddressKey[] }
  | { readonly verb: 'subtract'; readonly set: string; readonly others: readonly string[] }
  | { readonly verb: 'move'; readonly from: string; readonly to: string | null }
  | { readonly verb: 'keepOnly'; readonly sets: readonly string[] };

const SETS = ['approved', 'released', 'opt-outs r', 'opt-outs r.2'] as const;
const NAMES = ['ann', 'bob', 'cat', 'dan', 'eve'] as const;
const sets = fc.constantFrom(...SETS);
const address = fc.constantFrom(...NAMES).map(at);
const facts = fc.uniqueArray(fc.integer({ min: 1, max: 20 }), { maxLength: 3 });
const person = fc.record({ address, facts, writes: fc.integer({ min: 0, max: 3 }) });
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ verb: fc.constant('add' as const), set: sets, whom: fc.array(person, { maxLength: 4 }) }),
  fc.record({ verb: fc.constant('remove' as const), set: sets, whom: fc.array(address, { maxLength: 3 }) }),
  fc.record({ verb: fc.constant('subtract' as const), set: sets, others: fc.array(sets, { maxLength: 2 }) }),
  fc.record({ verb: fc.constant('move' as const), from: sets, to: fc.option(sets) }),
  fc.record({ verb: fc.constant('keepOnly' as const), sets: fc.array(sets, { maxLength: 3 }) }),
);

const membersOf = (model: Model, set: string): Map<AddressKey, HeldPerson> => {
  const found = model.get(set) ?? new Map<AddressKey, HeldPerson>();
  model.set(set, found);
  return found;
};

const inOrder = (model: Model, set: string): readonly HeldPerson[] =>
  [...membersOf(model, set).values()].sort((a, b) => (a.address < b.address ? -1 : 1));

const play = (model: Model, one: Step): void => {
  switch (one.verb) {
    case 'add':
      for (const each of one.whom)
        membersOf(model, one.set).set(each.address, { ...each, facts: [...each.facts].sort((a, b) => a - b) });
      return;
    case 'remove':
      for (const each of one.whom) membersOf(model, one.set).delete(each);
      return;
    case 'subtract':
      for (const gone of one.others.flatMap((other) => [...membersOf(model, other).keys()]))
        membersOf(model, one.set).delete(gone);
      return;
    case 'move': {
      if (one.from === one.to) return;
      const { from, to } = one;
      if (to !== null) model.set(to, new Map([...membersOf(model, from), ...membersOf(model, to)]));
      model.delete(from);
      return;
    }
    case 'keepOnly':
      for (const set of [...model.keys()]) if (!one.sets.includes(set)) model.delete(set);
  }
};

export const promisesOfHeldPeople = (bench: () => Bench): void => {
  describe('held people (C23)', () => {
    /** Ann and Bob are held, Cat is released. */
    const withSome = async () => {
      const here = await bench().store();
      const { store, lease } = here;
      await store.held.add(lease, PROFILE, 'h', [held('bob', [2]), held('ann', [1])]);
      await store.held.add(lease, PROFILE, 'released', [held('cat', [3])]);
      return here;
    };
    const add = async (names: readonly HeldPerson[], set = 'h') => {
      const here = await bench().store();
      await here.store.held.add(here.lease, PROFILE, set, names);
      return here;
    };

    test('stand in sets by address, with their facts in order and how many writes of theirs wait', async () => {
      const { store } = await add([held('bob', [30, 4, 100], 2), held('ann', [], 0)]);
      expect(await people(store, 'h')).toEqual([held('ann', [], 0), held('bob', [4, 30, 100], 2)]);
      expect(await people(store, 'another')).toEqual([]);
      expect(await people(store, 'h', 'another')).toEqual([]);
    });

    test('are there after opening again', async () => {
      const here = bench();
      const { state, store, lease } = await here.store();
      await store.held.add(lease, PROFILE, 'h', [held('ann', [1])]);
      state.close();
      expect(await people(here.open().customer('acme'), 'h')).toEqual([held('ann', [1])]);
    });

    test('whoever stands there already gets the facts that come', async () => {
      const { store, lease } = await add([held('ann', [1, 2], 2), held('bob')]);
      await store.held.add(lease, PROFILE, 'h', [held('ann', [7], 1)]);
      expect(await people(store, 'h')).toEqual([held('ann', [7], 1), held('bob')]);
    });

    test('are told a page at a time, from behind somebody, whether or not he is there', async () => {
      const { store } = await add(['eve', 'ann', 'cat', 'bob'].map((name) => held(name)));
      const page = async (after: string | null, limit: number) =>
        (await store.held.page(PROFILE, 'h', after === null ? null : at(after), limit)).map((one) => one.address);
      expect(await page(null, 2)).toEqual(some('ann', 'bob'));
      expect(await page('bob', 2)).toEqual(some('cat', 'eve'));
      expect(await page('dan', 2)).toEqual(some('eve'));
      expect(await page('eve', 2)).toEqual([]);
    });

    test('are found in several sets, once for each, and only those who are asked about', async () => {
      const { store, lease } = await withSome();
      await store.held.add(lease, PROFILE, 'released', [held('ann', [5], 3)]);
      const find = async (of: readonly string[], ...whom: readonly string[]) =>
        [...(await store.held.find(PROFILE, of, some(...whom)))].sort((a, b) => (a.facts[0] ?? 0) - (b.facts[0] ?? 0));
      expect(await find(['h', 'released'], 'ann', 'cat', 'dan')).toEqual([
        held('ann', [1]),
        held('cat', [3]),
        held('ann', [5], 3),
      ]);
      expect(await find(['h'], 'ann', 'cat')).toEqual([held('ann', [1])]);
      expect(await find([], 'ann')).toEqual([]);
      expect(await find(['h', 'released'])).toEqual([]);
    });

    test('are counted as people, in however many of the sets they stand', async () => {
      const { store, lease } = await withSome();
      await store.held.add(lease, PROFILE, 'released', [held('ann')]);
      const count = (...of: readonly string[]) => store.held.count(PROFILE, of);
      expect([await count('h'), await count('released'), await count('h', 'released'), await count()]).toEqual([
        2, 2, 3, 0,
      ]);
    });

    test('one set is within another if everybody stands there with the same facts', async () => {
      const { store, lease } = await add([held('ann', [2, 1]), held('bob', [3])]);
      const isWithin = (set: string, other: string) => store.held.isWithin(PROFILE, set, other);
      await store.held.add(lease, PROFILE, 'more', [held('ann', [1, 2], 5), held('bob', [3]), held('cat')]);
      await store.held.add(lease, PROFILE, 'later', [held('ann', [1, 2, 9]), held('bob', [3])]);
      await store.held.add(lease, 'another', 'less', [held('ann', [1, 2]), held('bob', [3])]);
      await store.held.add(lease, PROFILE, 'less', [held('ann', [1, 2])]);
      expect([await isWithin('h', 'h'), await isWithin('h', 'more')]).toEqual([true, true]);
      expect([await isWithin('more', 'h'), await isWithin('h', 'later')]).toEqual([false, false]);
      expect([await isWithin('later', 'h'), await isWithin('h', 'less')]).toEqual([false, false]);
      expect([await isWithin('none', 'h'), await isWithin('h', 'none')]).toEqual([true, false]);
    });

    test('who moves where somebody already stands leaves him as he is, and nobody behind', async () => {
      const { store, lease } = await withSome();
      await store.held.add(lease, PROFILE, 'released', [held('ann', [9], 4)]);
      await store.held.move(lease, PROFILE, { from: 'h', to: 'released' });
      expect(await people(store, 'released')).toEqual([held('ann', [9], 4), held('bob', [2]), held('cat', [3])]);
      expect(await people(store, 'h')).toEqual([]);
    });

    test('who moves to where he stands stays, and who moves nowhere is forgotten', async () => {
      const { store, lease } = await withSome();
      await store.held.move(lease, PROFILE, { from: 'h', to: 'h' });
      expect(await names(store, 'h')).toBe('ann bob');
      await store.held.move(lease, PROFILE, { from: 'h', to: null });
      expect([await names(store, 'h'), await names(store, 'released')]).toEqual(['', 'cat']);
    });

    test('no verb touches the sets of another profile', async () => {
      const { store, lease } = await withSome();
      for (const set of ['h', 'released']) await store.held.add(lease, 'another', set, [held('ann'), held('cat')]);
      await store.held.remove(lease, PROFILE, 'h', some('ann'));
      await store.held.subtract(lease, PROFILE, 'released', ['h']);
      await store.held.move(lease, PROFILE, { from: 'h', to: 'released' });
      await store.held.keepOnly(lease, PROFILE, []);
      expect(await store.held.count(PROFILE, ['h', 'released'])).toBe(0);
      expect([await names(store, 'h', 'another'), await names(store, 'released', 'another')]).toEqual([
        'ann cat',
        'ann cat',
      ]);
    });

    test('any verbs in any order leave what they say, set by set', async () => {
      // One store for all cases: the profile of each is new.
      const { store, lease } = await bench().store();
      let cases = 0;
      const carryOut = (profile: string, one: Step): Promise<void> => {
        const verbs = store.held;
        if (one.verb === 'add') return verbs.add(lease, profile, one.set, one.whom);
        if (one.verb === 'remove') return verbs.remove(lease, profile, one.set, one.whom);
        if (one.verb === 'subtract') return verbs.subtract(lease, profile, one.set, one.others);
        if (one.verb === 'move') return verbs.move(lease, profile, one);
        return verbs.keepOnly(lease, profile, one.sets);
      };
      await fc.assert(
        fc.asyncProperty(fc.array(address), fc.array(step, { maxLength: 12 }), async (whom, steps) => {
          cases += 1;
          const profile = `case ${cases}`;
          const model: Model = new Map();
          for (const one of steps) {
            play(model, one);
            await carryOut(profile, one);
          }
          const standing = SETS.map((set) => inOrder(model, set));
          for (const [i, set] of SETS.entries()) expect(await people(store, set, profile)).toEqual(standing[i]);
          const found = standing.flat().filter((one) => whom.includes(one.address));
          expect(await store.held.find(profile, SETS, whom)).toEqual(expect.arrayContaining(found));
          expect(await store.held.find(profile, SETS, whom)).toHaveLength(found.length);
          expect(await store.held.count(profile, SETS)).toBe(new Set(standing.flat().map((one) => one.address)).size);
        }),
        { numRuns: 100 },
      );
    });

    test('whoever has lost the lease moves nobody', async () => {
      const here = bench();
      const { store, lease } = await here.store();
      await store.held.add(lease, PROFILE, 'h', [held('ann', [1])]);
      await leaseOf(here.open(), 'test');
      const verbs: readonly (() => Promise<void>)[] = [
        () => store.held.add(lease, PROFILE, 'h', [held('bob')]),
        () => store.held.remove(lease, PROFILE, 'h', some('ann')),
        () => store.held.subtract(lease, PROFILE, 'h', ['h']),
        () => store.held.move(lease, PROFILE, { from: 'h', to: null }),
        () => store.held.keepOnly(lease, PROFILE, []),
      ];
      for (const verb of verbs) await expect(verb()).rejects.toThrow(LeaseLost);
      expect(await people(store, 'h')).toEqual([held('ann', [1])]);
    });

    test('erased people stand in no set of any profile, and everybody else does', async () => {
      const { store, lease } = await withSome();
      const shadows = [shadow(CRM, contact('1'), ['old', 'ann']), shadow(CRM, contact('2'), 'bob')];
      await store.commitPage(lease, page(CRM, { shadows, facts: [optOut('ann'), optOut('bob')] }), 1);
      await store.held.add(lease, PROFILE, 'released', [held('old')]);
      await store.held.add(lease, 'another', 'h', [held('ann'), held('bob')]);
      expect(await store.erasures.erase(lease, await erasureOf(store, 'ann'))).not.toBeNull();
      expect([await names(store, 'h'), await names(store, 'released'), await names(store, 'h', 'another')]).toEqual([
        'bob',
        'cat',
        'bob',
      ]);
      expect(await people(store, 'h')).toEqual([held('bob', [2])]);
    });
  });

  describe('a note that moves held people (C23)', () => {
    const MOVES: readonly Move[] = [
      { from: 'h', to: 'approved' },
      { from: 'old', to: null },
    ];
    const prepared = async () => {
      const here = await bench().store();
      const { store, lease } = here;
      await store.putNote(PROFILE, 'service', { a: [1], b: null });
      for (const profile of [PROFILE, 'another']) {
        await store.held.add(lease, profile, 'h', [held('ann', [1]), held('bob')]);
        await store.held.add(lease, profile, 'old', [held('cat')]);
        await store.held.add(lease, profile, 'approved', [held('ann', [7]), held('dan')]);
      }
      return here;
    };
    const stand = async (store: Store, profile = PROFILE) =>
      Promise.all(['h', 'old', 'approved'].map((set) => names(store, set, profile)));

    test('moves them with the change, in this profile alone', async () => {
      const { store } = await prepared();
      expect(await store.replaceNote(PROFILE, 'service', { b: null, a: [1] }, { c: 2 }, MOVES)).toBe(true);
      expect(await store.note(PROFILE, 'service')).toEqual({ c: 2 });
      expect(await stand(store)).toEqual(['', '', 'ann bob dan']);
      expect((await people(store, 'approved'))[0]).toEqual(held('ann', [7]));
      expect(await stand(store, 'another')).toEqual(['ann bob', 'cat', 'ann dan']);
    });

    test('that somebody has changed moves nobody', async () => {
      const { store } = await prepared();
      for (const before of [{ a: [2], b: null }, { a: [1] }, null])
        expect(await store.replaceNote(PROFILE, 'service', before, { c: 2 }, MOVES)).toBe(false);
      expect(await store.replaceNote(PROFILE, 'other', { a: [1], b: null }, { c: 2 }, MOVES)).toBe(false);
      expect(await store.note(PROFILE, 'service')).toEqual({ a: [1], b: null });
      expect(await stand(store)).toEqual(['ann bob', 'cat', 'ann dan']);
    });

    test('also where there was no note, and where none is left', async () => {
      const { store, lease } = await bench().store();
      await store.held.add(lease, PROFILE, 'h', [held('ann')]);
      expect(await store.replaceNote(PROFILE, 'service', null, { a: 1 }, [{ from: 'h', to: 'x' }])).toBe(true);
      expect(await store.replaceNote(PROFILE, 'service', { a: 1 }, null, [{ from: 'x', to: 'y' }])).toBe(true);
      expect([await store.note(PROFILE, 'service'), await names(store, 'y')]).toEqual([null, 'ann']);
    });

    test('needs no lease: people answer while a run holds it', async () => {
      const here = bench();
      const { store, lease } = await here.store();
      await store.held.add(lease, PROFILE, 'h', [held('ann')]);
      const other = here.open().customer('acme');
      expect(await other.replaceNote(PROFILE, 'service', null, {}, [{ from: 'h', to: 'approved' }])).toBe(true);
      expect(await names(store, 'approved')).toBe('ann');
    });
  });
};
