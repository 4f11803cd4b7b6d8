import type { Millis, Row } from '@heed/contract';
import {
  BORDER_ROWS,
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
import { firstPass, placeOfTie, type Tie } from './offset-tie.ts';
import type { Position } from './read-cursor.ts';

/**
 * Pages counted on from one beginning. To begin each page anew in time would read the rows of its first stamp again, which
 * are many where somebody wrote many in a second. What shows that nobody is missing, in whatever order ties come:
 * - the vendor's count of all rows up to an end in the past, which whoever changes leaves and nobody enters, is still the
 *   same: nothing has shifted;
 * - a stamp that lies on several pages has as many different rows as it took places;
 * - a page begins with the very rows that the page before ended with: in case that end was not past, because clocks are wrong.
 */
export interface Count {
  readonly kind: 'count';
  /** Where the first page began in time, and the end in the past. */
  readonly from: Millis | null;
  readonly until: Millis;
  /** Null at the first page of those that have that end. */
  readonly total: number | null;
  /** Of the next page, which begins with the border. */
  readonly offset: number;
  readonly border: readonly Row[];
  /** Of the last row so far. */
  readonly stamp: Millis;
  /** Rows of that stamp that were met, and how many places they took. */
  readonly ids: ReadonlySet<string>;
  readonly places: number;
}

/** Vendors are slow at deep offsets. */
const MOST_PAGES = 100;

/** Whether pages behind one that began in time at `from` are worth to be counted on; the answer had no upper end. */
export const countFrom = (parts: OffsetStreamParts, from: Millis | null, answer: OffsetAnswer): Count | null => {
  const { resolutionMs } = parts;
  const until = Math.floor(parts.settledUntil() / resolutionMs) * resolutionMs;
  // If there are newer rows than `until`, the next count is lower, as if somebody had left.
  return answer.total === null ? null : goOn(parts, { from, until, total: answer.total }, answer, 0);
};

const goOn = (
  parts: OffsetStreamParts,
  window: Pick<Count, 'from' | 'until' | 'total'>,
  { rows }: OffsetAnswer,
  offset: number,
): Count | null => {
  const { pageRows, resolutionMs, maxOffset } = parts;
  const stamp = lastStamp(parts, rows);
  if (stamp === null || (window.from !== null && stamp < window.from) || stamp >= window.until) return null;
  // A vendor that counts the lower bound in brings those of the stamp before as well.
  if (!isMany(parts, rowsFrom(rows, stamp - resolutionMs))) return null;
  const next = offset + rows.length - BORDER_ROWS;
  if (next > Math.min(maxOffset ?? next, MOST_PAGES * pageRows)) return null;
  const ofStamp = rowsFrom(rows, stamp);
  const met = { stamp, ids: new Set(ofStamp.map(keyOf)), places: ofStamp.length };
  return { kind: 'count', ...window, offset: next, border: rows.slice(-BORDER_ROWS), ...met };
};

/** `fits` is false if rows had shifted, or ties come in another order each time. */
export interface Counted extends Fetched<Tie | Count> {
  readonly fits: boolean;
}

export const countedPage = async (parts: OffsetStreamParts, count: Count, signal: AbortSignal): Promise<Counted> => {
  const { from, until, offset, border, stamp } = count;
  const query = { since: sinceFor(parts, from), before: until, offset, count: parts.pageRows };
  const answer = await parts.list(query, signal);
  const last = lastStamp(parts, answer.rows);
  const rows = rowsFrom(answer.rows, from);
  const page = (next: Position, memory: Tie | Count | null, fits: boolean): Counted => ({
    page: { rows, next, total: null },
    memory,
    fits,
  });
  const inPasses = (at: Millis, fits: boolean): Counted => page(placeOfTie(firstPass(at)), firstPass(at), fits);
  const go = (to: Count, fits: boolean): Counted => page(placeOfCount(to), to, fits);
  const anew = (at: Millis, fits: boolean): Counted =>
    at === from && (offset > 0 || fits) ? inPasses(at, fits) : go(beginning(at, until), fits);

  const shifted =
    answer.total !== (count.total ?? answer.total) || !border.every((row, index) => isSame(row, answer.rows[index]));
  if (shifted || answer.total === null) return anew(stamp, false);
  const same = answer.rows.slice(border.length).filter(({ modifiedAt }) => modifiedAt === stamp);
  const ids = new Set([...count.ids, ...same.map(keyOf)]);
  const places = count.places + same.length;
  const end = last === null || isEnd(parts, answer.rows, answer.total, offset);
  if ((end || last > stamp) && ids.size < places) return inPasses(stamp, false);
  if (end) return page({ at: until, id: null }, null, true);
  const next = goOn(parts, { from, until, total: answer.total }, answer, offset);
  if (next === null) return anew(last, true);
  return go(last === stamp ? { ...next, ids, places } : next, true);
};

/** A page that begins anew in time, with the same end. */
const beginning = (at: Millis, until: Millis): Count => ({
  kind: 'count',
  from: at,
  until,
  total: null,
  offset: 0,
  border: [],
  stamp: at,
  ids: new Set(),
  places: 0,
});

const isSame = (one: Row, other: Row | undefined): boolean =>
  other !== undefined && keyOf(one) === keyOf(other) && one.modifiedAt === other.modifiedAt;

export const placeOfCount = ({ from, offset, stamp }: Count): Position => ({
  at: stamp,
  id: `count ${from ?? ''}.${offset}`,
});

/**
 * The count of another process. Its border is not in the cursor, so a page begins anew at its stamp (null), unless it began
 * there itself: then that stamp is all it passed, and a process killed at every page would never end like that.
 */
export const resumedCount = (at: Millis, place: string): Tie | null =>
  place.startsWith(`count ${at}.`) && !place.endsWith('.0') ? { ...firstPass(at), resumed: 1 } : null;

export const isPlaceOfCount = (id: string): boolean => id.startsWith('count ');
