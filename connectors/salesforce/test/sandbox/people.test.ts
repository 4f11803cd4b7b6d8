import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Client, open } from './client.ts';

const day = 86_400_000;

async function all(client: Client, soql: string): Promise<Record<string, unknown>[]> {
  const { body } = await client.call('GET', `/queryAll?q=${encodeURIComponent(soql)}`);
  return body.records.map(({ attributes: _, ...fields }: Record<string, unknown>) => fields);
}

describe('checklist 7: people, duplicates, Recycle Bin, merge, conversion', () => {
  let client: Client;
  beforeEach(async () => {
    client = await open();
  });
  afterEach(() => client.org.close());

  const post = (name: string, body: object) =>
    fetch(`${client.org.url}/__sandbox/${name}`, { method: 'POST', body: JSON.stringify(body) });

  it('"Same-email duplicates across Lead/Contact": a person opts out on every live record with the address', async () => {
    const contact = await client.create('Contact', { LastName: 'A', Email: 'a@example.com' });
    const lead = await client.create('Lead', { LastName: 'A', Company: 'C', Email: 'A@Example.com' });
    const other = await client.create('Contact', { LastName: 'B', Email: 'b@example.com' });
    const answer = await post('person/unsubscribe', { email: 'A@example.com' });
    expect(await answer.json()).toEqual({
      records: [
        { type: 'Contact', id: contact },
        { type: 'Lead', id: lead },
      ],
    });
    const optOut = 'SELECT Id FROM Contact WHERE HasOptedOutOfEmail = true';
    expect((await client.query(optOut)).body.records.map((r: { Id: string }) => r.Id)).toEqual([contact]);
    await post('person/resubscribe', { id: contact });
    expect((await client.query(optOut)).body.totalSize).toBe(0);
    expect((await client.call('GET', `/sobjects/Lead/${lead}`)).body.HasOptedOutOfEmail).toBe(true);
    expect((await client.call('GET', `/sobjects/Contact/${other}`)).body.HasOptedOutOfEmail).toBe(false);
    expect((await post('person/unsubscribe', { email: 'nobody@example.com' })).status).toBe(400);
  });

  it('an opt-out can also go to a custom field, and names who changed it', async () => {
    const id = await client.create('Contact', { LastName: 'A', Email: 'a@example.com' });
    client.act('person/unsubscribe', { email: 'a@example.com', field: 'Newsletter_Opt_Out__c' });
    const { body } = await client.call('GET', `/sobjects/Contact/${id}`);
    expect([body.Newsletter_Opt_Out__c, body.HasOptedOutOfEmail]).toEqual([true, false]);
    expect(body.LastModifiedById).toBe(client.org.state().users.admin);
    expect(body.CreatedById).toBe(client.org.state().users.integration);
  });

  it('"Bounce: EmailBouncedDate, EmailBouncedReason (both objects), IsEmailBounced (Contact); set by the platform"', async () => {
    const id = await client.create('Contact', { LastName: 'A', Email: 'a@example.com' });
    client.act('person/bounce', { email: 'a@example.com', reason: 'full' });
    const fields = '?fields=EmailBouncedDate,EmailBouncedReason,IsEmailBounced';
    expect((await client.call('GET', `/sobjects/Contact/${id}${fields}`)).body).toMatchObject({
      EmailBouncedDate: '2026-03-01T12:00:00.000+0000',
      EmailBouncedReason: 'full',
      IsEmailBounced: true,
    });
    const write = await client.call('PATCH', `/sobjects/Contact/${id}`, { EmailBouncedReason: null });
    expect(write.body[0].errorCode).toBe('INVALID_FIELD_FOR_INSERT_UPDATE');
    await client.call('PATCH', `/sobjects/Contact/${id}`, { Email: 'new@example.com' });
    expect((await client.call('GET', `/sobjects/Contact/${id}${fields}`)).body.IsEmailBounced).toBe(false);
    client.org.switches({ bounceManagement: false });
    expect((await post('person/bounce', { email: 'new@example.com' })).status).toBe(400);
  });

  it('"Recycle Bin, undelete": 15 days, fields as they were, unique values still checked', async () => {
    const id = await client.create('Contact', { LastName: 'A', Heed_Id__c: 'h', HasOptedOutOfEmail: true });
    await client.call('DELETE', `/sobjects/Contact/${id}`);
    client.org.clock.advance(14 * day);
    client.act('admin/undelete', { id });
    expect((await client.call('GET', `/sobjects/Contact/${id}`)).body).toMatchObject({
      IsDeleted: false,
      HasOptedOutOfEmail: true,
    });
    await client.call('DELETE', `/sobjects/Contact/${id}`);
    await client.create('Contact', { LastName: 'B', Heed_Id__c: 'h' });
    const taken = await post('admin/undelete', { id });
    expect([taken.status, ((await taken.json()) as { errorCode: string }).errorCode]).toEqual([400, 'DUPLICATE_VALUE']);
    client.org.clock.advance(16 * day);
    expect(((await (await post('admin/undelete', { id })).json()) as { errorCode: string }).errorCode).toBe(
      'UNDELETE_FAILED',
    );
  });

  it('an undeleted record is not in /deleted any more', async () => {
    const id = await client.create('Contact', { LastName: 'A' });
    await client.call('DELETE', `/sobjects/Contact/${id}`);
    client.act('admin/undelete', { id });
    client.org.clock.advance(120_000);
    const { body } = await client.call(
      'GET',
      '/sobjects/Contact/deleted?start=2026-03-01T11:00:00Z&end=2026-03-01T12:02:00Z',
    );
    expect(body.deletedRecords).toEqual([]);
  });

  it('"Merge: master wins, so a loser\'s opt-out disappears"; "Losers: IsDeleted=true, MasterRecordId set (queryAll)"', async () => {
    const master = await client.create('Contact', { LastName: 'Master', Email: 'm@example.com' });
    const loser = await client.create('Contact', {
      LastName: 'Loser',
      Email: 'l@example.com',
      HasOptedOutOfEmail: true,
    });
    const campaign = await client.create('Campaign', { Name: 'C' });
    await client.create('CampaignMember', { CampaignId: campaign, ContactId: loser });
    client.org.clock.advance(1000);
    client.act('admin/merge', { type: 'Contact', master, losers: [loser] });
    expect(
      await all(client, 'SELECT Id, IsDeleted, MasterRecordId, HasOptedOutOfEmail FROM Contact ORDER BY Id'),
    ).toEqual([
      { Id: master, IsDeleted: false, MasterRecordId: null, HasOptedOutOfEmail: false },
      { Id: loser, IsDeleted: true, MasterRecordId: master, HasOptedOutOfEmail: true },
    ]);
    expect(await all(client, 'SELECT ContactId FROM CampaignMember')).toEqual([{ ContactId: master }]);
    client.org.clock.advance(120_000);
    const { body } = await client.call(
      'GET',
      '/sobjects/Contact/deleted?start=2026-03-01T11:00:00Z&end=2026-03-01T12:02:00Z',
    );
    expect(body.deletedRecords.map((r: { id: string }) => r.id)).toEqual([loser]);
  });

  it('"unless set in masterRecord": fields given with the merge are set on the master; up to 3 records', async () => {
    const ids = [];
    for (const name of ['A', 'B', 'C', 'D']) ids.push(await client.create('Lead', { LastName: name, Company: 'X' }));
    const [master, ...losers] = ids;
    expect((await post('admin/merge', { type: 'Lead', master, losers })).status).toBe(400);
    client.act('admin/merge', { type: 'Lead', master, losers: losers.slice(1), fields: { HasOptedOutOfEmail: true } });
    expect((await client.call('GET', `/sobjects/Lead/${master}`)).body.HasOptedOutOfEmail).toBe(true);
  });

  it('"Lead convert: lead becomes IsConverted=true (read-only, CANNOT_UPDATE_CONVERTED_LEAD), person continues at ConvertedContactId"', async () => {
    const fields = {
      LastName: 'L',
      FirstName: 'F',
      Company: 'Acme',
      Email: 'l@example.com',
      HasOptedOutOfEmail: true,
      City: 'Ulm',
    };
    const lead = await client.create('Lead', fields);
    client.act('admin/convert', { id: lead });
    const { body } = await client.call('GET', `/sobjects/Lead/${lead}`);
    expect(body).toMatchObject({ IsConverted: true, ConvertedDate: '2026-03-01' });
    const contact = await client.call('GET', `/sobjects/Contact/${body.ConvertedContactId}`);
    expect(contact.body).toMatchObject({
      LastName: 'L',
      Email: 'l@example.com',
      HasOptedOutOfEmail: true,
      MailingCity: 'Ulm',
    });
    const write = await client.call('PATCH', `/sobjects/Lead/${lead}`, { HasOptedOutOfEmail: false });
    expect([write.status, write.body[0].errorCode]).toEqual([400, 'CANNOT_UPDATE_CONVERTED_LEAD']);
  });

  it('"UNV that conversion copies it onto an existing contact": a switch', async () => {
    const convert = async (name: string) => {
      const contact = await client.create('Contact', { LastName: name });
      const lead = await client.create('Lead', { LastName: name, Company: 'X', HasOptedOutOfEmail: true });
      client.act('admin/convert', { id: lead, contact });
      return (await client.call('GET', `/sobjects/Contact/${contact}`)).body.HasOptedOutOfEmail;
    };
    expect(await convert('A')).toBe(false);
    client.org.switches({ conversionCarriesOptOut: true });
    expect(await convert('B')).toBe(true);
  });

  it('"If history tracking is on: SELECT ContactId, Field, NewValue, CreatedDate FROM ContactHistory"', async () => {
    const id = await client.create('Contact', { LastName: 'A', Email: 'a@example.com' });
    const soql = `SELECT ContactId, Field, NewValue, CreatedDate FROM ContactHistory WHERE Field = 'HasOptedOutOfEmail' AND ContactId IN ('${id}') ORDER BY CreatedDate DESC`;
    client.act('person/unsubscribe', { email: 'a@example.com' });
    expect((await client.query(soql)).body.totalSize).toBe(0);
    client.org.switches({ fieldHistory: true });
    client.act('person/resubscribe', { email: 'a@example.com' });
    client.org.clock.advance(60_000);
    await client.call('PATCH', `/sobjects/Contact/${id}`, { HasOptedOutOfEmail: true });
    expect(await all(client, soql)).toEqual([
      { ContactId: id, Field: 'HasOptedOutOfEmail', NewValue: 'true', CreatedDate: '2026-03-01T12:01:00.000+0000' },
      { ContactId: id, Field: 'HasOptedOutOfEmail', NewValue: 'false', CreatedDate: '2026-03-01T12:00:00.000+0000' },
    ]);
  });

  it('"the shadow Contact has IsPersonAccount=true and is read by normal Contact queries; write through Account"', async () => {
    expect((await client.query('SELECT IsPersonAccount FROM Contact')).status).toBe(400);
    client.org.switches({ personAccounts: true });
    const fields = { LastName: 'P', PersonEmail: 'p@example.com' };
    const { id, contactId } = client.act('admin/person-account', { fields });
    const soql = "SELECT Id, IsPersonAccount, HasOptedOutOfEmail FROM Contact WHERE Email = 'p@example.com'";
    expect(await all(client, soql)).toEqual([{ Id: contactId, IsPersonAccount: true, HasOptedOutOfEmail: false }]);
    const direct = await client.call('PATCH', `/sobjects/Contact/${contactId}`, { HasOptedOutOfEmail: true });
    expect(direct.status).toBe(400);
    await client.call('PATCH', `/sobjects/Account/${id}`, { PersonHasOptedOutOfEmail: true });
    expect((await all(client, soql))[0]?.HasOptedOutOfEmail).toBe(true);
    client.org.switches({ shadowContactWrites: 'accepted' });
    expect((await client.call('PATCH', `/sobjects/Contact/${contactId}`, { HasOptedOutOfEmail: false })).status).toBe(
      204,
    );
    expect((await client.call('GET', `/sobjects/Account/${id}`)).body.PersonHasOptedOutOfEmail).toBe(false);
  });
});

