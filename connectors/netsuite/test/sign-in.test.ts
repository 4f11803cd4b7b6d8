import { describe, expect, it } from 'vitest';
import { configSchema, originOf, realmOf } from '../src/config.ts';
import { connector } from '../src/index.ts';
import { callsTo, lookup, make, never, open, useSandbox } from './kit.ts';

const running = useSandbox();
const tokens = (): number => callsTo(running()).filter((call) => call.includes('/token')).length;

const tokenBased = () => {
  const { tokenBased: auth } = running();
  return { auth: { method: 'token-based', ...auth } };
};

describe('signing in by a certificate', () => {
  it.each(['string', 'number'])('asks for one token, for many requests at once (%s)', async (expiresInType) => {
    running().switches({ expiresInType });
    make(running(), 'contact', { email: 'ann@example.org' });
    const session = open(running());
    await Promise.all([1, 2, 3].map(() => lookup(session, { emails: ['ann@example.org'] })));
    expect(tokens()).toBe(1);
    running().clock.advance(59 * 60_000 + 1_000);
    await lookup(session, { emails: ['ann@example.org'] });
    expect(tokens()).toBe(2);
  });

  it('goes on when its tokens were revoked, and tells when they are refused for ever', async () => {
    const session = open(running());
    await session.check(never);
    running().act('admin/revoke-tokens');
    await session.check(never);
    expect(tokens()).toBe(2);
  });

  it('where the role has lost REST Web Services, the login is refused', async () => {
    running().act('admin/permission', { name: 'rest', granted: false });
    await expect(open(running()).check(never)).rejects.toMatchObject({
      kind: 'auth',
      details: { code: 'INVALID_LOGIN' },
    });
    expect(callsTo(running()).length).toBeLessThan(12);
  });
});

describe('signing in by tokens, signed by netsuite-rest', () => {
  it('works, with every request signed anew', async () => {
    running().switches({ timestampSkewMs: -1 });
    const id = make(running(), 'contact', { email: "o'brien+(x)@example.org" });
    const session = open(running(), tokenBased());
    expect((await session.check(never)).gaps).toEqual([]);
    const rows = await lookup(session, { emails: ["O'Brien+(x)@example.org"] });
    expect(rows.map(({ record }) => record.id)).toEqual([id]);
    expect(tokens()).toBe(0);
  });

  it('a throttled request is signed anew when it is repeated: no replay', async () => {
    running().switches({ timestampSkewMs: -1 });
    const session = open(running(), tokenBased());
    running().faults([{ kind: 'throttle', count: 2 }]);
    await session.check(never);
    expect(running().act('admin/login-audit')).toEqual({ entries: [] });
  });

  it('a refused login right after throttling is tried once more, else not', async () => {
    running().switches({ timestampSkewMs: -1 });
    running().faults([{ kind: 'expired-token', count: 1 }]);
    await expect(open(running(), tokenBased()).check(never)).rejects.toMatchObject({ kind: 'auth' });
    running().faults([
      { kind: 'throttle', count: 1 },
      { kind: 'expired-token', count: 1, after: 0 },
    ]);
    expect((await open(running(), tokenBased()).check(never)).gaps).toEqual([]);
  });

  it('wrong secrets are told without them', async () => {
    running().switches({ timestampSkewMs: -1 });
    const wrong = { auth: { ...tokenBased().auth, tokenSecret: 'not-the-secret-of-this-token' } };
    const error = await open(running(), wrong)
      .check(never)
      .catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ kind: 'auth', message: expect.stringContaining('Login Audit Trail') });
    expect(JSON.stringify(error)).not.toContain('not-the-secret');
  });
});

describe('the account', () => {
  const config = (account: string) =>
    configSchema.parse({
      account,
      auth: { method: 'token-based', consumerKey: 'a', consumerSecret: 'b', tokenId: 'c', tokenSecret: 'd' },
    });

  it.each([
    ['1234567', '1234567', '1234567'],
    ['123456_SB1', '123456-sb1', '123456_SB1'],
    ['123456-sb1', '123456-sb1', '123456_SB1'],
    ['TSTDRV_123_SB1', 'tstdrv-123-sb1', 'TSTDRV_123_SB1'],
  ])('%s', (account, host, realm) => {
    expect(originOf(config(account), 'suitetalk')).toBe(`https://${host}.suitetalk.api.netsuite.com`);
    expect(originOf(config(account), 'restlets')).toBe(`https://${host}.restlets.api.netsuite.com`);
    expect(realmOf(config(account))).toBe(realm);
    expect(connector.account(config(account))).toBe(realm);
  });

  it.each(['', 'acme.evil.test', 'acme/evil', 'acme@evil', 'acme:1', 'a b'])(
    'is no way to another host: %j',
    (account) => {
      expect(() => config(account)).toThrow();
    },
  );

  it('may be taken more of where the connection says so', () => {
    const more = configSchema.parse({ ...config('1234567'), concurrency: 7 });
    expect(connector.limitsOf?.(more)).toMatchObject([{ kind: 'concurrent', max: 7 }]);
    expect(connector.limitsOf?.(config('1234567'))).toMatchObject([{ kind: 'concurrent', max: 2 }]);
  });

  it('that other integrations keep busy is waited for', async () => {
    running().switches({ accountConcurrency: 5, othersConcurrency: 5 });
    await expect(open(running()).check(never)).rejects.toMatchObject({
      kind: 'rate-limited',
      details: { code: 'CONCURRENCY_LIMIT_EXCEEDED' },
    });
  });
});

describe('permissions that are missing', () => {
  it.each([403, 404])('queries: told by check, with the permission (%i)', async (workbookRefusal) => {
    running().switches({ workbookRefusal });
    running().act('admin/permission', { name: 'workbook', granted: false });
    const { gaps } = await open(running()).check(never);
    expect(gaps).toHaveLength(2);
    expect(JSON.stringify(gaps)).toContain('SuiteAnalytics Workbook');
  });

  it('a record type', async () => {
    running().act('admin/permission', { record: 'customer', level: 'none' });
    const session = open(running());
    expect((await session.check(never)).gaps).toHaveLength(1);
    expect((await session.describe(never)).recordTypes.map(({ name }) => name)).toEqual(['contact']);
  });

  it('the status: it is missing, and not "opted in"', async () => {
    running().act('admin/remove-field', { record: 'contact', field: 'globalSubscriptionStatus' });
    const session = open(running());
    const [contact] = (await session.describe(never)).recordTypes;
    expect(contact?.standardOptOut).toMatchObject({ missing: 'globalSubscriptionStatus' });
    expect(JSON.stringify((await session.check(never)).gaps)).toContain('contact.globalSubscriptionStatus is hidden');
  });
});
