import { describe, expect, test } from 'vitest';
import { type ActName, simulate, violationText } from '../../packages/testkit/src/simulation/index.ts';
import { type Mistake, referenceLoop } from './reference-loop.ts';

/** What the reference loop is good enough for: nothing that moves consent from one address or record to another. */
const EASY_ACTS: readonly ActName[] = [
  'unsubscribe',
  'complain',
  'admin unsubscribes',
  'admin resubscribes',
  'archive',
  'delete member',
  'bounce',
  'edit member field',
  'tick',
  'untick',
  'edit record field',
  'create record',
  'create sharing record',
];
const EASY_SEEDS = 150;

const easily = (mistake: Mistake, seed: number) =>
  simulate(seed, referenceLoop(mistake), {
    acts: EASY_ACTS,
    faults: false,
    rules: { createCrm: false, whenRecordLeaves: 'keep' },
  });

describe('the judge', () => {
  test('finds nothing wrong with a loop that is right about the easy rules', async () => {
    for (let seed = 1; seed <= EASY_SEEDS; seed += 1) {
      const { violations, trace } = await easily('none', seed);
      expect(violations.map(violationText), violations.length > 0 ? trace() : '').toEqual([]);
    }
  });
});
