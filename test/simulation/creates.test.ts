import { expect, test } from 'vitest';
import { type SimulationOptions, simulate } from '../../packages/testkit/src/simulation/index.ts';
import { engineUnderTest } from './engine-under-test.ts';

const SEEDS = 60;
/**
 * Batches of two people and calls of three creates, so that creates wait for each other, for the end of the run and for crashes in
 * between; and a tool that tells of opted-out addresses without a contact only when it is asked, or made to create them (C1).
 */
const optionsOf = (seed: number): SimulationOptions => ({
  // Whoever makes no members has to ask about everybody.
  rules: { createMarketing: seed % 4 > 0, newMembers: 'subscribe', optInField: false, lists: false, scope: 'everyone' },
  quirks: { batch: 2, createsInOne: 3, listsNoStrangers: true },
});

test(`C1 I7 creates that wait until a call is full, and tell of strangers, through ${SEEDS} seeds of crashes`, {
  timeout: 120_000,
}, async () => {
  const wrong: string[] = [];
  for (let seed = 1; seed <= SEEDS; seed += 1) {
    const { violations } = await simulate(seed, engineUnderTest, optionsOf(seed));
    wrong.push(...violations.map(({ invariant, rule, text }) => `seed ${seed}: ${invariant} ${rule} ${text}`));
  }
  expect(wrong).toEqual([]);
});