describe('checklist 10: campaigns and list views', () => {
  let client: Client;
  beforeEach(async () => {
    client = await open();
  });
  afterEach(() => client.org.close());

  it('"Campaigns, members (both kinds)": made by API or by an administrator, once per person', async () => {
    const campaign = client.act('admin/campaign', { name: 'Spring' }).id;
    const contact = await client.create('Contact', { LastName: 'A', Email: 'a@example.com' });
    const lead = await client.create('Lead', { LastName: 'B', Company: 'C', Email: 'b@example.com' });
    await client.create('CampaignMember', { CampaignId: campaign, ContactId: contact });
    client.act('admin/add-member', { campaign, email: 'b@example.com', status: 'Responded' });
    const soql = 'SELECT ContactId, LeadId, Type, HasResponded, Email FROM CampaignMember ORDER BY Id';
    expect(await all(client, soql)).toEqual([
      { ContactId: contact, LeadId: null, Type: 'Contact', HasResponded: false, Email: 'a@example.com' },
      { ContactId: null, LeadId: lead, Type: 'Lead', HasResponded: true, Email: 'b@example.com' },
    ]);
    const twice = await client.call('POST', '/sobjects/CampaignMember', { CampaignId: campaign, ContactId: contact });
    expect([twice.status, twice.body[0].errorCode]).toEqual([400, 'DUPLICATE_VALUE']);
    const join = `SELECT Id FROM Lead WHERE Id IN (SELECT LeadId FROM CampaignMember WHERE CampaignId = '${campaign}')`;
    expect(await all(client, join)).toEqual([{ Id: lead }]);
    client.act('admin/remove-member', { campaign, id: lead });
    expect((await client.query(join)).body.totalSize).toBe(0);
  });

  it('"CampaignMember.HasOptedOutOfEmail mirrors the person, read-only; its own SystemModstamp need not move"', async () => {
    const campaign = client.act('admin/campaign', { name: 'Spring' }).id;
    await client.create('Contact', { LastName: 'A', Email: 'a@example.com' });
    const [member] = client.act('admin/add-member', { campaign, email: 'a@example.com' }).members;
    const read = async () => (await client.call('GET', `/sobjects/CampaignMember/${member}`)).body;
    client.org.clock.advance(5000);
    client.act('person/unsubscribe', { email: 'a@example.com' });
    expect(await read()).toMatchObject({ HasOptedOutOfEmail: true, SystemModstamp: '2026-03-01T12:00:00.000+0000' });
    const write = await client.call('PATCH', `/sobjects/CampaignMember/${member}`, { HasOptedOutOfEmail: false });
    expect(write.body[0].errorCode).toBe('INVALID_FIELD_FOR_INSERT_UPDATE');
    client.org.switches({ memberFollowsPerson: true });
    client.act('person/resubscribe', { email: 'a@example.com' });
    expect(await read()).toMatchObject({ HasOptedOutOfEmail: false, SystemModstamp: '2026-03-01T12:00:05.000+0000' });
  });

  it('deleting a person or a campaign deletes its members', async () => {
    const campaign = client.act('admin/campaign', { name: 'Spring' }).id;
    const contact = await client.create('Contact', { LastName: 'A', Email: 'a@example.com' });
    client.act('admin/add-member', { campaign, email: 'a@example.com' });
    await client.call('DELETE', `/sobjects/Contact/${contact}`);
    expect((await client.query('SELECT Id FROM CampaignMember')).body.totalSize).toBe(0);
  });

  it('"list views with query": listviews, describe (returns query), results', async () => {
    await client.create('Contact', { LastName: 'A', Title: 'CEO' });
    await client.create('Contact', { LastName: 'B' });
    const query = "SELECT LastName FROM Contact WHERE Title = 'CEO'";
    const { id } = client.act('admin/list-view', { type: 'Contact', label: 'The bosses', query });
    const { body } = await client.call('GET', '/sobjects/Contact/listviews');
    expect(body.listviews[0]).toMatchObject({ id, label: 'The bosses', developerName: 'The_bosses' });
    expect((await client.call('GET', body.listviews[0].describeUrl)).body.query).toBe(query);
    const results = await client.call('GET', `/sobjects/Contact/listviews/${id}/results`);
    expect(results.body.records).toEqual([{ columns: [{ fieldNameOrPath: 'LastName', value: 'A' }] }]);
    expect((await client.call('GET', '/sobjects/Lead/listviews')).body.size).toBe(0);
  });
});
