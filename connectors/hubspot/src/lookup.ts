import {
  type Columns,
  ConnectorError,
  type Lookup,
  type OptInEvidence,
  type RecordRef,
  type Row,
} from '@heed/contract';
import { inParallel } from '@heed/toolkit';
import type { Api } from './api.ts';
import {
  ADDRESS,
  addressRef,
  addressRow,
  CONTACT,
  columnsOf,
  isSurelyMember,
  LEFT,
  losersOf,
  memberOf,
  mergedIds,
  rowOf,
} from './contact.ts';
import { CONNECTIONS } from './limits.ts';
import { createMemberships, type ListsOf } from './memberships.ts';
import { addressOf, type Preferences } from './preferences.ts';
import type { Properties, PropertyBook } from './properties.ts';
import { timeOf, type WireContact } from './wire.ts';

export interface Looking {
  readonly api: Api;
  readonly book: PropertyBook;
  readonly preferences: Preferences;
  /** The list that members are in; null for a CRM. */
  readonly audience: string | null;
  /** Addresses without a contact that this session has met, by the id of their rows. */
  readonly strangers: Map<string, string>;
}

/** A session lives for a run; one that met more strangers than this forgets the first. */
const MOST_STRANGERS = 20_000;

/** The record of an address that no contact has, to be asked for again in this session. */
export const strangerRef = ({ strangers }: Pick<Looking, 'strangers'>, email: string): RecordRef => {
  const record = addressRef(email);
  strangers.set(record.id, addressOf(email));
  if (strangers.size > MOST_STRANGERS) for (const oldest of strangers.keys()) if (strangers.delete(oldest)) break;
  return record;
};

/** Contacts by id, address or reference; never by search, which shows writes late. */
export const lookUp = async (looking: Looking, request: Lookup, signal: AbortSignal): Promise<readonly Row[]> => {
  const { by } = request;
  if ('records' in by) return byRecords(looking, request, by.records, signal);
  if ('emails' in by) return byEmails(looking, request, by.emails, signal);
  if (looking.audience !== null || request.reference === null)
    throw new ConnectorError(
      'config',
      'HubSpot: a reference is a unique property of a contact, named by a CRM profile',
    );
  return byKeys(looking, request, by.references, request.reference, signal);
};

/** Old ids lead to the heir of a merge; who is not among the living is looked for among the deleted. */
const byRecords = async (
  looking: Looking,
  request: Lookup,
  records: readonly RecordRef[],
  signal: AbortSignal,
): Promise<readonly Row[]> => {
  const { api, book } = looking;
  const ids = [...new Set(records.filter(({ type }) => type === CONTACT).map(({ id }) => id))];
  const known = await book.known(signal);
  const names = columnsOf(known, request, looking.audience !== null);
  const contacts = await api.read(ids, names, { idProperty: null }, signal);
  const wanted = new Set(ids);
  const found = new Set(contacts.flatMap((one) => [one.id, ...mergedIds(one)]));
  const lost = ids.filter((id) => !found.has(id));
  const gone = lost.length === 0 ? [] : await api.read(lost, names, { idProperty: null, archived: true }, signal);
  // Two old ids of one heir, asked for together, answer it twice.
  const distinct = [...new Map(contacts.map((one) => [one.id, one])).values()];
  const rows = await rowsOf(looking, request, distinct, known, true, signal);
  return [
    ...rows,
    ...distinct.flatMap(losersOf).filter(({ record }) => wanted.has(record.id)),
    ...gone.map((contact) =>
      rowOf({ ...contact, archived: true }, { known, wanted: request, member: null, lists: null }),
    ),
    ...(await strangersOf(looking, records, signal)),
  ];
};

/** A row of an address can be asked for again as long as its address is known: its id is a digest. */
const strangersOf = async (looking: Looking, records: readonly RecordRef[], signal: AbortSignal) => {
  const emails = records.flatMap(({ type, id }) => (type === ADDRESS ? (looking.strangers.get(id) ?? []) : []));
  return optedOutAddresses(looking, emails, signal);
};

