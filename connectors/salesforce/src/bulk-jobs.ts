import { type BulkJobs, ConnectorError, type JobReport, type JobTicket, type Op, type Outcome } from '@heed/contract';
import { answerOr, askAgainMs, isPatch, patchesOnly, readJson, rejected } from '@heed/toolkit';
import { z } from 'zod';
import type { Api } from './api.ts';
import type { JobId, JobState } from './bulk-api.ts';
import { outcomesOf, stale, unknown } from './bulk-outcomes.ts';
import { carried, uploadOf } from './bulk-upload.ts';
import { RECORD_TYPES } from './object-shape.ts';
import { isId } from './soql.ts';
import { type PatchOp, refusalOf } from './write.ts';

/** An update has one object, so ops of both types are two jobs of the vendor. */
interface Job {
  readonly type: string;
  readonly id: JobId;
}

const ticketForm = z.strictObject({
  v: z.literal(1),
  jobs: z.array(z.strictObject({ type: z.enum(RECORD_TYPES), id: z.string().refine(isId) })),
});

/** Updates by Bulk API 2.0 (notes, 2.2). `ifVersion` means as little here as in a collection: see `can.conditionalWrite`. */
export const bulkJobs = (api: Api): BulkJobs => ({
  async open(ops, signal) {
    const patches = patchesOnly(ops, 'salesforce');
    const jobs: Job[] = [];
    try {
      for (const type of RECORD_TYPES)
        if (carried(patches, type).length > 0) jobs.push({ type, id: await api.bulk.openUpdate(type, signal) });
    } catch (error) {
      // Nobody will know of them. One that stays open does nothing either.
      for (const { id } of jobs) await api.bulk.abort('ingest', id, signal).catch(() => {});
      throw error;
    }
    return JSON.stringify({ v: 1, jobs });
  },

  async start(ticket, ops, signal) {
    const patches = patchesOnly(ops, 'salesforce');
    const jobs = jobsIn(ticket);
    if (jobs === null) throw new ConnectorError('stale', 'salesforce: the ticket of the job is unreadable');
    // First all uploads: what fails before anything was closed has applied nothing.
    for (const { type, id } of jobs) await api.bulk.upload(id, uploadOf(carried(patches, type)), signal);
    for (const { id } of jobs) await api.bulk.close(id, signal);
    return ticket;
  },

  async report(ticket, ops, signal) {
    const jobs = jobsIn(ticket);
    if (jobs === null) return { state: 'ended', outcomes: ops.map((op) => unknown(op, 'UNREADABLE_TICKET')) };
    const patches = ops.filter(isPatch);
    const outcomes: Outcome[] = [];
    const told = new Set<Op>();
    for (const { type, id } of jobs) {
      const sent = carried(patches, type);
      const report = await reportOf(api, id, sent, signal);
      if (report.state === 'running') return report;
      outcomes.push(...report.outcomes);
      for (const op of sent) told.add(op);
    }
    return { state: 'ended', outcomes: [...outcomes, ...ops.filter((op) => !told.has(op)).map(notCarried)] };
  },
});

const notCarried = (op: Op): Outcome => {
  const refusal = refusalOf(op);
  return refusal === null ? stale(op, 'NOT_FOR_A_JOB') : rejected(op.id, refusal);
};

const jobsIn = (ticket: JobTicket): readonly Job[] | null => ticketForm.safeParse(readJson(ticket)).data?.jobs ?? null;

const reportOf = async (api: Api, id: JobId, sent: readonly PatchOp[], signal: AbortSignal): Promise<JobReport> => {
  const seen = await stateOf(api, id, signal);
  const job = seen?.state === 'Open' ? await neverStarted(api, id, signal) : seen;
  if (job === null) return { state: 'ended', outcomes: sent.map((op) => unknown(op, 'JOB_GONE')) };
  if (job.state === 'Open' || job.state === 'UploadComplete' || job.state === 'InProgress')
    return { state: 'running', askAgainMs: askAgainMs(job.createdAt === null ? 0 : api.now() - job.createdAt) };
  return { state: 'ended', outcomes: await outcomesOf(api, id, job, sent, signal) };
};

/** Null for a job that the vendor no longer has: it keeps them for seven days. */
const stateOf = (api: Api, id: JobId, signal: AbortSignal): Promise<JobState | null> =>
  answerOr(api.bulk.state('ingest', id, signal), ['missing'], null);

/** Ends an open job for good. If it was closed in the very moment, the vendor refuses, and the state tells. */
const neverStarted = async (api: Api, id: JobId, signal: AbortSignal): Promise<JobState | null> => {
  await answerOr(api.bulk.abort('ingest', id, signal), ['invalid', 'stale', 'refused', 'missing'], null);
  return stateOf(api, id, signal);
};
