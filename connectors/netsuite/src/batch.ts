import { answerOr } from '@heed/toolkit';
import { z } from 'zod';
import { type Api, WRITE_HEADERS } from './api.ts';
import { type AskRequest, type JsonAnswer, notUnderstood, understood } from './ask.ts';

export type JobId = string;

export interface Batch {
  readonly type: string;
  /** Each with its `id`. */
  readonly items: readonly Readonly<Record<string, unknown>>[];
}

const COLLECTION = 'application/vnd.oracle.resource+json; type=collection';
const IDEMPOTENCY_KEY = 'x-netsuite-idempotency-key';

/** `PATCH /record/v1/{type}`, asynchronous: the job it became. Sent again with the same key it is the same job. */
export const submitBatch = async (
  api: Api,
  key: string,
  { type, items }: Batch,
  signal: AbortSignal,
): Promise<JobId> => {
  const headers = { ...WRITE_HEADERS, 'content-type': COLLECTION, prefer: 'respond-async', [IDEMPOTENCY_KEY]: key };
  const path = `/record/v1/${type}`;
  const request = { name: 'batch', method: 'PATCH', path, headers, body: JSON.stringify({ items }) } as const;
  return jobIn(await ask(api, request, 'write', signal), true);
};

/**
 * The job of a key whose answer was lost; null if nothing was ever sent with it, and then nothing ever will be: the look itself, an
 * asynchronous read of no consequence, takes the key (subsect_164494900632: a key that was used answers with its first job).
 */
export const batchJob = async (api: Api, key: string, type: string, signal: AbortSignal): Promise<JobId | null> => {
  const headers = { prefer: 'respond-async', [IDEMPOTENCY_KEY]: key };
  const path = `/record/v1/${type}?expandRecords=true&ids=0`;
  const request = { name: 'batch-look', method: 'GET', path, headers } as const;
  const answer = await ask(api, request, 'read', signal);
  return isRepeated(answer) ? jobIn(answer, false) : null;
};

const ask = (api: Api, request: AskRequest, kind: 'read' | 'write', signal: AbortSignal): Promise<JsonAnswer> =>
  api.ask({ ...request, accepts: isRepeated }, { kind, repeatable: true }, signal);

/** 400 `IDEMPOTENCY_ERROR`, with the first job in `Location`. */
const isRepeated = ({ status, text }: Pick<JsonAnswer, 'status' | 'text'>): boolean =>
  status === 400 && text.includes('"IDEMPOTENCY_ERROR"');

const jobIn = ({ headers }: JsonAnswer, mayHaveApplied: boolean): JobId => {
  const job = headers.location?.match(/\/async\/v1\/job\/(\w{1,60})$/)?.[1];
  if (job === undefined) throw notUnderstood('batch', mayHaveApplied);
  return job;
};

const jobAnswer = z.object({ completed: z.boolean() });

/** Null for a job that is no longer kept. */
export const jobIsDone = (api: Api, job: JobId, signal: AbortSignal): Promise<boolean | null> => {
  const isDone = async (): Promise<boolean> =>
    understood('job', jobAnswer, await api.get('job', `/async/v1/job/${job}`, signal), false).completed;
  return answerOr(isDone(), ['missing'], null);
};
