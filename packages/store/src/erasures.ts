import type { Clock } from '@heed/contract';
import type { AddressKey, Erasures, Lease } from '@heed/core';
import type { Database } from './database.ts';
import { erasePerson } from './erase.ts';
import type { ErasedPeople } from './erased.ts';
import { knownPerson } from './known-person.ts';
import type { RandomBytes } from './ledger.ts';
import { isUnswept, sweep } from './sweep.ts';

export interface ErasureParts {
  readonly database: Database;
  readonly random: RandomBytes;
  readonly clock: Clock;
  readonly erased: ErasedPeople;
  readonly read: <T>(work: () => T) => Promise<T>;
  readonly write: <T>(lease: Lease, work: () => T) => Promise<T>;
  /** Writes down beside the database who was erased. */
  readonly keep: () => void;
}

/** The verbs on erased people (C25); each but the wiping of the file is one transaction. */
export const erasuresOf = ({ database, random, clock, erased, read, write, keep }: ErasureParts): Erasures => ({
  person: (address, systems) => read(() => knownPerson(database, address, systems)),

  erase: async (lease, erasure) => {
    const entries = await write(lease, () => erasePerson(database, random, erased, erasure));
    if (entries !== null) keep();
    sweep(database);
    return entries;
  },

  find: (address) =>
    read(() => {
      const found = erased.find(address);
      return found === null ? null : { ...found, wiped: !isUnswept(database) };
    }),

  recognise: async (lease, system, rows) => {
    const found = await read(() => erased.recognise(system, rows));
    const heirs = found.filter(({ heir }) => heir !== null);
    if (heirs.length > 0) {
      await write(lease, () => {
        for (const { name, heir } of heirs) if (heir !== null) erased.remember(name, [heir], clock.now());
      });
      keep();
    }
    return new Map(found.map(({ record, name }) => [`${record.type}/${record.id}`, name]));
  },

  due: (profile, now) =>
    read(() =>
      database
        .all<{ address: AddressKey }>(
          `SELECT address FROM dirty WHERE profile = ? AND due <= ? AND address IN (SELECT name FROM erased) ORDER BY address`,
          profile,
          now,
        )
        .map((row) => row.address),
    ),

  count: () =>
    read(
      () =>
        database.one<{ people: number; optedOut: number }>(
          `SELECT count(*) AS people, coalesce(sum(EXISTS (
             SELECT 1 FROM entry WHERE address = name AND kind = 'fact')), 0) AS optedOut
           FROM (SELECT DISTINCT name FROM erased)`,
        ) ?? { people: 0, optedOut: 0 },
    ),
});
