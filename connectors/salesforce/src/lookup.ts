import type { Columns, Lookup, RecordRef, Row } from '@heed/contract';
import { chunk, inParallel } from '@heed/toolkit';
import { type Api, MAX_RETRIEVED, type WireRecord } from './api.ts';
import { isSupported, PERSON_ACCOUNT, supported } from './conditions.ts';
import { type ObjectShape, readableShape, type Shapes } from './object-shape.ts';
import { idOf, type Selection, selectionOf } from './rows.ts';
import { idKey, isId } from './soql.ts';
import { listsFor, QUERIES_AT_ONCE, type QueryWithList, recordsWhereIn } from './where-in.ts';

/** Records by id, address or reference; deleted, merged and converted ones with their life (`queryAll`). */
export const lookUp = async (
  api: Api,
  shapes: Shapes,
  lookup: Lookup,
  signal: AbortSignal,
): Promise<readonly Row[]> => {
  const { by } = lookup;
  if ('records' in by) return byRecords(api, shapes, lookup, by.records, signal);
  const rows = await Promise.all(
    lookup.types.map(async (type) => {
      const shape = await readableShape(shapes, type, signal);
      if ('emails' in by) return rowsWith(api, shape, lookup, 'Email', distinct(by.emails), signal);
      const field = lookup.reference;
      // Without the field no record can have a reference.
      if (field === null || !shape.fields.has(field)) return [];
      return rowsWith(api, shape, lookup, field, by.references, signal);
    }),
  );
  return rows.flat();
};

/** Every record of a type whose `field` has one of the values. */
export const rowsWith = async (
  api: Api,
  shape: ObjectShape,
  columns: Columns,
  field: string,
  values: readonly string[],
  signal: AbortSignal,
): Promise<readonly Row[]> => {
  const { userId } = await api.whoWeAre(signal);
  const selection = selectionOf(shape, columns, userId);
  return rowsOf(selection, await recordsWhereIn(api, queryFor(shape, selection, field), values, 'all', signal));
};

const queryFor = (shape: ObjectShape, { columns }: Selection, field: string): QueryWithList => ({
  start: `SELECT ${columns.join(',')} FROM ${shape.name} WHERE `,
  field,
  rest: supported(shape)
    .map((condition) => ` AND ${condition}`)
    .join(''),
});

/**
 * Records by id. More than one query has room for are fetched by the 2,000, and only those that this does not show, because
 * they are deleted, merged or gone, are asked for by queries.
 */
export const rowsById = async (
  api: Api,
  shape: ObjectShape,
  columns: Columns,
  ids: readonly string[],
  signal: AbortSignal,
): Promise<readonly Row[]> => {
  const { userId } = await api.whoWeAre(signal);
  const selection = selectionOf(shape, columns, userId);
  if ((await listsFor(api, queryFor(shape, selection, 'Id'), ids, signal)).length <= 1)
    return rowsWith(api, shape, columns, 'Id', ids, signal);
  const records = await retrieved(api, shape, selection, ids, signal);
  const found = new Set(records.map((record) => idKey(idOf(record))));
  const others = ids.filter((id) => !found.has(idKey(id)));
  const rows = rowsOf(selection, records.filter(isSupported));
  return others.length === 0 ? rows : [...rows, ...(await rowsWith(api, shape, columns, 'Id', others, signal))];
};

const retrieved = async (
  api: Api,
  shape: ObjectShape,
  { columns }: Selection,
  ids: readonly string[],
  signal: AbortSignal,
): Promise<readonly WireRecord[]> => {
  const fields = [...columns, ...[PERSON_ACCOUNT].filter((name) => shape.fields.has(name))];
  const parts = await inParallel(chunk(ids, MAX_RETRIEVED), QUERIES_AT_ONCE, (part) =>
    api.retrieve(shape.name, part, fields, signal),
  );
  return parts.flat().filter((record) => record !== null);
};

const rowsOf = (selection: Selection, records: readonly WireRecord[]): readonly Row[] =>
  records.map((record) => selection.row(record, null));

/** What is no id exists nowhere; in a query it would fail the others. */
const byRecords = async (
  api: Api,
  shapes: Shapes,
  columns: Columns,
  records: readonly RecordRef[],
  signal: AbortSignal,
): Promise<readonly Row[]> => {
  const types = [...new Set(records.map(({ type }) => type))];
  const rows = await Promise.all(
    types.map(async (type) => {
      const shape = await readableShape(shapes, type, signal);
      const ids = records.filter((record) => record.type === type && isId(record.id)).map(({ id }) => id);
      return rowsById(api, shape, columns, [...new Set(ids)], signal);
    }),
  );
  return rows.flat();
};

/** Without spellings that differ in the case of a-z only: the vendor compares without regard to case. */
const distinct = (emails: readonly string[]): readonly string[] => [
  ...new Map(emails.map((email) => [email.replace(/[A-Z]/g, (letter) => letter.toLowerCase()), email])).values(),
];
