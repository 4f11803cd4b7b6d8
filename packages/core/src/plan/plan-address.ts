import type { RecordRef, Values } from '@heed/contract';
import { type Case, decide, isMailable, type Verdict } from '../consent/decide.ts';
import { admit } from '../consent/newcomer.ts';
import { clearedValue, optOutValue } from '../consent/opt-out-field.ts';
import { reachOf } from '../consent/reach.ts';
import { optOutsOf, standsAnywhere } from '../consent/standing.ts';
import type { AddressKey } from '../identity/address.ts';
import { livesAt, movedOn } from '../identity/person.ts';
import type { Bucket, NotSyncedReason } from '../state/report.ts';
import { recordKey, type Shadow } from '../state/shadow.ts';
import type { Link, Listed, Owed, SetAside } from '../state/store.ts';
import { consentCase, fieldsToSet, isBarred, isInLists, needsEvidence, REFUSED_FOR_EVER } from './consent-case.ts';
import { mergeRecord } from './merge-record.ts';
import type { Surroundings } from './neighbours.ts';
import { type PlannedWrite, writeDigest } from './op.ts';
import type { View } from './view.ts';

export interface PlanContext {
  /** `YYYY-MM-DD` by the vendor's clock, for date opt-out fields. */
  readonly today: string;
  /** Our clock. */
  readonly now: number;
  /** The marketing side was read completely, so an address without a member really has none (C12a, C24). */
  readonly marketingIsComplete: boolean;
  /** C24, C25: nobody is created, invited, cleared or archived in this run. */
  readonly cautious: boolean;
  /** False if the profile's check found something that stops creates. */
  readonly mayCreate: boolean;
}

/** What one address needs to be right everywhere, and what is said about it if nothing is done. */
export interface AddressPlan {
  readonly address: AddressKey;
  readonly verdict: Verdict;
  /** Opt-outs and clears: tried before anything else (C21). */
  readonly consent: readonly PlannedWrite[];
  readonly fields: readonly PlannedWrite[];
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
  const { one } = consentCase(address, around, view);
  const verdict = decide(one);
  const live = around.people.filter(
    (shadow) => livesAt(shadow, address) && view.profile.crm.records.includes(shadow.record.type),
  );
  const consent = consentWrites(address, one, verdict, live, around, view, context);
  const carried = fieldWrites(address, one, verdict, live, around, view, context);
  const planned = new Set([...consent.writes, ...carried.writes].map(writeDigest));
  const kept = keptAside(around, planned, context.now);
  const waiting = new Set(kept.map((one) => one.write));
  const due = (write: PlannedWrite): boolean => !waiting.has(writeDigest(write));
  const remark = carried.remark ?? verdict.remark;
  const listed: Listed[] =
    remark === null ? [] : [{ address, side: sideOf(remark.reason), ...remark, detail: verdict.rule }];
  return {
    address,
    verdict,
    consent: consent.writes.filter(due),
    fields: carried.writes.filter(due),
    owed: consent.owed,
    listed,
    setAside: [...kept, ...carried.setAside],
    tries: new Map(around.setAside.flatMap((one) => (one.write === null ? [] : [[one.write, one.attempts] as const]))),
    links: carried.links,
    overwrites: carried.overwrites,
    buckets: bucketsOf(live, around, remark, carried),
    asksCrm: verdict.set.length > 0 || verdict.clear.length > 0 || verdict.spreads,
    asksEvidenceSince: needsEvidence(one, around, view),
  };
};

const sideOf = (reason: NotSyncedReason): 'crm' | 'marketing' =>
  reason === 'archived' || reason === 'undeliverable' || reason === 'subscribed-again-not-by-own-act'
    ? 'marketing'
    : 'crm';

/** A final refusal stays; another one keeps its write waiting until it is time to try again. */
const keptAside = (around: Surroundings, planned: ReadonlySet<string>, now: number): readonly SetAside[] =>
  around.setAside
    .filter((one) => {
      if (one.rule === REFUSED_FOR_EVER) return true;
      return one.write !== null && planned.has(one.write) && one.retryAt !== null && one.retryAt > now;
    })
    .map((one) => ({ ...one, attempts: 0 }));

