import {
  type Comparison,
  type Condition,
  type Expression,
  type Join,
  type Query,
  type SelectItem,
  SqlError,
} from './ast.ts';
import { type Token, tokensOf } from './tokens.ts';

const COMPARISONS: readonly string[] = ['=', '<>', '<', '<=', '>', '>='];

/** Words that cannot be an alias. */
const RESERVED: readonly string[] = [
  'from',
  'where',
  'group',
  'order',
  'having',
  'join',
  'inner',
  'left',
  'right',
  'full',
  'cross',
  'on',
  'and',
  'or',
  'not',
  'fetch',
  'offset',
  'limit',
  'union',
  'intersect',
  'minus',
  'select',
  'as',
  'in',
  'like',
  'is',
  'between',
  'null',
  'by',
  'asc',
  'desc',
  'nulls',
  'case',
  'exists',
];

/**
 * Reads a SuiteQL query; `?` is replaced by the parameters in their order.
 * @throws SqlError for what is wrong, or what the stand-in does not build
 */
export function parseSql(sql: string, params: readonly (string | number | null)[]): Query {
  const parser = new Parser(tokensOf(sql), params);
  return parser.whole();
}

class Parser {
  readonly #tokens: readonly Token[];
  readonly #params: readonly (string | number | null)[];
  #at = 0;
  #bound = 0;

  constructor(tokens: readonly Token[], params: readonly (string | number | null)[]) {
    this.#tokens = tokens;
    this.#params = params;
  }

