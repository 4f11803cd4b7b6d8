import type { LiteralType, Query as Parsed, ValueCondition, WhereClause } from '@jetstreamapp/soql-parser-js';
import { type Comparison, type Condition, type Literal, type Membership, type Query, SoqlError } from './query.ts';

/**
 * The parser hands WHERE over as a chain of conditions with counts of parentheses. It is turned into tokens and read
 * again here, because nesting and the vendor's rule "Parentheses are required whenever you mix the operators"
 * (SOQL reference, Logical Operators) need a tree.
 */
type Token = '(' | ')' | 'AND' | 'OR' | 'NOT' | Condition;

type BuildQuery = (parsed: Parsed) => Query;

function tokens(where: WhereClause, buildQuery: BuildQuery): Token[] {
  const out: Token[] = [];
  let clause: WhereClause | undefined = where;
  while (clause) {
    const left = clause.left;
    if (left) {
      for (let i = 0; i < (left.openParen ?? 0); i += 1) out.push('(');
      if ('operator' in left) out.push(leaf(left, buildQuery));
      for (let i = 0; i < ('closeParen' in left ? (left.closeParen ?? 0) : 0); i += 1) out.push(')');
    }
    if ('operator' in clause && clause.operator) out.push(clause.operator);
    clause = 'right' in clause ? clause.right : undefined;
  }
  return out;
}

function leaf(condition: ValueCondition | object, buildQuery: BuildQuery): Condition {
  if (!('field' in condition) || !('operator' in condition)) {
    throw new SoqlError('MALFORMED_QUERY', 'the sandbox does not build functions in WHERE');
  }
  const { field: path, operator } = condition;
  if ('valueQuery' in condition && condition.valueQuery) {
    return {
      kind: 'semiJoin',
      path,
      negated: operator === 'NOT IN',
      query: buildQuery(condition.valueQuery as Parsed),
    };
  }
  if (!('value' in condition)) throw new SoqlError('MALFORMED_QUERY', 'unexpected token');
  const { value, literalType } = condition as { value: string | string[]; literalType?: LiteralType | LiteralType[] };
  if (Array.isArray(value)) {
    const literals = value.map((text, i) => literal(text, Array.isArray(literalType) ? literalType[i] : literalType));
    return { kind: 'member', path, operator: operator as Membership, literals };
  }
  const single = literal(value, Array.isArray(literalType) ? literalType[0] : literalType);
  return {
    kind: 'compare',
    path,
    operator: ((operator as string) === '<>' ? '!=' : operator) as Comparison,
    literal: single,
  };
}

function literal(text: string, type: LiteralType | undefined): Literal {
  switch (type) {
    case 'STRING':
      return { kind: 'string', raw: text.slice(1, -1) };
    case 'NULL':
      return { kind: 'null' };
    case 'BOOLEAN':
      return { kind: 'boolean', value: text.toUpperCase() === 'TRUE' };
    case 'INTEGER':
    case 'DECIMAL':
      return { kind: 'number', value: Number(text) };
    case 'DATE':
      return { kind: 'date', text };
    case 'DATETIME':
      return { kind: 'datetime', text };
    case 'DATE_LITERAL':
    case 'DATE_N_LITERAL':
      return { kind: 'period', text: text.toUpperCase() };
    default:
      throw new SoqlError('MALFORMED_QUERY', `unexpected token: '${text}'`);
  }
}

class Reader {
  readonly #tokens: readonly Token[];
  #at = 0;

  constructor(all: readonly Token[]) {
    this.#tokens = all;
  }

  whole(): Condition {
    const condition = this.#chain();
    if (this.#at < this.#tokens.length) this.#unexpected();
    return condition;
  }

  #chain(): Condition {
    const parts = [this.#operand()];
    const joiner = this.#tokens[this.#at];
    if (joiner !== 'AND' && joiner !== 'OR') return parts[0] as Condition;
    // Another joiner after these ends the chain, and whoever reads on finds it unexpected.
    while (this.#tokens[this.#at] === joiner) {
      this.#at += 1;
      parts.push(this.#operand());
    }
    return { kind: joiner === 'AND' ? 'and' : 'or', parts };
  }

  #operand(): Condition {
    const token = this.#tokens[this.#at];
    this.#at += 1;
    if (token === 'NOT') return { kind: 'not', part: this.#operand() };
    if (token === '(') {
      const inner = this.#chain();
      if (this.#tokens[this.#at] !== ')') this.#unexpected();
      this.#at += 1;
      return inner;
    }
    if (token === undefined || typeof token === 'string') {
      this.#at -= 1;
      return this.#unexpected();
    }
    return token;
  }

  #unexpected(): never {
    const token = this.#tokens[this.#at];
    throw new SoqlError('MALFORMED_QUERY', `unexpected token: ${typeof token === 'string' ? token : '<EOF>'}`);
  }
}

/** A parsed WHERE clause as a tree; `buildQuery` reads the sub-queries of semi-joins. */
export function toCondition(where: WhereClause, buildQuery: BuildQuery): Condition {
  return new Reader(tokens(where, buildQuery)).whole();
}
