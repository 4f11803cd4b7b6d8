import { describe, expect, test } from 'vitest';
import { printProfileError, readCustomer } from '../../src/profile/index.ts';
import { connectors, validateCron } from './stand-in-connectors.ts';

const FILE = 'profiles/acme/connections.yaml';
const SECRET = '0123456789abcdef0123456789abcdef-us7';

const errorsOf = (text: string): readonly string[] => {
  const files = [{ path: FILE, name: 'connections.yaml', text }];
  const { errors } = readCustomer('acme', 'profiles/acme', files, { connectors, validateCron });
  return errors.map(printProfileError);
};

const cases: readonly { readonly name: string; readonly text: string; readonly says: readonly string[] }[] = [
  {
    name: 'a list of connections',
    text: '- connector: mailchimp\n',
    says: ['1:1: connections.yaml must be a map of connections. Write "name:", and its settings indented below.'],
  },
  {
    name: 'a connection without a map',
    text: 'mailchimp: us7\n',
    says: ['1:12: mailchimp must be a map of keys. Write "connector:" and the settings of the account below it.'],
  },
  {
    name: 'a name that cannot be',
    text: 'Mail Chimp:\n  connector: mailchimp\n',
    says: ['1:1: "Mail Chimp" cannot be the name of a connection. Use lower case, digits, - and _.'],
  },
  {
    name: 'no connector',
    text: 'mailchimp:\n  server: us7\n',
    says: ['2:3: the key "connector" is missing in mailchimp. Installed are salesforce, mailchimp, hubspot.'],
  },
  {
    name: 'a misspelt connector',
    text: 'mailchimp:\n  connector: mailchim\n',
    says: [
      '2:14: there is no connector "mailchim". Did you mean "mailchimp"? Installed are salesforce, mailchimp, hubspot.',
    ],
  },
  {
    name: 'a connector that is not installed',
    text: 'crm:\n  connector: netsuite\n',
    says: ['2:14: there is no connector "netsuite". Installed are salesforce, mailchimp, hubspot.'],
  },
  {
    name: 'an unknown key',
    text: 'mailchimp:\n  connector: mailchimp\n  servr: us7\n  auth: { method: api-key, apiKey: { env: KEY } }\n',
    says: ['3:3: unknown key "servr" in mailchimp. Did you mean "server"?'],
  },
  {
    name: 'no auth',
    text: 'mailchimp:\n  connector: mailchimp\n',
    says: ['1:1: the key "auth" is missing in mailchimp. It is a map of keys.'],
  },
  {
    name: 'no method',
    text: 'mailchimp:\n  connector: mailchimp\n  auth: { apiKey: { env: KEY } }\n',
    says: ['3:3: the key "method" is missing in mailchimp.auth. It is api-key.'],
  },
  {
    name: 'an unknown method',
    text: 'salesforce:\n  connector: salesforce\n  auth: { method: jwt-bearr }\n',
    says: [
      '3:19: salesforce.auth.method must be jwt-bearer or client-credentials, not what stands here. Did you mean "jwt-bearer"?',
    ],
  },
  {
    name: 'no secret',
    text: 'mailchimp:\n  connector: mailchimp\n  auth: { method: api-key }\n',
    says: [
      '3:3: the key "apiKey" is missing in mailchimp.auth. It is a secret, written as { env: NAME } or { file: PATH }.',
    ],
  },
  {
    name: 'a secret in place of its name',
    text: `mailchimp:\n  connector: mailchimp\n  auth: { method: api-key, apiKey: ${SECRET} }\n`,
    says: [
      '3:36: mailchimp.auth.apiKey is a secret, written as { env: NAME } or { file: PATH }, never the secret itself. Move it there, and revoke it if others can read this file.',
    ],
  },
  {
    name: 'a short secret in place of its name',
    text: 'mailchimp:\n  connector: mailchimp\n  auth: { method: api-key, apiKey: hunter2 }\n',
    says: [
      '3:36: mailchimp.auth.apiKey is a secret, written as { env: NAME } or { file: PATH }, never the secret itself. Move it there, and revoke it if others can read this file.',
    ],
  },
  {
    name: 'a secret of digits in place of its name',
    text: 'mailchimp:\n  connector: mailchimp\n  auth: { method: api-key, apiKey: 123456 }\n',
    says: [
      '3:36: mailchimp.auth.apiKey is a secret, written as { env: NAME } or { file: PATH }, never the secret itself. Move it there, and revoke it if others can read this file.',
    ],
  },
  {
    name: 'a secret behind env',
    text: `mailchimp:\n  connector: mailchimp\n  auth: { method: api-key, apiKey: { env: ${SECRET} } }\n`,
    says: [
      '3:43: env names where the secret is, and this looks like the secret itself. Revoke it if others can read this file.',
    ],
  },
  {
    name: 'a secret behind file',
    text: `mailchimp:\n  connector: mailchimp\n  auth: { method: api-key, apiKey: { file: ${SECRET} } }\n`,
    says: [
      '3:44: file names where the secret is, and this looks like the secret itself. Revoke it if others can read this file.',
    ],
  },
  {
    name: 'a name that no variable can have',
    text: 'mailchimp:\n  connector: mailchimp\n  auth: { method: api-key, apiKey: { env: MY-KEY } }\n',
    says: ['3:43: this cannot be the name of an environment variable. Use letters, digits and _.'],
  },
  {
    name: 'env and file together',
    text: 'mailchimp:\n  connector: mailchimp\n  auth: { method: api-key, apiKey: { env: KEY, file: key.txt } }\n',
    says: [
      '3:36: mailchimp.auth.apiKey is a secret, written as { env: NAME } or { file: PATH }, never the secret itself. A reference has one key, env or file.',
    ],
  },
  {
    name: 'an old habit of substitution',
    text: 'mailchimp:\n  connector: mailchimp\n  auth: { method: api-key, apiKey: "$' + '{KEY}" }\n',
    says: [
      '3:36: mailchimp.auth.apiKey is a secret, written as { env: NAME } or { file: PATH }, never the secret itself. Move it there, and revoke it if others can read this file.',
    ],
  },
  {
    name: 'a secret as the method',
    text: 'mailchimp:\n  connector: mailchimp\n  auth: { method: hunter2, apiKey: { env: KEY } }\n',
    says: ['3:19: mailchimp.auth.method must be api-key, not what stands here.'],
  },
  {
    name: 'a token where no secret belongs',
    text: `mailchimp:\n  connector: mailchimp\n  server: ${SECRET}\n  auth: { method: api-key, apiKey: { env: KEY } }\n`,
    says: [
      '3:11: this looks like a secret, and secrets never stand in a profiles folder. Write { env: NAME } or { file: PATH } in its place, and revoke the secret if others can read this file.',
    ],
  },
  {
    name: 'a baseUrl that is not here',
    text: 'mailchimp:\n  connector: mailchimp\n  baseUrl: https://mailchimp.example.com\n  auth: { method: api-key, apiKey: { env: KEY } }\n',
    says: [
      '3:12: baseUrl is for sandboxes, so only a loopback address can stand here. Write http://127.0.0.1:PORT, or remove it to use the vendor.',
    ],
  },
  {
    name: 'a baseUrl that only begins like loopback',
    text: 'mailchimp:\n  connector: mailchimp\n  baseUrl: http://127.0.0.1.example.com\n  auth: { method: api-key, apiKey: { env: KEY } }\n',
    says: [
      '3:12: baseUrl is for sandboxes, so only a loopback address can stand here. Write http://127.0.0.1:PORT, or remove it to use the vendor.',
    ],
  },
  {
    name: 'a baseUrl that is a name: somebody else may answer for it',
    text: 'mailchimp:\n  connector: mailchimp\n  baseUrl: http://localhost:4010\n  auth: { method: api-key, apiKey: { env: KEY } }\n',
    says: [
      '3:12: baseUrl is for sandboxes, so only a loopback address can stand here. Write http://127.0.0.1:PORT, or remove it to use the vendor.',
    ],
  },
  {
    name: 'a baseUrl with a user in it',
    text: 'mailchimp:\n  connector: mailchimp\n  baseUrl: http://u:p@127.0.0.1:4010\n  auth: { method: api-key, apiKey: { env: KEY } }\n',
    says: [
      '3:12: baseUrl is for sandboxes, so only a loopback address can stand here. Write http://127.0.0.1:PORT, or remove it to use the vendor.',
    ],
  },
  {
    name: 'a baseUrl from the environment',
    text: 'mailchimp:\n  connector: mailchimp\n  baseUrl: { env: URL }\n  auth: { method: api-key, apiKey: { env: KEY } }\n',
    says: [
      '3:12: baseUrl is for sandboxes, so only a loopback address can stand here. Write http://127.0.0.1:PORT, or remove it to use the vendor.',
    ],
  },
  {
    name: 'a host that is not the vendor',
    text: 'salesforce:\n  connector: salesforce\n  domain: example.com\n  auth: { method: jwt-bearer, clientId: c, username: u, privateKey: { env: KEY } }\n',
    says: ['3:11: salesforce.domain: must be a domain of Salesforce.'],
  },
];

describe('a wrong connections.yaml is refused, and everything wrong is named with its place', () => {
  test.each(cases)('$name', ({ text, says }) => {
    expect(errorsOf(text)).toEqual(says.map((line) => `${FILE}:${line}`));
    expect(says.length).toBeGreaterThan(0);
  });

  test('no message shows a secret', () => {
    const shown = cases.flatMap(({ text }) => errorsOf(text)).join('\n');
    expect(shown).not.toMatch(/0123456789abcdef|hunter2|123456/);
  });

  test('a sandbox on loopback is right', () => {
    for (const url of ['http://127.0.0.1:4010', 'http://127.0.0.1:4010/', 'http://[::1]:4010'])
      expect(
        errorsOf(`m:\n  connector: mailchimp\n  baseUrl: ${url}\n  auth: { method: api-key, apiKey: { env: K } }\n`),
      ).toEqual([]);
  });

  test('what stands in a non-secret place may come from the environment too', () => {
    const text =
      's:\n  connector: salesforce\n  auth: { method: jwt-bearer, clientId: { env: ID }, username: { env: U }, privateKey: { file: k.pem } }\n';
    expect(errorsOf(text)).toEqual([]);
  });
});
