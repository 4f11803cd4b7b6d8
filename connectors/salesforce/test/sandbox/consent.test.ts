import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Client, open } from './client.ts';

describe('checklist 8: Consent API', () => {
  let client: Client;
  beforeEach(async () => {
    client = await open();
  });
  afterEach(() => client.org.close());

  const read = async (ids: string, more = '') =>
    (await client.call('GET', `/consent/action/email?ids=${ids}${more}`)).body;

  it('"{"a@b.com":{"result":"Success","proceed":{"email":"false","emailResult":"Success"},"explanation":[...]}}"', async () => {
    const contact = await client.create('Contact', { LastName: 'A', Email: 'a@example.com' });
    const lead = await client.create('Lead', {
      LastName: 'A',
      Company: 'C',
      Email: 'a@example.com',
      HasOptedOutOfEmail: true,
    });
    expect(await read('A@example.com', '&verbose=true')).toEqual({
      'A@example.com': {
        result: 'Success',
        proceed: { email: 'false', emailResult: 'Success' },
        explanation: [
          { objectConsulted: 'Contact', field: 'HasOptedOutOfEmail', recordId: contact, value: 'false' },
          { objectConsulted: 'Lead', field: 'HasOptedOutOfEmail', recordId: lead, value: 'true' },
        ],
      },
    });
    expect((await read(contact))[contact].proceed.email).toBe('false');
    expect(
      (await client.call('GET', '/consent/multiaction?actions=email&ids=a@example.com')).body['a@example.com'].proceed
        .email,
    ).toBe('false');
  });

  it('"converted leads ignored"; without any record the answer is false', async () => {
    await client.create('Contact', { LastName: 'A', Email: 'a@example.com' });
    const lead = await client.create('Lead', {
      LastName: 'A',
      Company: 'C',
      Email: 'a@example.com',
      HasOptedOutOfEmail: true,
    });
    const contact = await client.create('Contact', { LastName: 'B', Email: 'b@example.com' });
    client.act('admin/convert', { id: lead, contact });
    expect((await read('a@example.com'))['a@example.com'].proceed.email).toBe('true');
    expect((await read('nobody@example.com'))['nobody@example.com'].proceed.email).toBe('false');
  });

  it('"any record with a matching email address is updated"; one email per call', async () => {
    await client.create('Contact', { LastName: 'A', Email: 'a@example.com' });
    await client.create('Lead', { LastName: 'A', Company: 'C', Email: 'a@example.com' });
    const write = (ids: string, status: string) =>
      client.call('PATCH', `/consent/action/email?ids=${ids}&status=${status}`, {});
    expect((await write('a@example.com', 'optout')).status).toBe(200);
    for (const type of ['Contact', 'Lead']) {
      expect((await client.query(`SELECT HasOptedOutOfEmail FROM ${type}`)).body.records[0].HasOptedOutOfEmail).toBe(
        true,
      );
    }
    expect((await write('a@example.com,b@example.com', 'optout')).status).toBe(400);
    expect((await write('a@example.com', 'nonsense')).status).toBe(400);
  });

  it('needs "Allow User Access to Privacy Data", and looks past field-level security', async () => {
    await client.create('Lead', { LastName: 'A', Company: 'C', Email: 'a@example.com', HasOptedOutOfEmail: true });
    client.act('admin/hide-field', { type: 'Lead', field: 'HasOptedOutOfEmail' });
    expect((await read('a@example.com'))['a@example.com'].proceed.email).toBe('false');
    client.act('admin/permission', { name: 'PrivacyData', granted: false });
    expect((await client.call('GET', '/consent/action/email?ids=a@example.com')).status).toBe(403);
  });

  it('"ContactPointTypeConsent.{ContactPointType, EffectiveFrom, EffectiveTo, PrivacyConsentStatus}"', async () => {
    const individual = await client.create('Individual', { LastName: 'A' });
    await client.create('Contact', { LastName: 'A', Email: 'a@example.com', IndividualId: individual });
    const consent = (fields: object) =>
      client.create('ContactPointTypeConsent', {
        Name: 'C',
        PartyId: individual,
        ContactPointType: 'Email',
        ...fields,
      });
    const mayMail = async () => (await read('a@example.com', '&verbose=true'))['a@example.com'].proceed.email;
    await consent({ PrivacyConsentStatus: 'OptOut', ContactPointType: 'Phone' });
    await consent({ PrivacyConsentStatus: 'OptOut', EffectiveFrom: '2026-03-02T12:00:00.000+0000' });
    await consent({ PrivacyConsentStatus: 'OptOut', EffectiveTo: '2026-03-01T11:00:00.000+0000' });
    expect(await mayMail()).toBe('true');
    const id = await consent({ PrivacyConsentStatus: 'OptOut' });
    expect(await mayMail()).toBe('false');
    const [, ...explained] = (await read('a@example.com', '&verbose=true'))['a@example.com'].explanation;
    expect(explained).toEqual([
      { objectConsulted: 'ContactPointTypeConsent', field: 'PrivacyConsentStatus', recordId: id, value: 'OptOut' },
    ]);
  });

  it('"least permissive wins, same email only" (property)', async () => {
    const record = fc.record({
      type: fc.constantFrom('Contact', 'Lead'),
      email: fc.constantFrom('a@x.org', 'b@x.org'),
      out: fc.boolean(),
    });
    let run = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(record, { minLength: 1, maxLength: 6 }), async (records) => {
        run += 1;
        const address = (email: string): string => `${run}.${email}`;
        for (const { type, email, out } of records) {
          const fields = {
            LastName: 'P',
            Email: address(email),
            HasOptedOutOfEmail: out,
            ...(type === 'Lead' ? { Company: 'C' } : {}),
          };
          client.act('admin/create', { type, fields });
        }
        const answer = await read(address('a@x.org'));
        const same = records.filter(({ email }) => email === 'a@x.org');
        const mayMail = same.length > 0 && same.every(({ out }) => !out);
        expect(answer[address('a@x.org')].proceed.email).toBe(String(mayMail));
      }),
      { numRuns: 40, seed: 1 },
    );
  });
});
