import type { Decision, Fact, Ledger } from '../consent/fact.ts';
import type { AddressKey } from '../identity/address.ts';
import { heirOf } from '../identity/person.ts';
import { recordKey, type Shadow, type System, systemKey } from '../state/shadow.ts';
import type { Link, Neighbourhood, Owed, SetAside } from '../state/store.ts';
import type { View } from './view.ts';

/** What surrounds one address: small, so that deciding about it costs the same in any audience. */
export interface Surroundings {
  /** CRM records that have or had the address, whom they were merged with, and who else lived where they lived. */
  readonly people: readonly Shadow[];
  /** Members that have or had the address. */
  readonly members: readonly Shadow[];
  /** The member of the address; a vanished one if there is no other. */
  readonly member: Shadow | null;
  readonly ledger: Ledger;
  readonly linkOfMember: (member: Shadow) => Link | null;
  readonly linkOfRecord: (record: Shadow) => Link | null;
  readonly memberByRecord: (key: string) => Shadow | null;
  readonly recordByKey: (key: string) => Shadow | null;
  readonly owed: readonly Owed[];
  readonly setAside: readonly SetAside[];
  readonly createdBefore: boolean;
  /** An invitation of it was, in whichever system of the customer (C11). */
  readonly invitedBefore: boolean;
  /** A write about it is under way in a job of the vendor. */
  readonly inJob: boolean;
  /** What surrounds one of these people's other addresses. */
  readonly at: (address: AddressKey) => Surroundings;
  /** The people and the members of the address in each other system of the customer, and what was said about them (C26). */
  readonly elsewhere: () => readonly Pick<Surroundings, 'people' | 'members' | 'ledger'>[];
}

/** Indexes a batch once and cuts out each address's surroundings. */
export const surroundingsOf = (
  hood: Neighbourhood,
  view: Pick<View, 'crm' | 'marketing'>,
): ((address: AddressKey) => Surroundings) => {
  const elsewhere = elsewhereIn(hood);
  const crm = hood.shadows.filter((shadow) => systemKey(shadow.system) === systemKey(view.crm));
  const members = hood.shadows.filter((shadow) => systemKey(shadow.system) === systemKey(view.marketing));
  const crmByKey = new Map(crm.map((shadow) => [recordKey(shadow.record), shadow]));
  const memberByKey = new Map(members.map((shadow) => [recordKey(shadow.record), shadow]));
  const crmByAddress = groupBy(crm, (shadow) => shadow.stays.map((stay) => stay.address));
  const crmByHeir = groupBy(crm, (shadow) => [recordKey(heirOf(shadow, crmByKey).record)]);
  const memberByAddress = groupBy(members, (shadow) => (shadow.address === null ? [] : [shadow.address]));
  const memberByStay = groupBy(members, (shadow) => shadow.stays.map((stay) => stay.address));
  const factsByAddress = groupBy(hood.ledger.facts, (fact) => [fact.address]);
  const factByNumber = new Map(hood.ledger.facts.map((fact) => [fact.n, fact]));
  const decisionsByFact = groupBy(hood.ledger.decisions, (decision) => decision.facts);
  const linkByMember = new Map(hood.links.map((link) => [recordKey(link.member), link]));
  const linkByRecord = new Map(hood.links.map((link) => [recordKey(link.crm), link]));
  const owedByAddress = groupBy(hood.owed, (owed) => [owed.address]);
  const asideByAddress = groupBy(hood.setAside, (one) => [one.address]);
  const created = new Set(hood.everCreated);
  const invited = new Set(hood.everInvited);
  const inJob = new Set(hood.inJob);

  const around = (address: AddressKey): Surroundings => {
    const own = (crmByAddress.get(address) ?? []).flatMap(
      (shadow) => crmByHeir.get(recordKey(heirOf(shadow, crmByKey).record)) ?? [shadow],
    );
    const lived = memberByStay.get(address) ?? [];
    const addresses = new Set<AddressKey>([
      address,
      ...[...own, ...lived].flatMap((shadow) => shadow.stays.map((stay) => stay.address)),
    ]);
    const people = new Set<Shadow>(own);
    for (const one of addresses) for (const shadow of crmByAddress.get(one) ?? []) people.add(shadow);
    // An address has one member: where a new one took the place of one whose end no read has shown, the newest counts.
    const here = [...(memberByAddress.get(address) ?? [])].sort(
      (a, b) => b.seenAt - a.seenAt || b.firstReadAt - a.firstReadAt,
    );
    const facts = factsFor(addresses, factsByAddress, factByNumber);
    return {
      people: [...people],
      members: lived,
      member: here.find((shadow) => shadow.life.kind === 'live') ?? here[0] ?? null,
      ledger: { facts, decisions: decisionsFor(facts, decisionsByFact) },
      linkOfMember: (member) => linkByMember.get(recordKey(member.record)) ?? null,
      linkOfRecord: (record) => linkByRecord.get(recordKey(record.record)) ?? null,
      memberByRecord: (key) => memberByKey.get(key) ?? null,
      recordByKey: (key) => crmByKey.get(key) ?? null,
      owed: owedByAddress.get(address) ?? [],
      setAside: asideByAddress.get(address) ?? [],
      createdBefore: created.has(address),
      invitedBefore: invited.has(address),
      // A record may have moved here while a job writes to it.
      inJob: [...addresses].some((one) => inJob.has(one)),
      at: around,
      elsewhere: () => elsewhere.map((cut) => cut(address)),
    };
  };
  return around;
};

