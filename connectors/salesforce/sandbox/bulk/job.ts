import type { Given } from '../state/one-record.ts';

/** Bulk API 2.0 Developer Guide, "Job States". */
export type JobState = 'Open' | 'UploadComplete' | 'InProgress' | 'JobComplete' | 'Failed' | 'Aborted';

export const columnDelimiters = {
  COMMA: ',',
  TAB: '\t',
  PIPE: '|',
  SEMICOLON: ';',
  CARET: '^',
  BACKQUOTE: '`',
} as const;
export type ColumnDelimiter = keyof typeof columnDelimiters;

export const lineEndings = { LF: '\n', CRLF: '\r\n' } as const;
export type LineEnding = keyof typeof lineEndings;

export const ingestOperations = ['insert', 'update', 'upsert', 'delete'] as const;
export type IngestOperation = (typeof ingestOperations)[number];

/** How a fault lets a job end before its time: what was done by then stays done. */
export interface EarlyEnd {
  readonly as: 'stuck' | 'failed' | 'aborted';
  /** The share of the job that is done by then, 0 to 1. */
  readonly at: number;
}

interface Job {
  readonly id: string;
  readonly object: string;
  readonly createdById: string;
  readonly createdAtMs: number;
  readonly apiVersion: number;
  readonly columnDelimiter: ColumnDelimiter;
  readonly lineEnding: LineEnding;
  state: JobState;
  /** When anything of it changed last. */
  changedAtMs: number;
  /** When its work could begin. */
  startedAtMs: number | undefined;
  /** How often its information was read since. */
  looks: number;
  /** About how many rows it has to read or write, for how long it takes. */
  expectedRows: number;
  earlyEnd: EarlyEnd | undefined;
  errorMessage: string | undefined;
}

/** What became of a row; rows without an outcome were not processed. */
export interface RowOutcome {
  /** Of the record, or as it was given; empty where there is none. */
  readonly id: string;
  readonly created: boolean;
  /** As `sf__Error` tells it. */
  readonly error?: string;
}

export interface IngestJob extends Job {
  readonly kind: 'ingest';
  readonly operation: IngestOperation;
  readonly externalIdFieldName: string | undefined;
  /** The uploads as they came; empty once their rows were read. */
  uploads: string[];
  /** The header of the upload; undefined until it was read. */
  columns: readonly string[] | undefined;
  rows: readonly (readonly string[])[];
  outcomes: RowOutcome[];
  /** The details of a `partial-batch` fault. */
  failingRows: Given | undefined;
}

export interface QueryJob extends Job {
  readonly kind: 'query';
  readonly operation: 'query' | 'queryAll';
  readonly query: string;
  /** The ids that end each part but the last; undefined until the job began. */
  partEnds: readonly string[] | undefined;
  partsRead: number;
  columns: readonly string[];
  /** The rows found so far, each as its CSV line. */
  lines: string[];
  /** A fault: it sees no rows. */
  readonly blind: boolean;
}

export type BulkJob = IngestJob | QueryJob;

/** A job that cannot go on, and the `errorMessage` it ends with. */
export class JobFailure extends Error {}

export function isRunning(job: BulkJob): boolean {
  return job.state === 'UploadComplete' || job.state === 'InProgress';
}

export function endJob(
  job: BulkJob,
  state: 'JobComplete' | 'Failed' | 'Aborted',
  nowMs: number,
  message?: string,
): void {
  job.state = state;
  job.changedAtMs = nowMs;
  job.errorMessage = message;
}
