import { answerOr, type Position } from '@heed/toolkit';
import type { Api, QueryPage, WireRecord } from './api.ts';
import { idOf, stampOf } from './rows.ts';

export interface OrderedQuery {
  readonly columns: readonly string[];
  readonly object: string;
  /** Joined by AND; the lower end of the stamp is among them. */
  readonly conditions: readonly string[];
}

interface OrderedPage {
  readonly records: readonly WireRecord[];
  readonly next: Position | null;
  readonly total: number | null;
}

/**
 * Pages of a query in the order of (SystemModstamp, Id). While this process reads on, the vendor's locator brings the next
 * page: the result is computed once and no row of it is missed. A new process, or one whose locator ended, asks again
 * from the stamp on, `>=`, and passes over what it had up to the id. `build` answers null when no record can fit.
 */
export const orderedQuery = (
  api: Api,
  build: (from: Position | null, signal: AbortSignal) => Promise<OrderedQuery | null>,
) => {
  let follow: { readonly from: Position; readonly locator: string } | null = null;

  const fresh = async (from: Position | null, signal: AbortSignal): Promise<QueryPage> => {
    const query = await build(from, signal);
    if (query === null) return { records: [], locator: null, total: 0 };
    const soql = `${soqlOf(query)} ORDER BY SystemModstamp, Id`;
    return behind(api, await api.query(soql, 'all', signal), from, signal);
  };

  return async (from: Position | null, signal: AbortSignal): Promise<OrderedPage> => {
    const known = follow !== null && isSame(follow.from, from) ? follow.locator : null;
    // Locators end by time, and when the user has too many open.
    const followed = known === null ? null : await answerOr(api.more(known, signal), ['stale'], null);
    let page = followed ?? (await fresh(from, signal));
    // Every row of a page may be gone by the time it is fetched.
    while (page.records.length === 0 && page.locator !== null) page = await api.more(page.locator, signal);
    const next = page.locator === null ? null : placeOf(page.records.at(-1));
    follow = next === null || page.locator === null ? null : { from: next, locator: page.locator };
    return { records: page.records, next, total: followed === null ? page.total : null };
  };
};

/** Without an order, as a job wants it: `ORDER BY` makes jobs slow (Bulk API 2.0 guide, SOQL considerations). */
export const soqlOf = ({ columns, object, conditions }: OrderedQuery): string =>
  `SELECT ${columns.join(', ')} FROM ${object}${conditions.length === 0 ? '' : ` WHERE ${conditions.join(' AND ')}`}`;

/**
 * Passes over rows of the same stamp up to the one that was read last. SOQL could ask for `Id > x`, but ids are compared
 * in an order of the vendor's own that no source describes; the order of the answer itself is sure.
 */
const behind = async (api: Api, first: QueryPage, from: Position | null, signal: AbortSignal): Promise<QueryPage> => {
  if (from === null || from.id === null) return first;
  const passed: WireRecord[] = [];
  for (let page = first; ; page = await api.more(page.locator, signal)) {
    const at = page.records.findIndex((record) => record.Id === from.id && stampOf(record) === from.at);
    if (at >= 0) return { ...page, records: page.records.slice(at + 1) };
    passed.push(...page.records);
    const last = page.records.at(-1);
    // It changed since and is further back now: everything of its old stamp is given again.
    if (page.locator === null || last === undefined || stampOf(last) !== from.at) return { ...page, records: passed };
  }
};

const placeOf = (record: WireRecord | undefined): Position => ({
  at: record === undefined ? null : stampOf(record),
  id: record === undefined ? null : idOf(record),
});

const isSame = (a: Position, b: Position | null): boolean => b !== null && a.at === b.at && a.id === b.id;
