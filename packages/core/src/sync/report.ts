import type { Millis } from '@heed/contract';
import type { RunReport, SideCounts } from '../state/report.ts';
import type { Run } from './run-state.ts';

const NOTHING: SideCounts = {
  read: 0,
  created: 0,
  updated: 0,
  optedOut: 0,
  unchanged: 0,
  held: 0,
  notSynced: {},
  setAside: [],
};

export const emptyReport = (run: string, profile: string, startedAt: Millis): RunReport => ({
  run,
  profile,
  status: 'running',
  startedAt,
  finishedAt: null,
  crm: NOTHING,
  marketing: NOTHING,
  held: {},
  owed: 0,
  listed: {},
  review: 0,
  paidOptedOut: null,
  calls: { crm: 0, marketing: 0 },
  exitCode: 0,
  message: null,
});

/** What waits for `approve`, by what would be done: `marketing.opt-out: 12`. */
export const heldOf = (run: Run | null): Readonly<Record<string, number>> =>
  Object.fromEntries(
    [...(run?.counts ?? [])]
      .filter(([what]) => what.startsWith('held.'))
      .map(([what, n]) => [what.slice('held.'.length), n]),
  );
