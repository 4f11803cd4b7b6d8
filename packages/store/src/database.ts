import { chmodSync, closeSync, openSync } from 'node:fs';
import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite';
import { useWriteAheadLog } from './write-ahead.ts';

/**
 * `none` trades the last commits at a power loss for speed; `memory` keeps nothing but what is open. A simulation may, nobody
 * else.
 */
export type Durability = 'full' | 'none' | 'memory';

/** Called before each writing statement, before a commit and after it; a test that throws here simulates a crash. */
export type Fault = (point: 'write' | 'commit' | 'committed', sql: string) => void;

export interface DatabaseOptions {
  readonly durability?: Durability | undefined;
  readonly fault?: Fault | undefined;
  /** How long to wait for another process's transaction. */
  readonly busyMs?: number | undefined;
}

const BUSY_MS = 10_000;
/** SQLITE_BUSY. */
const BUSY = 5;

/**
 * One SQLite file: statements are prepared once, every change happens in `write`, every set of reads that must fit together
 * in `read`. All of it is synchronous, so two verbs of one process never interleave inside a transaction.
 */
export class Database {
  readonly file: string;
  private readonly sqlite: DatabaseSync;
  private readonly prepared = new Map<string, StatementSync>();
  private readonly fault: Fault;

  constructor(file: string, options: DatabaseOptions = {}) {
    this.file = file;
    this.fault = options.fault ?? (() => {});
    const inMemory = options.durability === 'memory';
    // SQLite would create the file with the umask's mode; its -wal and -shm files take the mode of this one.
    if (!inMemory) makeOwnersOnly(file);
    this.sqlite = new DatabaseSync(inMemory ? ':memory:' : file, { timeout: options.busyMs ?? BUSY_MS });
    if (!inMemory) useWriteAheadLog(this.sqlite);
    this.sqlite.exec(`PRAGMA synchronous = ${(options.durability ?? 'full') === 'full' ? 'FULL' : 'OFF'};
      PRAGMA foreign_keys = ON;
      PRAGMA cache_size = -16384;
      PRAGMA wal_autocheckpoint = 16000;
      PRAGMA temp_store = MEMORY;`);
  }

  all<T>(sql: string, ...values: readonly SQLInputValue[]): readonly T[] {
    return this.statement(sql).all(...checked(values)) as readonly unknown[] as readonly T[];
  }

  one<T>(sql: string, ...values: readonly SQLInputValue[]): T | undefined {
    return this.statement(sql).get(...checked(values)) as T | undefined;
  }

  /** Changes rows; only inside `write`. Returns how many rows, and the last row id. */
  run(sql: string, ...values: readonly SQLInputValue[]): { readonly changes: number; readonly lastId: number } {
    this.fault('write', sql);
    const result = this.statement(sql).run(...checked(values));
    return { changes: Number(result.changes), lastId: Number(result.lastInsertRowid) };
  }

  /** Statements of a migration. */
  exec(sql: string): void {
    this.fault('write', sql);
    this.sqlite.exec(sql);
  }

  /** All or nothing. The write lock is taken at the beginning: what `work` reads is still so when it writes. */
  write<T>(work: () => T): T {
    this.sqlite.exec('BEGIN IMMEDIATE');
    let result: T;
    try {
      result = work();
      this.fault('commit', '');
      this.sqlite.exec('COMMIT');
    } catch (error) {
      if (this.sqlite.isTransaction) this.sqlite.exec('ROLLBACK');
      throw error;
    }
    this.fault('committed', '');
    return result;
  }

  /** Several reads of one state, beside a writer in another process. */
  read<T>(work: () => T): T {
    this.sqlite.exec('BEGIN');
    try {
      return work();
    } finally {
      if (this.sqlite.isTransaction) this.sqlite.exec('COMMIT');
    }
  }

  /** Writes the file anew, without what was deleted, and cuts the write-ahead log; false where another process is in the way. */
  rewrite(): boolean {
    this.fault('write', 'VACUUM');
    try {
      this.sqlite.exec('VACUUM');
      return this.sqlite.prepare('PRAGMA wal_checkpoint(TRUNCATE)').get()?.busy === 0;
    } catch (error) {
      if (error instanceof Error && 'errcode' in error && error.errcode === BUSY) return false;
      throw error;
    }
  }

  /** The text of every statement prepared so far, for a test of their query plans. */
  statements(): readonly string[] {
    return [...this.prepared.keys()];
  }

  close(): void {
    if (!this.sqlite.isOpen) return;
    this.prepared.clear();
    this.sqlite.close();
  }

  private statement(sql: string): StatementSync {
    const known = this.prepared.get(sql);
    if (known !== undefined) return known;
    const statement = this.sqlite.prepare(sql);
    this.prepared.set(sql, statement);
    return statement;
  }
}

const makeOwnersOnly = (file: string): void => {
  closeSync(openSync(file, 'a', 0o600));
  chmodSync(file, 0o600);
};

/** node:sqlite binds a Date silently as NULL; a lost time would be a wrong order of consent. */
const checked = (values: readonly SQLInputValue[]): readonly SQLInputValue[] => {
  for (const value of values as readonly unknown[]) {
    if (value === undefined || (typeof value === 'object' && value !== null && !ArrayBuffer.isView(value))) {
      throw new TypeError('only text, numbers, bytes and null can be bound: times as milliseconds, structures as JSON');
    }
  }
  return values;
};
