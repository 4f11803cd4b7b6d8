import { createHash } from 'node:crypto';
import { ConnectorError, type Cursor, type Millis, type ReadRequest } from '@heed/contract';

/** A place in a stream of rows that are ordered by (stamp, id): the stream goes on with rows at or behind it. */
export interface Position {
  /** Vendor's clock; null in streams that have no time. */
  readonly at: Millis | null;
  /** Orders rows of the same stamp; null stands before all of them. */
  readonly id: string | null;
}

export type Phase = 'initial' | 'changes';

/** Between two reads: where the next one begins. */
export interface Resting {
  readonly kind: 'resting';
  /** The watermark, vendor's clock, overlap already taken off. */
  readonly since: Millis;
}

/** In the middle of a read. */
export interface Reading {
  readonly kind: 'reading';
  readonly phase: Phase;
  /** Where this read began in time; null for the initial one. */
  readonly since: Millis | null;
  /** When this read began, vendor's clock. */
  readonly beganAt: Millis;
  /** The same moment by our own clock. */
  readonly ourBeganAt: Millis;
  readonly stream: string;
  readonly from: Position | null;
  /** Of the streams so far; null as soon as one did not say. */
  readonly total: number | null;
}

export type ReadState = Resting | Reading;

const VERSION = 1;

/**
 * Names what a cursor belongs to: a change of the lists, columns or the container makes old cursors `stale`, because
 * what they already passed was read without the new columns.
 */
export const scopeOf = (container: string | null, request: ReadRequest): string => {
  const sorted = (texts: readonly string[]): readonly string[] => [...texts].sort();
  const text = JSON.stringify([
    container,
    sorted(request.types),
    sorted(request.fields),
    sorted(request.consent.map(({ field, optedOutWhen }) => JSON.stringify([field, optedOutWhen]))),
    request.reference,
    request.lists === null ? null : sorted(request.lists.map(({ kind, id }) => `${kind} ${id}`)),
    request.initially,
  ]);
  return createHash('sha256').update(text).digest('base64url').slice(0, 16);
};

export const writeCursor = (connector: string, scope: string, state: ReadState): Cursor =>
  JSON.stringify({ v: VERSION, connector, scope, ...state });

/**
 * Throws `config` for another connector's cursor, `stale` for one that is unreadable, of another version or of another
 * scope: the read has to begin again at null.
 */
export const readCursor = (connector: string, scope: string, cursor: Cursor): ReadState => {
  const parsed = parse(cursor);
  if (parsed === null || typeof parsed.connector !== 'string')
    throw stale('the stored place of the read is unreadable');
  if (parsed.connector !== connector)
    throw new ConnectorError('config', `the stored place of the read belongs to another connector than ${connector}`);
  if (parsed.v !== VERSION) throw stale('the stored place of the read is of another version');
  if (parsed.scope !== scope) throw stale('the stored place of the read is of other lists or columns');
  const state = stateOf(parsed);
  if (state === null) throw stale('the stored place of the read is incomplete');
  return state;
};

const stale = (why: string): ConnectorError => new ConnectorError('stale', `${why}; reading from the beginning`);

const parse = (cursor: Cursor): Readonly<Record<string, unknown>> | null => {
  try {
    return asRecord(JSON.parse(cursor));
  } catch {
    return null;
  }
};

const stateOf = (parsed: Readonly<Record<string, unknown>>): ReadState | null => {
  const { kind, since, phase, beganAt, ourBeganAt, stream, total } = parsed;
  if (kind === 'resting') return isTime(since) ? { kind, since } : null;
  if (kind !== 'reading' || (phase !== 'initial' && phase !== 'changes')) return null;
  if (!isTime(beganAt) || !isTime(ourBeganAt) || typeof stream !== 'string' || !(since === null || isTime(since)))
    return null;
  // A read of changes without a beginning would be taken for a complete one.
  if ((phase === 'initial') !== (since === null)) return null;
  const from = positionOf(parsed.from);
  if (from === undefined || !(total === null || typeof total === 'number')) return null;
  return { kind, phase, since, beganAt, ourBeganAt, stream, from, total };
};

const positionOf = (value: unknown): Position | null | undefined => {
  if (value === null) return null;
  const { at, id } = asRecord(value) ?? {};
  if (!(at === null || isTime(at)) || !(id === null || typeof id === 'string')) return undefined;
  return { at, id };
};

const isTime = (value: unknown): value is Millis => typeof value === 'number' && Number.isFinite(value);

const asRecord = (value: unknown): Readonly<Record<string, unknown>> | null =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : null;
