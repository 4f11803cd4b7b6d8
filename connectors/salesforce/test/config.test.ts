import { describe, expect, test } from 'vitest';
import { loginHostOf } from '../src/config.ts';
import { connector } from '../src/index.ts';

const auth = { method: 'client-credentials', clientId: 'id', clientSecret: 'hush' };
const parse = (settings: object) => connector.config.safeParse({ connector: 'salesforce', auth, ...settings });

describe('the connection', () => {
  test.each(['acme.my.salesforce.com', 'acme--uat.sandbox.my.salesforce.com', 'x-dev-ed.develop.my.salesforce.com'])(
    '%s is a domain',
    (domain) => expect(parse({ domain }).success).toBe(true),
  );
  test.each([
    'https://acme.my.salesforce.com',
    'acme.lightning.force.com',
    'login.salesforce.com',
    'acme.my.salesforce.com.evil.example',
    'evil.example/.my.salesforce.com',
  ])('%s is none', (domain) => expect(parse({ domain }).success).toBe(false));

  test('a base URL is for this machine', () => {
    expect(parse({ baseUrl: 'http://127.0.0.1:4100' }).success).toBe(true);
    expect(parse({ baseUrl: 'https://acme.my.salesforce.com' }).success).toBe(false);
    expect(parse({ baseUrl: 'http://127.0.0.1.evil.example' }).success).toBe(false);
  });

  test.each([
    [{}, 'domain'],
    [{ domain: 'acme.my.salesforce.com', typo: 1 }, 'typo'],
    [{ domain: 'acme.my.salesforce.com', apiVersion: 'v66' }, 'apiVersion'],
    [{ domain: 'acme.my.salesforce.com', auth: { method: 'password' } }, 'auth'],
    [{ domain: 'acme.my.salesforce.com', auth: { method: 'jwt-bearer', clientId: 'a', username: 'b' } }, 'privateKey'],
    [{ domain: 'acme.my.salesforce.com', auth: { ...auth, clientSecret: '' } }, 'clientSecret'],
  ])('%j is refused and names %s', (settings, named) => {
    const parsed = parse(settings);
    expect(parsed.success).toBe(false);
    expect(JSON.stringify(parsed.error?.issues)).toContain(named);
  });

  test('the version has a default, and the account is the host', () => {
    const config = connector.config.parse({ domain: 'acme.my.salesforce.com', auth });
    expect(config.apiVersion).toBe('66.0');
    expect(connector.account(config)).toBe('acme.my.salesforce.com');
  });

  test("assertions of customers' sandboxes are for the test login", () => {
    const hostOf = (domain: string) => loginHostOf(connector.config.parse({ domain, auth }));
    expect(hostOf('acme.my.salesforce.com')).toBe('https://login.salesforce.com');
    expect(hostOf('acme--uat.sandbox.my.salesforce.com')).toBe('https://test.salesforce.com');
  });
});
