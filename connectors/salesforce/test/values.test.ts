import { momentIn } from '@heed/toolkit';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { addressFromWire, addressParts, addressToWire } from '../src/addresses.ts';
import { fromWire, toWire } from '../src/values.ts';

describe('values as the contract wants them', () => {
  test.each([
    ['text', '', null],
    ['text', null, null],
    ['text', undefined, null],
    ['text', 'x', 'x'],
    ['boolean', false, false],
    ['number', 0, 0],
    ['date', '2026-11-21', '2026-11-21'],
    ['date-time', '2026-11-21T10:00:00.000+0000', '2026-11-21T10:00:00.000Z'],
    ['date-time', '2026-11-21T10:00:00.000+0530', '2026-11-21T04:30:00.000Z'],
    ['multi-picklist', 'b;a', ['a', 'b']],
    ['picklist', 'a;b', 'a;b'],
  ] as const)('%s %j is %j', (type, wire, value) => expect(fromWire(type, wire)).toEqual(value));

  test('a moment that is none is null', () => {
    expect(momentIn('yesterday')).toBeNull();
    expect(momentIn(null)).toBeNull();
  });
});

describe('values as a write sends them', () => {
  test('choices, empty lists, empty text, no change otherwise', () => {
    const sent = toWire('Contact', {
      A__c: ['a', 'b'],
      B__c: [],
      C__c: '',
      D__c: null,
      E__c: false,
      F__c: 3,
      G__c: 'x',
    });
    expect(sent).toEqual({ A__c: 'a;b', B__c: null, C__c: null, D__c: null, E__c: false, F__c: 3, G__c: 'x' });
  });

  test('an address goes through its parts, all of them', () => {
    expect(toWire('Contact', { MailingAddress: { line1: '1 Main St', city: 'Oslo' } })).toEqual({
      MailingStreet: '1 Main St',
      MailingCity: 'Oslo',
      MailingState: null,
      MailingPostalCode: null,
      MailingCountry: null,
    });
    expect(toWire('Lead', { Address: null })).toEqual({
      Street: null,
      City: null,
      State: null,
      PostalCode: null,
      Country: null,
    });
  });

  const line = fc.string({ unit: 'grapheme-ascii', minLength: 1 });
  test('an address that was written is read back as it was', () => {
    const parts = addressParts('Contact', 'MailingAddress');
    if (parts === null) throw new Error('no parts');
    const keys = { line2: line, city: line, state: line, postalCode: line, country: line };
    fc.assert(
      fc.property(fc.record({ ...keys, line1: line }, { requiredKeys: ['line1'] }), (address) => {
        expect(addressFromWire(parts, addressToWire(parts, address))).toEqual(address);
      }),
    );
  });

  test('a street of three lines', () => {
    const parts = addressParts('Lead', 'Address');
    if (parts === null) throw new Error('no parts');
    expect(addressFromWire(parts, { Street: 'a\r\nb\nc', City: '' })).toEqual({ line1: 'a', line2: 'b\nc' });
    expect(addressFromWire(parts, { Street: null })).toBeNull();
  });
});
