import { seededRandom } from '@heed/sandbox';
import type { AccountWorld } from '../state/account.ts';
import type { Row } from '../state/table.ts';
import { type Expression, type Query, SqlError } from './ast.ts';
import { candidates } from './candidates.ts';
import { type Context, columnOf, hasAggregate, type Scalar, type Scope, scalar, test } from './compile.ts';
import { parseSql } from './parse.ts';
import { type Column, sourceNamed } from './tables.ts';
import { compareValues, type Session, textOf, type Value } from './values.ts';

/** One column of a result. */
interface OutputColumn {
  /** As written, or the column's own name. */
  readonly name: string;
  readonly value: Scalar;
  /** What a user sees of it. */
  readonly display: Scalar;
  readonly isCheckbox: boolean;
}

/** An answered query; rows are worked out when they are asked for. */
export interface Answer {
  readonly total: number;
  readonly columns: readonly OutputColumn[];
  readonly session: Session;
  page(offset: number, limit: number): readonly Context[];
}

export function sessionOf({ switches }: AccountWorld): Session {
  return {
    zone: String(switches.get('sessionTimeZone')),
    dateFormat: String(switches.get('dateFormat')),
    mindsCase: switches.get('suiteqlTextCase') === 'sensitive',
  };
}

/**
 * Answers a query with at most `rowCap` rows.
 * @throws SqlError
 */
export function runSql(world: AccountWorld, sql: string, params: readonly (string | number | null)[] = []): Answer {
  world.state.queries += 1;
  return answer(world, parseSql(sql, params));
}

/** The ids that a query names: its column `id`, or its first. */
export function idsOf(world: AccountWorld, sql: string): readonly string[] {
  const { columns, page, total, session } = runSql(world, sql);
  const id = columns.find(({ name }) => name.toLowerCase() === 'id') ?? columns[0];
  return page(0, total).flatMap((context) => textOf(session, id?.value(context) ?? null) ?? []);
}

function answer(world: AccountWorld, query: Query): Answer {
  const { fetchFirst } = query;
  if (fetchFirst !== undefined && !world.switches.isOn('suiteqlFetchFirst')) {
    throw new SqlError("Search error occurred: Syntax error at 'FETCH'.");
  }
  const scope = scopeOf(world, query);
  const { session } = scope;
  const columns = outputOf(scope, query);
  const grouped =
    query.groupBy.length > 0 ||
    query.select.some(({ expression }) => expression !== 'star' && hasAggregate(expression));
  const isById = !grouped && !query.distinct && query.joins.length === 0 && ordersById(query);
  const found = candidates(scope, query);
  if (isById) {
    // In the order of ids already: a row that is not shown is only counted, and not even looked at when all fit.
    const most = Math.min(fetchFirst ?? Number.POSITIVE_INFINITY, capOf(world) + 1);
    const fitting = found.exact ? undefined : fittingRows(scope, query, found.rows(), most);
    const total = capped(world, Math.min(fitting?.length ?? found.count, most));
    const page: Answer['page'] = (offset, limit) =>
      contextsOf(fitting ?? found.rows(), offset, Math.min(limit, total - offset));
    return { total, columns, session, page };
  }
  let rows = filtered(scope, query, found.rows());
  if (grouped) rows = groups(scope, query, rows);
  if (query.distinct) rows = distinct(session, columns, rows);
  if (query.orderBy.length > 0) rows = sorted(scope, query, columns, rows);
  else if (!grouped) rows = unordered(world, rows);
  const total = capped(world, Math.min(rows.length, fetchFirst ?? rows.length));
  return { total, columns, session, page: (offset, limit) => rows.slice(offset, Math.min(offset + limit, total)) };
}

const capOf = ({ switches }: AccountWorld): number => Number(switches.get('rowCap'));

/** "max 100,000 rows per query": what becomes of the others is not documented. */
function capped(world: AccountWorld, total: number): number {
  const cap = capOf(world);
  if (total > cap && world.switches.get('aboveRowCap') === 'error') {
    throw new SqlError(`Search error occurred: The query returns more than ${cap} rows.`);
  }
  return Math.min(total, cap);
}