const consentWrites = (
  address: AddressKey,
  one: Case,
  verdict: Verdict,
  live: readonly Shadow[],
  around: Surroundings,
  view: View,
  context: PlanContext,
): { readonly writes: readonly PlannedWrite[]; readonly owed: readonly Owed[] } => {
  const writes: PlannedWrite[] = [];
  const owed: Owed[] = [];
  const { rule, because } = verdict;
  const owe = (side: 'crm' | 'marketing', record: RecordRef | null, why: string): void => {
    owed.push({ address, side, record, rule, because, since: context.now, why });
  };
  for (const shadow of live.filter((each) =>
    verdict.set.some((record) => recordKey(record) === recordKey(each.record)),
  )) {
    const fields = fieldsToSet(shadow, view);
    const blocked = view.gaps.filter(
      (gap) => gap.type === shadow.record.type && fields.some((field) => field.field === gap.field),
    );
    const writable = fields.filter((field) => !blocked.some((gap) => gap.field === field.field));
    owe(
      'crm',
      shadow.record,
      blocked[0] === undefined
        ? 'not read back yet'
        : `${shadow.record.type}.${blocked[0].field} cannot be written: ${blocked[0].fix} (C18)`,
    );
    if (writable.length === 0) continue;
    const set = Object.fromEntries(writable.map((field) => [field.field, optOutValue(field, context.today)]));
    writes.push({
      side: 'crm',
      op: { kind: 'opt-out', record: shadow.record, email: shadow.email ?? '', topic: '*', set },
      rule,
      because,
      guarded: false,
      agrees: {},
      partner: null,
    });
  }
  if (verdict.member === 'opt-out') {
    const known = one.member.kind === 'known' ? one.member.record : null;
    const email = around.member?.email ?? live[0]?.email ?? null;
    const stopped = verdict.guarded && view.stopped !== null;
    owe('marketing', known, stopped ? `waits for ${view.stopped} (C18)` : 'not read back yet');
    const absent = known === null && !context.marketingIsComplete;
    if (email !== null && !stopped && !absent) {
      writes.push({
        side: 'marketing',
        op: { kind: 'opt-out', record: known, email, topic: '*', set: {} },
        rule,
        because,
        guarded: verdict.guarded,
        agrees: {},
        partner: null,
      });
    }
  }
  if (!context.cautious && view.can.crm.clear) writes.push(...clears(verdict, live, view));
  return { writes, owed };
};

/** All records of the address or none (C7). */
const clears = (verdict: Verdict, live: readonly Shadow[], view: View): readonly PlannedWrite[] => {
  const writes: PlannedWrite[] = [];
  for (const record of verdict.clear) {
    const shadow = live.find((each) => recordKey(each.record) === recordKey(record));
    const set: Record<string, Values[string]> = {};
    for (const rule of view.settings.optOutFields[record.type] ?? []) {
      const cleared = clearedValue(rule);
      if (cleared === null) return [];
      set[rule.field] = cleared.value;
    }
    if (shadow === undefined) return [];
    const op = {
      kind: 'clear',
      record,
      email: shadow.email ?? '',
      topic: '*',
      set,
      ifVersion: shadow.version,
    } as const;
    writes.push({
      side: 'crm',
      op,
      rule: verdict.rule,
      because: verdict.because,
      guarded: false,
      agrees: {},
      partner: null,
    });
  }
  return writes;
};

interface Carried {
  readonly overwrites: number;
  readonly writes: readonly PlannedWrite[];
  readonly links: readonly Link[];
  readonly setAside: readonly SetAside[];
  readonly remark: { readonly reason: NotSyncedReason; readonly rule: string } | null;
  readonly winner: Shadow | null;
}

const nothing: Carried = { overwrites: 0, writes: [], links: [], setAside: [], remark: null, winner: null };

