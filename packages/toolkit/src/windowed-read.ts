import { ConnectorError, type Millis, type Page, type ReadRequest, type Row, type Tools } from '@heed/contract';
import {
  type Phase,
  type Position,
  type Reading,
  type ReadState,
  readCursor,
  scopeOf,
  writeCursor,
} from './read-cursor.ts';
import { recent } from './recent.ts';

export interface StreamPage {
  readonly rows: readonly Row[];
  /** Where to go on; null when the stream has no more. Must move on: the same place twice in a row is an error. */
  readonly next: Position | null;
  /** How many rows the vendor says there are from the asked place on; null where it does not say. */
  readonly total: number | null;
}

/** One kind of thing that a read brings, page by page in ascending (stamp, id): Contacts, Leads, members, complaints. */
export interface Stream {
  /** Stands in cursors, so it never changes its meaning. */
  readonly name: string;
  /**
   * The next page: rows at or behind `from` (`>=`, never `>`), all rows if it is null. There is no upper end: a row that
   * changes while the read goes on moves behind and is seen again, where a fixed end would hide it from this read.
   */
  fetch(from: Position | null, signal: AbortSignal): Promise<StreamPage>;
}

export interface WindowedRead {
  readonly connector: string;
  readonly container: string | null;
  readonly request: ReadRequest;
  readonly tools: Pick<Tools, 'clock' | 'vendorNow'>;
  /**
   * A later read begins this long before the time the earlier one began: for commits that become visible late, for
   * stamps of whole seconds and for clocks that are not quite together.
   */
  readonly overlapMs: number;
  /** Older changes are not kept by the vendor: a cursor that rested longer is `stale`. Null if they are kept for ever. */
  readonly changesKeptMs?: number | null;
  /** The streams in the order they are read. `since` is null in the initial phase. */
  readonly streams: (phase: Phase, since: Millis | null) => readonly Stream[];
}

/** The `Date` header has whole seconds, and requests take a moment. */
const CLOCK_SLACK_MS = 5_000;
const DAY_MS = 86_400_000;
const REMEMBERED_ROWS = 20_000;

/**
 * The `read` of a session, built from streams: everything (or what is opted out) from a null cursor on, then what changed
 * since the last read. Each page's cursor resumes behind it, in this or another process. Rows come at least once.
 * Throws `stale` (begin again at null) or `config` for a cursor that does not fit, and what the streams throw.
 */
export async function* windowedRead(read: WindowedRead, signal: AbortSignal): AsyncGenerator<Page, void, undefined> {
  const scope = scopeOf(read.container, read.request);
  const cursor = (state: ReadState): string => writeCursor(read.connector, scope, state);
  const startedAt = read.tools.clock.now();
  let state = begin(read, scope);
  let learned = read.request.after !== null && state.stream !== BEGINNING;
  const streams = read.streams(state.phase, state.since);
  const seen = recent(REMEMBERED_ROWS);

  for (let index = streamIndex(streams, state.stream); ; ) {
    const stream = streams[index];
    if (stream === undefined) throw new ConnectorError('config', 'nothing to read: no record types were asked for');
    const from = state.stream === stream.name ? state.from : startOf(state.since);
    const page = await stream.fetch(from, signal);
    if (!learned) {
      // Only an answer shows the vendor's clock. What passed since the start is taken off: better too early than too late.
      const elapsedMs = read.tools.clock.now() - startedAt;
      state = { ...state, beganAt: read.tools.vendorNow() - elapsedMs };
      learned = true;
    }
    const total = isStart(from, state.since) ? plus(state.total, page.total) : state.total;
    const rows = page.rows.filter((row) => row.modifiedAt === null || seen.isNew(keyOf(stream, row)));
    const next = ended(state, page.next) ? null : page.next;
    if (next !== null) {
      if (isSame(next, from)) throw new ConnectorError('protocol', `${stream.name}: the read does not move on`);
      state = { ...state, stream: stream.name, from: next, total };
      yield pageOf(state, rows, cursor(state), index === streams.length - 1);
      continue;
    }
    index += 1;
    const following = streams[index];
    if (following === undefined) {
      const since = earlierBegin(state) - read.overlapMs;
      yield {
        rows,
        next: cursor({ kind: 'resting', since }),
        last: true,
        complete: state.phase === 'initial',
        readAt: state.beganAt,
        total,
      };
      return;
    }
    state = { ...state, stream: following.name, from: startOf(state.since), total };
    if (rows.length > 0) yield pageOf(state, rows, cursor(state), false);
  }
}

