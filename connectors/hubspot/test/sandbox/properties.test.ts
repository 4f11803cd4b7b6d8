// Checklist points 3 and 14, section 2.3 of the vendor notes: properties and their values, against raw HTTP.
import { describe, expect, test } from 'vitest';
import { call, contactCalls, start, typeNamed } from './client.ts';

const AT = '/crm/v3/properties/contacts';
const ADA = 'ada@example.org';

describe('14. "Properties endpoint with custom unique property, enumeration, calculated, read-only, hidden, sensitive"', () => {
  test('one page; modificationMetadata says what can be written', async () => {
    const hubspot = await start();
    const { body } = await call(hubspot, 'GET', AT);
    expect(Object.keys(body)).toEqual(['results']);
    const named = (name: string) => body.results.find((one: { name: string }) => one.name === name);
    expect(named('email')).toMatchObject({
      type: 'string',
      hubspotDefined: true,
      modificationMetadata: { readOnlyValue: false },
    });
    for (const name of [
      'hs_email_optout',
      'hs_marketable_status',
      'lastmodifieddate',
      `hs_email_optout_${typeNamed(hubspot, 'Newsletter')}`,
    ]) {
      expect(named(name)?.modificationMetadata.readOnlyValue, name).toBe(true);
    }
    expect(named('customer_number')).toMatchObject({ hasUniqueValue: true, hubspotDefined: false });
    expect(named('interests')).toMatchObject({ type: 'enumeration', fieldType: 'checkbox' });
    expect(named('hs_full_name_or_email')).toMatchObject({ calculated: true });
    expect(named('internal_score')).toMatchObject({ hidden: true });
    expect(named('health_note')).toBeUndefined(); // "Portals can hide fields by data sensitivity"
    const types = new Set(body.results.map((one: { type: string }) => one.type));
    expect([...types].sort()).toEqual(['bool', 'date', 'datetime', 'enumeration', 'number', 'phone_number', 'string']);
    const sensitive = await call(hubspot, 'GET', `${AT}?dataSensitivity=sensitive`);
    expect(sensitive.body.results.map((one: { name: string }) => one.name)).toEqual(['health_note']);
    expect((await call(hubspot, 'GET', '/crm/properties/2026-03/contacts')).body).toEqual(body);
  });

  test('a property can be created, changed and archived', async () => {
    const hubspot = await start();
    const made = {
      name: 'heed_id',
      label: 'Heed',
      type: 'string',
      fieldType: 'text',
      groupName: 'contactinformation',
      hasUniqueValue: true,
    };
    expect((await call(hubspot, 'POST', AT, made)).status).toBe(201);
    expect((await call(hubspot, 'POST', AT, made)).status).toBe(409);
    expect((await call(hubspot, 'PATCH', `${AT}/heed_id`, { label: 'Sync id' })).body.label).toBe('Sync id');
    const { create } = contactCalls(hubspot);
    await create({ heed_id: '1' });
    expect((await create({ heed_id: '1' })).body.errors[0].code).toBe('CONFLICTING_UNIQUE_VALUE');
    expect((await call(hubspot, 'DELETE', `${AT}/heed_id`)).status).toBe(204);
    expect((await call(hubspot, 'GET', `${AT}/heed_id`)).status).toBe(404);
    expect((await call(hubspot, 'GET', `${AT}?archived=true`)).body.results).toMatchObject([{ name: 'heed_id' }]);
    expect((await call(hubspot, 'PATCH', `${AT}/email`, { label: 'x' })).status).toBe(400);
  });

  test('property-vanished and property-retyped', async () => {
    const hubspot = await start();
    hubspot.faults([{ kind: 'property-retyped', details: { name: 'company', type: 'number' }, count: 1 }]);
    expect((await call(hubspot, 'GET', `${AT}/company`)).body.type).toBe('number');
    hubspot.faults([{ kind: 'property-vanished', route: 'PATCH /crm/v3/objects/contacts/*', count: 1 }]);
    const { id, patch } = contactCalls(hubspot);
    const ada = await id({ email: ADA, firstname: 'Ada' });
    expect((await patch(ada, { firstname: 'A' })).body.errors[0].code).toBe('PROPERTY_DOESNT_EXIST');
  });
});

