import { ConnectorError, type Millis } from '@heed/contract';
import { momentIn } from '@heed/toolkit';
import { z } from 'zod';
import { type Asker, JSON_BODY, notUnderstood, understood, WRITE_HEADERS } from './ask.ts';
import { readCsv, type Table } from './csv.ts';
import { isId } from './soql.ts';

/** A job's id, `750...`. */
export type JobId = string;

export interface JobState {
  readonly state: 'Open' | 'UploadComplete' | 'InProgress' | 'JobComplete' | 'Failed' | 'Aborted';
  /** Rows that the vendor has dealt with, failed ones included; null where it does not say. */
  readonly processed: number | null;
  readonly failed: number | null;
  /** Vendor's clock; null where it does not say. */
  readonly createdAt: Millis | null;
  /** Why a job failed as a whole; may name fields, so it is not shown as it is. */
  readonly error: string;
}

export interface ResultPage {
  readonly table: Table;
  /** Asks for the next page; null on the last one. */
  readonly locator: string | null;
}

/** The calls of Bulk API 2.0 (notes, 2.2). All throw ConnectorError only: `missing` for a job that is no longer kept. */
export interface BulkApi {
  /** `POST /jobs/query`, deleted rows included; a job that nobody asks for again does no harm. */
  openQuery(soql: string, signal: AbortSignal): Promise<JobId>;
  /** `GET /jobs/query/{id}/results`: at most `maxRecords` rows, from the locator on. */
  results(id: JobId, locator: string | null, maxRecords: number, signal: AbortSignal): Promise<ResultPage>;
  /** `POST /jobs/ingest`: an update of one object, which does nothing before it is closed. */
  openUpdate(object: string, signal: AbortSignal): Promise<JobId>;
  /** `PUT .../batches`, once. */
  upload(id: JobId, csv: string, signal: AbortSignal): Promise<void>;
  /** `PATCH` to UploadComplete: from here on rows may be applied. */
  close(id: JobId, signal: AbortSignal): Promise<void>;
  state(kind: 'query' | 'ingest', id: JobId, signal: AbortSignal): Promise<JobState>;
  abort(kind: 'query' | 'ingest', id: JobId, signal: AbortSignal): Promise<void>;
  /** Rows of an ended job as they were uploaded, with `sf__Id` and, of failed ones, `sf__Error`. */
  rowsOf(
    id: JobId,
    which: 'successfulResults' | 'failedResults' | 'unprocessedrecords',
    signal: AbortSignal,
  ): Promise<Table>;
}

const jobAnswer = z.object({
  id: z.string().refine(isId),
  state: z.enum(['Open', 'UploadComplete', 'InProgress', 'JobComplete', 'Failed', 'Aborted']),
  numberRecordsProcessed: z.number().optional(),
  numberRecordsFailed: z.number().optional(),
  createdDate: z.string().optional(),
  errorMessage: z.string().nullish(),
});

const CSV = { contentType: 'CSV', columnDelimiter: 'COMMA', lineEnding: 'LF' } as const;

export const bulkApi = (ask: Asker['ask']): BulkApi => {
  const table = async (name: string, path: string, signal: AbortSignal) => {
    const answer = await ask({ name, method: 'GET', path, headers: { accept: 'text/csv' } }, { kind: 'read' }, signal);
    if (answer.headers['content-type']?.startsWith('text/csv') !== true) throw notUnderstood(name, false);
    return { headers: answer.headers, table: readCsv(name, answer.text) };
  };
  return {
    async openQuery(soql, signal) {
      const body = JSON.stringify({ operation: 'queryAll', query: soql, ...CSV });
      const request = { name: 'query-job', method: 'POST', path: '/jobs/query', headers: JSON_BODY, body } as const;
      return idIn('query-job', (await ask(request, { kind: 'read' }, signal)).body);
    },
    async results(id, locator, maxRecords, signal) {
      const place = locator === null ? '' : `&locator=${encodeURIComponent(locator)}`;
      const path = `/jobs/query/${safe(id)}/results?maxRecords=${maxRecords}${place}`;
      const page = await table('query-results', path, signal);
      const rows = Number(page.headers['sforce-numberofrecords'] ?? Number.NaN);
      // A page that was cut off between two rows looks whole.
      if (!Number.isNaN(rows) && rows !== page.table.rows.length) throw notUnderstood('query-results', false);
      // The header's literal value on the last page is `null`; missing it means the same, and whether rows are missing
      // too is told by counting them.
      const next = page.headers['sforce-locator'] ?? 'null';
      return { table: page.table, locator: next === 'null' ? null : next };
    },
    async openUpdate(object, signal) {
      const body = JSON.stringify({ object, operation: 'update', ...CSV });
      const request = { name: 'bulk-job', method: 'POST', path: '/jobs/ingest', headers: WRITE_HEADERS, body } as const;
      return idIn('bulk-job', (await ask(request, { kind: 'write', repeatable: true }, signal)).body);
    },
    async upload(id, csv, signal) {
      const headers = { 'content-type': 'text/csv; charset=UTF-8' };
      const path = `/jobs/ingest/${safe(id)}/batches`;
      await ask({ name: 'bulk-upload', method: 'PUT', path, headers, body: csv }, { kind: 'write' }, signal);
    },
    async close(id, signal) {
      const body = JSON.stringify({ state: 'UploadComplete' });
      const path = `/jobs/ingest/${safe(id)}`;
      await ask({ name: 'bulk-start', method: 'PATCH', path, headers: WRITE_HEADERS, body }, { kind: 'write' }, signal);
    },
    async state(kind, id, signal) {
      const path = `/jobs/${kind}/${safe(id)}`;
      const { body } = await ask({ name: 'job-state', method: 'GET', path }, { kind: 'read' }, signal);
      const job = understood('job-state', jobAnswer, body, false);
      return {
        state: job.state,
        processed: job.numberRecordsProcessed ?? null,
        failed: job.numberRecordsFailed ?? null,
        createdAt: momentIn(job.createdDate),
        error: job.errorMessage ?? '',
      };
    },
    async abort(kind, id, signal) {
      const body = JSON.stringify({ state: 'Aborted' });
      const path = `/jobs/${kind}/${safe(id)}`;
      await ask({ name: 'job-abort', method: 'PATCH', path, headers: JSON_BODY, body }, { kind: 'read' }, signal);
    },
    rowsOf: async (id, which, signal) =>
      (await table('bulk-results', `/jobs/ingest/${safe(id)}/${which}/`, signal)).table,
  };
};

const idIn = (name: string, body: unknown): JobId => understood(name, jobAnswer, body, false).id;

/** Ids come back from durable cursors and tickets: nothing else may get into a path. */
const safe = (id: JobId): JobId => {
  if (isId(id)) return id;
  throw new ConnectorError('stale', 'salesforce: the stored job has no valid id');
};
