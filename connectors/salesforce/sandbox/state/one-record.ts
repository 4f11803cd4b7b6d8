import type { FieldDefinition } from '../schema/index.ts';
import type { Writer } from './checks.ts';
import { RecordRefused } from './errors.ts';
import { matching } from './external-ids.ts';
import { to18 } from './ids.ts';
import { createRecord, deleteRecord, updateRecord } from './records.ts';
import type { Table } from './table.ts';

/** One record of many: what collections and bulk jobs do with each of theirs, with the same checks and the same errors. */

export type Given = Readonly<Record<string, unknown>>;

export interface Written {
  readonly id: string;
  /** Told by an upsert only. */
  readonly created?: boolean;
}

function withoutId(record: Given): { readonly id: string | undefined; readonly fields: Given } {
  const entries = Object.entries(record);
  const id = entries.find(([name]) => name.toLowerCase() === 'id')?.[1];
  const fields = Object.fromEntries(entries.filter(([name]) => name.toLowerCase() !== 'id'));
  return { id: typeof id === 'string' ? id : undefined, fields };
}

/** @throws RecordRefused like all of these, CallRefused where a record's form refuses the whole call */
export function createOne(writer: Writer, table: Table, record: Given): Written {
  return { id: createRecord(writer, table, record) };
}

export function updateOne(writer: Writer, table: Table, record: Given): Written {
  const { id, fields } = withoutId(record);
  if (id === undefined) throw new RecordRefused('MISSING_ARGUMENT', 'Id not specified in an update call', []);
  updateRecord(writer, table, id, fields);
  return { id: to18(id) ?? id };
}

/** Updates the one live record with that external id, or creates it. */
export function upsertOne(writer: Writer, table: Table, field: FieldDefinition, record: Given): Written {
  const value = Object.entries(record).find(([name]) => name.toLowerCase() === field.name.toLowerCase())?.[1];
  if (typeof value !== 'string' || value.trim() === '') {
    throw new RecordRefused('MISSING_ARGUMENT', `${field.name} not specified`, []);
  }
  const rows = matching(table, field, value);
  if (rows.length > 1) {
    const ids = rows.map((row) => String(row.Id)).join(', ');
    const message = `${field.name}: more than one record found for external id field: [${ids}]`;
    throw new RecordRefused('DUPLICATE_EXTERNAL_ID', message, [field.name]);
  }
  const [row] = rows;
  if (!row) return { id: createRecord(writer, table, record), created: true };
  updateRecord(writer, table, String(row.Id), record);
  return { id: String(row.Id), created: false };
}

/** @param table undefined when the id is of any object */
export function deleteOne(writer: Writer, table: Table | undefined, id: string): Written {
  const found = table ?? writer.world.state.tableOfId(to18(id) ?? '');
  if (!found) throw new RecordRefused(to18(id) ? 'INVALID_CROSS_REFERENCE_KEY' : 'MALFORMED_ID', `bad id ${id}`, []);
  deleteRecord(writer, found, id);
  return { id: to18(id) ?? id };
}

/** What the fault `partial-batch` says about the record at that place: nothing, or a refusal. */
export function failByFault(details: Given | undefined, index: number): void {
  if (!details) return;
  const { every = 2, indexes, statusCode = 'UNABLE_TO_LOCK_ROW' } = details;
  const hit = Array.isArray(indexes) ? indexes.includes(index) : index % Number(every) === Number(every) - 1;
  if (hit) throw new RecordRefused(String(statusCode), 'unable to obtain exclusive access to this record', []);
}
