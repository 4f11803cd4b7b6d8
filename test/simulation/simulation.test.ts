import { availableParallelism } from 'node:os';
import { describe, expect, test } from 'vitest';
import { simulate } from '../../packages/testkit/src/simulation/index.ts';
import { engineUnderTest } from './engine-under-test.ts';
import { simulateMany } from './many.ts';

const SEEDS = 2_000;

describe('simulation', () => {
  test(`${SEEDS} seeds of people, vendors, crashes and syncs, and every invariant holds`, {
    timeout: 600_000,
  }, async () => {
    const { failures } = await simulateMany({
      from: 1,
      seeds: SEEDS,
      processes: Math.min(4, availableParallelism()),
      stop: false,
    });
    expect(
      failures.map(({ seed, violations }) => `npm run simulate -- --seed ${seed}: ${violations.join('; ')}`),
    ).toEqual([]);
  });

  test('the same seed has the same history', async () => {
    const once = await simulate(7, engineUnderTest);
    const twice = await simulate(7, engineUnderTest);
    expect(twice.trace()).toBe(once.trace());
  });
});
