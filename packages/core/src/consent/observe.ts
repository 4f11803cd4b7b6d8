import type { Actor, Capabilities, Millis, OptOutField, Row } from '@heed/contract';
import { type AddressKey, addressKey } from '../identity/address.ts';
import { type Shadow, type Stay, type System, systemKey } from '../state/shadow.ts';
import type { Intent } from '../state/store.ts';
import { ALL_MAIL, type NewFact, type Says, type Source, type When } from './fact.ts';
import { readOptOutField } from './opt-out-field.ts';

/** Vendors stamp in whole seconds, so a change inside our request window may be dated up to a second before it. */
const STAMP_MS = 1_000;
/** No request is under way longer than this; a later change is not the effect of one whose answer was lost. */
const REQUEST_MS = 150_000;

/** How rows of one system are read. */
export interface Observer {
  readonly system: System;
  /** Consent fields by record type, for a CRM (C4); includes `consent.optInField` as a field whose `false` is an opt-out. */
  readonly consentFields: Readonly<Record<string, readonly OptOutField[]>>;
  readonly optInField: string | null;
  readonly proofs: Capabilities['proofs'];
  /** Vendor's clock when the read began. */
  readonly readAt: Millis;
  /** Our clock. */
  readonly seenAt: Millis;
  /** Lists that the read asked for; null if it did not ask. */
  readonly lists: readonly string[] | null;
  /** The record types that have these consent fields were read on behalf of this run; kept on facts for `correct --run`. */
  readonly run: string | null;
}

export interface Observation {
  readonly shadow: Shadow;
  readonly facts: readonly NewFact[];
  /** Intents that this row explains; they explain nothing after it (C8). */
  readonly explained: readonly Intent[];
  /** Something that rules or fields may depend on is different from what we knew. */
  readonly changed: boolean;
}

export const sourceOf = (system: System, field: string): Source => ({
  role: system.role,
  connection: system.connection,
  container: system.container,
  field,
});

/**
 * Turns one row into what is remembered about it: the shadow, and a fact for every state of consent that was not so
 * before (Words: fact). Reading the same state again is no new fact; what our own writes explain is an echo (C8). Pure.
 */
export const observe = (row: Row, before: Shadow | null, intents: readonly Intent[], by: Observer): Observation => {
  const address = addressKey(row.email) ?? (row.life.kind === 'live' ? null : (before?.address ?? null));
  const shadow = shadowOf(row, before, by, address);
  const facts: NewFact[] = [];
  const explained: Intent[] = [];
  const addresses = [address, before?.address ?? null].filter(
    (one, i, all): one is AddressKey => one !== null && all.indexOf(one) === i,
  );

  /** A tick and an address change found by the same read count for both addresses (C15). */
  const say = (
    field: string,
    says: Says,
    more: { by: Actor; complaint?: boolean; at?: Millis | null; proof?: string | null },
  ): void => {
    const echo = says === 'opted-out' && more.complaint !== true ? echoing(row, by, intents, more.by) : null;
    if (echo !== null && !explained.includes(echo)) explained.push(echo);
    for (const one of addresses) {
      facts.push({
        address: one,
        topic: ALL_MAIL,
        source: sourceOf(by.system, field),
        says,
        by: more.by,
        complaint: more.complaint ?? false,
        when: whenOf(row, before, by, more.at ?? null),
        record: row.record,
        proof: more.proof ?? null,
        echoOf: echo?.because[0] ?? null,
        run: by.run,
        user: row.modifiedByUser ?? null,
      });
    }
  };
  observeMember(row, before, by, say);
  observeFields(row, before, by, say);
  for (const intent of intents) if (!explained.includes(intent) && isRefuted(intent, row, by)) explained.push(intent);
  return { shadow, facts, explained, changed: facts.length > 0 || before === null || differs(before, shadow) };
};

type Say = (
  field: string,
  says: Says,
  more: { by: Actor; complaint?: boolean; at?: Millis | null; proof?: string | null },
) => void;

