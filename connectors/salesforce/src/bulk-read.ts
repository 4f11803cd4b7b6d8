import { ConnectorError, type Tools } from '@heed/contract';
import { askAgainMs, isOfKind, type Position } from '@heed/toolkit';
import type { Api, WireRecord } from './api.ts';
import type { JobId, ResultPage } from './bulk-api.ts';
import { wireRecords } from './bulk-rows.ts';
import { atJob, type JobPlace } from './job-place.ts';
import type { ObjectShape } from './object-shape.ts';
import { type OrderedQuery, soqlOf } from './ordered-query.ts';

/** "REST collections up to 2,000 records, Bulk above" (notes, 2.2): more than one page of a query. */
export const BULK_FROM_ROWS = 2_000;
/** A page of the contract is held in memory as a whole, and made durable as one. */
const ROWS_PER_PAGE = 5_000;
/** Longer than this nobody waits for a job: the pages of a query bring a million rows in less. */
const LONGEST_WAIT_MS = 20 * 60_000;
/** A job that shows so much less than the query counted a moment before is not believed. */
const BELIEVED_SHARE = 0.95;

interface BulkReadParts {
  readonly api: Api;
  readonly tools: Pick<Tools, 'clock'>;
  /** The query, without its order; null when no record can fit. */
  build(signal: AbortSignal): Promise<OrderedQuery | null>;
  shape(signal: AbortSignal): Promise<ObjectShape>;
}

interface BulkPage {
  readonly records: readonly WireRecord[];
  readonly next: Position | null;
}

/**
 * A read by a query job. Its rows come in no order and show what was committed while the job ran, at any time of it: whoever
 * changed after the read began comes again with the next read of changes, which begins before the job was made.
 * A job that was lost, failed or shows less than it should is never an end of the read: it begins anew, by another job
 * once, or by pages.
 */
export const bulkRead = ({ api, tools, build, shape }: BulkReadParts) => {
  /** One job per process: a vendor that loses each is not given job after job. */
  let made = false;
  let waitedMs = 0;

  /** The place of a new job; null where there can be none, for whatever reason: then pages do it. */
  const begin = async (expected: number, signal: AbortSignal): Promise<Position | null> => {
    if (made) return null;
    made = true;
    const query = await build(signal);
    if (query === null) return null;
    try {
      return atJob({
        job: await api.bulk.openQuery(soqlOf(query), signal),
        locator: null,
        rows: 0,
        expected,
        looks: 0,
      });
    } catch (error) {
      if (error instanceof ConnectorError && error.details.code !== 'stopped' && !signal.aborted) return null;
      throw error;
    }
  };

  /** How many rows a job has, once it has ended, or why it has none; waits a while before it answers that it still runs. */
  const ended = async (job: JobId, signal: AbortSignal): Promise<number | 'running' | 'no use'> => {
    // A job that was made just now has not ended yet; one that was found may have, long ago.
    if (made && waitedMs === 0) waitedMs += await paused(tools, askAgainMs(0), signal);
    const { state, processed } = await twice(() => api.bulk.state('query', job, signal));
    if (state === 'JobComplete') return processed ?? 'no use';
    if (state === 'Failed' || state === 'Aborted') return 'no use';
    if (waitedMs < LONGEST_WAIT_MS) {
      waitedMs += await paused(tools, askAgainMs(waitedMs), signal);
      return 'running';
    }
    await api.bulk.abort('query', job, signal).catch(() => {}); // it goes on for nobody
    return 'no use';
  };

  const pageAt = async (place: JobPlace, signal: AbortSignal): Promise<BulkPage | 'lost' | 'no use'> => {
    let { expected } = place;
    if (place.locator === null) {
      const rows = await ended(place.job, signal);
      // A page without rows: whoever reads may do something else in between, such as carrying opt-outs (C21).
      if (rows === 'running') return { records: [], next: atJob({ ...place, looks: place.looks + 1 }) };
      if (typeof rows === 'string') return rows;
      if (rows < expected * BELIEVED_SHARE) return 'no use';
      expected = rows;
    }
    const page = await twice(() => api.bulk.results(place.job, place.locator, ROWS_PER_PAGE, signal));
    const records = await recordsIn(page, signal);
    if (records === null) return 'lost';
    const rows = place.rows + records.length;
    const goesWrong = page.locator === null ? rows < expected : rows > expected || records.length === 0;
    if (goesWrong) return 'no use';
    return { records, next: page.locator === null ? null : atJob({ ...place, locator: page.locator, rows, expected }) };
  };

  /** Null if the job was made with other columns than are wanted now: a field became visible, or hidden. */
  const recordsIn = async ({ table }: ResultPage, signal: AbortSignal): Promise<readonly WireRecord[] | null> => {
    if (table.rows.length === 0) return [];
    const columns = (await build(signal))?.columns ?? [];
    const shown = new Set(table.header);
    return columns.every((name) => shown.has(name)) ? wireRecords(await shape(signal), table) : null;
  };

  return {
    begin,
    /** The page at a place; null if the read has to begin anew by pages. */
    async page(place: JobPlace, signal: AbortSignal): Promise<BulkPage | null> {
      const page = await unlessLost(pageAt(place, signal));
      if (typeof page !== 'string') return page;
      const again = page === 'lost' ? await begin(place.expected, signal) : null;
      return again === null ? null : { records: [], next: again };
    },
  };
};

/** A job and its locators are kept for seven days, for one version of the API (409 for another). */
const unlessLost = async <T>(work: Promise<T>): Promise<T | 'lost'> => {
  try {
    return await work;
  } catch (error) {
    if (error instanceof ConnectorError && (LOST.has(error.kind) || error.details.code === 'unreadable')) return 'lost';
    throw error;
  }
};
const LOST: ReadonlySet<string> = new Set(['missing', 'stale', 'invalid', 'refused', 'forbidden', 'protocol']);

/** An answer that nobody understands may be one answer only: a job is not given up for it. */
const twice = async <T>(ask: () => Promise<T>): Promise<T> => {
  try {
    return await ask();
  } catch (error) {
    if (isOfKind(error, 'protocol')) return ask();
    throw error;
  }
};

const paused = async (tools: Pick<Tools, 'clock'>, ms: number, signal: AbortSignal): Promise<number> => {
  try {
    await tools.clock.sleep(ms, signal);
    return ms;
  } catch {
    throw new ConnectorError('unavailable', 'salesforce job-state: stopped', {
      code: 'stopped',
      mayHaveApplied: false,
    });
  }
};