function scopeOf(world: AccountWorld, query: Query): Scope {
  const sources = [query, ...query.joins].map(({ table, alias }) => {
    const source = sourceNamed(world, table, (sql) => idsOf(world, sql));
    if (source === undefined) throw new SqlError(`Search error occurred: Record '${table}' was not found.`);
    return { alias, source };
  });
  return {
    session: sessionOf(world),
    sources,
    subquery(inner) {
      const { columns, page, total, session } = answer(world, inner);
      const [first] = columns;
      return new Set(page(0, total).flatMap((context) => textOf(session, first?.value(context) ?? null) ?? []));
    },
  };
}

function outputOf(scope: Scope, query: Query): readonly OutputColumn[] {
  const all = (alias?: string): readonly OutputColumn[] =>
    scope.sources.flatMap((one, at) =>
      alias === undefined || one.alias === alias
        ? [...one.source.columns.values()].map((column) => whole(column, at))
        : [],
    );
  return query.select.flatMap(({ expression, alias }, index): readonly OutputColumn[] => {
    if (expression === 'star') return all();
    if (expression.kind === 'column' && expression.name === '*') return all(expression.table);
    if (expression.kind === 'column') {
      const { at, column } = columnOf(scope, expression.table, expression.name);
      return [{ ...whole(column, at), name: alias ?? column.name }];
    }
    const value = scalar(scope, expression);
    return [{ name: alias ?? `expr${index + 1}`, value, display: value, isCheckbox: false }];
  });
}

const whole = (column: Column, at: number): OutputColumn => ({
  name: column.name,
  isCheckbox: column.isCheckbox,
  value: ({ rows }) => (rows[at] === undefined ? null : column.read(rows[at])),
  display: ({ rows }) => (rows[at] === undefined ? null : column.display(rows[at])),
});

function contextsOf(rows: Iterable<Row>, offset: number, limit: number): readonly Context[] {
  const contexts: Context[] = [];
  let at = 0;
  for (const row of rows) {
    if (at >= offset + limit) break;
    if (at >= offset) contexts.push({ rows: [row] });
    at += 1;
  }
  return contexts;
}

/** Rows of the only table that fit, at most `most`. */
function fittingRows(scope: Scope, query: Query, rows: Iterable<Row>, most: number): readonly Row[] {
  const wanted = query.where === undefined ? () => true : test(scope, query.where);
  const found: Row[] = [];
  for (const row of rows) {
    if (found.length >= most) break;
    if (wanted({ rows: [row] }) === true) found.push(row);
  }
  return found;
}

/** Rows of the first table, joined with the others and tested. */
function filtered(scope: Scope, query: Query, rows: Iterable<Row>): readonly Context[] {
  const wanted = query.where === undefined ? () => true : test(scope, query.where);
  const joins = query.joins.map((join, index) => joiner(scope, join, index + 1));
  const found: Context[] = [];
  for (const row of rows) {
    let contexts: readonly Context[] = [{ rows: [row] }];
    for (const join of joins) contexts = contexts.flatMap(join);
    for (const context of contexts) if (wanted(context) === true) found.push(context);
  }
  return found;
}

function joiner(
  scope: Scope,
  { on, outer }: Query['joins'][number],
  at: number,
): (context: Context) => readonly Context[] {
  const visible: Scope = { ...scope, sources: scope.sources.slice(0, at + 1) };
  const fits = test(visible, on);
  const source = scope.sources[at]?.source;
  const key = on.kind === 'compare' && on.operator === '=' ? idOnOneSide(visible, on.left, on.right, at) : undefined;
  return (context) => {
    const id = key === undefined ? undefined : textOf(scope.session, key(context));
    const one = id === null || id === undefined ? undefined : source?.table?.get(id);
    const rows =
      key !== undefined && source?.table !== undefined ? (one === undefined ? [] : [one]) : (source?.rows() ?? []);
    const joined: Context[] = [];
    for (const row of rows) {
      const candidate: Context = { rows: [...context.rows, row] };
      if (fits(candidate) === true) joined.push(candidate);
    }
    return joined.length === 0 && outer ? [{ rows: [...context.rows, undefined] }] : joined;
  };
}

