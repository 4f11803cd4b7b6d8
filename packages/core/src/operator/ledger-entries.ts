import type { Millis } from '@heed/contract';
import { ALL_MAIL, type Fact, type Ledger, type NewFact, sameRecord, sameSource, type Topic } from '../consent/fact.ts';
import { type Binding, reachOf } from '../consent/reach.ts';
import type { AddressKey } from '../identity/address.ts';
import type { Profile } from '../profile/profile.ts';
import { type System, systemKey } from '../state/shadow.ts';
import type { Store } from '../state/store.ts';
import { topicNames } from './topic-name.ts';

export type Entered =
  | { readonly ok: true; readonly entries: readonly number[] }
  | { readonly ok: false; readonly why: string };

/** How far the customer's own word goes (C20). */
export interface ListReach {
  /** Only profiles that use this connection; empty: every connection of the customer. */
  readonly connection: string;
  /** `*`, or a topic by its name in profiles (C17). */
  readonly topic: Topic;
}

/** All mail of the customer. */
export const EVERYWHERE: ListReach = { connection: '', topic: ALL_MAIL };

/** The customer's own word (C20): an opt-out list, `optouts add`, or a refused review. */
export const listFact = (
  address: AddressKey,
  by: string,
  evidence: string,
  at: Millis,
  { connection, topic }: ListReach,
): NewFact => ({
  address,
  topic,
  source: { role: 'list', connection, container: '', field: by },
  says: 'opted-out',
  by: 'operator',
  complaint: false,
  when: { from: at, until: at, exact: true },
  record: null,
  proof: evidence,
  echoOf: null,
  run: null,
});

/** Opts one address out everywhere, or as far as is said, with actor and evidence (C20). Our clock. */
export const addOptOut = async (
  store: Store,
  address: AddressKey,
  by: string,
  evidence: string,
  at: Millis,
  reach: ListReach = EVERYWHERE,
): Promise<Entered> => {
  const fact = listFact(address, by, evidence, at, reach);
  const entries = await store.enter({ facts: [fact], decisions: [] }, [address], at);
  return { ok: true, entries };
};

/**
 * Decides about a person who opted in again by their own act and waits (C7), or whose opt-out was made at an address that
 * several people shared (C15). Accepting says that the opt-in counts, or that the opt-out is not this person's; refusing is a
 * new opt-out.
 */
export const decideReview = async (
  store: Store,
  profiles: readonly Profile[],
  address: AddressKey,
  decision: 'accept' | 'refuse',
  by: string,
  at: Millis,
): Promise<Entered> => {
  const { ledger, bindings } = await aroundAddress(store, profiles, address);
  const optIns = ledger.facts.filter(
    (fact) => fact.address === address && fact.says === 'opted-in' && fact.proof !== null,
  );
  const doubtful = bindings.filter((binding) => binding.via === 'doubtful').map((binding) => binding.origin);
  const facts = [...new Set([...optIns, ...doubtful].map((fact) => fact.n))];
  if (facts.length === 0) {
    return {
      ok: false,
      why: 'this person neither opted in again by an own, proven act (C7) nor shared an address that opted out (C15)',
    };
  }
  if (decision === 'refuse') return addOptOut(store, address, by, 'review refused', at);
  const entries = await store.enter(
    { facts: [], decisions: [{ kind: 'acceptance', address, facts, by }] },
    [address],
    at,
  );
  return { ok: true, entries };
};

/** What the ledger says about an address and the people who have or had it, in whichever profile of the customer. */
const aroundAddress = async (
  store: Store,
  profiles: readonly Profile[],
  address: AddressKey,
  scope: 'customer' | 'topics' = 'customer',
): Promise<{ readonly ledger: Ledger; readonly bindings: readonly Binding[] }> => {
  const systems = new Map<string, System>();
  for (const { crm, marketing } of profiles) {
    for (const system of [
      { role: 'crm', connection: crm.connection, container: '' },
      { role: 'marketing', connection: marketing.connection, container: marketing.audience },
    ] as const) {
      systems.set(systemKey(system), system);
    }
  }
  const hood = await store.neighbourhood(profiles[0]?.id ?? '', [...systems.values()], [address]);
  return { ledger: hood.ledger, bindings: reachOf(address, hood.shadows, hood.ledger, scope).bindings };
};

/** Only opt-outs made in the CRM by an operator or by unknown can be mistakes (C6a). */
const correctable = (fact: Fact): boolean =>
  fact.says === 'opted-out' &&
  fact.echoOf === null &&
  fact.source.role === 'crm' &&
  !fact.complaint &&
  (fact.by === 'operator' || fact.by === 'unknown');

const why = (facts: readonly Fact[]): string => {
  if (facts.length === 0) return 'the ledger holds no opt-out of this address';
  const kinds = new Set(
    facts.map((fact) =>
      fact.complaint
        ? 'a complaint'
        : fact.source.role === 'list'
          ? 'an opt-out list'
          : fact.source.role === 'marketing'
            ? 'the marketing tool'
            : 'the person',
    ),
  );
  return `its opt-outs were made by ${[...kinds].join(' and ')}, and those are never corrected (C6a); only the person can opt in again (C7)`;
};

/**
 * Withdraws mistaken opt-outs of a person, of all mail or of one topic by its name in profiles, and writes nothing to marketing (C6a): those that bind the address, wherever they
 * were read, and what was said on the same records at other addresses of theirs.
 */
export const correctAddress = async (
  store: Store,
  profiles: readonly Profile[],
  address: AddressKey,
  because: string,
  by: string,
  at: Millis,
  topic: Topic = ALL_MAIL,
): Promise<Entered> => {
  const { ledger, bindings } = await aroundAddress(
    store,
    profiles,
    address,
    topic === ALL_MAIL ? 'customer' : 'topics',
  );
  const nameOf = await topicNames(store, profiles);
  const bound = bindings
    .filter(({ via, origin }) => via !== 'doubtful' && nameOf(origin) === topic)
    .map((binding) => binding.origin);
  const twins = ledger.facts.filter((fact) =>
    bound.some((one) => sameSource(one.source, fact.source) && sameRecord(one.record, fact.record)),
  );
  const facts = [...new Set([...bound, ...twins])].filter((fact) => fact.says === 'opted-out' && fact.echoOf === null);
  return correct(store, facts, because, by, at);
};

/** The same for everything that one run read: a mass mistake. Operator-made opt-outs from marketing count here too (C23). */
export const correctRun = async (
  store: Store,
  run: string,
  because: string,
  by: string,
  at: Millis,
): Promise<Entered> => {
  const facts = (await store.factsOfRun(run)).filter((fact) => fact.says === 'opted-out' && fact.echoOf === null);
  if (facts.length === 0)
    return { ok: false, why: `the ledger holds no opt-out that run ${run} read; heed runs lists them` };
  return correct(store, facts, because, by, at, massCorrectable);
};

const massCorrectable = (fact: Fact): boolean =>
  correctable(fact) ||
  (fact.says === 'opted-out' && fact.source.role === 'marketing' && fact.by === 'operator' && !fact.complaint);

const correct = async (
  store: Store,
  facts: readonly Fact[],
  because: string,
  by: string,
  at: Millis,
  can = correctable,
): Promise<Entered> => {
  const mistaken = facts.filter(can);
  if (mistaken.length === 0) return { ok: false, why: why(facts) };
  const addresses = [...new Set(mistaken.map((fact) => fact.address))];
  const entries = await store.enter(
    { facts: [], decisions: [{ kind: 'correction', facts: mistaken.map((fact) => fact.n), by, because }] },
    addresses,
    at,
  );
  return { ok: true, entries };
};
