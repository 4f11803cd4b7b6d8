import { createHash } from 'node:crypto';
import type { Millis } from '@heed/contract';
import type { AddressKey, Decision, Fact, Head, LedgerEntry, NewFact } from '@heed/core';
import type { Database } from './database.ts';
import { canonicalJson, jsonList, parsed } from './json.ts';

/** What is said in one ledger entry; the chain commits to all of it. */
export interface NewEntry {
  readonly at: Millis;
  readonly kind: 'fact' | 'decision' | 'change' | 'restored' | 'erased';
  readonly address: AddressKey | null;
  readonly run: string | null;
  readonly body: unknown;
}

export type RandomBytes = (size: number) => Uint8Array;

interface ChainRow {
  readonly n: number;
  readonly commitment: Uint8Array;
  readonly hash: Uint8Array;
}

interface EntryRow {
  readonly n: number;
  readonly salt: Uint8Array;
  readonly at: number;
  readonly kind: string;
  readonly address: string | null;
  readonly run: string | null;
  readonly body: string;
}

const SALT_BYTES = 16;
const GENESIS = new Uint8Array(32);
const VERIFIED_AT_ONCE = 2_000;

/** commitment = sha256(salt || canonical JSON). The salt goes with the entry when it is erased: then nobody can guess what it was. */
const commit = (salt: Uint8Array, said: Omit<EntryRow, 'n' | 'salt'>): Uint8Array => {
  // `body` is canonical JSON already, so this is the canonical JSON of the whole entry.
  const text =
    `{"address":${JSON.stringify(said.address)},"at":${said.at},"body":${said.body},` +
    `"kind":${JSON.stringify(said.kind)},"run":${JSON.stringify(said.run)}}`;
  return createHash('sha256').update(salt).update(text).digest();
};

/** hash = sha256(previous || n || commitment), n as eight bytes. */
const chainHash = (previous: Uint8Array, n: number, commitment: Uint8Array): Uint8Array => {
  const number = Buffer.alloc(8);
  number.writeBigUInt64BE(BigInt(n));
  return createHash('sha256').update(previous).update(number).update(commitment).digest();
};

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

const lastLink = (database: Database): ChainRow =>
  database.one<ChainRow>('SELECT n, commitment, hash FROM chain ORDER BY n DESC LIMIT 1') ?? {
    n: 0,
    commitment: GENESIS,
    hash: GENESIS,
  };

export const headOf = (database: Database): Head => {
  const { n, hash } = lastLink(database);
  return { n, hash: hex(hash) };
};

/** Whether the chain has this very link: a restored database has not, whatever was appended since. */
export const hasLink = (database: Database, head: Head): boolean => {
  if (head.n === 0) return true;
  const row = database.one<{ hash: Uint8Array }>('SELECT hash FROM chain WHERE n = ?', head.n);
  return row !== undefined && hex(row.hash) === head.hash;
};

/** Appends inside the caller's transaction and returns the numbers. */
export const append = (database: Database, random: RandomBytes, entries: readonly NewEntry[]): readonly number[] => {
  if (entries.length === 0) return [];
  let { n, hash } = lastLink(database);
  const salts = random(SALT_BYTES * entries.length);
  return entries.map((entry, i) => {
    const salt = salts.subarray(SALT_BYTES * i, SALT_BYTES * (i + 1));
    const said = { ...entry, body: canonicalJson(entry.body) };
    const commitment = commit(salt, said);
    n += 1;
    hash = chainHash(hash, n, commitment);
    database.run('INSERT INTO chain (n, commitment, hash) VALUES (?, ?, ?)', n, commitment, hash);
    database.run(
      'INSERT INTO entry (n, salt, at, kind, address, run, body) VALUES (?, ?, ?, ?, ?, ?, ?)',
      n,
      salt,
      said.at,
      said.kind,
      said.address,
      said.run,
      said.body,
    );
    return n;
  });
};

export const factEntry = (fact: NewFact, at: Millis): NewEntry => ({
  at,
  kind: 'fact',
  address: fact.address,
  run: fact.run,
  body: fact,
});

/** Appends decisions and remembers which facts each one touches. */
export const appendDecisions = (
  database: Database,
  random: RandomBytes,
  decisions: readonly Decision[],
  at: Millis,
): readonly number[] => {
  const entries = decisions.map(
    (decision): NewEntry => ({
      at,
      kind: 'decision',
      address: decision.kind === 'acceptance' ? decision.address : null,
      run: null,
      body: decision,
    }),
  );
  const numbers = append(database, random, entries);
  decisions.forEach((decision, i) => {
    for (const fact of decision.facts) {
      database.run('INSERT OR IGNORE INTO decided (fact, decision) VALUES (?, ?)', fact, numbers[i] ?? 0);
    }
  });
  return numbers;
};

type Numbered = Pick<EntryRow, 'n' | 'body'>;
const numbered = <T>(rows: readonly Numbered[]): readonly (T & { readonly n: number })[] =>
  rows.map((row) => ({ ...parsed<T>(row.body), n: row.n }));

