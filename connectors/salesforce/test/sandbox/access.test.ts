import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Client, open } from './client.ts';

interface Described {
  readonly name: string;
  readonly updateable: boolean;
  readonly createable: boolean;
}

describe('checklist 6: what the connected user may see and write', () => {
  let client: Client;
  beforeEach(async () => {
    client = await open();
  });
  afterEach(() => client.org.close());

  const described = async (type: string, name: string): Promise<Described | undefined> => {
    const { body } = await client.call('GET', `/sobjects/${type}/describe`);
    return body.fields.find((field: Described) => field.name === name);
  };

  it('"hide HasOptedOutOfEmail on Lead": absent from describe, INVALID_FIELD in SOQL, FIELDS(ALL) omits silently', async () => {
    await client.create('Lead', { LastName: 'A', Company: 'C' });
    client.act('admin/hide-field', { type: 'Lead', field: 'HasOptedOutOfEmail' });
    expect(await described('Lead', 'HasOptedOutOfEmail')).toBeUndefined();
    expect(await described('Contact', 'HasOptedOutOfEmail')).toBeDefined();
    const soql = await client.query('SELECT Id, HasOptedOutOfEmail FROM Lead');
    expect([soql.status, soql.body[0].errorCode]).toEqual([400, 'INVALID_FIELD']);
    expect(soql.body[0].message).toContain("No such column 'HasOptedOutOfEmail' on entity 'Lead'");
    expect((await client.query('SELECT Id FROM Lead WHERE HasOptedOutOfEmail = true')).status).toBe(400);
    const all = await client.query('SELECT FIELDS(ALL) FROM Lead LIMIT 200');
    expect('HasOptedOutOfEmail' in all.body.records[0]).toBe(false);
  });

  it('"write INVALID_FIELD_FOR_INSERT_UPDATE Unable to create/update fields: HasOptedOutOfEmail"', async () => {
    const id = await client.create('Lead', { LastName: 'A', Company: 'C' });
    client.act('admin/hide-field', { type: 'Lead', field: 'HasOptedOutOfEmail' });
    const { status, body } = await client.call('PATCH', `/sobjects/Lead/${id}`, { HasOptedOutOfEmail: true });
    expect([status, body[0].errorCode, body[0].fields]).toEqual([
      400,
      'INVALID_FIELD_FOR_INSERT_UPDATE',
      ['HasOptedOutOfEmail'],
    ]);
    expect(body[0].message).toContain(
      'Unable to create/update fields: HasOptedOutOfEmail. Please check the security settings',
    );
    client.act('admin/grant', { type: 'Lead', field: 'HasOptedOutOfEmail' });
    expect((await client.call('PATCH', `/sobjects/Lead/${id}`, { HasOptedOutOfEmail: true })).status).toBe(204);
  });

  it('"read-only mode" of a field: visible, not updateable, and a write is refused', async () => {
    const id = await client.create('Contact', { LastName: 'A' });
    client.act('admin/read-only-field', { type: 'Contact', field: 'HasOptedOutOfEmail' });
    expect(await described('Contact', 'HasOptedOutOfEmail')).toMatchObject({ updateable: false, createable: false });
    const { body } = await client.call('PATCH', `/sobjects/Contact/${id}`, { HasOptedOutOfEmail: true });
    expect(body[0].errorCode).toBe('INVALID_FIELD_FOR_INSERT_UPDATE');
    expect((await client.query('SELECT HasOptedOutOfEmail FROM Contact')).status).toBe(200);
  });

  it('"Per-object": an object nobody may see does not exist, one that may only be read refuses writes', async () => {
    client.act('admin/object-access', { type: 'Lead', access: 'none' });
    expect((await client.query('SELECT Id FROM Lead')).body[0].errorCode).toBe('INVALID_TYPE');
    expect((await client.call('GET', '/sobjects/Lead/describe')).status).toBe(404);
    const { body } = await client.call('GET', '/sobjects');
    expect(body.sobjects.map((one: { name: string }) => one.name)).not.toContain('Lead');
    client.act('admin/object-access', { type: 'Contact', access: 'read' });
    const write = await client.call('POST', '/sobjects/Contact', { LastName: 'A' });
    expect([write.status, write.body[0].errorCode]).toEqual([403, 'INSUFFICIENT_ACCESS_OR_READONLY']);
    client.act('admin/grant', { type: 'Contact' });
    expect((await client.call('POST', '/sobjects/Contact', { LastName: 'A' })).status).toBe(201);
  });

  it('"fields carry name,label,type,createable,updateable,nillable,externalId,idLookup,unique,picklistValues,defaultedOnCreate"', async () => {
    expect(await described('Contact', 'Heed_Id__c')).toMatchObject({
      label: 'Heed Id',
      type: 'string',
      length: 64,
      createable: true,
      updateable: true,
      nillable: true,
      externalId: true,
      idLookup: true,
      unique: true,
      custom: true,
      picklistValues: [],
      defaultedOnCreate: false,
    });
    const interests = (await described('Contact', 'Interests__c')) as unknown as {
      type: string;
      picklistValues: object[];
    };
    expect(interests.type).toBe('multipicklist');
    expect(interests.picklistValues[0]).toMatchObject({ value: 'Products', label: 'Products', active: true });
    expect(await described('Contact', 'HasOptedOutOfEmail')).toMatchObject({ type: 'boolean', nillable: false });
    expect(await described('Contact', 'Name')).toMatchObject({ createable: false, updateable: false });
    expect(await described('Contact', 'EmailBouncedDate')).toMatchObject({ type: 'datetime', updateable: false });
    expect(await described('Lead', 'Company')).toMatchObject({ nillable: false });
    expect(await described('Contact', 'Birthdate')).toMatchObject({ type: 'date' });
  });

  it('a custom field that an administrator adds is there at once', async () => {
    const field = {
      type: 'Lead',
      name: 'Segment__c',
      fieldType: 'picklist',
      picklistValues: ['A', 'B'],
      restrictedPicklist: true,
    };
    client.act('admin/add-field', field);
    expect(await described('Lead', 'Segment__c')).toMatchObject({ type: 'picklist', restrictedPicklist: true });
    await client.create('Lead', { LastName: 'L', Company: 'C', Segment__c: 'A' });
    expect((await client.query("SELECT Id FROM Lead WHERE Segment__c = 'a'")).body.totalSize).toBe(1);
  });
});
