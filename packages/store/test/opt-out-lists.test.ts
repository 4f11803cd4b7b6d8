import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type AddressKey, EVERYWHERE, enterList, type NewFact, type Store, weighList } from '@heed/core';
import { afterEach, describe, expect, test } from 'vitest';
import { at, optOut } from '../../testkit/src/store-suite/made-up.ts';
import { countedBytes, HandClock } from '../../testkit/src/store-suite/subject.ts';
import { openStateFolder } from '../src/index.ts';

// What importing a list makes of the ledger (C20), on the real store.

const dirs: string[] = [];
afterEach(() => {
  for (const dir of dirs.splice(0)) rmSync(dir, { recursive: true });
});
const newDir = (): string => {
  const dir = mkdtempSync(join(tmpdir(), 'heed-lists-'));
  dirs.push(dir);
  return dir;
};

class Killed extends Error {}

/** Opens the state; with `commits` the process dies before that commit. */
const open = (dir: string, commits = Number.POSITIVE_INFINITY) => {
  let left = commits;
  const fault = (point: string): void => {
    if (point !== 'commit') return;
    left -= 1;
    if (left < 0) throw new Killed();
  };
  const state = openStateFolder(dir, { clock: new HandClock(), random: countedBytes(), durability: 'none', fault });
  return { store: state.customer('acme'), close: () => state.close() };
};

const never = new AbortController().signal;

const importList = async (store: Store, addresses: readonly AddressKey[], list = 'robinson', now = 1_000) => {
  const draft = await store.optOutLists.draft(now);
  await store.optOutLists.gather(draft, addresses);
  const drafted = { list, draft, reach: EVERYWHERE };
  const weight = await weighList(store, drafted);
  const entered = await enterList(store, drafted, { by: 'Ops', because: 'test', digest: 'd', at: now }, never);
  return { ...weight, entered };
};

const PEOPLE = Array.from({ length: 2_500 }, (_, i) => at(`p${i}`));

/** Who is opted out how often, and who stands on the list. */
const stateOf = async (store: Store) => ({
  facts: (await store.factsOf(PEOPLE)).map(({ address, says }) => `${address} ${says}`).sort(),
  onList: [...(await store.optOutLists.onList('robinson', PEOPLE))].sort(),
  version: (await store.optOutLists.last('robinson'))?.addresses,
});

const optIn = (name: string): NewFact => ({
  ...optOut(name),
  says: 'opted-in',
  by: 'person',
  proof: 'signed up again',
});

describe('C20: importing a list', () => {
  test('C20: killed anywhere, the second import ends in the same state', async () => {
    const whole = open(newDir());
    await importList(whole.store, PEOPLE);
    const expected = await stateOf(whole.store);
    whole.close();
    expect(expected.facts).toHaveLength(PEOPLE.length);

    let died = 0;
    for (let commits = 3; commits < 14; commits += 2) {
      const dir = newDir();
      const first = open(dir, commits);
      await importList(first.store, PEOPLE).catch((error: unknown) => {
        if (!(error instanceof Killed)) throw error;
        died += 1;
      });
      first.close();
      const second = open(dir);
      await importList(second.store, PEOPLE);
      expect(await stateOf(second.store)).toEqual(expected);
      expect((await second.store.verifyLedger()).broken).toBeNull();
      second.close();
    }
    expect(died).toBeGreaterThan(2);
  });

  test('C20: an address on the previous version is no new fact, also after the person opted in again (C7)', async () => {
    const { store, close } = open(newDir());
    expect((await importList(store, [at('ann'), at('bob')])).entered).toBe(2);
    await store.enter({ facts: [optIn('ann')], decisions: [] }, [], 2_000);
    expect(await importList(store, [at('ann'), at('bob')])).toMatchObject({ already: 2, entered: 0 });
    // Off the list and on it again, or on another list: said anew.
    expect((await importList(store, [at('bob')])).entered).toBe(0);
    expect((await importList(store, [at('ann'), at('bob')])).entered).toBe(1);
    await store.enter({ facts: [optIn('ann')], decisions: [] }, [], 3_000);
    expect((await importList(store, [at('ann'), at('bob')], 'another')).entered).toBe(1);
    close();
  });

  test('C20: an opt-out that only a system said is said by the list as well', async () => {
    const { store, close } = open(newDir());
    await store.enter({ facts: [optOut('ann')], decisions: [] }, [], 1);
    expect(await importList(store, [at('ann')])).toMatchObject({ already: 0, entered: 1 });
    close();
  });

  test('an abort ends it after a whole step; again does the rest', async () => {
    const { store, close } = open(newDir());
    const draft = await store.optOutLists.draft(1);
    await store.optOutLists.gather(draft, PEOPLE);
    const stop = new AbortController();
    const drafted = { list: 'robinson', draft, reach: EVERYWHERE };
    const entry = { by: 'Ops', because: 'test', digest: 'd', at: 1 };
    await expect(enterList(store, drafted, entry, stop.signal, () => stop.abort())).rejects.toThrow();
    expect(await store.factsOf(PEOPLE)).toHaveLength(1_000);
    expect(await importList(store, PEOPLE)).toMatchObject({ already: 1_000, entered: 1_500 });
    close();
  });
});
