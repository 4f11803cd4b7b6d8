import { ConnectorError, type FieldValue, type Values } from '@heed/contract';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { wireRecords } from '../src/bulk-rows.ts';
import { carried, uploadOf } from '../src/bulk-upload.ts';
import { readCsv, writeCsv } from '../src/csv.ts';
import { objectShapes } from '../src/object-shape.ts';
import { selectionOf } from '../src/rows.ts';
import type { PatchOp } from '../src/write.ts';
import { never } from './kit.ts';

const TYPES = {
  Id: 'id',
  Email: 'email',
  SystemModstamp: 'datetime',
  LastModifiedDate: 'datetime',
  LastModifiedById: 'reference',
  IsDeleted: 'boolean',
  MasterRecordId: 'reference',
  FirstName: 'string',
  Description: 'textarea',
  Active__c: 'boolean',
  Count__c: 'int',
  Score__c: 'double',
  Price__c: 'currency',
  Share__c: 'percent',
  Birthdate: 'date',
  Visited__c: 'datetime',
  Choice__c: 'picklist',
  Choices__c: 'multipicklist',
  MailingStreet: 'textarea',
  MailingCity: 'string',
  MailingState: 'string',
  MailingPostalCode: 'string',
  MailingCountry: 'string',
} as const;

const described = {
  name: 'Contact',
  label: 'Contact',
  createable: true,
  fields: Object.entries(TYPES).map(([name, type]) => ({
    name,
    label: name,
    type,
    createable: true,
    updateable: true,
    nillable: true,
  })),
};
const shapeOfContact = async () => {
  const shape = await objectShapes({ describe: async () => described })('Contact', never);
  if (shape === null) throw new Error('no shape');
  return shape;
};

/** Any text that the vendor could hold: not empty, no half surrogates. */
const text = fc
  .oneof(
    fc.string({ unit: 'grapheme', minLength: 1 }),
    fc.constantFrom(
      '"',
      '""',
      ',',
      '\n',
      '\r\n',
      '\r',
      ' x ',
      '\t',
      '=1+1',
      "'",
      '\\',
      '#N/A',
      'null',
      'true',
      '0',
      '﻿x',
    ),
    fc.string({ unit: fc.constantFrom('"', ',', '\n', '\r', ' ', 'a', ';', '|', '^', '`', '\t'), minLength: 1 }),
  )
  .map((one) => one.toWellFormed());

const stamp = fc.date({ min: new Date(0), max: new Date(4e12), noInvalidDate: true }).map((at) => at.toISOString());

/** A value as a query answers it, and the same as a cell of a job's results. */
const both = <T>(values: fc.Arbitrary<T>, cell: (value: T) => string): fc.Arbitrary<readonly [unknown, string]> =>
  fc.option(values, { nil: null }).map((value) => (value === null ? [null, ''] : [value, cell(value)]));

const number = fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => (value === 0 ? 0 : value));
const valuesOf: Readonly<Record<string, fc.Arbitrary<readonly [unknown, string]>>> = {
  // A record without an id is no record.
  id: fc
    .nat(1e9)
    .map((n) => `003${String(n).padStart(12, '0')}`)
    .map((id) => [id, id]),
  boolean: fc.boolean().map((value) => [value, String(value)]),
  int: both(fc.integer(), String),
  // 23 as 23.0 is how jobs write it.
  double: both(number, (value) =>
    Number.isInteger(value) && Math.abs(value) < 1e15 ? value.toFixed(1) : String(value),
  ),
  currency: both(fc.integer(), (value) => `${value}.0`),
  percent: both(number, String),
  date: both(
    stamp.map((at) => at.slice(0, 10)),
    String,
  ),
  datetime: both(
    stamp.map((at) => at.replace('Z', '+0000')),
    (at) => at.replace('+0000', 'Z'),
  ),
};

/** A record without an id is no record. */
const ids = fc.integer({ min: 0, max: 999_999 }).map((n) => {
  const id = `003${String(n).padStart(15, '0')}`;
  return [id, id] as const;
});
const record = fc
  .record(
    Object.fromEntries(
      Object.entries(TYPES).map(([name, type]) => [name, type === 'id' ? ids : (valuesOf[type] ?? both(text, String))]),
    ),
  )
  .map((pairs) => Object.entries(pairs).map(([name, [value, cell]]) => ({ name, value, cell })));

