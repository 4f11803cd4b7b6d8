import type { Org } from '../state/org.ts';
import { toStamp } from '../state/timestamps.ts';
import { type BulkJob, isRunning } from './job.ts';

/** Whose answer the job's information is: the fewer the shorter, as in the guide's examples and in answers of real orgs. */
export type InfoDepth = 'changed' | 'listed' | 'full';

/** A job as JSON. */
export function jobInfo(job: BulkJob, depth: InfoDepth): Readonly<Record<string, unknown>> {
  return {
    id: job.id,
    operation: job.operation,
    object: job.object,
    createdById: job.createdById,
    createdDate: toStamp(job.createdAtMs),
    systemModstamp: toStamp(job.changedAtMs),
    state: job.state,
    ...(job.kind === 'ingest' ? ingestInfo(job) : {}),
    concurrencyMode: 'Parallel',
    contentType: 'CSV',
    apiVersion: job.apiVersion,
    lineEnding: job.lineEnding,
    columnDelimiter: job.columnDelimiter,
    ...(depth === 'changed' ? {} : { jobType: job.kind === 'ingest' ? 'V2Ingest' : 'V2Query' }),
    ...(depth === 'full' ? counters(job) : {}),
    ...(job.errorMessage === undefined ? {} : { errorMessage: job.errorMessage }),
  };
}

function ingestInfo(job: BulkJob & { kind: 'ingest' }): object {
  const { externalIdFieldName, apiVersion, id } = job;
  const url = `services/data/v${apiVersion.toFixed(1)}/jobs/ingest/${id}/batches`;
  return {
    ...(externalIdFieldName === undefined ? {} : { externalIdFieldName }),
    ...(job.state === 'Open' ? { contentUrl: url } : {}),
  };
}

function counters(job: BulkJob): object {
  const workedMs = job.startedAtMs === undefined ? 0 : Math.max(0, job.changedAtMs - job.startedAtMs);
  const common = { retries: 0, totalProcessingTime: isRunning(job) ? 0 : workedMs };
  if (job.kind === 'query') {
    return { ...common, numberRecordsProcessed: job.lines.length, isPkChunkingSupported: true };
  }
  return {
    ...common,
    numberRecordsProcessed: job.outcomes.length,
    numberRecordsFailed: job.outcomes.filter((outcome) => outcome.error !== undefined).length,
    apiActiveProcessingTime: common.totalProcessingTime,
    apexProcessingTime: 0,
  };
}

/** The jobs of an org, newest first. */
export function newestFirst(org: Org): readonly BulkJob[] {
  return [...org.jobs.values()].reverse();
}
