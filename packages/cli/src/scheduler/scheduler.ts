import type { Clock } from '@heed/contract';
import type { Cron, CronJob } from '../composition/cron.ts';

/** One profile that runs on a schedule. */
export interface Scheduled {
  /** `acme/newsletter` */
  readonly id: string;
  readonly customer: string;
  readonly cron: string;
  readonly timezone: string;
}

export interface SchedulerParts<Job extends Scheduled> {
  readonly cron: Cron;
  /** Our clock. */
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Runs one profile once. `busy`: another process has the customer, so nothing was done. Must not throw. */
  run(job: Job): Promise<'ran' | 'busy'>;
  /** A line for the operator. */
  report(text: string): void;
}

export interface Scheduler {
  /** When each profile runs next, soonest first; `at` is null for a schedule that never comes. */
  next(): readonly { readonly id: string; readonly at: Date | null }[];
  /** Resolves when the signal was given and no run is under way any more. */
  readonly ended: Promise<void>;
}

/** Another process has the customer: we ask again this often until it is our turn. */
const BUSY_PAUSE_MS = 5_000;

/**
 * Wakes every profile at its times. Profiles of one customer run in turn, never at once; a tick that finds the customer
 * busy waits for its turn and is not lost. Ticks of a profile that is running or waiting already are left out.
 */
export const startScheduler = <Job extends Scheduled>(jobs: readonly Job[], parts: SchedulerParts<Job>): Scheduler => {
  const { cron, clock, signal, report } = parts;
  const turns = new Map<string, Promise<void>>();

  const runInTurn = async (job: Job): Promise<void> => {
    while (!signal.aborted) {
      if ((await parts.run(job)) === 'ran') return;
      // Only a stop ends this sleep early, and then there is nothing more to do.
      await clock.sleep(BUSY_PAUSE_MS, signal).catch(() => {});
    }
  };

  const tick = (job: Job): Promise<void> => {
    const turn = (turns.get(job.customer) ?? Promise.resolve()).then(() => runInTurn(job));
    turns.set(job.customer, turn);
    return turn;
  };

  const started = jobs.map((job) => ({
    job,
    entry: cron.start({ expression: job.cron, timezone: job.timezone, tick: () => tick(job), report }),
  }));

  const ended = new Promise<void>((resolve) => {
    const stop = (): void => {
      for (const { entry } of started) entry.stop();
      void Promise.all(turns.values()).then(() => resolve());
    };
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
  });

  return { next: () => started.map(({ job, entry }) => nextOf(job, entry)).sort(soonestFirst), ended };
};

const nextOf = (job: Scheduled, entry: CronJob) => ({ id: job.id, at: entry.nextRuns(1)[0] ?? null });

const soonestFirst = (a: { readonly at: Date | null }, b: { readonly at: Date | null }): number =>
  (a.at?.getTime() ?? Number.POSITIVE_INFINITY) - (b.at?.getTime() ?? Number.POSITIVE_INFINITY);
