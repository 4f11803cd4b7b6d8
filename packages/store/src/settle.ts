import type { Millis } from '@heed/contract';
import { type AddressKey, type Listed, type Owed, recordKey, type SetAside, type Settlement } from '@heed/core';
import type { Database } from './database.ts';
import { jsonList, parsed, plainJson } from './json.ts';
import { saveLink } from './links.ts';
import { settleMarks } from './marks.ts';

const keyOf = (record: Owed['record']): string => (record === null ? '' : recordKey(record));

/** What a run found about some addresses replaces what was known of them in this profile. */
export const saveSettlements = (
  database: Database,
  profile: string,
  run: string,
  settlements: readonly Settlement[],
): void => {
  const addresses = jsonList(settlements.map(({ address }) => address));
  replaceOwed(database, profile, settlements, addresses);
  replaceSetAside(database, profile, settlements, addresses);
  database.run(
    'DELETE FROM listed WHERE profile = ? AND address IN (SELECT value FROM json_each(?))',
    profile,
    addresses,
  );
  database.run('DELETE FROM run_detail WHERE run = ? AND address IN (SELECT value FROM json_each(?))', run, addresses);
  for (const settlement of settlements) {
    for (const line of settlement.listed) saveListed(database, profile, line);
    for (const line of settlement.listed) saveDetail(database, run, 'listed', line);
    for (const line of settlement.setAside) saveDetail(database, run, 'setAside', line);
    for (const link of settlement.links) saveLink(database, profile, link);
  }
  settleMarks(database, profile, settlements);
};

const replaceOwed = (
  database: Database,
  profile: string,
  settlements: readonly Settlement[],
  addresses: string,
): void => {
  const before = database.all<{ address: string; side: string; record: string; since: Millis }>(
    `SELECT address, side, record, min(since) AS since FROM owed
     WHERE profile = ? AND address IN (SELECT value FROM json_each(?)) GROUP BY address, side, record`,
    profile,
    addresses,
  );
  database.run(
    'DELETE FROM owed WHERE profile = ? AND address IN (SELECT value FROM json_each(?))',
    profile,
    addresses,
  );
  const sinceOf = new Map<string, Millis>();
  for (const { address, side, record, since } of before) sinceOf.set(JSON.stringify([address, side, record]), since);
  const waitedSince = (owed: Owed, record: string): Millis =>
    sinceOf.get(JSON.stringify([owed.address, owed.side, record])) ?? owed.since;
  for (const owed of settlements.flatMap((settlement) => settlement.owed)) {
    const record = keyOf(owed.record);
    database.run(
      'INSERT OR REPLACE INTO owed (profile, address, side, record, rule, since, content) VALUES (?, ?, ?, ?, ?, ?, ?)',
      profile,
      owed.address,
      owed.side,
      record,
      // Several topics may be owed to one record by one rule.
      owed.topic === undefined ? owed.rule : `${owed.rule} ${owed.topic}`,
      // Owed to nobody in particular, then to a record that turned up: the same opt-out has waited all the time.
      Math.min(owed.since, waitedSince(owed, record), waitedSince(owed, '')),
      plainJson(owed),
    );
  }
};

interface SetAsideRow {
  readonly attempts: number;
  readonly retry_at: Millis | null;
  readonly content: string;
}

const setAsideKey = (line: SetAside): string =>
  JSON.stringify([line.address, line.side, keyOf(line.record), line.field ?? '', line.message]);

