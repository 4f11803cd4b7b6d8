import type { SimulationOptions } from '../../packages/testkit/src/simulation/index.ts';
import type { Regression } from './regression.ts';

const SUBSCRIBING = { createMarketing: true, newMembers: 'subscribe', optInField: false } as const;

const MOVES = ['rename member', 'complain', 'rename member', 'complain', 'rename record', 'delete record'] as const;

/** Two profiles, complaints, and members that move. */
const COMPLAINTS: SimulationOptions = {
  alone: false,
  faults: false,
  acts: ['rename member', 'complain', 'rename member', 'complain', 'rename record', 'edit record field'],
  rules: { ...SUBSCRIBING, crmToMarketing: false },
};

/** Seeds of customers with two profiles that failed with options of their own. */
export const REGRESSIONS_OF_CUSTOMERS: readonly Regression[] = [
  {
    seed: 500349,
    about:
      'one read of the other audience found a complaint and a rename, so it counts for the old address and binds the whole customer (C15, C26)',
    options: { rules: SUBSCRIBING },
  },
  { seed: 615718, about: 'the same', options: COMPLAINTS },
  {
    seed: 623380,
    about: 'the same, carried first by the profile that does not see the complaint',
    options: { ...COMPLAINTS, acts: MOVES },
  },
  {
    seed: 615205,
    about:
      'a complaint followed a member of the other profile, whose opt-out in the CRM keeps that origin (C8, C15, C26)',
    options: COMPLAINTS,
  },
  {
    seed: 616155,
    about:
      'the last of the runs that had nothing to write found a complaint, which the other profile carries next (C26, I5)',
    options: COMPLAINTS,
  },
];
