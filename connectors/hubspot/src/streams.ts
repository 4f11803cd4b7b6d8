import { type Columns, ConnectorError, type Millis, type OptOutField, type Row } from '@heed/contract';
import type { Stream, StreamPage } from '@heed/toolkit';
import { type Api, createTrail, type Filter } from './api.ts';
import { columnsOf, losersOf } from './contact.ts';
import { type Properties, type PropertyBook, typeOf } from './properties.ts';
import { timeOf, type WireContact } from './wire.ts';

/** What the streams of one read share. */
export interface Source {
  readonly api: Api;
  readonly book: PropertyBook;
  readonly wanted: Columns;
  /** In the role of a marketing system. */
  readonly asMember: boolean;
  /** Rows of contacts as they were read, `from` a list if they were read there; whoever is nothing to this read is left out. */
  rows(
    contacts: readonly WireContact[],
    known: Properties,
    from: string | null,
    signal: AbortSignal,
  ): Promise<readonly Row[]>;
}

const columns = async ({ book, wanted, asMember }: Source, signal: AbortSignal) => {
  const known = await book.known(signal);
  return { known, names: columnsOf(known, wanted, asMember) };
};

/** Every contact of the portal, page by page: the only reading that has no cap. */
export const allContacts = (source: Source, trail = createTrail('contacts')): Stream => ({
  name: 'contacts',
  fetch: async (from, signal) => {
    const { known, names } = await columns(source, signal);
    const after = from?.id ?? null;
    const page = await source.api.contacts({ after, properties: names, archived: false }, signal);
    trail(page.after);
    return { rows: await source.rows(page.items, known, null, signal), next: placeAt(null, page.after), total: null };
  },
});

/** Contacts that were deleted since: HubSpot keeps them for 90 days, in no order of time, so all are paged through. */
export const archivedContacts = (source: Source, since: Millis, trail = createTrail('contacts')): Stream => ({
  name: 'archived',
  fetch: async (from, signal) => {
    const { known, names } = await columns(source, signal);
    const after = from?.id ?? null;
    const page = await source.api.contacts({ after, properties: names, archived: true }, signal);
    trail(page.after);
    // A time that cannot be read is no reason to pass a deletion over.
    const lately = page.items.filter(({ archivedAt }) => (timeOf(archivedAt) ?? since) >= since);
    const gone = lately.map((contact) => ({ ...contact, archived: true }));
    return { rows: await source.rows(gone, known, null, signal), next: placeAt(since, page.after), total: null };
  },
});

/** Members of a list; with `since` only who was put into it since then. */
export const listMembers = (
  source: Source,
  list: string,
  since: Millis | null,
  trail = createTrail('members'),
): Stream => ({
  name: `list ${list}`,
  fetch: async (from, signal) => {
    const { known, names } = await columns(source, signal);
    const after = from?.id ?? null;
    const page = await source.api.members(list, after, signal);
    trail(page.after);
    const wanted = page.items.filter(({ membershipTimestamp: at }) => since === null || (timeOf(at) ?? since) >= since);
    const ids = wanted.map(({ recordId }) => recordId);
    const contacts = await source.api.read(ids, names, { idProperty: null }, signal);
    return { rows: await source.rows(contacts, known, list, signal), next: placeAt(since, page.after), total: null };
  },
});

const placeAt = (at: Millis | null, after: string | null) => (after === null ? null : { at, id: after });

/**
 * A search, in the order of ids, each page a search of its own behind the last id seen (vendor notes, 2.1). So no search comes
 * near the 10,000 results that HubSpot pages through, ten thousand contacts with one time stamp are as good as any others,
 * and it ends. It has no upper end in time: whoever changes while it goes on is seen by it or by the next read, which begins
 * before this one began.
 */
const search = (
  name: string,
  source: Source,
  since: Millis | null,
  groupsOf: (known: Properties) => readonly (readonly Filter[])[],
): Stream => ({
  name,
  fetch: async (from, signal): Promise<StreamPage> => {
    const { known, names } = await columns(source, signal);
    const last = from?.id ?? null;
    const behind: readonly Filter[] =
      last === null ? [] : [{ propertyName: 'hs_object_id', operator: 'GT', value: last }];
    const groups = groupsOf(known).map((filters) => [...filters, ...behind]);
    if (groups.length === 0) return { rows: [], next: null, total: null };
    const page = await firstWithRows(source.api, groups, names, signal);
    const ids = page.items.map(({ id }) => Number(id));
    if (ids.some((id, index) => id <= (index === 0 ? Number(last ?? 0) : (ids[index - 1] ?? 0))))
      throw new ConnectorError('protocol', 'HubSpot, search contacts: the results are not in the order of their ids');
    const rows = await source.rows(page.items, known, null, signal);
    const heirs = since === null ? [] : page.items.flatMap(losersOf);
    const next = page.items.at(-1)?.id;
    return {
      rows: [...rows, ...heirs],
      next: page.isLast || next === undefined ? null : { at: since, id: next },
      total: null,
    };
  },
});

