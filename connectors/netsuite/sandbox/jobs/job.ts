/** One operation of an asynchronous request, as it would have been sent by itself. */
export interface Task {
  readonly id: string;
  readonly method: string;
  readonly record: string;
  /** An internal id or `eid:...`; `undefined` for a create. */
  readonly key: string | undefined;
  readonly query: string;
  /** Forgotten once the task is done. */
  body: unknown;
  /** Fails by a fault, with this code, and nothing is written. */
  readonly failsWith: string | undefined;
  result: TaskResult | undefined;
}

export interface TaskResult {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** As sent; empty for 204. */
  readonly body: string;
  readonly startedAt: string;
}

/** An asynchronous request: `202` now, results later. */
export interface Job {
  readonly id: string;
  readonly origin: string;
  readonly tasks: readonly Task[];
  readonly submittedMs: number;
  readonly idempotencyKey: string | undefined;
  /** The headers that decide how bodies are taken, by their names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** Reads of the job while it was not done. */
  looks: number;
  /** By a fault: the job never gets beyond this many tasks. */
  readonly stopsAfter: number;
  /** What a job that stops says: `failed`, or `processing` for ever. */
  readonly stopsAs: 'failed' | 'stuck';
}

export const tasksDone = (job: Job): number => job.tasks.filter(({ result }) => result !== undefined).length;

/** `pending`, `processing`, `succeeded`, `failed`; a job whose tasks were refused one by one has succeeded. */
export function progressOf(job: Job): string {
  const done = tasksDone(job);
  if (done === job.tasks.length) return 'succeeded';
  if (done >= job.stopsAfter && job.stopsAs === 'failed') return 'failed';
  return done === 0 && job.looks === 0 ? 'pending' : 'processing';
}

export const isCompleted = (job: Job): boolean => ['succeeded', 'failed'].includes(progressOf(job));