  whole(): Query {
    const query = this.#query();
    if (this.#peek().kind !== 'end') this.#unexpected();
    if (this.#bound !== this.#params.length) {
      throw new SqlError(
        `Search error occurred: ${this.#params.length} parameters were given, ${this.#bound} are needed.`,
      );
    }
    return query;
  }

  #query(): Query {
    this.#need('select');
    const distinct = this.#take('distinct');
    const select = this.#list(() => this.#selectItem());
    this.#need('from');
    const from = this.#table();
    const joins: Join[] = [];
    while (['join', 'inner', 'left'].includes(this.#peek().text) && this.#peek().kind === 'word')
      joins.push(this.#join());
    const where = this.#take('where') ? this.#either() : undefined;
    const groupBy = this.#take('group') ? this.#by(() => this.#expression()) : [];
    const orderBy = this.#take('order') ? this.#by(() => this.#ordering()) : [];
    return { distinct, select, ...from, joins, where, groupBy, orderBy, fetchFirst: this.#fetchFirst() };
  }

  #selectItem(): SelectItem {
    if (this.#take('*')) return { expression: 'star', alias: undefined };
    const expression = this.#expression();
    if (this.#take('as')) return { expression, alias: this.#name().written };
    const next = this.#peek();
    const isAlias = next.kind === 'quoted' || (next.kind === 'word' && !RESERVED.includes(next.text));
    return { expression, alias: isAlias ? this.#name().written : undefined };
  }

  #table(): { readonly table: string; readonly alias: string } {
    const table = this.#name().text;
    this.#take('as');
    const next = this.#peek();
    const alias = next.kind === 'word' && !RESERVED.includes(next.text) ? this.#name().text : table;
    return { table, alias };
  }

  #join(): Join {
    const outer = this.#take('left');
    if (outer) this.#take('outer');
    else this.#take('inner');
    this.#need('join');
    const table = this.#table();
    this.#need('on');
    return { ...table, outer, on: this.#either() };
  }

  #by<Item>(item: () => Item): readonly Item[] {
    this.#need('by');
    return this.#list(item);
  }

  #ordering(): Query['orderBy'][number] {
    const expression = this.#expression();
    const descending = this.#take('desc');
    if (!descending) this.#take('asc');
    // Oracle: empty values come last, and first when descending.
    let nullsFirst = descending;
    if (this.#take('nulls')) {
      nullsFirst = this.#take('first');
      if (!nullsFirst) this.#need('last');
    }
    return { expression, descending, nullsFirst };
  }

  #fetchFirst(): number | undefined {
    if (!this.#take('fetch')) return undefined;
    if (!this.#take('first')) this.#need('next');
    const count = this.#peek();
    if (count.kind !== 'number') this.#unexpected();
    this.#at += 1;
    if (!this.#take('rows')) this.#need('row');
    this.#need('only');
    return Number(count.text);
  }

  #either(): Condition {
    return this.#chain('or', () => this.#chain('and', () => this.#condition()));
  }

  #chain(joiner: 'and' | 'or', part: () => Condition): Condition {
    const first = part();
    const parts = [first];
    while (this.#take(joiner)) parts.push(part());
    return parts.length === 1 ? first : { kind: joiner, parts };
  }

  #condition(): Condition {
    if (this.#take('not')) return { kind: 'not', part: this.#condition() };
    if (this.#peek().text === '(' && this.#isCondition()) {
      this.#at += 1;
      const inner = this.#either();
      this.#need(')');
      return inner;
    }
    const left = this.#expression();
    if (this.#take('is')) {
      const negated = this.#take('not');
      this.#need('null');
      return negated ? { kind: 'not', part: { kind: 'null', left } } : { kind: 'null', left };
    }
    const negated = this.#take('not');
    const condition = this.#predicate(left);
    return negated ? { kind: 'not', part: condition } : condition;
  }

  #predicate(left: Expression): Condition {
    if (this.#take('in')) return { kind: 'in', left, values: this.#members() };
    if (this.#take('between')) {
      const low = this.#expression();
      this.#need('and');
      const high = this.#expression();
      return {
        kind: 'and',
        parts: [
          { kind: 'compare', operator: '>=', left, right: low },
          { kind: 'compare', operator: '<=', left, right: high },
        ],
      };
    }
    if (this.#take('like')) {
      const pattern = this.#expression();
      const escapeSign = this.#take('escape') ? this.#next().text : undefined;
      return { kind: 'like', left, pattern, escapeSign };
    }
    const operator = this.#peek();
    if (operator.kind !== 'sign' || !COMPARISONS.includes(operator.text)) this.#unexpected();
    this.#at += 1;
    return { kind: 'compare', operator: operator.text as Comparison, left, right: this.#expression() };
  }

  #members(): readonly Expression[] | Query {
    this.#need('(');
    const isQuery = this.#peek().text === 'select' && this.#peek().kind === 'word';
    const members = isQuery ? this.#query() : this.#list(() => this.#expression());
    this.#need(')');
    return members;
  }

  /** Whether the parenthesis here holds a condition, or an expression that is compared with something. */
  #isCondition(): boolean {
    let depth = 0;
    for (let at = this.#at; at < this.#tokens.length; at += 1) {
      const { kind, text } = this.#tokens[at] ?? { kind: 'end', text: '' };
      if (kind === 'sign' && text === '(') depth += 1;
      if (kind === 'sign' && text === ')') depth -= 1;
      if (depth === 0) return false;
      const isPredicate =
        (kind === 'sign' && COMPARISONS.includes(text)) ||
        (kind === 'word' && ['in', 'like', 'is', 'between', 'not'].includes(text));
      if (isPredicate) return true;
    }
    return false;
  }

  #expression(): Expression {
    const parts = [this.#operand()];
    while (this.#take('||')) parts.push(this.#operand());
    return parts.length === 1 && parts[0] !== undefined ? parts[0] : { kind: 'concat', parts };
  }

  #operand(): Expression {
    const token = this.#next();
    switch (token.kind) {
      case 'string':
        return { kind: 'literal', value: token.text };
      case 'number':
        return { kind: 'literal', value: Number(token.text) };
      case 'quoted':
        return { kind: 'column', table: undefined, name: token.text };
      case 'sign':
        return this.#signed(token);
      case 'word':
        return this.#named(token);
      case 'end':
        this.#at -= 1;
        return this.#unexpected();
    }
  }

  #signed(token: Token): Expression {
    if (token.text === '-' && this.#peek().kind === 'number')
      return { kind: 'literal', value: -Number(this.#next().text) };
    if (token.text === '(') {
      const inner = this.#expression();
      this.#need(')');
      return inner;
    }
    this.#at -= 1;
    if (token.text !== '?') return this.#unexpected();
    this.#at += 1;
    const value = this.#params[this.#bound];
    this.#bound += 1;
    if (value === undefined) throw new SqlError('Search error occurred: A parameter is missing.');
    return { kind: 'literal', value };
  }

  #named(token: Token): Expression {
    if (token.text === 'null') return { kind: 'literal', value: null };
    if (token.text === 'case' || token.text === 'exists') {
      throw new SqlError(`Search error occurred: the stand-in does not build ${token.text.toUpperCase()}.`);
    }
    let name = token.text;
    let table: string | undefined;
    if (this.#take('.')) {
      table = name;
      name = this.#take('*') ? '*' : this.#name().text;
    }
    if (!this.#take('(')) return { kind: 'column', table, name };
    const callName = table === undefined ? name : `${table}.${name}`;
    if (this.#take('*')) {
      this.#need(')');
      return { kind: 'call', name: callName, args: [], star: true, distinct: false };
    }
    const distinct = this.#take('distinct');
    const args = this.#peek().text === ')' ? [] : this.#list(() => this.#expression());
    this.#need(')');
    return { kind: 'call', name: callName, args, star: false, distinct };
  }

  #list<Item>(item: () => Item): readonly Item[] {
    const items = [item()];
    while (this.#take(',')) items.push(item());
    return items;
  }

  #name(): Token {
    const token = this.#next();
    if (token.kind === 'word' || token.kind === 'quoted') return token;
    this.#at -= 1;
    return this.#unexpected();
  }

  #peek(): Token {
    return this.#tokens[this.#at] ?? { kind: 'end', text: '', written: 'end of query' };
  }

  #next(): Token {
    const token = this.#peek();
    this.#at += 1;
    return token;
  }

  #take(text: string): boolean {
    const token = this.#peek();
    if (token.text !== text || (token.kind !== 'word' && token.kind !== 'sign')) return false;
    this.#at += 1;
    return true;
  }

  #need(text: string): void {
    if (!this.#take(text)) this.#unexpected();
  }

  #unexpected(): never {
    throw new SqlError(`Search error occurred: Syntax error at '${this.#peek().written}'.`);
  }
}
