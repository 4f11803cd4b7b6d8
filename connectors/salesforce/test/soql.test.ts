import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { unescapeString } from '../sandbox/soql/strings.ts';
import { fieldName, inUrl, isId, isIn, listsThatFit, moment, text } from '../src/soql.ts';

/**
 * A second reader of SOQL string literals, written from the SOQL reference ("Quoted String Escape Sequences") alone:
 * \n \r \t \b \f \" \' \\ and \uXXXX; a bare quote ends the string, any other backslash is an error.
 */
const readLiteral = (soql: string): { readonly value: string; readonly rest: string } => {
  const escapes: Readonly<Record<string, string>> = {
    n: '\n',
    r: '\r',
    t: '\t',
    f: '\f',
    '"': '"',
    "'": "'",
    '\\': '\\',
  };
  if (!soql.startsWith("'")) throw new Error('no string begins here');
  let value = '';
  for (let at = 1; at < soql.length; at += 1) {
    const character = soql.charAt(at);
    if (character === "'") return { value, rest: soql.slice(at + 1) };
    if (character !== '\\') {
      value += character;
      continue;
    }
    at += 1;
    const letter = soql.charAt(at);
    const unicode = /^u([0-9A-Fa-f]{4})/.exec(soql.slice(at))?.[1];
    if (unicode !== undefined) {
      value += String.fromCharCode(Number.parseInt(unicode, 16));
      at += 4;
    } else {
      const plain = escapes[letter];
      if (plain === undefined) throw new Error(`no such escape: ${letter}`);
      value += plain;
    }
  }
  throw new Error('the string has no end');
};

const nasty = fc.string({
  unit: fc.oneof(
    fc.constantFrom("'", '"', '\\', '\n', '\r', '\b', '\u2028', '\0', 'u', 'n', '%', '_', ')', ' OR '),
    fc.string({ unit: 'binary', maxLength: 1 }),
  ),
});

describe('text: the only way into a query', () => {
  test('any text comes back as it was, and ends where it should', () => {
    fc.assert(
      fc.property(nasty, nasty, (value, behind) => {
        const read = readLiteral(`${text(value)}${behind}`);
        expect(read).toEqual({ value: value.toWellFormed(), rest: behind });
      }),
      { numRuns: 2_000, seed: 1 },
    );
  });

  test('the stand-in of the vendor reads the same', () => {
    fc.assert(
      fc.property(nasty, (value) => unescapeString(text(value).slice(1, -1)) === value.toWellFormed()),
      { seed: 1 },
    );
  });

  test('what stays in the query are printable characters on one line', () => {
    fc.assert(
      // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
      fc.property(nasty, (value) => !/[\u0000-\u001f\u2028\u2029]/.test(text(value))),
      { seed: 1 },
    );
  });

  test('the injection that jsforce lets through (a backslash before the quote)', () => {
    expect(text("\\' OR Email != '")).toBe("'\\\\\\' OR Email != \\''");
  });

  test('whatever text says, a URL can carry it', () => {
    fc.assert(
      fc.property(nasty, (value) => decodeURIComponent(inUrl(text(value))) === text(value)),
      { seed: 1 },
    );
    expect(inUrl("a'b")).toBe('a%27b');
    // As long as it was counted: nothing is escaped on the way that was not before.
    expect(new URL(`https://x/?q=${inUrl("'ann@x.test','bob@x.test'")}`).search).toBe(
      '?q=%27ann@x.test%27,%27bob@x.test%27',
    );
  });
});

describe('names, moments, ids', () => {
  test.each(['Email', 'Heed_Id__c', 'ns__Field__c'])('%s is a field name', (name) =>
    expect(fieldName(name)).toBe(name),
  );
  test.each(['', '1a', 'a b', 'a,b', "a'", 'Account.Name', 'a)--', 'é', 'COUNT()'])('%j is none', (name) => {
    expect(() => fieldName(name)).toThrow(expect.objectContaining({ kind: 'config' }));
  });
  test('a moment has whole seconds, rounded down, and no quotes', () =>
    expect(moment(Date.UTC(2026, 10, 21, 10, 0, 0, 999))).toBe('2026-11-21T10:00:00Z'));
  test('ids have 15 or 18 characters', () => {
    expect(['003000000000001', '003000000000001AAA', '003', "00300000000000'", ''].map(isId)).toEqual([
      true,
      true,
      false,
      false,
      false,
    ]);
  });
  test('an empty list is a mistake, not every record', () => expect(() => isIn('Id', [])).toThrow(RangeError));
});

describe('lists that fit into a URL', () => {
  test('nothing is lost, the order stays, and no query is too long', () => {
    fc.assert(
      fc.property(
        fc.array(fc.string({ maxLength: 300 }), { maxLength: 80 }),
        fc.integer({ min: 1, max: 40 }),
        fc.integer({ min: 3_000, max: 20_000 }),
        (values, most, room) => {
          const start = 'SELECT Id FROM Contact WHERE ';
          const lists = listsThatFit(values, room - inUrl(`${start}Email IN ()`).length, most);
          expect(lists.flat()).toEqual(values);
          for (const list of lists) {
            expect(list.length).toBeLessThanOrEqual(most);
            expect(inUrl(`${start}${isIn('Email', list)}`).length).toBeLessThanOrEqual(room);
          }
        },
      ),
    );
  });
});
