import { ConnectorError, type Lookup, type Millis, type OptInEvidence, type Row } from '@heed/contract';
import { inParallel } from '@heed/toolkit';
import { hashOf } from './address-hash.ts';
import { type Api, isMissing } from './api.ts';
import { CONNECTIONS } from './limits.ts';
import { rowOf } from './member.ts';
import { memberStream, type Source } from './streams.ts';
import { timeOf } from './wire.ts';

/** From so many members on, one read of what changed is tried before asking for each. */
const MANY = 20;

/** Members by hash or by address. Whoever is not in the answer is not in the audience. */
export const lookUp = async (source: Source, request: Lookup, signal: AbortSignal): Promise<readonly Row[]> => {
  const { api } = source;
  const hashes = [...new Set(hashesOf(request))];
  if (hashes.length === 0) return [];
  const complaints = await source.complaints.known(signal);
  const tags = request.fields;
  const many = request.changedSince !== null && hashes.length >= MANY;
  const found = many
    ? await changedOf(source, hashes, tags, request.changedSince ?? 0, signal)
    : new Map<string, Row>();
  const rows = await inParallel(hashes, CONNECTIONS, async (hash) => {
    const row = found.get(hash) ?? (await oneOf(hash));
    return row === null ? [] : [await withEvidence(api, row, request.evidenceSince, signal)];
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

/** Those of the members that changed since, out of no more pages than make it cheaper than asking for each. */
const changedOf = async (
  source: Source,
  hashes: readonly string[],
  tags: readonly string[],
  since: Millis,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, Row>> => {
  const wanted = new Set(hashes);
  const found = new Map<string, Row>();
  const stream = memberStream('changed', source, tags, null);
  let from: Parameters<typeof stream.fetch>[0] = { at: since, id: null };
  for (let pages = 0; from !== null && found.size < wanted.size && pages < hashes.length / MANY; pages += 1) {
    const { rows, next } = await stream.fetch(from, signal);
    // A member may come twice; the later row is the newer one.
    for (const row of rows) if (wanted.has(row.record.id)) found.set(row.record.id, row);
    from = next;
  }
  return found;
};

/**
 * Activities that only the person can cause, at a form of Mailchimp's. Not among them: `generic_signup` ("some generic
 * method", so an import or an API call, too), `ecommerce_signup` (an order), and everything an administrator does.
 */
const OWN_SIGN_UPS: readonly string[] = ['signup', 'website_signup', 'landing_page_signup', 'squatter_signup'];

/** Adds the person's last sign-up by own act since then, unless an opt-out followed it; subscribed members only. (C7) */
const withEvidence = async (api: Api, row: Row, since: Millis | null, signal: AbortSignal): Promise<Row> => {
  if (since === null || row.member?.status !== 'subscribed') return row;
  return { ...row, member: { ...row.member, optIn: await evidenceOf(api, row.record.id, since, signal) } };
};

const evidenceOf = async (
  api: Api,
  hash: string,
  since: Millis,
  signal: AbortSignal,
): Promise<OptInEvidence | null> => {
  const activity = await api.activity(hash, [...OWN_SIGN_UPS, 'unsub'], signal).catch((error: unknown) => {
    if (isMissing(error)) return []; // deleted since the look a moment ago
    throw error;
  });
  let latest: { readonly at: Millis; readonly type: string } | null = null;
  for (const { activity_type: type = '', created_at_timestamp: stamp } of activity) {
    const at = timeOf(stamp);
    if (at === null || (type !== 'unsub' && !OWN_SIGN_UPS.includes(type))) continue;
    // Of two in the same second the opt-out counts: in doubt it is the later one.
    if (latest === null || at > latest.at || (at === latest.at && type === 'unsub')) latest = { at, type };
  }
  if (latest === null || latest.type === 'unsub' || latest.at < since) return null;
  return { at: latest.at, proof: `activity feed: ${latest.type}` };
};
