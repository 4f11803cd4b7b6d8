import { connector } from '@heed/connector-hubspot';
import type { ConnectorError } from '@heed/contract';
import { memoryVault } from '@heed/toolkit';
import { describe, expect, it } from 'vitest';
import { msUntilMidnight } from '../src/ask.ts';
import { errorOfRow, existingIdIn, failureOf, problemIn } from '../src/errors.ts';
import { callsTo, lookup, make, never, open, useSandbox } from './kit.ts';

const running = useSandbox();
const ANN = 'ann.secretive@example.org';
const HOUR_MS = 3_600_000;

const answered = (status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): ConnectorError =>
  failureOf('contacts', { status, headers, body, bytes: 0 }, 0, 5 * HOUR_MS);

describe('an answer of HubSpot', () => {
  const rateLimit = (policyName?: string) => ({
    status: 'error',
    message: 'You have reached your limit.',
    ...(policyName === undefined ? { category: 'RATE_LIMITS' } : { errorType: 'RATE_LIMIT', policyName }),
  });

  it.each([
    [429, rateLimit('TEN_SECONDLY_ROLLING'), 'rate-limited', 10_000],
    [429, rateLimit('DAILY'), 'rate-limited', 5 * HOUR_MS],
    [429, rateLimit(), 'rate-limited', 1_000],
    [429, null, 'rate-limited', undefined],
    [423, null, 'unavailable', 2_000],
    [477, null, 'unavailable', HOUR_MS],
    [502, null, 'unavailable', undefined],
    [401, { category: 'EXPIRED_AUTHENTICATION' }, 'auth', undefined],
    [404, { category: 'OBJECT_NOT_FOUND' }, 'missing', undefined],
    [409, { category: 'CONFLICT', message: 'Contact already exists. Existing ID: 12' }, 'refused', undefined],
    [414, null, 'protocol', undefined],
    [400, { category: 'VALIDATION_ERROR', errors: [{ code: 'PROPERTY_DOESNT_EXIST' }] }, 'invalid', undefined],
    [400, { errors: [{ code: 'READ_ONLY_VALUE' }] }, 'forbidden', undefined],
    [400, 'odd', 'invalid', undefined],
    [400, { category: 'constructor', errors: [{ code: 'toString' }] }, 'invalid', undefined],
  ] as const)('%i %j is %s', (status, body, kind, waitMs) => {
    const error = answered(status, body);
    expect([error.kind, error.details.retryAfterMs]).toEqual([kind, waitMs]);
    // Only what may have been done is in doubt.
    expect(error.details.mayHaveApplied).toBe(status >= 500);
  });

  it('asks for a wait in its header, which goes before everything else', () => {
    expect(answered(477, null, { 'retry-after': '86400' }).details.retryAfterMs).toBe(86_400_000);
    expect(answered(429, rateLimit('TEN_SECONDLY_ROLLING'), { 'retry-after': '3' }).details.retryAfterMs).toBe(3_000);
  });

  it('names the scopes that are missing, and nothing that could be a value', () => {
    const scopes = ['crm.objects.contacts.write', `<${ANN}>`];
    const { message, kind } = answered(403, {
      category: 'MISSING_SCOPES',
      context: { requiredGranularScopes: scopes },
    });
    expect([kind, message]).toEqual(['forbidden', expect.stringContaining('crm.objects.contacts.write')]);
    expect(message).not.toContain('secretive');
  });

  it('says of a row which property it refuses; what the vendor says of people stays with the vendor', () => {
    const text = `Property values were not valid: [{"isValid":false,"message":"${ANN} is odd","error":"PROPERTY_DOESNT_EXIST","name":"missing"}]`;
    const error = errorOfRow('create contacts', problemIn({ category: 'VALIDATION_ERROR', message: text }));
    expect(error.details).toMatchObject({ code: 'PROPERTY_DOESNT_EXIST', field: 'missing', mayHaveApplied: false });
    expect(JSON.stringify([error.message, error.details])).not.toContain('secretive');
    expect(existingIdIn(problemIn({ message: 'Contact already exists. Existing ID: 123' }))).toBe('123');
    for (const odd of [null, 7, [], { errors: 'x', context: [], message: {} }, { errors: [null] }])
      expect(errorOfRow('x', problemIn(odd)).kind).toBe('invalid');
  });

  it("tells how long the day still is in the account's time zone", () => {
    const noon = Date.UTC(2026, 0, 5, 12);
    expect(msUntilMidnight(noon, 'UTC')).toBe(12 * HOUR_MS);
    expect(msUntilMidnight(noon, 'US/Eastern')).toBe(17 * HOUR_MS);
    expect(msUntilMidnight(noon, 'no such zone')).toBe(12 * HOUR_MS);
  });
});

