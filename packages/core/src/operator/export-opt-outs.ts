import type { Millis } from '@heed/contract';
import { ALL_MAIL, type Fact, type Topic } from '../consent/fact.ts';
import { type Binding, reachOf } from '../consent/reach.ts';
import { standsAnywhere } from '../consent/standing.ts';
import { type AddressKey, isRecordAddress } from '../identity/address.ts';
import { type Surroundings, surroundingsOf } from '../plan/neighbours.ts';
import type { Profile } from '../profile/profile.ts';
import { type System, systemKey } from '../state/shadow.ts';
import type { Store } from '../state/store.ts';
import { type TopicName, topicNames } from './topic-name.ts';

/** One address that gets no marketing mail, and why (C20). */
export interface OptedOutLine {
  readonly address: AddressKey;
  readonly state: 'opted-out' | 'undeliverable';
  /** `*`, or a topic by its name in profiles; by the vendor's where no profile names it (C17). */
  readonly topic: Topic;
  readonly reason: string;
  /** Who said it: a connection and its container, or an opt-out list. */
  readonly source: string;
  /** When the first opt-out that still stands was made, or at the latest; the vendor's clock. */
  readonly date: Millis;
  /** The ledger entries that it rests on. */
  readonly entries: readonly number[];
}

const AT_ONCE = 500;

/**
 * Every opted-out and undeliverable address of a customer, in address order, as was last read; in pages, so that nothing grows.
 * With `of: 'topics'` those who opted out of single topics instead: the two are never mixed, for a list of the one read as a list
 * of the other would opt people out of everything.
 */
export async function* optedOutLines(
  store: Store,
  profiles: readonly Profile[],
  of: 'all-mail' | 'topics' = 'all-mail',
): AsyncGenerator<readonly OptedOutLine[]> {
  const nameOf = await topicNames(store, profiles);
  let after: AddressKey | null = null;
  for (;;) {
    const page: readonly AddressKey[] = await store.optOutLists.everybody(after, AT_ONCE);
    const last = page.at(-1);
    if (last === undefined) return;
    after = last;
    const around = await surroundingsIn(store, profiles, page);
    const lines = (address: AddressKey): readonly OptedOutLine[] =>
      of === 'topics' ? topicLines(address, around(address), nameOf) : [lineOf(address, around(address)) ?? []].flat();
    yield page.flatMap((address) => (isRecordAddress(address) ? [] : lines(address)));
  }
}

/** What surrounds an address in each pair of systems: opt-outs follow a person to other addresses (C15, C16). */
const surroundingsIn = async (
  store: Store,
  profiles: readonly Profile[],
  page: readonly AddressKey[],
): Promise<(address: AddressKey) => readonly Surroundings[]> => {
  const pairs = profiles.map(({ crm, marketing }): { readonly crm: System; readonly marketing: System } => ({
    crm: { role: 'crm', connection: crm.connection, container: '' },
    marketing: { role: 'marketing', connection: marketing.connection, container: marketing.audience },
  }));
  const systems = new Map(pairs.flatMap((pair) => [pair.crm, pair.marketing]).map((one) => [systemKey(one), one]));
  const hood = await store.neighbourhood(profiles[0]?.id ?? '', [...systems.values()], page);
  // Without a profile only what was said about the very address counts.
  const nowhere: System = { role: 'crm', connection: '', container: '' };
  const cuts = (pairs.length === 0 ? [{ crm: nowhere, marketing: nowhere }] : pairs).map((pair) =>
    surroundingsOf(hood, pair),
  );
  return (address) => cuts.map((cut) => cut(address));
};

/** What stands of an address, by the number of the fact behind it. */
const standing = (
  address: AddressKey,
  around: readonly Surroundings[],
  scope: 'customer' | 'topics',
): ReadonlyMap<number, Binding> => {
  const bindings = around.flatMap(({ people, members, ledger }) =>
    reachOf(address, [...people, ...members], ledger, scope).bindings.filter(
      (binding) => binding.via !== 'doubtful' && standsAnywhere(binding),
    ),
  );
  return new Map(bindings.map((binding) => [binding.origin.n, binding]));
};

const optedOutLine = (address: AddressKey, topic: Topic, bindings: readonly Binding[]): readonly OptedOutLine[] => {
  const [first] = [...bindings].sort((a, b) => a.origin.when.until - b.origin.when.until);
  if (first === undefined) return [];
  const entries = bindings.map(({ origin }) => origin.n).sort((a, b) => a - b);
  const date = first.origin.when.until;
  return [
    { address, state: 'opted-out', topic, reason: reasonOf(first), source: sourceOf(first.origin), date, entries },
  ];
};

const topicLines = (
  address: AddressKey,
  around: readonly Surroundings[],
  nameOf: TopicName,
): readonly OptedOutLine[] => {
  const byTopic = Map.groupBy(standing(address, around, 'topics').values(), ({ origin }) => nameOf(origin));
  return [...byTopic].flatMap(([topic, bindings]) => optedOutLine(address, topic, bindings));
};

const lineOf = (address: AddressKey, around: readonly Surroundings[]): OptedOutLine | null => {
  const [line] = optedOutLine(address, ALL_MAIL, [...standing(address, around, 'customer').values()]);
  if (line !== undefined) return line;
  const facts = (around[0]?.ledger.facts ?? []).filter((fact) => fact.address === address);
  const bounced = facts.filter((fact) => fact.says === 'undeliverable' && isNewest(fact, facts));
  const [gone] = bounced;
  if (gone === undefined) return null;
  const numbers = bounced.map(({ n }) => n);
  const { until } = gone.when;
  return {
    address,
    state: 'undeliverable',
    topic: ALL_MAIL,
    reason: 'mail bounces',
    source: sourceOf(gone),
    date: until,
    entries: numbers,
  };
};

/** The last word of its system about this address. */
const isNewest = (fact: Fact, facts: readonly Fact[]): boolean =>
  !facts.some((later) => later.n > fact.n && sourceOf(later) === sourceOf(fact));

const WHO = {
  person: 'by the person',
  operator: 'by an operator',
  system: 'by the system',
  unknown: 'by unknown',
} as const;

const reasonOf = ({ origin, via }: Binding): string => {
  const elsewhere = via === 'own' ? '' : ', at another address of the person';
  if (origin.complaint) return `complaint${elsewhere}`;
  if (origin.source.role === 'list') return `opt-out list: ${origin.proof ?? ''}${elsewhere}`;
  const where = origin.source.role === 'crm' ? `opted out in the CRM (${origin.source.field})` : 'unsubscribed';
  return `${where} ${WHO[origin.by]}${elsewhere}`;
};

const sourceOf = ({ source }: Fact): string => {
  const system = [source.connection, source.container].filter((part) => part !== '').join('/');
  if (source.role !== 'list') return system;
  return `opt-out list, entered by ${source.field}${system === '' ? '' : ` for ${system}`}`;
};
