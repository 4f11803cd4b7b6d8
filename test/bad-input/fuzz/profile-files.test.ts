import { connector as mailchimp } from '@heed/connector-mailchimp';
import { connector as salesforce } from '@heed/connector-salesforce';
import { type FileText, printProfileError, readCustomer } from '@heed/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { validateCron } from '../../../packages/cli/src/composition/cron.ts';
import { runs } from './runs.ts';

// Any text as a profile, and any text as connections: nothing but findings comes of it, each with a place inside its file; and a
// right profile with something changed in its text is refused or still says what stands in it.

const CONNECTIONS = `salesforce:
  connector: salesforce
  domain: acme.my.salesforce.com
  auth: { method: jwt-bearer, clientId: { env: ID }, username: sync@acme.com, privateKey: { file: key.pem } }
mailchimp:
  connector: mailchimp
  server: us7
  auth: { method: api-key, apiKey: { env: KEY } }
`;
const PROFILE = `version: 1
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
  - { crm: Birthdate, marketing: BIRTHDAY, direction: crm-to-marketing, transform: { date: MM/DD } }
  - { crm: Level__c, marketing: LEVEL, direction: crm-to-marketing, transform: [{ map: { a: b } }, { default: c }] }
conflicts: crm
create: { marketing: true, crm: false }
whenRecordLeaves: keep
reference: { crm: Heed_Id__c }
optOut:
  crmToMarketing: false
  customField: { field: Newsletter__c, optedOutWhen: [No mail], write: No mail, alsoStandard: true }
  scope: everyone
  clearWhenConfirmed: false
consent:
  newMembers: subscribe
  basis: consent
  optInField: Newsletter_Opt_In__c
guards: { optOuts: { people: 50, percent: 5 }, creates: 5000 }
`;

/** What YAML has that people do not expect. */
const PIECES = [
  'yes',
  'no',
  'null',
  '~',
  '',
  '0o17',
  '0x1F',
  '1e999',
  '-.inf',
  '.nan',
  '1_000',
  '2026-02-31',
  '12:30:45',
  'true',
  '"true"',
  "'",
  '"',
  '[',
  ']',
  '{',
  '}',
  '{}',
  '[]',
  '[[]]',
  ': ',
  ' #',
  '- ',
  '? ',
  '&a ',
  '*a',
  '<<: *a',
  '!!binary x',
  '!!set {a}',
  '!!omap',
  '!<tag:x> y',
  '|\n  x',
  '>-\n\n\n',
  '---\n',
  '...\n',
  '%YAML 1.1\n',
  '%TAG ! tag:x\n',
  '\t',
  '\r\n',
  '\r',
  '\u0085',
  '\u2028',
  '\ufeff',
  '\u0000',
  '\u202e',
  '\ud800',
  '__proto__: 1',
  'constructor: { prototype: 1 }',
  'toString: x',
  '"\\x00\\u0000\\U0010FFFF"',
  '"\\',
  'а',
  '😀',
  'x'.repeat(3000),
  '['.repeat(300),
  '{a: '.repeat(100),
  '\n'.repeat(50),
];

interface Cut {
  readonly at: number;
  readonly drop: number;
  readonly put: string;
}
const cut: fc.Arbitrary<Cut> = fc.record({
  at: fc.nat(2000),
  drop: fc.oneof(fc.constant(0), fc.nat(30), fc.nat(400)),
  put: fc.oneof(fc.constantFrom(...PIECES), fc.string({ unit: 'binary', maxLength: 20 }), fc.constantFrom('')),
});
const cuts = fc.array(cut, { minLength: 1, maxLength: 5 });
const changed = (text: string, all: readonly Cut[]): string =>
  all.reduce((now, { at, drop, put }) => {
    const from = at % (now.length + 1);
    return now.slice(0, from) + put + now.slice(from + drop);
  }, text);

const anyText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 300 }),
  fc.string({ unit: 'grapheme', maxLength: 300 }),
  fc
    .array(fc.oneof(fc.constantFrom(...PIECES), fc.constantFrom(...PROFILE.split('\n'))), { maxLength: 25 })
    .map((parts) => parts.join('\n')),
  fc.array(fc.constantFrom(...PIECES), { maxLength: 25 }).map((parts) => parts.join('')),
);

const read = (connections: string, profile: string) => {
  const files: FileText[] = [
    { path: 'acme/connections.yaml', name: 'connections.yaml', text: connections },
    { path: 'acme/newsletter.yaml', name: 'newsletter.yaml', text: profile },
  ];
  const customer = readCustomer('acme', 'acme', files, { connectors: [salesforce, mailchimp], validateCron });
  for (const error of customer.errors) {
    const text = files.find(({ path }) => path === error.file)?.text ?? expect.fail(`no such file: ${error.file}`);
    const lines = text.split('\n');
    expect([error.line >= 1, error.column >= 1, error.line <= lines.length + 1]).toEqual([true, true, true]);
    // One behind the end of the line, at most: there something is missing.
    expect(error.column).toBeLessThanOrEqual((lines[error.line - 1] ?? '').length + 2);
    expect(error.what).not.toBe('');
    expect(printProfileError(error)).not.toMatch(/undefined|\[object Object\]|NaN/);
  }
  return customer;
};

describe('files of a customer', () => {
  it('are right as they stand here', () => {
    const { errors, profiles } = read(CONNECTIONS, PROFILE);
    expect(errors.map(printProfileError)).toEqual([]);
    expect(profiles).toHaveLength(1);
  });

  it('with any text for a profile', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const { profiles, errors } = read(CONNECTIONS, text);
        expect(profiles.length + errors.length).toBeGreaterThan(0);
      }),
      runs(250) as fc.Parameters<[string]>,
    );
  });

  it('with any text for connections', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const { profiles, connections, errors } = read(text, PROFILE);
        expect(profiles.length === 0 ? errors.length : connections.size).toBeGreaterThan(0);
      }),
      runs(200) as fc.Parameters<[string]>,
    );
  });

  it('with something changed in the profile: what is not refused still means what it says', () => {
    fc.assert(
      fc.property(cuts, (all) => {
        const text = changed(PROFILE, all);
        const { profiles, errors } = read(CONNECTIONS, text);
        expect(profiles.length + errors.length).toBeGreaterThan(0);
        for (const profile of profiles) {
          // What decides about people is there in so many words, or has the safe default.
          if (profile.optOut.crmToMarketing) expect(text).toMatch(/crmToMarketing["']?\s*:\s*true/);
          if (profile.optOut.clearWhenConfirmed) expect(text).toMatch(/clearWhenConfirmed["']?\s*:\s*true/);
          expect(text).toContain(profile.consent.newMembers);
          if (profile.consent.newMembers === 'subscribe') expect(profile.consent.basis).not.toBeNull();
          expect(text).toContain(profile.marketing.audience);
          for (const name of profile.crm.records) expect(text).toContain(name);
          expect(Number.isFinite(profile.guards.creates) && profile.guards.creates >= 0).toBe(true);
        }
      }),
      runs(400) as fc.Parameters<[readonly Cut[]]>,
    );
  });

  it('with something changed in the connections', () => {
    fc.assert(
      fc.property(cuts, (all) => {
        const text = changed(CONNECTIONS, all);
        const { connections } = read(text, PROFILE);
        for (const { name } of connections.values()) expect(text).toContain(name);
      }),
      runs(200) as fc.Parameters<[readonly Cut[]]>,
    );
  });
});
