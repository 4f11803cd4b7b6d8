import type { ByDefault } from '@heed/contract';
import type { Api } from './api.ts';
import { HAS_ADDRESS } from './conditions.ts';
import { STATUS } from './record-shape.ts';
import { type Condition, columnOf, isIn, select } from './suiteql.ts';

/** Soft Opt-Out: what the preference "Unsubscribed to Marketing By Default" gives to new records (section_N995376). */
export const SOFT_OPT_OUT = '2';

/** How many records of a type fit: one query, one row. Null if the answer has no number. */
export const countOf = async (
  api: Pick<Api, 'query'>,
  type: string,
  conditions: readonly Condition[],
  signal: AbortSignal,
): Promise<number | null> => {
  const [row] = (await api.query(select(['COUNT(*) AS n'], type, conditions), signal, 1)).rows;
  const n = Number(row?.n);
  return Number.isNaN(n) ? null : n;
};

/** The share of soft opt-outs (C28): two queries per type. A type whose answer has no numbers is left out. */
export const countByDefault = async (
  api: Pick<Api, 'query'>,
  types: readonly string[],
  signal: AbortSignal,
): Promise<readonly ByDefault[]> => {
  const counts: ByDefault[] = [];
  for (const type of types) {
    const records = await countOf(api, type, [HAS_ADDRESS], signal);
    const byDefault = await countOf(api, type, [HAS_ADDRESS, isIn(columnOf(STATUS), [SOFT_OPT_OUT])], signal);
    if (records !== null && byDefault !== null) counts.push({ type, records, byDefault });
  }
  return counts;
};
