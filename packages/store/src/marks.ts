import type { Millis } from '@heed/contract';
import type { AddressKey, DirtyMark } from '@heed/core';
import type { Database } from './database.ts';
import { jsonList } from './json.ts';

/** A profile that is known gets every later mark. */
export const registerProfile = (database: Database, profile: string): void => {
  database.run('INSERT OR IGNORE INTO profile (name) VALUES (?)', profile);
};

/** One number per transaction for the whole customer, so a mark that was cleaned and made again never has the old number. */
const nextMark = (database: Database): number => {
  database.run('UPDATE customer SET mark = mark + 1');
  return newestMark(database);
};

export const newestMark = (database: Database): number =>
  database.one<{ mark: number }>('SELECT mark FROM customer')?.mark ?? 0;

const AGAIN = `ON CONFLICT (profile, address) DO UPDATE
  SET mark = excluded.mark, due = min(due, excluded.due), consent = max(consent, excluded.consent)`;

/** Marks addresses in every profile that this customer's database knows. */
export const markEverywhere = (
  database: Database,
  addresses: readonly AddressKey[],
  at: Millis,
  why: 'consent' | 'fields' = 'consent',
): void => {
  if (addresses.length === 0) return;
  const mark = nextMark(database);
  database.run(
    `INSERT INTO dirty (profile, address, mark, due, consent)
     SELECT profile.name, value, ?, ?, ? FROM json_each(?) CROSS JOIN profile WHERE true ${AGAIN}`,
    mark,
    at,
    why === 'consent' ? mark : 0,
    jsonList(addresses),
  );
};

/** Marks addresses in every profile but one. A customer with one profile only costs nothing. */
export const markElsewhere = (
  database: Database,
  profile: string,
  addresses: readonly AddressKey[],
  at: Millis,
): void => {
  if (addresses.length === 0) return;
  for (const { name } of database.all<{ name: string }>('SELECT name FROM profile WHERE name <> ?', profile))
    markIn(database, name, addresses, at);
};

export const markIn = (database: Database, profile: string, addresses: readonly AddressKey[], at: Millis): void => {
  if (addresses.length === 0) return;
  database.run(
    `INSERT INTO dirty (profile, address, mark, due, consent)
     SELECT ?1, value, ?2, ?3, ?2 FROM json_each(?4) WHERE true ${AGAIN}`,
    profile,
    nextMark(database),
    at,
    jsonList(addresses),
  );
};

/** Marks every address that a record of this customer had or a fact is about. */
export const markAllIn = (database: Database, profile: string, at: Millis): void => {
  database.run(
    `INSERT INTO dirty (profile, address, mark, due, consent)
     SELECT ?1, address, ?2, ?3, ?2 FROM (
       SELECT address FROM stay
       UNION
       SELECT address FROM entry WHERE address IS NOT NULL AND kind = 'fact'
     ) WHERE true ${AGAIN}`,
    profile,
    nextMark(database),
    at,
  );
};

export const dueMarks = (
  database: Database,
  profile: string,
  now: Millis,
  after: AddressKey | null,
  limit: number,
  consentSince: number | null,
): readonly DirtyMark[] =>
  database
    .all<DirtyMark>(
      `SELECT address, mark FROM dirty WHERE profile = ? AND address > ? AND due <= ? AND consent > ?
       ORDER BY address LIMIT ?`,
      profile,
      after ?? '',
      now,
      consentSince ?? -1,
      limit,
    )
    .map(({ address, mark }) => ({ address, mark }));

/** In the order asked; 0 for a clean address, which a mark never is. */
export const marksOf = (
  database: Database,
  profile: string,
  addresses: readonly AddressKey[],
): readonly DirtyMark[] => {
  const marks = new Map(
    database
      .all<DirtyMark>(
        'SELECT address, mark FROM dirty WHERE profile = ? AND address IN (SELECT value FROM json_each(?))',
        profile,
        jsonList(addresses),
      )
      .map(({ address, mark }) => [address, mark]),
  );
  return addresses.map((address) => ({ address, mark: marks.get(address) ?? 0 }));
};

/** Cleans addresses or puts them off, unless they were marked again since the work on them began. */
export const settleMarks = (
  database: Database,
  profile: string,
  settled: readonly { readonly address: AddressKey; readonly mark: number; readonly next: 'clean' | Millis }[],
): void => {
  for (const { address, mark, next } of settled) {
    if (next === 'clean') {
      database.run('DELETE FROM dirty WHERE profile = ? AND address = ? AND mark = ?', profile, address, mark);
      continue;
    }
    // An address that nobody had marked (a look ahead of its turn) is put off as well.
    database.run(
      `INSERT INTO dirty (profile, address, mark, due) VALUES (?, ?, ?, ?)
       ON CONFLICT (profile, address) DO UPDATE SET due = excluded.due WHERE mark = excluded.mark`,
      profile,
      address,
      mark,
      next,
    );
  }
};
