import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Client, errorOf, idIn, open } from './client.ts';

describe('checklist 2, 3: records', () => {
  let client: Client;
  beforeEach(async () => {
    client = await open();
  });
  afterEach(() => client.account.close());

  it('create: "204, id only in Location header"; ids are numeric strings, one sequence for all entities', async () => {
    const created = await client.call('POST', 'record/v1/contact', { lastName: 'Ash' });
    const href = `${client.account.url}/services/rest/record/v1/contact/101`;
    expect([created.status, created.text, created.headers.get('location')]).toEqual([204, '', href]);
    expect(await client.create('customer', { companyName: 'Acme' })).toBe('102');
    expect(await client.create('Contact', { lastName: 'Birch' })).toBe('103');
  });

  it('read: links, {id, refName}, UTC stamps; empty fields are left out', async () => {
    const company = await client.create('customer', { companyName: 'Acme' });
    const id = await client.create('contact', {
      firstName: 'Ann',
      lastName: 'Ash',
      email: 'ann@example.com',
      externalId: 'heed-1',
      company: { id: company },
      custentity_tier: { refName: 'Silver' },
    });
    const self = (path: string): object[] => [
      { rel: 'self', href: `${client.account.url}/services/rest/record/v1/${path}` },
    ];
    expect(await client.read('contact', id)).toEqual({
      links: self(`contact/${id}`),
      id,
      externalId: 'heed-1',
      entityId: 'Ann Ash',
      refName: 'Ann Ash',
      firstName: 'Ann',
      lastName: 'Ash',
      email: 'ann@example.com',
      company: { links: self(`customer/${company}`), id: company, refName: `${company} Acme` },
      isInactive: false,
      isPrivate: false,
      globalSubscriptionStatus: { id: '1', refName: 'Soft Opt-In' },
      unsubscribe: false,
      emailPreference: { id: 'DEFAULT', refName: 'Default' },
      dateCreated: '2026-03-01T12:00:00Z',
      lastModifiedDate: '2026-03-01T12:00:00Z',
      custentity_newsletter_opt_out: false,
      custentity_tier: { id: '2', refName: 'Silver' },
    });
    expect(
      await client.read('contact', 'eid:heed-1', '?fields=email,globalSubscriptionStatus&simpleEnumFormat=true'),
    ).toEqual({
      links: self(`contact/${id}`),
      id,
      email: 'ann@example.com',
      globalSubscriptionStatus: '1',
    });
  });

  it('customer: "lead, prospect and customer, person or company": searchStage follows entityStatus', async () => {
    const lead = await client.create('customer', {
      isPerson: true,
      firstName: 'Lea',
      lastName: 'Lind',
      entityStatus: { id: '6' },
    });
    expect(await client.read('customer', lead)).toMatchObject({
      isPerson: true,
      searchStage: 'Lead',
      entityStatus: { refName: 'LEAD-Unqualified' },
    });
    await client.call('PATCH', `record/v1/customer/${lead}`, { entityStatus: { id: '13' } });
    expect((await client.read('customer', lead)).searchStage).toBe('Customer');
    const refused = await client.call('POST', 'record/v1/customer', { firstName: 'No', lastName: 'Company' });
    expect([refused.status, errorOf(refused)]).toEqual([
      400,
      {
        detail: 'Error while accessing a resource. Please enter value(s) for: Company Name.',
        'o:errorCode': 'USER_ERROR',
      },
    ]);
    client.account.switches({ defaultCustomerType: 'person' });
    const person = await client.create('customer', { firstName: 'No', lastName: 'Company' });
    expect((await client.read('customer', person)).isPerson).toBe(true);
  });

  it('update: PATCH merges, null clears, lastModifiedDate moves; 404 NONEXISTENT_ID', async () => {
    const id = await client.create('contact', { lastName: 'Ash', email: 'a@example.com', phone: '555-123-4567' });
    client.account.clock.advance(5000);
    const patched = await client.call('PATCH', `record/v1/contact/${id}`, {
      phone: null,
      title: 'Boss',
      lastModifiedDate: '2000-01-01T00:00:00Z',
    });
    expect([patched.status, idIn(patched)]).toEqual([204, id]);
    const read = await client.read('contact', id);
    expect(read).toMatchObject({ title: 'Boss', email: 'a@example.com', lastModifiedDate: '2026-03-01T12:00:05Z' });
    expect(read).not.toHaveProperty('phone');
    const missing = await client.call('PATCH', 'record/v1/contact/999', { title: 'x' });
    expect([missing.status, errorOf(missing)]).toEqual([
      404,
      { detail: 'Record does not exist.', 'o:errorCode': 'NONEXISTENT_ID' },
    ]);
  });

  it('upsert: PUT with an external id only; "letters, digits, _ and -"', async () => {
    const put = await client.call('PUT', 'record/v1/contact/eid:heed-1', { lastName: 'Ash' });
    const again = await client.call('PUT', 'record/v1/contact/eid:heed-1', { lastName: 'Birch' });
    expect([put.status, again.status, idIn(put)]).toEqual([204, 204, idIn(again)]);
    expect(await client.read('contact', 'eid:heed-1')).toMatchObject({
      id: idIn(put),
      lastName: 'Birch',
      externalId: 'heed-1',
    });
    expect((await client.call('PUT', `record/v1/contact/${idIn(put)}`, { lastName: 'x' })).status).toBe(400);
    const email = await client.call('PUT', 'record/v1/contact/eid:a%40example.com', { lastName: 'x' });
    expect([email.status, errorOf(email)['o:errorPath']]).toEqual([400, 'externalId']);
  });

  it('"POST again with the same externalId fails as duplicate [UNV code]", across record types too (switch)', async () => {
    await client.create('contact', { lastName: 'Ash', externalId: 'one' });
    const again = await client.call('POST', 'record/v1/contact', { lastName: 'Birch', externalId: 'one' });
    expect([again.status, errorOf(again)['o:errorCode']]).toEqual([400, 'USER_ERROR']);
    const customer = { companyName: 'Acme', externalId: 'one' };
    expect((await client.call('POST', 'record/v1/customer', customer)).status).toBe(400);
    client.account.switches({ sharedExternalIds: false, duplicateExternalIdCode: 'DUP_RCRD' });
    expect((await client.call('POST', 'record/v1/customer', customer)).status).toBe(204);
    expect(errorOf(await client.call('POST', 'record/v1/customer', customer))['o:errorCode']).toBe('DUP_RCRD');
  });

  it('delete: "often refused when the entity has transactions: set isInactive"', async () => {
    const id = await client.create('customer', { companyName: 'Acme' });
    client.act('admin/transaction', { id });
    expect((await client.call('DELETE', `record/v1/customer/${id}`)).status).toBe(400);
    expect((await client.call('PATCH', `record/v1/customer/${id}`, { isInactive: true })).status).toBe(204);
    client.account.switches({ deleteWithTransactions: 'allowed' });
    expect((await client.call('DELETE', `record/v1/customer/${id}`)).status).toBe(204);
    expect((await client.call('GET', `record/v1/customer/${id}`)).status).toBe(404);
  });

  it('"contact entityId must be unique per company"; subsidiary mandatory in OneWorld', async () => {
    await client.create('contact', { firstName: 'Ann', lastName: 'Ash' });
    const twin = await client.call('POST', 'record/v1/contact', { firstName: 'Ann', lastName: 'Ash' });
    expect([twin.status, errorOf(twin)['o:errorPath']]).toEqual([400, 'entityId']);
    const company = { id: await client.create('customer', { companyName: 'Acme' }) };
    expect(
      (await client.call('POST', 'record/v1/contact', { firstName: 'Ann', lastName: 'Ash', company })).status,
    ).toBe(204);
    client.account.switches({ uniqueContactNames: false, oneWorld: true });
    expect((await client.call('POST', 'record/v1/contact', { firstName: 'Ann', lastName: 'Ash' })).status).toBe(400);
    const inOne = { firstName: 'Ann', lastName: 'Ash', subsidiary: { id: 1 } };
    expect((await client.call('POST', 'record/v1/contact', inOne)).status).toBe(204);
  });

  it('wrong values: "You have entered an Invalid Field Value 9999 for the following field: item"', async () => {
    const answer = await client.call('POST', 'record/v1/contact', { lastName: 'Ash', company: { id: 9999 } });
    expect([answer.status, errorOf(answer)]).toEqual([
      400,
      {
        detail:
          'Error while accessing resource: You have entered an Invalid Field Value 9999 for the following field: company',
        'o:errorCode': 'INVALID_CONTENT',
        'o:errorPath': 'company',
      },
    ]);
    for (const fields of [
      { isInactive: 'yes' },
      { globalSubscriptionStatus: { id: '5' } },
      { lastName: 'x'.repeat(33) },
      { email: 'a@b' },
      { phone: '12' },
    ]) {
      expect((await client.call('POST', 'record/v1/contact', { lastName: 'Ash', ...fields })).status).toBe(400);
    }
    client.account.switches({ fieldChecks: false });
    expect((await client.call('POST', 'record/v1/contact', { lastName: 'Ash', phone: '12' })).status).toBe(204);
    expect((await client.call('POST', 'record/v1/contact', undefined)).status).toBe(400);
  });

  it('checklist 6: an unknown name is ignored with a 204 unless X-NetSuite-PropertyNameValidation says Error', async () => {
    const write = (mode: string | undefined, body: object = { lastName: 'Ash', custentity_optout: true }) =>
      client.call(
        'POST',
        'record/v1/contact',
        { ...body, firstName: mode ?? 'none' },
        mode === undefined ? {} : { 'X-NetSuite-PropertyNameValidation': mode },
      );
    const silent = await write(undefined);
    expect([silent.status, silent.headers.get('x-netsuite-warnings')]).toEqual([
      204,
      expect.stringContaining('custentity_optout'),
    ]);
    expect((await write('Ignore')).headers.get('x-netsuite-warnings')).toBeNull();
    const refused = await write('Error');
    expect([refused.status, errorOf(refused)['o:errorPath']]).toEqual([400, 'custentity_optout']);
    expect((await write('Error', { lastName: 'Ash', links: [], addressBook: {} })).status).toBe(204);
    expect((await write('Sometimes')).status).toBe(400);
  });

  it('checklist 6: X-NetSuite-PropertyValueValidation: Error by default, else the wrong value is left out', async () => {
    const body = { lastName: 'Ash', isInactive: 'maybe' };
    const lenient = await client.call('POST', 'record/v1/contact', body, {
      'X-NetSuite-PropertyValueValidation': 'Warning',
    });
    expect([lenient.status, lenient.headers.get('x-netsuite-warnings')]).toEqual([
      204,
      expect.stringContaining('isInactive'),
    ]);
    expect((await client.call('POST', 'record/v1/contact', body)).status).toBe(400);
  });

  it('select-options on POST: the values that fields can take', async () => {
    const headers = { accept: 'application/vnd.oracle.resource+json; type=select-options' };
    const { body } = await client.call(
      'POST',
      'record/v1/customer?fields=entityStatus,globalSubscriptionStatus',
      {},
      headers,
    );
    expect(body.items[0]).toMatchObject({
      field: 'entityStatus',
      items: expect.arrayContaining([{ id: '6', refName: 'LEAD-Unqualified' }]),
    });
    expect(body.items[1].items).toHaveLength(4);
  });

  it('a contact is attached to a customer', async () => {
    const company = await client.create('customer', { companyName: 'Acme' });
    const id = await client.create('contact', { lastName: 'Ash' });
    const answer = await client.call('POST', `record/v1/customer/${company}/!attach/contact/${id}`, {
      role: { id: -10 },
    });
    expect(answer.status).toBe(204);
    expect((await client.read('contact', id)).company.id).toBe(company);
  });
});

