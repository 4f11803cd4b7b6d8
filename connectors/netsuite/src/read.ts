import { ConnectorError, type Millis, type Page, type ReadRequest, type Row, type Tools } from '@heed/contract';
import {
  answerOr,
  bareRow,
  entryOf,
  type Phase,
  type Position,
  readJson,
  recordOf,
  type Stream,
  type StreamPage,
  windowedRead,
} from '@heed/toolkit';
import type { WireRow } from './api.ts';
import { HAS_ADDRESS, optedOut } from './conditions.ts';
import { type Confirmed, type ConfirmedWatch, confirmedIn, watchConfirmed } from './confirmed.ts';
import { NOT_SHOWN } from './failure.ts';
import type { Lists } from './lists.ts';
import type { ConditionsOf, Reader } from './reader.ts';
import { STATUS } from './record-shape.ts';
import { type Condition, isId, select } from './suiteql.ts';
import { type Calibration, calibrationsIn, remembered, STAMP_FORMAT, stampColumn, type Zone, zoneOf } from './zone.ts';

/**
 * A read begins this long before the one before it: for saves that run long scripts and become visible late (how late is not
 * documented) and for stamps of whole seconds.
 */
const OVERLAP_MS = 15 * 60_000;

interface ReadParts {
  readonly reader: Reader;
  readonly tools: Pick<Tools, 'clock' | 'vendorNow'>;
  readonly lists: (request: ReadRequest) => Lists | null;
}

/** What this connector keeps in a cursor beside what the toolkit does. */
interface Kept {
  readonly zones: readonly Calibration[];
  /** Of who is in the lists; null without lists. */
  readonly roster: string | null;
  readonly confirmed: Confirmed | null;
}

/**
 * Streams of a read; each costs one query when nothing changed, and so does the look at the time zone.
 * - one per record type, in the order of ids, behind the last id that was read: ids never change, so no row is missed or comes
 *   twice, however many share a stamp, and each query is far below 100,000 rows. What changes while the read goes on is inside the next one's window.
 * - changes: one per type for confirmed opt-outs that the changes did not show, and one for the log of deletions, where queries answer it.
 */
export async function* readRecords(parts: ReadParts, request: ReadRequest, signal: AbortSignal): AsyncIterable<Page> {
  const { reader, tools } = parts;
  const before = keptIn(request.after);
  const now = await reader.calibration(request.types, before.zones.at(-1) ?? null, signal);
  const zone = zoneOf(now, before.zones);
  const lists = parts.lists(request);
  const roster = lists === null ? null : await lists.digest(signal);
  if (before.roster !== null && before.roster !== roster)
    throw new ConnectorError('stale', 'netsuite: the members of the lists changed; reading them from the beginning');
  const watch = watchConfirmed(reader, request, zone, before.confirmed);
  const pages = windowedRead(
    {
      connector: 'netsuite',
      container: null,
      request,
      tools,
      overlapMs: OVERLAP_MS,
      streams: (phase, since) => streamsOf({ reader, zone, lists, watch }, request, phase, since),
    },
    signal,
  );
  for await (const page of pages) {
    // While the read goes on its beginning may be reckoned in an offset of before; the next one begins with today's.
    const zones = page.last ? remembered(now, []) : remembered(now, before.zones);
    const confirmed = page.last ? watch.kept() : before.confirmed;
    yield { ...page, next: withKept(page.next, { zones, roster, confirmed }) };
  }
}

const keptIn = (cursor: string | null): Kept => {
  const { zones, roster, confirmed } = recordOf(readJson(cursor ?? ''));
  return {
    zones: calibrationsIn(zones),
    roster: typeof roster === 'string' ? roster : null,
    confirmed: confirmedIn(confirmed),
  };
};

const withKept = (cursor: string, kept: Kept): string => JSON.stringify({ ...JSON.parse(cursor), ...kept });

interface StreamParts {
  readonly reader: Reader;
  readonly zone: Zone;
  readonly lists: Lists | null;
  readonly watch: ConfirmedWatch;
}

const streamsOf = (parts: StreamParts, request: ReadRequest, phase: Phase, since: Millis | null): readonly Stream[] => {
  const records = request.types.map((type) => recordStream(parts, request, type, since));
  // Both come with the read of everybody, which the engine never leaves out (C5).
  if (phase === 'initial' || since === null || parts.lists !== null) return records;
  const watched = request.consent.some(({ field }) => field === STATUS) ? request.types : [];
  return [...records, ...watched.map((type) => parts.watch.stream(type, since)), deletedStream(parts, request, since)];
};

