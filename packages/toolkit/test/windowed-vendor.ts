import type { ConnectorError, Page, ReadRequest, Row } from '@heed/contract';
import { fakeClock, offsetStream, type Position, type Stream, seededRandom, windowedRead } from '../src/index.ts';

/** A vendor with rows by (stamp, id); stamps in whole seconds. */
export interface Vendor {
  readonly rows: Map<string, number>;
  /** Milliseconds that the vendor's clock is ahead of ours. */
  aheadMs: number;
  requests: number;
  /** Runs before every answer: people act while the read goes on. */
  meanwhile: () => void;
}

export const clock = fakeClock();
export const SECOND = 1000;
const signal = new AbortController().signal;

export const vendorOf = (rows: Iterable<readonly [string, number]> = []): Vendor => ({
  rows: new Map(rows),
  aheadMs: 0,
  requests: 0,
  meanwhile: () => {},
});

export const rowOf = (id: string, at: number): Row => ({
  record: { type: 'member', id },
  email: null,
  modifiedAt: at,
  modifiedBy: 'unknown',
  life: { kind: 'live' },
  reference: null,
  values: {},
  member: null,
  lists: null,
  version: null,
});

const sorted = (vendor: Vendor): readonly Row[] =>
  [...vendor.rows]
    .map(([id, at]) => rowOf(id, at))
    .sort((a, b) => stampOf(a) - stampOf(b) || (a.record.id < b.record.id ? -1 : 1));
export const stampOf = (row: Row): number => row.modifiedAt ?? 0;

export const keyset = (vendor: Vendor, pageRows: number, name = 'members'): Stream => ({
  name,
  async fetch(from) {
    vendor.meanwhile();
    vendor.requests += 1;
    const behind = sorted(vendor).filter((row) => from === null || isAtOrBehind(row, from));
    const rows = behind.slice(0, pageRows);
    const last = rows.at(-1);
    const next = behind.length > rows.length && last !== undefined ? { at: stampOf(last), id: last.record.id } : null;
    return { rows, next, total: behind.length };
  },
});
const isAtOrBehind = (row: Row, from: Position): boolean => {
  const at = from.at ?? 0;
  return stampOf(row) > at || (stampOf(row) === at && (from.id === null || row.record.id >= from.id));
};

export const byOffset = (vendor: Vendor, pageRows: number, inclusive: boolean, shuffled?: () => number): Stream =>
  offsetStream({
    name: 'members',
    pageRows,
    resolutionMs: SECOND,
    maxOffset: 5000,
    settledUntil: () => clock.now() - 5 * SECOND,
    async list({ since, before, offset, count }) {
      vendor.meanwhile();
      vendor.requests += 1;
      const hits = sorted(vendor).filter(({ modifiedAt }) => {
        const at = modifiedAt ?? 0;
        if (since !== null && (inclusive ? at < since : at <= since)) return false;
        return before === null || (inclusive ? at <= before : at < before);
      });
      const order =
        shuffled === undefined
          ? hits
          : hits
              .map((row) => ({ row, key: shuffled() }))
              .sort((a, b) => stampOf(a.row) - stampOf(b.row) || a.key - b.key)
              .map(({ row }) => row);
      return { rows: order.slice(offset, offset + count), total: hits.length };
    },
  });

export const request = (more: Partial<ReadRequest> = {}): ReadRequest => ({
  types: [],
  fields: [],
  consent: [],
  reference: null,
  lists: null,
  initially: 'everyone',
  after: null,
  ...more,
});

export const reading =
  (vendor: Vendor, stream: (vendor: Vendor) => Stream | readonly Stream[]) =>
  (after: string | null, more: Partial<ReadRequest> = {}) =>
    windowedRead(
      {
        connector: 'demo',
        container: 'audience',
        request: request({ ...more, after }),
        tools: { clock, vendorNow: () => clock.now() + (vendor.requests > 0 ? vendor.aheadMs : 0) },
        overlapMs: 600 * SECOND,
        changesKeptMs: 30 * 86_400 * SECOND,
        streams: () => [stream(vendor)].flat(),
      },
      signal,
    );

export const allOf = async (pages: AsyncIterable<Page>): Promise<readonly Page[]> => {
  const all: Page[] = [];
  for await (const page of pages) all.push(page);
  return all;
};
export const idsOf = (pages: readonly Page[]): readonly string[] =>
  pages.flatMap((page) => page.rows.map((row) => row.record.id));
export const unique = (ids: readonly string[]): readonly string[] => [...new Set(ids)].sort();
export const lastOf = (pages: readonly Page[]): Page => {
  const last = pages.at(-1);
  if (last === undefined) throw new Error('a read has at least one page');
  return last;
};
export const errorOf = async (pages: AsyncIterable<Page>): Promise<ConnectorError> =>
  allOf(pages).then(
    () => Promise.reject(new Error('no error')),
    (error: ConnectorError) => error,
  );

export const people = (count: number, stampOfIndex: (index: number) => number): Vendor =>
  vendorOf(
    Array.from({ length: count }, (_, index) => [`p${String(index).padStart(4, '0')}`, stampOfIndex(index)] as const),
  );
export const longAgo = clock.now() - 86_400 * SECOND;

export const kinds = [
  ['by key', (vendor: Vendor) => keyset(vendor, 7)],
  ['by offset, inclusive', (vendor: Vendor) => byOffset(vendor, 7, true)],
  ['by offset, exclusive', (vendor: Vendor) => byOffset(vendor, 7, false)],
  ['by offset, ties in any order', (vendor: Vendor) => byOffset(vendor, 7, true, seededRandom(3))],
] as const;