describe('checklist 3: lists and q filters', () => {
  let client: Client;
  let [ann, bob] = ['', ''];
  beforeEach(async () => {
    client = await open();
    ann = await client.create('contact', { firstName: 'Ann', lastName: 'Ash', email: 'ann@example.com' });
    client.account.clock.advance(86_400_000);
    bob = await client.create('contact', {
      firstName: 'Bob',
      lastName: 'Birch',
      isInactive: true,
      globalSubscriptionStatus: { id: '2' },
    });
  });
  afterEach(() => client.account.close());

  const found = async (q: string): Promise<readonly string[]> => {
    const { body } = await client.call('GET', `record/v1/contact?q=${encodeURIComponent(q)}`);
    return body.items.map(({ id }: { id: string }) => id);
  };

  it('"returns ids and links only", in pages', async () => {
    const { body } = await client.call('GET', 'record/v1/contact?limit=1');
    const base = `${client.account.url}/services/rest/record/v1/contact`;
    expect(body).toEqual({
      links: [
        { rel: 'self', href: `${base}?limit=1` },
        { rel: 'next', href: `${base}?limit=1&offset=1` },
      ],
      count: 1,
      hasMore: true,
      items: [{ links: [{ rel: 'self', href: `${base}/${ann}` }], id: ann }],
      offset: 0,
      totalResults: 2,
    });
  });

  it.each<[string, string]>([
    ['email IS "ANN@example.com"', 'ann'],
    ['email IS_NOT "x@example.com"', 'ann,bob'],
    ['lastName CONTAIN "s"', 'ann'],
    ['lastName START_WITH "B"', 'bob'],
    ['email EMPTY', 'bob'],
    ['email EMPTY_NOT', 'ann'],
    ['isInactive IS true', 'bob'],
    ['globalSubscriptionStatus ANY_OF [2, 4]', 'bob'],
    ['id ANY_OF [101]', 'ann'],
    ['id BETWEEN [102, 200]', 'bob'],
    ['lastName IS "Ash" OR lastName IS "Birch" AND isInactive IS false', 'ann'],
    ['(lastName IS "Ash" OR lastName IS "Birch") AND isInactive IS true', 'bob'],
    ['dateCreated ON_OR_AFTER "3/2/2026"', 'bob'],
    ['dateCreated ON "3/1/2026"', 'ann'],
    ['dateCreated BEFORE "3/2/2026"', 'ann'],
    ['dateCreated AFTER "2/28/2026"', 'ann,bob'],
    ['dateCreated BETWEEN ["3/1/2026", "3/2/2026"]', 'ann,bob'],
  ])('q=%s', async (q, names) => {
    expect(await found(q)).toEqual(names.split(',').map((name) => (name === 'ann' ? ann : bob)));
  });

  it('"dates in the user\'s date format, not ISO"; days are those of the user\'s time zone; wrong filters are 400', async () => {
    for (const q of [
      'dateCreated ON "2026-03-01"',
      'nothing IS 1',
      'email GREATER 1',
      'email IS',
      '(email EMPTY',
      'email EMPTY email',
    ]) {
      const { status } = await client.call('GET', `record/v1/contact?q=${encodeURIComponent(q)}`);
      expect([q, status]).toEqual([q, 400]);
    }
    client.account.switches({ dateFormat: 'YYYY-MM-DD', sessionTimeZone: 'Pacific/Auckland' });
    expect(await found('dateCreated ON "2026-03-02"')).toEqual([ann]);
  });
});

