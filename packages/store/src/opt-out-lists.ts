import type { AddressKey, ListVersion, OptOutLists } from '@heed/core';
import type { Database } from './database.ts';
import type { ErasedPeople } from './erased.ts';
import { jsonList } from './json.ts';
import { append, factEntry, type RandomBytes } from './ledger.ts';
import { markEverywhere } from './marks.ts';
import { withRelatives } from './shadows.ts';

const DAY_MS = 24 * 3_600_000;
/** Rows that one commit removes: another process must not wait for a million. */
const REMOVED_AT_ONCE = 5_000;

export interface ListParts {
  readonly database: Database;
  readonly random: RandomBytes;
  readonly erased: ErasedPeople;
  readonly read: <T>(work: () => T) => Promise<T>;
  readonly write: <T>(work: () => T) => Promise<T>;
}

interface AddressRow {
  readonly address: AddressKey;
}

const addressesIn = (rows: readonly AddressRow[]): readonly AddressKey[] => rows.map((row) => row.address);

/** The verbs on opt-out lists (C20): each is one transaction, unless it only removes what nobody needs any more. */
export const optOutListsOf = ({ database, random, erased, read, write }: ListParts): OptOutLists => {
  /** Repeats a statement that removes a stretch, until it finds nothing more. */
  const removeAll = async (sql: string, ...values: readonly (string | number)[]): Promise<void> => {
    while ((await write(() => database.run(sql, ...values).changes)) > 0);
  };

  const discard = async (draft: number): Promise<void> => {
    await removeAll(
      `DELETE FROM list_draft_address WHERE draft = ?1 AND address IN
         (SELECT address FROM list_draft_address WHERE draft = ?1 LIMIT ${REMOVED_AT_ONCE})`,
      draft,
    );
    await write(() => database.run('DELETE FROM list_draft WHERE id = ?', draft));
  };

  /** Forgets who stands on an older version only, as far as one commit goes; where it stopped, null at the end. */
  const forgetStretch = (list: string, version: number, after: string): Promise<string | null> =>
    write(() => {
      const stretch = database.all<AddressRow>(
        `SELECT address FROM list_address WHERE list = ? AND address > ? ORDER BY address LIMIT ${REMOVED_AT_ONCE}`,
        list,
        after,
      );
      const last = stretch.at(-1)?.address ?? null;
      if (last === null) return null;
      database.run(
        'DELETE FROM list_address WHERE list = ? AND address > ? AND address <= ? AND version < ?',
        list,
        after,
        last,
        version,
      );
      return last;
    });

  return {
    last: (list) =>
      read(
        () =>
          database.one<ListVersion>('SELECT version, digest, addresses, at FROM opt_out_list WHERE name = ?', list) ??
          null,
      ),

    draft: async (at) => {
      const old = await read(() =>
        database.all<{ id: number }>('SELECT id FROM list_draft WHERE begun_at < ?', at - DAY_MS),
      );
      for (const { id } of old) await discard(id);
      return write(() => database.run('INSERT INTO list_draft (begun_at) VALUES (?)', at).lastId);
    },

    gather: (draft, addresses) =>
      write(
        () =>
          database.run(
            'INSERT OR IGNORE INTO list_draft_address (draft, address) SELECT ?, value FROM json_each(?)',
            draft,
            jsonList(erased.renamed(addresses)),
          ).changes,
      ),

    gathered: (draft, after, limit) =>
      read(() =>
        addressesIn(
          database.all<AddressRow>(
            'SELECT address FROM list_draft_address WHERE draft = ? AND address > ? ORDER BY address LIMIT ?',
            draft,
            after ?? '',
            limit,
          ),
        ),
      ),

    inDraft: (draft, among) =>
      read(
        () =>
          new Set(
            addressesIn(
              database.all<AddressRow>(
                'SELECT address FROM list_draft_address WHERE draft = ? AND address IN (SELECT value FROM json_each(?))',
                draft,
                jsonList(among),
              ),
            ),
          ),
      ),

    discard,

    onList: (list, among) =>
      read(
        () =>
          new Set(
            addressesIn(
              database.all<AddressRow>(
                'SELECT address FROM list_address WHERE list = ? AND address IN (SELECT value FROM json_each(?))',
                list,
                jsonList(among),
              ),
            ),
          ),
      ),

    subscribed: (among) =>
      read(
        () =>
          new Set(
            addressesIn(
              database.all<AddressRow>(
                `SELECT DISTINCT stay.address FROM json_each(?)
                 CROSS JOIN stay ON stay.address = json_each.value
                 CROSS JOIN shadow ON shadow.id = stay.shadow
                 CROSS JOIN system ON system.id = shadow.system
                 WHERE system.role = 'marketing' AND shadow.live = 1
                   AND shadow.content ->> '$.address' = stay.address
                   AND shadow.content ->> '$.member.status' = 'subscribed'`,
                jsonList(among),
              ),
            ),
          ),
      ),

    enter: (list, draft, gathered, said, at) =>
      write(() => {
        // Gathered before somebody of them was erased, their rows in the draft have other names by now.
        const addresses = erased.renamed(gathered);
        const facts = erased.namelessFacts(said);
        append(
          database,
          random,
          facts.map((fact) => factEntry(fact, at)),
        );
        const marked = facts.map((fact) => fact.address);
        markEverywhere(database, withRelatives(database, marked), at);
        database.run(
          `INSERT INTO list_address (list, address, version) SELECT ?, value, ? FROM json_each(?) WHERE true
           ON CONFLICT (list, address) DO UPDATE SET version = max(version, excluded.version)`,
          list,
          draft,
          jsonList(addresses),
        );
        database.run(
          'DELETE FROM list_draft_address WHERE draft = ? AND address IN (SELECT value FROM json_each(?))',
          draft,
          jsonList(addresses),
        );
      }),

    complete: async (list, { version, digest, addresses, at }) => {
      let after: string | null = '';
      while (after !== null) after = await forgetStretch(list, version, after);
      await discard(version);
      await write(() =>
        database.run(
          `INSERT INTO opt_out_list (name, version, digest, addresses, at) VALUES (?, ?, ?, ?, ?)
           ON CONFLICT (name) DO UPDATE SET
             version = excluded.version, digest = excluded.digest, addresses = excluded.addresses, at = excluded.at
           WHERE excluded.version > version`,
          list,
          version,
          digest,
          addresses,
          at,
        ),
      );
    },

    everybody: (after, limit) =>
      read(() =>
        addressesIn(
          database.all<AddressRow>(
            `SELECT address FROM (
               SELECT * FROM (SELECT DISTINCT address FROM stay WHERE address > ?1 ORDER BY address LIMIT ?2)
               UNION
               SELECT * FROM (SELECT DISTINCT address FROM entry WHERE address > ?1 ORDER BY address LIMIT ?2)
             ) ORDER BY address LIMIT ?2`,
            after ?? '',
            limit,
          ),
        ),
      ),
  };
};