export const factsAt = (database: Database, addresses: Iterable<AddressKey>): readonly Fact[] =>
  numbered<NewFact>(
    database.all<Numbered>(
      `SELECT n, body FROM entry WHERE address IN (SELECT value FROM json_each(?)) AND kind = 'fact' ORDER BY n`,
      jsonList(addresses),
    ),
  );

/** Facts of these addresses, and the origins of those that are echoes, wherever those were said (C8). */
export const factsAround = (database: Database, addresses: Iterable<AddressKey>): readonly Fact[] => {
  const facts = new Map(factsAt(database, addresses).map((fact) => [fact.n, fact]));
  let origins = [...facts.values()];
  while (origins.length > 0) {
    const missing = origins.flatMap(({ echoOf }) => (echoOf === null || facts.has(echoOf) ? [] : [echoOf]));
    origins = missing.length === 0 ? [] : [...factsByNumber(database, missing)];
    for (const fact of origins) facts.set(fact.n, fact);
  }
  return [...facts.values()].sort((a, b) => a.n - b.n);
};

const factsByNumber = (database: Database, numbers: readonly number[]): readonly Fact[] =>
  numbered<NewFact>(
    database.all<Numbered>(
      `SELECT n, body FROM entry WHERE n IN (SELECT value FROM json_each(?)) AND kind = 'fact'`,
      jsonList(numbers),
    ),
  );

export const factsOfRun = (database: Database, run: string): readonly Fact[] =>
  numbered<NewFact>(
    database.all<Numbered>(`SELECT n, body FROM entry WHERE run = ? AND kind = 'fact' ORDER BY n`, run),
  );

/** Every decision about one of these facts or addresses. */
export const decisionsAbout = (
  database: Database,
  facts: readonly Fact[],
  addresses: Iterable<AddressKey>,
): readonly (Decision & { readonly n: number })[] =>
  numbered<Decision>(
    database.all<Numbered>(
      `SELECT n, body FROM entry WHERE n IN (
         SELECT decision FROM decided WHERE fact IN (SELECT value FROM json_each(?1))
         UNION
         SELECT n FROM entry WHERE address IN (SELECT value FROM json_each(?2)) AND kind = 'decision'
       ) ORDER BY n`,
      jsonList(facts.map((fact) => fact.n)),
      jsonList(addresses),
    ),
  );

/** Everything the ledger says about an address: facts, changes, and decisions about its facts. */
export const entriesAt = (database: Database, address: AddressKey): readonly LedgerEntry[] =>
  database
    .all<EntryRow>(
      `SELECT n, at, kind, address, body FROM entry WHERE n IN (
         SELECT n FROM entry WHERE address = ?1
         UNION
         SELECT decision FROM decided WHERE fact IN (SELECT n FROM entry WHERE address = ?1 AND kind = 'fact')
       ) ORDER BY n`,
      address,
    )
    .map((row) => ({
      n: row.n,
      at: row.at,
      kind: row.kind,
      address: row.address as AddressKey | null,
      body: parsed<unknown>(row.body),
    }));

/** Checks a stretch of the chain; null if it is whole. Erased entries leave their commitment, which still chains. */
const verifyStretch = (
  database: Database,
  previous: ChainRow,
): { readonly last: ChainRow } | { readonly broken: { readonly n: number; readonly why: string } } | null => {
  const rows = database.all<ChainRow & Partial<EntryRow> & { readonly n: number }>(
    `SELECT chain.n, commitment, hash, salt, at, kind, address, run, body
     FROM chain LEFT JOIN entry ON entry.n = chain.n WHERE chain.n > ? ORDER BY chain.n LIMIT ${VERIFIED_AT_ONCE}`,
    previous.n,
  );
  let last = previous;
  for (const row of rows) {
    const n = last.n + 1;
    if (row.n !== n) return { broken: { n, why: `entry ${n} is missing from the chain` } };
    if (hex(chainHash(last.hash, n, row.commitment)) !== hex(row.hash)) {
      return { broken: { n, why: `entry ${n} does not follow from the one before it` } };
    }
    if (row.salt instanceof Uint8Array && hex(commit(row.salt, row as EntryRow)) !== hex(row.commitment)) {
      return { broken: { n, why: `what entry ${n} says is not what was written` } };
    }
    last = row;
  }
  return rows.length === 0 ? null : { last };
};

/** Recomputes the whole chain in stretches; `pause` lets other work run in between. */
export const verifyChain = async (
  database: Database,
  outside: Head | null,
  pause: () => Promise<void>,
): Promise<{ entries: number; broken: { n: number; why: string } | null; head: Head }> => {
  let last: ChainRow = { n: 0, commitment: GENESIS, hash: GENESIS };
  for (;;) {
    const checked = verifyStretch(database, last);
    if (checked === null) break;
    if ('broken' in checked) return { entries: headOf(database).n, broken: checked.broken, head: headOf(database) };
    last = checked.last;
    await pause();
  }
  const head = { n: last.n, hash: hex(last.hash) };
  // Cutting off the end leaves a chain that is whole in itself; only the head kept outside shows it.
  const cut = outside !== null && !hasLink(database, outside);
  const why = `the head file knows entry ${outside?.n ?? 0}, this ledger ends or differs before it`;
  return { entries: last.n, broken: cut ? { n: Math.min(outside?.n ?? 0, last.n + 1), why } : null, head };
};
