import { errorReply } from '../routes/answers.ts';
import { carryOut } from '../routes/record-operations.ts';
import type { AccountWorld } from '../state/account.ts';
import { NsError } from '../state/ns-error.ts';
import { stampOf } from '../state/time.ts';
import type { Job, Task, TaskResult } from './job.ts';

/**
 * Carries out the tasks that are due. A job is done after `jobLooks` reads showed it unfinished, or after `jobMs`,
 * whichever comes first; in between that share of its tasks is done, one after the other.
 */
export function settle(world: AccountWorld): void {
  for (const job of world.state.jobs.values()) {
    const due = Math.min(tasksDue(world, job), job.stopsAfter);
    for (const task of job.tasks.slice(0, due)) {
      if (task.result !== undefined) continue;
      task.result = resultOf(world, job, task);
      task.body = undefined;
    }
  }
}

function tasksDue({ switches, clock }: AccountWorld, { tasks, looks, submittedMs }: Job): number {
  if (tasks.at(-1)?.result !== undefined) return 0;
  const jobLooks = Number(switches.get('jobLooks'));
  const jobMs = Number(switches.get('jobMs'));
  const byLooks = jobLooks < 0 ? 0 : looks >= jobLooks ? 1 : looks / (jobLooks + 1);
  const passedMs = clock.now() - submittedMs;
  const byTime = jobMs < 0 ? 0 : passedMs >= jobMs ? 1 : passedMs / jobMs;
  // Nothing is done before the first look or the first millisecond: a 202 is no result.
  if (looks === 0 && passedMs <= 0) return 0;
  return Math.floor(tasks.length * Math.max(byLooks, byTime));
}

function resultOf(world: AccountWorld, job: Job, task: Task): TaskResult {
  const startedAt = stampOf(world.clock.now());
  const path = `/services/rest/record/v1/${task.record}`;
  try {
    if (task.failsWith !== undefined) {
      throw new NsError(
        task.failsWith === 'UNEXPECTED_ERROR' ? 500 : 400,
        task.failsWith,
        'An unexpected error occurred. Error ID: batch',
      );
    }
    const {
      status,
      headers = {},
      body = '',
    } = carryOut({
      world,
      origin: job.origin,
      method: task.method,
      record: task.record,
      key: task.key,
      query: new URLSearchParams(task.query),
      header: (name) => job.headers[name] ?? '',
      body: task.body,
      touch: () => {},
    });
    return { status, headers, body: String(body), startedAt };
  } catch (error) {
    if (!(error instanceof NsError)) throw error;
    const { status, headers = {}, body = '' } = errorReply({ path }, error);
    return { status, headers, body: String(body), startedAt };
  }
}
