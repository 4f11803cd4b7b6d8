import { ConnectorError } from '@heed/contract';
import type { RecordShape } from './record-shape.ts';
import { anyOf, type Condition, isIn, plain } from './suiteql.ts';

const LONGEST = 2_000;
const DEEPEST = 20;
const TOKEN = /\s*(?:('(?:[^']|'')*')|(-?\d+(?:\.\d+)?)(?![\w.])|([A-Za-z][A-Za-z0-9_]*)|(<=|>=|<>|!=|=|<|>|\(|\)|,))/y;
const COMPARISONS: ReadonlySet<string> = new Set(['=', '<>', '!=', '<', '>', '<=', '>=']);
const WORDS: ReadonlySet<string> = new Set(['AND', 'OR', 'NOT', 'IN', 'LIKE', 'IS', 'NULL']);

interface Token {
  readonly kind: 'text' | 'number' | 'name' | 'word' | 'sign';
  readonly text: string;
}

/**
 * A condition as profiles write it, `custentity_tier = '1' AND isinactive = 'F'`, made anew from its parts: fields of the type,
 * comparisons, IN, LIKE, IS NULL, AND, OR, NOT and brackets; every value becomes a parameter. There are no functions, no subselects, no
 * comments: nothing of the text itself gets into a query. Throws `config` for everything else, with what is wrong.
 */
export const filterOf = (text: string, shape: RecordShape): Condition => {
  const fields = new Map([...shape.fields.values()].map(({ name, type }) => [name.toLowerCase(), type]));
  fields.set('id', 'number');
  const tokens = tokensIn(text);
  let at = 0;
  let depth = 0;

  const peek = (): string => tokens[at]?.text ?? '';
  const next = (): Token => {
    const token = tokens[at];
    if (token === undefined) throw refused('it ends too early');
    at += 1;
    return token;
  };
  const takes = (...texts: readonly string[]): boolean => {
    const found = texts.every((one, index) => tokens[at + index]?.text === one && tokens[at + index]?.kind !== 'text');
    if (found) at += texts.length;
    return found;
  };
  const expect = (text: string): void => {
    if (!takes(text)) throw refused(`${text} is missing${peek() === '' ? '' : ' before a part of it'}`);
  };

  const either = (): Condition => {
    const parts = [both()];
    while (takes('OR')) parts.push(both());
    return parts.length === 1 ? (parts[0] as Condition) : anyOf(parts);
  };
  const both = (): Condition => {
    const parts = [one()];
    while (takes('AND')) parts.push(one());
    return joined(parts);
  };
  const one = (): Condition => {
    depth += 1;
    if (depth > DEEPEST) throw refused('it is nested too deeply');
    try {
      if (takes('NOT')) return wrapped('NOT ', one());
      if (!takes('(')) return comparison();
      const inner = either();
      expect(')');
      return wrapped('', inner);
    } finally {
      depth -= 1;
    }
  };
  const value = (): string | number => {
    const { kind, text } = next();
    if (kind === 'text') return text;
    if (kind === 'number') return Number(text);
    throw refused('a value must be a number or a text in single quotes');
  };
  const comparison = (): Condition => {
    const { kind, text } = next();
    const type = fields.get(text);
    if (kind !== 'name' || type === undefined)
      throw refused(`${kind === 'name' ? text : 'a part of it'} is no field of ${shape.type}`);
    if (takes('IS', 'NOT', 'NULL')) return plain(`${text} IS NOT NULL`);
    if (takes('IS', 'NULL')) return plain(`${text} IS NULL`);
    // Dates are compared in the date format of the user, which nobody here knows.
    if (type === 'date') throw refused(`${text} is a date, which can only be compared by IS NULL and IS NOT NULL`);
    const not = takes('NOT') ? 'NOT ' : '';
    if (takes('IN')) {
      expect('(');
      const values = [value()];
      while (takes(',')) values.push(value());
      expect(')');
      return wrapped(not, isIn(text, values));
    }
    if (takes('LIKE')) return { q: `${text} ${not}LIKE ?`, params: [value()] };
    const sign = next();
    if (not !== '' || sign.kind !== 'sign' || !COMPARISONS.has(sign.text))
      throw refused(`${text} is not compared with anything`);
    return { q: `${text} ${sign.text === '!=' ? '<>' : sign.text} ?`, params: [value()] };
  };

  const condition = either();
  if (at < tokens.length) throw refused('there is something behind its end');
  return wrapped('', condition);
};

const joined = (parts: readonly Condition[]): Condition => ({
  q: parts.map(({ q }) => q).join(' AND '),
  params: parts.flatMap(({ params }) => params),
});

const wrapped = (before: string, { q, params }: Condition): Condition => ({ q: `${before}(${q})`, params });

const tokensIn = (text: string): readonly Token[] => {
  if (text.length > LONGEST) throw refused(`it is longer than ${LONGEST} characters`);
  const tokens: Token[] = [];
  const whole = text.trim();
  for (TOKEN.lastIndex = 0; TOKEN.lastIndex < whole.length; ) {
    const at = TOKEN.lastIndex;
    const match = TOKEN.exec(whole);
    if (match === null) throw refused(`character ${at + 1} is not understood`);
    tokens.push(tokenOf(match));
  }
  return tokens;
};

const tokenOf = ([, quoted, number, name, sign]: RegExpExecArray): Token => {
  if (quoted !== undefined) return { kind: 'text', text: quoted.slice(1, -1).replaceAll("''", "'") };
  if (number !== undefined) return { kind: 'number', text: number };
  if (name === undefined) return { kind: 'sign', text: sign ?? '' };
  const word = name.toUpperCase();
  return WORDS.has(word) ? { kind: 'word', text: word } : { kind: 'name', text: name.toLowerCase() };
};

const refused = (why: string): ConnectorError =>
  new ConnectorError(
    'config',
    `netsuite: the filter cannot be used: ${why}. It compares fields of the record with values: custentity_tier = '1' AND isinactive = 'F'`,
  );
