import type { Millis, Tools } from '@heed/contract';
import type { MembersQuery } from './api.ts';
import { memberStream, type Source } from './streams.ts';

/** A look is good for so long. */
const FRESH_MS = 30_000;
/** The first look after a read goes back a little behind its beginning, as reads do. */
const BEHIND_READ_MS = 5 * 60_000;
/** A further look among all changes: not longer, because it meets our own writes again. */
const BEHIND_LOOK_MS = 10_000;
/** Pages of archived members; more of them since the read, and nothing is written in numbers any more. */
const MOST_ARCHIVED_PAGES = 5;

/**
 * Who changed behind the back of the session's last read: what a batch must be told, because it looks at nobody. A batch of
 * creates may bring to life whoever was archived, a batch of opt-outs may count what somebody else did as ours. One look
 * serves all batches of half a minute: what comes in that time is left to the batch's answer, as what came between a look
 * and its batch always was.
 */
export interface RecentChanges {
  /** A read has ended: up to its beginning (vendor's clock) the engine knows everybody. */
  readUpTo(at: Millis): void;
  /** Hashes of the members archived since; null: nothing was read, or too many to look through. */
  archived(signal: AbortSignal): Promise<ReadonlySet<string> | null>;
  /** Hashes of the members changed since in any way, archived ones among them. */
  any(mostPages: number, signal: AbortSignal): Promise<ReadonlySet<string> | null>;
}

export const createRecentChanges = (source: Source, tools: Pick<Tools, 'clock' | 'vendorNow'>): RecentChanges => {
  const archived = createWatch(source, tools, 'archived', BEHIND_READ_MS);
  const everyone = createWatch(source, tools, null, BEHIND_LOOK_MS);
  return {
    readUpTo(at) {
      archived.begin(at - BEHIND_READ_MS);
      everyone.begin(at - BEHIND_READ_MS);
    },
    archived: (signal) => archived.look(MOST_ARCHIVED_PAGES, signal),
    async any(mostPages, signal) {
      // Whether a scan of all statuses shows archived members is not documented.
      const hidden = await archived.look(MOST_ARCHIVED_PAGES, signal);
      const changed = hidden === null ? null : await everyone.look(mostPages, signal);
      return hidden === null || changed === null ? null : new Set([...changed, ...hidden]);
    },
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
        for (const { record } of rows) changed.add(record.id);
        place = next;
      }
      from = now - behindMs;
      lookedAt = now;
      return changed;
    },
  };
};