const observeMember = (row: Row, before: Shadow | null, by: Observer, say: Say): void => {
  const now = row.member;
  if (now === null) return;
  const was = before?.member ?? null;
  if (now.complaint && was?.complaint !== true)
    say('status', 'opted-out', { by: 'person', complaint: true, at: now.since });
  switch (now.status) {
    case 'unsubscribed': {
      // The person's own word is news even if somebody else had said the same before.
      const news = was?.status !== 'unsubscribed' || (now.by === 'person' && was.by !== 'person');
      // A complaint of this very read was said above; an old one does not hide a new opt-out.
      // What a complaint is dated with says nothing about a later unsubscription.
      const at = now.complaint ? null : now.since;
      if (news && (!now.complaint || was?.complaint === true)) say('status', 'opted-out', { by: now.by, at });
      return;
    }
    case 'undeliverable':
    case 'archived':
    case 'pending':
      if (was?.status !== now.status) say('status', now.status, { by: now.by, at: now.since });
      return;
    case 'subscribed':
      observeSubscribed(row, before, by, say);
      return;
    case 'non-subscribed':
      return;
  }
};

/** C7: what proves that the person did it is the vendor's own section of the rule; everything else is `unknown`. */
const observeSubscribed = (row: Row, before: Shadow | null, by: Observer, say: Say): void => {
  const was = before?.member ?? null;
  const archivedBetween = before?.archivedSince !== null && before?.archivedSince !== undefined;
  const evidence = row.member?.optIn ?? null;
  const known = was?.status === 'subscribed' ? (was.optIn?.at ?? null) : null;
  if (evidence !== null && evidence.at !== known && by.proofs.includes('own-event')) {
    say('status', 'opted-in', { by: 'person', at: evidence.at, proof: archivedBetween ? null : evidence.proof });
    return;
  }
  if (was === null || was.status === 'subscribed') return;
  const confirmed = was.status === 'pending' && by.proofs.includes('pending-then-subscribed') && !archivedBetween;
  say(
    'status',
    'opted-in',
    confirmed ? { by: 'person', at: row.member?.since ?? null, proof: 'pending became subscribed' } : { by: 'unknown' },
  );
};

const observeFields = (row: Row, before: Shadow | null, by: Observer, say: Say): void => {
  for (const rule of by.consentFields[row.record.type] ?? []) {
    const now = readOptOutField(rule, row.values);
    const was = before === null ? null : readOptOutField(rule, before.values);
    if (rule.field === by.optInField) {
      // Only turning a given consent false is an opt-out; a first `false` is the absence of a reason (C19).
      if (now === 'opted-out' && was === 'not-opted-out') say(rule.field, 'opted-out', { by: 'operator' });
    } else if (now === 'opted-out' && was !== 'opted-out') {
      say(rule.field, 'opted-out', { by: 'unknown' });
    } else if (now === 'not-opted-out' && was === 'opted-out') {
      say(rule.field, 'opted-in', { by: 'unknown' });
    }
  }
};

/** Our own opt-out explains a state if it was durable first and the row was last changed inside its request window (C8). */
const echoing = (row: Row, by: Observer, intents: readonly Intent[], actor: Actor): Intent | null => {
  if (row.modifiedBy === 'other' || actor === 'person') return null;
  const until = (intent: Intent): Millis =>
    (intent.answeredAt ?? Math.min(by.readAt, intent.sentAt + REQUEST_MS)) + STAMP_MS;
  return (
    intents.find((intent) => {
      if (intent.seen || (intent.state !== 'open' && intent.state !== 'applied')) return false;
      if (intent.because.length === 0 || systemKey(intent.system) !== systemKey(by.system)) return false;
      if (!concerns(intent, row)) return false;
      // Nobody answered: only a look-up inside the request window, or the vendor's word that it was us, shows that it was ours.
      const answered = intent.state === 'applied' || row.modifiedBy === 'us' || by.readAt <= intent.sentAt + REQUEST_MS;
      if (!answered) return false;
      if (row.modifiedAt === null) return intent.state === 'applied';
      return row.modifiedAt >= intent.sentAt - STAMP_MS && row.modifiedAt <= until(intent);
    }) ?? null
  );
};

/** Once a later read shows the contrary, our write explains no opt-out that comes after it (C8). */
const isRefuted = (intent: Intent, row: Row, by: Observer): boolean => {
  const { op, answeredAt } = intent;
  if (intent.seen || intent.state !== 'applied' || op.kind !== 'opt-out' || answeredAt === null) return false;
  if (!concerns(intent, row) || by.readAt <= answeredAt) return false;
  if (row.member !== null) return row.member.status === 'subscribed' || row.member.status === 'non-subscribed';
  const rules = (by.consentFields[row.record.type] ?? []).filter((rule) => rule.field in op.set);
  return rules.some((rule) => readOptOutField(rule, row.values) === 'not-opted-out');
};

