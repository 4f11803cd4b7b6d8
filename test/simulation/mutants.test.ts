import { describe, expect, test } from 'vitest';
import { type Many, simulateMany } from './many.ts';
import { MUTANTS } from './mutants.ts';
import { mutatedCopy } from './mutated-copy.ts';

/** Seeds that each mutant gets; each process stops at the first one that notices it. */
const SEEDS = 600;
const PROCESSES = 2;

describe('mistakes put into the engine on purpose', () => {
  test.for(MUTANTS)('$name', { timeout: 300_000 }, async ({ edits, options = {} }) => {
    const copy = mutatedCopy({ edits });
    try {
      const many: Many = { from: 1, seeds: SEEDS, processes: PROCESSES, stop: true, options };
      const { failures } = await simulateMany({ ...many, main: copy.main });
      // A mutant that only crashes proves nothing about the judge.
      const noticed = failures.filter(({ violations }) => violations.some((text) => !text.startsWith('engine failed')));
      expect(noticed.length, 'no seed noticed it').toBeGreaterThan(0);
      for (const { seed } of noticed) {
        const sound = await simulateMany({ ...many, from: seed, seeds: 1, processes: 1 });
        expect(sound.failures, 'the engine fails without the mistake, too').toEqual([]);
      }
    } finally {
      copy.remove();
    }
  });
});
