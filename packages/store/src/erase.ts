import { type AddressKey, type Erasure, recordKey, systemKey } from '@heed/core';
import type { Database } from './database.ts';
import { type ErasedPeople, nameless } from './erased.ts';
import { jsonList, parsed, plainJson } from './json.ts';
import { append, factEntry, type RandomBytes } from './ledger.ts';
import { contentFrom, contentText } from './shadow-content.ts';
import { systemId } from './shadows.ts';

interface Forgotten {
  readonly name: AddressKey;
  readonly addresses: ReadonlySet<string>;
  /** `Contact/003`, of the removed records. */
  readonly records: ReadonlySet<string>;
}

/**
 * Removes a person (C25), inside the caller's transaction: what was said and is kept of them, whoever of the tables names them.
 * Their commitments stay in the chain. Null, and nothing done, if the ledger said something about them after `head`.
 */
export const erasePerson = (
  database: Database,
  random: RandomBytes,
  erased: ErasedPeople,
  erasure: Erasure,
): readonly number[] | null => {
  const { address, addresses, records, kept, by, at, head } = erasure;
  const all = [...new Set([address, ...addresses])];
  const list = jsonList(all);
  const late = database.one(
    'SELECT 1 FROM entry WHERE address IN (SELECT value FROM json_each(?)) AND n > ? LIMIT 1',
    list,
    head,
  );
  if (late !== undefined) return null;
  const name = erased.nameFor(address);
  const forgotten: Forgotten = {
    name,
    addresses: new Set(all),
    records: new Set(records.map(({ record }) => recordKey(record))),
  };
  eraseEntries(database, list);
  eraseRecords(database, erasure);
  eraseStays(database, list, name);
  eraseWork(database, forgotten, list);
  eraseHistory(database, forgotten, list);
  eraseNotes(database, forgotten);
  const hashes = [
    ...all.map((one) => erased.hashOfAddress(one)),
    ...records.map(({ system, record }) => erased.hashOfRecord(system, record)),
  ];
  erased.remember(name, hashes, at);
  erased.keepKeyCheck();
  database.run('UPDATE customer SET unswept = 1');
  const facts = kept.map((fact) => factEntry(nameless(fact, name), at));
  const body = { by, addresses: all.length, records: records.length, optOutsKept: kept.length };
  return append(database, random, [...facts, { at, kind: 'erased', address: name, run: null, body }]);
};

/** What was said about them, what was done to them, and decisions about nobody else. */
const eraseEntries = (database: Database, list: string): void => {
  database.run(
    `DELETE FROM entry WHERE kind = 'decision' AND n IN (
       SELECT decision FROM decided GROUP BY decision HAVING decision IN (
         SELECT decision FROM decided WHERE fact IN (
           SELECT n FROM entry WHERE address IN (SELECT value FROM json_each(?1)) AND kind = 'fact'))
       AND sum(fact NOT IN (SELECT n FROM entry WHERE address IN (SELECT value FROM json_each(?1)) AND kind = 'fact')) = 0)`,
    list,
  );
  database.run(
    `DELETE FROM decided WHERE fact IN (
       SELECT n FROM entry WHERE address IN (SELECT value FROM json_each(?)) AND kind = 'fact')`,
    list,
  );
  database.run('DELETE FROM entry WHERE address IN (SELECT value FROM json_each(?))', list);
};

/** Their records, and all that names one of them. */
const eraseRecords = (database: Database, { records, systems = [] }: Pick<Erasure, 'records' | 'systems'>): void => {
  for (const { system, record } of records) {
    const { role } = system;
    const elsewhere = systems.filter((one) => systemKey(one[role]) !== systemKey(system)).map(({ profile }) => profile);
    const id = systemId(database, system);
    const key = recordKey(record);
    if (id === null) continue;
    database.run('DELETE FROM shadow WHERE system = ? AND record = ?', id, key);
    database.run('DELETE FROM intent WHERE system = ? AND record = ?', id, key);
    database.run(
      `DELETE FROM link WHERE ${role === 'crm' ? 'crm' : 'member'} = ? AND profile NOT IN (SELECT value FROM json_each(?))`,
      key,
      jsonList(elsewhere),
    );
    database.run('DELETE FROM stray_tally WHERE side = ? AND record = ?', system.role, key);
  }
};

