import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Connection, loadCustomers, printProfileError, resolveConfig } from '../../src/profile/index.ts';
import { connectors, validateCron } from './stand-in-connectors.ts';

const CONNECTIONS = `
salesforce:
  connector: salesforce
  domain: acme.my.salesforce.com
  auth: { method: jwt-bearer, clientId: { env: ACME_SF_CLIENT_ID }, username: sync@acme.com, privateKey: { file: keys/acme-sf.pem } }
mailchimp:
  connector: mailchimp
  server: us7
  auth: { method: api-key, apiKey: { env: ACME_MAILCHIMP_KEY } }
`;

/** The example of the interface document, with everything written out. */
const NEWSLETTER = `
version: 1
description: Salesforce people to the newsletter audience
crm:
  connection: salesforce
  records: [Contact, Lead]
  lists: [{ campaign: 701Hs000001abcd }]
marketing:
  connection: mailchimp
  audience: 3f1c0a77b2
schedule: { cron: "*/15 * * * *", timezone: America/New_York }
fields:
  - { crm: FirstName, marketing: FNAME }
  - { crm: Title, marketing: TITLE, direction: crm-to-marketing }
  - { crm: Birthdate, marketing: BIRTHDAY, direction: crm-to-marketing, transform: { date: MM/DD } }
conflicts: crm
create: { marketing: true, crm: false }
whenRecordLeaves: keep
reference: { crm: Heed_Id__c }
optOut:
  crmToMarketing: false
consent:
  newMembers: non-subscribed
guards: { optOuts: { people: 50, percent: 5 }, creates: 5000 }
`;

const MINIMAL = `
version: 1
crm: { connection: salesforce, records: [Contact] }
marketing: { connection: mailchimp, audience: 3f1c0a77b2 }
consent: { newMembers: non-subscribed }
`;

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'heed-profiles-'));
});
afterEach(() => rm(folder, { recursive: true }));

const write = async (files: Readonly<Record<string, string | Uint8Array>>): Promise<void> => {
  for (const [path, text] of Object.entries(files)) {
    await mkdir(join(folder, path, '..'), { recursive: true });
    await writeFile(join(folder, path), text);
  }
};

const load = () => loadCustomers(folder, { connectors, validateCron });

describe('a profiles folder', () => {
  test('the example of the interface is read with everything it says', async () => {
    await write({ 'acme/connections.yaml': CONNECTIONS, 'acme/newsletter.yaml': NEWSLETTER });
    const { customers, errors } = await load();
    expect(errors.map(printProfileError)).toEqual([]);
    const { places, ...profile } = customers[0]?.profiles[0] ?? expect.fail('no profile');
    expect(places.ofKey(['optOut', 'crmToMarketing'])).toMatchObject({ line: 21, column: 3 });
    expect(profile).toEqual({
      id: 'acme/newsletter',
      customer: 'acme',
      name: 'newsletter',
      description: 'Salesforce people to the newsletter audience',
      crm: {
        connection: 'salesforce',
        records: ['Contact', 'Lead'],
        lists: [{ kind: 'campaign', id: '701Hs000001abcd' }],
      },
      marketing: { connection: 'mailchimp', audience: '3f1c0a77b2' },
      schedule: { cron: '*/15 * * * *', timezone: 'America/New_York' },
      fields: [
        { crm: 'FirstName', marketing: 'FNAME', direction: 'both', transforms: [], clear: false },
        { crm: 'Title', marketing: 'TITLE', direction: 'crm-to-marketing', transforms: [], clear: false },
        {
          crm: 'Birthdate',
          marketing: 'BIRTHDAY',
          direction: 'crm-to-marketing',
          transforms: [{ kind: 'date', format: 'MM/DD' }],
          clear: false,
        },
      ],
      conflicts: 'crm',
      create: { marketing: true, crm: null },
      whenRecordLeaves: 'keep',
      reference: 'Heed_Id__c',
      optOut: {
        crmToMarketing: false,
        customField: null,
        scope: 'everyone',
        clearWhenConfirmed: false,
        suppressUnknown: false,
        undeliverableField: null,
        target: null,
        softOptOutIsRequest: false,
        importFrom: null,
      },
      consent: { newMembers: 'non-subscribed', basis: null, optInField: null },
      topics: [],
      guards: { optOuts: { people: 50, percent: 5 }, creates: 5000 },
    });
  });

  test('a minimal profile gets the defaults', async () => {
    await write({ 'acme/connections.yaml': CONNECTIONS, 'acme/small.yaml': MINIMAL });
    const { customers } = await load();
    const profile = customers[0]?.profiles[0];
    expect(profile).toMatchObject({
      id: 'acme/small',
      crm: { lists: null },
      schedule: null,
      fields: [],
      conflicts: 'crm',
      create: { marketing: true, crm: null },
      whenRecordLeaves: 'keep',
      reference: null,
      optOut: { crmToMarketing: false, scope: 'everyone', clearWhenConfirmed: false },
      guards: { optOuts: { people: 50, percent: 5 }, creates: 5000 },
    });
  });
});

