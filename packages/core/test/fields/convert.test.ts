import type { FieldSchema, FieldType, FieldValue } from '@heed/contract';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { convert, convertible, invertTransforms, type Transform } from '../../src/fields/index.ts';
import { field } from './field-schemas.ts';

type Good = readonly [from: FieldType, value: FieldValue, to: FieldType, result: FieldValue];

const good: readonly Good[] = [
  ['text', 'Ann', 'text', 'Ann'],
  ['text', ' Ann ', 'text', ' Ann '],
  ['text', '', 'text', null],
  ['text', null, 'number', null],
  ['number', 4.5, 'text', '4.5'],
  ['number', 0, 'text', '0'],
  ['boolean', false, 'text', 'false'],
  ['boolean', true, 'picklist', 'true'],
  ['text', ' 12.50 ', 'number', 12.5],
  ['text', '-3', 'number', -3],
  ['text', 'Yes', 'boolean', true],
  ['picklist', '0', 'boolean', false],
  ['date', '2024-02-29', 'text', '2024-02-29'],
  ['date', '2024-02-29', 'date-time', '2024-02-29T00:00:00.000Z'],
  ['date', '2024-02-29', 'birthday', '02/29'],
  ['date-time', '2024-05-06T23:30:00.000Z', 'date', '2024-05-06'],
  ['date-time', '2024-05-06T23:30:00.000Z', 'birthday', '05/06'],
  ['text', '2024-05-06T01:30:00+02:00', 'date-time', '2024-05-05T23:30:00.000Z'],
  ['text', '2024-05-06T01:30Z', 'date-time', '2024-05-06T01:30:00.000Z'],
  ['text', '2024-05-06', 'date', '2024-05-06'],
  ['text', '12/31', 'birthday', '12/31'],
  ['birthday', '12/31', 'text', '12/31'],
  ['picklist', 'Gold', 'text', 'Gold'],
  ['phone', '+49 30 1234', 'text', '+49 30 1234'],
  ['text', '+49 30 1234', 'phone', '+49 30 1234'],
  ['url', 'https://acme.com/a?b', 'text', 'https://acme.com/a?b'],
  ['text', 'www.acme.com', 'url', 'www.acme.com'],
  ['text', 'Gold', 'multi-picklist', ['Gold']],
  ['multi-picklist', ['b', 'a', 'b'], 'multi-picklist', ['a', 'b']],
  ['multi-picklist', [], 'multi-picklist', null],
  ['address', { line1: '1 Way', city: 'Ulm' }, 'address', { line1: '1 Way', city: 'Ulm' }],
  ['address', { line1: '' }, 'address', null],
];

type Bad = readonly [from: FieldType, value: FieldValue, to: FieldSchema, message: string];

const bad: readonly Bad[] = [
  [
    'text',
    'abcdef',
    field('text', { name: 'FNAME', maxLength: 5 }),
    'the value is longer than the 5 characters that FNAME holds',
  ],
  [
    'multi-picklist',
    ['abcdef'],
    field('multi-picklist', { name: 'M', maxLength: 5 }),
    'a value is longer than the 5 characters that M holds',
  ],
  ['text', 'gold', field('picklist', { name: 'TIER', options: ['Gold'] }), 'the value is not an option of TIER'],
  [
    'multi-picklist',
    ['a', 'z'],
    field('multi-picklist', { name: 'M', options: ['a'] }),
    'a value is not an option of M',
  ],
  ['text', 'twelve', field('number'), 'the value is not a number'],
  ['text', '1e9', field('number'), 'the value is not a number'],
  ['text', '0x10', field('number'), 'the value is not a number'],
  ['text', '12345678901234567', field('number', { name: 'N' }), 'the value has more digits than N can keep'],
  ['text', 'maybe', field('boolean'), 'the value is neither true nor false; use the transform map'],
  ['text', '2023-02-29', field('date'), 'the value is not a date as YYYY-MM-DD'],
  ['text', '29.02.2024', field('date'), 'the value is not a date as YYYY-MM-DD'],
  ['text', '2024-05-06T01:30:00', field('date-time'), 'the value is not a date and time with a time zone'],
  ['text', '2024-02-30T01:30:00Z', field('date-time'), 'the value is not a date and time with a time zone'],
  ['text', '2024-02-03T25:30:00Z', field('date-time'), 'the value is not a date and time with a time zone'],
  ['text', '13/01', field('birthday'), 'the value is not a birthday as MM/DD'],
  ['text', 'no at sign', field('email'), 'the value is not an e-mail address'],
  ['text', 'two words', field('url'), 'the value is not a web address'],
  ['birthday', '12/31', field('date'), 'a birthday has no year, so it is no date'],
  ['boolean', true, field('date'), 'use the transform map'],
  ['number', 5, field('boolean'), 'use the transform map'],
  ['multi-picklist', ['a', 'b'], field('text'), 'several values need the transform join'],
  ['address', { line1: '1 Way' }, field('text'), 'an address can be mapped to an address only'],
  ['text', 'x', field('other'), 'Heed cannot carry this type'],
];

