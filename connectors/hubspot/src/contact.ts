import type { Columns, MemberState, RecordRef, Row, Values } from '@heed/contract';
import { bareRow, digestOf } from '@heed/toolkit';
import { addressOf, type WideOptOut } from './preferences.ts';
import { fromWire, OPT_OUT, type Properties, topicOf, topicProperties } from './properties.ts';
import { isId, timeOf, type WireContact } from './wire.ts';

/** The one record type, for both roles. */
export const CONTACT = 'contact';
/** An opted-out address that no contact has: HubSpot keeps the opt-out, and no record. */
export const ADDRESS = 'address';

export const contactRef = (id: string): RecordRef => ({ type: CONTACT, id });
/** The id is a digest: HubSpot has none, and an address is nothing to be shown and stored as an id. */
export const addressRef = (email: string): RecordRef => ({ type: ADDRESS, id: digestOf(`heed ${addressOf(email)}`) });

const MERGED = ['hs_merged_object_ids', 'hs_calculated_merged_vids'];
const COMPLAINT = 'hs_email_quarantined_reason';
/** Billing, never consent (C13). */
const PAID = 'hs_marketable_status';
/** What keeps mail from being delivered without being anybody's opt-out (C10). */
const UNDELIVERABLE: readonly (readonly [string, 'true' | 'set'])[] = [
  ['hs_email_quarantined', 'true'],
  ['hs_email_bad_address', 'true'],
  ['hs_email_is_ineligible', 'true'],
  ['hs_email_hard_bounce_reason', 'set'],
  ['hs_email_hard_bounce_reason_enum', 'set'],
];

/** Always read. */
const SYSTEM = ['email', 'lastmodifieddate', ...MERGED];

/** The properties to ask for; what the portal lacks, or hides from the app, is left out and never guessed (C18). */
export const columnsOf = (known: Properties, wanted: Columns, asMember: boolean): readonly string[] => {
  const names = [...SYSTEM, ...wanted.fields, ...(wanted.reference === null ? [] : [wanted.reference])];
  if (asMember) names.push(OPT_OUT, COMPLAINT, PAID, ...UNDELIVERABLE.map(([name]) => name), ...topicProperties(known));
  else names.push(...wanted.consent.map(({ field }) => field));
  return [...new Set(names)].filter((name) => known.has(name) || SYSTEM.includes(name));
};

export interface RowParts {
  readonly known: Properties;
  readonly wanted: Columns;
  /** For a marketing system: what the contact is as a member. Null for a CRM. */
  readonly member: MemberState | null;
  readonly lists: readonly string[] | null;
}

export const rowOf = (contact: WireContact, { known, wanted, member, lists }: RowParts): Row => {
  const { id, properties, archived } = contact;
  const reference = wanted.reference === null ? null : (properties[wanted.reference] ?? null);
  const deletedAt = archived ? timeOf(contact.archivedAt) : null;
  const modifiedAt = deletedAt ?? timeOf(properties.lastmodifieddate) ?? timeOf(contact.updatedAt);
  return {
    ...bareRow(contactRef(id), modifiedAt, { kind: archived ? 'deleted' : 'live' }),
    email: properties.email || null,
    reference: reference || null,
    values: valuesOf(contact, known, wanted),
    member: archived ? null : member,
    lists,
  };
};

const valuesOf = ({ properties }: WireContact, known: Properties, wanted: Columns): Values => {
  const names = new Set([...wanted.fields, ...wanted.consent.map(({ field }) => field)]);
  return Object.fromEntries(
    [...names].flatMap((name) => {
      const property = known.get(name);
      const value = Object.hasOwn(properties, name) ? properties[name] : undefined;
      return property === undefined || value === undefined ? [] : [[name, fromWire(property, value)] as const];
    }),
  );
};

/** Ids that were merged into this contact: HubSpot makes a new record of both, and old ids lead to it (C16). */
export const mergedIds = ({ id, properties }: WireContact): readonly string[] => {
  const told = MERGED.flatMap((name) => (properties[name] ?? '').split(/[;,]/));
  return [...new Set(told.map((one) => one.split(':')[0]?.trim() ?? ''))].filter((one) => isId(one) && one !== id);
};

/** The rows of those that a contact is the heir of. */
export const losersOf = (contact: WireContact): readonly Row[] =>
  mergedIds(contact).map((id) =>
    bareRow(contactRef(id), timeOf(contact.properties.lastmodifieddate), {
      kind: 'continued',
      as: contactRef(contact.id),
    }),
  );

export const isOptedOut = ({ properties }: WireContact): boolean => properties[OPT_OUT] === 'true';
export const isComplaint = ({ properties }: WireContact): boolean => properties[COMPLAINT] === 'RECIPIENT_COMPLAINT';
const isUndeliverable = ({ properties }: WireContact): boolean =>
  UNDELIVERABLE.some(([name, when]) =>
    when === 'set' ? (properties[name] ?? '') !== '' : properties[name] === 'true',
  );

/**
 * A contact as a member: `place` says whether it is in the list. Outside of it only an opt-out or a complaint makes a member;
 * null for anybody else. Contacts do not tell who opted them out, nor when: only preferences do.
 */
export const memberOf = (contact: WireContact, inList: boolean): MemberState | null => {
  const complaint = isComplaint(contact);
  const status = isOptedOut(contact)
    ? 'unsubscribed'
    : isUndeliverable(contact) && (inList || complaint)
      ? 'undeliverable'
      : inList
        ? 'subscribed'
        : null;
  if (status === null && !complaint) return null;
  const topics = Object.entries(contact.properties).flatMap(([name, value]) => {
    const topic = topicOf(name);
    return topic === null || value !== 'true' ? [] : [[topic, 'opted-out' as const]];
  });
  return {
    status: status ?? 'undeliverable',
    by: status === 'undeliverable' ? 'system' : complaint ? 'person' : 'unknown',
    complaint,
    since: null,
    optIn: null,
    ...paidFor(contact),
    topics: Object.fromEntries(topics),
  };
};

/** In the list or not, it is a row. */
export const isSurelyMember = (contact: WireContact): boolean => isOptedOut(contact) && !isComplaint(contact);

/** A portal that does not sell by marketing contacts, or an app that does not see the status, says nothing. */
const paidFor = ({ properties }: WireContact): Pick<MemberState, 'paidFor'> => {
  const status = properties[PAID];
  return status === 'true' || status === 'false' ? { paidFor: status === 'true' } : {};
};

/** Somebody who was a member and is not in the list any more: unknown, never absent (C12a). */
export const LEFT: MemberState = {
  status: 'archived',
  by: 'unknown',
  complaint: false,
  since: null,
  optIn: null,
  topics: {},
};

/** An opted-out address without a contact. */
export const addressRow = (email: string, { since }: Pick<WideOptOut, 'since'>): Row => ({
  ...bareRow(addressRef(email), null),
  email,
  member: { status: 'unsubscribed', by: 'unknown', complaint: false, since, optIn: null, topics: {} },
});
