import type { Millis, Page, ReadRequest, Row, Tools } from '@heed/contract';
import { answerOr, type Position, type Stream, type StreamPage, windowedRead } from '@heed/toolkit';
import type { Api, WireRecord } from './api.ts';
import { BULK_FROM_ROWS, bulkRead } from './bulk-read.ts';
import { membershipsOf } from './campaigns.ts';
import { campaignIds, changedSince, inCampaigns, living, memberKey, optedOut, supported } from './conditions.ts';
import { jobPlaceIn } from './job-place.ts';
import { rowsById, rowsWith } from './lookup.ts';
import { type ObjectShape, readableShape, type Shapes } from './object-shape.ts';
import { type OrderedQuery, orderedQuery } from './ordered-query.ts';
import { goneRow, idOf, selectionOf } from './rows.ts';
import { idKey, isId, isIn } from './soql.ts';

interface ReadParts {
  readonly api: Api;
  readonly shapes: Shapes;
  readonly tools: Pick<Tools, 'clock' | 'vendorNow'>;
}

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

/**
 * The notes (2, "Cursor recipe") read up to five minutes before now, because commits become visible late. Then an opt-out
 * of the last minutes would have to wait for the run after the next. We read up to now instead, and begin the next read
 * a quarter of an hour before this one: a request, and so its transaction, ends after 10 minutes at most (notes, 2.4),
 * and what it commits has a stamp inside of that overlap. Rows read twice are cheap, and the engine takes them twice.
 */
const OVERLAP_MS = 15 * MINUTE_MS;

/** The Recycle Bin and the log of deletions go back 15 days (notes, 2). Changes themselves are kept for ever. */
export const CHANGES_KEPT_DAYS = 15;

/**
 * Streams of a read; each costs one query when nothing changed.
 * - initial: one query per type: records with an address (`everyone`), or those opted out. Both bring what was deleted or
 *   merged in the last 15 days, or converted ever, while it was opted out, so that its heir gets the opt-out (C16). If it has
 *   more than 2,000 rows a job brings them.
 * - changes: one query per type for changed, deleted, merged and converted records, and one `/deleted` per type for
 *   records that were deleted and then emptied from the Recycle Bin, which no query shows.
 * - changes in lists: one query per type for changed members, and one for changed memberships. Deletions come with the
 *   read of everybody, which the engine never leaves out (C5).
 */
export const readRecords = (parts: ReadParts, request: ReadRequest, signal: AbortSignal): AsyncIterable<Page> =>
  windowedRead(
    {
      connector: 'salesforce',
      container: null,
      request,
      tools: parts.tools,
      overlapMs: OVERLAP_MS,
      changesKeptMs: CHANGES_KEPT_DAYS * DAY_MS,
      streams: (phase, since) => {
        const campaigns = request.lists === null ? null : campaignIds(request.lists);
        const departed = new Set<string>();
        const records = request.types.map((type) => recordStream(parts, request, type, campaigns, since, departed));
        if (phase === 'initial' || since === null) return records;
        return campaigns === null
          ? [...records, ...request.types.map((type) => deletedStream(parts, request, type, since, departed))]
          : [...records, memberStream(parts, request, campaigns)];
      },
    },
    signal,
  );

/** Records of one type, in the order of SystemModstamp. `departed` gets the ids of those that are no longer live. */
const recordStream = (
  { api, shapes, tools }: ReadParts,
  request: ReadRequest,
  type: string,
  campaigns: readonly string[] | null,
  since: Millis | null,
  departed: Set<string>,
): Stream => {
  const build = async (from: Position | null, signal: AbortSignal): Promise<OrderedQuery | null> => {
    const shape = await readableShape(shapes, type, signal);
    const conditions = since === null ? initialConditions(shape, request) : [];
    if (conditions === null) return null;
    const { userId } = await api.whoWeAre(signal);
    const all = [
      ...conditions,
      ...supported(shape),
      ...(campaigns === null ? [] : [inCampaigns(type, campaigns)]),
      ...changedSince(from?.at ?? null),
    ];
    return { columns: selectionOf(shape, request, userId).columns, object: type, conditions: all };
  };
  const fetchPage = orderedQuery(api, build);
  const byJob = bulkRead({
    api,
    tools,
    build: (signal) => build(null, signal),
    shape: (signal) => readableShape(shapes, type, signal),
  });
  /** A beginning read of more rows than a page goes by job: its place is durable before anybody waits for it. */
  const first = async (signal: AbortSignal) => {
    const page = await fetchPage(null, signal);
    const isLarge = since === null && page.next !== null && (page.total ?? 0) > BULK_FROM_ROWS;
    const next = isLarge ? await byJob.begin(page.total ?? 0, signal) : null;
    return next === null ? page : { records: [], next, total: page.total };
  };
  const pageAt = async (from: Position | null, signal: AbortSignal) => {
    if (from === null) return first(signal);
    const place = jobPlaceIn(from);
    if (place === null) return fetchPage(from, signal);
    return { ...((await byJob.page(place, signal)) ?? (await fetchPage(null, signal))), total: null };
  };
  return {
    name: type,
    async fetch(from, signal) {
      const page = await pageAt(from, signal);
      const rows = await rowsIn({ api, shapes }, request, type, page.records, campaigns, signal);
      for (const { life, record } of rows) if (life.kind !== 'live') departed.add(idKey(record.id));
      return { rows, next: page.next, total: page.total };
    },
  };
};

