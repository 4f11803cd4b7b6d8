import { ConnectorError } from '@heed/contract';
import { describe, expect, it } from 'vitest';
import { contactRef, rowOf as rowOfContact } from '../../connectors/hubspot/src/contact.ts';
import { errorOfRow, failureOf as failureOfHubspot, problemIn } from '../../connectors/hubspot/src/errors.ts';
import { typeOf } from '../../connectors/hubspot/src/properties.ts';
import { contactShape } from '../../connectors/hubspot/src/wire.ts';
import { describeAccount } from '../../connectors/mailchimp/src/describe.ts';
import { rowOf } from '../../connectors/mailchimp/src/member.ts';
import { failureOf as failureOfNetsuite } from '../../connectors/netsuite/src/failure.ts';
import { recordShapes } from '../../connectors/netsuite/src/record-shape.ts';
import { selectionOf } from '../../connectors/netsuite/src/rows.ts';
import { addressParts } from '../../connectors/salesforce/src/addresses.ts';
import { failureOf, refusalOfRow, vendorError } from '../../connectors/salesforce/src/failure.ts';
import { fieldTypeOf } from '../../connectors/salesforce/src/object-shape.ts';
import { profileSchema } from '../../packages/core/src/profile/profile-schema.ts';
import { canonicalJson, plainJson } from '../../packages/store/src/json.ts';

// Names that every object of JavaScript has already, wherever a name comes from outside: as names of fields in a profile,
// as codes, types, merge tags and interests in answers, and as keys in what the store keeps.

