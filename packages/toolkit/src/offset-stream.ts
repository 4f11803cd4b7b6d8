import { ConnectorError, type Millis, type Row } from '@heed/contract';
import type { Position } from './read-cursor.ts';
import type { Stream, StreamPage } from './windowed-read.ts';

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
  list(query: OffsetQuery, signal: AbortSignal): Promise<OffsetAnswer>;
}

/** A pass over the rows of one stamp, which are too many for a page. */
interface Tie {
  readonly at: Millis;
  /** How often another process went on with it. */
  readonly resumed: number;
  readonly pass: number;
  readonly offset: number;
  /** The vendor's count at the first page. A row that changes leaves the stamp, so a shift shows in the count. */
  readonly total: number | null;
  /**
   * Rows met since the count last changed: several passes together are enough where the vendor shuffles its ties. Null
   * if an earlier process met some of them.
   */
  readonly ids: ReadonlySet<string> | null;
}

const MOST_PASSES = 20;
const MOST_RESTARTS = 2;

/**
 * A stream over a vendor that pages by offset only. Offsets shift under a page when a row changes, so each page begins
 * anew in time, at offset 0, from the last stamp seen (inclusive). Only where one stamp fills a whole page are offsets
 * used, within that stamp, and the pass is repeated until the vendor's count says that nothing shifted.
 */
export const offsetStream = (parts: OffsetStreamParts): Stream => {
  let tie: Tie | null = null;
  return {
    name: parts.name,
    async fetch(from, signal) {
      const at = from?.at ?? null;
      if (at !== null && from !== null && from.id !== null) {
        const known = tie !== null && tie.at === at && placeIn(tie).id === from.id ? tie : resume(at, from.id);
        const { page, tie: next } = await pageOfTie(parts, known, signal);
        tie = next;
        return page;
      }
      const page = await pageFrom(parts, at, signal);
      tie = at !== null && page.next !== null && page.next.id !== null ? firstPass(at) : null;
      return page;
    },
  };
};

const pageFrom = async (parts: OffsetStreamParts, at: Millis | null, signal: AbortSignal): Promise<StreamPage> => {
  const since = at === null ? null : at - parts.resolutionMs;
  const { rows, total } = await parts.list({ since, before: null, offset: 0, count: parts.pageRows }, signal);
  const last = lastStamp(parts, rows);
  const wanted = rowsFrom(rows, at);
  if (isEnd(parts, rows, total, 0)) return { rows: wanted, next: null, total };
  if (last === null)
    throw new ConnectorError('protocol', `${parts.name}: an empty page where the vendor counts ${total} rows`);
  const next = at === null || last > at ? { at: last, id: null } : placeIn(firstPass(at));
  return { rows: wanted, next, total };
};

const pageOfTie = async (
  parts: OffsetStreamParts,
  tie: Tie,
  signal: AbortSignal,
): Promise<{ readonly page: StreamPage; readonly tie: Tie | null }> => {
  const { at, offset, pass } = tie;
  if (pass > MOST_PASSES)
    throw new ConnectorError('unavailable', `${parts.name}: rows keep moving while they are read; try again later`);
  if (parts.maxOffset !== null && offset > parts.maxOffset)
    throw new ConnectorError(
      'protocol',
      `${parts.name}: more than ${parts.maxOffset} rows have one time stamp, which is more than the vendor pages through`,
    );
  const { resolutionMs, pageRows } = parts;
  const query = { since: at - resolutionMs, before: at + 2 * resolutionMs, offset, count: pageRows };
  const answer = await parts.list(query, signal);
  lastStamp(parts, answer.rows);
  const rows = rowsFrom(answer.rows, at);
  const page = (next: Position): StreamPage => ({ rows, next, total: null });
  const go = (next: Tie): { page: StreamPage; tie: Tie } => ({ page: page(placeIn(next)), tie: next });

  if (tie.total !== null && answer.total !== tie.total) return go(nextPass(tie, new Set(), null));
  const ids = withIds(tie.ids, answer.rows);
  if (!isEnd(parts, answer.rows, answer.total, offset))
    return go({ ...tie, offset: offset + answer.rows.length, total: answer.total, ids });
  if (ids !== null && answer.total !== null && ids.size < answer.total) return go(nextPass(tie, ids, answer.total));
  return { page: page({ at: at + resolutionMs, id: null }), tie: null };
};

const firstPass = (at: Millis): Tie => ({ at, resumed: 0, pass: 1, offset: 0, total: null, ids: new Set() });

const nextPass = (tie: Tie, ids: ReadonlySet<string>, total: number | null): Tie => ({
  ...tie,
  pass: tie.pass + 1,
  offset: 0,
  total,
  ids,
});

const withIds = (ids: ReadonlySet<string> | null, rows: readonly Row[]): ReadonlySet<string> | null =>
  ids === null ? null : new Set([...ids, ...rows.map(({ record }) => `${record.type} ${record.id}`)]);

const placeIn = ({ at, resumed, pass, offset, total }: Tie): Position => ({
  at,
  id: `tie ${resumed}.${pass}.${offset}.${total ?? ''}`,
});

/**
 * The tie of another process. The rows it met are not in the cursor, so the pass begins again; but a process that is
 * killed at every page would never end like that. After some restarts the pass goes on where it was, and only the
 * vendor's count guards it.
 */
const resume = (at: Millis, place: string): Tie => {
  const [resumed = 0, pass = 1, offset = 0, total = 0] = place.slice('tie '.length).split('.').map(Number);
  if (!(resumed >= MOST_RESTARTS)) return { ...firstPass(at), resumed: resumed + 1 || 1 };
  return { at, resumed, pass, offset, total: place.endsWith('.') ? null : total, ids: null };
};

const isEnd = ({ pageRows }: OffsetStreamParts, rows: readonly Row[], total: number | null, offset: number): boolean =>
  total === null ? rows.length < pageRows : offset + rows.length >= total;

const rowsFrom = (rows: readonly Row[], at: Millis | null): readonly Row[] =>
  at === null ? rows : rows.filter((row) => row.modifiedAt !== null && row.modifiedAt >= at);

/** Throws `protocol` when the rows are not in order of time: reading on from the last one would lose others. */
const lastStamp = (parts: OffsetStreamParts, rows: readonly Row[]): Millis | null => {
  let last: Millis | null = null;
  for (const { modifiedAt } of rows) {
    if (modifiedAt === null || (last !== null && modifiedAt < last))
      throw new ConnectorError('protocol', `${parts.name}: the vendor's rows are not in the order of their changes`);
    last = modifiedAt;
  }
  return last;
};
