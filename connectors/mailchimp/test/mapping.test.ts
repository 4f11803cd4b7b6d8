import type { FieldValue, NewMemberAs } from '@heed/contract';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hashOf } from '../src/address-hash.ts';
import { batchBody, batchItem, fieldsBody, newMemberBody, optOutBody, renameBody } from '../src/bodies.ts';
import { BY_ADMIN, rowOf, statusOf } from '../src/member.ts';
import { mergeFieldsOf, valuesOf } from '../src/merge-values.ts';
import type { WireMember, WireMergeField } from '../src/wire.ts';

const field = (tag: string, type: string): WireMergeField => ({ tag, name: tag, type });
const KNOWN = [
  field('TEXT', 'text'),
  field('NUM', 'number'),
  field('DAY', 'date'),
  field('BDAY', 'birthday'),
  field('HOME', 'address'),
  field('status', 'text'),
];
const keysOf = (body: unknown): readonly string[] => {
  const keys: string[] = [];
  JSON.stringify(body, (key, value: unknown) => {
    keys.push(key);
    return value;
  });
  return keys;
};

describe('request bodies', () => {
  const mergeFields = fc.dictionary(
    fc.string(),
    fc.oneof(fc.string(), fc.double({ noNaN: true }), fc.dictionary(fc.string(), fc.string())),
  );
  const CONSENT = ['status', 'status_if_new', 'interests', 'marketing_permissions', 'timestamp_opt', 'ip_opt'];

  it('for fields and addresses say nothing about consent, whatever the values are', () => {
    fc.assert(
      fc.property(mergeFields, fc.string(), (values, email) => {
        expect(Object.keys(fieldsBody(values))).toEqual(['merge_fields']);
        expect(Object.keys(renameBody(email))).toEqual(['email_address']);
        for (const name of CONSENT) expect({ ...fieldsBody(values), ...renameBody(email) }).not.toHaveProperty([name]);
      }),
    );
  });

  it('for new members speak of new members only', () => {
    const statuses: readonly NewMemberAs[] = ['subscribed', 'pending', 'non-subscribed', 'unsubscribed'];
    fc.assert(
      fc.property(fc.constantFrom(...statuses), fc.string(), (as, email) => {
        const body = newMemberBody(email, as, {});
        expect(Object.keys(body).sort()).toEqual(['email_address', 'merge_fields', 'status_if_new']);
        expect(batchBody([batchItem(email, as, {})]).update_existing).toBe(false);
      }),
    );
    expect(optOutBody()).toEqual({ status: 'unsubscribed' });
    expect(keysOf(batchBody([]))).not.toContain('sync_tags');
  });
});

describe('values for Mailchimp', () => {
  const out = (tag: string, value: FieldValue) => mergeFieldsOf({ [tag]: value }, KNOWN)[tag];

  it('have the shape of their field', () => {
    expect(out('TEXT', 'x')).toBe('x');
    expect(out('TEXT', 7)).toBe('7');
    expect(out('TEXT', null)).toBe('');
    expect(out('NUM', 7.5)).toBe(7.5);
    expect(out('NUM', '7.5')).toBe(7.5);
    expect(out('NUM', null)).toBe('');
    expect(out('DAY', '2026-02-28')).toBe('2026-02-28');
    expect(out('BDAY', '02/29')).toBe('02/29');
    const home = { line1: 'Hauptstr. 1', city: 'Ulm', state: 'BW', postalCode: '89073', country: 'DE' };
    expect(out('HOME', home)).toEqual({ addr1: 'Hauptstr. 1', city: 'Ulm', state: 'BW', zip: '89073', country: 'DE' });
    expect(out('HOME', {})).toBe('');
    expect(out('HOME', null)).toBe('');
  });

  it.each([
    ['NUM', 'seven'],
    ['NUM', ' '],
    ['NUM', true],
    ['DAY', '02/28/2026'],
    ['DAY', 20260228],
    ['BDAY', '2026-02-28'],
    ['BDAY', '13/01'],
    ['HOME', 'Hauptstr. 1, Ulm'],
    ['HOME', { line1: 'Hauptstr. 1', city: 'Ulm' }],
    ['HOME', ['a']],
    ['TEXT', ['a', 'b']],
    ['NOSUCH', 'x'],
  ])('are refused by name when they do not fit: %s', (tag, value) => {
    let thrown: unknown;
    try {
      out(tag, value);
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toMatchObject({ kind: 'invalid', details: { field: tag } });
    expect(String(thrown)).not.toMatch(/Hauptstr|seven/);
  });

  it('come back as they went: addresses', () => {
    const part = fc.string({ minLength: 1 }).map((text) => `x${text}`.trim());
    fc.assert(
      fc.property(
        fc.record({ line1: part, line2: part, city: part, state: part, postalCode: part, country: part }),
        (home) => {
          expect(valuesOf(mergeFieldsOf({ HOME: home }, KNOWN), ['HOME'])).toEqual({ HOME: home });
        },
      ),
    );
  });

  it('that are empty are null, and those that were not brought are absent', () => {
    expect(valuesOf({ A: '', B: 0, C: { addr1: '', city: '', country: 'US' }, D: 'x' }, ['A', 'B', 'C', 'E'])).toEqual({
      A: null,
      B: 0,
      C: null,
    });
    expect(valuesOf(undefined, ['A'])).toEqual({});
  });
});

describe('a member', () => {
  const member = (given: Partial<WireMember>): WireMember => ({
    id: 'a',
    email_address: 'ann@example.org',
    status: 'subscribed',
    ...given,
  });
  const state = (given: Partial<WireMember>, complaints: ReadonlyMap<string, number | null> = new Map()) =>
    rowOf(member(given), { tags: [], complaints }).member;

  it('is unsubscribed by an operator only by the exact text, and by the person only by an answer of his own', () => {
    const by = (reason?: string) =>
      state({ status: 'unsubscribed', ...(reason === undefined ? {} : { unsubscribe_reason: reason }) })?.by;
    expect(by(BY_ADMIN)).toBe('operator');
    expect(by(`${BY_ADMIN}.`)).toBe('unknown');
    expect(by('N/A (whatever comes)')).toBe('unknown');
    expect(by('')).toBe('unknown');
    expect(by()).toBe('unknown');
    expect(by('I no longer want to receive these emails')).toBe('person');
  });

  it('of a status that Mailchimp has made since is neither mailable nor absent', () => {
    expect(statusOf('snoozed')).toBe('archived');
  });

  it('who complained did it himself, at the time of the report', () => {
    expect(state({ status: 'unsubscribed', unsubscribe_reason: BY_ADMIN }, new Map([['a', 5]]))).toMatchObject({
      by: 'person',
      complaint: true,
      since: 5,
    });
    expect(state({ status: 'subscribed' }, new Map([['a', null]]))).toMatchObject({
      status: 'subscribed',
      complaint: true,
      since: null,
    });
  });

  it('C17 has its interests as topics, ticked or not', () => {
    expect(state({ interests: { x: true, y: false } })?.topics).toEqual({ x: 'opted-in', y: 'opted-out' });
  });

  it('has the MD5 of its lower-cased address as id', () => {
    expect(hashOf(' Urist.McVankab@Freddiesjokes.com ')).toBe('62eeb292278cc15f5817cb78f7790b08');
  });
});