const concerns = ({ op }: Intent, row: Row): boolean => {
  if (op.kind === 'opt-out') {
    return op.record === null
      ? addressKey(op.email) === addressKey(row.email)
      : op.record.type === row.record.type && op.record.id === row.record.id;
  }
  return op.kind === 'create' && addressKey(op.email) === addressKey(row.email);
};

/** Not before the last read that did not show it, not after the first that did, nor after the modified time then. */
const whenOf = (row: Row, before: Shadow | null, by: Observer, at: Millis | null): When => {
  if (at !== null) return { from: at, until: at, exact: true };
  const until = row.modifiedAt === null ? by.readAt : Math.min(by.readAt, row.modifiedAt);
  const from = before?.lastReadAt ?? null;
  // The vendor's stamp is cut to a whole second, our reading time is not.
  if (from === null || from > until + STAMP_MS) return { from: null, until, exact: false };
  return { from: Math.min(from, until), until, exact: false };
};

const shadowOf = (row: Row, before: Shadow | null, by: Observer, address: AddressKey | null): Shadow => {
  const member = row.member;
  const lifeChanged = before !== null && before.life.kind !== row.life.kind;
  // Evidence comes only with look-ups that ask for it; it stays known for as long as the member stays subscribed.
  const optIn =
    member?.status === 'subscribed'
      ? (member.optIn ?? (before?.member?.status === 'subscribed' ? before.member.optIn : null))
      : null;
  return {
    system: by.system,
    record: row.record,
    email: row.email ?? (row.life.kind === 'live' ? null : (before?.email ?? null)),
    address,
    life: row.life,
    values: { ...before?.values, ...row.values },
    member:
      member === null
        ? (before?.member ?? null)
        : { ...member, complaint: member.complaint || (before?.member?.complaint ?? false), optIn },
    reference: row.reference ?? before?.reference ?? null,
    lists: { ...before?.lists, ...listsOf(row, by) },
    modifiedAt: row.modifiedAt ?? before?.modifiedAt ?? null,
    modifiedBy: row.modifiedBy,
    version: row.version,
    stays: staysOf(row, before, by, address),
    firstReadAt: before?.firstReadAt ?? by.readAt,
    lastReadAt: Math.max(before?.lastReadAt ?? 0, by.readAt),
    seenAt: by.seenAt,
    lifeChangedAt: lifeChanged ? by.readAt : (before?.lifeChangedAt ?? null),
    archivedSince: archivedSince(row, before, by, lifeChanged),
  };
};

const listsOf = (row: Row, by: Observer): Record<string, boolean> =>
  row.lists === null || by.lists === null
    ? {}
    : Object.fromEntries(by.lists.map((list) => [list, row.lists?.includes(list) ?? false]));

const archivedSince = (row: Row, before: Shadow | null, by: Observer, lifeChanged: boolean): Millis | null => {
  if (row.member?.status === 'unsubscribed') return null;
  if (row.member?.status === 'archived' || (lifeChanged && row.member !== null))
    return before?.archivedSince ?? by.readAt;
  return before?.archivedSince ?? null;
};

const staysOf = (row: Row, before: Shadow | null, by: Observer, address: AddressKey | null): readonly Stay[] => {
  const stays = before?.stays ?? [];
  const here = stays.at(-1);
  const at = row.modifiedAt === null ? by.readAt : Math.min(by.readAt, row.modifiedAt);
  const ends = row.life.kind !== 'live' || address === null;
  if (here !== undefined && here.until === null) {
    if (!ends && here.address === address) return stays;
    const closed = [...stays.slice(0, -1), { ...here, until: at }];
    return ends || address === null ? closed : [...closed, { address, from: before?.lastReadAt ?? null, until: null }];
  }
  if (address === null) return stays;
  // A record that was dead when first seen still had its address once (C16).
  if (ends) return stays.length > 0 ? stays : [{ address, from: null, until: at }];
  return [...stays, { address, from: before?.lastReadAt ?? null, until: null }];
};

const differs = (before: Shadow, now: Shadow): boolean =>
  before.address !== now.address ||
  before.email !== now.email ||
  before.life.kind !== now.life.kind ||
  before.reference !== now.reference ||
  before.member?.status !== now.member?.status ||
  !sameKeys(before.values, now.values) ||
  !sameKeys(before.lists, now.lists);

const sameKeys = (before: Readonly<Record<string, unknown>>, now: Readonly<Record<string, unknown>>): boolean =>
  Object.keys(now).every((key) => key in before && JSON.stringify(before[key]) === JSON.stringify(now[key]));
