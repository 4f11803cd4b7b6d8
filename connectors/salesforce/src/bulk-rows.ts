import type { WireRecord } from './api.ts';
import type { Table } from './csv.ts';
import type { ObjectShape } from './object-shape.ts';

/**
 * Rows of a job as a query answers the same records, so that one way leads from there to the contract's rows. An empty cell
 * is null: the vendor keeps no empty text.
 */
export const wireRecords = (shape: ObjectShape, { header, rows }: Table): readonly WireRecord[] => {
  const columns = header.map((name) => ({ name, read: readerOf(shape.fields.get(name)?.type ?? 'string') }));
  return rows.map((row) => {
    const record: Record<string, unknown> = Object.create(null);
    for (const [index, { name, read }] of columns.entries()) {
      const cell = row[index] ?? '';
      record[name] = cell === '' ? null : read(cell);
    }
    return record;
  });
};

type Reader = (cell: string) => unknown;

const asText: Reader = (cell) => cell;
const asBoolean: Reader = (cell) => (cell === 'true' ? true : cell === 'false' ? false : cell);
/** `23.0` where a query answers 23. */
const asNumber: Reader = (cell) => (Number.isNaN(Number(cell)) ? cell : Number(cell));
/** Jobs write `...000Z`, queries `...000+0000`; versions are compared as text. */
const asMoment: Reader = (cell) => cell.replace(/Z$/, '+0000');

const READERS: Readonly<Record<string, Reader>> = {
  boolean: asBoolean,
  int: asNumber,
  long: asNumber,
  double: asNumber,
  currency: asNumber,
  percent: asNumber,
  datetime: asMoment,
};
const readerOf = (type: string): Reader => READERS[type] ?? asText;
