import { ConnectorError, type Millis } from '@heed/contract';
import { type Count, countedPage, countFrom, isPlaceOfCount, placeOfCount, resumedCount } from './offset-count.ts';
import { type Fetched, isEnd, lastStamp, type OffsetStreamParts, rowsFrom, sinceFor } from './offset-list.ts';
import { firstPass, pageOfTie, placeOfTie, resumedTie, type Tie, tieBehind } from './offset-tie.ts';
import type { Position } from './read-cursor.ts';
import type { Stream } from './windowed-read.ts';

export type { OffsetAnswer, OffsetQuery, OffsetStreamParts } from './offset-list.ts';

/** So often it may turn out that pages cannot be counted on; then they begin anew in time, or a tie is read in passes. */
const MOST_MISSES = 3;

/**
 * A stream over a vendor that pages by offset only. Offsets shift under a page when a row changes, so a page begins anew in
 * time, at offset 0, from the last stamp seen (inclusive), wherever that stamp has few rows. Where it has many, pages are
 * counted on, as long as each proves that nothing shifted; and a stamp that fills a page while rows move is read in
 * passes, until the vendor's count says that nobody is missing.
 */
export const offsetStream = (parts: OffsetStreamParts): Stream => {
  let memory: Tie | Count | null = null;
  let misses = 0;
  const fetched = async (from: Position | null, signal: AbortSignal): Promise<Fetched<Tie | Count>> => {
    const at = from?.at ?? null;
    const known = from === null ? null : knownAt(memory, from);
    if (at === null || known === null) return pageFrom(parts, at, misses < MOST_MISSES, signal);
    if (known.kind === 'tie') return pageOfTie(parts, known, signal);
    const counted = await countedPage(parts, known, signal);
    if (!counted.fits) misses += 1;
    return misses < MOST_MISSES || counted.memory?.kind === 'tie' ? counted : { page: counted.page, memory: null };
  };
  return {
    name: parts.name,
    async fetch(from, signal) {
      const next = await fetched(from, signal);
      memory = next.memory;
      return next.page;
    },
  };
};

/** What is to be gone on with at a place; null: a page begins there, in time. */
const knownAt = (memory: Tie | Count | null, { at, id }: Position): Tie | Count | null => {
  if (at === null || id === null) return null;
  const place = memory === null ? null : placeOf(memory);
  if (place?.at === at && place.id === id) return memory;
  return isPlaceOfCount(id) ? resumedCount(at, id) : resumedTie(at, id);
};

const placeOf = (one: Tie | Count): Position => (one.kind === 'tie' ? placeOfTie(one) : placeOfCount(one));

const pageFrom = async (
  parts: OffsetStreamParts,
  at: Millis | null,
  mayCount: boolean,
  signal: AbortSignal,
): Promise<Fetched<Tie | Count>> => {
  const query = { since: sinceFor(parts, at), before: null, offset: 0, count: parts.pageRows };
  const answer = await parts.list(query, signal);
  const { rows, total } = answer;
  const last = lastStamp(parts, rows);
  const page = (next: Position | null, then: Tie | Count | null): Fetched<Tie | Count> => ({
    page: { rows: rowsFrom(rows, at), next, total },
    memory: then,
  });
  if (isEnd(parts, rows, total, 0)) return page(null, null);
  if (last === null)
    throw new ConnectorError('protocol', `${parts.name}: an empty page where the vendor counts ${total} rows`);
  const count = mayCount ? countFrom(parts, at, answer) : null;
  if (count !== null) return page(placeOfCount(count), count);
  const tie = tieBehind(parts, at, answer);
  if (tie !== null) return page(placeOfTie(tie), tie);
  if (at === null || last > at) return page({ at: last, id: null }, null);
  return page(placeOfTie(firstPass(at)), firstPass(at));
};