/** Null if nothing can fit: the opted-out are asked for, and the user can see no consent field. */
const initialConditions = (shape: ObjectShape, { initially, consent }: ReadRequest): readonly string[] | null => {
  const flagged = optedOut(shape, consent);
  if (initially === 'opted-out') return flagged === null ? null : ['Email != null', flagged];
  const alive = living(shape);
  return ['Email != null', flagged === null ? alive : `(${alive} OR ${flagged})`];
};

const rowsIn = async (
  { api, shapes }: Pick<ReadParts, 'api' | 'shapes'>,
  request: ReadRequest,
  type: string,
  records: readonly WireRecord[],
  campaigns: readonly string[] | null,
  signal: AbortSignal,
): Promise<readonly Row[]> => {
  if (records.length === 0) return [];
  const selection = selectionOf(
    await readableShape(shapes, type, signal),
    request,
    (await api.whoWeAre(signal)).userId,
  );
  if (campaigns === null) return records.map((record) => selection.row(record, null));
  // In the only campaign asked for, by the condition of the query.
  if (campaigns.length === 1) return records.map((record) => selection.row(record, campaigns));
  const ids = records.map(idOf);
  const listsOf = await membershipsOf(api, type, ids, campaigns, signal);
  return records.map((record) => selection.row(record, listsOf(idOf(record))));
};

/** Records whose membership was made, changed or taken away (`queryAll`): the record itself need not have changed. */
const memberStream = ({ api, shapes }: ReadParts, request: ReadRequest, campaigns: readonly string[]): Stream => {
  const fetchPage = orderedQuery(api, async (from) => ({
    columns: ['Id', 'SystemModstamp', 'ContactId', 'LeadId'],
    object: 'CampaignMember',
    conditions: [isIn('CampaignId', campaigns), ...changedSince(from?.at ?? null)],
  }));
  return {
    name: 'memberships',
    async fetch(from, signal) {
      const page = await fetchPage(from, signal);
      const rows = await Promise.all(
        request.types.map(async (type) => {
          const found = page.records.map((member) => member[memberKey(type)]);
          const ids = [...new Set(found.filter((id) => typeof id === 'string').filter(isId))];
          if (ids.length === 0) return [];
          const shape = await readableShape(shapes, type, signal);
          const rows = await rowsById(api, shape, request, ids, signal);
          const listsOf = await membershipsOf(api, type, ids, campaigns, signal);
          return rows.map((row) => ({ ...row, lists: listsOf(row.record.id) }));
        }),
      );
      return { rows: rows.flat(), next: page.next, total: page.total };
    },
  };
};

/** Records that left the Recycle Bin: `/deleted` knows them for 15 days, no query does. */
const deletedStream = (
  { api, shapes }: ReadParts,
  request: ReadRequest,
  type: string,
  since: Millis,
  departed: ReadonlySet<string>,
): Stream => ({
  name: `deleted ${type}`,
  async fetch(_from: Position | null, signal): Promise<StreamPage> {
    // The vendor ignores seconds and wants more than a minute between the ends; the overlap is longer than that.
    const now = api.now();
    const from = Math.max(since, now - CHANGES_KEPT_DAYS * DAY_MS + MINUTE_MS);
    const deletions = (await deletionsOf(api, type, from, now, signal)).filter(({ id }) => !departed.has(idKey(id)));
    if (deletions.length === 0) return { rows: [], next: null, total: 0 };
    // After a resume the rows of earlier pages are not known here: whoever is still in the Recycle Bin tells more,
    // a loser of a merge its heir.
    const shape = await readableShape(shapes, type, signal);
    const found = await rowsWith(
      api,
      shape,
      request,
      'Id',
      deletions.map(({ id }) => id),
      signal,
    );
    const known = new Set(found.map(({ record }) => idKey(record.id)));
    const gone = deletions.filter(({ id }) => !known.has(idKey(id))).map(({ id, at }) => goneRow(type, id, at));
    return { rows: [...found, ...gone], next: null, total: null };
  },
});

/**
 * Where the user may not ask, or the log does not go back that far, such deletions show in the next complete read only:
 * better than a read of changes that never ends well. A log that was purged early (notes: after 2 h under load) looks the same.
 */
const deletionsOf = (api: Api, type: string, from: Millis, to: Millis, signal: AbortSignal) =>
  answerOr(api.deleted(type, from, to, signal), ['forbidden', 'missing', 'stale'], []);
