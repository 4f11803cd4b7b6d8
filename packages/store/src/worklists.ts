import type { AddressKey, Worklist } from '@heed/core';
import type { Database } from './database.ts';
import { jsonList } from './json.ts';

export const enlist = (database: Database, profile: string, list: Worklist, addresses: readonly AddressKey[]): void => {
  database.run(
    'INSERT OR IGNORE INTO worklist (profile, list, address) SELECT ?, ?, value FROM json_each(?)',
    profile,
    list,
    jsonList(addresses),
  );
};

export const enlistedOf = (
  database: Database,
  profile: string,
  list: Worklist,
  among: readonly AddressKey[],
): ReadonlySet<AddressKey> =>
  new Set(
    database
      .all<{ address: AddressKey }>(
        'SELECT address FROM worklist WHERE profile = ? AND list = ? AND address IN (SELECT value FROM json_each(?))',
        profile,
        list,
        jsonList(among),
      )
      .map((row) => row.address),
  );

export const worklistOf = (
  database: Database,
  profile: string,
  list: Worklist,
  after: AddressKey | null,
  limit: number,
): readonly AddressKey[] =>
  database
    .all<{ address: AddressKey }>(
      'SELECT address FROM worklist WHERE profile = ? AND list = ? AND address > ? ORDER BY address LIMIT ?',
      profile,
      list,
      after ?? '',
      limit,
    )
    .map((row) => row.address);

export const countEnlisted = (database: Database, profile: string, list: Worklist): number =>
  database.one<{ n: number }>('SELECT count(*) AS n FROM worklist WHERE profile = ? AND list = ?', profile, list)?.n ??
  0;

export const clearWorklist = (database: Database, profile: string, list: Worklist | null): void => {
  if (list === null) database.run('DELETE FROM worklist WHERE profile = ?', profile);
  else database.run('DELETE FROM worklist WHERE profile = ? AND list = ?', profile, list);
};
