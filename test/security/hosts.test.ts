import { parse as legacyParse } from 'node:url';
import { loopbackOrigin } from '@heed/contract';
import { nextLink } from '@heed/toolkit';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { config as hubspot, originOf as originOfHubspot } from '../../connectors/hubspot/src/config.ts';
import { basePathOf, config as mailchimp } from '../../connectors/mailchimp/src/config.ts';
import { configSchema as netsuite, originOf as originOfNetsuite } from '../../connectors/netsuite/src/config.ts';
import { originOf, configSchema as salesforce } from '../../connectors/salesforce/src/config.ts';

// Where credentials may go: the vendor's own hosts by https, or a stand-in on this machine by its address.

const ELSEWHERE = [
  'http://localhost:8080', // a name: whoever answers for names decides
  'http://localhost.:8080',
  'http://127.0.0.1.:8080/x',
  'http://127.0.0.1.evil.example',
  'http://127.0.0.1.nip.io',
  'http://127.0.0.1@evil.example',
  'http://127.0.0.1:80@evil.example',
  'http://user:pass@127.0.0.1',
  'http://user@127.0.0.1',
  'http://evil.example#@127.0.0.1',
  'http://evil.example\\@127.0.0.1',
  'http://127.0.0.1\\@evil.example',
  'http://127.0.0.1#@evil.example',
  'http://127.0.0.1/?@evil.example',
  'http://127.0.0.1/3.0',
  'http://127.0.0.1\t.evil.example',
  'http://0.0.0.0:8080', // every address of this machine, and nobody's promise
  'http://[::]:8080',
  'http://[::ffff:127.0.0.1]:8080',
  'http://[::1%25eth0]',
  'http://169.254.169.254/latest/meta-data', // the metadata service of a cloud
  'http://10.0.0.1',
  'http://192.168.1.1',
  'http://2852039166', // 169.254.169.254
  'http://１２７.０.０.１.evil.example',
  'http://ⓛocalhost',
  'https://acme.my.salesforce.com',
  'https://us6.api.mailchimp.com',
  'ftp://127.0.0.1',
  'file:///etc/passwd',
  'unix:/var/run/docker.sock',
  'http+unix://%2Fvar%2Frun%2Fdocker.sock',
  'javascript:alert(1)',
  '//127.0.0.1',
  '127.0.0.1:8080',
  '',
];
const HERE = ['http://127.0.0.1:8080', 'http://127.0.0.1:8080/', 'https://127.0.0.1:8443', 'http://[::1]:8080'];
/** Other spellings of 127.0.0.1: what is asked is the address they mean, in its usual spelling. */
const SAME_AS_HERE = [
  'http://127.1:8080',
  'http://2130706433:8080',
  'http://0x7f.0.0.1:8080',
  'http://0177.0.0.1:8080',
];

const ofMailchimp = (baseUrl: string) =>
  mailchimp.safeParse({ connector: 'mailchimp', baseUrl, auth: { method: 'oauth', accessToken: 'x' } });
const ofSalesforce = (given: object) =>
  salesforce.safeParse({ auth: { method: 'client-credentials', clientId: 'c', clientSecret: 's' }, ...given });
const ofHubspot = (given: object) =>
  hubspot.safeParse({ connector: 'hubspot', auth: { method: 'service-key', token: 'x' }, ...given });
const ofNetsuite = (given: object) => {
  const auth = { method: 'oauth2-client-credentials', clientId: 'c', certificateId: 'i', privateKey: 'k' };
  return netsuite.safeParse({ account: '1234567_SB1', auth, ...given });
};

describe('baseUrl', () => {
  it.each(ELSEWHERE)('%j is refused by everybody', (url) => {
    expect(loopbackOrigin(url)).toBeNull();
    expect(ofMailchimp(url).success).toBe(false);
    for (const given of [ofSalesforce, ofHubspot, ofNetsuite]) expect(given({ baseUrl: url }).success).toBe(false);
  });

  it.each([...HERE, ...SAME_AS_HERE])('%j is this machine', (url) => {
    expect(loopbackOrigin(url)).toMatch(/^https?:\/\/(127\.0\.0\.1|\[::1\]):\d+$/);
    expect(ofMailchimp(url).success).toBe(true);
    for (const given of [ofSalesforce, ofHubspot, ofNetsuite]) expect(given({ baseUrl: url }).success).toBe(true);
  });

  it('whatever stands there, both readers of URLs (fetch, and the old one of superagent) see this machine or none', () => {
    const piece = fc.constantFrom(
      ...['http://', 'https://', 'http:', '/', '\\', '@', ':', '#', '?', '.', '%', '[', ']', '\t', '\n', ' ', 'user'],
      ...[
        '127.0.0.1',
        '127.1',
        '2130706433',
        '[::1]',
        'localhost',
        'evil.example',
        '0',
        '8080',
        '１',
        '%2e',
        '。',
        '\u00ad',
      ],
    );
    const text = fc.array(piece, { maxLength: 8 }).map((pieces) => pieces.join(''));
    const begun = fc.oneof(
      text,
      text.map((rest) => `http://127.0.0.1${rest}`),
      text.map((rest) => `http://[::1]${rest}`),
    );
    fc.assert(
      fc.property(begun, (url) => {
        const given = ofMailchimp(url);
        if (!given.success) return;
        const asked = `${basePathOf(given.data)}/lists`;
        expect(['127.0.0.1', '::1']).toContain(legacyParse(asked).hostname);
        expect(['127.0.0.1', '[::1]']).toContain(new URL(asked).hostname);
      }),
      { numRuns: 3_000, seed: 1 },
    );
  });
});

