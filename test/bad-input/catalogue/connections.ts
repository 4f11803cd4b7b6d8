import { generateKeyPairSync } from 'node:crypto';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { World } from '../stage/world.ts';
import { type BadCase, file } from './case.ts';

/** Stands wherever a secret does; nothing that is said contains it. */
export const SECRET = '0123456789abcdef0123456789abcdef-us7';

const connections =
  (change: Readonly<Record<string, object>>) =>
  (world: World): void => {
    const { salesforce, mailchimp } = world;
    world.connections({
      ...(change.salesforce === undefined ? {} : { salesforce: { ...salesforce.connection, ...change.salesforce } }),
      ...(change.mailchimp === undefined ? {} : { mailchimp: { ...mailchimp.connection, ...change.mailchimp } }),
    });
  };

const withKey = (change: Readonly<Record<string, string | undefined>>) => (whole: Readonly<Record<string, string>>) =>
  Object.fromEntries(
    Object.entries({ ...whole, ...change }).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );

const jwt = { method: 'jwt-bearer', clientId: 'client', username: 'sync@acme.com', privateKey: { file: 'key.pem' } };
const keyFile = (text: string) => (world: World) => {
  world.file('acme/key.pem', text);
  connections({ salesforce: { auth: jwt } })(world);
};

/** Nothing is asked of a vendor for these. */
export const badConnectionFiles: readonly BadCase[] = [
  {
    name: 'no connections at all',
    given: (world) => rmSync(join(world.place.profilesDir, 'acme/connections.yaml')),
    says: ['profiles/acme/connections.yaml:1:1: the file is missing. See docs/profiles.md.'],
    exit: 2,
  },
  {
    name: 'an empty file of connections',
    given: file('acme/connections.yaml', ''),
    says: ['profiles/acme/connections.yaml:1:1: the file is empty. See docs/profiles.md.'],
    exit: 2,
  },
  {
    name: 'a connector that is not installed',
    given: connections({ mailchimp: { connector: 'mailchump' } }),
    says: [
      'profiles/acme/connections.yaml:11:14: there is no connector "mailchump". Did you mean "mailchimp"? Installed are hubspot, mailchimp, netsuite, salesforce.',
    ],
    exit: 2,
  },
  {
    name: 'a key of another system',
    given: connections({ mailchimp: { domain: 'acme.my.salesforce.com' } }),
    says: [
      'profiles/acme/connections.yaml:17:3: unknown key "domain" in mailchimp. The keys here are connector, server, baseUrl, auth.',
    ],
    exit: 2,
  },
  {
    name: 'the secret itself in place of its name',
    given: connections({ mailchimp: { auth: { method: 'api-key', apiKey: SECRET } } }),
    says: [
      'profiles/acme/connections.yaml:15:13: mailchimp.auth.apiKey is a secret, written as { env: NAME } or { file: PATH }, never the secret itself. Move it there, and revoke it if others can read this file.',
    ],
    exit: 2,
  },
  {
    name: 'the secret itself as the name of a variable',
    given: connections({ mailchimp: { auth: { method: 'api-key', apiKey: { env: SECRET } } } }),
    says: [
      'profiles/acme/connections.yaml:16:12: env names where the secret is, and this looks like the secret itself. Revoke it if others can read this file.',
    ],
    exit: 2,
  },
  {
    name: 'a sandbox that is not on this machine',
    given: connections({ mailchimp: { baseUrl: 'https://mailchimp.example.com' } }),
    says: [
      'profiles/acme/connections.yaml:12:12: baseUrl is for sandboxes, so only a loopback address can stand here. Write http://127.0.0.1:PORT, or remove it to use the vendor.',
    ],
    exit: 2,
  },
  {
    name: 'a sandbox that only begins like this machine',
    given: connections({ salesforce: { baseUrl: 'http://127.0.0.1.example.com:80' } }),
    says: [
      'profiles/acme/connections.yaml:3:12: baseUrl is for sandboxes, so only a loopback address can stand here. Write http://127.0.0.1:PORT, or remove it to use the vendor.',
    ],
    exit: 2,
  },
  {
    name: 'a sandbox behind a user name',
    given: connections({ salesforce: { baseUrl: 'http://127.0.0.1@example.com/' } }),
    says: [
      'profiles/acme/connections.yaml:3:12: baseUrl is for sandboxes, so only a loopback address can stand here. Write http://127.0.0.1:PORT, or remove it to use the vendor.',
    ],
    exit: 2,
  },
  {
    name: 'the login host as the domain',
    given: connections({ salesforce: { domain: 'login.salesforce.com' } }),
    says: [
      'profiles/acme/connections.yaml:10:11: salesforce.domain: the My Domain host, as in acme.my.salesforce.com (not lightning.force.com, no https://).',
    ],
    exit: 2,
  },
  {
    name: 'an API version as a number',
    given: connections({ salesforce: { apiVersion: 66 } }),
    says: [
      'profiles/acme/connections.yaml:10:15: salesforce.apiVersion must be text, and this is a number. Put it in quotes.',
    ],
    exit: 2,
  },
];