describe('a folder with mistakes', () => {
  const said = async (): Promise<readonly string[]> =>
    (await load()).errors.map((error) => printProfileError(error).replaceAll(`${folder}/`, ''));

  test('that does not exist', async () => {
    const { customers, errors } = await loadCustomers(join(folder, 'nowhere'), { connectors, validateCron });
    expect(customers).toEqual([]);
    expect(errors.map((error) => error.what)).toEqual(['there is no such folder']);
  });

  test('a customer without connections', async () => {
    await write({ 'acme/small.yaml': MINIMAL });
    expect(await said()).toEqual(['acme/connections.yaml:1:1: the file is missing. See docs/profiles.md.']);
  });

  test('names that cannot be, and files that are none of ours', async () => {
    await write({
      'Acme Inc/connections.yaml': CONNECTIONS,
      'acme/connections.yaml': CONNECTIONS,
      'acme/News Letter.yaml': MINIMAL,
      'acme/small.yml': MINIMAL,
      'acme/README.md': 'hello',
      'acme/.hidden.yaml': 'nothing: here',
      'profile.schema.json': '{}',
    });
    expect(await said()).toEqual([
      'Acme Inc:1:1: this cannot be the name of a customer. Use lower case, digits, - and _.',
      'acme/News Letter.yaml:1:1: this cannot be the name of a profile. Use lower case, digits, - and _, and the ending .yaml.',
      'acme/small.yml:1:1: this cannot be the name of a profile. Use lower case, digits, - and _, and the ending .yaml.',
    ]);
  });

  test('files that are no text, or too large', async () => {
    await write({
      'acme/connections.yaml': CONNECTIONS,
      'acme/latin.yaml': new Uint8Array([0x61, 0x3a, 0x20, 0xe4, 0x0a]),
      'acme/large.yaml': `description: ${'a'.repeat(300_000)}`,
    });
    expect(await said()).toEqual([
      'acme/large.yaml:1:1: the file is larger than 256 KiB. Split it up.',
      'acme/latin.yaml:1:1: the file is not text in UTF-8. Save it as UTF-8.',
    ]);
  });

  test('one broken profile leaves the others, one broken connection only those without it', async () => {
    await write({
      'acme/connections.yaml': CONNECTIONS.replace('server: us7', 'servr: us7'),
      'acme/broken.yaml': 'version: 1\n',
      'acme/small.yaml': MINIMAL,
      'beta/connections.yaml': CONNECTIONS,
      'beta/broken.yaml': 'version: 1\n',
      'beta/lost.yaml': MINIMAL.replace('connection: mailchimp', 'connection: mailchip'),
      'beta/turned.yaml': MINIMAL.replace('salesforce', 'x')
        .replace('mailchimp', 'salesforce')
        .replace(': x', ': mailchimp'),
      'beta/small.yaml': MINIMAL,
    });
    const { customers } = await load();
    expect(customers.map(({ name, profiles }) => [name, profiles.map(({ id }) => id)])).toEqual([
      ['acme', []],
      ['beta', ['beta/small']],
    ]);
    expect((await said()).filter((line) => !line.includes('broken.yaml'))).toEqual([
      'acme/connections.yaml:8:3: unknown key "servr" in mailchimp. Did you mean "server"?',
      'acme/small.yaml:4:26: the connection "mailchimp" has errors. Correct connections.yaml first.',
      'beta/lost.yaml:4:26: there is no connection "mailchip" in connections.yaml. Did you mean "mailchimp"?',
      'beta/turned.yaml:3:20: Mailchimp cannot be a CRM. Name another connection.',
      'beta/turned.yaml:4:26: Salesforce cannot be a marketing tool. Name another connection.',
    ]);
  });
});