describe("a vendor's host", () => {
  it.each([
    'evil.example',
    'acme.my.salesforce.com.evil.example',
    'evil.example/.my.salesforce.com',
    'evil.example#.my.salesforce.com',
    'evil.example?.my.salesforce.com',
    'evil.example\\.my.salesforce.com',
    'user@acme.my.salesforce.com',
    'acme.my.salesforce.com:8443',
    'acme.my.salesforce.com.',
    'acme.my.salesforce.com/',
    'acme.my.salesforce.com\n',
    'acme.my.salesforce.com\u0000',
    'acme..my.salesforce.com',
    '.my.salesforce.com',
    'my.salesforce.com',
    'аcme.my.salesforce.com', // a Cyrillic letter
    'acme.my.salesforce.co',
    'https://acme.my.salesforce.com',
    'login.salesforce.com',
    'acme.lightning.force.com',
    '127.0.0.1',
  ])('Salesforce is not %j', (domain) => expect(ofSalesforce({ domain }).success).toBe(false));

  it('of Salesforce is what was configured, by https', () => {
    const given = ofSalesforce({ domain: 'acme--uat.sandbox.my.salesforce.com' });
    expect(given.success && originOf(given.data)).toBe('https://acme--uat.sandbox.my.salesforce.com');
  });

  it.each([
    'us6.evil.example/',
    'evil.example#',
    'us6/',
    'us6@',
    'us6.',
    'us6:1',
    'us 6',
    'US6',
    '6',
    'us6\n',
    '..',
    '',
  ])('the data centre of Mailchimp is not %j, by setting or by key', (dc) => {
    const auth = { method: 'oauth', accessToken: 'x' };
    expect(mailchimp.safeParse({ connector: 'mailchimp', server: dc, auth }).success).toBe(false);
    const key = { method: 'api-key', apiKey: `${'c0ffee'.repeat(5)}42-${dc}` };
    expect(mailchimp.safeParse({ connector: 'mailchimp', auth: key }).success).toBe(false);
  });

  it('of Mailchimp is the data centre of the key, by https', () => {
    const auth = { method: 'api-key', apiKey: `${'c0ffee'.repeat(5)}42-us21` };
    const given = mailchimp.safeParse({ connector: 'mailchimp', auth });
    expect(given.success && basePathOf(given.data)).toBe('https://us21.api.mailchimp.com/3.0');
  });
});

describe("a vendor's host, of HubSpot and NetSuite", () => {
  it('is HubSpot itself, which no setting changes but a stand-in', () => {
    const given = ofHubspot({});
    expect(given.success && originOfHubspot(given.data)).toBe('https://api.hubapi.com');
    for (const key of ['domain', 'server', 'host', 'url', 'hublet'])
      expect(ofHubspot({ [key]: 'evil.example' }).success).toBe(false);
  });

  it.each([
    'evil.example/',
    'evil.example#',
    'evil.example?',
    '1234567.evil.example',
    '1234567@evil.example',
    '1234567:1',
    '1234567/',
    '1234567\\',
    '1234567\n',
    '12345\u000067',
    '1234567_',
    '-1234567',
    '..',
    '１２３４５６７',
    '1234567 SB1',
    '',
  ])('the account of NetSuite is not %j', (account) => expect(ofNetsuite({ account }).success).toBe(false));

  it('whatever the account, it is a host of NetSuite, by https', () => {
    const piece = fc.constantFrom(
      '1234567',
      'TSTDRV',
      '_',
      '-',
      '.',
      '/',
      '@',
      ':',
      '#',
      '%2e',
      'sb1',
      'evil',
      ' ',
      '\n',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 6 }), (pieces) => {
        const given = ofNetsuite({ account: pieces.join('') });
        if (!given.success) return;
        for (const service of ['suitetalk', 'restlets'] as const) {
          const { protocol, hostname, port, username } = new URL(originOfNetsuite(given.data, service));
          expect([protocol, port, username]).toEqual(['https:', '', '']);
          expect(hostname).toMatch(new RegExp(`^[a-z0-9-]+\\.${service}\\.api\\.netsuite\\.com$`));
        }
      }),
      { numRuns: 500, seed: 3 },
    );
  });
});

describe('a link in an answer', () => {
  it('stays on its origin, whatever it says', () => {
    const base = 'https://acme.my.salesforce.com/services/data/v66.0/';
    const piece = fc.constantFrom(
      ...[
        'https:',
        'http:',
        '//',
        '/',
        '\\',
        '@',
        ':',
        '.',
        '#',
        '?',
        '%2f',
        '\t',
        'acme.my.salesforce.com',
        'evil.example',
      ],
      ...['query', '01g000000000001-2000', '443', '8443', '..', 'data:', 'user'],
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 7 }), (pieces) => {
        let followed: string;
        try {
          followed = nextLink(base, pieces.join(''));
        } catch {
          return;
        }
        const { origin, username, password } = new URL(followed);
        expect([origin, username, password]).toEqual(['https://acme.my.salesforce.com', '', '']);
      }),
      { numRuns: 2_000, seed: 2 },
    );
  });
});
