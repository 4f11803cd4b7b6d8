import { describe, expect, it } from 'vitest';
import { accountOf, config, originOf } from '../src/config.ts';
import { pathsOf } from '../src/paths.ts';
import { fieldSchemaOf, fromWire, isBarred, topicOf, toWire } from '../src/properties.ts';
import { propertyShape, timeOf, type WireProperty } from '../src/wire.ts';

const property = (type: string, fieldType = '', more: Partial<WireProperty> = {}): WireProperty =>
  propertyShape.parse({ name: 'p', label: 'P', type, fieldType, ...more });

describe('a value', () => {
  it.each([
    [property('string'), 'Änderung "x"', 'Änderung "x"'],
    [property('string'), '', null],
    [property('bool'), 'true', true],
    [property('bool'), 'perhaps', 'perhaps'],
    [property('enumeration', 'booleancheckbox'), 'false', false],
    [property('number'), '12.5', 12.5],
    [property('number'), 'many', 'many'],
    [property('enumeration', 'checkbox'), 'b;a;', ['a', 'b']],
    [property('enumeration', 'select'), 'a;b', 'a;b'],
    [property('date'), '2026-02-03', '2026-02-03'],
    [property('date'), String(Date.UTC(2026, 1, 3)), '2026-02-03'],
    [property('datetime'), '2026-02-03T04:05:06Z', '2026-02-03T04:05:06.000Z'],
    [property('object_coordinates'), 'x', 'x'],
  ])('of %o that reads %j is %j', (one, wire, value) => {
    expect(fromWire(one, wire)).toEqual(value);
  });

  it('of an opt-out is false where HubSpot has none: null, empty and "false" are the same there', () => {
    for (const name of ['hs_email_optout', 'hs_email_optout_12'])
      for (const wire of [null, '', 'false'])
        expect(fromWire(property('enumeration', 'select', { name }), wire)).toBe(false);
    expect(fromWire(property('string'), null)).toBeNull();
  });

  it('is written as a text, and cleared by an empty one', () => {
    expect(toWire({ a: true, b: 1.5, c: ['x', 'y'], d: null, e: 'z' })).toEqual({
      a: 'true',
      b: '1.5',
      c: 'x;y',
      d: '',
      e: 'z',
    });
    expect(() => toWire({ address: { city: 'Bonn' } })).toThrow(/parts/);
  });

  it('of a time has a zone, or is none', () => {
    expect([timeOf('2026-02-03T04:05:06.007Z'), timeOf('5'), timeOf('2026-02-03'), timeOf(null)]).toEqual([
      Date.UTC(2026, 1, 3, 4, 5, 6, 7),
      null,
      null,
      null,
    ]);
  });
});

describe('a property', () => {
  it('that HubSpot keeps itself is not writable, an opt-out is: by the preferences of the address', () => {
    const readOnly = { modificationMetadata: { readOnlyValue: true } };
    const writable = (one: WireProperty): boolean => fieldSchemaOf(one).writable;
    expect(writable(property('string', '', readOnly))).toBe(false);
    expect(writable(property('number', '', { calculated: true }))).toBe(false);
    expect(writable(property('bool', '', { ...readOnly, name: 'hs_email_optout' }))).toBe(true);
    expect(writable(property('enumeration', '', { name: 'hs_marketable_status' }))).toBe(false);
    expect(fieldSchemaOf(property('string', 'text', { hasUniqueValue: true })).canBeReference).toBe(true);
    expect(fieldSchemaOf(property('number', 'number', { hasUniqueValue: true })).canBeReference).toBe(false);
  });

  it('of consent, billing or the address is no mapped field', () => {
    for (const name of ['email', 'hs_email_optout', 'hs_email_optout_7', 'hs_marketable_status', 'hs_object_id'])
      expect(isBarred(name)).toBe(true);
    expect([isBarred('firstname'), isBarred('email_2'), topicOf('hs_email_optout_survey_reason')]).toEqual([
      false,
      false,
      null,
    ]);
  });
});

describe('settings', () => {
  const auth = { method: 'service-key', token: 'pat-na1-secret' } as const;

  it('lead to HubSpot or to this machine, and to nobody else', () => {
    expect(originOf(config.parse({ connector: 'hubspot', auth }))).toBe('https://api.hubapi.com');
    expect(originOf(config.parse({ connector: 'hubspot', auth, baseUrl: 'http://127.0.0.1:41003' }))).toBe(
      'http://127.0.0.1:41003',
    );
    for (const baseUrl of [
      'https://api.hubapi.com',
      'http://localhost:1',
      'http://127.0.0.1:1@evil.example',
      'ftp://127.0.0.1',
    ])
      expect(config.safeParse({ connector: 'hubspot', auth, baseUrl }).success).toBe(false);
  });

  it('name an account without its token, the same one each time', () => {
    const one = config.parse({ connector: 'hubspot', auth });
    expect(accountOf(one)).toBe(accountOf(config.parse({ connector: 'hubspot', auth, apiVersion: '2026-03' })));
    expect(accountOf(one)).not.toContain('secret');
  });

  it('choose the paths in one place', () => {
    for (const path of Object.values(pathsOf({ apiVersion: '2026-03' })))
      if (path !== null) expect(path).toContain('2026-03');
    expect(pathsOf({ apiVersion: 'v3' }).preferences).toBe('/communication-preferences/v4');
  });
});