/** Somebody else's record that had one of the addresses keeps the time it was there, under the name: what was said then may follow it (C15). */
const eraseStays = (database: Database, list: string, name: AddressKey): void => {
  const gone = new Set(parsed<readonly string[]>(list));
  const rows = database.all<{ id: number; content: string }>(
    `SELECT id, content FROM shadow WHERE id IN (SELECT shadow FROM stay WHERE address IN (SELECT value FROM json_each(?)))`,
    list,
  );
  for (const { id, content } of rows) {
    const shadow = contentFrom(content);
    const stays = shadow.stays.map((stay) => (gone.has(stay.address) ? { ...stay, address: name } : stay));
    const isThere = shadow.address !== null && gone.has(shadow.address);
    const here = isThere ? { address: name, email: null } : {};
    database.run('UPDATE shadow SET content = ? WHERE id = ?', contentText({ ...shadow, ...here, stays }), id);
    database.run('DELETE FROM stay WHERE shadow = ? AND address IN (SELECT value FROM json_each(?))', id, list);
    database.run('INSERT OR IGNORE INTO stay (address, shadow) VALUES (?, ?)', name, id);
  }
};

/** What was to be done, and lists: a list's place is kept under the name, so that its next version brings no news of them. */
const eraseWork = (database: Database, { name }: Forgotten, list: string): void => {
  for (const table of ['intent', 'member_create', 'dirty', 'owed', 'set_aside', 'listed', 'worklist', 'held_person'])
    database.run(`DELETE FROM ${table} WHERE address IN (SELECT value FROM json_each(?))`, list);
  for (const table of ['list_address', 'list_draft_address'])
    database.run(
      `UPDATE OR REPLACE ${table} SET address = ? WHERE address IN (SELECT value FROM json_each(?))`,
      name,
      list,
    );
};

/** Runs keep their counts: a line that named them stays and names nobody. */
const eraseHistory = (database: Database, forgotten: Forgotten, list: string): void => {
  database.run('DELETE FROM run_detail WHERE address IN (SELECT value FROM json_each(?))', list);
  const lines = database.all<{ run: string; side: string; record: string; content: string }>(
    'SELECT run, side, record, content FROM set_aside_line',
  );
  lines.forEach(({ run, side, record, content }, i) => {
    const line = parsed<Named>(content);
    if (!isAbout(forgotten, line) && !forgotten.records.has(record)) return;
    database.run(
      'UPDATE set_aside_line SET record = ?, content = ? WHERE run = ? AND side = ? AND record = ?',
      `${forgotten.name}/${i}`,
      plainJson(namingNobody(line)),
      run,
      side,
      record,
    );
  });
  for (const { name, report } of database.all<{ name: string; report: string }>('SELECT name, report FROM run')) {
    if (!mentions(forgotten, report)) continue;
    const told = parsed<Report>(report);
    const cut = (side: Report['crm']): Report['crm'] => ({
      ...side,
      setAside: side.setAside.map((line) => (isAbout(forgotten, line) ? namingNobody(line) : line)),
    });
    const next = { ...told, crm: cut(told.crm), marketing: cut(told.marketing) };
    database.run('UPDATE run SET report = ? WHERE name = ?', plainJson(next), name);
  }
};

interface Named {
  readonly record: string;
  readonly address: string;
}
interface Report {
  readonly crm: { readonly setAside: readonly Named[] };
  readonly marketing: { readonly setAside: readonly Named[] };
}

const isAbout = ({ addresses, records }: Forgotten, line: Named): boolean =>
  addresses.has(line.address) || records.has(line.record);
const namingNobody = (line: Named): Named => ({ ...line, record: '', address: '' });

const mentions = ({ addresses, records }: Forgotten, text: string): boolean =>
  [...addresses, ...records].some((one) => text.includes(JSON.stringify(one).slice(1, -1)));

/** Documents of profiles name people in lists, such as records that a read missed. */
const eraseNotes = (database: Database, forgotten: Forgotten): void => {
  const rows = database.all<{ profile: string; key: string; content: string }>(
    'SELECT profile, key, content FROM note',
  );
  for (const { profile, key, content } of rows) {
    const before = parsed<unknown>(content);
    const after = plainJson(without(forgotten, before));
    if (after !== plainJson(before))
      database.run('UPDATE note SET content = ? WHERE profile = ? AND key = ?', after, profile, key);
  }
};

const without = (forgotten: Forgotten, value: unknown): unknown => {
  if (Array.isArray(value))
    return value.filter((one) => !isTheirs(forgotten, one)).map((one) => without(forgotten, one));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, without(forgotten, one)]));
};

const isTheirs = ({ addresses, records }: Forgotten, one: unknown): boolean => {
  if (typeof one === 'string') return addresses.has(one);
  if (typeof one !== 'object' || one === null || !('record' in one)) return false;
  const { record } = one;
  return (
    typeof record === 'object' &&
    record !== null &&
    'type' in record &&
    'id' in record &&
    records.has(`${String(record.type)}/${String(record.id)}`)
  );
};