const recordStream = (
  { reader, zone, lists, watch }: StreamParts,
  request: ReadRequest,
  type: string,
  since: Millis | null,
): Stream => ({
  name: type,
  async fetch(from, signal) {
    const last = Number(from?.id ?? 0);
    const scope = since === null && lists !== null ? await lists.scope(type, last, signal) : null;
    const conditions: ConditionsOf = (shape, known) => {
      const window =
        since === null ? initial(request, optedOut(shape, request.consent, known)) : [changedSince(zone, since)];
      return window === null ? null : [...window, ...(scope?.conditions ?? []), ...(last === 0 ? [] : [behind(last)])];
    };
    const page = await reader.page(type, request, conditions, zone, signal);
    if (!inOrder(page.rows, last))
      throw new ConnectorError('protocol', `netsuite query: ${type} rows are not in the order asked for`);
    watch.saw(page.rows);
    const rows = lists === null ? page.rows : await lists.placed(type, page.rows, signal);
    const end = scope?.upTo ?? Number(page.rows.at(-1)?.record.id ?? last);
    const more = page.hasMore || scope?.more === true;
    return { rows, next: more ? placeBehind(since, end) : null, total: scope?.upTo == null ? page.total : null };
  },
});

const placeBehind = (since: Millis | null, id: number): Position => ({ at: since, id: String(id) });

const initial = ({ initially }: ReadRequest, flagged: readonly Condition[] | null): readonly Condition[] | null => {
  if (initially === 'everyone') return [HAS_ADDRESS];
  return flagged === null ? null : [HAS_ADDRESS, ...flagged];
};

const changedSince = (zone: Zone, since: Millis): Condition => ({
  q: `lastmodifieddate >= TO_DATE(?, '${STAMP_FORMAT}')`,
  params: [zone.notAfter(since)],
});

const behind = (id: number): Condition => ({ q: 'id > ?', params: [id] });

/** Ids ascend; else reading on behind the last one would lose others. */
const inOrder = (rows: readonly Row[], after: number): boolean =>
  rows.every(({ record }, index) => Number(record.id) > Number(rows[index - 1]?.record.id ?? after));

/** How the log of deletions calls the types: by name or by number; which is not documented. */
const TYPES_OF_LOG: Readonly<Record<string, string>> = {
  contact: 'contact',
  '-6': 'contact',
  customer: 'customer',
  custjob: 'customer',
  '-2': 'customer',
};

/**
 * Records that were deleted, from the table `deletedrecord`. That queries have it, and under which columns, no source confirms:
 * where they do not, only a complete read shows deletions. A record that is still there, whatever the log says, is not told as deleted.
 */
const deletedStream = ({ reader, zone }: StreamParts, request: ReadRequest, since: Millis): Stream => ({
  name: 'deleted',
  async fetch(_from, signal): Promise<StreamPage> {
    const columns = ['recordtypeid', 'recordid', stampColumn('deleteddate', 'lm')];
    const window = { q: `deleteddate >= TO_DATE(?, '${STAMP_FORMAT}')`, params: [zone.notAfter(since)] };
    const all = reader.api.everyRow(select(columns, 'deletedrecord', [window], 'deleteddate, recordid'), signal);
    const log = await answerOr(all, NOT_SHOWN, []);
    const rows: Row[] = [];
    for (const type of request.types) {
      const gone = log.filter((one) => typeIn(one) === type && isId(String(one.recordid)));
      if (gone.length === 0) continue;
      const bare = { types: [type], fields: [], consent: [], reference: null };
      const there = await reader.byId(
        type,
        bare,
        gone.map(({ recordid }) => String(recordid)),
        signal,
      );
      const alive = new Set(there.map(({ record }) => record.id));
      for (const one of gone)
        if (!alive.has(String(one.recordid))) rows.push(goneRow(type, String(one.recordid), zone.toUtc(one.lm)));
    }
    return { rows, next: null, total: null };
  },
});

const typeIn = ({ recordtypeid }: WireRow): string | undefined =>
  entryOf(TYPES_OF_LOG, String(recordtypeid).toLowerCase());

const goneRow = (type: string, id: string, at: Millis | null): Row => bareRow({ type, id }, at, { kind: 'deleted' });
