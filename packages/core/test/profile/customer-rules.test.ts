import { describe, expect, test } from 'vitest';
import { lintCustomer, type Profile, profileDigest } from '../../src/profile/index.ts';
import { customerWith, printed } from './live-systems.ts';

const PROFILE = `version: 1
crm: { connection: salesforce, records: [Contact, Lead], lists: [{ campaign: 701A }, { campaign: 701B }] }
marketing: { connection: mailchimp, audience: 3f1c0a77b2 }
consent: { newMembers: double-opt-in }
`;

describe('C26: profiles of one customer', () => {
  test('that share a CRM connection and an audience must agree, and both are told where they do not', () => {
    const customer = customerWith({
      a: `${PROFILE}optOut: { crmToMarketing: true }\n`,
      b: `${PROFILE.replace('double-opt-in', 'non-subscribed')}optOut: { scope: everyone }\n`,
    });
    expect(printed(lintCustomer(customer))).toEqual([
      '[run] 4:24: error: consent.newMembers is not the same as in acme/b, which syncs the same people (C26). Profiles that share a CRM connection and an audience must agree on optOut and consent.',
      '[run] 5:27: error: optOut.crmToMarketing is not the same as in acme/b, which syncs the same people (C26). Profiles that share a CRM connection and an audience must agree on optOut and consent.',
      '[run] 4:24: error: consent.newMembers is not the same as in acme/a, which syncs the same people (C26). Profiles that share a CRM connection and an audience must agree on optOut and consent.',
      '[run] 5:1: error: optOut.crmToMarketing is not the same as in acme/a, which syncs the same people (C26). Profiles that share a CRM connection and an audience must agree on optOut and consent.',
    ]);
  });

  test('agree where one writes out a default and the other does not', () => {
    const customer = customerWith({
      a: `${PROFILE}optOut: { customField: X__c }\n`,
      b: `${PROFILE}optOut: { crmToMarketing: false, customField: { field: X__c, optedOutWhen: true, write: true, alsoStandard: false } }\n`,
    });
    expect(lintCustomer(customer)).toEqual([]);
  });

  test('may differ where the audience or the CRM is another', () => {
    const customer = customerWith({
      a: PROFILE,
      b: `${PROFILE.replace('3f1c0a77b2', 'other')}optOut: { crmToMarketing: true }\n`,
      c: `${PROFILE.replace('connection: salesforce', 'connection: hubspot')}optOut: { crmToMarketing: true, target: portal }\n`,
    });
    expect(lintCustomer(customer)).toEqual([]);
  });
});

describe('the digest of a profile (C23, C29)', () => {
  const digestOf = (text: string, change: (profile: Profile) => Profile = (profile) => profile): string => {
    const { profiles, connections } = customerWith({ p: text });
    const [profile] = profiles;
    const crm = connections.get('salesforce');
    const marketing = connections.get('mailchimp');
    if (profile === undefined || crm === undefined || marketing === undefined) return expect.fail('not read');
    return profileDigest(change(profile), crm, marketing);
  };
  const digest = digestOf(PROFILE);

  test('is 64 hexadecimal digits', () => expect(digest).toMatch(/^[0-9a-f]{64}$/));

  test.each([
    ['optOut', `${PROFILE}optOut: { crmToMarketing: true }\n`],
    ['an opt-out field', `${PROFILE}optOut: { customField: X__c }\n`],
    ['consent', PROFILE.replace('double-opt-in', 'non-subscribed')],
    ['lists', PROFILE.replace('701B', '701C')],
    ['records', PROFILE.replace('[Contact, Lead]', '[Contact]')],
    ['the order of records, which decides whose fields win', PROFILE.replace('[Contact, Lead]', '[Lead, Contact]')],
    ['the audience', PROFILE.replace('3f1c0a77b2', 'other')],
  ])('changes with %s', (_what, text) => expect(digestOf(text)).not.toBe(digest));

  test.each([
    ['defaults written out', `${PROFILE}optOut: { crmToMarketing: false }\n`],
    [
      'the order of lists',
      PROFILE.replace('{ campaign: 701A }, { campaign: 701B }', '{ campaign: 701B }, { campaign: 701A }'),
    ],
    [
      'a description, a schedule, guards',
      `${PROFILE}description: x\nschedule: { cron: "* * * * *" }\nguards: { creates: 5 }\n`,
    ],
    ['fields', `${PROFILE}fields: [{ crm: A, marketing: B }]\n`],
    ['comments and empty lines', `# hello\n\n${PROFILE}`],
  ])('stays with %s', (_what, text) => expect(digestOf(text)).toBe(digest));

  test('changes with the account of a connection, and stays where only the place of a secret changed', () => {
    const { profiles, connections } = customerWith({ p: PROFILE });
    const [profile] = profiles;
    const crm = connections.get('salesforce');
    const marketing = connections.get('mailchimp');
    if (profile === undefined || crm === undefined || marketing === undefined) return expect.fail('not read');
    const moved = {
      ...marketing,
      settings: { ...marketing.settings, auth: { method: 'api-key', apiKey: { file: 'key.txt' } } },
    };
    expect(profileDigest(profile, crm, moved)).toBe(digest);
    const other = { ...marketing, settings: { ...marketing.settings, server: 'us9' } };
    expect(profileDigest(profile, crm, other)).not.toBe(digest);
  });
});
