import { ConnectorError } from '@heed/contract';
import { describe, expect, it } from 'vitest';
import { filterOf } from '../src/filter.ts';
import type { RecordShape, ShapeField } from '../src/record-shape.ts';

const field = (name: string, type: ShapeField['type']): [string, ShapeField] => [
  name,
  { name, label: name, type, readOnly: false, options: null, maxLength: null },
];
const shape: RecordShape = {
  type: 'contact',
  fields: new Map([
    field('firstName', 'text'),
    field('isInactive', 'boolean'),
    field('company', 'other'),
    field('custentity_tier', 'picklist'),
    field('custentity_day', 'date'),
  ]),
  hidden: new Set(),
};

describe('a filter becomes a condition of our own making', () => {
  it.each([
    ["custentity_tier = '1'", '(custentity_tier = ?)', ['1']],
    ["FIRSTNAME like 'A%' and isInactive='F'", '(firstname LIKE ? AND isinactive = ?)', ['A%', 'F']],
    ['company in (3,-4, 5.5) OR id >= 7', '(((company IN (?, ?, ?)) OR id >= ?))', [3, -4, 5.5, 7]],
    ["NOT (firstname != 'x' OR firstname IS NULL)", '(NOT (((firstname <> ? OR firstname IS NULL))))', ['x']],
    ["company NOT IN (1) AND firstname not like 'b'", '(NOT (company IN (?)) AND firstname NOT LIKE ?)', [1, 'b']],
    ['custentity_day IS NOT NULL', '(custentity_day IS NOT NULL)', []],
    ["firstname = 'O''Brien -- ; DROP (SELECT)'", '(firstname = ?)', ["O'Brien -- ; DROP (SELECT)"]],
    ["firstname = 'AND' OR firstname = ')'", '((firstname = ? OR firstname = ?))', ['AND', ')']],
  ])('%s', (text, q, params) => {
    expect(filterOf(text, shape)).toEqual({ q, params });
  });
});

describe('whatever is not in the list of what may stand in it is refused', () => {
  it.each([
    '',
    'firstname',
    'firstname =',
    'firstname = lastname',
    "lastname = 'x'",
    "firstname = 'x",
    "firstname = 'x'; DELETE",
    "firstname = 'x' -- y",
    "firstname = 'x' /* y */",
    "UPPER(firstname) = 'X'",
    'id IN (SELECT id FROM customer)',
    "firstname = 'x' UNION SELECT 1",
    "firstname = 'x' firstname = 'y'",
    "(firstname = 'x'",
    "firstname = 'x')",
    'id = 1x',
    "custentity_day > '2026-01-01'",
    'id = ?',
    'id = "x"',
    `${'('.repeat(30)}id = 1${')'.repeat(30)}`,
    `id IN (${'1,'.repeat(2_000)}1)`,
    "firstname = 'x' OR",
    'NOT',
    'id IN ()',
    'id NOT = 3',
  ])('%#: %.40s', (text) => {
    expect(() => filterOf(text, shape)).toThrow(ConnectorError);
  });

  it('says what is wrong and repeats no value', () => {
    const wrong = (text: string): string => {
      try {
        filterOf(text, shape);
        return '';
      } catch (error) {
        return (error as Error).message;
      }
    };
    expect(wrong("lastname = 'ann@example.org'")).toContain('lastname is no field of contact');
    expect(wrong("lastname = 'ann@example.org'")).not.toContain('ann@');
    expect(wrong("'ann@example.org' = firstname")).not.toContain('ann@');
    expect(wrong("firstname = 'x' ~")).toContain('character 16');
  });
});
