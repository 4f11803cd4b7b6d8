import {
  type AddressKey,
  type Link,
  type Neighbourhood,
  recordKey,
  type Shadow,
  type System,
  systemKey,
} from '@heed/core';
import type { Database } from './database.ts';
import { createdAt } from './intents.ts';
import { addressesInJobs } from './jobs.ts';
import { jsonList } from './json.ts';
import { decisionsAbout, factsAround } from './ledger.ts';
import { linksOf } from './links.ts';
import { owedAt, setAsideAt } from './settle.ts';
import {
  addressesOf,
  allSystems,
  type Found,
  forebears,
  shadowsByAddress,
  shadowsByRecord,
  systemId,
} from './shadows.ts';

/**
 * All that is known around some addresses: who has or had them, whoever shares another address with one of those, lives
 * continued in other records, members at any of these addresses or linked to any of these records, who lives where a linked one
 * is, and what was said about all of them. Each step is one question for the whole batch.
 */
export const neighbourhoodOf = (
  database: Database,
  profile: string,
  systems: readonly System[],
  addresses: readonly AddressKey[],
): Neighbourhood => {
  const circle = new Circle(database, systems);
  const asked = new Set(addresses);
  circle.at(asked);
  circle.lives();
  circle.at(circle.addresses()); // One hop: whoever lives at another address of these people.
  circle.lives();
  const links = circle.linked(profile);
  circle.membersAt(circle.addresses());
  circle.lives();
  const around = new Set([...asked, ...circle.addresses()]);
  const facts = factsAround(database, around);
  return {
    shadows: circle.shadows(),
    ledger: { facts, decisions: decisionsAbout(database, facts, around) },
    links,
    owed: owedAt(database, profile, around),
    setAside: setAsideAt(database, profile, jsonList(around)),
    ...createdAt(database, circle.members, around),
    inJob: addressesInJobs(database, around),
    ...elsewhereOf(database, systems, asked),
  };
};

/** One circle for each other system: their records may have the same keys. */
const elsewhereOf = (
  database: Database,
  systems: readonly System[],
  asked: ReadonlySet<AddressKey>,
): Pick<Neighbourhood, 'elsewhere'> => {
  const own = new Set(systems.map(systemKey));
  const others = allSystems(database).filter((system) => !own.has(systemKey(system)));
  if (others.length === 0) return {};
  const circles = others.map((system) => new Circle(database, [system]));
  for (const circle of circles) {
    circle.at(asked);
    circle.lives();
  }
  const around = new Set(circles.flatMap((circle) => [...circle.addresses()]));
  const facts = factsAround(database, around);
  const shadows = circles.flatMap((circle) => circle.shadows());
  return { elsewhere: { shadows, ledger: { facts, decisions: decisionsAbout(database, facts, around) } } };
};

/** A growing set of records of some systems. */
class Circle {
  private readonly database: Database;
  private readonly systems: readonly number[];
  /** The marketing systems among them. */
  readonly members: readonly number[];
  private readonly known = new Map<number, Shadow>();
  /** Asked about already: the same question in one state has the same answer. */
  private readonly asked = new Set<AddressKey>();
  /** Records whose heirs and forebears were not looked for yet. */
  private fresh: Shadow[] = [];

  constructor(database: Database, systems: readonly System[]) {
    const numbered = systems.map((system) => ({ system, id: systemId(database, system) }));
    this.database = database;
    this.systems = numbered.flatMap(({ id }) => (id === null ? [] : [id]));
    this.members = numbered.flatMap(({ system, id }) => (id === null || system.role === 'crm' ? [] : [id]));
  }

  private add(found: readonly Found[]): void {
    for (const { id, shadow } of found) {
      if (this.known.has(id)) continue;
      this.known.set(id, shadow);
      this.fresh.push(shadow);
    }
  }

  at(addresses: ReadonlySet<AddressKey>): void {
    const fresh = this.unasked(addresses);
    if (fresh.length === 0) return;
    for (const address of fresh) this.asked.add(address);
    this.add(shadowsByAddress(this.database, this.systems, fresh));
  }

  membersAt(addresses: ReadonlySet<AddressKey>): void {
    const fresh = this.unasked(addresses);
    if (fresh.length > 0) this.add(shadowsByAddress(this.database, this.members, fresh));
  }

  private unasked(addresses: ReadonlySet<AddressKey>): readonly AddressKey[] {
    return [...addresses].filter((address) => !this.asked.has(address));
  }

  /** Follows merges and conversions in both directions to their ends (C16). */
  lives(): void {
    while (this.fresh.length > 0) {
      const fresh = this.fresh;
      this.fresh = [];
      const heirs = fresh.flatMap(({ life }) => (life.kind === 'continued' ? [recordKey(life.as)] : []));
      if (heirs.length > 0) this.add(shadowsByRecord(this.database, this.systems, heirs));
      this.add(
        forebears(
          this.database,
          this.systems,
          fresh.map(({ record }) => recordKey(record)),
        ),
      );
    }
  }

  /** Links of these records, the records at their other ends, and who lives where a member among those is: it is theirs (C15). */
  linked(profile: string): readonly Link[] {
    const known = new Set([...this.known.values()].map(({ record }) => recordKey(record)));
    const links = linksOf(this.database, profile, known);
    const ends = links
      .flatMap((link) => [recordKey(link.member), recordKey(link.crm)])
      .filter((record) => !known.has(record));
    if (ends.length === 0) return links;
    const found = shadowsByRecord(this.database, this.systems, ends);
    this.add(found);
    const members = found.filter(({ shadow }) => shadow.system.role === 'marketing');
    this.at(new Set(members.flatMap(({ shadow }) => shadow.address ?? [])));
    return links;
  }

  addresses(): ReadonlySet<AddressKey> {
    return new Set(this.shadows().flatMap((shadow) => [...addressesOf(shadow)]));
  }

  shadows(): readonly Shadow[] {
    return [...this.known.values()];
  }
}
