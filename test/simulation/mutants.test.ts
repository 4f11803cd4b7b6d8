import { describe, expect, test } from 'vitest';
import { simulateMany } from './many.ts';
import { MUTANTS } from './mutants.ts';
import { mutatedCopy } from './mutated-copy.ts';

/** Seeds that each mutant gets; each process stops at the first one that notices it. */
const SEEDS = 600;
const PROCESSES = 2;

describe('mistakes put into the engine on purpose', () => {
  test.for(MUTANTS)('$name', { timeout: 300_000 }, async ({ edits, options }) => {
    const copy = mutatedCopy({ edits });
    try {
      const given = options === undefined ? {} : { options };
      const { failures } = await simulateMany({
        from: 1,
        seeds: SEEDS,
        processes: PROCESSES,
        stop: true,
        main: copy.main,
        ...given,
      });
      expect(failures.length, 'no seed noticed it').toBeGreaterThan(0);
      // A mutant that only crashes proves nothing about the judge.
      expect(
        failures.flatMap(({ violations }) => violations).filter((text) => !text.startsWith('engine failed')),
      ).not.toEqual([]);
    } finally {
      copy.remove();
    }
  });

  test('the copy without any mistake is clean with the same options', { timeout: 300_000 }, async () => {
    const copy = mutatedCopy({ edits: [] });
    try {
      for (const options of [undefined, ...MUTANTS.flatMap((mutant) => mutant.options ?? [])]) {
        const given = options === undefined ? {} : { options };
        const { failures } = await simulateMany({
          from: 1,
          seeds: 60,
          processes: PROCESSES,
          stop: false,
          main: copy.main,
          ...given,
        });
        expect(failures).toEqual([]);
      }
    } finally {
      copy.remove();
    }
  });
});
