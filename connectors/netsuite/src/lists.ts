import { createHash } from 'node:crypto';
import { ConnectorError, type ListRef, type Row } from '@heed/contract';
import { chunk, onceForEach } from '@heed/toolkit';
import { type Api, PAGE_ROWS } from './api.ts';
import type { NetSuiteConfig } from './config.ts';
import { filterOf } from './filter.ts';
import { readableShape, type Shapes } from './record-shape.ts';
import { rosterOf } from './rosters.ts';
import { anyOf, type Condition, isIn, select } from './suiteql.ts';

export const LIST_KINDS = ['group', 'dataset', 'savedSearch', 'filter'] as const;

const MOST_VALUES = 500;

/** Which records the read from the beginning shows next: those that fit `conditions`, of ids up to `upTo`. */
interface Scope {
  readonly conditions: readonly Condition[];
  /** Null: no upper end; the page itself tells where to go on. */
  readonly upTo: number | null;
  /** There are members behind `upTo`. */
  readonly more: boolean;
}

/** The lists of one read. Ids of members are held in memory; conditions (`filter`) are left to the queries. */
export interface Lists {
  /** Of who is in those lists that are no conditions; null if all are. Nobody there tells when somebody came or left. */
  digest(signal: AbortSignal): Promise<string | null>;
  scope(type: string, after: number, signal: AbortSignal): Promise<Scope>;
  /** The rows with their lists. Who is in none of them is told without fields, so that whoever left is known to have left. */
  placed(type: string, rows: readonly Row[], signal: AbortSignal): Promise<readonly Row[]>;
}

/** Throws `config` for a kind that there is not. */
export const listsOf = (api: Api, shapes: Shapes, config: NetSuiteConfig, refs: readonly ListRef[]): Lists => {
  const odd = refs.find(({ kind }) => !LIST_KINDS.some((one) => one === kind));
  if (odd !== undefined)
    throw new ConnectorError('config', `netsuite: lists are ${LIST_KINDS.join(', ')}, not ${odd.kind}`);
  const filters = refs.filter(({ kind }) => kind === 'filter');
  const others = refs.filter(({ kind }) => kind !== 'filter');

  let rosters: Promise<ReadonlyMap<string, ReadonlySet<string>>> | null = null;
  const loaded = (signal: AbortSignal) => {
    rosters ??= rostersOf(api, config, others, signal);
    return rosters;
  };

  const conditionOf = async (type: string, { id }: ListRef, signal: AbortSignal): Promise<Condition> =>
    filterOf(id, await readableShape(shapes, type, signal));

  const everybody = onceForEach(async (type: string, signal): Promise<readonly number[]> => {
    const ids = new Set([...(await loaded(signal)).values()].flatMap((members) => [...members].map(Number)));
    for (const filter of filters)
      for (const id of await idsThatFit(api, type, await conditionOf(type, filter, signal), signal)) ids.add(id);
    return [...ids].sort((a, b) => a - b);
  });

  return {
    async digest(signal) {
      if (others.length === 0) return null;
      const hash = createHash('sha256');
      for (const [list, members] of await loaded(signal)) hash.update(`${list}:${[...members].sort().join(',')};`);
      return hash.digest('base64url').slice(0, 22);
    },
    async scope(type, after, signal) {
      if (others.length === 0) {
        const conditions = await Promise.all(filters.map((filter) => conditionOf(type, filter, signal)));
        return { conditions: [anyOf(conditions)], upTo: null, more: false };
      }
      const behind = (await everybody(type, signal)).filter((id) => id > after);
      const ids = behind.slice(0, MOST_VALUES);
      if (ids.length === 0) return { conditions: [{ q: 'id = ?', params: [0] }], upTo: after, more: false };
      return { conditions: [isIn('id', ids)], upTo: ids.at(-1) ?? after, more: behind.length > ids.length };
    },
    async placed(type, rows, signal) {
      if (rows.length === 0) return rows;
      const places: { readonly list: string; readonly members: ReadonlySet<string> }[] = [];
      for (const [list, members] of await loaded(signal)) places.push({ list, members });
      const ids = rows.map(({ record }) => Number(record.id));
      for (const filter of filters) {
        const fits = await fitting(api, type, ids, await conditionOf(type, filter, signal), signal);
        places.push({ list: filter.id, members: fits });
      }
      return rows.map((row) => {
        const lists = places.filter(({ members }) => members.has(row.record.id)).map(({ list }) => list);
        return lists.length > 0 ? { ...row, lists } : { ...row, lists, values: {} };
      });
    },
  };
};

const rostersOf = async (
  api: Api,
  config: NetSuiteConfig,
  refs: readonly ListRef[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, ReadonlySet<string>>> => {
  const rosters = new Map<string, ReadonlySet<string>>();
  for (const ref of refs) rosters.set(ref.id, await rosterOf(api, config, ref, signal));
  return rosters;
};

const idsThatFit = async (api: Api, type: string, fits: Condition, signal: AbortSignal): Promise<readonly number[]> => {
  const ids: number[] = [];
  for (let after = 0; ; ) {
    const page = await api.query(
      select(['id'], type, [fits, { q: 'id > ?', params: [after] }], 'id'),
      signal,
      PAGE_ROWS,
    );
    ids.push(...page.rows.map(({ id }) => Number(id)));
    const last = ids.at(-1);
    if (!page.hasMore || last === undefined || last <= after) return ids;
    after = last;
  }
};

const fitting = async (
  api: Api,
  type: string,
  ids: readonly number[],
  fits: Condition,
  signal: AbortSignal,
): Promise<ReadonlySet<string>> => {
  const found: string[] = [];
  for (const some of chunk(ids, MOST_VALUES))
    found.push(
      ...(await api.query(select(['id'], type, [isIn('id', some), fits]), signal)).rows.map(({ id }) => String(id)),
    );
  return new Set(found);
};