describe('converting a value', () => {
  test.each(good)('%s %j becomes %s %j', (from, value, to, result) => {
    expect(convert(value, field(from), field(to))).toEqual({ ok: true, value: result });
  });

  test.each(bad)('%s %j is refused', (from, value, to, message) => {
    expect(convert(value, field(from), to)).toEqual({ ok: false, message });
  });

  test('a refusal never quotes the value', () => {
    for (const [from, value, to] of bad) {
      const result = convert(value, field(from), to);
      if (result.ok) expect.fail('not refused');
      if (typeof value === 'string' && value.length > 3) expect(result.message).not.toContain(value);
    }
  });
});

type Step = readonly [
  transforms: readonly Transform[],
  from: FieldType,
  value: FieldValue,
  to: FieldType,
  result: FieldValue,
];

const steps: readonly Step[] = [
  [[{ kind: 'date', format: 'MM/DD' }], 'date', '1990-03-07', 'birthday', '03/07'],
  [[{ kind: 'date', format: 'DD.MM.YYYY' }], 'date', '1990-03-07', 'text', '07.03.1990'],
  [[{ kind: 'date', format: 'YYYYMMDD' }], 'date-time', '1990-03-07T10:00:00.000Z', 'text', '19900307'],
  [[{ kind: 'date', format: 'DD.MM.YYYY' }], 'text', '07.03.1990', 'date', '1990-03-07'],
  [[{ kind: 'map', values: { Ja: 'true', Nein: 'false' } }], 'picklist', 'Nein', 'boolean', false],
  [[{ kind: 'map', values: { true: 'Ja', false: 'Nein' } }], 'boolean', true, 'text', 'Ja'],
  [[{ kind: 'map', values: { a: 'x', b: 'x', c: 'y' } }], 'multi-picklist', ['a', 'b'], 'multi-picklist', ['x']],
  [[{ kind: 'join', separator: ', ' }], 'multi-picklist', ['b', 'a'], 'text', 'b, a'],
  [[{ kind: 'split', separator: ';' }], 'text', ' b ;a;;b', 'multi-picklist', ['a', 'b']],
  [[{ kind: 'trim' }, { kind: 'upper' }], 'text', ' de ', 'text', 'DE'],
  [[{ kind: 'trim' }], 'text', '   ', 'text', null],
  [[{ kind: 'lower' }], 'multi-picklist', ['B', 'b', 'A'], 'multi-picklist', ['a', 'b']],
  [[{ kind: 'default', value: 'there' }], 'text', null, 'text', 'there'],
  [[{ kind: 'default', value: 'there' }], 'text', 'Ann', 'text', 'Ann'],
  [[{ kind: 'default', value: 0 }], 'number', null, 'number', 0],
  [
    [
      { kind: 'split', separator: ';' },
      { kind: 'join', separator: '|' },
    ],
    'text',
    null,
    'text',
    null,
  ],
];

