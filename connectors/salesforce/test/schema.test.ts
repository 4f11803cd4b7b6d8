import { describe, expect, test } from 'vitest';
import { callsTo, campaign, never, open, useSandbox } from './kit.ts';

const sandbox = useSandbox();

const schemaOf = async (type: string) => {
  const schema = await open(sandbox()).session.describe(never);
  const found = schema.recordTypes.find(({ name }) => name === type);
  if (found === undefined) throw new Error(`${type} is not described`);
  return { ...found, field: (name: string) => found.fields.find((field) => field.name === name) };
};

describe('describe', () => {
  test('types of fields', async () => {
    const contact = await schemaOf('Contact');
    const types = [
      'FirstName',
      'Email',
      'Phone',
      'Birthdate',
      'HasOptedOutOfEmail',
      'LeadSource',
      'Interests__c',
      'MailingAddress',
      'AccountId',
    ];
    expect(types.map((name) => contact.field(name)?.type)).toEqual([
      'text',
      'email',
      'phone',
      'date',
      'boolean',
      'picklist',
      'multi-picklist',
      'address',
      'other',
    ]);
    expect(contact.field('Name')?.writable).toBe(false);
    expect(contact.field('LastName')).toMatchObject({ required: true, writable: true, maxLength: 80 });
    expect(contact.field('HasOptedOutOfEmail')?.required).toBe(false);
    expect(contact.field('Interests__c')?.options).toEqual(['Products', 'Events', 'Research', 'Offers']);
    expect(contact.field('MailingAddress')).toMatchObject({ writable: true, required: false });
  });

  test('a lead has its own address field and requires a company', async () => {
    const lead = await schemaOf('Lead');
    expect(lead.field('Address')?.type).toBe('address');
    expect(lead.field('MailingAddress')).toBeUndefined();
    expect(lead.field('Company')?.required).toBe(true);
    expect(lead.field('Status')?.required).toBe(false);
  });

  test('only a unique external id can hold our reference', async () => {
    const { fields } = await schemaOf('Contact');
    expect(fields.filter((field) => field.canBeReference).map(({ name }) => name)).toEqual(['Heed_Id__c']);
  });

  test('the opt-out field, and what to grant where it is hidden (C18)', async () => {
    expect((await schemaOf('Contact')).standardOptOut).toEqual({
      field: 'HasOptedOutOfEmail',
      optedOutWhen: true,
      write: true,
    });
    sandbox().act('admin/hide-field', { type: 'Lead', field: 'HasOptedOutOfEmail' });
    expect((await schemaOf('Lead')).standardOptOut).toMatchObject({
      missing: 'HasOptedOutOfEmail',
      fix: expect.stringContaining('permission set'),
    });
    expect((await schemaOf('Contact')).standardOptOut).toMatchObject({ field: 'HasOptedOutOfEmail' });
  });

  test('half an address is none, and one read-only part makes it read-only', async () => {
    sandbox().act('admin/read-only-field', { type: 'Lead', field: 'City' });
    expect((await schemaOf('Lead')).field('Address')?.writable).toBe(false);
    sandbox().act('admin/hide-field', { type: 'Contact', field: 'MailingCity' });
    expect((await schemaOf('Contact')).field('MailingAddress')).toBeUndefined();
  });

  test('an object that may only be read, and one that may not be seen', async () => {
    sandbox().act('admin/object-access', { type: 'Contact', access: 'read' });
    sandbox().act('admin/object-access', { type: 'Lead', access: 'none' });
    const schema = await open(sandbox()).session.describe(never);
    expect(schema.recordTypes.map(({ name, notCreatable }) => [name, notCreatable !== null])).toEqual([
      ['Contact', true],
    ]);
  });

  test('campaigns are lists; without access there are none', async () => {
    const id = campaign(sandbox(), 'Spring');
    expect((await open(sandbox()).session.describe(never)).lists).toEqual([
      { kind: 'campaign', id, name: 'Spring', size: null },
    ]);
    sandbox().act('admin/object-access', { type: 'Campaign', access: 'none' });
    expect((await open(sandbox()).session.describe(never)).lists).toEqual([]);
  });
});

describe('check', () => {
  test('the organisation, and no gaps', async () => {
    const account = await open(sandbox()).session.check(never);
    expect(account).toEqual({ id: sandbox().state().organizationId, name: new URL(sandbox().url).host, gaps: [] });
    expect(callsTo(sandbox())).toEqual([
      'POST /oauth2/token',
      'GET /sobjects/Contact/describe',
      'GET /sobjects/Lead/describe',
    ]);
  });

  test.each([
    ['admin/hide-field', { type: 'Lead', field: 'HasOptedOutOfEmail' }, 'Lead.HasOptedOutOfEmail is hidden'],
    [
      'admin/read-only-field',
      { type: 'Contact', field: 'HasOptedOutOfEmail' },
      'Contact.HasOptedOutOfEmail is read-only',
    ],
    ['admin/hide-field', { type: 'Contact', field: 'Email' }, 'Contact.Email is hidden'],
    ['admin/object-access', { type: 'Lead', access: 'none' }, 'Lead cannot be read'],
  ])('%s %j is a gap', async (action, body, what) => {
    sandbox().act(action, body);
    const { gaps } = await open(sandbox()).session.check(never);
    expect(gaps).toEqual([{ what: expect.stringContaining(what), fix: expect.stringContaining('grant') }]);
  });

  test('person accounts are told of', async () => {
    sandbox().switches({ personAccounts: true });
    const { gaps } = await open(sandbox()).session.check(never);
    expect(gaps.map(({ what }) => what)).toEqual([expect.stringContaining('person accounts')]);
  });
});
