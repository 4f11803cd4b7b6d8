import {
  type Columns,
  ConnectorError,
  type ListRef,
  type Millis,
  type OptOutLook,
  type Page,
  type ReadRequest,
  type Row,
  type Tools,
} from '@heed/contract';
import { type Phase, type Stream, wholeStreams, windowedRead } from '@heed/toolkit';
import type { Api } from './api.ts';
import { CONTACT, isSurelyMember, memberOf, rowOf } from './contact.ts';
import { leftOutCheck } from './left-out.ts';
import { createMemberships } from './memberships.ts';
import { isOptOutMirror, OPT_OUT, type Properties, type PropertyBook, topicProperties } from './properties.ts';
import {
  allContacts,
  allOptedOut,
  archivedContacts,
  changedContacts,
  listMembers,
  optedOutByFields,
  type Source,
} from './streams.ts';

/** How far a read looks back behind the beginning of the read before: searches show changes late (doc), sometimes minutes. */
const OVERLAP_MS = 10 * 60_000;

/** Opt-outs as a whole, and who was put into a list, are asked for again every two hours, at the even ones of UTC. */
const SWEEP_MS = 2 * 3_600_000;

export interface Reading {
  readonly api: Api;
  readonly book: PropertyBook;
  readonly tools: Pick<Tools, 'clock' | 'vendorNow'>;
  /** The list that members are in; null for a CRM. */
  readonly audience: string | null;
}

/**
 * CRM: every contact (or who is opted out, or the members of lists), later whoever changed, and who was deleted. Marketing:
 * the members of the list and whoever is opted out; later the same of those who changed.
 */
export async function* readContacts(
  reading: Reading,
  request: ReadRequest,
  signal: AbortSignal,
): AsyncGenerator<Page, void, undefined> {
  const { book, tools, audience } = reading;
  const lists = audience === null ? listIds(request.lists) : listIds(null, request.lists);
  if (audience === null && request.types.some((type) => type !== CONTACT))
    throw new ConnectorError('config', `HubSpot: the one record type that Heed syncs is ${CONTACT}`);
  const source = sourceOf(reading, request, lists);
  const known = await book.known(signal);
  const streams = (phase: Phase, since: Millis | null): readonly Stream[] => {
    if (phase === 'initial' || since === null) return initially(source, request, lists, audience);
    const anew = Math.floor((since + OVERLAP_MS) / SWEEP_MS) < Math.floor(tools.vendorNow() / SWEEP_MS);
    const ours = audience === null ? (lists ?? []) : [audience];
    return [
      changedContacts(source, since),
      archivedContacts(source, since),
      // At the end, and once they belong to a read they stay in it: a cursor names its stream.
      ...(anew ? allOptedOut(source, mirrorsOf(source, known)) : []),
      ...(anew ? ours.map((id) => listMembers(source, id, since - SWEEP_MS)) : []),
    ];
  };
  yield* windowedRead(
    { connector: 'hubspot', container: audience, request, tools, overlapMs: OVERLAP_MS, streams },
    signal,
  );
}

/** The opt-outs that matter to this read. Subscription types of people outside the list are nobody's (README.md). */
const mirrorsOf = ({ asMember, wanted }: Source, known: Properties): readonly string[] =>
  asMember ? [OPT_OUT, ...topicProperties(known)] : wanted.consent.map(({ field }) => field).filter(isOptOutMirror);

/** A search shows an opt-out some moments after it was made (doc); what is later still, the next read brings. */
const LAG_MS = 2 * 60_000;

/** Members who opted out or complained since then: one search, where a read of changes would bring all that we have made. */
export async function* optOutsSince(
  reading: Reading,
  look: OptOutLook,
  signal: AbortSignal,
): AsyncGenerator<readonly Row[], void, undefined> {
  const source = sourceOf(reading, look, null);
  const known = await reading.book.known(signal);
  yield* wholeStreams(allOptedOut(source, mirrorsOf(source, known), look.since - LAG_MS), null, signal);
}

const initially = (
  source: Source,
  { initially: whom }: ReadRequest,
  lists: readonly string[] | null,
  audience: string | null,
): readonly Stream[] => {
  if (audience !== null) return [listMembers(source, audience, null), ...allOptedOut(source, [OPT_OUT])];
  if (lists !== null) return lists.map((id) => listMembers(source, id, null));
  return whom === 'opted-out' ? optedOutByFields(source) : [allContacts(source)];
};

const sourceOf = ({ api, book, audience }: Reading, wanted: Columns, lists: readonly string[] | null): Source => {
  const asMember = audience !== null;
  const memberships = createMemberships(api, asMember ? [audience] : (lists ?? []));
  const nothingLeftOut = leftOutCheck(book, wanted, asMember);
  return {
    api,
    book,
    wanted,
    asMember,
    async rows(contacts, properties, from, signal) {
      const parts = { known: properties, wanted };
      const gone = contacts.filter(({ archived }) => archived);
      const live = contacts.filter(({ archived }) => !archived);
      await nothingLeftOut(live, properties, signal);
      const ids = live.filter((one) => !asMember || !isSurelyMember(one)).map(({ id }) => id);
      // Who comes from the only list there is need not be asked for.
      const isKnown = from !== null && (asMember || lists?.length === 1);
      const listsOf = isKnown ? () => [from] : await memberships.of(ids, signal);
      const rows = live.flatMap((contact) => {
        if (!asMember)
          return [rowOf(contact, { ...parts, member: null, lists: lists === null ? null : listsOf(contact.id) })];
        const member = memberOf(contact, listsOf(contact.id).length > 0);
        // A member is an address: a contact without one gets no mail.
        return member === null || !contact.properties.email ? [] : [rowOf(contact, { ...parts, member, lists: null })];
      });
      return [...rows, ...gone.map((contact) => rowOf(contact, { ...parts, member: null, lists: null }))];
    },
  };
};

const listIds = (
  lists: readonly ListRef[] | null,
  forbidden: readonly ListRef[] | null = null,
): readonly string[] | null => {
  if (forbidden !== null)
    throw new ConnectorError('config', 'HubSpot: lists are named on the CRM side of a profile only');
  return (
    lists?.map(({ kind, id }) => {
      if (kind !== 'list') throw new ConnectorError('config', `HubSpot: lists are of the kind list, not ${kind}`);
      return id;
    }) ?? null
  );
};
