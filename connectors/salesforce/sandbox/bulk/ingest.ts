import { type QuotaRule, takeQuota } from '@heed/sandbox';
import type { FieldDefinition } from '../schema/index.ts';
import type { Writer } from '../state/checks.ts';
import { CallRefused, type RecordError, RecordRefused } from '../state/errors.ts';
import { externalIdField } from '../state/external-ids.ts';
import {
  createOne,
  deleteOne,
  failByFault,
  type Given,
  updateOne,
  upsertOne,
  type Written,
} from '../state/one-record.ts';
import type { OrgWorld } from '../state/org.ts';
import type { Table } from '../state/table.ts';
import { givenValue } from './cells.ts';
import { readUpload } from './csv.ts';
import { type IngestJob, JobFailure, type RowOutcome } from './job.ts';

/** "Salesforce creates a separate batch for every 10,000 records in your job data" ("How Requests Are Processed"). */
const rowsPerBatch = 10_000;

/** The `Id` of records, which bulk upserts take in the place of an external id. */
const recordId = 'id';

/**
 * Reads the upload and checks its header.
 * @throws JobFailure for what makes a job fail before its first row
 */
export function openRows(world: OrgWorld, job: IngestJob): void {
  const { columns, rows } = readUpload(job.uploads.join(''), job);
  job.uploads = [];
  job.rows = rows;
  job.columns = columns;
  const table = world.state.needTable(job.object);
  for (const name of columns) {
    const field = table.field(name);
    if (!field || isUnknown(world, table, field)) throw fieldNotFound(name);
  }
  const has = (wanted: string): boolean => columns.some((name) => name.toLowerCase() === wanted.toLowerCase());
  const needed = { insert: undefined, update: recordId, upsert: job.externalIdFieldName, delete: recordId }[
    job.operation
  ];
  if (needed !== undefined && !has(needed)) throw fieldNotFound(needed === recordId ? 'Id' : needed);
  if (job.operation === 'delete' && columns.length > 1) {
    throw new JobFailure('InvalidBatch : Delete batch must contain only ids');
  }
}

function isUnknown(world: OrgWorld, table: Table, { name }: FieldDefinition): boolean {
  const isHidden = world.state.hiddenFields.has(`${table.definition.name}.${name}`);
  return isHidden && world.switches.get('bulkHiddenColumn') === 'job';
}

/** Wording of a real org (amp-labs/connectors, complete-failure.json). */
function fieldNotFound(name: string): JobFailure {
  return new JobFailure(`InvalidBatch : Field name not found : ${name}`);
}

/**
 * Applies rows until `upTo` of them are done.
 * @throws JobFailure when the batches of the day are used up
 */
export function processRows(world: OrgWorld, job: IngestJob, upTo: number): void {
  const table = world.state.needTable(job.object);
  // Of the documented request headers none lets a row pass a duplicate rule ("Bulk API 2.0 Headers").
  const writer: Writer = { world, userId: job.createdById, administrator: false, allowDuplicates: false };
  for (let index = job.outcomes.length; index < upTo; index += 1) {
    if (index % rowsPerBatch === 0) takeBatch(world);
    job.outcomes.push(outcomeOf(writer, table, job, index));
  }
}

export function batchQuota(world: OrgWorld): QuotaRule {
  return { limit: Number(world.switches.get('dailyBulkBatches')), windowMs: 86_400_000, kind: 'rolling' };
}

function takeBatch(world: OrgWorld): void {
  if (!takeQuota(world.state.bulkUse.batches, batchQuota(world), world.clock.now()).allowed) {
    throw new JobFailure('ExceededQuota : ApiBatchItems Limit exceeded.');
  }
}

function outcomeOf(writer: Writer, table: Table, job: IngestJob, index: number): RowOutcome {
  const row = job.rows[index] ?? [];
  try {
    failByFault(job.failingRows, index);
    const { id, created } = write(writer, table, job, recordOf(table, job, row));
    return { id, created: created ?? job.operation === 'insert' };
  } catch (error) {
    return { id: givenId(job, row), created: false, error: errorText(refusalOf(error)) };
  }
}

function recordOf(table: Table, job: IngestJob, row: readonly string[]): Given {
  const record: Record<string, unknown> = {};
  for (const [column, name] of (job.columns ?? []).entries()) {
    const field = table.field(name);
    // A field may vanish while the job runs.
    if (!field)
      throw new RecordRefused('INVALID_FIELD', `No such column '${name}' on sobject of type ${job.object}`, [name]);
    const value = givenValue(field, row[column] ?? '', column);
    if (value !== undefined) record[field.name] = value;
  }
  return record;
}

function write(writer: Writer, table: Table, job: IngestJob, record: Given): Written {
  switch (job.operation) {
    case 'insert':
      return createOne(writer, table, record);
    case 'update':
      return updateOne(writer, table, record);
    case 'delete':
      return deleteOne(writer, table, String(record.Id ?? ''));
    case 'upsert': {
      const name = job.externalIdFieldName ?? '';
      if (name.toLowerCase() !== recordId) return upsertOne(writer, table, externalIdField(table, name), record);
      if (record.Id !== undefined) return { ...updateOne(writer, table, record), created: false };
      return { ...createOne(writer, table, record), created: true };
    }
  }
}

/** A row has no call to refuse: what would refuse a REST call refuses the row. Anything else is a defect of the stand-in. */
function refusalOf(error: unknown): RecordError {
  if (error instanceof RecordRefused) return error.error;
  if (!(error instanceof CallRefused)) throw error;
  return { statusCode: error.errorCode, message: error.message, fields: error.fields ?? [] };
}

/** `REQUIRED_FIELD_MISSING:Required fields are missing: [Name]:Name --` (notes, 2.2). */
function errorText({ statusCode, message, fields }: RecordError): string {
  return `${statusCode}:${message}:${fields.length === 0 ? '' : `${fields.join(', ')} `}--`;
}

function givenId(job: IngestJob, row: readonly string[]): string {
  const column = (job.columns ?? []).findIndex((name) => name.toLowerCase() === recordId);
  return column < 0 ? '' : (row[column] ?? '');
}
