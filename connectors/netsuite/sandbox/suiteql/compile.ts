import type { Row } from '../state/table.ts';
import { type Condition, type Expression, type Query, SqlError } from './ast.ts';
import { callOf, isAggregate } from './functions.ts';
import type { Column, Source } from './tables.ts';
import { compareValues, type Session, textOf, type Value } from './values.ts';

/** The rows that one result row is made of: one per table, and after grouping all of a group. */
export interface Context {
  readonly rows: readonly (Row | undefined)[];
  readonly group?: readonly Context[];
}

export type Scalar = (context: Context) => Value;
/** `undefined` is "unknown": a comparison with an empty value. */
export type Test = (context: Context) => boolean | undefined;

export interface Scope {
  readonly session: Session;
  readonly sources: readonly { readonly alias: string; readonly source: Source }[];
  /** Answers a sub-query with the values of its one column. */
  subquery(query: Query): ReadonlySet<string>;
}

/** A column of the tables in scope. */
export function columnOf(
  scope: Scope,
  table: string | undefined,
  name: string,
): { readonly at: number; readonly column: Column } {
  const found = scope.sources.flatMap(({ alias, source }, at) => {
    const column = table === undefined || table === alias ? source.columns.get(name) : undefined;
    return column === undefined ? [] : [{ at, column }];
  });
  const [first, second] = found;
  if (first === undefined) {
    const records = scope.sources.map(({ source }) => source.name).join(', ');
    throw new SqlError(
      `Search error occurred: Field '${name}' for record '${records}' was not found. Reason: NOT_EXISTS - Field does not exist`,
    );
  }
  if (second !== undefined) throw new SqlError(`Search error occurred: Field '${name}' is ambiguous.`);
  return first;
}

/** An expression as a function of the rows. Names are checked here, once, so a wrong query fails without any row. */
export function scalar(scope: Scope, expression: Expression): Scalar {
  switch (expression.kind) {
    case 'literal': {
      const value = expression.value === '' ? null : expression.value;
      return () => value;
    }
    case 'column': {
      const { at, column } = columnOf(scope, expression.table, expression.name);
      return ({ rows }) => {
        const row = rows[at];
        return row === undefined ? null : column.read(row);
      };
    }
    case 'concat': {
      const parts = expression.parts.map((part) => scalar(scope, part));
      return (context) => parts.map((part) => textOf(scope.session, part(context)) ?? '').join('') || null;
    }
    case 'call': {
      const [first] = expression.args;
      if (expression.name === 'builtin.df') {
        if (first?.kind !== 'column') throw new SqlError('Search error occurred: BUILTIN.DF takes a column.');
        const { at, column } = columnOf(scope, first.table, first.name);
        return ({ rows }) => {
          const row = rows[at];
          return row === undefined ? null : column.display(row);
        };
      }
      return callOf(
        scope.session,
        expression,
        expression.args.map((one) => scalar(scope, one)),
      );
    }
  }
}

export function hasAggregate(expression: Expression): boolean {
  switch (expression.kind) {
    case 'call':
      return isAggregate(expression.name) || expression.args.some(hasAggregate);
    case 'concat':
      return expression.parts.some(hasAggregate);
    default:
      return false;
  }
}

/** A condition as a three-valued test. */
export function test(scope: Scope, condition: Condition): Test {
  switch (condition.kind) {
    case 'and':
      return all(condition.parts.map((part) => test(scope, part)));
    case 'or':
      return any(condition.parts.map((part) => test(scope, part)));
    case 'not': {
      const inner = test(scope, condition.part);
      return (context) => {
        const verdict = inner(context);
        return verdict === undefined ? undefined : !verdict;
      };
    }
    case 'null': {
      const left = scalar(scope, condition.left);
      return (context) => left(context) === null;
    }
    case 'compare':
      return comparison(scope, condition);
    case 'like':
      return like(scope, condition);
    case 'in':
      return member(scope, condition);
  }
}