describe('checklist 2, 10: roles and the catalog', () => {
  let client: Client;
  beforeEach(async () => {
    client = await open();
  });
  afterEach(() => client.account.close());

  it('a record is "loaded in edit mode: needs edit permission"; SuiteQL needs less', async () => {
    const id = await client.create('contact', { lastName: 'Ash' });
    client.act('admin/permission', { record: 'contact', level: 'view' });
    const read = await client.call('GET', `record/v1/contact/${id}`);
    expect([read.status, errorOf(read)['o:errorCode']]).toEqual([403, 'INSUFFICIENT_PERMISSION']);
    expect(await client.rows('SELECT id FROM contact')).toEqual([{ id }]);
    client.act('admin/permission', { record: 'contact', level: 'none' });
    expect((await client.query('SELECT id FROM contact')).status).toBe(400);
    client.act('admin/permission', { record: 'contact', level: 'edit' });
    expect((await client.call('DELETE', `record/v1/contact/${id}`)).status).toBe(403);
    expect((await client.call('GET', 'record/v1/invoice')).status).toBe(404);
  });

  it('metadata-catalog: JSON Schema of one record, OpenAPI of a selection', async () => {
    const schema = await client.call('GET', 'record/v1/metadata-catalog/contact', undefined, {
      accept: 'application/schema+json',
    });
    expect(schema.headers.get('content-type')).toBe('application/schema+json');
    expect(schema.body.properties).toMatchObject({
      email: { title: 'Email', type: 'string', format: 'email', nullable: true },
      unsubscribe: { title: 'Unsubscribe from Campaigns', type: 'boolean' },
      lastModifiedDate: { type: 'string', format: 'date-time', readOnly: true },
      globalSubscriptionStatus: { type: 'object', properties: { id: { enum: ['1', '2', '3', '4'] } } },
      company: { $ref: '/services/rest/record/v1/metadata-catalog/customer' },
      custentity_newsletter_opt_out: { title: 'Newsletter Opt-Out', type: 'boolean', 'x-ns-custom-field': true },
    });
    expect(schema.body.properties).not.toHaveProperty('subscriptions');
    expect(schema.body['x-ns-filterable']).toContain('email');
    const headers = { accept: 'application/swagger+json' };
    const swagger = await client.call('GET', 'record/v1/metadata-catalog?select=customer,contact', undefined, headers);
    expect(swagger.headers.get('content-type')).toBe('application/swagger+json');
    expect(Object.keys(swagger.body.paths)).toEqual(['/customer', '/customer/{id}', '/contact', '/contact/{id}']);
    expect(swagger.body.components.schemas.customer.properties.subscriptions).toEqual({
      $ref: '#/components/schemas/customer-subscriptionsCollection',
    });
    const links = await client.call('GET', 'record/v1/metadata-catalog');
    expect(links.body.items.map(({ name }: { name: string }) => name)).toContain('campaignSubscription');
  });

  it('custom fields come, change their type and go', async () => {
    client.act('admin/add-field', {
      record: 'contact',
      field: 'custentity_color',
      fieldType: 'choice',
      choices: ['Red', 'Blue'],
    });
    const id = await client.create('contact', { lastName: 'Ash', custentity_color: { id: '2' } });
    expect((await client.read('contact', id)).custentity_color).toEqual({ id: '2', refName: 'Blue' });
    expect(await client.rows('SELECT custentity_color, BUILTIN.DF(custentity_color) AS shown FROM contact')).toEqual([
      { custentity_color: '2', shown: 'Blue' },
    ]);
    client.act('admin/retype-field', { record: 'contact', field: 'custentity_color', fieldType: 'text' });
    expect((await client.read('contact', id)).custentity_color).toBe('2');
    client.act('admin/remove-field', { record: 'contact', field: 'custentity_color' });
    expect(await client.read('contact', id)).not.toHaveProperty('custentity_color');
    expect((await client.query('SELECT custentity_color FROM contact')).status).toBe(400);
    client.account.faults([
      { kind: 'field-vanished', count: 1, details: { record: 'contact', field: 'custentity_tier' } },
    ]);
    expect((await client.query('SELECT custentity_tier FROM contact')).status).toBe(400);
  });
});
