import { harmless } from './harmless.ts';
import { WIDTH, widthOf, wrapped } from './text.ts';

export interface Column {
  readonly title: string;
  /** Numbers stand at the right. */
  readonly align?: 'left' | 'right';
  /** Gives up width first, and breaks its text over several lines; nothing is cut away. Left out if it has no text at all. */
  readonly flexible?: boolean;
}

const GAP = 2;
const NARROWEST = 8;

/** One by one: a run lists a hundred thousand changes, more than a function takes arguments. */
const widest = (texts: Iterable<string>, least: number): number => {
  let most = least;
  for (const text of texts) most = Math.max(most, widthOf(text));
  return most;
};

const naturalWidths = (columns: readonly Column[], rows: readonly (readonly string[])[]): number[] =>
  columns.map((column, i) =>
    widest(
      rows.map((row) => row[i] ?? ''),
      widthOf(column.title),
    ),
  );

/** Below this a flexible column breaks words: an address that is broken cannot be copied or searched for. */
const longestWords = (columns: readonly Column[], rows: readonly (readonly string[])[]): readonly number[] =>
  columns.map((column, i) =>
    widest(
      [column.title, ...rows.map((row) => row[i] ?? '')].flatMap((cell) => cell.split(/\s/)),
      NARROWEST,
    ),
  );

/** Takes what is too much from the widest flexible column, one by one; words are broken only if nothing else helps. */
const fitted = (
  widths: readonly number[],
  columns: readonly Column[],
  wholeWords: readonly number[],
  width: number,
): readonly number[] => {
  const fits = [...widths];
  const tooWide = (): boolean => fits.reduce((sum, one) => sum + one, 0) + GAP * (fits.length - 1) > width;
  const narrow = (floors: readonly number[]): boolean => {
    const candidates = fits.flatMap((own, i) => (columns[i]?.flexible === true && own > (floors[i] ?? 0) ? [i] : []));
    const first = candidates.sort((a, b) => (fits[b] ?? 0) - (fits[a] ?? 0))[0];
    if (first !== undefined) fits[first] = (fits[first] ?? 0) - 1;
    return first !== undefined;
  };
  const anyWidth = columns.map(() => NARROWEST);
  while (tooWide() && (narrow(wholeWords) || narrow(anyWidth)));
  return fits;
};

/** A table in plain text, at most `width` columns wide as long as its flexible columns can give way. */
export const table = (
  all: readonly Column[],
  rows: readonly (readonly string[])[],
  options: { readonly indent?: string; readonly heading?: boolean } = {},
): string => {
  const indent = options.indent ?? '';
  const used = all.map((column, i) => column.flexible !== true || rows.some((row) => (row[i] ?? '') !== ''));
  const columns = all.filter((_, i) => used[i]);
  const plain = rows.map((row) => row.filter((_, i) => used[i]).map(harmless));
  const widths = fitted(naturalWidths(columns, plain), columns, longestWords(columns, plain), WIDTH - widthOf(indent));
  const heading = options.heading === false ? [] : [columns.map((column) => column.title)];
  return [...heading, ...plain].map((row) => linesOf(row, columns, widths, indent)).join('\n');
};

const linesOf = (
  row: readonly string[],
  columns: readonly Column[],
  widths: readonly number[],
  indent: string,
): string => {
  const cells = columns.map((_, i) => wrapped(row[i] ?? '', widths[i]));
  const height = Math.max(...cells.map((cell) => cell.length));
  const lines = Array.from({ length: height }, (_, y) =>
    columns.map((column, i) => padded(cells[i]?.[y] ?? '', widths[i] ?? 0, column.align)).join(' '.repeat(GAP)),
  );
  return lines.map((line) => `${indent}${line}`.trimEnd()).join('\n');
};

const padded = (text: string, width: number, align: Column['align']): string => {
  const space = ' '.repeat(Math.max(0, width - widthOf(text)));
  return align === 'right' ? space + text : text + space;
};