const fieldWrites = (
  address: AddressKey,
  one: Case,
  verdict: Verdict,
  live: readonly Shadow[],
  around: Surroundings,
  view: View,
  context: PlanContext,
): Carried => {
  const stopped = view.stopped !== null;
  const inScope = live.filter((shadow) => isInLists(shadow, view) && wasReadWithFields(shadow, view));
  const winner = winnerOf(inScope, around, view);
  const member = around.member?.life.kind === 'live' ? around.member : null;
  if (winner === null) {
    // In a list, but the records read has not brought its fields yet.
    if (member === null || live.some((shadow) => isInLists(shadow, view))) return nothing;
    if (live.length > 0 && around.linkOfMember(member) === null) return nothing;
    return memberWithoutRecord(address, one, verdict, member, around, view, context);
  }
  if (member !== null) {
    const link = around.linkOfMember(member);
    const merged = mergeRecord(view, winner, member, link, { toMarketing: verdict.fields && !stopped });
    return {
      overwrites: merged.overwrites,
      writes: merged.writes,
      links: merged.links,
      setAside: merged.setAside,
      winner,
      remark: stopped ? { reason: 'consent-unreadable', rule: 'C18' } : null,
    };
  }
  return memberlessRecord(address, verdict, winner, live, around, view, context);
};

/** The light consent read brings no mapped fields; such a record is complete after the records read of the same run. */
const wasReadWithFields = (shadow: Shadow, view: View): boolean =>
  view.fields.every((field) => field.crm[shadow.record.type] === undefined || field.mapping.crm in shadow.values);

/** The order of `crm.records` decides, then the record that is linked already, then the one that was known first. */
const winnerOf = (records: readonly Shadow[], around: Surroundings, view: View): Shadow | null => {
  const rank = (shadow: Shadow): readonly number[] => [
    view.profile.crm.records.indexOf(shadow.record.type),
    around.linkOfRecord(shadow) === null ? 1 : 0,
    shadow.firstReadAt,
  ];
  const better = (a: Shadow, b: Shadow): number => {
    const left = rank(a);
    const right = rank(b);
    const i = left.findIndex((value, at) => value !== right[at]);
    return i < 0 ? a.record.id.localeCompare(b.record.id) : (left[i] ?? 0) - (right[i] ?? 0);
  };
  return [...records].sort(better)[0] ?? null;
};

const memberlessRecord = (
  address: AddressKey,
  verdict: Verdict,
  winner: Shadow,
  live: readonly Shadow[],
  around: Surroundings,
  view: View,
  context: PlanContext,
): Carried => {
  const refuse = (reason: NotSyncedReason, rule: string): Carried => ({ ...nothing, winner, remark: { reason, rule } });
  if (!verdict.create) return verdict.remark === null ? nothing : { ...nothing, winner, remark: verdict.remark };
  if (view.stopped !== null) return refuse('consent-unreadable', 'C18');
  const elsewhere = memberElsewhere(address, winner, around);
  if (elsewhere !== null) {
    const renamed = renameOf(address, winner, elsewhere, around, view);
    return renamed === null ? refuse('address-differs', 'C15') : { ...nothing, winner, writes: [renamed] };
  }
  // Creating is stricter: what was said in any connection of the customer, also at an earlier address, stands in its way (C26).
  const anywhere = reachOf(address, [...around.people, ...around.members], around.ledger, 'customer').bindings;
  const verdictOnCreate = admit({
    settings: view.settings,
    creates: view.profile.create.marketing,
    can: view.can.marketing.newMembers,
    records: live.map((shadow) => ({ values: shadow.values, inScope: isInLists(shadow, view) })),
    optedOutElsewhere: anywhere.some(standsAnywhere),
    barred: live.some((shadow) => isBarred(shadow, view)),
    everOptedOut: around.ledger.facts.some((fact) => fact.address === address && fact.says === 'opted-out'),
    createdBefore: around.createdBefore,
  });
  if ('no' in verdictOnCreate) return refuse(verdictOnCreate.no, verdictOnCreate.rule);
  if (context.cautious || !context.mayCreate || !context.marketingIsComplete) return { ...nothing, winner };
  const fresh = mergeRecord(view, winner, null, null, { toMarketing: true });
  const op = {
    kind: 'create',
    type: 'member',
    email: winner.email ?? '',
    reference: null,
    fields: fresh.created,
    as: verdictOnCreate.as,
    set: {},
  } as const;
  return {
    ...nothing,
    setAside: fresh.setAside,
    winner,
    writes: [
      {
        side: 'marketing',
        op,
        rule: 'C0.6 C19',
        because: [],
        guarded: false,
        agrees: fresh.agrees,
        partner: winner.record,
      },
    ],
  };
};