describe('secrets', () => {
  const KEY = '0123456789abcdef0123456789abcdef-us7';
  const PEM = '-----BEGIN PRIVATE KEY-----\nMIIabc\n-----END PRIVATE KEY-----';
  const secrets = {
    env: (name: string) => ({ ACME_MAILCHIMP_KEY: KEY, ACME_SF_CLIENT_ID: '3MVG9client' })[name],
    file: (path: string) =>
      path === join(folder, 'acme/keys/acme-sf.pem') ? Promise.resolve(`${PEM}\n`) : Promise.reject(new Error(path)),
  };
  const connection = async (name: string): Promise<Connection> => {
    await write({ 'acme/connections.yaml': CONNECTIONS, 'acme/small.yaml': MINIMAL });
    const { customers } = await load();
    return customers[0]?.connections.get(name) ?? expect.fail(`no connection ${name}`);
  };

  test('are resolved for the connector, from the environment and from files beside connections.yaml', async () => {
    const mailchimp = await resolveConfig(await connection('mailchimp'), secrets);
    expect(mailchimp).toMatchObject({ ok: true, config: { server: 'us7', auth: { apiKey: KEY } } });
    const salesforce = await resolveConfig(await connection('salesforce'), secrets);
    expect(salesforce).toMatchObject({ ok: true, config: { auth: { clientId: '3MVG9client', privateKey: PEM } } });
  });

  test('are shown by neither JSON.stringify nor util.inspect, at any depth', async () => {
    const resolved = await resolveConfig(await connection('mailchimp'), secrets);
    if (!resolved.ok) expect.fail('not resolved');
    const config = resolved.config as { auth: { apiKey: string } };
    for (const shown of [config, config.auth, resolved, { nested: [config.auth] }]) {
      expect(JSON.stringify(shown)).not.toContain(KEY);
      expect(inspect(shown, { depth: null })).not.toContain(KEY);
    }
    expect(config.auth.apiKey).toBe(KEY);
  });

  test('that are missing are named with their place', async () => {
    const found = await resolveConfig(await connection('mailchimp'), { ...secrets, env: () => undefined });
    if (found.ok) expect.fail('resolved');
    expect(found.errors.map(printProfileError)).toEqual([
      `${folder}/acme/connections.yaml:9:36: the environment variable ACME_MAILCHIMP_KEY is not set. Provide it, and try again.`,
    ]);
  });

  test('that the connector refuses are not quoted', async () => {
    const wrong = { ...secrets, file: () => Promise.resolve('hunter2 is no key') };
    const found = await resolveConfig(await connection('salesforce'), wrong);
    if (found.ok) expect.fail('resolved');
    expect(found.errors.map((error) => error.path)).toEqual(['salesforce.auth.privateKey']);
    expect(JSON.stringify(found.errors)).not.toContain('hunter2');
  });
});
