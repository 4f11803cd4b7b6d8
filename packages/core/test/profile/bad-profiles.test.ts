import { describe, expect, test } from 'vitest';
import { printProfileError, readCustomer } from '../../src/profile/index.ts';
import { badProfiles } from './bad-profiles.ts';
import { connectors, validateCron } from './stand-in-connectors.ts';

const CONNECTIONS = `
salesforce:
  connector: salesforce
  auth: { method: jwt-bearer, clientId: client, username: sync@acme.com, privateKey: { env: PRIVATE_KEY } }
mailchimp:
  connector: mailchimp
  auth: { method: api-key, apiKey: { env: API_KEY } }
`;

const FILE = 'profiles/acme/newsletter.yaml';

const read = (text: string) =>
  readCustomer(
    'acme',
    'profiles/acme',
    [
      { path: 'profiles/acme/connections.yaml', name: 'connections.yaml', text: CONNECTIONS },
      { path: FILE, name: 'newsletter.yaml', text },
    ],
    { connectors, validateCron },
  );

describe('a wrong profile is refused, and everything wrong is named with its place', () => {
  test.each(badProfiles)('$name', ({ text, says }) => {
    const { profiles, errors } = read(text);
    expect(errors.map(printProfileError)).toEqual(says.map((line) => `${FILE}:${line}`));
    expect(says.length).toBeGreaterThan(0);
    expect(profiles).toEqual([]);
  });

  test('no message shows a token that stands in the file', () => {
    const shown = JSON.stringify(badProfiles.flatMap(({ text }) => read(text).errors));
    expect(shown).not.toContain('0123456789abcdef');
  });

  test('no two cases have one name', () => {
    expect(new Set(badProfiles.map(({ name }) => name)).size).toBe(badProfiles.length);
    expect(badProfiles.length).toBeGreaterThanOrEqual(60);
  });
});

describe('what looks odd and is right', () => {
  const GOOD = `version: 1
crm: { connection: salesforce, records: [Contact] }
marketing: { connection: mailchimp, audience: 3f1c0a77b2 }
consent: { newMembers: non-subscribed }
`;
  const right = (text: string) => {
    const { profiles, errors } = read(text);
    expect(errors.map(printProfileError)).toEqual([]);
    return profiles[0] ?? expect.fail('no profile');
  };

  test('a byte order mark and Windows line ends', () => {
    expect(right(`\uFEFF${GOOD.replaceAll('\n', '\r\n')}`).id).toBe('acme/newsletter');
  });

  test('an anchor used a few times', () => {
    const text = `${GOOD}fields:\n  - { crm: A, marketing: &name FNAME, direction: crm-to-marketing }\n  - { crm: B, marketing: LNAME }\ndescription: *name\n`;
    expect(right(text).description).toBe('FNAME');
  });

  test.each([
    ['No_Mail__c', { field: 'No_Mail__c', optedOutWhen: true, write: true, alsoStandard: false }],
    ['{ field: F, optedOutWhen: false }', { field: 'F', optedOutWhen: false, write: false, alsoStandard: false }],
    [
      '{ field: F, optedOutWhen: set, alsoStandard: true }',
      { field: 'F', optedOutWhen: 'set', write: 'today', alsoStandard: true },
    ],
    ['{ field: F, optedOutWhen: [Out] }', { field: 'F', optedOutWhen: ['Out'], write: 'Out', alsoStandard: false }],
    [
      '{ field: F, optedOutWhen: [Out, Never], write: Never }',
      { field: 'F', optedOutWhen: ['Out', 'Never'], write: 'Never', alsoStandard: false },
    ],
  ])('optOut.customField: %s', (written, field) => {
    expect(right(`${GOOD}optOut: { customField: ${written} }\n`).optOut.customField).toEqual(field);
  });

  test('alsoStandard beside a field that is only named', () => {
    const profile = right(`${GOOD}optOut: { customField: F, alsoStandard: true }\n`);
    expect(profile.optOut.customField?.alsoStandard).toBe(true);
  });

  test('every kind of transform, one or several', () => {
    const profile = right(`${GOOD}fields:
  - { crm: A, marketing: A, transform: trim, direction: crm-to-marketing }
  - { crm: B, marketing: B, transform: { map: { true: Ja, 7: sieben } } }
  - crm: C
    marketing: C
    direction: crm-to-marketing
    transform: [{ split: ";" }, lower, { join: ", " }, { default: none }]
`);
    expect(profile.fields.map((mapping) => mapping.transforms)).toEqual([
      [{ kind: 'trim' }],
      [{ kind: 'map', values: { true: 'Ja', 7: 'sieben' } }],
      [
        { kind: 'split', separator: ';' },
        { kind: 'lower' },
        { kind: 'join', separator: ', ' },
        { kind: 'default', value: 'none' },
      ],
    ]);
  });

  test('ids that are UUIDs, long paths and long names are no secrets', () => {
    const text = GOOD.replace('3f1c0a77b2', '6f9619ff-8b86-d011-b42d-00c04fc964ff');
    expect(
      right(`${text}description: see https://wiki.acme.com/marketing/newsletter/field-mapping-2024-rev7\n`).id,
    ).toBe('acme/newsletter');
  });
});
