import type { Actor, Capabilities, MemberState, Millis, OptOutField, Row, Values } from '@heed/contract';
import { type AddressKey, addressKey, recordAddress } from '../identity/address.ts';
import type { Shadow, Sight, System } from '../state/shadow.ts';
import type { Intent } from '../state/store.ts';
import { echoing, isRefuted, topicOf } from './echo.ts';
import { collapsedTopic, type NewFact, type Says, type Source, type When } from './fact.ts';
import { isNewlyOut, provesOptIn, readOptOutField } from './opt-out-field.ts';
import { differs, knownOptIn, shadowOf } from './remember.ts';
import { DOUBT_MS } from './standing.ts';
import { dated, foundBy, lastReadOf, lastSightOf } from './when.ts';

/** How rows of one system are read. */
export interface Observer {
  readonly system: System;
  /** Consent fields by record type, for a CRM (C4); includes `consent.optInField` as a field whose `false` is an opt-out. */
  readonly consentFields: Readonly<Record<string, readonly OptOutField[]>>;
  readonly optInField: string | null;
  readonly topics: ObservedTopics;
  readonly proofs: Capabilities['proofs'];
  /** Vendor's clock when the read began. */
  readonly readAt: Millis;
  /** Our clock. */
  readonly seenAt: Millis;
  /** How far the clocks of the systems are off, together; absent or 0 for clocks as they usually are. */
  readonly clockDoubtMs?: Millis;
  /** Lists that the read asked for; null if it did not ask. */
  readonly lists: readonly string[] | null;
  /** The record types that have these consent fields were read on behalf of this run; kept on facts for `correct --run`. */
  readonly run: string | null;
}

/** What of a row is about one topic alone (C17). */
export interface ObservedTopics {
  /** CRM fields that mean a topic, with the opt-out of everything that a vendor shows as one of the topic too; null: none. */
  readonly fields: Readonly<Record<string, OptOutField | null>>;
  /** Topics of the marketing system that nobody is in by default: who leaves one opts out of it, whichever profile names it. */
  readonly joined: readonly string[];
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
export const observe = (read: Row, before: Shadow | null, intents: readonly Intent[], by: Observer): Observation => {
  const row = withJoined(read, by);
  const address = addressOf(row, before, by.system);
  const shadow = shadowOf(row, before, by, address);
  const facts: NewFact[] = [];
  const explained: Intent[] = [];

  const say: Say = (field, says, more) => {
    const echo = says === 'opted-out' && more.complaint !== true ? echoing(row, by, intents, more.by, field) : null;
    if (echo !== null && !explained.includes(echo)) explained.push(echo);
    const sight = row.member === null ? lastSightOf(before, field) : lastReadOf(before);
    const at = more.at ?? null;
    for (const one of addressesSince(sight, before, address)) {
      facts.push({
        address: one,
        topic: echo?.collapses === undefined ? topicOf(field, row, by) : collapsedTopic(echo.collapses),
        source: sourceOf(by.system, field),
        says,
        by: more.by,
        complaint: more.complaint ?? false,
        when: whenOf(row, by, { says, at, sight }),
        record: row.record,
        proof: more.proof ?? null,
        echoOf: echo?.because[0] ?? null,
        run: by.run,
        user: row.modifiedByUser ?? null,
      });
    }
  };
  observeMember(row, before, by, say);
  observeTopics(read, before, by, say);
  observeFields(row, before, by, say);
  for (const intent of intents) if (!explained.includes(intent) && isRefuted(intent, row, by)) explained.push(intent);
  return { shadow, facts, explained, changed: facts.length > 0 || before === null || differs(before, shadow) };
};

/** An opt-out came after the last read that did not show it, whatever the clock says that dated it (Words: when). */
const whenOf = (
  row: Row,
  by: Observer,
  { says, at, sight }: { readonly says: Says; readonly at: Millis | null; readonly sight: Sight | null },
): When => {
  const last = sight?.readAt ?? null;
  const when = at === null ? foundBy(row, by.readAt, last) : dated(at);
  const until = says === 'opted-out' && last !== null ? Math.max(when.until, last) : when.until;
  // A date from the future was made by a clock that was ahead, nobody knows how far: by now it may have been ahead by more.
  const aheadMs = when.until - by.readAt;
  const isOfWrongClock = aheadMs > DOUBT_MS;
  const doubtMs = Math.max(by.clockDoubtMs ?? 0, isOfWrongClock ? aheadMs : 0);
  const doubt = doubtMs > 0 ? { doubtMs } : {};
  // So it proves no opt-in to be later than anything: it was some time before this read.
  if (says === 'opted-in' && isOfWrongClock) return { from: null, until: by.readAt, exact: false, ...doubt };
  return { ...when, until, ...doubt };
};

/** What is said about a CRM record that has no usable address is kept under the record itself, until it has one (C15, C16). */
const addressOf = (row: Row, before: Shadow | null, system: System): AddressKey | null => {
  const known = addressKey(row.email) ?? (row.life.kind === 'live' ? null : (before?.address ?? null));
  return known ?? (system.role === 'crm' ? recordAddress(system.connection, row.record) : null);
};

/**
 * A tick and an address change found by the same read count for both addresses (C15); and for those in between, if a record
 * moved while its field could not be read.
 */
const addressesSince = (
  sight: Sight | null,
  before: Shadow | null,
  address: AddressKey | null,
): ReadonlySet<AddressKey> => {
  const between = before?.stays.slice(Math.max(sight?.stay ?? 0, 0)).map((stay) => stay.address) ?? [];
  const all = [address, before?.address ?? null, ...between];
  return new Set(all.filter((one) => one !== null));
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
  const complains = now.complaint && was?.complaint !== true;
  // A sign-up that comes with a new complaint was not shown after it: in doubt it came before (Words: when).
  if (complains && now.status === 'undeliverable') observeSignUp(row, before, by, say);
  if (complains) say('status', 'opted-out', { by: 'person', complaint: true, at: now.since });
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
      // Whoever signed up and bounced has signed up all the same.
      if (now.status === 'undeliverable' && !complains) observeSignUp(row, before, by, say);
      return;
    case 'subscribed':
      if (!observeSignUp(row, before, by, say)) observeSubscribed(row, before, by, say);
      return;
    case 'non-subscribed':
      return;
  }
};