/** Stands for "before the first stream", whose name is not known yet. */
const BEGINNING = '';

const begin = (read: WindowedRead, scope: string): Reading => {
  const [beganAt, ourBeganAt] = [read.tools.vendorNow(), read.tools.clock.now()];
  const fresh = { kind: 'reading', beganAt, ourBeganAt, stream: BEGINNING, total: 0 } as const;
  const { after } = read.request;
  if (after === null) return { ...fresh, phase: 'initial', since: null, from: null };
  const state = readCursor(read.connector, scope, after);
  const since = state.since;
  if (since !== null && read.changesKeptMs != null && fresh.beganAt - since > read.changesKeptMs)
    throw new ConnectorError(
      'stale',
      'the last read is longer ago than the vendor keeps changes; reading from the beginning',
    );
  if (state.kind === 'reading') return state;
  // A vendor whose clock is behind ours may have been set back: what changed since has stamps before the place we left.
  const setBackMs = ourBeganAt - beganAt;
  const from = setBackMs > CLOCK_SLACK_MS && setBackMs < DAY_MS ? state.since - setBackMs : state.since;
  return { ...fresh, phase: 'changes', since: from, from: startOf(from) };
};

/**
 * When the read began, by the earlier of both clocks: a Date header that runs ahead of the stamps in the same answers (an edge
 * with a wrong clock) would let the next read begin behind changes that nobody has seen. A clock of ours that is behind
 * costs rows that are read twice. One that is a day behind was never set, and then only the vendor's is left.
 */
const earlierBegin = ({ beganAt, ourBeganAt }: Reading): Millis =>
  beganAt - ourBeganAt > DAY_MS ? beganAt : Math.min(beganAt, ourBeganAt);

const streamIndex = (streams: readonly Stream[], name: string): number => {
  if (name === BEGINNING) return 0;
  const index = streams.findIndex((one) => one.name === name);
  if (index < 0)
    throw new ConnectorError('stale', 'the stored place of the read is of another version; reading from the beginning');
  return index;
};

const startOf = (since: Millis | null): Position | null => (since === null ? null : { at: since, id: null });

const isStart = (from: Position | null, since: Millis | null): boolean =>
  from === null || (from.at === since && from.id === null);

const isSame = (a: Position, b: Position | null): boolean => b !== null && a.at === b.at && a.id === b.id;

/**
 * A read of changes may stop where it has passed its own beginning; the next read brings the rest. The initial read goes
 * to the end, because it says of what it did not show that it is not there.
 */
const ended = (state: Reading, next: Position | null): boolean =>
  next === null || (state.phase === 'changes' && next.at !== null && next.at > state.beganAt + CLOCK_SLACK_MS);

const plus = (a: number | null, b: number | null): number | null => (a === null || b === null ? null : a + b);

/** Joined: V8 keeps a template as the tree of its parts, three times the memory for as long as it is remembered. */
const keyOf = (stream: Stream, { record, modifiedAt, life }: Row): string =>
  [stream.name, record.type, record.id, modifiedAt, life.kind].join(' ');

const pageOf = (state: Reading, rows: readonly Row[], next: string, inLastStream: boolean): Page => ({
  rows,
  next,
  last: false,
  complete: false,
  readAt: state.beganAt,
  // Before the last stream has begun, the sum is not yet that of the whole read.
  total: inLastStream ? state.total : null,
});
