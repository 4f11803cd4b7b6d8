import type { Millis, RecordRef } from '@heed/contract';
import { type AddressKey, recordKey, recordRef, type Shadow, type System } from '@heed/core';
import type { Database } from './database.ts';
import { jsonList, parsed } from './json.ts';
import { contentFrom, contentText } from './shadow-content.ts';

interface ShadowRow {
  readonly id: number;
  readonly role: System['role'];
  readonly connection: string;
  readonly container: string;
  readonly record: string;
  readonly content: string;
  readonly read_at: number;
  readonly seen_at: number;
}

/** A shadow and its number in this database. */
export interface Found {
  readonly id: number;
  readonly shadow: Shadow;
}

/** A shadow as it stands in the database, before a page is written over it. */
interface Stored {
  readonly id: number;
  readonly record: string;
  readonly content: string;
  readonly tally: number | null;
}

/** What a page showed: which record stands where, for the run's tally. */
export interface Sighted {
  readonly shadow: number;
  readonly record: string;
  /** The tally it pointed at before this page; null for a record never counted. */
  readonly tally: number | null;
}

const wholeFrom = (
  shadow: string,
): string => `SELECT shadow.id, role, connection, container, record, content, read_at, seen_at
  FROM ${shadow} CROSS JOIN system ON system.id = shadow.system CROSS JOIN sighting ON sighting.shadow = shadow.id`;
const WHOLE = wholeFrom('shadow');

const found = (rows: readonly ShadowRow[]): readonly Found[] =>
  rows.map((row) => ({
    id: row.id,
    shadow: {
      ...contentFrom(row.content),
      record: recordRef(row.record),
      system: { role: row.role, connection: row.connection, container: row.container },
      lastReadAt: row.read_at,
      seenAt: row.seen_at,
    },
  }));

/** The system's number, or null if nothing of it was ever read. */
export const systemId = (database: Database, system: System): number | null =>
  database.one<{ id: number }>(
    'SELECT id FROM system WHERE role = ? AND connection = ? AND container = ?',
    system.role,
    system.connection,
    system.container,
  )?.id ?? null;

/** Every system of which anything was ever read. */
export const allSystems = (database: Database): readonly System[] =>
  database.all<System & Record<string, string>>('SELECT role, connection, container FROM system ORDER BY id');

export const ensureSystem = (database: Database, system: System): number =>
  systemId(database, system) ??
  database.run(
    'INSERT INTO system (role, connection, container) VALUES (?, ?, ?)',
    system.role,
    system.connection,
    system.container,
  ).lastId;

/** Writes what changed of a page and when each record was seen; a page of unchanged records touches narrow rows only. */
export const saveShadows = (database: Database, system: number, shadows: readonly Shadow[]): readonly Sighted[] => {
  const newest = new Map(shadows.map((shadow) => [recordKey(shadow.record), shadow]));
  const before = new Map(
    database
      .all<Stored>(
        `SELECT id, record, content, tally FROM shadow CROSS JOIN sighting ON sighting.shadow = shadow.id
         WHERE system = ? AND record IN (SELECT value FROM json_each(?))`,
        system,
        jsonList(newest.keys()),
      )
      .map((row) => [row.record, row]),
  );
  const sighted: Sighted[] = [];
  const seen = new Map<string, number[]>();
  for (const [record, shadow] of newest) {
    const stored = before.get(record);
    const id = stored === undefined ? insert(database, system, record, shadow) : update(database, stored, shadow);
    sighted.push({ shadow: id, record, tally: stored?.tally ?? null });
    if (stored === undefined) continue;
    const times = jsonList([shadow.lastReadAt, shadow.seenAt]);
    const sameTimes = seen.get(times);
    if (sameTimes === undefined) seen.set(times, [id]);
    else sameTimes.push(id);
  }
  for (const [times, ids] of seen) {
    const [readAt = 0, seenAt = 0] = parsed<readonly number[]>(times);
    database.run(
      'UPDATE sighting SET read_at = ?, seen_at = ? WHERE shadow IN (SELECT value FROM json_each(?))',
      readAt,
      seenAt,
      jsonList(ids),
    );
  }
  return sighted;
};

const heirOf = (shadow: Shadow): string | null => (shadow.life.kind === 'continued' ? recordKey(shadow.life.as) : null);

const isLive = ({ life }: Shadow): boolean => life.kind === 'live';

/** What `countPaidOptedOut` counts. */
const isPaidOptedOut = (shadow: Shadow): boolean => {
  const { member } = shadow;
  return isLive(shadow) && member?.paidFor === true && (member.status === 'unsubscribed' || member.complaint);
};

const insert = (database: Database, system: number, record: string, shadow: Shadow): number => {
  const { lastId } = database.run(
    'INSERT INTO shadow (system, record, heir, live, paid_opted_out, content) VALUES (?, ?, ?, ?, ?, ?)',
    system,
    record,
    heirOf(shadow),
    isLive(shadow) ? 1 : 0,
    isPaidOptedOut(shadow) ? 1 : 0,
    contentText(shadow),
  );
  database.run(
    'INSERT INTO sighting (shadow, read_at, seen_at) VALUES (?, ?, ?)',
    lastId,
    shadow.lastReadAt,
    shadow.seenAt,
  );
  for (const address of addressesOf(shadow)) addStay(database, lastId, address);
  return lastId;
};