/** The index may count contacts that are gone: a page short of rows, or without any, is not the end (recorded). */
const firstWithRows = async (
  api: Api,
  groups: readonly (readonly Filter[])[],
  properties: readonly string[],
  signal: AbortSignal,
): Promise<{ readonly items: readonly WireContact[]; readonly isLast: boolean }> => {
  const trail = createTrail('search contacts');
  for (let after: string | null = null; ; ) {
    const page = await api.search({ groups, properties, after }, signal);
    if (page.items.length > 0 || page.after === null) return { items: page.items, isLast: page.after === null };
    trail(page.after);
    after = page.after;
  }
};

/** Contacts that changed since then, whatever it was. */
export const changedContacts = (source: Source, since: Millis): Stream =>
  search('changes', source, since, () => [[changedSince(since)]]);

const changedSince = (since: Millis): Filter => ({
  propertyName: 'lastmodifieddate',
  operator: 'GTE',
  value: String(since),
});

/** Groups of conditions in one search, each with the condition of the id. (doc: 5 groups, 18 conditions) */
const MOST_GROUPS = 5;

/** Who is opted out by any of these conditions: they are put into as many streams as it takes. */
const optedOutBy = (
  name: string,
  source: Source,
  since: Millis | null,
  conditions: readonly ((known: Properties) => readonly Filter[])[],
): readonly Stream[] =>
  Array.from({ length: Math.ceil(conditions.length / MOST_GROUPS) }, (_, index) =>
    search(`${name} ${index}`, source, since, (known) =>
      conditions
        .slice(index * MOST_GROUPS, (index + 1) * MOST_GROUPS)
        .map((one) => one(known))
        .filter((filters) => filters.length > 0),
    ),
  );

/** Whom a consent field of the profile shows opted out. A condition that does not fit its property would fail the search. */
export const optedOutByFields = (source: Source): readonly Stream[] =>
  optedOutBy(
    'opted out',
    source,
    null,
    source.wanted.consent.map((field) => (known) => conditionOf(field, known)),
  );

const conditionOf = ({ field, optedOutWhen }: OptOutField, known: Properties): readonly Filter[] => {
  const property = known.get(field);
  if (property === undefined) return [];
  const type = typeOf(property);
  if (typeof optedOutWhen === 'boolean')
    return type === 'boolean' ? [{ propertyName: field, operator: 'EQ', value: String(optedOutWhen) }] : [];
  if (optedOutWhen === 'set') return [{ propertyName: field, operator: 'HAS_PROPERTY' }];
  if (optedOutWhen.length === 0 || !['picklist', 'multi-picklist', 'text'].includes(type)) return [];
  // Texts are compared in lower case (doc); options have the case they were made with.
  const values = type === 'text' ? optedOutWhen.map((one) => one.toLowerCase()) : optedOutWhen;
  return [{ propertyName: field, operator: 'IN', values }];
};

/**
 * Everybody whom HubSpot shows opted out by one of these mirrors, or complaining; with `since` only those who changed since
 * then. Whether an opt-out moves `lastmodifieddate` is not documented, so reads of changes ask for all of them, now and then.
 */
export const allOptedOut = (
  source: Source,
  mirrors: readonly string[],
  since: Millis | null = null,
): readonly Stream[] => {
  const changed: readonly Filter[] = since === null ? [] : [changedSince(since)];
  const equal =
    (propertyName: string, value: string) =>
    (known: Properties): readonly Filter[] =>
      known.has(propertyName) ? [{ propertyName, operator: 'EQ', value }, ...changed] : [];
  return optedOutBy('opt-outs', source, since, [
    ...mirrors.map((name) => equal(name, 'true')),
    ...(source.asMember ? [equal('hs_email_quarantined_reason', 'RECIPIENT_COMPLAINT')] : []),
  ]);
};
