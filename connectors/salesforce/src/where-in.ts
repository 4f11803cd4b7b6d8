import { inParallel, isOfKind } from '@heed/toolkit';
import type { Api, WireRecord } from './api.ts';
import { fieldName, inUrl, isIn, listsThatFit } from './soql.ts';

/** A query but for its list: what stands before `field IN (...)`, and behind it. */
export interface QueryWithList {
  readonly start: string;
  readonly field: string;
  readonly rest: string;
}

/** How many queries of one answer run at once, beside other work of the connection. */
export const QUERIES_AT_ONCE = 3;

/** As many as the URL takes, in bytes: some 400 addresses or 600 ids. A bound for readers. */
const MOST_VALUES = 800;

/** The values in lists short enough for one query each. */
export const listsFor = async (
  api: Api,
  { start, field, rest }: QueryWithList,
  values: readonly string[],
  signal: AbortSignal,
): Promise<readonly (readonly string[])[]> => {
  const without = inUrl(`${start}${fieldName(field)} IN ()${rest}`).length;
  return listsThatFit(values, (await api.queryBytes(signal)) - without, MOST_VALUES);
};

/** Every record that the query finds with one of these values. */
export const recordsWhereIn = async (
  api: Api,
  query: QueryWithList,
  values: readonly string[],
  which: 'all' | 'live',
  signal: AbortSignal,
): Promise<readonly WireRecord[]> => {
  const ask = async (list: readonly string[]): Promise<readonly WireRecord[]> => {
    const soql = `${query.start}${isIn(query.field, list)}${query.rest}`;
    try {
      return await api.everyPage(soql, which, signal);
    } catch (error) {
      if (!isTooLong(error) || list.length === 1) throw error;
    }
    api.tooLong(inUrl(soql).length);
    const half = Math.ceil(list.length / 2);
    return [...(await ask(list.slice(0, half))), ...(await ask(list.slice(half)))];
  };
  const answers = await inParallel(await listsFor(api, query, values, signal), QUERIES_AT_ONCE, ask);
  return answers.flat();
};

/** Something between us and the vendor may add headers, or take less than documented (`MAX_HEAD_BYTES`). */
const isTooLong = (error: unknown): boolean =>
  isOfKind(error, 'invalid') && (error.details.code === 'HTTP 414' || error.details.code === 'HTTP 431');
