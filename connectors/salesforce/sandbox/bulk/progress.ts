import { SoqlError } from '../soql/query.ts';
import type { OrgWorld } from '../state/org.ts';
import { openRows, processRows } from './ingest.ts';
import { type BulkJob, endJob, type IngestJob, isRunning, JobFailure, type QueryJob } from './job.ts';
import { openParts, partsOf, readParts, scatter } from './query.ts';

/** "The job status and batch results sets for completed jobs are available for 7 days". */
const keptMs = 7 * 86_400_000;

/** Brings every job to where it would be by now, and forgets old ones; called before every call and act. */
export function settleJobs(world: OrgWorld): void {
  const { jobs } = world.state;
  const oldestMs = world.clock.now() - keptMs;
  for (const job of jobs.values()) {
    if (isRunning(job)) settleJob(world, job);
    else if (job.state !== 'Open' && job.createdAtMs < oldestMs) jobs.delete(job.id);
  }
}

/** Does what a job would have done by now. */
export function settleJob(world: OrgWorld, job: BulkJob): void {
  const now = world.clock.now();
  const done = shareDone(world, job);
  if (!isRunning(job) || done <= 0) return;
  const { earlyEnd } = job;
  const share = earlyEnd && done >= earlyEnd.at ? earlyEnd.at : done;
  if (job.state !== 'InProgress') job.changedAtMs = now;
  job.state = 'InProgress';
  try {
    if (job.kind === 'ingest') ingestUpTo(world, job, share);
    else queryUpTo(world, job, share);
  } catch (error) {
    endJob(job, 'Failed', now, failureText(error));
    return;
  }
  if (share !== earlyEnd?.at) {
    if (done >= 1) complete(world, job);
  } else if (earlyEnd.as === 'aborted') endJob(job, 'Aborted', now);
  else if (earlyEnd.as === 'failed') endJob(job, 'Failed', now, 'InternalServerError : An unexpected error occurred');
}

/** Which share of the work is done, 0 to 1: by looks at the job or by time, whichever is further. */
function shareDone({ switches, clock }: OrgWorld, job: BulkJob): number {
  const looks = Number(switches.get('bulkJobLooks'));
  const byLooks = looks < 0 ? 0 : job.looks / (looks + 1);
  const baseMs = Number(switches.get('bulkJobMs'));
  if (baseMs < 0 || job.startedAtMs === undefined) return Math.min(1, byLooks);
  const rowsPerSecond = Number(switches.get('bulkRowsPerSecond'));
  const rowsMs = rowsPerSecond > 0 ? (job.expectedRows / rowsPerSecond) * 1000 : 0;
  const elapsedMs = clock.now() - job.startedAtMs;
  const byTime = elapsedMs >= baseMs + rowsMs ? 1 : elapsedMs / (baseMs + rowsMs);
  return Math.min(1, Math.max(byLooks, byTime));
}

function ingestUpTo(world: OrgWorld, job: IngestJob, share: number): void {
  if (job.columns === undefined) openRows(world, job);
  processRows(world, job, Math.floor(share * job.rows.length));
}

function queryUpTo(world: OrgWorld, job: QueryJob, share: number): void {
  if (job.partEnds === undefined) openParts(world, job);
  const parts = partsOf(job);
  readParts(world, job, share >= 1 ? parts : Math.min(parts, Math.floor(share * (parts + 1))));
}

function complete(world: OrgWorld, job: BulkJob): void {
  if (job.kind === 'query') scatter(world, job);
  endJob(job, 'JobComplete', world.clock.now());
}

/** Anything but a job's own failure is a defect of the stand-in. */
function failureText(error: unknown): string {
  if (error instanceof JobFailure) return error.message;
  // Wording as seen for the first Bulk API (simple-salesforce#382).
  if (error instanceof SoqlError) return `InvalidBatch : Failed to process query: ${error.errorCode}: ${error.message}`;
  throw error;
}
