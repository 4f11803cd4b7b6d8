import type { Columns, Lookup, RecordRef, Row } from '@heed/contract';
import { inParallel } from '@heed/toolkit';
import type { Api } from './api.ts';
import { QUERIES_AT_ONCE } from './campaigns.ts';
import { supported } from './conditions.ts';
import { type ObjectShape, readableShape, type Shapes } from './object-shape.ts';
import { type Selection, selectionOf } from './rows.ts';
import { fieldName, inUrl, isId, isIn, listsThatFit } from './soql.ts';

/** "Chunk `Email IN (...)` to ~100" (notes, 2). Ids are shorter, so as many as the URL takes. */
const MOST_EMAILS = 100;
export const MOST_IDS = 500;

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
      if ('emails' in by) return rowsWith(api, shape, lookup, 'Email', distinct(by.emails), MOST_EMAILS, signal);
      const field = lookup.reference;
      // Without the field no record can have a reference.
      if (field === null || !shape.fields.has(field)) return [];
      return rowsWith(api, shape, lookup, field, by.references, MOST_EMAILS, signal);
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
  most: number,
  signal: AbortSignal,
): Promise<readonly Row[]> => {
  const { userId } = await api.whoWeAre(signal);
  const selection = selectionOf(shape, columns, userId);
  const start = `SELECT ${selection.columns.join(', ')} FROM ${shape.name} WHERE `;
  const rest = supported(shape)
    .map((condition) => ` AND ${condition}`)
    .join('');
  const restBytes = inUrl(`${start}${fieldName(field)} IN ()${rest}`).length;
  const lists = listsThatFit(values, restBytes, most);
  const answers = await inParallel(lists, QUERIES_AT_ONCE, (list) =>
    api.everyPage(`${start}${isIn(field, list)}${rest}`, 'all', signal),
  );
  return rowsOf(selection, answers.flat());
};

const rowsOf = (selection: Selection, records: Parameters<Selection['row']>[0][]): readonly Row[] =>
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
      return rowsWith(api, shape, columns, 'Id', [...new Set(ids)], MOST_IDS, signal);
    }),
  );
  return rows.flat();
};

/** Without spellings that differ in the case of a-z only: the vendor compares without regard to case. */
const distinct = (emails: readonly string[]): readonly string[] => [
  ...new Map(emails.map((email) => [email.replace(/[A-Z]/g, (letter) => letter.toLowerCase()), email])).values(),
];
