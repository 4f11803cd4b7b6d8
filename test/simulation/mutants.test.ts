import { describe, expect, test } from 'vitest';
import { type Many, simulateMany } from './many.ts';
import { MUTANTS } from './mutants.ts';
import { mutatedCopy } from './mutated-copy.ts';
import type { Regression } from './regression.ts';
import { REGRESSIONS } from './regressions.ts';

/** Seeds that each mutant gets; each process stops at the first one that notices it. */
const SEEDS = 600;
const PROCESSES = 2;

const regression = (seed: number): Regression => {
  const found = REGRESSIONS.find((one) => one.seed === seed);
  if (found === undefined) throw new Error(`seed ${seed} is none of regressions.ts`);
  return found;
};

describe('mistakes put into the engine on purpose', () => {
  test.for(MUTANTS)('$name', { timeout: 300_000 }, async ({ edits, seed: known, options = {} }) => {
    const copy = mutatedCopy({ edits });
    try {
      const many: Many =
        known === undefined
          ? { from: 1, seeds: SEEDS, processes: PROCESSES, stop: true, options }
          : { from: known, seeds: 1, processes: 1, stop: true, options: regression(known).options ?? {} };
      const { failures } = await simulateMany({ ...many, main: copy.main });
      // A mutant that only crashes proves nothing about the judge.
      const noticed = failures.filter(({ violations }) => violations.some((text) => !text.startsWith('engine failed')));
      expect(noticed.length, 'no seed noticed it').toBeGreaterThan(0);
      // That the sound engine passes a known seed is what regressions.test.ts says.
      for (const { seed } of known === undefined ? noticed : []) {
        const sound = await simulateMany({ ...many, from: seed, seeds: 1, processes: 1 });
        expect(sound.failures, 'the engine fails without the mistake, too').toEqual([]);
      }
    } finally {
      copy.remove();
    }
  });
});
