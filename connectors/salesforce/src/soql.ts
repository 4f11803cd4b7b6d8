import { ConnectorError } from '@heed/contract';

/** `\b` is not among them: the vendor calls it a bell, others a backspace. `\u0008` means one thing. */
const ESCAPES: Readonly<Record<string, string>> = {
  '\\': '\\\\',
  "'": "\\'",
  '"': '\\"',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
};

/** Characters that end or bend a SOQL string, and those that a URL, a proxy or a parser may take for a line's end. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is escaped
const SPECIAL = /[\\'"\u0000-\u001f\u007f-\u009f\u2028\u2029\ufeff]/g;

const escaped = (character: string): string =>
  ESCAPES[character] ?? `\\u${character.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}`;

/**
 * Any text as a SOQL string literal, quotes included. The only way text gets into a query: jsforce's query builder
 * escapes `'` but not `\`, which is an injection (notes, 0.8). Half a surrogate pair becomes U+FFFD, as no URL carries it.
 */
export const text = (value: string): string => `'${value.toWellFormed().replace(SPECIAL, escaped)}'`;

/** A moment as a SOQL date-time literal in UTC: unquoted, whole seconds, rounded down (a lower end only moves earlier). */
export const moment = (at: number): string => `${new Date(at).toISOString().slice(0, 19)}Z`;

const NAME = /^[A-Za-z][A-Za-z0-9_]{0,79}$/;

/** A field name that may stand in a query. Throws `config` for anything else: names come from profiles. */
export const fieldName = (name: string): string => {
  if (NAME.test(name)) return name;
  throw new ConnectorError('config', `salesforce: ${JSON.stringify(name.slice(0, 80))} is not a field name`);
};

/** `Field IN ('a','b')`; the caller never passes an empty list (jsforce's `find` drops the condition then, notes 0.8). */
export const isIn = (field: string, values: readonly string[]): string => {
  if (values.length === 0) throw new RangeError('nothing to look for');
  return `${fieldName(field)} IN (${values.map(text).join(',')})`;
};

/**
 * A query as it stands in the URL: `'` escaped too, as `fetch` would do it, so that its length is the length sent; commas and at
 * signs as they are, because a query may have them (RFC 3986, 3.4) and lists of addresses are full of them.
 */
export const inUrl = (soql: string): string =>
  encodeURIComponent(soql).replaceAll("'", '%27').replaceAll('%2C', ',').replaceAll('%40', '@');

/**
 * Cuts values into lists short enough for one query each.
 * @param roomBytes what the URL has room for besides the rest of the query
 */
export const listsThatFit = (
  values: readonly string[],
  roomBytes: number,
  most: number,
): readonly (readonly string[])[] => {
  const lists: string[][] = [];
  let room = 0;
  for (const value of values) {
    const bytes = inUrl(`${text(value)},`).length;
    const last = lists.at(-1);
    if (last !== undefined && last.length < most && bytes <= room) {
      last.push(value);
      room -= bytes;
    } else {
      lists.push([value]);
      room = roomBytes - bytes;
    }
  }
  return lists;
};

const ID = /^[A-Za-z0-9]{15}(?:[A-Za-z0-9]{3})?$/;

/** Looks like a record id, 15 or 18 characters. A query with anything else in an id's place fails as a whole. */
export const isId = (value: string): boolean => ID.test(value);

/** Two spellings of one id, of 15 (case counts) and of 18 characters, share their first 15. */
export const idKey = (id: string): string => id.slice(0, 15);
