import { existsSync, readFileSync } from 'node:fs';
import type { Millis } from '@heed/contract';
import type { AddressKey, NewFact } from '@heed/core';
import type { Database, Durability } from './database.ts';
import { erasePerson } from './erase.ts';
import type { ErasedPeople } from './erased.ts';
import { factsAt, type RandomBytes } from './ledger.ts';
import { replaceDurably } from './outside.ts';
import { shadowsByAddress } from './shadows.ts';

/** A keyed hash, and the name of the person it belongs to. */
export interface ErasedHash {
  readonly hash: string;
  readonly name: AddressKey;
  /** Our clock. */
  readonly at: Millis;
}

interface Outside {
  /** By which key they were hashed. */
  readonly key: string | null;
  readonly hashes: readonly ErasedHash[];
}

const NOBODY: Outside = { key: null, hashes: [] };

/** Who was erased, kept beside the database like the ledger's head (C25): a backup that is put back knows too few of them. */
const readErasedFile = (file: string): Outside => {
  if (!existsSync(file)) return NOBODY;
  try {
    const found: unknown = JSON.parse(readFileSync(file, 'utf8'));
    if (typeof found === 'object' && found !== null && 'key' in found && 'hashes' in found) return found as Outside;
  } catch {
    // Not JSON: told like anything else that is not ours.
  }
  throw new Error(
    `${file} is not a list of erased people. Restore it from the backup; or, if the database is not one that was put back, remove it: Heed makes it again. Nothing was changed.`,
  );
};

/** After the commit, so a crash leaves the file late and never ahead. It holds keyed hashes alone. */
export const writeErasedFile = (file: string, erased: ErasedPeople, durability: Durability): void => {
  if (durability === 'memory') return;
  replaceDurably(file, `${JSON.stringify({ key: erased.keyCheck(), hashes: erased.hashes() })}\n`, durability);
};

const AT_ONCE = 5_000;

/**
 * Makes database and file agree when a database is opened. Whom the file knows and the database does not came back with a
 * backup: they are erased again, at once, and their opt-outs kept, all of them.
 */
export const eraseAgain = (
  database: Database,
  file: string,
  erased: ErasedPeople,
  random: RandomBytes,
  durability: Durability,
  at: Millis,
): void => {
  const outside = readErasedFile(file);
  erased.requireKey(outside.key);
  const known = new Set(erased.hashes().map(({ hash }) => hash));
  const back = outside.hashes.filter(({ hash }) => !known.has(hash));
  if (back.length > 0)
    database.write(() => {
      for (const one of back) erased.remember(one.name, [one.hash], one.at);
      erased.keepKeyCheck();
      for (const address of addressesIn(database, erased)) {
        const everywhere = database.all<{ id: number }>('SELECT id FROM system').map(({ id }) => id);
        const records = shadowsByAddress(database, everywhere, [address]).filter(
          ({ shadow }) => shadow.address === address,
        );
        erasePerson(database, random, erased, {
          address,
          addresses: [address],
          records: records.map(({ shadow }) => shadow),
          kept: factsAt(database, [address])
            .filter(isOptOut)
            .map(({ n: _n, ...fact }): NewFact => fact),
          by: 'restored backup',
          at,
          head: Number.MAX_SAFE_INTEGER,
        });
      }
    });
  if (back.length > 0 || outside.hashes.length < known.size) writeErasedFile(file, erased, durability);
};

const isOptOut = ({ says, echoOf }: NewFact): boolean => says === 'opted-out' && echoOf === null;

/** Addresses of erased people that stand in the database in plain, found a stretch at a time. */
const addressesIn = (database: Database, erased: ErasedPeople): readonly AddressKey[] => {
  const found: AddressKey[] = [];
  let after = '';
  for (;;) {
    const stretch = database
      .all<{ address: AddressKey }>(
        `SELECT address FROM (
           SELECT * FROM (SELECT DISTINCT address FROM stay WHERE address > ?1 ORDER BY address LIMIT ${AT_ONCE})
           UNION
           SELECT * FROM (SELECT DISTINCT address FROM entry WHERE address > ?1 ORDER BY address LIMIT ${AT_ONCE})
         ) ORDER BY address LIMIT ${AT_ONCE}`,
        after,
      )
      .map((row) => row.address);
    found.push(...erased.namesOf(stretch).keys());
    const last = stretch.at(-1);
    if (last === undefined) return found;
    after = last;
  }
};
