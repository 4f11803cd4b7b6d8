import { ConnectorError, type Millis, type Row } from '@heed/contract';
import {
  type Fetched,
  isEnd,
  isMany,
  keyOf,
  lastStamp,
  type OffsetAnswer,
  type OffsetStreamParts,
  rowsFrom,
  sinceFor,
} from './offset-list.ts';
import type { Position } from './read-cursor.ts';

/** A pass over the rows of one stamp, which are too many for a page. */
export interface Tie {
  readonly kind: 'tie';
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
  /** Nothing lies behind it: `total` was that of a query without an upper end. */
  readonly isLast: boolean;
}

const MOST_PASSES = 20;
const MOST_RESTARTS = 2;

/** One page of a tie. The pass is repeated until the vendor's count says that nothing shifted and nobody is missing. */
export const pageOfTie = async (parts: OffsetStreamParts, tie: Tie, signal: AbortSignal): Promise<Fetched<Tie>> => {
  const { at, offset, pass } = tie;
  if (pass > MOST_PASSES)
    throw new ConnectorError('unavailable', `${parts.name}: rows keep moving while they are read; try again later`);
  if (parts.maxOffset !== null && offset > parts.maxOffset)
    throw new ConnectorError(
      'protocol',
      `${parts.name}: more than ${parts.maxOffset} rows have one time stamp, which is more than the vendor pages through`,
    );
  const { resolutionMs, pageRows } = parts;
  const query = { since: sinceFor(parts, at), before: at + 2 * resolutionMs, offset, count: pageRows };
  const answer = await parts.list(query, signal);
  lastStamp(parts, answer.rows);
  const rows = rowsFrom(answer.rows, at);
  const go = (next: Tie): Fetched<Tie> => ({ page: { rows, next: placeOfTie(next), total: null }, memory: next });

  if (tie.total !== null && answer.total !== tie.total) return go(nextPass(tie, new Set(), null));
  const ids = withIds(tie.ids, answer.rows);
  if (!isEnd(parts, answer.rows, answer.total, offset))
    return go({ ...tie, offset: offset + answer.rows.length, total: answer.total, ids });
  if (ids !== null && answer.total !== null && ids.size < answer.total) return go(nextPass(tie, ids, answer.total));
  const next = tie.isLast ? null : { at: at + resolutionMs, id: null };
  return { page: { rows, next, total: null }, memory: null };
};

/**
 * The tie that a page ended in, to be gone on with behind that page; null: it has few rows, or where it goes on is not sure. The
 * page had no upper end. If there is more behind the tie, its next page counts fewer, and the pass begins again.
 */
export const tieBehind = (parts: OffsetStreamParts, from: Millis | null, { rows, total }: OffsetAnswer): Tie | null => {
  const at = lastStamp(parts, rows);
  // A page may not even have got to where it began, for the many rows of the stamp before that an inclusive vendor brings.
  if (at === null || total === null || (from !== null && at < from)) return null;
  const ofTie = rowsFrom(rows, at);
  // The query of a tie begins a stamp before it, and may or may not bring the rows of that.
  const before = from === at ? 0 : rows.length - ofTie.length;
  const isSure = from === at || rowsFrom(rows, at - parts.resolutionMs).length === ofTie.length;
  const offset = rows.length - before;
  if (!isSure || !isMany(parts, ofTie) || offset > (parts.maxOffset ?? offset)) return null;
  return { ...firstPass(at), offset, total: total - before, ids: new Set(rows.slice(before).map(keyOf)), isLast: true };
};

export const firstPass = (at: Millis): Tie => ({
  kind: 'tie',
  at,
  resumed: 0,
  pass: 1,
  offset: 0,
  total: null,
  ids: new Set(),
  isLast: false,
});

const nextPass = (tie: Tie, ids: ReadonlySet<string>, total: number | null): Tie => ({
  ...tie,
  pass: tie.pass + 1,
  offset: 0,
  total,
  ids,
  isLast: tie.isLast && total !== null,
});

const withIds = (ids: ReadonlySet<string> | null, rows: readonly Row[]): ReadonlySet<string> | null =>
  ids === null ? null : new Set([...ids, ...rows.map(keyOf)]);

export const placeOfTie = ({ at, resumed, pass, offset, total }: Tie): Position => ({
  at,
  id: `tie ${resumed}.${pass}.${offset}.${total ?? ''}`,
});

/**
 * The tie of another process. The rows it met are not in the cursor, so the pass begins again; but a process that is
 * killed at every page would never end like that. After some restarts the pass goes on where it was, and only the
 * vendor's count guards it.
 */
export const resumedTie = (at: Millis, place: string): Tie => {
  const [resumed = 0, pass = 1, offset = 0, total = 0] = place.slice('tie '.length).split('.').map(Number);
  if (!(resumed >= MOST_RESTARTS)) return { ...firstPass(at), resumed: resumed + 1 || 1 };
  return {
    kind: 'tie',
    at,
    resumed,
    pass,
    offset,
    total: place.endsWith('.') ? null : total,
    ids: null,
    isLast: false,
  };
};
