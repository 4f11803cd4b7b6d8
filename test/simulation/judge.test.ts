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
    operators: false,
    alone: true,
    rules: { createCrm: false, whenRecordLeaves: 'keep' },
    quirks: { untidy: false, crmLagMs: 0, marketingLagMs: 0, crmOffMs: 0, marketingOffMs: 0, clockJumps: false },
  });

describe('the judge', () => {
  test('finds nothing wrong with a loop that is right about the easy rules', async () => {
    for (let seed = 1; seed <= EASY_SEEDS; seed += 1) {
      const { violations, trace } = await easily('none', seed);
      expect(violations.map(violationText), violations.length > 0 ? trace() : '').toEqual([]);
    }
  });

  /** With the invariant or rule that must be named; other blame may stand beside it. */
  const MISTAKES: readonly (readonly [Mistake, RegExp])[] = [
    ['forgets opt-outs', /^I3|C0\.3|I2/],
    ['archived is absent', /^I2 C12a/],
    ['creates the opted-out', /^I2/],
    ['creates subscribed', /^I1 C19/],
    ['untick is opt-in', /^I3/],
    ['sends whole records', /^I8/],
    ['carries CRM opt-outs although off', /^C0 C2/],
    ['ignores what is outside the lists', /^I3 C1/],
    ['plan writes', /^I10/],
    ['does not wait for approval', /^I3 C29/],
    ['revives by unsubscribing', /^C0 C0\.5/],
    ['absence is an opt-out', /^I9/],
    ['never rests', /^I5/],
  ];
  test.for(MISTAKES)('notices a loop that %s', async ([mistake, blame]) => {
    for (let seed = 1; seed <= EASY_SEEDS; seed += 1) {
      const { violations } = await easily(mistake, seed);
      if (violations.some((one) => blame.test(violationText(one)))) return;
    }
    expect.fail('no seed noticed it');
  });
});
