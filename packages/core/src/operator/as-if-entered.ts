import type { Fact } from '../consent/fact.ts';
import type { AddressKey } from '../identity/address.ts';
import type { Neighbourhood, Store } from '../state/store.ts';
import { type DraftList, eachGathered, type ListEntry, newFacts } from './import-list.ts';

/** Numbers that no ledger reaches: these facts are in none. */
const IN_NO_LEDGER = 2 ** 52;

/**
 * The same store, in which a drafted list of so many addresses is entered for whoever plans, and which keeps nothing of it: a sync enters the
 * list first, and a plan says what a sync does (I10, C20). The draft must outlive it. Nothing in memory grows with the list.
 */
export const asIfEntered = (store: Store, drafted: DraftList, entry: ListEntry, addresses: number): Store => {
  const { list, draft } = drafted;
  const withListed = async (said: readonly Fact[], among: readonly AddressKey[]): Promise<readonly Fact[]> => {
    const listed = await store.optOutLists.inDraft(draft, among);
    if (listed.size === 0) return said;
    const facts = await newFacts(store, drafted, entry, [...listed].sort());
    return [...said, ...facts.map((fact, index) => ({ ...fact, n: IN_NO_LEDGER + said.length + index }))];
  };
  return {
    ...store,
    async neighbourhood(profile, systems, asked) {
      const hood = await store.neighbourhood(profile, systems, asked);
      const facts = await withListed(hood.ledger.facts, addressesAround(hood, asked));
      return { ...hood, ledger: { ...hood.ledger, facts } };
    },
    factsOf: async (asked) => withListed(await store.factsOf(asked), asked),
    optOutLists: {
      ...store.optOutLists,
      last: async (name) =>
        name === list
          ? { version: draft, digest: entry.digest, addresses, at: entry.at }
          : store.optOutLists.last(name),
    },
  };
};

const addressesAround = ({ shadows }: Neighbourhood, addresses: readonly AddressKey[]): readonly AddressKey[] => [
  ...new Set([...addresses, ...shadows.flatMap(({ stays }) => stays.map(({ address }) => address))]),
];

/** Has a profile look at whoever a drafted list would opt out, as entering it does. A mark alone changes nothing. */
export const markListed = (store: Store, drafted: DraftList, entry: ListEntry, profile: string): Promise<void> =>
  eachGathered(store, drafted, async (page) => {
    const addresses = (await newFacts(store, drafted, entry, page)).map(({ address }) => address);
    await store.markDirty(profile, addresses, entry.at);
  });
