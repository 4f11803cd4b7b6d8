import { type Columns, ConnectorError, type FieldValue, type Row, type Values } from '@heed/contract';
import { bareRow } from '@heed/toolkit';
import type { WireRow } from './api.ts';
import { REFERENCE, type RecordShape, STATUS, UNSUBSCRIBE, UNSUBSCRIBED } from './record-shape.ts';
import { referenceIn } from './reference.ts';
import { columnOf, isId } from './suiteql.ts';
import { topicIdIn } from './topics.ts';
import { fromWire, isTicked } from './values.ts';
import { stampColumn, type Zone } from './zone.ts';

/** What a query of one record type selects, and how its rows become the contract's. */
export interface Selection {
  /** Names of the fields that the request is about, without those that stand for topics. */
  readonly fields: readonly string[];
  /** For SELECT, when these of the fields are columns. */
  columns(fields: readonly string[]): readonly string[];
  row(wire: WireRow, fields: readonly string[], zone: Zone): Row;
}

/** A field that the type lacks, or that permissions hide, is left out and not guessed. */
export const selectionOf = (shape: RecordShape, wanted: Columns): Selection => {
  const names = [...new Set([...wanted.fields, ...wanted.consent.map(({ field }) => field)])];
  const own = names.filter((name) => shape.fields.has(name) && topicIdIn(name) === null && name !== REFERENCE);
  const beside = own.includes(STATUS) && shape.fields.has(UNSUBSCRIBE) ? [UNSUBSCRIBE] : [];
  const reference = wanted.reference === null ? [] : [referenceField(wanted.reference)];
  const shownReference = names.includes(REFERENCE) ? [REFERENCE] : [];
  const fields = [...new Set([...own, ...beside, ...reference, ...shownReference])].filter((name) => name !== 'email');
  return {
    fields,
    columns: (known) => [
      'id',
      'email',
      stampColumn('lastmodifieddate', 'lm'),
      ...known.map((name) => columnFor(shape, name)),
    ],
    row: (wire, known, zone) => ({
      // No field tells who changed a record last, and system notes are not known to be readable by queries.
      ...bareRow({ type: shape.type, id: idOf(wire) }, zone.toUtc(wire.lm)),
      email: textOf(wire.email),
      reference: wanted.reference === null || !known.includes(REFERENCE) ? null : referenceOf(wire),
      values: valuesOf(shape, wire, names, known),
    }),
  };
};

/** The one field that the vendor keeps unique, and that we look up by. */
const referenceField = (name: string): string => {
  if (name === REFERENCE) return name;
  throw new ConnectorError(
    'config',
    `netsuite: reference must be ${REFERENCE}, the only field that NetSuite keeps unique`,
  );
};

/** A date comes in the user's own date format unless it is asked for in another. */
const columnFor = (shape: RecordShape, name: string): string =>
  shape.fields.get(name)?.type === 'date'
    ? `TO_CHAR(${columnOf(name)}, 'YYYY-MM-DD') AS ${columnOf(name)}`
    : columnOf(name);

const valuesOf = (shape: RecordShape, wire: WireRow, names: readonly string[], known: readonly string[]): Values => {
  const values: Record<string, FieldValue> = {};
  for (const name of names) {
    const field = shape.fields.get(name);
    if (field === undefined || !(known.includes(name) || name === 'email')) continue;
    // An empty column is absent from an answer; that it was asked for makes it empty and not unknown.
    const value = fromWire(field, wire[columnOf(name)]);
    values[name] = name === STATUS ? statusOf(value, wire[UNSUBSCRIBE]) : value;
  }
  return values;
};

/** The status, or where it is no opt-out by itself and the box "Unsubscribe from Campaigns" is ticked, that. */
export const statusOf = (status: FieldValue, unsubscribe: unknown): FieldValue => {
  if (isOptedOutStatus(status)) return status;
  return isTicked(unsubscribe) ? UNSUBSCRIBED : status;
};

/** Soft (2) and confirmed (4) opt-out (section_N994827). */
export const isOptedOutStatus = (status: unknown): boolean => status === '2' || status === '4';

/** The id of a row; `protocol` for what has none: nobody could say whose the rest of it is. */
export const idOf = ({ id }: WireRow): string => {
  const text = typeof id === 'string' || typeof id === 'number' ? String(id) : '';
  if (isId(text)) return text;
  throw new ConnectorError('protocol', 'netsuite query: a row of the answer has no id');
};

const textOf = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? value : null);

const referenceOf = (wire: WireRow): string | null => {
  const externalId = textOf(wire[columnOf(REFERENCE)]);
  return externalId === null ? null : referenceIn(externalId);
};
