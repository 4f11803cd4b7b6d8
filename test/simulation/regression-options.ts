import type { SimulationOptions } from '../../packages/testkit/src/simulation/index.ts';

/** What these seeds were before searches lagged behind and clocks were an hour off. */
export const IN_TIME = { crmLagMs: 0, marketingLagMs: 0, clockJumps: false, crmOffMs: 0, marketingOffMs: 0 } as const;

/** What these seeds were before the simulated vendors had bulk lanes and untidy answers. */
export const WITHOUT_JOBS: SimulationOptions = {
  quirks: { ...IN_TIME, crmJobs: null, marketingJobs: null, untidy: false },
  operators: false,
  alone: true,
};

/** Every field update goes by a job. */
export const ONLY_JOBS: SimulationOptions = {
  quirks: { ...IN_TIME, crmJobs: { fromOps: 1, mostOps: 3 }, marketingJobs: { fromOps: 1, mostOps: 3 }, untidy: false },
  lateActs: false,
  operators: false,
  alone: true,
};

export const TIDY: SimulationOptions = {
  quirks: { ...IN_TIME, untidy: false },
  lateActs: false,
  operators: false,
  alone: true,
};

export const TIMELY: SimulationOptions = { quirks: IN_TIME, operators: false, alone: true };

/** The clock of marketing is an hour ahead, and people opt in and out. */
export const HOUR_AHEAD: SimulationOptions = {
  acts: ['tick', 'opt in again', 'unsubscribe', 'confirm', 'admin unsubscribes', 'rename record'],
  rules: { lists: false, scope: 'everyone', crmToMarketing: true },
  quirks: { marketingOffMs: 3_600_000 },
  operators: false,
  alone: true,
};

/** The profile has a topic, and people leave and join it. */
export const WITH_TOPIC: SimulationOptions = { alone: true, rules: { topic: true } };