/** The record's linked member, if it lives at another address that no other record has. */
const memberElsewhere = (address: AddressKey, winner: Shadow, around: Surroundings): Shadow | null => {
  const link = around.linkOfRecord(winner);
  const member = link === null ? null : around.memberByRecord(recordKey(link.member));
  if (member === null || member.life.kind !== 'live' || member.address === null || member.address === address)
    return null;
  const old = member.address;
  return around.people.some((shadow) => livesAt(shadow, old)) ? null : member;
};

/**
 * A linked member follows its record to a new address, unless anybody there or here ever opted out (C15). A member whose
 * address was changed in marketing is never changed back (I8).
 */
const renameOf = (
  address: AddressKey,
  winner: Shadow,
  member: Shadow,
  around: Surroundings,
  view: View,
): PlannedWrite | null => {
  const old = member.address;
  if (old === null || member.member === null || !view.can.marketing.rename || !movedOn(winner, old, address))
    return null;
  const clean = optOutsOf(around.ledger, address).length === 0 && optOutsOf(around.ledger, old).length === 0;
  const mailable = isMailable({ kind: 'known', record: member.record, state: member.member, refusedForever: false });
  if (!clean || !mailable || winner.email === null) return null;
  const op = { kind: 'rename', record: member.record, from: member.email ?? '', to: winner.email } as const;
  return { side: 'marketing', op, rule: 'C15', because: [], guarded: false, agrees: {}, partner: winner.record };
};

const memberWithoutRecord = (
  address: AddressKey,
  one: Case,
  verdict: Verdict,
  member: Shadow,
  around: Surroundings,
  view: View,
  context: PlanContext,
): Carried => {
  const link = around.linkOfMember(member);
  const status = member.member?.status;
  if (link !== null) {
    const moved = around.recordByKey(recordKey(link.crm));
    // Its record lives on at another address, where the member follows it or is listed.
    if (moved?.life.kind === 'live' && moved.address !== null && moved.address !== address) return nothing;
    const { whenRecordLeaves } = view.profile;
    const canLeave = status === 'subscribed' || status === 'non-subscribed';
    if (
      whenRecordLeaves === 'keep' ||
      link.left ||
      !canLeave ||
      verdict.member === 'opt-out' ||
      verdict.row !== 6 ||
      context.cautious
    ) {
      return { ...nothing, remark: verdict.row === 6 ? { reason: 'left', rule: 'C12' } : null };
    }
    const op = { kind: 'leave', record: member.record, email: member.email ?? '', how: whenRecordLeaves } as const;
    return {
      ...nothing,
      writes: [
        { side: 'marketing', op, rule: 'C12', because: [], guarded: true, agrees: link.agreed, partner: link.crm },
      ],
    };
  }
  const type = view.profile.create.crm;
  if (type === null || status !== 'subscribed' || verdict.row !== 6 || one.member.kind !== 'known') return nothing;
  if (context.cautious || !context.mayCreate || view.stopped !== null) return nothing;
  const fresh = mergeRecord(view, null, member, null, { toMarketing: false });
  const set = Object.fromEntries(
    (view.settings.optOutFields[type] ?? []).flatMap((rule) => {
      const cleared = clearedValue(rule);
      return cleared === null ? [] : [[rule.field, cleared.value]];
    }),
  );
  const reference =
    view.profile.reference === null ? null : { field: view.profile.reference, value: `heed-${member.record.id}` };
  const op = {
    kind: 'create',
    type,
    email: member.email ?? '',
    reference,
    fields: fresh.created,
    as: null,
    set,
  } as const;
  return {
    ...nothing,
    setAside: fresh.setAside,
    writes: [
      { side: 'crm', op, rule: 'C19', because: [], guarded: false, agrees: fresh.agrees, partner: member.record },
    ],
  };
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
  if (around.member !== null) {
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
