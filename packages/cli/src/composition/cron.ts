import { type Logger, schedule, validateDetailed } from 'node-cron';

/** Null if node-cron can run the expression, else what is wrong with it. */
export const validateCron = (expression: string): string | null => {
  const result = validateDetailed(expression);
  if (result.valid) return null;
  return result.errors.map((error) => error.message).join('; ');
};

export interface CronJob {
  /** The next times it will wake up, soonest first. */
  nextRuns(n: number): readonly Date[];
  stop(): void;
}

/** Wakes a function at the times of a cron expression; injected, so that the scheduler is tested without waiting. */
export interface Cron {
  /** `tick` is not called again before what it returned is settled. `report` gets what the library would log. */
  start(job: {
    readonly expression: string;
    readonly timezone: string;
    readonly tick: () => Promise<void>;
    readonly report: (text: string) => void;
  }): CronJob;
}

const loggerTo = (report: (text: string) => void): Logger => ({
  info: () => {},
  debug: () => {},
  // A tick during a run of its own is left out on purpose, and the run itself reports what it did.
  warn: (text) => {
    if (!text.includes('overlap')) report(text);
  },
  error: (error) => report(error instanceof Error ? error.message : error),
});

export const nodeCron: Cron = {
  start({ expression, timezone, tick, report }) {
    const task = schedule(expression, tick, { timezone, noOverlap: true, logger: loggerTo(report) });
    return { nextRuns: (n) => task.getNextRuns(n), stop: () => void task.destroy() };
  },
};

/** When a schedule would run next, without starting anything that stays. */
export const nextRunsOf = (expression: string, timezone: string, n: number): readonly Date[] => {
  const job = nodeCron.start({ expression, timezone, tick: async () => {}, report: () => {} });
  const runs = job.nextRuns(n);
  job.stop();
  return runs;
};
