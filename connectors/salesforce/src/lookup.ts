import type { Columns, Lookup, RecordRef, Row } from '@heed/contract';
import { chunk, inParallel } from '@heed/toolkit';
import { type Api, MAX_RETRIEVED, type WireRecord } from './api.ts';
import { QUERIES_AT_ONCE } from './campaigns.ts';
import { isSupported, PERSON_ACCOUNT, supported } from './conditions.ts';
import { type ObjectShape, readableShape, type Shapes } from './object-shape.ts';
import { idOf, type Selection, selectionOf } from './rows.ts';
import { fieldName, idKey, inUrl, isId, isIn, listsThatFit } from './soql.ts';

/** As many as the URL takes, in bytes ("URI+headers cap 16,384", notes 2): some 300 addresses, some 400 ids. A bound for readers. */
const MOST_VALUES = 500;

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
  const { start, rest, lists } = queriesFor(shape, selection, field, values);
  const answers = await inParallel(lists, QUERIES_AT_ONCE, (list) =>
    api.everyPage(`${start}${isIn(field, list)}${rest}`, 'all', signal),
  );
  return rowsOf(selection, answers.flat());
};

const queriesFor = (shape: ObjectShape, selection: Selection, field: string, values: readonly string[]) => {
  const start = `SELECT ${selection.columns.join(', ')} FROM ${shape.name} WHERE `;
  const rest = supported(shape)
    .map((condition) => ` AND ${condition}`)
    .join('');
  const restBytes = inUrl(`${start}${fieldName(field)} IN ()${rest}`).length;
  return { start, rest, lists: listsThatFit(values, restBytes, MOST_VALUES) };
};

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
  if (queriesFor(shape, selection, 'Id', ids).lists.length <= 1)
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