const NOWHERE: System = { role: 'crm', connection: '', container: '' };

/** Each of the other systems by itself: their records may have the same keys. */
const elsewhereIn = (hood: Neighbourhood): readonly ((address: AddressKey) => Surroundings)[] => {
  if (hood.elsewhere === undefined) return [];
  const { elsewhere, ...own } = hood;
  const systems = new Map(elsewhere.shadows.map(({ system }) => [systemKey(system), system]));
  return [...systems.values()].map((system) =>
    surroundingsOf(
      { ...own, ...elsewhere },
      system.role === 'crm' ? { crm: system, marketing: NOWHERE } : { crm: NOWHERE, marketing: system },
    ),
  );
};

/** In ledger order, and with the origins of echoes, which may be facts of another address (C8). */
const factsFor = (
  addresses: ReadonlySet<AddressKey>,
  byAddress: ReadonlyMap<AddressKey, readonly Fact[]>,
  byNumber: ReadonlyMap<number, Fact>,
): readonly Fact[] => {
  const own = [...addresses].flatMap((one) => byAddress.get(one) ?? []);
  const origins = own.flatMap((fact) => (fact.echoOf === null ? [] : (byNumber.get(fact.echoOf) ?? [])));
  return [...new Set([...own, ...origins])].sort((a, b) => a.n - b.n);
};

/**
 * What people decided about these facts, and no more of it: one rejection or correction may be about a million people, and each of
 * them would carry the whole of it along.
 */
const decisionsFor = (facts: readonly Fact[], byFact: ReadonlyMap<number, readonly Decided[]>): readonly Decided[] => {
  const about = new Map<Decided, number[]>();
  for (const { n } of facts) {
    for (const decision of byFact.get(n) ?? []) {
      const numbers = about.get(decision);
      if (numbers === undefined) about.set(decision, [n]);
      else numbers.push(n);
    }
  }
  return [...about].map(([decision, numbers]) => ({ ...decision, facts: numbers })).sort((a, b) => a.n - b.n);
};

type Decided = Decision & { readonly n: number };

const groupBy = <K, V>(values: readonly V[], keysOf: (value: V) => readonly K[]): ReadonlyMap<K, readonly V[]> => {
  const groups = new Map<K, V[]>();
  for (const value of values) {
    for (const key of new Set(keysOf(value))) {
      const group = groups.get(key);
      if (group === undefined) groups.set(key, [value]);
      else group.push(value);
    }
  }
  return groups;
};
