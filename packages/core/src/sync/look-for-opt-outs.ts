import type { Role } from '@heed/contract';
import { ingest } from './ingest.ts';
import { lookForHeirs, readConsent, readMembers } from './read.ts';
import { breathe, callsOf, type Run, sideOf } from './run-state.ts';

/** How often a long run looks for opt-outs in between (C21). */
export interface LookPace {
  /** Never sooner than this after the last one, our clock. */
  readonly soonestMs: number;
  /** And once this has passed in any case: a run may wait for a vendor, and make no calls of its own. */
  readonly latestMs: number;
  /** In between: once the run has made so many calls for each one that a look takes. */
  readonly callsPerCall: number;
}

/** Whether what a look costs is worth it by now: calls of the run since the last one, or time. */
export const isLookDue = (run: Run, { soonestMs, latestMs, callsPerCall }: LookPace): boolean => {
  const passedMs = run.engine.clock.now() - run.looked.at;
  if (passedMs < soonestMs) return false;
  return passedMs >= latestMs || callsOf(run) - run.looked.calls >= callsPerCall * run.lookCost;
};

/** Who opted out in either system since the last read or look of this run (C21). */
export const lookForOptOuts = async (run: Run): Promise<void> => {
  const before = callsOf(run);
  await lookAtSide(run, 'marketing', readMembers);
  await lookAtSide(run, 'crm', readConsent);
  await lookForHeirs(run);
  run.lookCost = Math.min(run.lookCost, callsOf(run) - before);
};

/**
 * In the middle of a first sync a read of changes would bring back everybody whom the run has made so far; where the system has a
 * cheaper look, this one does not.
 */
const lookAtSide = async (run: Run, side: Role, read: (run: Run) => Promise<void>): Promise<void> => {
  const { session } = sideOf(run, side).open;
  if (session.optOutsSince === null) return read(run);
  const readAt = session.now();
  const columns = side === 'crm' ? run.view.columns.consent : run.view.columns.members;
  for await (const rows of session.optOutsSince({ ...columns, since: run.seenAt[side] }, run.signal)) {
    await breathe(run);
    await ingest(run, { side, rows, readAt, lists: null, cursor: null, columns });
  }
  run.seenAt[side] = readAt;
};
