import type { Millis, Role } from '@heed/contract';
import { ingest } from './ingest.ts';
import { lookForHeirs, readConsent } from './read-consent.ts';
import { readMembers } from './read-members.ts';
import { breathe, callsOf, type Run, sideOf } from './run-state.ts';

/** How often a long run looks for opt-outs in between (C21). */
export interface LookPace {
  /** Never sooner than this after the last one in that system, our clock. */
  readonly soonestMs: number;
  /** And once this has passed in any case: a run may wait for a vendor, and make no calls of its own. */
  readonly latestMs: number;
  /** In between: once the run has made so many calls, to whichever system, for each one that a look at this one takes. */
  readonly callsPerCall: Readonly<Record<Role, number>>;
}

/** Of the last look at one system: when it was done with (our clock), the calls of the run by then, and what such a look costs at least. */
export interface Looked {
  readonly at: Millis;
  readonly calls: number;
  readonly cost: number | null;
}

const SIDES = ['marketing', 'crm'] as const;

/** Each look takes a call at least; what it really costs its first look shows. */
export const notLooked = (now: Millis): Record<Role, Looked> => {
  const looked = { at: now, calls: 0, cost: null };
  return { crm: looked, marketing: looked };
};

/** Whether another look at a system is worth what it costs by now: calls of the run since the last one, or time. */
export const isWorthALook = (
  last: Looked,
  now: Pick<Looked, 'at' | 'calls'>,
  { soonestMs, latestMs, callsPerCall }: LookPace,
  side: Role,
): boolean => {
  const passedMs = now.at - last.at;
  if (passedMs < soonestMs) return false;
  return passedMs >= latestMs || now.calls - last.calls >= callsPerCall[side] * (last.cost ?? 1);
};

/** The systems whose turn it is. */
export const dueLooks = (run: Run, pace: LookPace): readonly Role[] => {
  const now = { at: run.engine.clock.now(), calls: callsOf(run) };
  return SIDES.filter((side) => isWorthALook(run.looked[side], now, pace, side));
};

/** Who opted out in these systems since the last read or look of this run (C21). */
export const lookForOptOuts = async (run: Run, sides: readonly Role[]): Promise<void> => {
  for (const side of sides) {
    const before = callsOf(run);
    await lookAtSide(run, side, side === 'crm' ? readConsent : readMembers);
    if (side === 'crm') await lookForHeirs(run);
    const took = callsOf(run) - before;
    run.looked[side] = { ...run.looked[side], cost: Math.min(run.looked[side].cost ?? took, took) };
  }
};

/** What is found is carried before the next look is thought of: it counts from then on. */
export const noteLooks = (run: Run, sides: readonly Role[] = SIDES): void => {
  for (const side of sides) run.looked[side] = { ...run.looked[side], at: run.engine.clock.now(), calls: callsOf(run) };
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
