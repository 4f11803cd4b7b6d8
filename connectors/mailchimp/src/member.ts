import type { Actor, MemberState, Millis, OptInEvidence, RecordRef, Row } from '@heed/contract';
import { bareRow, recordOf } from '@heed/toolkit';
import { valuesOf } from './merge-values.ts';
import { timeOf, type WireMember } from './wire.ts';

/** What an unsubscription by the API or by an administrator reads as. (Recorded; both read the same.) */
export const BY_ADMIN = 'N/A (Unsubscribed by admin)';

/** Complaints by member, with the time of the report where it has one. */
export type Complaints = ReadonlyMap<string, Millis | null>;

export interface RowParts {
  /** Merge tags that were asked for. */
  readonly tags: readonly string[];
  readonly complaints: Complaints;
  readonly optIn?: OptInEvidence | null;
}

export const memberRef = (hash: string): RecordRef => ({ type: 'member', id: hash });

/** A member as a row. Mailchimp does not tell who made the last change. */
export const rowOf = (member: WireMember, { tags, complaints, optIn = null }: RowParts): Row => ({
  ...bareRow(memberRef(member.id), timeOf(member.last_changed)),
  email: member.email_address,
  values: valuesOf(member.merge_fields, tags),
  member: stateOf(member, complaints, optIn),
});

/** The row of somebody who complained and whose member is gone: the complaint still stands. (C10, C12) */
export const goneComplainer = (hash: string, email: string | null, at: Millis | null): Row => ({
  ...bareRow(memberRef(hash), null, { kind: 'deleted' }),
  email,
  member: { status: 'unsubscribed', by: 'person', complaint: true, since: at, optIn: null, topics: {} },
});

/** Keeps the place of a contact without an address in a page; such rows are not handed on. */
export const namelessRow = (item: unknown, place: number): Row =>
  bareRow(memberRef(`nameless ${place}`), timeOf(recordOf(item).last_changed));

const stateOf = (member: WireMember, complaints: Complaints, optIn: OptInEvidence | null): MemberState => {
  const complaint = complaints.has(member.id);
  const status = statusOf(member.status);
  return {
    status,
    by: complaint && status === 'unsubscribed' ? 'person' : actorOf(member),
    complaint,
    // Mailchimp keeps no date of an opt-out, and `timestamp_opt` outlives a later one: only a complaint has a time.
    since: complaint ? (complaints.get(member.id) ?? null) : null,
    optIn,
    topics: topicsOf(recordOf(member.interests)),
  };
};

export const statusOf = (status: string): MemberState['status'] => {
  switch (status) {
    case 'subscribed':
    case 'unsubscribed':
    case 'pending':
      return status;
    case 'transactional':
      return 'non-subscribed';
    case 'cleaned':
      return 'undeliverable';
    default:
      // `archived`, or a status that Mailchimp has made since: something unknown, never absent and never mailable (C12a).
      return 'archived';
  }
};

const actorOf = ({ status, unsubscribe_reason: reason }: WireMember): Actor => {
  if (status === 'cleaned') return 'system';
  if (status !== 'unsubscribed') return 'unknown';
  if (reason === BY_ADMIN) return 'operator';
  // The other texts are answers of the person to "why do you leave?". "N/A" and silence are nobody's answer.
  return typeof reason !== 'string' || reason === '' || reason.startsWith('N/A') ? 'unknown' : 'person';
};

/** Every member has every interest, ticked or not. Unticked it may be nobody's doing, which `describe` says (C28). */
const topicsOf = (interests: Readonly<Record<string, unknown>>): MemberState['topics'] =>
  Object.fromEntries(
    Object.entries(interests).map(([id, ticked]) => [id, ticked === true ? 'opted-in' : 'opted-out'] as const),
  );
