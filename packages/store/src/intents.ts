import type { Millis, Op, RecordRef } from '@heed/contract';
import {
  type AddressKey,
  type Intent,
  mayExplain,
  type Neighbourhood,
  recordKey,
  recordRef,
  type System,
  systemKey,
} from '@heed/core';
import { type AgreedTexts, agreedFrom, agreedTexts } from './agreed.ts';
import type { Database } from './database.ts';
import { jsonList, parsed, saidJson } from './json.ts';
import { linkDone } from './links.ts';
import { ensureSystem } from './shadows.ts';

/** How long an answered intent can still explain what a read shows (C8), and how long a run's details are kept. */
export const KEPT_MS = 30 * 24 * 60 * 60 * 1000;

interface IntentRow {
  readonly id: string;
  readonly profile: string;
  readonly role: System['role'];
  readonly connection: string;
  readonly container: string;
  readonly address: AddressKey;
  readonly state: Intent['state'];
  readonly seen: number;
  readonly answered_at: Millis | null;
  readonly made: string | null;
  readonly job: string | null;
  readonly content: string;
}

/** What an intent says besides its columns; of an older database all of it. */
interface Said extends Pick<Intent, 'run' | 'rule' | 'sentAt'> {
  readonly op: Omit<Op, 'id'>;
  readonly because?: Intent['because'];
  readonly collapses?: string;
  readonly partner?: Intent['partner'];
  readonly agrees?: AgreedTexts;
  readonly made?: Intent['made'];
}

const WHOLE = `SELECT intent.id, profile, role, connection, container, address, state, seen, answered_at, made, job, content
  FROM intent CROSS JOIN system ON system.id = intent.system`;

const intentFrom = (row: IntentRow): Intent => {
  const { run, op, because, collapses, rule, sentAt, partner, agrees, made } = parsed<Said>(row.content);
  return {
    id: row.id,
    profile: row.profile,
    run,
    system: { role: row.role, connection: row.connection, container: row.container },
    op: { ...op, id: row.id } as Op, // The compiler cannot follow a spread over a union.
    address: row.address,
    because: because ?? [],
    ...(collapses === undefined ? {} : { collapses }),
    rule,
    sentAt,
    answeredAt: row.answered_at,
    state: row.state,
    seen: row.seen === 1,
    partner: partner ?? null,
    agrees: agreedFrom(agrees ?? {}),
    made: row.made === null ? (made ?? null) : recordRef(row.made),
    job: row.job,
  };
};

const contentOf = ({ run, op: { id: _, ...op }, because, collapses, rule, sentAt, partner, agrees }: Intent): string =>
  saidJson({
    run,
    op,
    because: because.length === 0 ? undefined : because,
    collapses,
    rule,
    sentAt,
    partner: partner ?? undefined,
    agrees: agreedTexts(agrees),
  });

const recordOf = ({ op }: Intent): string => ('record' in op && op.record !== null ? recordKey(op.record) : '');

const keyOrNull = (record: RecordRef | null): string | null => (record === null ? null : recordKey(record));

const isDone = (state: Intent['state']): boolean => state === 'applied' || state === 'unchanged';

const isMemberCreate = ({ op, system }: Intent): boolean => op.kind === 'create' && system.role === 'marketing';

/** The numbers of systems, asked for once. */
const systemNumbers = (database: Database): ((system: System) => number) => {
  const numbers = new Map<string, number>();
  return (system) => {
    const key = systemKey(system);
    const number = numbers.get(key) ?? ensureSystem(database, system);
    numbers.set(key, number);
    return number;
  };
};

/** Writes what is about to be asked for. */
export const addIntents = (database: Database, intents: readonly Intent[]): void => {
  const numberOf = systemNumbers(database);
  for (const intent of intents) {
    const system = numberOf(intent.system);
    database.run(
      `INSERT INTO intent (id, profile, system, record, address, state, seen, answered_at, made, job, content)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      intent.id,
      intent.profile,
      system,
      recordOf(intent),
      intent.address,
      intent.state,
      intent.seen ? 1 : 0,
      intent.answeredAt,
      keyOrNull(intent.made),
      intent.job,
      contentOf(intent),
    );
    if (isMemberCreate(intent) && intent.state !== 'rejected') rememberCreate(database, intent, system);
  }
};

/**
 * Writes what became of intents, or that a read showed it. One that is done now makes its pairs agreed, once (I8); one that
 * explains nothing has then done its work, and is kept no longer.
 */
export const answerIntents = (database: Database, intents: readonly Intent[]): void => {
  for (const intent of intents) {
    if (wasOpen(database, intent) && isDone(intent.state)) linkDone(database, intent);
    if (intent.state === 'rejected' && isMemberCreate(intent))
      database.run('DELETE FROM member_create WHERE address = ? AND op = ?', intent.address, intent.id);
  }
};

/** Writes the answer; whether it is the first one that says it is done. */
const wasOpen = (database: Database, intent: Intent): boolean => {
  const { id, state, answeredAt } = intent;
  if (state !== 'open' && !mayExplain(intent)) return database.run('DELETE FROM intent WHERE id = ?', id).changes > 0;
  const answer = [state, intent.seen ? 1 : 0, answeredAt, keyOrNull(intent.made), id] as const;
  const set = 'UPDATE intent SET state = ?, seen = ?, answered_at = ?, made = ? WHERE id = ?';
  const first = database.run(`${set} AND state NOT IN ('applied', 'unchanged')`, ...answer).changes > 0;
  if (!first) database.run(set, ...answer);
  return first;
};

/** An unknown outcome counts as created (C11); only a surely refused create was none. */
const rememberCreate = (database: Database, { id, op, address }: Intent, system: number): void => {
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
  database.all<IntentRow>(`${WHOLE} WHERE ${where} ORDER BY intent.rowid`, value).map(intentFrom);

export const openIntentsOf = (database: Database, profile: string): readonly Intent[] =>
  openIntentsIn(database, `profile = ? AND state = 'open' AND job IS NULL`, profile);

/** Intents on these records or addresses that may explain what a read shows: that none has shown yet, or answered within 30 days. */
export const recentIntents = (
  database: Database,
  system: number,
  records: Iterable<string>,
  addresses: Iterable<AddressKey>,
  now: Millis,
): readonly Intent[] =>
  database
    .all<IntentRow>(
      `${WHOLE} WHERE intent.rowid IN (
         SELECT rowid FROM intent WHERE system = ?1 AND record IN (SELECT value FROM json_each(?2))
         UNION
         SELECT rowid FROM intent WHERE system = ?1 AND address IN (SELECT value FROM json_each(?3))
       ) AND (seen = 0 OR answered_at >= ?4) ORDER BY intent.rowid`,
      system,
      jsonList(records),
      jsonList(addresses),
      now - KEPT_MS,
    )
    .map(intentFrom)
    .filter(mayExplain);

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