function all(tests: readonly Test[]): Test {
  return (context) => {
    let verdict: boolean | undefined = true;
    for (const one of tests) {
      const found = one(context);
      if (found === false) return false;
      if (found === undefined) verdict = undefined;
    }
    return verdict;
  };
}

function any(tests: readonly Test[]): Test {
  return (context) => {
    let verdict: boolean | undefined = false;
    for (const one of tests) {
      const found = one(context);
      if (found === true) return true;
      if (found === undefined) verdict = undefined;
    }
    return verdict;
  };
}

function comparison(scope: Scope, condition: Condition & { kind: 'compare' }): Test {
  const left = scalar(scope, condition.left);
  const right = scalar(scope, condition.right);
  const fits = FITS[condition.operator];
  return (context) => {
    const order = compareValues(scope.session, left(context), right(context));
    return order === undefined ? undefined : fits(order);
  };
}

const FITS = {
  '=': (order: number) => order === 0,
  '<>': (order: number) => order !== 0,
  '<': (order: number) => order < 0,
  '<=': (order: number) => order <= 0,
  '>': (order: number) => order > 0,
  '>=': (order: number) => order >= 0,
} as const;

function like(scope: Scope, { left: leftExpression, pattern, escapeSign }: Condition & { kind: 'like' }): Test {
  const left = scalar(scope, leftExpression);
  const wanted = scalar(scope, pattern);
  return (context) => {
    const value = textOf(scope.session, left(context));
    const text = textOf(scope.session, wanted(context));
    if (value === null || text === null) return undefined;
    return likePattern(text, escapeSign, scope.session.mindsCase).test(value);
  };
}

function likePattern(pattern: string, escapeSign: string | undefined, mindsCase: boolean): RegExp {
  let source = '';
  for (let at = 0; at < pattern.length; at += 1) {
    let sign = pattern.charAt(at);
    const escaped = sign === escapeSign;
    if (escaped) {
      at += 1;
      sign = pattern.charAt(at);
    }
    if (sign === '%' && !escaped) source += '[\\s\\S]*';
    else if (sign === '_' && !escaped) source += '[\\s\\S]';
    else source += sign.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  }
  return new RegExp(`^${source}$`, mindsCase ? '' : 'i');
}

/** "at most 1,000 members of a list": Oracle's ORA-01795. */
const MOST_MEMBERS = 1000;

function member(scope: Scope, condition: Condition & { kind: 'in' }): Test {
  const left = scalar(scope, condition.left);
  const { values } = condition;
  if ('select' in values) {
    const found = scope.subquery(values);
    return (context) => {
      const value = left(context);
      return value === null ? undefined : found.has(String(textOf(scope.session, value)));
    };
  }
  if (values.length > MOST_MEMBERS)
    throw new SqlError('Search error occurred: The maximum number of expressions in a list is 1000.');
  const members = values.map((one) => scalar(scope, one));
  const fixed = fixedMembers(scope, values);
  return (context) => {
    const value = left(context);
    if (value === null) return undefined;
    // Long lists of text are looked up, everything else is compared one by one.
    if (fixed !== undefined && typeof value === 'string')
      return fixed.has(scope.session.mindsCase ? value : value.toLowerCase());
    let verdict: boolean | undefined = false;
    for (const one of members) {
      const order = compareValues(scope.session, value, one(context));
      if (order === 0) return true;
      if (order === undefined) verdict = undefined;
    }
    return verdict;
  };
}

function fixedMembers({ session }: Scope, values: readonly Expression[]): ReadonlySet<string> | undefined {
  const texts = values.flatMap((one) =>
    one.kind === 'literal' && typeof one.value === 'string' && one.value !== '' ? [one.value] : [],
  );
  if (texts.length !== values.length) return undefined;
  return new Set(session.mindsCase ? texts : texts.map((text) => text.toLowerCase()));
}