/** `attempts` of a settlement are those made in this pass: they add up as long as the same thing stays wrong. */
const replaceSetAside = (
  database: Database,
  profile: string,
  settlements: readonly Settlement[],
  addresses: string,
): void => {
  const before = new Map(
    setAsideAt(database, profile, addresses).map((line) => [setAsideKey(line), line.attempts] as const),
  );
  database.run(
    'DELETE FROM set_aside WHERE profile = ? AND address IN (SELECT value FROM json_each(?))',
    profile,
    addresses,
  );
  for (const line of settlements.flatMap((settlement) => settlement.setAside)) {
    database.run(
      `INSERT OR REPLACE INTO set_aside
       (profile, address, side, record, field, message, attempts, retry_at, content) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      profile,
      line.address,
      line.side,
      keyOf(line.record),
      line.field ?? '',
      line.message,
      (before.get(setAsideKey(line)) ?? 0) + line.attempts,
      line.retryAt,
      plainJson(line),
    );
  }
};

const saveListed = (database: Database, profile: string, line: Listed): void => {
  database.run(
    'INSERT INTO listed (profile, address, reason, content) VALUES (?, ?, ?, ?)',
    profile,
    line.address,
    line.reason,
    plainJson(line),
  );
};

const saveDetail = (database: Database, run: string, kind: 'listed' | 'setAside', line: Listed | SetAside): void => {
  database.run(
    'INSERT INTO run_detail (run, address, kind, content) VALUES (?, ?, ?, ?)',
    run,
    line.address,
    kind,
    plainJson(line),
  );
};

const owedRows = (rows: readonly { readonly since: number; readonly content: string }[]): readonly Owed[] =>
  rows.map((row) => ({ ...parsed<Owed>(row.content), since: row.since }));

const setAsideRows = (rows: readonly SetAsideRow[]): readonly SetAside[] =>
  rows.map((row) => ({ ...parsed<SetAside>(row.content), attempts: row.attempts, retryAt: row.retry_at }));

export const owedIn = (database: Database, profile: string): readonly Owed[] =>
  owedRows(database.all('SELECT since, content FROM owed WHERE profile = ?', profile));

export const owedAt = (database: Database, profile: string, addresses: Iterable<AddressKey>): readonly Owed[] =>
  owedRows(
    database.all(
      'SELECT since, content FROM owed WHERE profile = ? AND address IN (SELECT value FROM json_each(?))',
      profile,
      jsonList(addresses),
    ),
  );

export const countWaiting = (
  database: Database,
  profile: string,
): { readonly owed: number; readonly setAside: number } => ({
  owed: database.one<{ n: number }>('SELECT count(*) AS n FROM owed WHERE profile = ?', profile)?.n ?? 0,
  setAside: database.one<{ n: number }>('SELECT count(*) AS n FROM set_aside WHERE profile = ?', profile)?.n ?? 0,
});

export const setAsideIn = (database: Database, profile: string): readonly SetAside[] =>
  setAsideRows(database.all('SELECT attempts, retry_at, content FROM set_aside WHERE profile = ?', profile));

/** `addresses` as a JSON list. */
export const setAsideAt = (database: Database, profile: string, addresses: string): readonly SetAside[] =>
  setAsideRows(
    database.all(
      `SELECT attempts, retry_at, content FROM set_aside
       WHERE profile = ? AND address IN (SELECT value FROM json_each(?))`,
      profile,
      addresses,
    ),
  );

export const listedIn = (database: Database, profile: string, reason: string | null): readonly Listed[] =>
  database
    .all<{ content: string }>(
      reason === null
        ? 'SELECT content FROM listed WHERE profile = ? ORDER BY address, id'
        : 'SELECT content FROM listed WHERE profile = ? AND reason = ? ORDER BY address, id',
      ...(reason === null ? [profile] : [profile, reason]),
    )
    .map((row) => parsed<Listed>(row.content));

/** Distinct people by reason. */
export const countListed = (database: Database, profile: string): Readonly<Record<string, number>> =>
  Object.fromEntries(
    database
      .all<{ reason: string; people: number }>(
        'SELECT reason, count(DISTINCT address) AS people FROM listed WHERE profile = ? GROUP BY reason ORDER BY reason',
        profile,
      )
      .map(({ reason, people }) => [reason, people]),
  );

/** Why people are not synced, by address; `addresses` as a JSON list. */
export const listedAt = (database: Database, profile: string, addresses: string): ReadonlyMap<string, string> =>
  new Map(
    database
      .all<{ address: string; reason: string }>(
        'SELECT address, reason FROM listed WHERE profile = ? AND address IN (SELECT value FROM json_each(?))',
        profile,
        addresses,
      )
      .map(({ address, reason }) => [address, reason]),
  );
