import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Lease, Store } from '@heed/core';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { erasureOf } from '../../testkit/src/store-suite/erasures.ts';
import {
  at,
  CRM,
  contact,
  intent,
  optOut,
  PROFILE,
  page,
  report,
  settlement,
  shadow,
} from '../../testkit/src/store-suite/made-up.ts';
import { countedBytes, HandClock, leaseOf } from '../../testkit/src/store-suite/subject.ts';
import { openStateFolder, type StateFolder, type StateFolderOptions } from '../src/index.ts';

let dir = '';
const open: StateFolder[] = [];
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'heed-erasure-'));
});
afterEach(() => {
  for (const folder of open.splice(0)) folder.close();
  rmSync(dir, { recursive: true });
});
const opened = (more: Partial<StateFolderOptions> = {}): StateFolder => {
  const folder = openStateFolder(dir, {
    clock: new HandClock(),
    random: countedBytes(),
    durability: 'none',
    ...more,
  });
  open.push(folder);
  return folder;
};

/** The files of the state folder that hold a text, as they lie on the disk now. */
const filesWith = (text: string): readonly string[] =>
  readdirSync(dir).filter((file) => readFileSync(join(dir, file)).includes(text));

/** A life: read, changed, worked on, cleaned, listed, as runs do it, so that free pages and the log are full of it. */
const live = async (store: Store, lease: Lease): Promise<void> => {
  await store.beginRun(report('r1'));
  for (let i = 0; i < 12; i += 1) {
    const shadows = [
      shadow(CRM, contact('1'), 'ann', { values: { LastName: `Annason the ${i}th` } }),
      ...Array.from({ length: 20 }, (_, n) => shadow(CRM, contact(`x${i}.${n}`), `x${i}.${n}`)),
    ];
    await store.commitPage(lease, page(CRM, { shadows, facts: [optOut('ann')], dirty: [at('ann')] }), i);
    await store.intend(lease, [intent(`i${i}`, 'ann', { state: 'applied', answeredAt: 1, seen: true })]);
    await store.enlist(lease, PROFILE, 'asked', [at('ann')]);
    await store.clearWorklist(lease, PROFILE, null);
    const [mark] = await store.dirty(PROFILE, 99, null, 1);
    await store.settle(lease, PROFILE, 'r1', [settlement('ann', mark?.mark ?? 0)], [], []);
    await store.putNote(PROFILE, 'k', [at('ann')]);
    const draft = await store.optOutLists.draft(1);
    await store.optOutLists.gather(draft, [at('ann')]);
    await store.optOutLists.discard(draft);
  }
  await store.prune(9e13);
};

const THEIRS = ['ann@example.org', 'Annason', 'Contact/1"'];

describe('C25: what was erased is in no file of the state folder', () => {
  test('neither in rows, nor in free pages, nor in the write-ahead log, while it stays open', async () => {
    const folder = opened();
    const store = folder.customer('acme');
    const lease = await leaseOf(folder);
    await live(store, lease);
    expect(THEIRS.slice(0, 2).map((one) => filesWith(one).length > 0)).toEqual([true, true]);
    await store.erasures.erase(lease, await erasureOf(store, 'ann'));
    for (const one of THEIRS) expect(filesWith(one), one).toEqual([]);
    expect(filesWith('x1.1@example.org')).toEqual(['acme.db']);
    expect((await store.verifyLedger()).broken).toBeNull();
  });

  test('killed before the file is wiped, whoever opens it next wipes it', async () => {
    let killed = false;
    const fault: StateFolderOptions['fault'] = (_, sql) => {
      if (sql === 'VACUUM' && !killed) {
        killed = true;
        throw new Error('killed');
      }
    };
    const folder = opened({ fault });
    const lease = await leaseOf(folder);
    await live(folder.customer('acme'), lease);
    const erasure = await erasureOf(folder.customer('acme'), 'ann');
    await expect(folder.customer('acme').erasures.erase(lease, erasure)).rejects.toThrow('killed');
    folder.close();
    expect(filesWith('ann@example.org')).not.toEqual([]);
    opened().customer('acme');
    expect(filesWith('ann@example.org')).toEqual([]);
  });

  test('a process that reads at that moment puts the wiping off, and it is done later', async () => {
    const folder = opened();
    const store = folder.customer('acme');
    const lease = await leaseOf(folder);
    await live(store, lease);
    const reader = new DatabaseSync(join(dir, 'acme.db'));
    reader.exec('BEGIN; SELECT * FROM shadow LIMIT 1');
    const waits = opened({ busyMs: 50 });
    const other = waits.customer('acme');
    await other.erasures.erase(lease, await erasureOf(other, 'ann'));
    expect(await other.erasures.find(at('ann'))).toMatchObject({ wiped: false });
    expect(filesWith('ann@example.org')).not.toEqual([]);
    reader.exec('COMMIT');
    reader.close();
    for (const one of open.splice(0)) one.close();
    const again = opened().customer('acme');
    expect(filesWith('ann@example.org')).toEqual([]);
    expect(await again.erasures.find(at('ann'))).toMatchObject({ wiped: true });
  });

  test('so does one that writes', async () => {
    const folder = opened({ busyMs: 50 });
    const store = folder.customer('acme');
    const lease = await leaseOf(folder);
    await live(store, lease);
    const writer = new DatabaseSync(join(dir, 'acme.db'));
    const fault: StateFolderOptions['fault'] = (_, sql) => {
      if (sql === 'VACUUM') writer.exec('BEGIN IMMEDIATE');
    };
    const waits = opened({ fault, busyMs: 50 });
    const other = waits.customer('acme');
    await other.erasures.erase(lease, await erasureOf(other, 'ann'));
    expect(await other.erasures.find(at('ann'))).toMatchObject({ wiped: false });
    writer.exec('COMMIT');
    writer.close();
    for (const one of open.splice(0)) one.close();
    opened().customer('acme');
    expect(filesWith('ann@example.org')).toEqual([]);
  });
});

