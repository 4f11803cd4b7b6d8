import type { AddressKey, HeldPeople, HeldPerson, Lease, Move } from '@heed/core';
import type { Database } from './database.ts';
import { jsonList, parsed, plainJson } from './json.ts';

interface Row {
  readonly address: AddressKey;
  readonly facts: string;
  readonly writes: number;
}

const personOf = ({ address, facts, writes }: Row): HeldPerson => ({
  address,
  facts: parsed<readonly number[]>(facts),
  writes,
});

/** The sets of one customer's profiles; each verb is one transaction of the caller's making. */
export const heldPeopleOf = ({
  database,
  read,
  write,
}: {
  readonly database: Database;
  readonly read: <T>(work: () => T) => Promise<T>;
  readonly write: <T>(lease: Lease | null, work: () => T) => Promise<T>;
}): HeldPeople => ({
  add: (lease, profile, set, people) =>
    write(lease, () => {
      for (const { address, facts, writes } of people)
        database.run(
          `INSERT INTO held_person (profile, held, address, facts, writes) VALUES (?, ?, ?, ?, ?)
           ON CONFLICT (profile, held, address) DO UPDATE SET facts = excluded.facts, writes = excluded.writes`,
          profile,
          set,
          address,
          plainJson([...facts].sort((a, b) => a - b)),
          writes,
        );
    }),

  remove: (lease, profile, set, addresses) =>
    write(lease, () => {
      database.run(
        'DELETE FROM held_person WHERE profile = ? AND held = ? AND address IN (SELECT value FROM json_each(?))',
        profile,
        set,
        jsonList(addresses),
      );
    }),

  subtract: (lease, profile, set, others) =>
    write(lease, () => {
      for (const other of others)
        database.run(
          `DELETE FROM held_person WHERE profile = ? AND held = ? AND EXISTS (
             SELECT 1 FROM held_person AS other
             WHERE other.profile = held_person.profile AND other.held = ? AND other.address = held_person.address)`,
          profile,
          set,
          other,
        );
    }),

  move: (lease, profile, move) => write(lease, () => moveHeld(database, profile, move)),

  keepOnly: (lease, profile, sets) =>
    write(lease, () => {
      database.run(
        'DELETE FROM held_person WHERE profile = ? AND held NOT IN (SELECT value FROM json_each(?))',
        profile,
        jsonList(sets),
      );
    }),

  find: (profile, sets, addresses) =>
    read(() =>
      database
        .all<Row>(
          `SELECT address, facts, writes FROM held_person WHERE profile = ?
           AND held IN (SELECT value FROM json_each(?)) AND address IN (SELECT value FROM json_each(?))`,
          profile,
          jsonList(sets),
          jsonList(addresses),
        )
        .map(personOf),
    ),

  page: (profile, set, after, limit) =>
    read(() =>
      database
        .all<Row>(
          `SELECT address, facts, writes FROM held_person WHERE profile = ? AND held = ? AND address > ?
           ORDER BY address LIMIT ?`,
          profile,
          set,
          after ?? '',
          limit,
        )
        .map(personOf),
    ),

  count: (profile, sets) =>
    read(
      () =>
        database.one<{ n: number }>(
          `SELECT count(DISTINCT address) AS n FROM held_person WHERE profile = ?
           AND held IN (SELECT value FROM json_each(?))`,
          profile,
          jsonList(sets),
        )?.n ?? 0,
    ),

  isWithin: (profile, set, other) =>
    read(
      () =>
        database.one(
          `SELECT 1 FROM held_person AS one WHERE one.profile = ? AND one.held = ? AND NOT EXISTS (
             SELECT 1 FROM held_person AS other WHERE other.profile = one.profile AND other.held = ?
             AND other.address = one.address AND other.facts = one.facts) LIMIT 1`,
          profile,
          set,
          other,
        ) === undefined,
    ),
});

/** Part of a transaction. */
export const moveHeld = (database: Database, profile: string, { from, to }: Move): void => {
  if (from === to) return;
  if (to !== null)
    database.run(
      `INSERT OR IGNORE INTO held_person (profile, held, address, facts, writes)
       SELECT profile, ?, address, facts, writes FROM held_person WHERE profile = ? AND held = ?`,
      to,
      profile,
      from,
    );
  database.run('DELETE FROM held_person WHERE profile = ? AND held = ?', profile, from);
};
