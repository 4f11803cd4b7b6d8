import type { JobReport, Op, Outcome } from '@heed/contract';
import type { PlannedOp, PlannedWrite } from '../plan/op.ts';
import type { Intent, Job, Store } from '../state/store.ts';
import { settleWritten } from './carry-out.ts';
import { plansOf } from './decide-batch.ts';
import { BATCH, LEASE_MS, reactionTo } from './engine.ts';
import { breathe, isConnectorError, newId, type Run, sideOf } from './run-state.ts';
import { conclude, intentOf, lost } from './write.ts';
import type { Addressed, Answered } from './written.ts';

type Side = 'crm' | 'marketing';

/** A run waits so long for its jobs; what has not ended by then is collected by a later run. */
const PATIENCE_MS = 15 * 60_000;
/** A job that still runs after this long is given up: its records are looked at instead. Our clock. */
const STUCK_MS = 24 * 3_600_000;

/**
 * Hands writes to a vendor's job: intents and ticket are durable before the vendor may apply any. Answers false where the
 * vendor will not have them as a job, so that they go as ever.
 */
export const startJob = async (run: Run, side: Side, writes: readonly Addressed[]): Promise<boolean> => {
  const { open, system } = sideOf(run, side);
  const { bulk } = open.session;
  if (bulk === null) return false;
  const { store, clock } = run.engine;
  const id = newId(run.engine, 'job');
  const intents = writes.map((one) => intentOf(run, side, one, id));
  const ops = intents.map((intent) => intent.op);
  try {
    const ticket = await bulk.open(ops, run.signal);
    const job: Job = { id, profile: run.view.profile.id, run: run.id, system, ticket, openedAt: clock.now() };
    await store.saveJob(run.lease, job, intents);
    await store.saveJob(run.lease, { ...job, ticket: await bulk.start(ticket, ops, run.signal) }, []);
    return true;
  } catch (error) {
    if (!isConnectorError(error)) throw error;
    // Whatever it was, its report tells what became of a job that is durable already. Down or locked out: the run stops.
    if (error.details.mayHaveApplied === true) return true;
    const reaction = reactionTo(error.kind);
    if (reaction === 'retry later' || error.kind === 'auth') throw error;
    return false;
  }
};

/** Waits until at most `most` jobs of this side are under way; false if that takes longer than a run waits. */
export const awaitJobs = async (run: Run, side: Side, most: number, between: () => Promise<void>): Promise<boolean> => {
  const { clock } = run.engine;
  const until = clock.now() + PATIENCE_MS;
  for (;;) {
    const { running, askAgainMs } = await collectJobs(run, side);
    if (running <= most) return true;
    if (clock.now() + askAgainMs > until) return false;
    await clock.sleep(Math.min(askAgainMs, LEASE_MS / 6), run.signal);
    await breathe(run);
    await between();
  }
};

/** Asks about every job of a side that is under way, also of runs long dead, and settles those that have ended. */
export const collectJobs = async (
  run: Run,
  side: Side,
): Promise<{ readonly running: number; readonly askAgainMs: number }> => {
  let running = 0;
  let askAgainMs = PATIENCE_MS;
  for (const job of await run.engine.store.jobs(run.view.profile.id)) {
    if (job.system.role !== side) continue;
    await breathe(run);
    const report = await reportOf(run, side, job);
    if (report.state === 'ended') continue;
    running += 1;
    askAgainMs = Math.min(askAgainMs, report.askAgainMs);
  }
  return { running, askAgainMs };
};

/** Changes that wait in jobs which have not ended: the next run asks about them again. */
export const stillInJobs = async (store: Store, profile: string): Promise<Readonly<Record<Side, number>>> => {
  const waiting = { crm: 0, marketing: 0 };
  for (const { id, system } of await store.jobs(profile)) waiting[system.role] += (await store.intentsOfJob(id)).length;
  return waiting;
};

const reportOf = async (run: Run, side: Side, job: Job): Promise<JobReport> => {
  const { store, clock } = run.engine;
  const { bulk } = sideOf(run, side).open.session;
  const intents = await store.intentsOfJob(job.id);
  const ops = intents.map((intent) => intent.op);
  const report: JobReport =
    bulk === null || ops.length === 0
      ? { state: 'ended', outcomes: [] }
      : await bulk.report(job.ticket, ops, run.signal);
  const stuck = report.state === 'running' && clock.now() - job.openedAt > STUCK_MS;
  if (report.state === 'running' && !stuck) return report;
  const outcomes = report.state === 'ended' ? report.outcomes : [];
  await settleJob(run, side, intents, outcomes);
  await store.endJob(run.lease, job.id);
  return { state: 'ended', outcomes };
};

/** As after a request of its own: settled, looked up where nobody knows, planned again. An op without an outcome is unknown. */
const settleJob = async (
  run: Run,
  side: Side,
  intents: readonly Intent[],
  outcomes: readonly Outcome[],
): Promise<void> => {
  const byOp = new Map(outcomes.map((outcome) => [outcome.op, outcome]));
  for (let i = 0; i < intents.length; i += BATCH) {
    await breathe(run);
    const batch = intents.slice(i, i + BATCH);
    const addresses = [...new Set(batch.map((intent) => intent.address))];
    const before = await plansOf(run, addresses);
    const answered = batch.map(
      (intent): Answered => ({
        intent,
        outcome: byOp.get(intent.id) ?? lost(intent),
        address: intent.address,
        write: writeOf(side, intent),
        tries: 0,
      }),
    );
    const { written } = await conclude(run, side, answered, ({ outcome }) => isDoubtful(outcome));
    const marks = await run.engine.store.marks(run.view.profile.id, addresses);
    // While the job is there nothing is planned for its people: what is to be done now shows once it is gone.
    await settleWritten(run, marks, before, written, { unfinished: () => true, held: () => false });
  }
};

/** What a job surely never applied is simply planned anew; what nobody knows, or is said to be gone, is looked at. */
const isDoubtful = (outcome: Outcome): boolean =>
  outcome.result === 'unknown' || (outcome.result === 'rejected' && outcome.refusal.kind === 'missing');

const writeOf = (side: Side, { op, rule, because, agrees, partner }: Intent): PlannedWrite => ({
  side,
  op: withoutId(op),
  rule,
  because,
  guarded: false,
  agrees,
  partner,
});

const withoutId = ({ id: _id, ...op }: Op): PlannedOp => op as PlannedOp; // The compiler cannot follow a rest over a union.