describe('C25: a backup from before the erasure', () => {
  test('that is put back has the person erased again, with the opt-outs, before anybody sees it', async () => {
    const folder = opened();
    const store = folder.customer('acme');
    const lease = await leaseOf(folder);
    await live(store, lease);
    const backup = new DatabaseSync(join(dir, 'acme.db'));
    backup.exec(`VACUUM INTO '${dir}.backup'`);
    backup.close();
    await store.erasures.erase(lease, await erasureOf(store, 'ann', { kept: [] }));
    folder.close();
    rmSync(join(dir, 'acme.db'));
    copyFileSync(`${dir}.backup`, join(dir, 'acme.db'));
    rmSync(`${dir}.backup`);
    expect(filesWith('ann@example.org')).toEqual(['acme.db']);
    const again = opened().customer('acme');
    for (const one of THEIRS) expect(filesWith(one), one).toEqual([]);
    const found = await again.erasures.find(at('ann'));
    expect(found).toMatchObject({ at: 50, wiped: true });
    expect(await again.factsOf(found === null ? [] : [found.name])).not.toEqual([]);
    expect(await again.restored(PROFILE)).not.toBeNull();
    expect((await again.verifyLedger()).broken).toBeNull();
    expect(filesWith('x1.1@example.org')).toEqual(['acme.db']);
  });

  test('a database that is lost altogether still knows whom it must not know', async () => {
    const folder = opened();
    const lease = await leaseOf(folder);
    await live(folder.customer('acme'), lease);
    await folder.customer('acme').erasures.erase(lease, await erasureOf(folder.customer('acme'), 'ann'));
    folder.close();
    rmSync(join(dir, 'acme.db'));
    expect(await opened().customer('acme').erasures.find(at('ann'))).not.toBeNull();
  });

  test('the file beside the database is made again if it is gone', async () => {
    const folder = opened();
    const lease = await leaseOf(folder);
    await folder.customer('acme').erasures.erase(lease, await erasureOf(folder.customer('acme'), 'ann'));
    folder.close();
    const file = readFileSync(join(dir, 'acme.erased'), 'utf8');
    rmSync(join(dir, 'acme.erased'));
    opened().customer('acme');
    expect(readFileSync(join(dir, 'acme.erased'), 'utf8')).toBe(file);
    expect(file).not.toContain('ann');
    writeFileSync(join(dir, 'acme.erased'), 'half of i');
    expect(() => opened({ keyFile: join(dir, 'key') }).customer('acme')).toThrow('is not a list of erased people');
  });
});

describe('C25: the key of the hashes', () => {
  test('another key than the one people were erased under opens no such database', async () => {
    const folder = opened();
    const lease = await leaseOf(folder);
    await live(folder.customer('acme'), lease);
    await folder.customer('acme').erasures.erase(lease, await erasureOf(folder.customer('acme'), 'ann'));
    folder.close();
    const key = readFileSync(join(dir, 'key'));
    writeFileSync(join(dir, 'key'), new Uint8Array(32));
    expect(() => opened().customer('acme')).toThrow('people were erased from it under another key file');
    opened().customer('other');
    writeFileSync(join(dir, 'key'), key);
    expect(await opened().customer('acme').erasures.find(at('ann'))).not.toBeNull();
  });

  test('two customers have other hashes of one address', async () => {
    const folder = opened();
    const names = [];
    for (const customer of ['acme', 'other']) {
      const lease = await folder.leases.acquire(customer, 'test', 60_000);
      const store = folder.customer(customer);
      if (lease !== null) await store.erasures.erase(lease, await erasureOf(store, 'ann'));
      names.push((await store.erasures.find(at('ann')))?.name);
    }
    expect(new Set(names).size).toBe(2);
    expect(names).not.toContain(undefined);
  });
});

test('C25: every table is known to name nobody, or to be erased from', () => {
  opened().customer('acme');
  const database = new DatabaseSync(join(dir, 'acme.db'));
  const tables = database
    .prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
    .all();
  database.close();
  // The ledger's commitments are salted, and the salts go with the entries; cursors are places in a vendor's stream.
  const namingNobody = ['chain', 'cursor', 'customer', 'decided', 'erased', 'job', 'list_draft', 'opt_out_list'];
  const counting = ['profile', 'schema_version', 'sighting', 'system', 'tally'];
  const erase = readFileSync(join(import.meta.dirname, '../src/erase.ts'), 'utf8');
  const naming = tables
    .map(({ name }) => String(name))
    .filter((name) => ![...namingNobody, ...counting].includes(name));
  expect(naming.length).toBeGreaterThan(15);
  expect(naming.filter((name) => !new RegExp(`\\b${name}\\b`).test(erase))).toEqual([]);
});