/** `ON joined.id = expression of the tables before`: looked up instead of searched. */
function idOnOneSide(scope: Scope, left: Expression, right: Expression, at: number): Scalar | undefined {
  for (const [id, other] of [
    [left, right],
    [right, left],
  ] as const) {
    const isId = id.kind === 'column' && id.name === 'id' && columnOf(scope, id.table, 'id').at === at;
    if (isId && other.kind === 'column' && columnOf(scope, other.table, other.name).at < at)
      return scalar(scope, other);
  }
  return undefined;
}

function groups(scope: Scope, query: Query, rows: readonly Context[]): readonly Context[] {
  if (query.groupBy.length === 0) return [{ rows: rows[0]?.rows ?? [], group: rows }];
  const keys = query.groupBy.map((expression) => scalar(scope, expression));
  const byKey = new Map<string, Context[]>();
  for (const row of rows) {
    const key = JSON.stringify(keys.map((one) => textOf(scope.session, one(row))));
    const group = byKey.get(key) ?? [];
    group.push(row);
    byKey.set(key, group);
  }
  return [...byKey.values()].map((group) => ({ rows: group[0]?.rows ?? [], group }));
}

function distinct(session: Session, columns: readonly OutputColumn[], rows: readonly Context[]): readonly Context[] {
  const seen = new Map<string, Context>();
  for (const row of rows) {
    const key = JSON.stringify(columns.map(({ value }) => textOf(session, value(row))));
    if (!seen.has(key)) seen.set(key, row);
  }
  return [...seen.values()];
}

function ordersById({ orderBy, table, alias }: Query): boolean {
  const [first] = orderBy;
  if (first === undefined || first.descending || first.expression.kind !== 'column') return false;
  const { expression } = first;
  return expression.name === 'id' && [undefined, table, alias].includes(expression.table);
}

function sorted(
  scope: Scope,
  query: Query,
  columns: readonly OutputColumn[],
  rows: readonly Context[],
): readonly Context[] {
  const keys = query.orderBy.map((one) => ({ ...one, value: orderKey(scope, columns, one.expression) }));
  const decorated = rows.map((row) => ({ row, values: keys.map(({ value }) => value(row)) }));
  const order = (a: readonly Value[], b: readonly Value[]): number => {
    for (const [index, { descending, nullsFirst }] of keys.entries()) {
      const [left = null, right = null] = [a[index], b[index]];
      if (left === null || right === null) {
        if (left !== right) return (left === null) === nullsFirst ? -1 : 1;
        continue;
      }
      const compared = compareValues(scope.session, left, right) ?? 0;
      if (compared !== 0) return descending ? -compared : compared;
    }
    return 0;
  };
  return decorated.sort((a, b) => order(a.values, b.values)).map(({ row }) => row);
}

/** A position, an alias of the select list, or an expression. */
function orderKey(scope: Scope, columns: readonly OutputColumn[], expression: Expression): Scalar {
  if (expression.kind === 'literal' && typeof expression.value === 'number') {
    const column = columns[expression.value - 1];
    if (column === undefined)
      throw new SqlError('Search error occurred: ORDER BY item must be the number of a column.');
    return column.value;
  }
  const alias = expression.kind === 'column' && expression.table === undefined ? expression.name : undefined;
  const named = alias === undefined ? undefined : columns.find(({ name }) => name.toLowerCase() === alias);
  return named?.value ?? scalar(scope, expression);
}

/** "Offset paging without ORDER BY repeats and skips rows": each call has an order of its own. */
function unordered(world: AccountWorld, rows: readonly Context[]): readonly Context[] {
  if (world.switches.get('unorderedRows') === 'by-id') return rows;
  const random = seededRandom(world.seed, `query ${world.state.queries}`);
  const shuffled = [...rows];
  for (let at = shuffled.length - 1; at > 0; at -= 1) {
    const other = random.int(at + 1);
    const [a, b] = [shuffled[at], shuffled[other]];
    if (a !== undefined && b !== undefined) [shuffled[at], shuffled[other]] = [b, a];
  }
  return shuffled;
}
