import type { Millis, RecordRef } from '@heed/contract';
import {
  type AddressKey,
  type Erased,
  erasedName,
  type NewFact,
  type PageCommit,
  type ReadRow,
  recordKey,
  type System,
  systemKey,
} from '@heed/core';
import type { Database } from './database.ts';
import type { ErasedHash } from './erased-file.ts';
import { jsonList } from './json.ts';
import { keyedHash } from './keyed-hash.ts';

const HASHES_KEPT = 10_000;

/** A row of an erased person. */
export interface Recognised {
  readonly record: RecordRef;
  readonly name: AddressKey;
  /** The hash of the record that theirs was merged into, if it was not known as theirs yet. */
  readonly heir: string | null;
}

/**
 * Who was erased from one customer's database (C25), by keyed hashes: without the key nobody can try addresses out on them, and
 * two customers' hashes of one address have nothing in common.
 */
export class ErasedPeople {
  private readonly database: Database;
  private readonly keyed: (text: string) => string;
  private readonly customer: string;
  /** A page asks for the same addresses several times. */
  private readonly hashed = new Map<AddressKey, string>();

  constructor(database: Database, key: Uint8Array, customer: string) {
    this.database = database;
    this.keyed = keyedHash(key);
    this.customer = customer;
  }

  /** Most customers never erased anybody: then no address is hashed. */
  private any(): boolean {
    return this.keyCheck() !== null;
  }

  private hash(kind: 'address' | 'record' | 'check', what: string): string {
    return this.keyed(`heed erased ${kind}\0${this.customer}\0${what}`);
  }

  hashOfAddress(address: AddressKey): string {
    const known = this.hashed.get(address);
    if (known !== undefined) return known;
    if (this.hashed.size >= HASHES_KEPT) this.hashed.clear();
    const made = this.hash('address', address);
    this.hashed.set(address, made);
    return made;
  }

  hashOfRecord(system: System, record: RecordRef): string {
    return this.hash('record', `${systemKey(system)}|${recordKey(record)}`);
  }

  /** Throws if the hashes, or those beside the database, were made with another key: nobody erased would be recognised, and all of them re-created. */
  requireKey(outside: string | null): void {
    if ([this.keyCheck(), outside].every((check) => check === null || check === this.hash('check', ''))) return;
    throw new Error(
      `${this.database.file}: people were erased from it under another key file, so Heed would not know them again. ` +
        'Restore that key (HEED_KEY_FILE, or "key" in the state folder); nothing was changed.',
    );
  }

  /** A keyed hash of nothing; null if nobody was erased. */
  keyCheck(): string | null {
    return this.database.one<{ key_check: string | null }>('SELECT key_check FROM customer')?.key_check ?? null;
  }

  /** Remembers by which key the hashes are made. */
  keepKeyCheck(): void {
    this.database.run('UPDATE customer SET key_check = ?', this.hash('check', ''));
  }

  /** The name that is kept in place of an address, of those among these that were erased. */
  namesOf(addresses: readonly AddressKey[]): ReadonlyMap<AddressKey, AddressKey> {
    if (addresses.length === 0 || !this.any()) return new Map();
    const hashes = new Map(addresses.map((address) => [this.hashOfAddress(address), address]));
    return new Map(
      [...this.namesBy(hashes.keys())].flatMap(([hash, name]) => {
        const address = hashes.get(hash);
        return address === undefined ? [] : [[address, name] as const];
      }),
    );
  }

  /** The same addresses, each erased one under its name. */
  renamed(addresses: readonly AddressKey[]): readonly AddressKey[] {
    const names = this.namesOf(addresses);
    return names.size === 0 ? addresses : addresses.map((address) => names.get(address) ?? address);
  }

  /** The same facts; of erased people without anything that names them or their records. */
  namelessFacts(facts: readonly NewFact[]): readonly NewFact[] {
    const names = this.namesOf(facts.map((fact) => fact.address));
    if (names.size === 0) return facts;
    return facts.map((fact) => {
      const name = names.get(fact.address);
      return name === undefined ? fact : nameless(fact, name);
    });
  }

  /** The same page, without records of erased people: what is remembered of those is that they were erased (C25). */
  namelessPage(page: PageCommit): PageCommit {
    if (!this.any()) return page;
    const names = this.namesOf(page.shadows.flatMap(({ address }) => address ?? []));
    return {
      ...page,
      shadows: page.shadows.filter(({ address }) => address === null || !names.has(address)),
      facts: this.namelessFacts(page.facts),
      intents: page.intents.filter(({ address }) => this.namesOf([address]).size === 0),
      dirty: this.renamed(page.dirty),
      dirtyFields: this.renamed(page.dirtyFields),
      ...(page.atWork === undefined
        ? {}
        : { atWork: { ...page.atWork, addresses: this.renamed(page.atWork.addresses) } }),
    };
  }

  find(address: AddressKey): Omit<Erased, 'wiped'> | null {
    const name = this.namesOf([address]).get(address);
    if (name === undefined) return null;
    const own = this.database.one<{ at: Millis }>('SELECT at FROM erased WHERE hash = ?', name.replace(/^erased-/, ''));
    return own === undefined ? null : { name, at: own.at };
  }

  /** Rows of erased people, by their address, or else by their record. */
  recognise(system: System, rows: readonly ReadRow[]): readonly Recognised[] {
    if (rows.length === 0 || !this.any()) return [];
    const hashed = rows.map(({ record, address, heir }) => ({
      record,
      byAddress: address === null ? null : this.hashOfAddress(address),
      byRecord: this.hashOfRecord(system, record),
      byHeir: heir === null ? null : this.hashOfRecord(system, heir),
    }));
    const names = this.namesBy(
      hashed.flatMap(({ byAddress, byRecord, byHeir }) => [byAddress ?? '', byRecord, byHeir ?? '']),
    );
    return hashed.flatMap(({ record, byAddress, byRecord, byHeir }) => {
      const name = names.get(byAddress ?? '') ?? names.get(byRecord);
      const heir = byHeir === null || names.has(byHeir) ? null : byHeir;
      return name === undefined ? [] : [{ record, name, heir }];
    });
  }

  hashes(): readonly ErasedHash[] {
    return this.database
      .all<ErasedHash>('SELECT hash, name, at FROM erased ORDER BY at, hash')
      .map(({ hash, name, at }) => ({ hash, name, at }));
  }

  remember(name: AddressKey, hashes: readonly string[], at: Millis): void {
    this.database.run(
      'INSERT INTO erased (hash, name, at) SELECT value, ?, ? FROM json_each(?) WHERE true ON CONFLICT (hash) DO NOTHING',
      name,
      at,
      jsonList(hashes),
    );
  }

  /** The name of an erased person: an earlier one, if the address was erased before. */
  nameFor(address: AddressKey): AddressKey {
    return this.namesOf([address]).get(address) ?? erasedName(this.hashOfAddress(address));
  }

  private namesBy(hashes: Iterable<string>): ReadonlyMap<string, AddressKey> {
    const rows = this.database.all<{ hash: string; name: AddressKey }>(
      'SELECT hash, name FROM erased WHERE hash IN (SELECT value FROM json_each(?))',
      jsonList(hashes),
    );
    return new Map(rows.map(({ hash, name }) => [hash, name]));
  }
}

/** What an opt-out needs to bind, and nothing of whom it is about. Evidence is free text, so it goes as well, unless it proves an opt-in (C7). */
export const nameless = (fact: NewFact, name: AddressKey): NewFact => ({
  ...fact,
  address: name,
  record: null,
  proof: fact.says === 'opted-in' ? fact.proof : null,
  user: null,
});
