import type { SimulationOptions } from '../../packages/testkit/src/simulation/index.ts';
import type { Regression } from './regression.ts';
import { IN_TIME } from './regression-options.ts';

const SUBSCRIBING = { createMarketing: true, newMembers: 'subscribe', optInField: false } as const;

const MOVES = ['rename member', 'complain', 'rename member', 'complain', 'rename record', 'delete record'] as const;

/** Two profiles, complaints, and members that move. */
const COMPLAINTS: SimulationOptions = {
  alone: false,
  faults: false,
  acts: ['rename member', 'complain', 'rename member', 'complain', 'rename record', 'edit record field'],
  rules: { ...SUBSCRIBING, crmToMarketing: false },
};

/** The marketing tool tells of an opted-out address without a contact only if asked, as HubSpot does. */
const STRANGERS: SimulationOptions = {
  rules: { ...SUBSCRIBING, lists: false, scope: 'everyone' },
  quirks: { batch: 3, createsInOne: 2, listsNoStrangers: true },
};

/** People sign up and confirm, and searches show it late. */
const SIGN_UPS: SimulationOptions = {
  alone: true,
  faults: false,
  operators: false,
  steps: 16,
  acts: ['sign up', 'confirm', 'tick', 'create record', 'sign up', 'confirm'],
  rules: { ...SUBSCRIBING, clearWhenConfirmed: true, lists: false, scope: 'everyone' },
  quirks: { ...IN_TIME, ownEvents: false, marketingLagMs: 50_000, overlapMs: 300_000, lateMs: 0, poison: null },
};

/** Seeds that failed with options of their own, most of them of customers with two profiles. */
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
  {
    seed: 5840,
    about:
      'the end of a sync carried on what its own opt-out led to, where the marketing tool lists no strangers; its plan did not know (I10, C8)',
    options: STRANGERS,
  },
  {
    seed: 622750,
    about:
      'a member was given the address of another record: the sync made a new one of whom it left, the plan did not (I10, C15)',
    options: { ...COMPLAINTS, acts: MOVES },
  },
  // Here the judge was wrong.
  {
    seed: 617389,
    about:
      'a member that was opted out as somebody else was brought to a ticked record: with crmToMarketing off that demands nothing of its sibling (C8, C2)',
    options: COMPLAINTS,
  },
  {
    seed: 640375,
    about: 'the answer to a write of fields showed confirmed whom a late search had just shown pending (C0, C11)',
    options: SIGN_UPS,
  },
];
