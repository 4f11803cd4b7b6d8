import type { Millis, RecordRef } from '@heed/contract';
import type { NewFact } from '../consent/fact.ts';
import { optOutsOf, standsAnywhere } from '../consent/standing.ts';
import type { AddressKey } from '../identity/address.ts';
import type { Profile } from '../profile/profile.ts';
import type { KnownPerson, LinkedSystems } from '../state/erasures.ts';
import { type System, systemKey } from '../state/shadow.ts';
import type { Lease, Owed, Store } from '../state/store.ts';
import { changeService } from '../sync/service.ts';

/** A record at a vendor that Heed cannot delete: a person has to. */
export interface VendorRecord {
  readonly system: System;
  readonly record: RecordRef;
  /** False: the last look did not show it, which proves nothing (C12a). */
  readonly seen: boolean;
}

/** What `erase` would remove of a person, what it keeps, and what stands in its way. */
export interface PersonToErase {
  readonly address: AddressKey;
  readonly known: KnownPerson;
  readonly remaining: readonly VendorRecord[];
  /** Opt-outs that still stand, as they are kept. */
  readonly kept: readonly NewFact[];
  /** Opt-outs that must still reach a system: nobody is erased before (C25). */
  readonly owed: readonly (Owed & { readonly profile: string })[];
  /** Heed has nothing of this address. */
  readonly isUnknown: boolean;
}

const linkedSystemsOf = (profiles: readonly Profile[]): readonly LinkedSystems[] =>
  profiles.map(({ id, crm, marketing }) => ({
    profile: id,
    crm: { role: 'crm', connection: crm.connection, container: '' },
    marketing: { role: 'marketing', connection: marketing.connection, container: marketing.audience },
  }));

/** Everything that Heed has of the person at an address, and what stands in the way of erasing it. Changes nothing. */
export const personToErase = async (
  store: Store,
  profiles: readonly Profile[],
  address: AddressKey,
): Promise<PersonToErase> => {
  const known = await store.erasures.person(address, linkedSystemsOf(profiles));
  const theirs = new Set<string>(known.addresses);
  const owed: (Owed & { readonly profile: string })[] = [];
  for (const { id } of profiles)
    for (const one of await store.owed(id)) if (theirs.has(one.address)) owed.push({ ...one, profile: id });
  return {
    address,
    known,
    remaining: known.shadows
      .filter(({ life }) => life.kind === 'live' || life.kind === 'vanished')
      .map(({ system, record, life }) => ({ system, record, seen: life.kind === 'live' }))
      .sort((a, b) => `${systemKey(a.system)} ${a.record.id}`.localeCompare(`${systemKey(b.system)} ${b.record.id}`)),
    kept: standingOf(known),
    owed,
    isUnknown: known.shadows.length === 0 && known.ledger.facts.length === 0,
  };
};

/**
 * The opt-outs that stand in any system, each once, with what makes them bind and when they were made. Echoes end with their
 * origin (C8), so they are not kept beside it. What named a person or a record is left out; so is evidence, which is free text.
 */
const standingOf = ({ addresses, ledger }: KnownPerson): readonly NewFact[] => {
  const theirs = new Set<string>(addresses);
  const standing = addresses
    .flatMap((address) => optOutsOf(ledger, address))
    .filter((optOut) => theirs.has(optOut.fact.address) && standsAnywhere(optOut));
  const origins = new Map(standing.map(({ origin }) => [origin.n, origin]));
  return [...origins.values()].map(({ n: _n, ...origin }) => ({
    ...origin,
    source: origin.source.role === 'list' ? { ...origin.source, field: 'erase' } : origin.source,
    record: null,
    proof: null,
    echoOf: null,
    run: null,
    user: null,
  }));
};

/**
 * Erases the person (C25). The caller holds the customer's lease and has seen that nothing is owed. Null, and nothing done, if
 * something was said about them since they were looked at: then that comes first.
 */
export const erasePerson = async (
  store: Store,
  profiles: readonly Profile[],
  lease: Lease,
  { address, known, kept }: PersonToErase,
  by: string,
  at: Millis,
): Promise<readonly number[] | null> => {
  const { addresses, shadows, head } = known;
  const records = shadows.map(({ system, record }) => ({ system, record }));
  const systems = linkedSystemsOf(profiles);
  const entries = await store.erasures.erase(lease, { address, addresses, records, systems, kept, by, at, head });
  if (entries !== null) for (const one of systems) await countWithout(store, one, known);
  return entries;
};

/** Members whom Heed does not count any more are not missing from the next complete read (C24). */
const countWithout = async (store: Store, { profile, marketing }: LinkedSystems, known: KnownPerson): Promise<void> => {
  const gone = known.shadows.filter(
    ({ system, life }) => life.kind === 'live' && systemKey(system) === systemKey(marketing),
  ).length;
  if (gone === 0) return;
  await changeService(store, profile, (service) =>
    service.complete === null
      ? service
      : { ...service, complete: { ...service.complete, members: Math.max(0, service.complete.members - gone) } },
  );
};

/** What Heed keeps of an erased address, for `explain` and `ledger export`; null if it was never erased. */
export interface Remembered {
  /** The keyed hash. */
  readonly name: AddressKey;
  /** Our clock. */
  readonly erasedAt: Millis;
  /** See `Erased`. */
  readonly wiped: boolean;
  /** Opt-outs under the hash: what was kept, and what was read or entered since. */
  readonly optOuts: readonly { readonly n: number; readonly fact: NewFact }[];
}

export const rememberedOf = async (store: Store, address: AddressKey): Promise<Remembered | null> => {
  const erased = await store.erasures.find(address);
  if (erased === null) return null;
  const facts = (await store.factsOf([erased.name])).filter(({ echoOf }) => echoOf === null);
  return {
    name: erased.name,
    erasedAt: erased.at,
    wiped: erased.wiped,
    optOuts: facts.map(({ n, ...fact }) => ({ n, fact })),
  };
};
