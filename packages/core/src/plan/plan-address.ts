import type { RecordRef } from '@heed/contract';
import { type Case, decide, type Verdict } from '../consent/decide.ts';
import { type AddressKey, isRecordAddress } from '../identity/address.ts';
import { livesAt } from '../identity/person.ts';
import type { Bucket, NotSyncedReason } from '../state/report.ts';
import type { Shadow } from '../state/shadow.ts';
import type { Link, Listed, Owed, SetAside } from '../state/store.ts';
import { type Carried, nothing } from './carried.ts';
import { consentCase, needsEvidence, REFUSED_FOR_EVER } from './consent-case.ts';
import { consentWrites } from './consent-writes.ts';
import { fieldWrites } from './field-writes.ts';
import type { Matter, PlanContext } from './matter.ts';
import type { Surroundings } from './neighbours.ts';
import { type PlannedWrite, writeDigest } from './op.ts';
import { allConsentWrites, listedTopics, topicPlans, withinTopics, withoutNeedless } from './topics.ts';
import type { View } from './view.ts';

export type { PlanContext } from './matter.ts';

/** What one address needs to be right everywhere, and what is said about it if nothing is done. */
export interface AddressPlan {
  readonly address: AddressKey;
  readonly verdict: Verdict;
  /** What is demanded for each topic of the profile (C17). */
  readonly topics: readonly { readonly name: string; readonly verdict: Verdict }[];
  /** Opt-outs and clears: tried before anything else (C21). */
  readonly consent: readonly PlannedWrite[];
  readonly fields: readonly PlannedWrite[];
  /** Refused a short while ago or for ever: not to be sent now. */
  readonly waiting: readonly PlannedWrite[];
  readonly owed: readonly Owed[];
  readonly listed: readonly Listed[];
  readonly setAside: readonly SetAside[];
  /** How often writes of this address were refused before, by `writeDigest`. */
  readonly tries: ReadonlyMap<string, number>;
  readonly links: readonly Link[];
  /** Fields in which one side's value gives way to the other's. */
  readonly overwrites: number;
  readonly buckets: readonly RecordBucket[];
  /** An opt-out goes to every CRM record of the address, so those that were never read must be looked up first (C1). */
  readonly asksCrm: boolean;
  /** A look-up of evidence since then (vendor's clock) may change the verdict (C7); null: none is needed. */
  readonly asksEvidenceSince: number | null;
}

export interface RecordBucket {
  readonly side: 'crm' | 'marketing';
  readonly record: RecordRef;
  readonly bucket: Bucket;
  readonly reason: NotSyncedReason | null;
}

/** Decides one address completely. Pure: the same surroundings give the same plan (I10). */
export const planAddress = (
  address: AddressKey,
  around: Surroundings,
  view: View,
  context: PlanContext,
): AddressPlan => {
  const live = around.people.filter(
    (shadow) => livesAt(shadow, address) && view.profile.crm.records.includes(shadow.record.type),
  );
  const { one } = consentCase(address, around, view);
  const topics = topicPlans(address, live, around, view, context);
  const verdict = withinTopics(decide(one), topics, one.member.kind === 'known');
  const matter: Matter = { address, one, verdict, live, around, view, context };
  const consent = allConsentWrites(consentWrites(matter), topics);
  const carried = isRecordAddress(address) ? withoutAddress(live) : fieldWrites(matter);
  const kept = keptAside(around, [...consent.writes, ...carried.writes], context.now);
  const waiting = new Set(kept.map((one) => one.write));
  const due = (write: PlannedWrite): boolean => waiting.size === 0 || !waiting.has(writeDigest(write));
  const isWaiting = (write: PlannedWrite): boolean => !due(write);
  // Nobody lives here any more: there is nothing to say about an address that a record or our own rename left.
  const isLivedAt = live.length > 0 || around.member?.life.kind === 'live';
  const remark = isLivedAt ? (carried.remark ?? verdict.remark) : null;
  const listed: readonly Listed[] = [
    ...(remark === null ? [] : [{ address, side: sideOf(remark.reason), ...remark, detail: verdict.rule }]),
    ...(isLivedAt ? listedTopics(address, topics, remark?.reason ?? null) : []),
  ];
  return {
    address,
    verdict,
    consent: withoutNeedless(consent.writes.filter(due)),
    topics: topics.map(({ name, verdict }) => ({ name, verdict })),
    // What is under way must not be sent twice, nor be overtaken by a newer value (I8); opt-outs do not wait for it.
    fields: around.inJob ? [] : carried.writes.filter(due),
    waiting: waiting.size === 0 ? [] : [...consent.writes, ...carried.writes].filter(isWaiting),
    owed: consent.owed,
    listed,
    setAside: [...kept, ...consent.setAside, ...carried.setAside],
    tries: new Map(around.setAside.flatMap((one) => (one.write === null ? [] : [[one.write, one.attempts] as const]))),
    links: carried.links,
    overwrites: carried.overwrites,
    buckets: bucketsOf(live, around, remark, carried),
    asksCrm: [verdict, ...topics.map((topic) => topic.verdict)].some(goesToCrm) || wasReadBlind(one, view),
    asksEvidenceSince: needsEvidence(one, around, view),
  };
};

const goesToCrm = ({ set, clear, spreads }: Verdict): boolean => set.length > 0 || clear.length > 0 || spreads;

/** Nobody can be mailed at a record that has no address: its opt-outs count, nothing else of it does. */
const withoutAddress = (live: readonly Shadow[]): Carried => {
  const [record] = live;
  const reason = record === undefined || record.email === null ? 'no-address' : 'invalid-address';
  return { ...nothing, remark: { reason, rule: 'C0' } };
};

/** A record that was read while a field was hidden which can be read now (C18). */
const wasReadBlind = (one: Case, view: View): boolean =>
  view.gaps.length === 0 && one.records.some((record) => record.reading === 'unreadable');

const sideOf = (reason: NotSyncedReason): 'crm' | 'marketing' =>
  reason === 'archived' || reason === 'undeliverable' || reason === 'subscribed-again-not-by-own-act'
    ? 'marketing'
    : 'crm';

/** A final refusal stays; another one keeps its write waiting until it is time to try again. */
const keptAside = (around: Surroundings, writes: readonly PlannedWrite[], now: number): readonly SetAside[] => {
  if (around.setAside.length === 0) return [];
  const planned = new Set(writes.map(writeDigest));
  return around.setAside
    .filter((one) => {
      if (one.rule === REFUSED_FOR_EVER) return true;
      return one.write !== null && planned.has(one.write) && one.retryAt !== null && one.retryAt > now;
    })
    .map((one) => ({ ...one, attempts: 0 }));
};

const bucketsOf = (
  live: readonly Shadow[],
  around: Surroundings,
  remark: { readonly reason: NotSyncedReason } | null,
  carried: Carried,
): readonly RecordBucket[] => {
  const buckets: RecordBucket[] = [];
  for (const shadow of live) {
    const loses = carried.winner !== null && carried.winner !== shadow;
    const reason = remark?.reason ?? (loses ? 'not-winner' : null);
    buckets.push({ side: 'crm', record: shadow.record, bucket: reason === null ? 'unchanged' : 'notSynced', reason });
  }
  if (around.member?.life.kind === 'live') {
    const reason = remark?.reason ?? null;
    buckets.push({
      side: 'marketing',
      record: around.member.record,
      bucket: reason === null ? 'unchanged' : 'notSynced',
      reason,
    });
  }
  return buckets;
};