/** Known before a vendor is asked, but not before the profile is run. */
export const badSecrets: readonly BadCase[] = [
  {
    name: 'a variable that is not set',
    environment: withKey({ SANDBOX_MAILCHIMP_KEY: undefined }),
    says: [
      'profiles/acme/connections.yaml:16:7: the environment variable SANDBOX_MAILCHIMP_KEY is not set. Provide it, and try again.',
    ],
    exit: 2,
  },
  {
    name: 'a variable that is empty',
    environment: withKey({ SANDBOX_SALESFORCE_CLIENT_SECRET: '' }),
    says: [
      'profiles/acme/connections.yaml:9:7: the environment variable SANDBOX_SALESFORCE_CLIENT_SECRET is empty. Provide it, and try again.',
    ],
    exit: 2,
  },
  {
    name: 'a variable of spaces',
    environment: withKey({ SANDBOX_SALESFORCE_CLIENT_ID: ' \n' }),
    says: [
      'profiles/acme/connections.yaml:7:7: the environment variable SANDBOX_SALESFORCE_CLIENT_ID is empty. Provide it, and try again.',
    ],
    exit: 2,
  },
  {
    name: 'a secret file that is not there',
    given: connections({ salesforce: { auth: jwt } }),
    says: ['profiles/acme/connections.yaml:9:7: the file key.pem cannot be read. Provide it, and try again.'],
    exit: 2,
  },
  {
    name: 'a folder in place of the secret file',
    given: (world) => {
      world.file('acme/key.pem/x', '');
      connections({ salesforce: { auth: jwt } })(world);
    },
    says: ['profiles/acme/connections.yaml:9:7: the file key.pem cannot be read. Provide it, and try again.'],
    exit: 2,
  },
  {
    name: 'an empty secret file',
    given: keyFile('\n'),
    says: ['profiles/acme/connections.yaml:9:7: the file key.pem is empty. Provide it, and try again.'],
    exit: 2,
  },
  {
    name: 'a secret file without end',
    given: keyFile('k'.repeat(100_000)),
    says: ['profiles/acme/connections.yaml:9:7: the file key.pem cannot be read. Provide it, and try again.'],
    exit: 2,
  },
  {
    name: 'a key of half its length',
    given: connections({ mailchimp: { baseUrl: undefined } }),
    environment: withKey({ SANDBOX_MAILCHIMP_KEY: SECRET.slice(0, 32) }),
    says: [
      'profiles/acme/connections.yaml:15:7: mailchimp.auth.apiKey: a Mailchimp API key ends in its data centre (-us7); this one does not: copy the whole key.',
    ],
    exit: 2,
  },
  {
    name: 'a key for another data centre',
    given: connections({ mailchimp: { baseUrl: undefined, server: 'us6' } }),
    environment: withKey({ SANDBOX_MAILCHIMP_KEY: SECRET }),
    says: [
      'profiles/acme/connections.yaml:16:11: mailchimp.server: server is us6, but the API key is for us7; leave server out or correct it.',
    ],
    exit: 2,
  },
];

const { privateKey: elliptic } = generateKeyPairSync('ec', { namedCurve: 'P-256' });

/** What only the use of them shows. */
export const badCredentials: readonly BadCase[] = [
  {
    name: 'a private key that is none',
    given: keyFile(`-----BEGIN PRIVATE KEY-----\n${SECRET}\n-----END PRIVATE KEY-----\n`),
    says: ['acme/newsletter: salesforce: auth.privateKey is no private key in PEM form without a passphrase'],
    exit: 2,
  },
  {
    name: 'a private key of another kind',
    given: keyFile(String(elliptic.export({ type: 'pkcs8', format: 'pem' }))),
    says: ['acme/newsletter: salesforce: auth.privateKey is no RSA key; Salesforce takes RS256 only'],
    exit: 2,
  },
  {
    name: 'an API key that was revoked',
    environment: withKey({ SANDBOX_MAILCHIMP_KEY: SECRET }),
    says: [
      'acme/newsletter: account: Mailchimp refused the credentials: wrong, revoked, or for another data centre. What was owed is still owed; the next run goes on.',
    ],
    exit: 3,
  },
  {
    name: 'an API key with a line break in it',
    environment: withKey({ SANDBOX_MAILCHIMP_KEY: SECRET.replace('f', '\r\nx-evil: f') }),
    says: [
      'acme/newsletter: account: Mailchimp refused the credentials: wrong, revoked, or for another data centre. What was owed is still owed; the next run goes on.',
    ],
    exit: 3,
  },
  {
    name: 'an API key in another script',
    environment: withKey({ SANDBOX_MAILCHIMP_KEY: `ключ${SECRET}` }),
    says: [
      'acme/newsletter: account: Mailchimp refused the credentials: wrong, revoked, or for another data centre. What was owed is still owed; the next run goes on.',
    ],
    exit: 3,
  },
  {
    name: 'a client secret that is wrong',
    environment: withKey({ SANDBOX_SALESFORCE_CLIENT_SECRET: SECRET }),
    says: [
      'acme/newsletter: salesforce: signing in by client-credentials was refused (invalid_client: invalid client credentials). Check clientId, clientSecret, and that the app has a run-as user. What was owed is still owed; the next run goes on.',
    ],
    exit: 3,
  },
  {
    name: 'a sandbox of the other vendor',
    given: (world) => connections({ mailchimp: { baseUrl: world.salesforce.url } })(world),
    says: [
      'acme/newsletter: account: Mailchimp answered 404 with a page instead of JSON. What was owed is still owed; the next run goes on.',
    ],
    exit: 1,
  },
];