describe('transforms', () => {
  test.each(steps)('%j takes %s %j to %s %j', (transforms, from, value, to, result) => {
    expect(convert(value, field(from), field(to), transforms)).toEqual({ ok: true, value: result });
  });

  test.each<Step>([
    [[{ kind: 'map', values: { a: 'x' } }], 'text', 'b', 'text', 'the value is not in the map'],
    [[{ kind: 'map', values: { a: 'x' } }], 'text', 'constructor', 'text', 'the value is not in the map'],
    [
      [{ kind: 'map', values: { a: 'x' } }],
      'multi-picklist',
      ['a', 'b'],
      'multi-picklist',
      'a value is not in the map',
    ],
    [[{ kind: 'date', format: 'DD.MM.YYYY' }], 'text', '31.02.1990', 'date', 'the value is not a date as DD.MM.YYYY'],
    [[{ kind: 'date', format: 'DD.MM.YYYY' }], 'text', '7.3.1990', 'date', 'the value is not a date as DD.MM.YYYY'],
    [[{ kind: 'date', format: 'YYYY' }], 'birthday', '03/07', 'text', 'the value cannot be written as YYYY'],
    [[{ kind: 'upper' }], 'number', 5, 'text', 'the value is not a text'],
  ])('%j refuses %s %j', (transforms, from, value, to, message) => {
    expect(convert(value, field(from), field(to), transforms)).toEqual({ ok: false, message });
  });

  test('those that can be undone are undone in reverse; the others are named', () => {
    const map: Transform = { kind: 'map', values: { a: 'x', b: 'y' } };
    expect(invertTransforms([map, { kind: 'split', separator: ';' }])).toEqual({
      transforms: [
        { kind: 'join', separator: ';' },
        { kind: 'map', values: { x: 'a', y: 'b' } },
      ],
    });
    const twoToOne: Transform = { kind: 'map', values: { a: 'x', b: 'x' } };
    expect(invertTransforms([map, twoToOne])).toEqual({ oneWay: twoToOne });
    for (const kind of ['lower', 'upper', 'trim'] as const)
      expect(invertTransforms([{ kind }])).toEqual({ oneWay: { kind } });
  });

  test('a date format is undone by itself', () => {
    const formats = ['DD.MM.YYYY', 'YYYY/MM/DD', 'MMDDYYYY'];
    const dates = fc.date({ min: new Date('0001-01-01'), max: new Date('9999-12-31'), noInvalidDate: true });
    fc.assert(
      fc.property(dates, fc.constantFrom(...formats), (date, format) => {
        const iso = date.toISOString().slice(0, 10);
        const there = convert(iso, field('date'), field('text'), [{ kind: 'date', format }]);
        if (!there.ok) return expect.fail(there.message);
        expect(convert(there.value, field('text'), field('date'), [{ kind: 'date', format }])).toEqual({
          ok: true,
          value: iso,
        });
      }),
    );
  });
});

const TYPES: readonly FieldType[] = [
  'text',
  'number',
  'boolean',
  'date',
  'date-time',
  'birthday',
  'picklist',
  'multi-picklist',
  'phone',
  'email',
  'url',
  'address',
  'other',
];

const SAMPLES: Readonly<Partial<Record<FieldType, FieldValue>>> = {
  text: 'x',
  number: 1,
  boolean: true,
  date: '2024-01-02',
  'date-time': '2024-01-02T03:04:05.000Z',
  birthday: '01/02',
  picklist: 'x',
  'multi-picklist': ['x'],
  phone: '1',
  email: 'a@b.c',
  url: 'x.y',
  address: { city: 'Ulm' },
};

describe('what is said without a value holds for the value', () => {
  test.each(TYPES.flatMap((from) => TYPES.map((to) => [from, to] as const)))('%s to %s', (from, to) => {
    const found = convertible(field(from), field(to));
    const sample = SAMPLES[from];
    if (sample === undefined) return expect(found.can).toBe('no');
    const result = convert(sample, field(from), field(to));
    if (found.can === 'no') expect(result.ok).toBe(false);
    if (found.can === 'yes' || found.can === 'lossy') {
      // An e-mail field takes any address, so a text that is none is refused by its value.
      if (to === 'email' && from !== 'email') return;
      expect(result.ok).toBe(true);
    }
  });
});