describe('results of a job', () => {
  test('become the very rows that a query brings, whatever stands in them', async () => {
    const shape = await shapeOfContact();
    const wanted = {
      types: ['Contact'],
      fields: [...Object.keys(TYPES), 'MailingAddress'],
      consent: [],
      reference: 'FirstName',
    };
    const selection = selectionOf(shape, wanted, '005000000000001');
    fc.assert(
      fc.property(fc.array(record, { minLength: 1, maxLength: 4 }), fc.boolean(), (records, crlf) => {
        const header = Object.keys(TYPES);
        const csv = [header, ...records.map((fields) => fields.map(({ cell }) => cell))]
          .map((cells) => cells.map((cell) => `"${cell.replaceAll('"', '""')}"`).join(','))
          .join(crlf ? '\r\n' : '\n');
        const byJob = wireRecords(shape, readCsv('test', `${csv}\n`)).map((one) => selection.row(one, null));
        const byQuery = records.map((fields) =>
          selection.row(Object.fromEntries(fields.map(({ name, value }) => [name, value])), null),
        );
        expect(byJob).toEqual(byQuery);
      }),
      { numRuns: 300, seed: 1 },
    );
  });

  test.each([
    ['a quote that does not close', '"a","b"\n"1","2\n'],
    ['a row that is too short', '"a","b"\n"1"\n'],
    ['a quote in the middle', '"a","b"\n"1","2"x\n'],
  ])('%s is an answer that nobody understands, and not shown', (_, csv) => {
    const error = (() => {
      try {
        return readCsv('query-results', csv);
      } catch (thrown) {
        return thrown;
      }
    })();
    expect(error).toBeInstanceOf(ConnectorError);
    expect(error).toMatchObject({ kind: 'protocol', message: 'salesforce query-results: the answer is no CSV' });
  });

  test('nothing at all is no rows', () => expect(readCsv('test', '')).toEqual({ header: [], rows: [] }));
});

const patch = (fields: Values, id = '003000000000001AAA', op = id): PatchOp => ({
  kind: 'patch',
  id: op,
  record: { type: 'Contact', id },
  email: 'ann@example.org',
  fields,
  ifVersion: null,
});

describe('the upload of a job', () => {
  test('says of each field what a call would say: a value, null, or nothing', () => {
    const csv = uploadOf([
      patch({ FirstName: ' =1+1 "x",\r\ny ', Score__c: 2.5 }),
      patch({ FirstName: null, Active__c: false, Choices__c: ['b', 'a'] }, '003000000000002AAA'),
      patch({ FirstName: '', Choices__c: [] }, '003000000000003AAA'),
    ]);
    expect(csv).toBe(
      [
        '"Id","FirstName","Score__c","Active__c","Choices__c"',
        '"003000000000001AAA"," =1+1 ""x"",\r\ny ","2.5",,',
        '"003000000000002AAA","#N/A",,"false","b;a"',
        '"003000000000003AAA","#N/A",,,"#N/A"',
        '',
      ].join('\n'),
    );
  });

  test('comes back as it was, whatever is in it', () => {
    const cells = fc.array(fc.array(fc.option(text, { nil: undefined }), { minLength: 3, maxLength: 3 }));
    fc.assert(
      fc.property(cells, (rows) => {
        const back = readCsv('test', writeCsv(['a', 'b', 'c'], rows));
        expect(back).toEqual({ header: ['a', 'b', 'c'], rows: rows.map((row) => row.map((cell) => cell ?? '')) });
      }),
      { numRuns: 300, seed: 2 },
    );
  });

  test.each<[string, FieldValue]>([
    ['the words for null', '#N/A'],
    ['the words for null, in other letters', ' #n/a '],
    ['spaces only', '  '],
    ['more than a cell may have', 'x'.repeat(32_001)],
  ])('leaves out %s: a job would do something else than a call', (_, value) => {
    const other = patch({ FirstName: 'Ann' }, '003000000000002AAA');
    expect(carried([patch({ FirstName: value }), other], 'Contact')).toEqual([other]);
  });

  test('has each record once, whichever way its id is written, and only of its type and of fields', () => {
    const first = patch({ FirstName: 'A' }, '003000000000001AAA', 'one');
    const again = patch({ FirstName: 'B' }, '003000000000001', 'two');
    const lead = { ...patch({}, '00Q000000000001AAA'), record: { type: 'Lead', id: '00Q000000000001AAA' } };
    const consent = patch({ HasOptedOutOfEmail: true }, '003000000000004AAA');
    expect(carried([first, again, lead, consent], 'Contact')).toEqual([first]);
    expect(carried([first, again, lead, consent], 'Lead')).toEqual([lead]);
  });

  test('is bounded in size', () => {
    const many = Array.from({ length: 2000 }, (_, index) =>
      patch({ Description: 'x'.repeat(30_000) }, `003${String(index).padStart(12, '0')}AAA`),
    );
    expect(uploadOf(many).length).toBeLessThan(20_100_000);
  });
});
