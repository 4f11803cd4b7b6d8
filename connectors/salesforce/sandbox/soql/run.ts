import type { FieldDefinition, FieldValue } from '../schema/index.ts';
import { type AnswerSubquery, compile } from './evaluate.ts';
import { type ResolvedPath, resolvePath } from './paths.ts';
import { candidates, checkOffset } from './plan.ts';
import { type Ordering, type Query, SoqlError } from './query.ts';
import type { Row, Source, SourceTable } from './source.ts';

export interface Answer {
  readonly table: SourceTable;
  readonly columns: readonly ResolvedPath[];
  /** In the order of the query. */
  readonly rows: readonly Row[];
  readonly count: boolean;
}

function tableOf(source: Source, name: string): SourceTable {
  const table = source.table(name);
  if (!table) {
    throw new SoqlError(
      'INVALID_TYPE',
      `sObject type '${name}' is not supported. If you are attempting to use a custom object, be sure to append the '__c' after the entity name. Please reference your WSDL or the describe call for the appropriate names.`,
    );
  }
  return table;
}

/** `FIELDS(ALL)` and `FIELDS(CUSTOM)` need a LIMIT of at most 200 (SOQL reference, FIELDS()). */
function grouped(query: Query, table: SourceTable): readonly FieldDefinition[] {
  return query.fieldGroups.flatMap((group) => {
    if (group === 'STANDARD') return table.fields.filter((f) => !f.custom);
    if (group !== 'ALL' && group !== 'CUSTOM') throw new SoqlError('MALFORMED_QUERY', `unexpected token: '${group}'`);
    if (query.limit === undefined || query.limit > 200) {
      throw new SoqlError('MALFORMED_QUERY', `The SOQL FIELDS function must have a LIMIT of at most 200`);
    }
    return table.fields.filter((f) => group === 'ALL' || f.custom);
  });
}

function columnsOf(source: Source, table: SourceTable, query: Query): readonly ResolvedPath[] {
  const columns: ResolvedPath[] = [];
  const seen = new Set<string>();
  for (const path of [...query.select, ...grouped(query, table).map((f) => f.name)]) {
    const column = resolvePath(source, table, path);
    const key = [...column.steps.map((s) => s.relationshipName), column.field.name].join('.');
    if (seen.has(key)) throw new SoqlError('INVALID_FIELD', `duplicate field selected: ${key}`);
    seen.add(key);
    columns.push(column);
  }
  return columns;
}

function sorter(source: Source, table: SourceTable, orderBy: readonly Ordering[]): (a: Row, b: Row) => number {
  const keys = orderBy.map((ordering) => ({ ordering, path: resolvePath(source, table, ordering.path) }));
  return (a, b) => {
    for (const { ordering, path } of keys) {
      const order = compareValues(path.value(a), path.value(b), ordering, path.field);
      if (order !== 0) return order;
    }
    return 0;
  };
}

function compareValues(a: FieldValue, b: FieldValue, ordering: Ordering, field: FieldDefinition): number {
  if (a === null || b === null) {
    if (a === b) return 0;
    return (a === null) === ordering.nullsLast ? 1 : -1;
  }
  const fold = (v: FieldValue): FieldValue =>
    typeof v === 'string' && field.type !== 'id' && field.type !== 'reference' ? v.toLowerCase() : v;
  const [x, y] = [fold(a), fold(b)];
  if (x === y || x === null || y === null) return 0;
  return x < y === ordering.descending ? 1 : -1;
}

/**
 * Runs a query against an org.
 * @returns all matching rows, LIMIT and OFFSET applied; paging is the caller's
 * @throws SoqlError in the vendor's words
 */
export function runQuery(source: Source, query: Query): Answer {
  const table = tableOf(source, query.object);
  const columns = columnsOf(source, table, query);
  const subquery: AnswerSubquery = (inner) => {
    const answer = runQuery(source, inner);
    const column = answer.columns[0];
    if (!column || answer.columns.length > 1) {
      throw new SoqlError('MALFORMED_QUERY', 'a semi join sub-select must have exactly one field');
    }
    return new Set(answer.rows.map((row) => column.value(row)).filter((value) => value !== null));
  };
  const test = query.where === undefined ? undefined : compile(source, table, query.where, subquery);
  const { rows, byModstamp } = candidates(source, table, query);
  let found: Row[] = [];
  for (const row of rows) if (test === undefined || test(row) === true) found.push(row);
  const compare = sorter(source, table, query.orderBy);
  if (!byModstamp && query.orderBy.length > 0) found.sort(compare);
  if (query.offset !== undefined) {
    checkOffset(query.offset);
    found = found.slice(query.offset);
  }
  if (query.limit !== undefined) found = found.slice(0, query.limit);
  return { table, columns, rows: found, count: query.count };
}