describe('2.2 "The whole single write fails, nothing is saved"', () => {
  test.each([
    ['hs_email_optout', 'true', 'READ_ONLY_VALUE'],
    ['hs_marketable_status', 'true', 'READ_ONLY_VALUE'],
    ['hs_object_id', '1', 'READ_ONLY_VALUE'],
    ['no_such_property', 'x', 'PROPERTY_DOESNT_EXIST'],
    ['vip', 'perhaps', 'INVALID_OPTION'],
    ['lifecyclestage', 'friend', 'INVALID_OPTION'],
    ['interests', 'news;gossip', 'INVALID_OPTION'],
    ['loyalty_points', 'many', 'INVALID_INTEGER'],
    ['birthday', '10.12.1815', 'INVALID_DATE'],
    ['birthday', '1500000000001', 'INVALID_DATE'],
    ['last_visit', 'yesterday', 'INVALID_DATE'],
    ['email', 'nobody', 'INVALID_EMAIL'],
  ])('%s = %s: %s', async (name, value, code) => {
    const hubspot = await start();
    const { id, patch, get } = contactCalls(hubspot);
    const ada = await id({ email: ADA, firstname: 'A' });
    const { status, body } = await patch(ada, { firstname: 'Ada', [name]: value });
    expect([status, body.category, body.errors[0].code]).toEqual([400, 'VALIDATION_ERROR', code]);
    expect(body.message).toMatch(/^Property values were not valid: \[\{"isValid":false,/);
    expect((await get(ada)).body.properties.firstname).toBe('A');
  });

  test('the words of a read-only refusal: `"x" is a read only property; its value cannot be set.`', async () => {
    const hubspot = await start();
    const name = `hs_email_optout_${typeNamed(hubspot, 'Events')}`;
    const { body } = await contactCalls(hubspot).create({ [name]: 'true' });
    expect(body.errors[0].message).toBe(`"${name}" is a read only property; its value cannot be set.`);
  });

  test('good values of every type, and how they are read', async () => {
    const hubspot = await start();
    const { id, get } = contactCalls(hubspot);
    const given = {
      vip: true,
      loyalty_points: 7,
      birthday: '1815-12-10',
      last_visit: '2026-03-04T11:00:00Z',
      interests: 'news;events',
    };
    const ada = await id({ email: 'ADA@Example.org', ...given });
    const { body } = await get(ada, `?properties=email,${Object.keys(given).join(',')}`);
    expect(body.properties).toMatchObject({
      email: ADA,
      vip: 'true',
      loyalty_points: '7',
      birthday: '1815-12-10',
      last_visit: '2026-03-04T11:00:00.000Z',
      interests: 'news;events',
    });
  });
});

describe('switches', () => {
  test('emailsLowerCased, marketableWritable, legalBasisWritable, sameValueBumpsModified', async () => {
    const hubspot = await start({
      switches: { emailsLowerCased: false, marketableWritable: true, legalBasisWritable: false },
    });
    const { id, get, patch, create } = contactCalls(hubspot);
    const ada = await id({ email: 'Ada@Example.org' });
    expect((await get(ada)).body.properties.email).toBe('Ada@Example.org');
    expect((await create({ email: ADA })).status).toBe(409);
    expect((await patch(ada, { hs_marketable_status: 'true' })).status).toBe(200);
    expect((await patch(ada, { hs_legal_basis: 'NON_GDPR' })).status).toBe(400);
    hubspot.switches({ legalBasisWritable: true });
    expect((await patch(ada, { hs_legal_basis: 'NON_GDPR' })).status).toBe(200);
    hubspot.clock.advance(1_000);
    const before = (await get(ada)).body.updatedAt;
    expect((await patch(ada, { hs_legal_basis: 'NON_GDPR' })).body.updatedAt).toBe(before);
    hubspot.switches({ sameValueBumpsModified: true });
    expect((await patch(ada, { hs_legal_basis: 'NON_GDPR' })).body.updatedAt).not.toBe(before);
  });

  test.each([false, true])(
    '3.6 "contacts created by an integration" are marketing contacts only if the account says so: %s',
    async (marketable) => {
      const hubspot = await start({ switches: { marketableByDefault: marketable } });
      const { id, get } = contactCalls(hubspot);
      const ada = await id({ email: ADA });
      const { body } = await get(ada, '?properties=hs_marketable_status');
      expect(body.properties.hs_marketable_status).toBe(String(marketable));
    },
  );

  test('14. "2026-09 validation rules switch"', async () => {
    const hubspot = await start();
    hubspot.act('admin/property', { name: 'branch', type: 'string', rule: '^[A-Z]{3}$' });
    const { create } = contactCalls(hubspot);
    expect((await create({ branch: 'abc' })).status).toBe(400);
    expect((await create({ branch: 'ABC' })).status).toBe(201);
    hubspot.switches({ validationRules: false });
    expect((await create({ branch: 'abc' })).status).toBe(201);
  });
});
