import { ConnectorError } from '@heed/contract';

/** A query and its bound values. Values never stand in the text (`?` parameters, section_157909186990). */
export interface SuiteQl {
  readonly q: string;
  readonly params: readonly (string | number)[];
}

/** A condition that may be joined by AND. */
export type Condition = SuiteQl;

const NAME = /^[A-Za-z][A-Za-z0-9_]{0,79}$/;

export const isFieldName = (name: string): boolean => NAME.test(name);

/** The column of a field: its name in lower case. Throws `config` for what is no name: names come from profiles. */
export const columnOf = (field: string): string => {
  if (isFieldName(field)) return field.toLowerCase();
  throw new ConnectorError('config', `netsuite: ${JSON.stringify(field.slice(0, 80))} is not a field name`);
};

/** `expression IN (?, ?)`; the caller never passes an empty list. */
export const isIn = (expression: string, values: readonly (string | number)[]): Condition => {
  if (values.length === 0) throw new RangeError('nothing to look for');
  return { q: `${expression} IN (${values.map(() => '?').join(', ')})`, params: values };
};

export const anyOf = (conditions: readonly Condition[]): Condition => ({
  q: `(${conditions.map(({ q }) => q).join(' OR ')})`,
  params: conditions.flatMap(({ params }) => params),
});

export const plain = (q: string): Condition => ({ q, params: [] });

/** `SELECT columns FROM table WHERE all conditions`, in the given order. */
export const select = (
  columns: readonly string[],
  table: string,
  conditions: readonly Condition[],
  orderBy?: string,
): SuiteQl => ({
  q: [
    `SELECT ${columns.join(', ')} FROM ${table}`,
    ...(conditions.length === 0 ? [] : [`WHERE ${conditions.map(({ q }) => q).join(' AND ')}`]),
    ...(orderBy === undefined ? [] : [`ORDER BY ${orderBy}`]),
  ].join(' '),
  params: conditions.flatMap(({ params }) => params),
});

/** Looks like an internal id. */
export const isId = (value: string): boolean => /^[1-9]\d{0,14}$/.test(value);
