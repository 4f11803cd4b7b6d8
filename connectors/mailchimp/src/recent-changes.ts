import type { Millis, Page, Row, Tools } from '@heed/contract';
import type { MembersQuery } from './api.ts';
import { memberStream, type Source } from './streams.ts';

/** A look is good for so long. */
const FRESH_MS = 30_000;
/** The first look after a read goes back a little behind its beginning, as reads do. */
const BEHIND_READ_MS = 5 * 60_000;
/** A further look among all changes: not longer, because it meets our own writes again. */
const BEHIND_LOOK_MS = 10_000;
/** What the read showed so long before it began cannot have been a moment ago, whichever clock is ahead. */
const SURE_MS = 5_000;
/** Rows of reads that are remembered; whoever is not, counts as changed. */
const MOST_SHOWN = 100_000;
/** Pages of archived members; more of them since the read, and nothing is written in numbers any more. */
const MOST_ARCHIVED_PAGES = 5;

/** All statuses of members who are neither subscribed nor archived. */
const NOT_SUBSCRIBED = ['unsubscribed', 'cleaned', 'pending', 'transactional'] as const;

/**
 * Who changed behind the back of the session's last read: what a batch must be told, because it looks at nobody. A batch of
 * creates may bring to life whoever was archived, a batch of opt-outs may count what somebody else did as ours. One look
 * serves all batches of half a minute: what comes in that time is left to the batch's answer, as what came between a look
 * and its batch always was.
 */
export interface RecentChanges {
  /** A page of a read; behind its last one the engine knows everybody up to the read's beginning. */
  read(page: Pick<Page, 'rows' | 'last' | 'readAt'>): void;
  /** This session has written members itself since the read, so that a look among all changes would bring them back. */
  wrote(): void;
  /** Hashes of the members archived since; null: nothing was read, or too many to look through. */
  archived(signal: AbortSignal): Promise<ReadonlySet<string> | null>;
  /**
   * Hashes of the members changed since in any way that the read did not show, archived ones among them; once this session has
   * written members itself, of those who are not subscribed by now: whoever is may be opted out, whatever else changed.
   */
  any(mostPages: number, signal: AbortSignal): Promise<ReadonlySet<string> | null>;
}

export const createRecentChanges = (source: Source, tools: Pick<Tools, 'clock' | 'vendorNow'>): RecentChanges => {
  const shown = createShown();
  const archived = createWatch(source, tools, 'archived', BEHIND_READ_MS, () => true);
  const isNews = (row: Row): boolean => !shown.has(row);
  const everyone = createWatch(source, tools, null, BEHIND_LOOK_MS, isNews);
  const unsubscribed = NOT_SUBSCRIBED.map((status) => createWatch(source, tools, status, BEHIND_LOOK_MS, isNews));
  let hasWritten = false;
  return {
    read({ rows, last, readAt }) {
      shown.add(rows, readAt);
      if (!last) return;
      hasWritten = false;
      for (const watch of [archived, everyone, ...unsubscribed]) watch.begin(readAt - BEHIND_READ_MS);
    },
    wrote() {
      hasWritten = true;
    },
    archived: (signal) => archived.look(MOST_ARCHIVED_PAGES, signal),
    async any(mostPages, signal) {
      // Whether a scan of all statuses shows archived members is not documented.
      const all = new Set<string>();
      for (const watch of [archived, ...(hasWritten ? unsubscribed : [everyone])]) {
        const found = await watch.look(watch === archived ? MOST_ARCHIVED_PAGES : mostPages, signal);
        if (found === null) return null;
        for (const hash of found) all.add(hash);
      }
      return all;
    },
  };
};

/**
 * What the reads of the last minutes showed, as they showed it. Looks go back behind the read for what was visible late; without
 * this everybody whom an earlier run had just made or changed would count as changed, and go one by one.
 */
const createShown = () => {
  let stamps = new Map<string, Millis>();
  let readAt: Millis | null = null;
  return {
    add(rows: readonly Row[], at: Millis): void {
      if (readAt !== at) stamps = new Map([...stamps].filter(([, stamp]) => stamp >= at - BEHIND_READ_MS));
      readAt = at;
      for (const { record, modifiedAt } of rows)
        if (modifiedAt !== null && modifiedAt >= at - BEHIND_READ_MS && modifiedAt < at - SURE_MS)
          if (stamps.size < MOST_SHOWN) stamps.set(record.id, modifiedAt);
    },
    has: ({ record, modifiedAt }: Row): boolean => modifiedAt !== null && stamps.get(record.id) === modifiedAt,
  };
};

interface Watch {
  begin(at: Millis): void;
  look(mostPages: number, signal: AbortSignal): Promise<ReadonlySet<string> | null>;
}

const createWatch = (
  source: Source,
  tools: Pick<Tools, 'clock' | 'vendorNow'>,
  status: MembersQuery['status'],
  behindMs: number,
  isNews: (row: Row) => boolean,
): Watch => {
  let from: Millis | null = null;
  let lookedAt: Millis | null = null;
  let changed = new Set<string>();
  return {
    begin(at) {
      from = at;
      lookedAt = null;
      changed = new Set();
    },
    async look(mostPages, signal) {
      if (from === null) return null;
      const now = tools.vendorNow();
      if (lookedAt !== null && Math.abs(now - lookedAt) < FRESH_MS) return changed;
      const stream = memberStream('changed', source, [], status, tools);
      let place: Parameters<typeof stream.fetch>[0] = { at: from, id: null };
      for (let pages = 0; place !== null; pages += 1) {
        // What was looked through need not be looked through again.
        if (pages > 0) from = place.at ?? from;
        if (pages === mostPages) return null;
        const { rows, next } = await stream.fetch(place, signal);
        for (const row of rows) if (isNews(row)) changed.add(row.record.id);
        place = next;
      }
      from = now - behindMs;
      lookedAt = now;
      return changed;
    },
  };
};
