import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { CRM, optOut, page } from '../../testkit/src/store-suite/made-up.ts';
import { countedBytes, HandClock, leaseOf } from '../../testkit/src/store-suite/subject.ts';
import {
  Database,
  type DatabaseOptions,
  openStateFolder,
  type StateFolder,
  type StateFolderOptions,
} from '../src/index.ts';

let dir = '';
const open: StateFolder[] = [];
beforeEach(() => {
  dir = join(mkdtempSync(join(tmpdir(), 'heed-files-')), 'state');
});
afterEach(() => {
  for (const folder of open.splice(0)) folder.close();
  rmSync(join(dir, '..'), { recursive: true });
});
const opened = (more: Partial<StateFolderOptions> = {}): StateFolder => {
  const folder = openStateFolder(dir, { clock: new HandClock(), random: countedBytes(), ...more });
  open.push(folder);
  return folder;
};
const mode = (file: string): string => (statSync(file).mode & 0o777).toString(8);

describe('the state folder', () => {
  test('and everything in it can be read by its owner only, also while it is open', async () => {
    const before = process.umask(0);
    try {
      const folder = opened();
      const lease = await leaseOf(folder);
      await folder.customer('acme').commitPage(lease, page(CRM, { facts: [optOut('ann')] }), 1);
      const files = readdirSync(dir);
      expect(files).toEqual(expect.arrayContaining(['accounts.db', 'acme.db', 'acme.db-wal', 'acme.head', 'key']));
      expect(Object.fromEntries(files.map((file) => [file, mode(join(dir, file))]))).toEqual(
        Object.fromEntries(files.map((file) => [file, '600'])),
      );
      expect(mode(dir)).toBe('700');
    } finally {
      process.umask(before);
    }
  });

  test('files that somebody made readable are closed again', () => {
    const folder = opened();
    folder.customer('acme');
    folder.close();
    const files = ['accounts.db', 'acme.db', 'key'].map((file) => join(dir, file));
    for (const file of files) chmodSync(file, 0o644);
    chmodSync(dir, 0o755);
    opened().customer('acme');
    expect([...files, dir].map(mode)).toEqual(['600', '600', '600', '700']);
  });

  test('syncs every commit to the disk, unless it is a simulation', () => {
    mkdirSync(dir);
    const settings = (more: DatabaseOptions) => {
      const database = new Database(join(dir, 'x.db'), more);
      const found = ['synchronous', 'journal_mode', 'foreign_keys'].flatMap((name) =>
        Object.values(database.one<object>(`PRAGMA ${name}`) ?? {}),
      );
      database.close();
      return found;
    };
    expect(settings({})).toEqual([2, 'wal', 1]);
    expect(settings({ durability: 'none' })).toEqual([0, 'wal', 1]);
  });

  test('holds no address in the chain, nor in the head file', async () => {
    const folder = opened();
    const lease = await leaseOf(folder);
    await folder.customer('acme').commitPage(lease, page(CRM, { facts: [optOut('ann')] }), 1);
    expect(JSON.parse(readFileSync(join(dir, 'acme.head'), 'utf8'))).toEqual(await folder.customer('acme').head());
    folder.close();
    const database = new DatabaseSync(join(dir, 'acme.db'));
    const columns = database.prepare("SELECT name, type FROM pragma_table_info('chain')").all();
    expect(columns.map((column) => `${column['name']} ${column['type']}`)).toEqual([
      'n INTEGER',
      'commitment BLOB',
      'hash BLOB',
    ]);
    for (const sql of ['UPDATE chain SET n = n', 'DELETE FROM chain', 'DELETE FROM chain WHERE n = 1']) {
      expect(() => database.exec(sql)).toThrow('the ledger only grows');
    }
    database.close();
  });

  test('is made with a key that stays; a broken key stops everything', () => {
    const key = opened().key;
    expect(key).toHaveLength(32);
    expect(opened().key).toEqual(key);
    writeFileSync(join(dir, 'key'), 'short');
    expect(() => opened()).toThrow('is not a key of 32 bytes');
    expect(readFileSync(join(dir, 'key'), 'utf8')).toBe('short');
  });

  test('can have its key elsewhere', () => {
    const keyFile = join(dir, '..', 'elsewhere.key');
    const { key } = opened({ keyFile });
    expect(existsSync(join(dir, 'key'))).toBe(false);
    expect(new Uint8Array(readFileSync(keyFile))).toEqual(key);
    expect(mode(keyFile)).toBe('600');
  });

  test('refuses names that are no customers', () => {
    const folder = opened();
    for (const name of [
      'accounts',
      'Accounts',
      'key',
      'quotas',
      '',
      '../acme',
      'a/b',
      '.hidden',
      'a b',
      'x'.repeat(65),
    ]) {
      expect(() => folder.customer(name), name).toThrow('cannot be the name of a customer');
    }
  });

  test('a head file that cannot be read counts as one that the ledger does not reach', async () => {
    const folder = opened();
    const lease = await leaseOf(folder);
    await folder.customer('acme').commitPage(lease, page(CRM, { facts: [optOut('ann')] }), 1);
    folder.close();
    writeFileSync(join(dir, 'acme.head'), '');
    expect(await opened().customer('acme').restored('news')).not.toBeNull();
  });

  test('a ledger without a head file gets one', async () => {
    const folder = opened();
    const lease = await leaseOf(folder);
    await folder.customer('acme').commitPage(lease, page(CRM, { facts: [optOut('ann')] }), 1);
    folder.close();
    rmSync(join(dir, 'acme.head'));
    const store = opened().customer('acme');
    expect(await store.restored('news')).toBeNull();
    expect(JSON.parse(readFileSync(join(dir, 'acme.head'), 'utf8'))).toEqual(await store.head());
  });

  test('a head that a crash left late is brought up to date and is no restore', async () => {
    let crash = false;
    const folder = opened({
      fault: (point) => {
        if (crash && point === 'committed') throw new Error('crash');
      },
    });
    const store = folder.customer('acme');
    await store.enter({ facts: [optOut('ann')], decisions: [] }, [], 1);
    crash = true;
    await expect(store.enter({ facts: [optOut('bob')], decisions: [] }, [], 1)).rejects.toThrow('crash');
    folder.close();
    expect(JSON.parse(readFileSync(join(dir, 'acme.head'), 'utf8'))).toMatchObject({ n: 1 });
    const again = opened().customer('acme');
    expect(await again.restored('news')).toBeNull();
    expect(JSON.parse(readFileSync(join(dir, 'acme.head'), 'utf8'))).toEqual(await again.head());
    expect(await again.head()).toMatchObject({ n: 2 });
  });
});