const byEmails = async (
  looking: Looking,
  request: Lookup,
  emails: readonly string[],
  signal: AbortSignal,
): Promise<readonly Row[]> => {
  const addresses = [...new Set(emails.map(addressOf))].filter((one) => one.includes('@'));
  const known = await looking.book.known(signal);
  const names = columnsOf(known, request, looking.audience !== null);
  const contacts = await looking.api.read(addresses, names, { idProperty: 'email' }, signal);
  const distinct = [...new Map(contacts.map((one) => [one.id, one])).values()];
  const rows = await rowsOf(looking, request, distinct, known, false, signal);
  if (looking.audience === null) return rows;
  // A contact may be found by a second address of its own; the opt-out of that one is not the contact's.
  const told = new Set(distinct.map(({ properties }) => addressOf(properties.email ?? '')));
  const strangers = addresses.filter((one) => !told.has(one));
  return [...rows, ...(await optedOutAddresses(looking, strangers, signal))];
};

/** Rows for those of these addresses that opted out of all mail without having a contact. */
const optedOutAddresses = async (
  looking: Looking,
  emails: readonly string[],
  signal: AbortSignal,
): Promise<readonly Row[]> => {
  if (emails.length === 0) return [];
  const out = await looking.preferences.wide(emails, signal);
  return [...out].flatMap(([email, wide]) => {
    strangerRef(looking, email);
    return wide.portal ? [addressRow(email, wide)] : [];
  });
};

const byKeys = async (
  looking: Looking,
  request: Lookup,
  keys: readonly string[],
  idProperty: string,
  signal: AbortSignal,
): Promise<readonly Row[]> => {
  const known = await looking.book.known(signal);
  const contacts = await looking.api.read(keys, columnsOf(known, request, false), { idProperty }, signal);
  return rowsOf(looking, request, contacts, known, false, signal);
};

/**
 * `byRecord`: whoever is asked for by id was a member, and who is not in the list any more has left it. Asked for by address,
 * a contact outside the list is no member.
 */
const rowsOf = async (
  { api, preferences, audience }: Looking,
  request: Lookup,
  contacts: readonly WireContact[],
  known: Properties,
  byRecord: boolean,
  signal: AbortSignal,
): Promise<readonly Row[]> => {
  const parts = { known, wanted: request as Columns, lists: null };
  if (audience === null) return contacts.map((contact) => rowOf(contact, { ...parts, member: null }));
  const listsOf: ListsOf = await createMemberships(api, [audience]).of(
    contacts.filter((contact) => !isSurelyMember(contact)).map(({ id }) => id),
    signal,
  );
  const rows = contacts.flatMap((contact) => {
    const member = memberOf(contact, listsOf(contact.id).length > 0) ?? (byRecord ? LEFT : null);
    return member === null ? [] : [rowOf(contact, { ...parts, member })];
  });
  const { evidenceSince: since } = request;
  if (since === null) return rows;
  return inParallel(rows, CONNECTIONS, async (row) => {
    if (row.member?.status !== 'subscribed' || row.email === null) return row;
    return { ...row, member: { ...row.member, optIn: await evidenceOf(preferences, row.email, since, signal) } };
  });
};

/** The one source that only the person can be, at HubSpot's own preference page (doc, v4 guide). */
const OWN_ACT = 'Self Service Resubscription';

/** The last own opt-in of the person since then, unless an opt-out of any type followed it (C7). */
const evidenceOf = async (
  preferences: Preferences,
  email: string,
  since: number,
  signal: AbortSignal,
): Promise<OptInEvidence | null> => {
  const statuses = await preferences.statuses(email, signal);
  let latest: { readonly at: number; readonly isOwn: boolean } | null = null;
  for (const { status, source, timestamp } of statuses) {
    const at = timeOf(timestamp);
    const isOwn = status === 'SUBSCRIBED' && source === OWN_ACT;
    if (status !== 'UNSUBSCRIBED' && !isOwn) continue;
    // An opt-out of an unknown time may have come last.
    if (at === null) {
      if (isOwn) continue;
      return null;
    }
    if (latest === null || at > latest.at || (at === latest.at && !isOwn)) latest = { at, isOwn };
  }
  if (latest === null || !latest.isOwn || latest.at < since) return null;
  return { at: latest.at, proof: `preferences: ${OWN_ACT}` };
};
