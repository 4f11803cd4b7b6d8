import type { Op, Outcome } from '@heed/contract';
import { done, refusal, rejected } from '@heed/toolkit';
import type { Api } from './api.ts';
import type { JobId, JobState } from './bulk-api.ts';
import type { Table } from './csv.ts';
import { refusalOfRow, rowErrorIn } from './failure.ts';
import { idKey } from './soql.ts';
import { toWire } from './values.ts';
import type { PatchOp } from './write.ts';

/**
 * What became of each op of an ended job. Where the job's own numbers say that every row was dealt with, only the failed
 * rows are asked for; otherwise the vendor's lists decide row by row. Rows that no list has were never loaded (an upload may
 * arrive empty, notes, 0.7), or nobody knows.
 */
export const outcomesOf = async (
  api: Api,
  id: JobId,
  job: JobState,
  sent: readonly PatchOp[],
  signal: AbortSignal,
): Promise<readonly Outcome[]> => {
  const at = api.now();
  if (job.state !== 'JobComplete' && job.processed === 0) return sent.map((op) => neverTouched(op, job));
  const failures = job.failed === 0 ? NOBODY : byRecord(await api.bulk.rowsOf(id, 'failedResults', signal));
  const isWhole =
    job.state === 'JobComplete' && job.processed === sent.length && (job.failed ?? failures.size) === failures.size;
  if (isWhole) return sent.map((op) => failedOutcome(op, failures) ?? done(op.id, 'applied', op.record, at));
  const successes = byRecord(await api.bulk.rowsOf(id, 'successfulResults', signal));
  const untouched =
    job.state === 'JobComplete' ? NOBODY : byRecord(await api.bulk.rowsOf(id, 'unprocessedrecords', signal));
  // A complete job that accounts for every row it had, and had fewer than were sent.
  const neverLoaded = job.state === 'JobComplete' && job.processed === successes.size + failures.size;
  return sent.map((op) => {
    const key = idKey(op.record.id);
    if (successes.has(key)) return done(op.id, 'applied', op.record, at);
    return (
      failedOutcome(op, failures) ??
      (neverLoaded || untouched.has(key) ? stale(op, 'NOT_PROCESSED') : unknown(op, 'NOT_TOLD'))
    );
  });
};

/** By the key of the record's id: the error, or nothing. The order of results is not that of the upload. */
type Results = ReadonlyMap<string, string>;
const NOBODY: Results = new Map();

const byRecord = ({ header, rows }: Table): Results => {
  const [id, ownId, error] = ['sf__Id', 'Id', 'sf__Error'].map((name) => header.indexOf(name)) as [
    number,
    number,
    number,
  ];
  return new Map(rows.map((row) => [idKey(row[id] || row[ownId] || ''), row[error] ?? '']));
};

const failedOutcome = (op: PatchOp, failures: Results): Outcome | null => {
  const text = failures.get(idKey(op.record.id));
  if (text === undefined) return null;
  const error = rowErrorIn(text);
  // No header lets a job's row pass a duplicate rule in alert mode, as a collection passes: one call will tell.
  if (error.code === 'DUPLICATES_DETECTED') return stale(op, error.code);
  return rejected(op.id, refusalOfRow([error]));
};

/** An unknown column fails a job as a whole; whose it is, is refused as in a collection, the others are planned anew. */
const neverTouched = (op: PatchOp, { error }: JobState): Outcome => {
  const field = error.match(/Field name not found : (\w{1,80})/)?.[1];
  if (field === undefined || !Object.hasOwn(toWire(op.record.type, op.fields), field))
    return stale(op, error.match(/^[A-Za-z]{3,40}/)?.[0] ?? 'NOT_PROCESSED');
  return rejected(op.id, refusalOfRow([{ code: 'INVALID_FIELD', message: '', fields: [field] }]));
};

/** Surely not applied; planned anew. */
export const stale = (op: Op, code: string): Outcome =>
  rejected(op.id, refusal('stale', code, 'the job ended without this record; it is planned anew'));

export const unknown = (op: Op, code: string): Outcome => ({
  op: op.id,
  result: 'unknown',
  refusal: refusal('unavailable', code, 'Salesforce no longer tells what the job did with this record'),
});
