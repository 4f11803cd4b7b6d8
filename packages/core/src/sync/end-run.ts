import type { Finding } from '../profile/place.ts';
import type { RunReport, RunStatus } from '../state/report.ts';
import { LeaseLost } from '../state/store.ts';
import { type Engine, EXIT, reactionTo, worstExit } from './engine.ts';
import { stillInJobs } from './jobs.ts';
import { heldOf } from './report.ts';
import type { RunOptions } from './run-options.ts';
import { Interrupted, isConnectorError, type Run, type Systems } from './run-state.ts';
import { SystemStopped } from './write.ts';

/** How far a run came. */
export interface Ended {
  readonly run: Run | null;
  readonly findings: readonly Finding[];
  readonly codes: readonly number[];
  readonly status: RunStatus;
  readonly message: string | null;
}

/** One sentence after another, whoever wrote the first. */
const andOwed = (message: string): string =>
  `${message.replace(/[.\s]*$/, '')}. What was owed is still owed; the next run goes on.`;

/** What ended a run before its time, as exit code and words. Throws what is no matter of a run: a bug. */
export const failed = (error: unknown, run: Run | null, signal: AbortSignal): Ended => {
  const end = (status: RunStatus, code: number, message: string): Ended => ({
    run,
    findings: [],
    codes: [code],
    status,
    message,
  });
  if (error instanceof Interrupted) return end('interrupted', EXIT.interrupted, error.message);
  if (error instanceof LeaseLost) return end('failed', EXIT.busy, error.message);
  if (error instanceof SystemStopped) return end('unreachable', EXIT.unreachable, andOwed(error.message));
  if (isConnectorError(error)) {
    if (signal.aborted) return end('interrupted', EXIT.interrupted, new Interrupted().message);
    switch (reactionTo(error.kind)) {
      case 'retry later':
      case 'stop this system':
        return end('unreachable', EXIT.unreachable, andOwed(error.message));
      case 'stop the run':
        return error.kind === 'config'
          ? end('invalid', EXIT.invalid, error.message)
          : end('failed', EXIT.failed, andOwed(error.message));
      default:
        return end('failed', EXIT.failed, andOwed(error.message));
    }
  }
  throw error;
};

/** Only the marketing system's own word counts: who is opted out elsewhere alone may be mailed there, and is paid for with reason. */
const paidOptedOut = async (run: Run | null): Promise<number | null> =>
  run === null || run.marketing.can.paidStatus === undefined
    ? null
    : run.engine.store.countPaidOptedOut(run.view.marketing);

/** The report: what was done, is held, owed, set aside, as the store says now. */
export const finish = async (
  started: RunReport,
  ended: Ended,
  options: RunOptions,
  engine: Engine,
  systems: Systems,
): Promise<RunReport> => {
  const { profile } = started;
  const { owed, setAside } = await engine.store.countWaiting(profile);
  const listed = await engine.store.countListed(profile);
  const counts =
    options.mode === 'sync'
      ? await engine.store.runCounts(started.run)
      : { crm: started.crm, marketing: started.marketing };
  const inJobs = await stillInJobs(engine.store, profile);
  const left = owed + setAside + inJobs.crm + inJobs.marketing;
  const attention = ended.codes.includes(EXIT.done) && left > 0 ? [EXIT.attention] : [];
  const exitCode = worstExit([...ended.codes, ...attention]);
  const report: RunReport = {
    ...started,
    ...counts,
    status: exitCode === EXIT.attention ? 'attention' : ended.status,
    finishedAt: engine.clock.now(),
    held: heldOf(ended.run),
    owed,
    listed,
    review: listed['waits-for-review'] ?? 0,
    paidOptedOut: await paidOptedOut(ended.run),
    inJobs,
    calls: { crm: systems.crm.calls(), marketing: systems.marketing.calls() },
    exitCode,
    message: ended.message,
  };
  if (options.mode === 'sync') {
    await engine.store.finishRun(report);
  }
  return report;
};
