import { operandOf } from './operands.ts';
import { type Condition, type Query, SoqlError } from './query.ts';
import type { Row, Source, SourceTable } from './source.ts';

export interface Candidates {
  readonly rows: Iterable<Row>;
  /** True when the rows come in the order of (SystemModstamp, Id). */
  readonly byModstamp: boolean;
}

/** The conditions that every row must meet. */
function conjuncts(condition: Condition | undefined): readonly Condition[] {
  if (!condition) return [];
  return condition.kind === 'and' ? condition.parts.flatMap(conjuncts) : [condition];
}

function lookedUp(source: Source, table: SourceTable, condition: Condition): Iterable<Row> | undefined {
  const literals =
    condition.kind === 'compare' && condition.operator === '='
      ? [condition.literal]
      : condition.kind === 'member' && condition.operator === 'IN'
        ? condition.literals
        : undefined;
  if (!literals || (condition.kind !== 'compare' && condition.kind !== 'member')) return undefined;
  const field = table.field(condition.path);
  if (!field) return undefined;
  const found = new Set<Row>();
  for (const literal of literals) {
    const operand = operandOf(field, literal, source.nowMs);
    if (operand.kind !== 'value' || typeof operand.value !== 'string') return undefined;
    const rows = field.type === 'id' ? one(table.byId(operand.value)) : table.byValue(field, operand.value);
    if (!rows) return undefined;
    for (const row of rows) found.add(row);
  }
  return found;
}

function one(row: Row | undefined): readonly Row[] {
  return row ? [row] : [];
}

interface Range {
  readonly from: string | undefined;
  readonly to: string | undefined;
}

function modstampRange(source: Source, table: SourceTable, conditions: readonly Condition[]): Range {
  let from: string | undefined;
  let to: string | undefined;
  const field = table.field('SystemModstamp');
  for (const condition of conditions) {
    if (!field || condition.kind !== 'compare' || condition.path.toLowerCase() !== 'systemmodstamp') continue;
    const operand = operandOf(field, condition.literal, source.nowMs);
    if (operand.kind !== 'value' || typeof operand.value !== 'string') continue;
    if (condition.operator.startsWith('>') && (from === undefined || operand.value > from)) from = operand.value;
    if (condition.operator.startsWith('<') && (to === undefined || operand.value < to)) to = operand.value;
  }
  return { from, to };
}

/** True for `ORDER BY SystemModstamp[, Id]`, ascending. */
function wantsModstampOrder(query: Query): boolean {
  const [first, second, ...more] = query.orderBy.filter((o) => !o.descending).map((o) => o.path.toLowerCase());
  const ascending = query.orderBy.every((o) => !o.descending);
  return ascending && more.length === 0 && first === 'systemmodstamp' && (second === undefined || second === 'id');
}

/**
 * The rows worth testing: by an index where the query has an equality on Id, an address or another indexed field, by
 * (SystemModstamp, Id) where it has a range on it or wants that order, else all. Never drops a row that matches.
 */
export function candidates(source: Source, table: SourceTable, query: Query): Candidates {
  const required = conjuncts(query.where);
  for (const condition of required) {
    const rows = lookedUp(source, table, condition);
    if (rows) return { rows, byModstamp: false };
  }
  const range = modstampRange(source, table, required);
  const ordered = wantsModstampOrder(query);
  if (table.field('SystemModstamp') && (ordered || range.from !== undefined || range.to !== undefined)) {
    return { rows: table.byModstamp(range.from, range.to), byModstamp: ordered };
  }
  return { rows: table.all(), byModstamp: false };
}

/** Offsets above this are refused (SOQL reference, OFFSET). */
const maxOffset = 2000;

export function checkOffset(offset: number): void {
  if (offset > maxOffset) {
    throw new SoqlError('NUMBER_OUTSIDE_VALID_RANGE', `Maximum SOQL offset allowed is ${maxOffset}`);
  }
}