/** C7: what proves that the person did it is the vendor's own section of the rule; everything else is `unknown`. */
const observeSignUp = (row: Row, before: Shadow | null, by: Observer, say: Say): boolean => {
  const evidence = row.member?.optIn ?? null;
  const known = knownOptIn(before?.member ?? null)?.at ?? null;
  if (evidence === null || evidence.at === known || !by.proofs.includes('own-event')) return false;
  const proof = wasArchivedBetween(before) ? null : evidence.proof;
  say('status', 'opted-in', { by: 'person', at: evidence.at, proof });
  return true;
};

const wasArchivedBetween = (before: Shadow | null): boolean =>
  before?.archivedSince !== null && before?.archivedSince !== undefined;

const observeSubscribed = (row: Row, before: Shadow | null, by: Observer, say: Say): void => {
  const was = before?.member ?? null;
  if (was === null || was.status === 'subscribed') return;
  const confirmed =
    was.status === 'pending' && by.proofs.includes('pending-then-subscribed') && !wasArchivedBetween(before);
  say(
    'status',
    'opted-in',
    confirmed ? { by: 'person', at: row.member?.since ?? null, proof: 'pending became subscribed' } : { by: 'unknown' },
  );
};

/** Of topics that nobody is in by default only those that the member is in are remembered. */
const withJoined = (row: Row, { topics: { joined } }: Observer): Row => {
  if (row.member === null || joined.length === 0) return row;
  const topics = Object.entries(row.member.topics).filter(
    ([topic, says]) => says === 'opted-in' || !joined.includes(topic),
  );
  return { ...row, member: { ...row.member, topics: Object.fromEntries(topics) } };
};

/**
 * Single topics of a member (C17). Whoever opted out of everything shows opted out of each topic in some systems: that says
 * nothing of its own, until it outlives the opt-out of everything.
 */
const observeTopics = (row: Row, before: Shadow | null, by: Observer, say: Say): void => {
  if (row.member === null) return;
  const was = before?.member ?? null;
  const told = (member: MemberState | null, topic: string) =>
    by.topics.joined.includes(topic) || member?.status !== 'unsubscribed' ? (member?.topics[topic] ?? null) : null;
  for (const topic of Object.keys(row.member.topics)) {
    const [then, now] = [told(was, topic), told(row.member, topic)];
    const joined = by.topics.joined.includes(topic);
    if (now === 'opted-out' && (joined ? then === 'opted-in' : then !== 'opted-out'))
      say(topic, 'opted-out', { by: 'unknown' });
    else if (now === 'opted-in' && was !== null && (joined ? then === null : then === 'opted-out'))
      say(topic, 'opted-in', { by: 'unknown' });
  }
};

const observeFields = (row: Row, before: Shadow | null, by: Observer, say: Say): void => {
  for (const rule of by.consentFields[row.record.type] ?? []) {
    if (isCovered(rule, row.values, by)) continue;
    const now = readOptOutField(rule, row.values);
    const was = before === null || isCovered(rule, before.values, by) ? null : readOptOutField(rule, before.values);
    if (rule.field === by.optInField) {
      // Only turning a given consent false is an opt-out; a first `false` is the absence of a reason (C19).
      if (now === 'opted-out' && was === 'not-opted-out') say(rule.field, 'opted-out', { by: 'operator' });
    } else if (now === 'opted-out' && isNewlyOut(rule, row.values, was === null ? null : before)) {
      say(rule.field, 'opted-out', { by: 'unknown' });
    } else if (isOwnOptIn(rule, row, was === null ? null : before)) {
      say(rule.field, 'opted-in', { by: 'person', proof: `${rule.field} became ${String(row.values[rule.field])}` });
    } else if (now === 'not-opted-out' && was === 'opted-out') {
      say(rule.field, 'opted-in', { by: 'unknown' });
    }
  }
};

/**
 * Proven only where reads saw the record change into it, at one address: which one it was confirmed at nobody knows of a record
 * that moved meanwhile, nor what happened to one that was gone (C7).
 */
const isOwnOptIn = (rule: OptOutField, row: Row, before: Shadow | null): boolean =>
  before !== null &&
  before.life.kind === 'live' &&
  before.values[rule.field] !== undefined &&
  addressKey(row.email) === before.address &&
  provesOptIn(rule, row.values) &&
  !provesOptIn(rule, before.values);

/** The opt-out of everything shows as one of the topic too: that says nothing of its own (C17). */
const isCovered = ({ field }: OptOutField, values: Values, { topics }: Observer): boolean => {
  const all = topics.fields[field] ?? null;
  return all !== null && readOptOutField(all, values) === 'opted-out';
};
