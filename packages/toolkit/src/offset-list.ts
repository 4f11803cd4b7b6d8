import { ConnectorError, type Millis, type Row } from '@heed/contract';
import type { StreamPage } from './windowed-read.ts';

export interface OffsetQuery {
  /** Changed since; the vendor may take it as "at or after" or as "after": both are fine. Null: no lower end. */
  readonly since: Millis | null;
  /** Changed before; "at or before" is fine, too. Null: no upper end. */
  readonly before: Millis | null;
  readonly offset: number;
  readonly count: number;
}

export interface OffsetAnswer {
  /** In ascending order of `modifiedAt`, which none may lack. Ties may be in any order. */
  readonly rows: readonly Row[];
  /** All rows of the query, by the vendor's count; null where it does not say. */
  readonly total: number | null;
}

export interface OffsetStreamParts {
  readonly name: string;
  /** Rows per request. */
  readonly pageRows: number;
  /** How finely the vendor's stamps are kept: 1,000 for whole seconds. */
  readonly resolutionMs: number;
  /** The vendor answers no deeper offset than this; null if it does. */
  readonly maxOffset: number | null;
  /** Whatever changes from now on gets a later stamp than this, as far as anybody can tell. Vendor's clock. */
  settledUntil(): Millis;
  list(query: OffsetQuery, signal: AbortSignal): Promise<OffsetAnswer>;
}

/** A page, and what this process has to remember to fetch the one behind it by offset; null: that one begins in time. */
export interface Fetched<T> {
  readonly page: StreamPage;
  readonly memory: T | null;
}

/** The lower end of a query that shall bring the rows of `at`, whether or not the vendor counts the bound in. */
export const sinceFor = ({ resolutionMs }: OffsetStreamParts, at: Millis | null): Millis | null =>
  at === null ? null : at - resolutionMs;

export const isEnd = (
  { pageRows }: OffsetStreamParts,
  rows: readonly Row[],
  total: number | null,
  offset: number,
): boolean => (total === null ? rows.length < pageRows : offset + rows.length >= total);

export const rowsFrom = (rows: readonly Row[], at: Millis | null): readonly Row[] =>
  at === null ? rows : rows.filter((row) => row.modifiedAt !== null && row.modifiedAt >= at);

/** Fewer rows than this part of a page are rather read again: a page that begins in time cannot shift. */
const FEW = 0.1;
export const BORDER_ROWS = 3;
export const isMany = ({ pageRows }: OffsetStreamParts, rows: readonly Row[]): boolean =>
  rows.length > Math.max(BORDER_ROWS, FEW * pageRows);

export const keyOf = ({ record }: Row): string => `${record.type} ${record.id}`;

/** Throws `protocol` when the rows are not in order of time: reading on from the last one would lose others. */
export const lastStamp = (parts: OffsetStreamParts, rows: readonly Row[]): Millis | null => {
  let last: Millis | null = null;
  for (const { modifiedAt } of rows) {
    if (modifiedAt === null || (last !== null && modifiedAt < last))
      throw new ConnectorError('protocol', `${parts.name}: the vendor's rows are not in the order of their changes`);
    last = modifiedAt;
  }
  return last;
};
