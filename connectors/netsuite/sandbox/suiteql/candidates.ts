import type { Row } from '../state/table.ts';
import type { Condition, Expression, Query } from './ast.ts';
import type { Scope } from './compile.ts';

/** Rows of the first table that can fit the query, in the order of their ids. */
export interface Candidates {
  readonly rows: () => Iterable<Row>;
  readonly count: number;
  /** All of them do fit: nothing is left to test. */
  readonly exact: boolean;
}

const INDEXED: Readonly<Record<string, string>> = { email: 'email', externalid: 'externalId', entityid: 'entityId' };

/** Narrows the first table by ids and indexed fields that the WHERE clause demands. */
export function candidates(scope: Scope, query: Query): Candidates {
  const [first] = scope.sources;
  const table = first?.source.table;
  if (first === undefined || table === undefined) {
    return { rows: () => first?.source.rows() ?? [], count: 0, exact: false };
  }
  const { where } = query;
  const demands = where === undefined ? [] : where.kind === 'and' ? where.parts : [where];
  const everything: Candidates = { rows: () => table.rows(), count: table.size, exact: where === undefined };
  let lowest: number | undefined;
  for (const demand of demands) {
    const column = 'left' in demand ? columnIn(query, demand.left) : undefined;
    if (column === undefined) continue;
    const values = valuesOf(demand);
    if (values !== undefined && column === 'id')
      return chosen(values.flatMap((value) => table.get(String(Number(value))) ?? []));
    const index = INDEXED[column];
    if (values !== undefined && index !== undefined && values.every((value) => typeof value === 'string')) {
      return chosen(values.flatMap((value) => table.having(index, String(value)) ?? []));
    }
    const isBound = demand.kind === 'compare' && demand.operator === '>' && demand.right.kind === 'literal';
    if (isBound && column === 'id' && demand.right.kind === 'literal' && demand.right.value !== null) {
      const bound = Number(demand.right.value);
      if (!Number.isNaN(bound)) lowest = bound;
    }
  }
  if (lowest === undefined) return everything;
  const bound = lowest;
  return { rows: () => table.after(bound), count: table.countAfter(bound), exact: demands.length === 1 };
}

function chosen(rows: readonly Row[]): Candidates {
  const unique = [...new Map(rows.map((row) => [row.id, row])).values()].sort((a, b) => Number(a.id) - Number(b.id));
  return { rows: () => unique, count: unique.length, exact: false };
}

/** The column of the first table that an expression is; also below LOWER and UPPER, since indexes do not mind case. */
function columnIn(query: Query, expression: Expression): string | undefined {
  const bare =
    expression.kind === 'call' && ['lower', 'upper'].includes(expression.name) ? expression.args[0] : expression;
  if (bare?.kind !== 'column') return undefined;
  const isFirst = bare.table === query.alias || (bare.table === undefined && query.joins.length === 0);
  return isFirst ? bare.name : undefined;
}

/** What a column is demanded to be one of. */
function valuesOf(demand: Condition): readonly (string | number | null)[] | undefined {
  if (demand.kind === 'compare' && demand.operator === '=' && demand.right.kind === 'literal')
    return [demand.right.value];
  if (demand.kind !== 'in' || 'select' in demand.values) return undefined;
  const literals = demand.values.flatMap((one) => (one.kind === 'literal' ? [one.value] : []));
  return literals.length === demand.values.length ? literals : undefined;
}
