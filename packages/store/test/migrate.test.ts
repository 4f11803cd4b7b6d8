import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { countedBytes, HandClock } from '../../testkit/src/store-suite/subject.ts';
import { Database, migrate, openStateFolder } from '../src/index.ts';

const FIRST = "CREATE TABLE person (name TEXT NOT NULL) STRICT; INSERT INTO person VALUES ('Ann');";
const SECOND = "ALTER TABLE person ADD COLUMN city TEXT NOT NULL DEFAULT 'Basel';";
const BROKEN = "UPDATE person SET city = 'lost'; CREATE TABLE person (again TEXT);";

let dir = '';
const databases: Database[] = [];
const database = (): Database => {
  const made = new Database(join(dir, 'x.db'));
  databases.push(made);
  return made;
};
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'heed-migrate-'));
});
afterEach(() => {
  for (const made of databases.splice(0)) made.close();
  rmSync(dir, { recursive: true });
});
const people = (here: Database) => here.all<object>('SELECT * FROM person').map((row) => ({ ...row }));

describe('schema versions', () => {
  test('an old file is brought to the newest version, with what is in it, once', () => {
    migrate(database(), 'part', [FIRST]);
    migrate(database(), 'part', [FIRST, SECOND]);
    const here = database();
    migrate(here, 'part', [FIRST, SECOND]);
    expect(people(here)).toEqual([{ name: 'Ann', city: 'Basel' }]);
  });

  test('a migration that fails leaves the old version whole', () => {
    migrate(database(), 'part', [FIRST]);
    expect(() => migrate(database(), 'part', [FIRST, SECOND, BROKEN])).toThrow('already exists');
    const here = database();
    migrate(here, 'part', [FIRST]);
    expect(people(here)).toEqual([{ name: 'Ann' }]);
  });

  test('parts of one file have versions of their own', () => {
    migrate(database(), 'part', [FIRST, SECOND]);
    const here = database();
    migrate(here, 'other', ['CREATE TABLE other (a TEXT) STRICT']);
    expect(() => migrate(here, 'part', [FIRST, SECOND])).not.toThrow();
    expect(people(here)).toHaveLength(1);
  });

  test('a file of a newer Heed is refused, and says what to do', () => {
    const open = () => openStateFolder(dir, { clock: new HandClock(), random: countedBytes() });
    const folder = open();
    folder.customer('acme');
    folder.close();
    const file = new DatabaseSync(join(dir, 'acme.db'));
    file.exec("UPDATE schema_version SET version = 999 WHERE part = 'customer'");
    file.close();
    const again = open();
    expect(() => again.customer('acme')).toThrow(/newer Heed.*version 999.*Nothing was changed/);
    again.close();
  });
});
