import { type Columns, ConnectorError, type FieldValue, type Life, type Millis, type Row } from '@heed/contract';
import { bareRow, momentIn } from '@heed/toolkit';
import { addressFromWire, addressParts } from './addresses.ts';
import type { WireRecord } from './api.ts';
import { fieldTypeOf, type ObjectShape } from './object-shape.ts';
import { fieldName, idKey, isId } from './soql.ts';
import { fromWire } from './values.ts';

/** What a query of one record type selects, and how its records become rows. */
export interface Selection {
  readonly type: string;
  /** For SELECT. */
  readonly columns: readonly string[];
  row(record: WireRecord, lists: readonly string[] | null): Row;
}

/** Always read; those of other types, or that the org lacks, are left out: one unknown column fails the whole query. */
const SYSTEM_COLUMNS = [
  'Id',
  'Email',
  'SystemModstamp',
  'LastModifiedDate',
  'LastModifiedById',
  'IsDeleted',
  'MasterRecordId',
  'IsConverted',
  'ConvertedContactId',
];

/** Needed columns only. A field that the type lacks, or that permissions hide, is left out and not guessed. */
export const selectionOf = (shape: ObjectShape, wanted: Columns, ourUserId: string): Selection => {
  const names = new Set([...wanted.fields, ...wanted.consent.map(({ field }) => field)].map(fieldName));
  const values = [...names].filter((name) => isReadable(shape, name));
  const reference =
    wanted.reference !== null && shape.fields.has(wanted.reference) ? fieldName(wanted.reference) : null;
  const parts = values.flatMap((name) => Object.values(addressParts(shape.name, name) ?? { name }));
  const system = SYSTEM_COLUMNS.filter((name) => shape.fields.has(name));
  return {
    type: shape.name,
    columns: [...new Set([...system, ...parts, ...(reference === null ? [] : [reference])])],
    row: (record, lists) => ({
      record: { type: shape.name, id: idOf(record) },
      email: emailOf(record),
      modifiedAt: stampOf(record),
      modifiedByUser: textOf(record.LastModifiedById),
      modifiedBy: modifiedBy(record, ourUserId),
      life: lifeOf(shape.name, record),
      reference: reference === null ? null : textOf(record[reference]),
      values: Object.fromEntries(
        values.filter((name) => isIn(shape, name, record)).map((name) => [name, fieldValueOf(shape, name, record)]),
      ),
      member: null,
      lists,
      version: textOf(record.SystemModstamp),
    }),
  };
};

/** The id of a record; `protocol` for what has none: nobody could say whose the rest of it is. */
export const idOf = ({ Id: id }: WireRecord): string => {
  if (typeof id === 'string' && isId(id)) return id;
  throw new ConnectorError('protocol', 'salesforce query: a record of the answer has no id');
};

/** An address that was asked for and did not come is no missing address. */
const emailOf = (record: WireRecord): string | null => {
  if (record.Email !== null && typeof record.Email !== 'string')
    throw new ConnectorError(
      'protocol',
      'salesforce query: a record of the answer lacks the address that was asked for',
    );
  return textOf(record.Email);
};

/**
 * A field that the answer lacks, or answers with what no field holds, was not read: what is taken for empty says something about
 * consent and empties other fields, and an object is nobody's name.
 */
const isIn = (shape: ObjectShape, name: string, record: WireRecord): boolean =>
  Object.values(addressParts(shape.name, name) ?? { name }).every(
    (column) => Object.hasOwn(record, column) && (record[column] === null || typeof record[column] !== 'object'),
  );

/** A record that is not even in the Recycle Bin: only that and when it was deleted is known. */
export const goneRow = (type: string, id: string, at: Millis | null): Row =>
  bareRow({ type, id }, at, { kind: 'deleted' });

/** SystemModstamp also moves for changes of the system; LastModifiedDate can be set by importers and misses some (notes, 2). */
export const stampOf = (record: WireRecord): Millis | null => momentIn(record.SystemModstamp);

const isReadable = (shape: ObjectShape, name: string): boolean => {
  const parts = addressParts(shape.name, name);
  return parts === null ? shape.fields.has(name) : Object.values(parts).every((part) => shape.fields.has(part));
};

const fieldValueOf = (shape: ObjectShape, name: string, record: WireRecord): FieldValue => {
  const parts = addressParts(shape.name, name);
  if (parts !== null) return addressFromWire(parts, record);
  const field = shape.fields.get(name);
  return fromWire(field === undefined ? 'text' : fieldTypeOf(field), record[name]);
};

const textOf = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? value : null);

/**
 * LastModifiedById tells who made the change of LastModifiedDate. If the system touched the record afterwards, the last
 * change is nobody's that we could name.
 */
const modifiedBy = (record: WireRecord, ourUserId: string): Row['modifiedBy'] => {
  const by = textOf(record.LastModifiedById);
  if (by === null || ourUserId === '') return 'unknown';
  if (idKey(by) !== idKey(ourUserId)) return 'other';
  return record.LastModifiedDate === record.SystemModstamp ? 'us' : 'unknown';
};

/** A loser of a merge is deleted and names its heir; a converted lead lives on, unchangeable, and names its contact (C16). */
const lifeOf = (type: string, record: WireRecord): Life => {
  const master = heirIn(record.MasterRecordId);
  if (record.IsDeleted === true)
    return master === null ? { kind: 'deleted' } : { kind: 'continued', as: { type, id: master } };
  if (record.IsConverted !== true) return { kind: 'live' };
  const contact = heirIn(record.ConvertedContactId);
  // Without permission to see the contact the lead is still nobody's record any more: nothing can be written to it.
  return contact === null ? { kind: 'deleted' } : { kind: 'continued', as: { type: 'Contact', id: contact } };
};

const heirIn = (value: unknown): string | null => (typeof value === 'string' && isId(value) ? value : null);
