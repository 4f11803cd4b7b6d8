import type { Millis, Row, Tools } from '@heed/contract';
import { inParallel, offsetStream, type Stream } from '@heed/toolkit';
import { type Api, type MembersQuery, PAGE_ROWS } from './api.ts';
import type { ComplaintBook } from './complaints.ts';
import { CONNECTIONS } from './limits.ts';
import { goneComplainer, namelessRow, rowOf } from './member.ts';
import { dateText, memberIn, timeOf, type WireAbuseReport } from './wire.ts';

/** What the streams of a session share. */
export interface Source {
  readonly api: Api;
  readonly complaints: ComplaintBook;
}

/** `last_changed` has whole seconds. (recorded) */
const RESOLUTION_MS = 1000;

/** How far the clocks behind `Date` and `last_changed` may be apart, and ours from both. */
const CLOCKS_APART_MS = 5_000;

/** Members of one status or of all, in the order of `last_changed`. */
export const memberStream = (
  name: string,
  { api, complaints }: Source,
  tags: readonly string[],
  status: MembersQuery['status'],
  { clock, vendorNow }: Pick<Tools, 'clock' | 'vendorNow'>,
): Stream => {
  const stream = offsetStream({
    name,
    pageRows: PAGE_ROWS,
    resolutionMs: RESOLUTION_MS,
    maxOffset: null,
    settledUntil: () => Math.min(vendorNow(), clock.now()) - CLOCKS_APART_MS,
    list: async ({ since, before, offset }, signal) => {
      const query = { tags, status, since_last_changed: textOf(since), before_last_changed: textOf(before), offset };
      const known = await complaints.known(signal);
      const { items, total } = await api.members(query, signal);
      const parts = { tags, complaints: known };
      return {
        total,
        rows: items.map((item, index) => {
          const member = memberIn(item);
          return member === null ? namelessRow(item, offset + index) : rowOf(member, parts);
        }),
      };
    },
  });
  return {
    name,
    // Contacts without an address (SMS only) count in the paging, but nobody can mail them.
    fetch: async (from, signal) => {
      const page = await stream.fetch(from, signal);
      return { ...page, rows: page.rows.filter(({ email }) => email !== null) };
    },
  };
};

const textOf = (at: Millis | null): string | null => (at === null ? null : dateText(at));

/**
 * Opt-outs since a time, by the vendor's own filter. Its rows are no part of the vendor's count of members. `unshown`: only
 * those that a stream of all changes since then cannot have shown, in case an opt-out does not move `last_changed`.
 */
export const optOutStream = (
  { api, complaints }: Source,
  tags: readonly string[],
  since: Millis,
  which: 'all' | 'unshown',
): Stream => ({
  name: 'opt-outs',
  fetch: async (from, signal) => {
    const offset = offsetIn(from);
    const query = {
      tags,
      status: 'unsubscribed',
      since_last_changed: null,
      unsubscribed_since: dateText(since),
      offset,
    } as const;
    const { items, total } = await api.members(query, signal);
    const members = items.flatMap((item) => memberIn(item) ?? []);
    const wanted = members.filter((member) => which === 'all' || (timeOf(member.last_changed) ?? 0) < since);
    const rows = wanted.map((member) => rowOf(member, { tags, complaints: complaints.sofar }));
    const reached = offset + items.length;
    return { rows, next: items.length === 0 || reached >= total ? null : placeAt(since, reached), total: 0 };
  },
});

/** How long after its date a report may turn up and still be noticed by the next read; a complete read notices all. */
export const LATE_REPORT_MS = 7 * 86_400_000;
const REPORTS_PER_PAGE = 200;

/**
 * Who reported abuse lately (all of them if `since` is null) and did not come as a member in this read. Mailchimp can neither
 * filter nor sort reports.
 */
export const complaintStream = (
  { api, complaints }: Source,
  tags: readonly string[],
  since: Millis | null,
  shown: ReadonlySet<string>,
  lateMs: number,
): Stream => {
  let late: readonly WireAbuseReport[] | null = null;
  return {
    name: 'complaints',
    fetch: async (from, signal) => {
      late ??= (await complaints.refresh(signal))
        .filter(({ date }) => since === null || (timeOf(date) ?? since) >= since - lateMs)
        .toSorted((one, other) => one.id - other.id || (one.email_id < other.email_id ? -1 : 1));
      const offset = offsetIn(from);
      const piece = late.slice(offset, offset + REPORTS_PER_PAGE).filter(({ email_id: hash }) => !shown.has(hash));
      const rows = await inParallel(piece, CONNECTIONS, (report) => complainer(api, complaints, report, tags, signal));
      const reached = offset + REPORTS_PER_PAGE;
      return { rows, next: reached >= late.length ? null : placeAt(since, reached), total: 0 };
    },
  };
};

const complainer = async (
  api: Api,
  complaints: ComplaintBook,
  { email_id: hash, email_address: email }: WireAbuseReport,
  tags: readonly string[],
  signal: AbortSignal,
): Promise<Row> => {
  const member = await api.member(hash, tags, signal);
  const known = complaints.sofar;
  return member === null
    ? goneComplainer(hash, email, known.get(hash) ?? null)
    : rowOf(member, { tags, complaints: known });
};

const placeAt = (at: Millis | null, offset: number): { readonly at: Millis | null; readonly id: string } => ({
  at,
  id: String(offset),
});

const offsetIn = (from: { readonly id: string | null } | null): number => Number(from?.id ?? 0);
