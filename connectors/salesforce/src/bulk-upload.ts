import { firstOfEach } from '@heed/toolkit';
import type { WireValues } from './api.ts';
import { NULL_CELL, writeCsv } from './csv.ts';
import { idKey } from './soql.ts';
import { toWire } from './values.ts';
import { type PatchOp, refusalOf } from './write.ts';

/** "32,000 chars/field, 400,000 chars/record" (notes, 2.2). */
const MOST_CELL_CHARACTERS = 32_000;
const MOST_ROW_CHARACTERS = 400_000;
/** The vendor takes 100 MB before base64; this is for our own memory, and some 2 KB for each of 10,000 records. */
const MOST_BYTES = 20_000_000;

/**
 * The ops of one type that a job can carry as a REST call would: one per record, since a job's rows have no order. What is
 * left out is told as `stale` and planned anew.
 */
export const carried = (ops: readonly PatchOp[], type: string): readonly PatchOp[] => {
  const good = ops.filter((op) => op.record.type === type && refusalOf(op) === null && fits(wireOf(op)));
  return firstOfEach(good, ({ record }) => [idKey(record.id)]).first;
};

const wireOf = (op: PatchOp): WireValues => toWire(op.record.type, op.fields);

const fits = (values: WireValues): boolean => {
  const texts = Object.values(values).filter((value) => typeof value === 'string');
  const characters = texts.reduce((sum, text) => sum + text.length, 0);
  return characters <= MOST_ROW_CHARACTERS && texts.every(isCell);
};

/** Not the words that mean null, nor what may be taken for an empty cell, which means "leave as it is". */
const isCell = (text: string): boolean =>
  text.length <= MOST_CELL_CHARACTERS && text.trim() !== '' && text.trim().toUpperCase() !== NULL_CELL;

/** The upload of a job. A field that an op does not name has an empty cell and stays as it is. */
export const uploadOf = (ops: readonly PatchOp[]): string => {
  const records = ops.map((op) => ({ id: op.record.id, values: wireOf(op) }));
  const fields = [...new Set(records.flatMap(({ values }) => Object.keys(values)))];
  let bytes = 0;
  const rows: (readonly (string | undefined)[])[] = [];
  for (const { id, values } of records) {
    const row = [id, ...fields.map((field) => cellOf(values[field]))];
    bytes += row.reduce((sum, cell) => sum + Buffer.byteLength(cell ?? '') + 3, 0);
    if (bytes > MOST_BYTES) break;
    rows.push(row);
  }
  return writeCsv(['Id', ...fields], rows);
};

const cellOf = (value: WireValues[string] | undefined): string | undefined => {
  if (value === undefined) return undefined;
  return value === null ? NULL_CELL : String(value);
};
