import { type AddressKey, type KnownPerson, type LinkedSystems, recordKey, type Shadow, systemKey } from '@heed/core';
import type { Database } from './database.ts';
import { addressesInJobs } from './jobs.ts';
import { jsonList } from './json.ts';
import { decisionsAbout, factsAround, headOf } from './ledger.ts';
import { addressesOf, type Found, forebears, shadowsByAddress, shadowsByRecord, systemId } from './shadows.ts';

/**
 * Who is meant by an address: the records that show it, whom they are linked to or merged with, and the other addresses of
 * those that nobody else lives at (Words: person). Whoever had the address once and lives elsewhere is somebody else; what is
 * left of that one here, a member as it was before it was renamed, goes with the address. Only where nobody lives at the address
 * any more, the records that did tell who is meant.
 */
export const knownPerson = (
  database: Database,
  address: AddressKey,
  systems: readonly LinkedSystems[],
): KnownPerson => {
  const everywhere = database.all<{ id: number }>('SELECT id FROM system').map(({ id }) => id);
  const person = new Map<number, Shadow>();
  let fresh: readonly Found[] = [];
  const add = (more: readonly Found[]): void => {
    const strangers = more.filter(({ id }) => !person.has(id));
    for (const { id, shadow } of strangers) person.set(id, shadow);
    fresh = [...fresh, ...strangers];
  };
  const left: Found[] = [];
  /** Those who live there, and of whom it was the last address. */
  const addThere = (there: readonly Found[], otherwise: readonly Found[]): void => {
    const living = there.filter(({ shadow }) => shadow.life.kind === 'live');
    add(living.length > 0 ? living : otherwise);
    left.push(...there);
  };
  const showing = (one: AddressKey): readonly Found[] =>
    shadowsByAddress(database, everywhere, [one]).filter(({ shadow }) => shadow.address === one);
  const addresses = new Set<AddressKey>([address]);
  const here = showing(address);
  addThere(here, here);
  /** Somebody else's record lives at that address. */
  const isShared = (there: readonly Found[]): boolean =>
    there.some(({ id, shadow }) => shadow.system.role === 'crm' && shadow.life.kind === 'live' && !person.has(id));
  /** A member still under an address that its record has left goes with whoever lives there now. */
  const isOfStrangers = ({ shadow: { system, address: there } }: Found): boolean =>
    system.role === 'marketing' && there !== null && !addresses.has(there) && isShared(showing(there));
  while (fresh.length > 0) {
    const joining = fresh;
    fresh = [];
    add(mergedWith(database, everywhere, joining));
    for (const each of systems) add(linkedTo(database, each, joining).filter((one) => !isOfStrangers(one)));
    for (const one of joining.flatMap(({ shadow }) => [...addressesOf(shadow)])) {
      if (addresses.has(one)) continue;
      const there = showing(one);
      if (isShared(there)) continue;
      addresses.add(one);
      addThere(there, []);
    }
  }
  for (const { id, shadow } of left) person.set(id, shadow);
  const facts = factsAround(database, addresses);
  return {
    addresses: [...addresses],
    shadows: [...person.values()],
    ledger: { facts, decisions: decisionsAbout(database, facts, addresses) },
    inJob: addressesInJobs(database, addresses).length > 0,
    head: headOf(database).n,
  };
};

/** Heirs and forebears, of the same system (C16). */
const mergedWith = (database: Database, everywhere: readonly number[], here: readonly Found[]): readonly Found[] => {
  const heirs = here.flatMap(({ shadow: { life, system } }) =>
    life.kind === 'continued' ? shadowsByRecord(database, idsOf(database, system), [recordKey(life.as)]) : [],
  );
  const before = forebears(
    database,
    everywhere,
    here.map(({ shadow }) => recordKey(shadow.record)),
  );
  const isOfThem = ({ life, system }: Shadow): boolean =>
    life.kind === 'continued' &&
    here.some(
      ({ shadow }) => systemKey(shadow.system) === systemKey(system) && recordKey(shadow.record) === recordKey(life.as),
    );
  return [...heirs, ...before.filter(({ shadow }) => isOfThem(shadow))];
};

const idsOf = (database: Database, system: Shadow['system']): readonly number[] => {
  const id = systemId(database, system);
  return id === null ? [] : [id];
};

/** The other ends of links, in the two systems of their profile. */
const linkedTo = (database: Database, { profile, crm, marketing }: LinkedSystems, here: readonly Found[]) => {
  const keys = jsonList(here.map(({ shadow }) => recordKey(shadow.record)));
  const ends = database.all<{ member: string; crm: string }>(
    `SELECT member, crm FROM link WHERE profile = ?1
       AND (member IN (SELECT value FROM json_each(?2)) OR crm IN (SELECT value FROM json_each(?2)))`,
    profile,
    keys,
  );
  const isOneOf = (system: Shadow['system'], key: string): boolean =>
    here.some(({ shadow }) => recordKey(shadow.record) === key && systemKey(shadow.system) === systemKey(system));
  const members = ends.filter((link) => isOneOf(crm, link.crm)).map((link) => link.member);
  const records = ends.filter((link) => isOneOf(marketing, link.member)).map((link) => link.crm);
  return [
    ...shadowsByRecord(database, idsOf(database, marketing), members),
    ...shadowsByRecord(database, idsOf(database, crm), records),
  ];
};
