import { Buffer } from 'node:buffer';
import {
  type ListLine,
  type ListShape,
  type ListWishes,
  listLines,
  shapeOf,
} from '../../src/opt-out-list/list-lines.ts';
import type { ListSource } from '../../src/opt-out-list/list-source.ts';

export type Written = 'utf-8' | 'utf-8 with mark' | 'utf-16le' | 'utf-16be' | 'windows-1252';

/** A text as a program would write it. */
export const bytesOf = (text: string, written: Written): Uint8Array => {
  if (written === 'utf-8') return Buffer.from(text);
  if (written === 'utf-8 with mark') return Buffer.from(`\ufeff${text}`);
  if (written === 'windows-1252') return Buffer.from(text, 'latin1');
  const little = Buffer.from(`\ufeff${text}`, 'utf16le');
  return written === 'utf-16le' ? little : little.swap16();
};

/** Bytes in small pieces, so that signs and rows are cut in two. */
export const sourceOf = (bytes: Uint8Array, piece = 7): ListSource => ({
  async *bytes() {
    for (let i = 0; i < bytes.length; i += piece) yield bytes.subarray(i, i + piece);
  },
  async close() {},
});

export const NO_WISHES: ListWishes = { column: null, delimiter: null, encoding: null };

export interface Read {
  readonly shape: ListShape;
  readonly lines: readonly ListLine[];
  /** `2 ann@x.org`, `3! no address` */
  readonly said: readonly string[];
}

export const readAll = async (bytes: Uint8Array, wishes: Partial<ListWishes> = {}): Promise<Read> => {
  const source = sourceOf(bytes);
  const shape = await shapeOf(source, { ...NO_WISHES, ...wishes });
  const lines: ListLine[] = [];
  for await (const line of listLines(source, shape)) lines.push(line);
  return {
    shape,
    lines,
    said: lines.map((one) => ('address' in one ? `${one.line} ${one.address}` : `${one.line}! ${one.broken}`)),
  };
};

export const read = (text: string, wishes: Partial<ListWishes> = {}): Promise<Read> =>
  readAll(bytesOf(text, 'utf-8'), wishes);
