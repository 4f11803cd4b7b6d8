import type { Millis } from '@heed/contract';
import { ALL_MAIL, type Fact, type NewFact } from '../consent/fact.ts';
import type { AddressKey } from '../identity/address.ts';
import type { ListVersion } from '../state/opt-out-lists.ts';
import type { Store } from '../state/store.ts';
import { type ListReach, listFact } from './ledger-entries.ts';

/** Addresses that are looked at, and entered, in one step. */
const AT_ONCE = 1_000;

/** An opt-out list that lies in a draft, ready to be weighed and entered (C20). */
export interface DraftList {
  /** Which list it is a version of. */
  readonly list: string;
  readonly draft: number;
  readonly reach: ListReach;
}

/** What a list would do, before anybody says yes to it. */
export interface ListWeight {
  /** Distinct valid addresses. */
  readonly addresses: number;
  /** Those that bring no new fact: on the previous version of this list, or opted out by a list already. */
  readonly already: number;
  /** Those that are subscribed in a marketing system, as was last read. */
  readonly subscribed: number;
}

/** Most of the addresses get mail today: the classic mistake is the list of subscribers in place of the opt-outs. */
export const isMostlySubscribers = ({ addresses, subscribed }: ListWeight): boolean => subscribed * 2 > addresses;

/** C20, recurring: a file that grew like this since its last version waits for a human. */
export const hasGrownTooMuch = (addresses: number, last: ListVersion | null): boolean =>
  addresses > (last?.addresses ?? 0) * 2 + 1_000;

/** A list opted it out with at least this reach, and no proven opt-in came after it (C7: only then the list says it anew). */
const isListed = (facts: readonly Fact[], { connection, topic }: ListReach): boolean => {
  const optIn = facts.findLast((fact) => fact.says === 'opted-in' && fact.proof !== null)?.n ?? 0;
  return facts.some(
    ({ n, says, source, echoOf, topic: said }) =>
      n > optIn &&
      says === 'opted-out' &&
      echoOf === null &&
      source.role === 'list' &&
      (source.connection === '' || source.connection === connection) &&
      (said === ALL_MAIL || said === topic),
  );
};

/** Those of a page that bring a new fact. */
const news = async (
  store: Store,
  { list, reach }: DraftList,
  page: readonly AddressKey[],
): Promise<readonly AddressKey[]> => {
  const onList = await store.optOutLists.onList(list, page);
  const others = page.filter((address) => !onList.has(address));
  const facts = Map.groupBy(await store.factsOf(others), (fact) => fact.address);
  return others.filter((address) => !isListed(facts.get(address) ?? [], reach));
};

/** What entering a page of a draft adds to the ledger. */
export const newFacts = async (
  store: Store,
  drafted: DraftList,
  { by, because, at }: ListEntry,
  page: readonly AddressKey[],
): Promise<readonly NewFact[]> =>
  (await news(store, drafted, page)).map((address) => listFact(address, by, because, at, drafted.reach));

/** Walks through a draft, a page at a time. */
export const eachGathered = async (
  store: Store,
  { draft }: DraftList,
  work: (page: readonly AddressKey[]) => Promise<void>,
): Promise<void> => {
  let after: AddressKey | null = null;
  for (;;) {
    const page: readonly AddressKey[] = await store.optOutLists.gathered(draft, after, AT_ONCE);
    const last = page.at(-1);
    if (last === undefined) return;
    await work(page);
    after = last;
  }
};

/** Counts what a drafted list would do. Changes nothing. */
export const weighList = async (
  store: Store,
  drafted: DraftList,
  progress: (done: number) => void = () => {},
): Promise<ListWeight> => {
  let weight: ListWeight = { addresses: 0, already: 0, subscribed: 0 };
  await eachGathered(store, drafted, async (page) => {
    weight = {
      addresses: weight.addresses + page.length,
      already: weight.already + page.length - (await news(store, drafted, page)).length,
      subscribed: weight.subscribed + (await store.optOutLists.subscribed(page)).size,
    };
    progress(weight.addresses);
  });
  return weight;
};

export interface ListEntry {
  /** Who imports it, for the ledger. */
  readonly by: string;
  /** Evidence, for the ledger. */
  readonly because: string;
  readonly digest: string;
  /** Our clock. */
  readonly at: Millis;
}

/**
 * Enters a drafted list: a fact for each address that was neither on the previous version nor opted out by a list (C20). Every
 * step is durable by itself: after a crash or an abort, importing the file again ends in the same state. Answers how many
 * facts were new. Throws what `signal` was aborted with, after a whole step.
 */
export const enterList = async (
  store: Store,
  drafted: DraftList,
  entry: ListEntry,
  signal: AbortSignal,
  progress: (done: number) => void = () => {},
): Promise<number> => {
  const { list, draft } = drafted;
  const { digest, at } = entry;
  let addresses = 0;
  let entered = 0;
  for (;;) {
    signal.throwIfAborted();
    const page = await store.optOutLists.gathered(draft, null, AT_ONCE);
    if (page.length === 0) break;
    const facts = await newFacts(store, drafted, entry, page);
    await store.optOutLists.enter(list, draft, page, facts, at);
    addresses += page.length;
    entered += facts.length;
    progress(addresses);
  }
  await store.optOutLists.complete(list, { version: draft, digest, addresses, at });
  return entered;
};