const byKey = ([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number => (a < b ? -1 : 1);
const NAMES = [...Object.getOwnPropertyNames(Object.prototype), 'prototype'];

const profileWith = (change: object) =>
  profileSchema.safeParse({
    version: 1,
    crm: { connection: 'a', records: ['Contact'] },
    marketing: { connection: 'b', audience: 'c' },
    consent: { newMembers: 'subscribe' },
    ...change,
  });

it.each(Object.getOwnPropertyNames(Object.prototype))('%s is no field that a profile can carry', (name) => {
  expect(profileWith({}).success).toBe(true);
  for (const change of [
    { fields: [{ crm: name, marketing: 'FNAME' }] },
    { fields: [{ crm: 'FirstName', marketing: name }] },
    { crm: { connection: 'a', records: [name] } },
    { optOut: { customField: name } },
    { optOut: { customField: { field: name } } },
    { optOut: { undeliverableField: name } },
    { reference: { crm: name } },
    { consent: { newMembers: 'subscribe', optInField: name } },
  ])
    expect([change, profileWith(change).success]).toEqual([change, false]);
});

describe.each(NAMES)('the name %s', (name) => {
  it('is no code, type or compound of Salesforce', () => {
    const refusal = refusalOfRow([{ code: name, message: '', fields: [] }]);
    expect(refusal).toMatchObject({ kind: 'refused', message: 'Salesforce refused the record' });
    const answer = {
      status: 400,
      headers: {},
      body: undefined,
      text: JSON.stringify([{ errorCode: name, message: 'x' }]),
    };
    expect(failureOf('query', answer, 0)).toMatchObject({ kind: 'invalid', details: { code: 'UNKNOWN_CODE' } });
    const field = { name, label: name, type: name, length: 0, createable: true, updateable: true, nillable: true };
    expect(
      fieldTypeOf({ ...field, defaultedOnCreate: true, externalId: false, unique: false, picklistValues: [] }),
    ).toBe('other');
    expect(addressParts('Contact', name)).toBeNull();
  });

  it('is no merge field type of Mailchimp, and a merge tag or interest like any other', async () => {
    const never = async (): Promise<never> => {
      throw new ConnectorError('missing', 'not asked here');
    };
    const api = new Proxy({} as Parameters<typeof describeAccount>[0], {
      get: (_, call) => {
        if (call === 'mergeFields') return async () => [{ tag: name, name, type: name }];
        return ['audiences', 'tags', 'interestCategories'].includes(String(call)) ? async () => [] : never;
      },
    });
    const { recordTypes } = await describeAccount(api, 'a', new AbortController().signal);
    expect(recordTypes[0]?.fields[0]).toMatchObject({ name, type: 'other' });
    const merge_fields = JSON.parse(`{"${name}":"Ann"}`) as Record<string, unknown>;
    const interests = JSON.parse(`{"${name}":true}`) as Record<string, boolean>;
    const member = { id: 'a', email_address: 'ann@example.org', status: 'subscribed', merge_fields, interests };
    const { values, member: state } = rowOf(member, { tags: [name, 'LNAME'], complaints: new Map() });
    expect(Object.entries(state?.topics ?? {})).toEqual([[name, 'opted-in']]);
    expect(Object.keys(values)).not.toContain('LNAME');
    // `__proto__` set as a value would be lost or worse; a profile cannot ask for it.
    if (name !== '__proto__') expect(Object.entries(values)).toEqual([[name, 'Ann']]);
    expect(Object.getPrototypeOf(values)).toBe(Object.prototype);
    const bare = rowOf({ ...member, merge_fields: {} }, { tags: [name], complaints: new Map() });
    expect(Object.entries(bare.values)).toEqual([]);
  });

  it('is no category, code or type of HubSpot, and a property like any other', () => {
    for (const body of [{ category: name }, { errors: [{ code: name, message: '' }] }, { policyName: name }]) {
      const error = failureOfHubspot('contacts', { status: 400, headers: {}, body, bytes: 0 }, 0, 1);
      expect([error.kind, error.details.code]).toEqual(['invalid', 'HTTP 400']);
      expect(errorOfRow('contacts', problemIn(body)).kind).toBe('invalid');
    }
    const property = { name, label: name, type: name, fieldType: name, options: [], calculated: false } as never;
    expect(typeOf(property)).toBe('other');
    const contact = contactShape.parse(
      JSON.parse(`{"id":"1","properties":{"${name}":"Ann","email":"ann@example.org"}}`),
    );
    const wanted = { types: ['contact'], fields: [name], consent: [], reference: null };
    const parts = { known: new Map([[name, property]]), wanted, member: null, lists: null };
    const { values, record } = rowOfContact(contact, parts);
    expect(record).toEqual(contactRef('1'));
    expect(Object.getPrototypeOf(values)).toBe(Object.prototype);
    if (name !== '__proto__') expect(Object.entries(values)).toEqual([[name, 'Ann']]);
    const bare = contactShape.parse({ id: '1', properties: {} });
    expect(Object.entries(rowOfContact(bare, parts).values)).toEqual([]);
  });

  it('is no code of NetSuite, and a field like any other', async () => {
    const text = JSON.stringify({ 'o:errorDetails': [{ 'o:errorCode': name, 'o:errorPath': name, detail: name }] });
    expect(failureOfNetsuite('query', { status: 400, headers: {}, text }, 0)).toMatchObject({
      kind: 'invalid',
      details: { code: 'UNKNOWN_CODE' },
    });
    const metadata = async () => JSON.parse(`{"properties":{"email":{"type":"string"},"${name}":{"type":"string"}}}`);
    const shape = await recordShapes({ metadata } as never)('contact', new AbortController().signal);
    if (shape === null) throw new Error('not described');
    const columns = { types: ['contact'], fields: [name], consent: [], reference: null };
    const known = shape.fields.has(name) ? [name] : [];
    const zone = { toUtc: () => null } as never;
    const wire = JSON.parse(`{"id":"1","email":"ann@example.org","${name.toLowerCase()}":"Ann"}`) as Record<
      string,
      unknown
    >;
    if (!/^[A-Za-z]\w*$/.test(name)) return void expect(known.every((one) => one === name)).toBe(true);
    const { values } = selectionOf(shape, columns).row(wire, known, zone);
    expect(Object.getPrototypeOf(values)).toBe(Object.prototype);
    expect(Object.entries(values)).toEqual(known.map((one) => [one, 'Ann']));
    expect('polluted' in {}).toBe(false);
  });

  it('comes back from the store as it was', () => {
    const text = `{"a":{"${name}":{"polluted":1}},"${name}":"x"}`;
    const value = JSON.parse(text) as object;
    for (const json of [canonicalJson(value), plainJson(value)])
      expect(Object.entries(JSON.parse(json) as object).sort(byKey)).toEqual(Object.entries(value).sort(byKey));
    expect('polluted' in {}).toBe(false);
  });
});

describe('what an answer calls a code or a field', () => {
  it.each(['ann@example.org', '00D000000000001!AQ.token', 'not a code', '\u001b[2J', 'x'.repeat(500)])(
    'is not repeated if it has not the form of one: %j',
    (text) => {
      const error = vendorError({ statusCode: text, message: 'm', fields: [text, 'Email'] });
      expect(error).toEqual({ code: 'UNKNOWN_CODE', message: 'm', fields: ['Email'] });
    },
  );
});
