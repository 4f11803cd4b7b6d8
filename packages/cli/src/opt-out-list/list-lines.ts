import { pipeline, Readable } from 'node:stream';
import type { AddressKey } from '@heed/core';
import { CsvError, parse } from 'csv-parse';
import { addressIn } from './address-cell.ts';
import { type AddressColumn, findAddressColumn } from './address-column.ts';
import { delimiterNamed, detectDelimiter } from './delimiter.ts';
import { decoded, detectEncoding } from './encoding.ts';
import type { ListSource } from './list-source.ts';
import { UnreadableList } from './unreadable-list.ts';

/** How a file is to be read, where somebody says so; null: found out. */
export interface ListWishes {
  readonly column: string | null;
  readonly delimiter: string | null;
  readonly encoding: string | null;
}

/** How a file is read. */
export interface ListShape {
  readonly encoding: string;
  readonly delimiter: string;
  /** The first line names the delimiter (`sep=;`) and is no row. */
  readonly namesDelimiter: boolean;
  /** Null: the file has no row at all. */
  readonly column: AddressColumn | null;
  /** Of the bytes and of how they are read. */
  readonly digest: string;
}

/** One row: an address, or why there is none. Lines count from 1; a row with line breaks in quotes has that of its beginning. */
export type ListLine = { readonly line: number } & ({ readonly address: AddressKey } | { readonly broken: string });

/** What the delimiter is judged by. */
const HEAD_CHARACTERS = 64 * 1024;
/** A row that is longer has a quote that was never closed. */
const LONGEST_ROW = 256 * 1024;

const headOf = async (text: AsyncIterable<string>): Promise<string> => {
  let head = '';
  for await (const piece of text) {
    head += piece;
    if (head.length >= HEAD_CHARACTERS) break;
  }
  return head;
};

interface Row {
  readonly line: number;
  readonly cells: readonly string[];
}

const breaksIn = (cells: readonly string[]): number =>
  cells.reduce((sum, cell) => sum + (cell.match(/\r\n|\n|\r/g)?.length ?? 0), 0);

/** Rows that hold anything, in constant memory. */
async function* rowsOf(text: AsyncIterable<string>, shape: Omit<ListShape, 'column' | 'digest'>): AsyncGenerator<Row> {
  const parser = parse({
    delimiter: shape.delimiter,
    record_delimiter: ['\r\n', '\n', '\r'],
    relax_column_count: true,
    relax_quotes: true,
    skip_empty_lines: true,
    max_record_size: LONGEST_ROW,
    info: true,
    from_line: shape.namesDelimiter ? 2 : 1,
  });
  // Whichever of both ends first takes the other with it; an error of either comes out of the loop.
  pipeline(Readable.from(text), parser, () => {});
  try {
    for await (const { record, info } of parser as AsyncIterable<{ record: string[]; info: { lines: number } }>) {
      if (record.every((cell) => cell.trim() === '')) continue;
      yield { line: info.lines - breaksIn(record), cells: record };
    }
  } catch (error) {
    throw error instanceof CsvError ? unreadable(error) : error;
  }
}

const unreadable = (error: CsvError): UnreadableList => {
  const line = typeof error.lines === 'number' ? ` at line ${error.lines}` : '';
  if (error.code === 'CSV_QUOTE_NOT_CLOSED' || error.code === 'CSV_MAX_RECORD_SIZE')
    return new UnreadableList(
      `A quote is opened and never closed${error.code === 'CSV_QUOTE_NOT_CLOSED' ? line : ` before line ${error.lines}`}, so what follows cannot be told apart. Correct it and import the file again; nothing was written.`,
    );
  return new UnreadableList(`The file is no CSV${line} (${error.code}); nothing was written.`);
};

/** Finds out how a file is to be read; reads all of its bytes once. */
export const shapeOf = async (source: ListSource, wishes: ListWishes): Promise<ListShape> => {
  const { encoding, digest } = await detectEncoding(source.bytes(), wishes.encoding);
  const found = detectDelimiter(await headOf(decoded(source.bytes(), encoding)));
  const delimiter = wishes.delimiter === null ? found.delimiter : delimiterNamed(wishes.delimiter);
  const shape = { encoding, delimiter, namesDelimiter: found.named };
  for await (const { cells } of rowsOf(decoded(source.bytes(), encoding), shape)) {
    const column = findAddressColumn(cells, wishes.column);
    return { ...shape, column, digest: `${digest} ${encoding} ${delimiter} ${column.index} ${column.header}` };
  }
  return { ...shape, column: null, digest };
};

/** Every row of a list but its header, in constant memory. */
export async function* listLines(source: ListSource, shape: ListShape): AsyncGenerator<ListLine> {
  const { column } = shape;
  if (column === null) return;
  let first = true;
  for await (const { line, cells } of rowsOf(decoded(source.bytes(), shape.encoding), shape)) {
    const isHeader = first && column.header;
    first = false;
    if (!isHeader) yield { line, ...addressOf(cells, column) };
  }
}

/** A row that is longer than the first one has its columns somewhere else: whose address stands there nobody knows. */
const addressOf = (cells: readonly string[], column: AddressColumn): ReturnType<typeof addressIn> => {
  if (cells.slice(column.width).some((cell) => cell.trim() !== ''))
    return { broken: `${cells.length} columns, the first row has ${column.width}` };
  const cell = cells[column.index];
  return cell === undefined ? { broken: `only ${cells.length} of ${column.width} columns` } : addressIn(cell);
};
