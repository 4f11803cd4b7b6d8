import {
  abilitiesIn,
  type Capabilities,
  type Connector,
  ConnectorError,
  type Cursor,
  type Lookup,
  limitsOf,
  type Op,
  type Outcome,
  type Page,
  type RateLimit,
  type ReadRequest,
  type RecordRef,
  type Row,
  type Session,
} from '@heed/contract';
import { type AccountQuota, createMeter, createTools, type Meter, memoryQuota, memoryVault } from '@heed/toolkit';
import { expect } from 'vitest';
import type { ConnectorCase, People, Seen, Vendor } from './case.ts';
import { type SuiteClock, suiteClock } from './suite-clock.ts';

export interface Opened {
  readonly session: Session;
  readonly clock: SuiteClock;
  readonly meter: Meter;
}

interface OpenOptions {
  readonly config?: Readonly<Record<string, unknown>>;
  readonly limits?: readonly RateLimit[];
  readonly quota?: AccountQuota;
  /** Our own clock is this far ahead of the vendor's. */
  readonly aheadMs?: number;
}

/** What a check works with: one connector, its stand-in fresh for this check, and people at the vendor. */
export interface Bench {
  readonly connector: Connector<unknown>;
  /** What it claims for the role of the case. */
  readonly can: Capabilities;
  readonly given: ConnectorCase;
  readonly vendor: Vendor;
  readonly people: People;
  /** A session of a process of its own, through the real toolkit and the real SDK. */
  open(options?: OpenOptions): Opened;
}

export const SIGNAL: AbortSignal = new AbortController().signal;
/** When the sandboxes' clocks begin; they move only when a check moves them. */
export const NOON = Date.UTC(2026, 10, 18, 12);

// biome-ignore lint/suspicious/noExplicitAny: each connector has a configuration of its own; the suite only passes it on
export const benchOf = (connector: Connector<any>, given: ConnectorCase, vendor: Vendor): Bench => ({
  connector,
  can: abilitiesIn(connector, given.role),
  given,
  vendor,
  people: given.people(vendor),
  open(options = {}) {
    const config: unknown = connector.config.parse(options.config ?? given.config(vendor, vendor.url));
    const clock = suiteClock(() => vendor.clock.now() + (options.aheadMs ?? 0));
    const meter = createMeter();
    const tools = createTools({
      connector: connector.name,
      account: connector.account(config),
      limits: options.limits ?? limitsOf(connector, config),
      clock,
      random: () => 0.5,
      quota: options.quota ?? movingOn(memoryQuota(clock), vendor),
      vault: memoryVault(),
      meter,
    });
    return {
      session: connector.open({ config, role: given.role, container: given.container(vendor), basis: null }, tools),
      clock,
      meter,
    };
  },
});

/**
 * Whoever must wait for a window of the vendor's, or was asked to, waits by the vendor's clock: it moves on, or nobody would ever
 * be let through. Longer waits are told as errors and move nothing.
 */
const movingOn = (quota: AccountQuota, { clock }: Vendor): AccountQuota => ({
  ...quota,
  async take(request) {
    const grant = await quota.take(request);
    if (grant.kind === 'wait' && grant.why !== 'concurrent' && grant.waitMs <= LONGEST_WAIT_MS)
      clock.advance(grant.waitMs);
    return grant;
  },
});
const LONGEST_WAIT_MS = 60_000;

const address = (index: number, name = 'p'): string => `${name}${String(index).padStart(5, '0')}@example.org`;
export const addresses = (count: number, name = 'p'): readonly string[] =>
  Array.from({ length: count }, (_, index) => address(index, name));

export const requestOf = (bench: Bench, after: Cursor | null, more: Partial<ReadRequest> = {}): ReadRequest => ({
  ...bench.given.columns,
  lists: null,
  initially: 'everyone',
  after,
  ...more,
});

export const readAll = async (
  bench: Bench,
  session: Session,
  after: Cursor | null = null,
  more: Partial<ReadRequest> = {},
): Promise<readonly Page[]> => {
  const pages: Page[] = [];
  for await (const page of session.read(requestOf(bench, after, more), SIGNAL)) pages.push(page);
  expect(pages.map((page) => page.last)).toEqual([...pages.slice(1).map(() => false), true]);
  return pages;
};

export const rowsOf = (pages: readonly Page[]): readonly Row[] => pages.flatMap((page) => page.rows);

export const endOf = (pages: readonly Page[]): Page => {
  const last = pages.at(-1);
  if (last === undefined) throw new Error('a read has at least one page');
  return last;
};

/** The newest row of each record, as an engine would keep them. */
export const latest = (rows: readonly Row[]): ReadonlyMap<string, Row> =>
  new Map(rows.map((row) => [`${row.record.type} ${row.record.id}`, row]));

export const emailsOf = (rows: Iterable<{ readonly email: string | null }>): readonly string[] =>
  [...new Set([...rows].map((row) => row.email ?? ''))].sort();

export const lookup = (
  bench: Bench,
  session: Session,
  by: Lookup['by'],
  more: Partial<Lookup> = {},
): Promise<readonly Row[]> =>
  session.lookup({ ...bench.given.columns, by, evidenceSince: null, changedSince: null, ...more }, SIGNAL);

/** Whether a row says opted out, as the engine would read it. */
export const isOptedOut = (bench: Bench, row: Row): boolean => {
  if (row.member !== null) return row.member.status === 'unsubscribed' || row.member.complaint;
  const { field } = bench.given.optOut;
  if (field === null) return false;
  const { optedOutWhen } = field;
  const value = row.values[field.field];
  if (optedOutWhen === 'set') return value != null;
  return Array.isArray(optedOutWhen) ? optedOutWhen.includes(String(value)) : value === optedOutWhen;
};

/** Writes, and checks that there is one outcome for each op. */
export const writeAll = async (session: Session, ops: readonly Op[]): Promise<ReadonlyMap<string, Outcome>> => {
  const outcomes = await session.write(ops, SIGNAL);
  expect(outcomes.map(({ op }) => op).sort()).toEqual(ops.map(({ id }) => id).sort());
  return new Map(outcomes.map((outcome) => [outcome.op, outcome]));
};

export const writeOne = async (session: Session, op: Op): Promise<Outcome> => {
  const outcome = (await writeAll(session, [op])).get(op.id);
  if (outcome === undefined) throw new Error('no outcome');
  return outcome;
};

export const errorOf = async (work: Promise<unknown>): Promise<ConnectorError> => {
  const error: unknown = await work.then(
    () => 'it went well',
    (thrown: unknown) => thrown,
  );
  return error instanceof ConnectorError ? error : expect.fail(`a ConnectorError was due, and there was: ${error}`);
};

/** The one record with the address at the vendor; fails if there are several or none. */
export const seenAt = async (bench: Bench, email: string): Promise<Seen> => {
  const found = (await bench.people.seen()).filter((one) => one.email === email);
  expect(found, `records of ${email}`).toHaveLength(1);
  return found[0] as Seen;
};

export const addOne = async (bench: Bench, email: string, optedOut = false): Promise<RecordRef> => {
  const [record] = await bench.people.add([{ email, optedOut }]);
  if (record === undefined) throw new Error('nobody was added');
  return record;
};

/** Ends the time-outs of calls that are stuck. An answer that is only slow is at worst asked for again. */
export const withTimeOuts = async <T>(clock: SuiteClock, work: Promise<T>): Promise<T> => {
  const pump = setInterval(() => clock.timeOut(), 150);
  try {
    return await work;
  } finally {
    clearInterval(pump);
  }
};