describe("HubSpot's limits", () => {
  it('are waited for, ten seconds or the next second of searches, and nothing is lost', async () => {
    running().switches({ tenSecondLimit: 6, searchPerSecond: 1 });
    make(running(), ANN);
    const session = open(running());
    for (let round = 0; round < 12; round += 1) expect(await lookup(session, { emails: [ANN] })).toHaveLength(1);
    expect(
      running()
        .calls()
        .some(({ status }) => status === 429),
    ).toBe(true);
  });

  it('of the day park the connection until midnight there', async () => {
    running().faults([{ kind: 'daily-limit' }]);
    const session = open(running());
    await expect(lookup(session, { emails: [ANN] })).rejects.toMatchObject({
      kind: 'rate-limited',
      details: { code: 'DAILY' },
    });
    expect(running().calls().length).toBe(1);
  });

  it('of the plan are the settings, and check says where they are more than the account has', async () => {
    const limitOf = (more: Readonly<Record<string, unknown>>): readonly (readonly [string, number])[] => {
      const config = connector.config.parse({
        connector: 'hubspot',
        auth: { method: 'service-key', token: 't' },
        ...more,
      });
      return (connector.limitsOf?.(config) ?? []).map(({ kind, max }) => [kind, max] as const);
    };
    const search = ['window', 5];
    expect(limitOf({})).toEqual([['window', 100], ['daily', 250_000], search]);
    expect(limitOf({ plan: 'enterprise' })).toEqual([['window', 190], ['daily', 1_000_000], search]);
    const auth = { method: 'oauth', clientId: 'c', clientSecret: 's', refreshToken: 'r' };
    expect(limitOf({ auth, plan: 'enterprise' })).toEqual([['window', 110], search]);
    running().switches({ plan: 'free' });
    const { gaps } = await open(running(), { config: { plan: 'professional' } }).check(never);
    expect(gaps).toEqual([{ what: expect.stringContaining('100 calls in 10 seconds'), fix: expect.any(String) }]);
  });

  it('are no reason for a call too many: a read of nothing new asks twice', async () => {
    const session = open(running());
    await session.check(never);
    await session.describe(never);
    expect(callsTo(running())).toEqual([
      'GET /account-info/v3/details',
      'GET /crm/v3/properties/contacts',
      'GET /crm/v3/objects/contacts',
      'GET /communication-preferences/v4/definitions',
      'POST /crm/v3/lists/search',
    ]);
  });
});

describe('signing in by OAuth', () => {
  const oauth = (refreshToken = running().oauth.refreshToken) => ({
    auth: {
      method: 'oauth',
      clientId: running().oauth.clientId,
      clientSecret: running().oauth.clientSecret,
      refreshToken,
    },
  });
  const tokenCalls = () => callsTo(running()).filter((call) => call.endsWith('/token')).length;

  it('refreshes once for many askers, early, and never shows a token', async () => {
    const session = open(running(), { config: oauth() });
    await Promise.all(Array.from({ length: 5 }, () => lookup(session, { emails: [ANN] })));
    expect(tokenCalls()).toBe(1);
    running().clock.advance(24 * 60_000);
    await lookup(session, { emails: [ANN] });
    expect(tokenCalls()).toBe(1);
    // Five minutes before its end.
    running().clock.advance(2 * 60_000);
    await lookup(session, { emails: [ANN] });
    expect(tokenCalls()).toBe(2);
  });

  it('keeps the rotated refresh token, until the operator configures another', async () => {
    running().switches({ rotateRefreshTokens: true });
    const vault = memoryVault();
    await open(running(), { config: oauth(), vault }).check(never);
    const kept = await vault.load();
    expect(kept).toMatchObject({ portal: String(running().state().portalId) });
    expect(kept?.refreshToken).not.toBe(running().oauth.refreshToken);
    // The configured one is worthless by now.
    await open(running(), { config: oauth(), vault }).check(never);
    await expect(open(running(), { config: oauth() }).check(never)).rejects.toMatchObject({ kind: 'auth' });
  });

  it('refuses a token of another portal, and says what to do when the app was taken away', async () => {
    const vault = memoryVault();
    await open(running(), { config: oauth(), vault }).check(never);
    const kept = await vault.load();
    await vault.save({ ...kept, portal: '1' });
    await expect(open(running(), { config: oauth(), vault }).check(never)).rejects.toMatchObject({ kind: 'config' });
    running().act('admin/revoke', { tokens: 'oauth' });
    await expect(open(running(), { config: oauth() }).check(never)).rejects.toMatchObject({
      kind: 'auth',
      details: { code: 'BAD_REFRESH_TOKEN' },
    });
  });

  it('gets a new token once, when the old one is refused before its time', async () => {
    const session = open(running(), { config: oauth() });
    await session.check(never);
    running().faults([{ kind: 'expired-token', count: 1 }]);
    expect(await lookup(session, { emails: [ANN] })).toEqual([]);
    expect(tokenCalls()).toBe(2);
  });
});
