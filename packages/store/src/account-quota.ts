import { randomUUID } from 'node:crypto';
import { chmodSync, closeSync, openSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import type { Clock, Millis } from '@heed/contract';
import {
  type AccountQuota,
  CONCURRENT_WAIT_MS,
  connectionsOf,
  type Grant,
  type PermitRequest,
  partOf,
  type Window,
  waitFor,
  windowsOf,
} from '@heed/toolkit';
import { useWriteAheadLog } from './write-ahead.ts';

export interface AccountQuotaFile extends AccountQuota {
  close(): void;
}

/** How processes that share the file know of each other. */
export interface Processes {
  /** This one, as no other process is called. */
  readonly name: string;
  /** True only if that process surely has ended, and its connections with it. */
  isDead(name: string): boolean;
}

const BUSY_MS = 10_000;

const TABLES = `
  CREATE TABLE IF NOT EXISTS held (id TEXT PRIMARY KEY, account TEXT NOT NULL, expires INTEGER NOT NULL,
    process TEXT NOT NULL) STRICT;
  CREATE INDEX IF NOT EXISTS held_account ON held (account, expires);
  CREATE TABLE IF NOT EXISTS used (account TEXT NOT NULL, windowMs INTEGER NOT NULL, start INTEGER NOT NULL,
    uses INTEGER NOT NULL, PRIMARY KEY (account, windowMs, start)) STRICT, WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS pause (account TEXT PRIMARY KEY, until INTEGER NOT NULL) STRICT, WITHOUT ROWID;`;

/**
 * Quotas of all processes that share the file. Permits of a killed process come back when they expire, or at once where
 * `processes` can tell that it is dead.
 *
 * A file of its own, because it is written twice per request and does not deserve an fsync: after a power loss the
 * counts may miss the last seconds, which no vendor forbids. All processes must go by the same clock.
 */
export const accountQuotaFile = (
  file: string,
  clock: Clock,
  processes: Processes = { name: '', isDead: () => false },
): AccountQuotaFile => {
  closeSync(openSync(file, 'a', 0o600));
  chmodSync(file, 0o600);
  const sqlite = new DatabaseSync(file, { timeout: BUSY_MS });
  useWriteAheadLog(sqlite);
  sqlite.exec(`PRAGMA synchronous = NORMAL; ${TABLES}`);
  const sql = statementsOf(sqlite);

  const partsOf = (account: string, window: Window, now: Millis): (readonly [Millis, number])[] => {
    // Parts are dropped a window later than they count, in case a clock was set back a little.
    sql.dropUsed.run(account, window.windowMs, now - 3 * window.windowMs);
    return sql.used.all(account, window.windowMs).map(({ start, uses }) => [Number(start), Number(uses)] as const);
  };

  /** Connections in use, without those of processes that ended in the middle of a call. */
  const openPermits = (account: string): number => {
    let open = 0;
    for (const holder of sql.permits.all(account)) {
      const name = String(holder.process);
      if (name !== processes.name && processes.isDead(name)) sql.dropPermitsOf.run(account, name);
      else open += Number(holder.open);
    }
    return open;
  };

  const grant = ({ account, limits, holdMs }: PermitRequest): Grant => {
    const now = Math.floor(clock.now());
    const until = Number(sql.paused.get(account)?.until ?? 0);
    if (until > now) return { kind: 'wait', waitMs: until - now, why: 'pause' };
    const windows = windowsOf(limits);
    const [longest] = windows
      .map((window) => ({ waitMs: waitFor(window, partsOf(account, window, now), now), why: window.why }))
      .sort((a, b) => b.waitMs - a.waitMs);
    if (longest !== undefined && longest.waitMs > 0) return { kind: 'wait', ...longest };
    sql.dropPermits.run(account, now);
    if (openPermits(account) >= connectionsOf(limits))
      return { kind: 'wait', waitMs: CONCURRENT_WAIT_MS, why: 'concurrent' };
    for (const window of windows) sql.use.run(account, window.windowMs, partOf(window, now));
    const permit = randomUUID();
    sql.addPermit.run(permit, account, now + Math.ceil(holdMs), processes.name);
    return { kind: 'granted', permit };
  };

  return {
    take: async (request) => inTransaction(sqlite, () => grant(request)),
    async giveBack(permit) {
      sql.dropPermit.run(permit);
    },
    async pause(account, until) {
      sql.pause.run(account, Math.ceil(until));
    },
    close() {
      if (sqlite.isOpen) sqlite.close();
    },
  };
};

const statementsOf = (sqlite: DatabaseSync) => ({
  paused: sqlite.prepare('SELECT until FROM pause WHERE account = ?'),
  pause: sqlite.prepare(
    'INSERT INTO pause VALUES (?, ?) ON CONFLICT (account) DO UPDATE SET until = max(until, excluded.until)',
  ),
  used: sqlite.prepare('SELECT start, uses FROM used WHERE account = ? AND windowMs = ?'),
  use: sqlite.prepare(
    'INSERT INTO used VALUES (?, ?, ?, 1) ON CONFLICT (account, windowMs, start) DO UPDATE SET uses = uses + 1',
  ),
  dropUsed: sqlite.prepare('DELETE FROM used WHERE account = ? AND windowMs = ? AND start < ?'),
  permits: sqlite.prepare('SELECT process, count(*) AS open FROM held WHERE account = ? GROUP BY process'),
  addPermit: sqlite.prepare('INSERT INTO held VALUES (?, ?, ?, ?)'),
  dropPermit: sqlite.prepare('DELETE FROM held WHERE id = ?'),
  dropPermitsOf: sqlite.prepare('DELETE FROM held WHERE account = ? AND process = ?'),
  dropPermits: sqlite.prepare('DELETE FROM held WHERE account = ? AND expires <= ?'),
});

/** Counting and taking in one, so that two processes never take the same last permit. */
const inTransaction = <T>(sqlite: DatabaseSync, work: () => T): T => {
  sqlite.exec('BEGIN IMMEDIATE');
  try {
    const result = work();
    sqlite.exec('COMMIT');
    return result;
  } catch (error) {
    if (sqlite.isTransaction) sqlite.exec('ROLLBACK');
    throw error;
  }
};
