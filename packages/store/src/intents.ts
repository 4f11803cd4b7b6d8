import type { Millis } from '@heed/contract';
import { type AddressKey, type Intent, type Neighbourhood, recordKey, systemKey } from '@heed/core';
import type { Database } from './database.ts';
import { jsonList, parsed, plainJson } from './json.ts';
import { linkDone } from './links.ts';
import { ensureSystem } from './shadows.ts';

/** How long an answered intent can still explain what a read shows (C8), and how long a run's details are kept. */
export const KEPT_MS = 30 * 24 * 60 * 60 * 1000;

/** What intents of an older database do not say. */
const UNSAID = { partner: null, agrees: {}, made: null, job: null } as const;

const rows = (found: readonly { readonly content: string }[]): readonly Intent[] =>
  found.map((row) => ({ ...UNSAID, ...parsed<Intent>(row.content) }));

const recordOf = (intent: Intent): string => {
  const record = 'record' in intent.op ? intent.op.record : null;
  return record === null ? '' : recordKey(record);
};

const isDone = (state: string | undefined): boolean => state === 'applied' || state === 'unchanged';

/** Writes intents, new ones and ones that were answered or seen. One that is done now makes its pairs agreed, once (I8). */
export const saveIntents = (database: Database, intents: readonly Intent[]): void => {
  if (intents.length === 0) return;
  const before = new Map(
    database
      .all<{ id: string; state: string }>(
        'SELECT id, state FROM intent WHERE id IN (SELECT value FROM json_each(?))',
        jsonList(intents.map(({ id }) => id)),
      )
      .map(({ id, state }) => [id, state]),
  );
  const numbers = new Map<string, number>();
  const systemOf = (intent: Intent): number => {
    const key = systemKey(intent.system);
    const number = numbers.get(key) ?? ensureSystem(database, intent.system);
    numbers.set(key, number);
    return number;
  };
  for (const intent of intents) {
    if (isDone(intent.state) && !isDone(before.get(intent.id))) linkDone(database, intent);
    database.run(
      `INSERT INTO intent (id, profile, system, record, address, state, seen, answered_at, content, job)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET
       state = excluded.state, seen = excluded.seen, answered_at = excluded.answered_at, content = excluded.content`,
      intent.id,
      intent.profile,
      systemOf(intent),
      recordOf(intent),
      intent.address,
      intent.state,
      intent.seen ? 1 : 0,
      intent.answeredAt,
      plainJson(intent),
      intent.job,
    );
    const isNew = before.get(intent.id) === undefined;
    if (intent.op.kind === 'create' && intent.system.role === 'marketing' && (isNew || intent.state === 'rejected'))
      rememberCreate(database, intent, systemOf(intent));
  }
};

/** An unknown outcome counts as created (C11); only a surely refused create was none. */
const rememberCreate = (database: Database, intent: Intent, system: number): void => {
  const { id, op, state, address } = intent;
  if (state === 'rejected') {
    database.run('DELETE FROM member_create WHERE op = ?', id);
    return;
  }
  const invites = op.kind === 'create' && op.as === 'pending' ? 1 : 0;
  database.run(
    'INSERT OR IGNORE INTO member_create (op, address, system, invites) VALUES (?, ?, ?, ?)',
    id,
    address,
    system,
    invites,
  );
};

/** Intents by a condition on their columns, oldest first. */
export const openIntentsIn = (database: Database, where: string, value: string): readonly Intent[] =>
  rows(database.all(`SELECT content FROM intent WHERE ${where} ORDER BY rowid`, value));

export const openIntentsOf = (database: Database, profile: string): readonly Intent[] =>
  openIntentsIn(database, `profile = ? AND state = 'open' AND job IS NULL`, profile);

/** Intents on these records or addresses that no read has shown yet, or that were answered within 30 days. */
export const recentIntents = (
  database: Database,
  system: number,
  records: Iterable<string>,
  addresses: Iterable<AddressKey>,
  now: Millis,
): readonly Intent[] =>
  rows(
    database.all(
      `SELECT content FROM intent WHERE rowid IN (
         SELECT rowid FROM intent WHERE system = ?1 AND record IN (SELECT value FROM json_each(?2))
         UNION
         SELECT rowid FROM intent WHERE system = ?1 AND address IN (SELECT value FROM json_each(?3))
       ) AND (seen = 0 OR answered_at >= ?4) ORDER BY rowid`,
      system,
      jsonList(records),
      jsonList(addresses),
      now - KEPT_MS,
    ),
  );

/**
 * At which of these addresses a member was intended or made in one of these systems, and at which somebody was invited in any of the
 * customer's (C11, C19). Where nobody knows in which one it was, both.
 */
export const createdAt = (
  database: Database,
  systems: readonly number[],
  addresses: Iterable<AddressKey>,
): Pick<Neighbourhood, 'everCreated' | 'everInvited'> => {
  const all = database.all<{ address: AddressKey; here: number; invited: number }>(
    `SELECT address, max(system IS NULL OR system IN (SELECT value FROM json_each(?))) AS here,
            max(system IS NULL OR invites) AS invited
       FROM member_create WHERE address IN (SELECT value FROM json_each(?)) GROUP BY address ORDER BY address`,
    jsonList(systems),
    jsonList(addresses),
  );
  const those = (rows: typeof all): readonly AddressKey[] => rows.map(({ address }) => address);
  return {
    everCreated: those(all.filter(({ here }) => here === 1)),
    everInvited: those(all.filter(({ invited }) => invited === 1)),
  };
};

/** Removes intents that explain nothing any more: seen or refused, and answered long ago. */
export const pruneIntents = (database: Database, now: Millis): void => {
  database.run(
    `DELETE FROM intent WHERE answered_at < ? AND state <> 'open' AND (seen = 1 OR state = 'rejected')`,
    now - KEPT_MS,
  );
};
