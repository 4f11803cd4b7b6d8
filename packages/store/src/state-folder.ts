import { chmodSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from '@heed/contract';
import type { Leases, Store } from '@heed/core';
import { Database, type Durability, type Fault } from './database.ts';
import { ErasedPeople } from './erased.ts';
import { eraseAgain } from './erased-file.ts';
import { newestFence, raiseFence, sqliteLeases } from './leases.ts';
import { append, hasLink, headOf, type RandomBytes } from './ledger.ts';
import { migrate } from './migrate.ts';
import { loadKey, readHead, writeHead } from './outside.ts';
import { CUSTOMER, LEASES } from './schema.ts';
import { sqliteStore } from './sqlite-store.ts';
import { sweep } from './sweep.ts';

export interface StateFolderOptions {
  /** Our own clock. */
  readonly clock: Clock;
  /** Unpredictable bytes, for salts and the key: `randomBytes` of node:crypto outside of tests. */
  readonly random: RandomBytes;
  /** The key file, if it is not `key` in the folder (HEED_KEY_FILE). */
  readonly keyFile?: string | undefined;
  /** `none` and `memory` for simulations only. */
  readonly durability?: Durability | undefined;
  /** How long to wait for another process's transaction. */
  readonly busyMs?: number | undefined;
  /** Simulates crashes in tests. */
  readonly fault?: Fault | undefined;
}

/** Where all state of an installation lives: one database per customer, one for leases and account quotas, and the key. */
export interface StateFolder {
  /** Opens the customer's database, made if new; the same store until it is closed. */
  customer(name: string): Store;
  readonly leases: Leases;
  /** 32 bytes for keyed hashes and for sealing tokens (C25). */
  readonly key: Uint8Array;
  close(): void;
}

/** File names of the folder itself, which no customer can have. */
const TAKEN = new Set(['accounts', 'key', 'quotas']);

/** Opens or makes a state folder, readable by its owner only. Throws with a clear message if a file is newer than this program. */
export const openStateFolder = (dir: string, options: StateFolderOptions): StateFolder => {
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  chmodSync(dir, 0o700);
  const key = loadKey(options.keyFile ?? join(dir, 'key'), options.random);
  const accounts = new Database(join(dir, 'accounts.db'), options);
  migrate(accounts, 'leases', LEASES);
  const open = new Map<string, { readonly database: Database; readonly store: Store }>();

  const opened = (name: string): { readonly database: Database; readonly store: Store } => {
    const already = open.get(name);
    if (already !== undefined) return already;
    const files = openCustomer(dir, name, key, options);
    const close = (): void => {
      open.delete(name);
      files.database.close();
    };
    const made = { database: files.database, store: sqliteStore({ ...files, close }) };
    open.set(name, made);
    return made;
  };

  const leases = sqliteLeases(accounts, options.clock, {
    newest: (customer) => newestFence(opened(customer).database),
    raise: (customer, fence) => raiseFence(opened(customer).database, fence),
  });
  return {
    customer: (name) => opened(name).store,
    leases,
    key,
    close() {
      for (const { database } of open.values()) database.close();
      open.clear();
      accounts.close();
    },
  };
};

const openCustomer = (dir: string, customer: string, key: Uint8Array, options: StateFolderOptions) => {
  if (!/^[a-z0-9][a-z0-9._-]{0,63}$/i.test(customer) || TAKEN.has(customer.toLowerCase())) {
    throw new Error(`"${customer}" cannot be the name of a customer: use letters, digits, dots, - and _, up to 64`);
  }
  const database = new Database(join(dir, `${customer}.db`), options);
  const headFile = join(dir, `${customer}.head`);
  const erasedFile = join(dir, `${customer}.erased`);
  const durability = options.durability ?? 'full';
  try {
    migrate(database, 'customer', CUSTOMER);
    const erased = new ErasedPeople(database, key, customer);
    noticeRestore(database, headFile, durability, options);
    eraseAgain(database, erasedFile, erased, options.random, durability, options.clock.now());
    sweep(database); // What an erasure that was killed left to do.
  } catch (error) {
    database.close();
    throw error;
  }
  return { customer, database, headFile, erasedFile, clock: options.clock, random: options.random, key, durability };
};

/**
 * A ledger that lacks the entry which the head file knows came back from a backup (C25). That is kept in the database until
 * every profile has read both sides in full, and in the ledger for ever.
 */
const noticeRestore = (
  database: Database,
  headFile: string,
  durability: Durability,
  { clock, random }: StateFolderOptions,
): void => {
  const outside = readHead(headFile); // Before the ledger: another process may append in between, never the other way.
  if (outside === null || hasLink(database, outside)) {
    if (outside === null || outside.n < headOf(database).n) writeHead(headFile, headOf(database), durability);
    return;
  }
  database.write(() => {
    const now = clock.now();
    database.run('UPDATE customer SET restored_at = max(coalesce(restored_at + 1, 0), ?)', now);
    const body = { lastKnown: outside, found: headOf(database) };
    append(database, random, [{ at: now, kind: 'restored', address: null, run: null, body }]);
  });
  writeHead(headFile, headOf(database), durability);
};
