import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { looksLikeSecret, printProfileError, readCustomer } from '../../src/profile/index.ts';
import { connectors, validateCron } from './stand-in-connectors.ts';

const read = (connections: string, profile: string) =>
  readCustomer(
    'acme',
    'acme',
    [
      { path: 'acme/connections.yaml', name: 'connections.yaml', text: connections },
      { path: 'acme/p.yaml', name: 'p.yaml', text: profile },
    ],
    { connectors, validateCron },
  );

const LINES = [
  'version: 1',
  'crm: { connection: salesforce, records: [Contact] }',
  'marketing:',
  '  connection: mailchimp',
  '  audience: 3f1c0a77b2',
  'consent: { newMembers: subscribe',
  '  basis: contract }',
  'fields:',
  '  - { crm: A, marketing: B }',
  '  - &a [*a, *b]',
  '<<: *a',
  '? [x]',
  ': y',
  'optOut: |',
  '  customField: {',
  '  : }',
  '"a',
  "'b",
  '\t- x',
  '---',
  '...',
  '!!js x',
  '%YAML 1.1',
  '\u0000',
  '\uFEFF',
  '__proto__: 1',
  'connector: salesforce',
  'auth: { method: }',
  '# c',
  '',
];

describe('for any text', () => {
  test('reading never throws, and every error has a place in the file', () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 200 }),
      fc.array(fc.constantFrom(...LINES), { maxLength: 12 }).map((lines) => lines.join('\n')),
    );
    fc.assert(
      fc.property(text, text, (connections, profile) => {
        for (const error of read(connections, profile).errors) {
          expect(error.line).toBeGreaterThanOrEqual(1);
          expect(error.column).toBeGreaterThanOrEqual(1);
          expect(error.line).toBeLessThanOrEqual(
            (error.file.endsWith('p.yaml') ? profile : connections).split(/\r\n|\r|\n/).length + 1,
          );
          expect(error.what).not.toBe('');
        }
      }),
      { numRuns: 400, seed: 1 },
    );
  });

  test('a token, wherever it stands, is refused and never shown', () => {
    const hex = fc.string({ unit: fc.constantFrom(...'0123456789abcdef'), minLength: 32, maxLength: 32 });
    const token = fc.oneof(
      hex.map((key) => `${key}-us7`),
      hex.map((key) => `pat-na1-${key}`),
      hex.map((key) => `sk_live_${key}`),
    );
    const places: readonly ((token: string) => string)[] = [
      (secret) => `m:\n  connector: mailchimp\n  auth: { method: api-key, apiKey: ${secret} }\n`,
      (secret) => `m:\n  connector: mailchimp\n  auth: { method: ${secret}, apiKey: { env: K } }\n`,
      (secret) => `m:\n  connector: mailchimp\n  auth: { method: api-key, apiKey: { env: ${secret} } }\n`,
      (secret) => `m:\n  connector: mailchimp\n  auth: { method: api-key, apiKey: { file: ${secret} } }\n`,
      (secret) => `m:\n  connector: mailchimp\n  ${secret}: x\n  auth: { method: api-key, apiKey: { env: K } }\n`,
      (secret) => `m:\n  connector: ${secret}\n`,
      (secret) => `${secret}:\n  connector: mailchimp\n`,
      (secret) => `m: ${secret}\n`,
      (secret) => secret,
      (secret) => `m: "${secret}\n`,
      (secret) => `m:\n  connector: mailchimp\n  auth: ["${secret}"]\n`,
    ];
    fc.assert(
      fc.property(token, fc.constantFrom(...places), (secret, place) => {
        const { errors, connections } = read(place(secret), place(secret));
        expect(connections.size).toBe(0);
        expect(errors.length).toBeGreaterThan(0);
        expect(errors.map(printProfileError).join('\n') + JSON.stringify(errors)).not.toContain(secret);
      }),
      { numRuns: 200, seed: 2 },
    );
  });
});

describe('what looks like a secret', () => {
  test.each([
    '0123456789abcdef0123456789abcdef-us21',
    'pat-na1-11111111-2222-3333-4444-555555555555',
    'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abc',
    '00D5g000004abcd!AQEAQFakeSessionToken',
    '-----BEGIN PRIVATE KEY-----',
    'xoxb-123456789012-abcdef',
    'Zk3v9QpL7tR2wX8mB4nC6yH1',
    'the key is 0123456789abcdef0123456789abcdef-us21, keep it',
  ])('%s', (text) => expect(looksLikeSecret(text)).toBe(true));

  test.each([
    '701Hs000001abcdIAA',
    '3f1c0a77b2',
    '6f9619ff-8b86-d011-b42d-00c04fc964ff',
    'acme.my.salesforce.com',
    'acme--staging2.sandbox.my.salesforce.com',
    'http://127.0.0.1:41001',
    '/run/secrets/customer-2024/acme-salesforce-key-v2.pem',
    'ACME_SALESFORCE_MARKETING_CLOUD_PRIVATE_KEY_2024',
    'custentity_newsletter_opt_out_2024_confirmed',
    'Newsletter_Opt_Out_Confirmed_2024__c',
    'sync-integration-user@marketing.acme-holding.co.uk',
    'Salesforce people to the newsletter audience, since 2024-01-01',
    'America/Argentina/ComodRivadavia',
  ])('not %s', (text) => expect(looksLikeSecret(text)).toBe(false));
});
