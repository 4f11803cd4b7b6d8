import { ConnectorError, type Lookup, type Millis, type OptInEvidence, type Row } from '@heed/contract';
import { inParallel } from '@heed/toolkit';
import { hashOf } from './address-hash.ts';
import { type Api, isMissing, PAGE_ROWS } from './api.ts';
import { CONNECTIONS } from './limits.ts';
import { rowOf } from './member.ts';
import type { Source } from './streams.ts';
import { dateText, memberIn, timeOf } from './wire.ts';

/** A page of members is worth as many single looks: it takes about as long, and is about as large. */
const MANY = 20;

/** Members by hash or by address. Whoever is not in the answer is not in the audience. */
export const lookUp = async (
  source: Source,
  request: Lookup,
  vendorNow: () => Millis,
  signal: AbortSignal,
): Promise<readonly Row[]> => {
  const { api } = source;
  const hashes = [...new Set(hashesOf(request))];
  if (hashes.length === 0) return [];
  const complaints = await source.complaints.known(signal);
  const tags = request.fields;
  const found = await inPages(source, hashes, tags, request.changedSince, signal);
  const rows = await inParallel(hashes, CONNECTIONS, async (hash) => {
    const row = found.get(hash) ?? (await oneOf(hash));
    return row === null ? [] : [await withEvidence({ api, now: vendorNow() }, row, request.evidenceSince, signal)];
  });
  return rows.flat();

  async function oneOf(hash: string): Promise<Row | null> {
    const member = await api.member(hash, tags, signal);
    return member === null ? null : rowOf(member, { tags, complaints });
  }
};

const hashesOf = ({ by }: Lookup): readonly string[] => {
  if ('records' in by) return by.records.map(({ id }) => id);
  if ('emails' in by) return by.emails.map(hashOf);
  throw new ConnectorError('config', 'Mailchimp keeps no external id; a profile cannot name a reference there');
};

/**
 * Those of many members that pages of the audience show, the latest change first: what we have just written stands there. No
 * more pages than make it cheaper than asking for each; without a time to begin from only where they hold the whole audience.
 * Rows move while pages are turned, so who is not found here is asked for, never taken for gone.
 */
const inPages = async (
  { api, complaints }: Source,
  hashes: readonly string[],
  tags: readonly string[],
  since: Millis | null,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, Row>> => {
  const wanted = new Set(hashes);
  const found = new Map<string, Row>();
  const known = await complaints.known(signal);
  // Whether a scan of all statuses shows archived members is not documented.
  for (const status of [null, 'archived'] as const) {
    const mostPages = Math.floor((wanted.size - found.size) / MANY);
    for (let offset = 0, pages = 0; pages < mostPages && found.size < wanted.size; pages += 1) {
      // A second earlier: whether the bound includes its own second is not documented.
      const since_last_changed = since === null ? null : dateText(since - 1000);
      const query = { tags, status, since_last_changed, offset, newestFirst: true };
      const { items, total } = await api.members(query, signal);
      // The first one met is the latest.
      for (const member of items.flatMap((item) => memberIn(item) ?? []))
        if (wanted.has(member.id) && !found.has(member.id))
          found.set(member.id, rowOf(member, { tags, complaints: known }));
      offset += items.length;
      if (since === null && total > mostPages * PAGE_ROWS) return found;
      if (items.length === 0 || offset >= total) break;
    }
  }
  return found;
};

/**
 * Activities that only the person can cause, at a form of Mailchimp's. Not among them: `generic_signup` ("some generic
 * method", so an import or an API call, too), `ecommerce_signup` (an order), and everything an administrator does.
 */
const OWN_SIGN_UPS: readonly string[] = ['signup', 'website_signup', 'landing_page_signup', 'squatter_signup'];

interface Looking {
  readonly api: Api;
  /** Vendor's clock. */
  readonly now: Millis;
}

/** Adds the person's last sign-up by own act since then, unless an opt-out followed it; subscribed members only. (C7) */
const withEvidence = async (looking: Looking, row: Row, since: Millis | null, signal: AbortSignal): Promise<Row> => {
  if (since === null || row.member?.status !== 'subscribed') return row;
  return { ...row, member: { ...row.member, optIn: await evidenceOf(looking, row.record.id, since, signal) } };
};

/** How far an answer's `Date` and the stamps in it may disagree. */
const CLOCKS_APART_MS = 60_000;

const evidenceOf = async (
  { api, now }: Looking,
  hash: string,
  since: Millis,
  signal: AbortSignal,
): Promise<OptInEvidence | null> => {
  const activity = await api.activity(hash, [...OWN_SIGN_UPS, 'unsub'], signal).catch((error: unknown) => {
    if (isMissing(error)) return []; // deleted since the look a moment ago
    throw error;
  });
  let latest: { readonly at: Millis; readonly type: string } | null = null;
  for (const { activity_type: type, created_at_timestamp: stamp } of activity) {
    const at = timeOf(stamp);
    const isSignUp = typeof type === 'string' && OWN_SIGN_UPS.includes(type);
    // An opt-out of an unknown time, or something that may be one, may have come last.
    if (typeof type !== 'string' || (type === 'unsub' && at === null)) return null;
    // What has not happened yet proves nothing, and would outlast every opt-out until then.
    if (at === null || (isSignUp && at > now + CLOCKS_APART_MS) || (type !== 'unsub' && !isSignUp)) continue;
    // Of two in the same second the opt-out counts: in doubt it is the later one.
    if (latest === null || at > latest.at || (at === latest.at && type === 'unsub')) latest = { at, type };
  }
  if (latest === null || latest.type === 'unsub' || latest.at < since) return null;
  return { at: latest.at, proof: `activity feed: ${latest.type}` };
};
