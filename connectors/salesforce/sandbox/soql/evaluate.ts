import type { FieldDefinition, FieldValue } from '../schema/index.ts';
import { type Operand, operandOf } from './operands.ts';
import { type ResolvedPath, resolvePath } from './paths.ts';
import { type Comparison, type Condition, type Query, SoqlError } from './query.ts';
import type { Row, Source, SourceTable } from './source.ts';
import { likePattern, unescapeString } from './strings.ts';

/** `undefined` is "unknown": a comparison with an empty field. A row is returned only for `true`. */
type Verdict = boolean | undefined;
export type Test = (row: Row) => Verdict;

/** Answers a sub-query with the values of its one column. */
export type AnswerSubquery = (query: Query) => ReadonlySet<FieldValue>;

/**
 * A WHERE clause as a test of one row. Names and literals are checked here, once, so a wrong query fails even when
 * the object is empty.
 * @throws SoqlError `INVALID_FIELD`, `MALFORMED_QUERY`
 */
export function compile(source: Source, table: SourceTable, condition: Condition, subquery: AnswerSubquery): Test {
  const inner = (part: Condition): Test => compile(source, table, part, subquery);
  switch (condition.kind) {
    case 'and':
      return all(condition.parts.map(inner));
    case 'or':
      return any(condition.parts.map(inner));
    case 'not': {
      const test = inner(condition.part);
      return (row) => negate(test(row));
    }
    case 'compare':
      return compareTest(source, table, condition);
    case 'member':
      return memberTest(source, table, condition);
    case 'semiJoin': {
      const path = filterable(resolvePath(source, table, condition.path));
      const values = subquery(condition.query);
      return (row) => {
        const value = path.value(row);
        return value === null ? undefined : values.has(value) !== condition.negated;
      };
    }
  }
}

function negate(verdict: Verdict): Verdict {
  return verdict === undefined ? undefined : !verdict;
}

function all(tests: readonly Test[]): Test {
  return (row) => {
    let verdict: Verdict = true;
    for (const test of tests) {
      const one = test(row);
      if (one === false) return false;
      if (one === undefined) verdict = undefined;
    }
    return verdict;
  };
}

function any(tests: readonly Test[]): Test {
  return (row) => {
    let verdict: Verdict = false;
    for (const test of tests) {
      const one = test(row);
      if (one === true) return true;
      if (one === undefined) verdict = undefined;
    }
    return verdict;
  };
}

function filterable(path: ResolvedPath): ResolvedPath {
  if (!path.field.filterable) {
    throw new SoqlError('INVALID_FIELD', `field '${path.field.name}' can not be filtered in a query call`);
  }
  return path;
}

/** Text is compared without regard to case, ids exactly. */
function comparable(field: FieldDefinition, value: FieldValue): FieldValue {
  if (typeof value !== 'string' || field.type === 'id' || field.type === 'reference') return value;
  return field.type === 'date' || field.type === 'datetime' ? value : value.toLowerCase();
}

function compareTest(source: Source, table: SourceTable, condition: Condition & { kind: 'compare' }): Test {
  const path = filterable(resolvePath(source, table, condition.path));
  const { operator, literal } = condition;
  if (operator === 'LIKE') return likeTest(path, condition);
  const operand = operandOf(path.field, literal, source.nowMs);
  const equality = operator === '=' || operator === '!=';
  if (!equality && (path.field.type === 'boolean' || path.field.type === 'id' || operand.kind === 'null')) {
    throw new SoqlError('INVALID_QUERY_FILTER_OPERATOR', `invalid operator on ${path.field.type} field`);
  }
  const compare = comparison(operator, operand);
  return (row) => {
    const value = comparable(path.field, path.value(row));
    if (value === null && operand.kind !== 'null') {
      return equality && source.notEqualMatchesNull ? operator === '!=' : undefined;
    }
    return compare(value);
  };
}

function likeTest(path: ResolvedPath, condition: Condition & { kind: 'compare' }): Test {
  const { literal } = condition;
  if (literal.kind !== 'string' || ['id', 'reference', 'boolean', 'date', 'datetime'].includes(path.field.type)) {
    throw new SoqlError('INVALID_QUERY_FILTER_OPERATOR', `invalid operator on ${path.field.type} field`);
  }
  const matches = likePattern(literal.raw);
  return (row) => {
    const value = path.value(row);
    return typeof value === 'string' ? matches(value) : undefined;
  };
}

function comparison(operator: Exclude<Comparison, 'LIKE'>, operand: Operand): (value: FieldValue) => boolean {
  if (operand.kind === 'null') return operator === '=' ? (v) => v === null : (v) => v !== null;
  // A period is all moments from its first to before its last; `>` means after all of it.
  const first = operand.kind === 'period' ? operand.from : operand.value;
  const isPeriod = operand.kind === 'period';
  const inside = (v: FieldValue): boolean =>
    operand.kind === 'period' ? less(v, operand.to) && !less(v, first) : v === first;
  const after = (v: FieldValue): boolean => (operand.kind === 'period' ? !less(v, operand.to) : less(first, v));
  switch (operator) {
    case '=':
      return inside;
    case '!=':
      return (v) => !inside(v);
    case '<':
      return (v) => less(v, first);
    case '>=':
      return (v) => !less(v, first);
    case '>':
      return after;
    case '<=':
      return (v) => (isPeriod ? !after(v) : !less(first, v));
  }
}

function less(a: FieldValue, b: FieldValue): boolean {
  return a !== null && b !== null && a < b;
}

function memberTest(source: Source, table: SourceTable, condition: Condition & { kind: 'member' }): Test {
  const path = filterable(resolvePath(source, table, condition.path));
  const { operator, literals } = condition;
  if (operator === 'INCLUDES' || operator === 'EXCLUDES') return choiceTest(source, path, condition);
  const operands = literals.map((literal) => operandOf(path.field, literal, source.nowMs));
  const values = new Set(operands.flatMap((operand) => (operand.kind === 'value' ? [operand.value] : [])));
  const periods = operands.filter((operand) => operand.kind === 'period').map((operand) => comparison('=', operand));
  const wantsNull = operands.some((operand) => operand.kind === 'null');
  const negated = operator === 'NOT IN';
  return (row) => {
    const value = comparable(path.field, path.value(row));
    if (value === null && !wantsNull) return source.notEqualMatchesNull ? negated : undefined;
    const found = value === null || values.has(value) || periods.some((period) => period(value));
    return found !== negated;
  };
}

/** `INCLUDES ('a;b', 'c')`: (a and b) or c. */
function choiceTest(source: Source, path: ResolvedPath, condition: Condition & { kind: 'member' }): Test {
  if (path.field.type !== 'multipicklist') {
    throw new SoqlError('INVALID_QUERY_FILTER_OPERATOR', `invalid operator on ${path.field.type} field`);
  }
  const wanted = condition.literals.map((literal) =>
    literal.kind === 'string' ? unescapeString(literal.raw).toLowerCase().split(';') : [],
  );
  const negated = condition.operator === 'EXCLUDES';
  return (row) => {
    const value = path.value(row);
    if (typeof value !== 'string') return source.notEqualMatchesNull ? negated : undefined;
    const chosen = new Set(value.toLowerCase().split(';'));
    return wanted.some((group) => group.every((choice) => chosen.has(choice))) !== negated;
  };
}