const update = (database: Database, stored: Stored, shadow: Shadow): number => {
  const content = contentText(shadow);
  if (content === stored.content) return stored.id;
  database.run(
    'UPDATE shadow SET heir = ?, live = ?, paid_opted_out = ?, content = ? WHERE id = ?',
    heirOf(shadow),
    isLive(shadow) ? 1 : 0,
    isPaidOptedOut(shadow) ? 1 : 0,
    content,
    stored.id,
  );
  const then = addressesOf(contentFrom(stored.content));
  const now = addressesOf(shadow);
  for (const address of now) if (!then.has(address)) addStay(database, stored.id, address);
  for (const address of then) {
    if (!now.has(address)) database.run('DELETE FROM stay WHERE address = ? AND shadow = ?', address, stored.id);
  }
  return stored.id;
};

const addStay = (database: Database, shadow: number, address: AddressKey): void => {
  database.run('INSERT OR IGNORE INTO stay (address, shadow) VALUES (?, ?)', address, shadow);
};

/** Every address a record has or had. */
export const addressesOf = (shadow: Pick<Shadow, 'address' | 'stays'>): ReadonlySet<AddressKey> => {
  const addresses = new Set(shadow.stays.map((stay) => stay.address));
  if (shadow.address !== null) addresses.add(shadow.address);
  return addresses;
};

/** Records of these systems, by what `recordKey` calls them. */
export const shadowsByRecord = (database: Database, systems: readonly number[], records: Iterable<string>) =>
  found(
    database.all<ShadowRow>(
      `${WHOLE} WHERE shadow.system IN (SELECT value FROM json_each(?)) AND record IN (SELECT value FROM json_each(?))
       ORDER BY shadow.system, record`,
      jsonList(systems),
      jsonList(records),
    ),
  );

/** Records of these systems that have or had one of these addresses. */
export const shadowsByAddress = (database: Database, systems: readonly number[], addresses: Iterable<AddressKey>) =>
  found(
    database.all<ShadowRow>(
      `${WHOLE} WHERE shadow.id IN (SELECT shadow FROM stay WHERE address IN (SELECT value FROM json_each(?2)))
         AND shadow.system IN (SELECT value FROM json_each(?1)) ORDER BY shadow.system, record`,
      jsonList(systems),
      jsonList(addresses),
    ),
  );

/** These addresses, and every other one that somebody of them has or had, in any system: an opt-out follows people (C15). */
export const withRelatives = (database: Database, addresses: readonly AddressKey[]): readonly AddressKey[] => {
  const systems = database.all<{ id: number }>('SELECT id FROM system').map(({ id }) => id);
  const relatives = shadowsByAddress(database, systems, addresses).flatMap(({ shadow }) => [...addressesOf(shadow)]);
  return [...new Set([...addresses, ...relatives])];
};

/** Records of one system, by what `recordKey` calls them or by an address that they have or had. */
export const shadowsAbout = (
  database: Database,
  system: number,
  records: Iterable<string>,
  addresses: Iterable<AddressKey>,
) =>
  found(
    database.all<ShadowRow>(
      `${WHOLE} WHERE shadow.id IN (
         SELECT id FROM shadow WHERE system = ?1 AND record IN (SELECT value FROM json_each(?2))
         UNION
         SELECT shadow FROM stay WHERE address IN (SELECT value FROM json_each(?3))
       ) AND +shadow.system = ?1`,
      system,
      jsonList(records),
      jsonList(addresses),
    ),
  );

/** Records that were merged into or converted to one of these. */
export const forebears = (database: Database, systems: readonly number[], records: Iterable<string>) =>
  found(
    database.all<ShadowRow>(
      // Left to itself, SQLite walks through every shadow of a system, for the order's sake.
      `${wholeFrom('shadow INDEXED BY shadow_heir')}
       WHERE shadow.system IN (SELECT value FROM json_each(?)) AND heir IN (SELECT value FROM json_each(?))
       ORDER BY shadow.system, record`,
      jsonList(systems),
      jsonList(records),
    ),
  );

export const countLive = (database: Database, system: System): number =>
  database.one<{ live: number }>(
    'SELECT count(*) AS live FROM shadow WHERE system = ? AND live = 1',
    systemId(database, system),
  )?.live ?? 0;

export const countPaidOptedOut = (database: Database, system: System): number =>
  database.one<{ members: number }>(
    'SELECT count(*) AS members FROM shadow WHERE system = ? AND paid_opted_out = 1',
    systemId(database, system),
  )?.members ?? 0;

const WALKED_AT_ONCE = 5_000;

/** Live records last seen before `before`, in record order. Walks in steps, since most records were seen. */
export const unseenShadows = async (
  database: Database,
  system: System,
  before: Millis,
  after: RecordRef | null,
  limit: number,
  pause: () => Promise<void>,
): Promise<readonly Shadow[]> => {
  const id = systemId(database, system);
  const unseen: number[] = [];
  let from = after === null ? '' : recordKey(after);
  while (unseen.length < limit) {
    const step = database.all<{ id: number; record: string; seen_at: number }>(
      `SELECT id, record, seen_at FROM shadow INDEXED BY shadow_live CROSS JOIN sighting ON sighting.shadow = shadow.id
       WHERE system = ? AND live = 1 AND record > ? ORDER BY record LIMIT ${WALKED_AT_ONCE}`,
      id,
      from,
    );
    for (const row of step) if (row.seen_at < before) unseen.push(row.id);
    const last = step.at(-1);
    if (last === undefined || step.length < WALKED_AT_ONCE) break;
    from = last.record;
    await pause();
  }
  const rows = database.all<ShadowRow>(
    `${WHOLE} WHERE shadow.id IN (SELECT value FROM json_each(?)) ORDER BY record`,
    jsonList(unseen.slice(0, limit)),
  );
  return found(rows).map(({ shadow }) => shadow);
};
