// Checklist point 11 and section 1 of the vendor notes: tokens, scopes, identity; against raw HTTP.
import { describe, expect, test } from 'vitest';
import { askToken, CONTACTS, call, read, start } from './client.ts';

describe('1. the static token', () => {
  test('"Static token (private app pat-…): Authorization: Bearer …, no expiry, revocable"', async () => {
    const hubspot = await start();
    expect(hubspot.accessToken).toMatch(/^pat-na1-[0-9a-f-]{36}$/);
    expect(hubspot.env).toEqual({ SANDBOX_HUBSPOT_TOKEN: hubspot.accessToken });
    expect(hubspot.connection).toEqual({
      connector: 'hubspot',
      baseUrl: hubspot.url,
      auth: { method: 'service-key', token: { env: 'SANDBOX_HUBSPOT_TOKEN' } },
    });
    hubspot.clock.advance(400 * 86_400_000);
    expect((await call(hubspot, 'GET', CONTACTS)).status).toBe(200);
    hubspot.act('admin/revoke', { tokens: 'static' });
    expect((await call(hubspot, 'GET', CONTACTS)).status).toBe(401);
  });

  test("no token, and a wrong one: 401 in the vendor's error body", async () => {
    const hubspot = await start();
    const none = await read(await fetch(`${hubspot.url}${CONTACTS}`));
    expect(none).toMatchObject({ status: 401, body: { status: 'error', category: 'INVALID_AUTHENTICATION' } });
    expect(none.body.correlationId).toBe(none.headers.get('x-hubspot-correlation-id'));
    expect((await call(hubspot, 'GET', CONTACTS, undefined, 'pat-na1-wrong')).status).toBe(401);
  });

  test('"GET /account-info/v3/details → portalId, accountType, timeZone, companyCurrency, utcOffset, uiDomain, dataHostingLocation"', async () => {
    const hubspot = await start();
    const { status, body } = await call(hubspot, 'GET', '/account-info/v3/details');
    expect([status, body]).toMatchObject([
      200,
      {
        portalId: hubspot.state().portalId,
        accountType: 'STANDARD',
        timeZone: 'US/Eastern',
        companyCurrency: 'USD',
        utcOffset: '-05:00',
        utcOffsetMilliseconds: -18_000_000,
        uiDomain: 'app.hubspot.com',
        dataHostingLocation: 'na1',
      },
    ]);
    expect((await call(hubspot, 'GET', '/account-info/2026-03/details')).body).toEqual(body);
    hubspot.clock.advance(120 * 86_400_000);
    expect((await call(hubspot, 'GET', '/account-info/v3/details')).body.utcOffset).toBe('-04:00'); // summer
    expect((await start({ seed: 9 })).state().portalId).not.toBe(body.portalId);
  });
});

describe('11. "OAuth: 1800 s tokens with a fake clock, BAD_REFRESH_TOKEN, code reuse, 401, 403 MISSING_SCOPES"', () => {
  test("a refresh gives a token for 1800 seconds of the sandbox's clock", async () => {
    const hubspot = await start();
    const { refreshToken } = hubspot.oauth;
    const { status, body } = await askToken(hubspot, { grant_type: 'refresh_token', refresh_token: refreshToken });
    expect([status, body]).toMatchObject([
      200,
      {
        expires_in: 1800,
        token_type: 'bearer',
        token_use: 'access_token',
        hub_id: hubspot.state().portalId,
        refresh_token: refreshToken,
      },
    ]);
    expect(body.access_token).toHaveLength(300);
    expect(body.scopes).toContain('crm.objects.contacts.read');
    hubspot.clock.advance(1_799_999);
    expect((await call(hubspot, 'GET', CONTACTS, undefined, body.access_token)).status).toBe(200);
    hubspot.clock.advance(1);
    const expired = await call(hubspot, 'GET', CONTACTS, undefined, body.access_token);
    expect(expired).toMatchObject({ status: 401, body: { category: 'EXPIRED_AUTHENTICATION', status: 'error' } });
    hubspot.switches({ expiredCategory: 'INVALID_AUTHENTICATION' });
    const other = await call(hubspot, 'GET', CONTACTS, undefined, body.access_token);
    expect(other.body.category).toBe('INVALID_AUTHENTICATION');
  });

  test('"v3 token error": BAD_REFRESH_TOKEN; wrong client; unknown grant', async () => {
    const hubspot = await start();
    const bad = await askToken(hubspot, { grant_type: 'refresh_token', refresh_token: 'na1-wrong' });
    expect([bad.status, bad.body]).toMatchObject([
      400,
      {
        error: 'invalid_grant',
        error_description: 'refresh token is invalid, expired or revoked',
        status: 'BAD_REFRESH_TOKEN',
      },
    ]);
    const refresh = { grant_type: 'refresh_token', refresh_token: hubspot.oauth.refreshToken };
    expect((await askToken(hubspot, { ...refresh, client_secret: 'wrong' })).body.status).toBe('BAD_CLIENT_SECRET');
    expect((await askToken(hubspot, { ...refresh, grant_type: 'password' })).body.error).toBe('unsupported_grant_type');
    hubspot.act('admin/revoke', { tokens: 'oauth' });
    expect((await askToken(hubspot, refresh)).body.status).toBe('BAD_REFRESH_TOKEN');
    expect(JSON.stringify(hubspot.calls())).not.toContain(hubspot.oauth.refreshToken);
  });

  test.each([false, true])('"UNVERIFIED whether v3 rotates": %s', async (rotates) => {
    const hubspot = await start({ switches: { rotateRefreshTokens: rotates } });
    const refresh = { grant_type: 'refresh_token', refresh_token: hubspot.oauth.refreshToken };
    const first = await askToken(hubspot, refresh);
    expect(first.body.refresh_token === refresh.refresh_token).toBe(!rotates);
    expect((await askToken(hubspot, refresh)).status).toBe(rotates ? 400 : 200);
    expect((await askToken(hubspot, { ...refresh, refresh_token: first.body.refresh_token })).status).toBe(200);
  });

  test('a code works once, for its redirect address', async () => {
    const hubspot = await start();
    const { code } = hubspot.act('admin/authorize') as { code: string };
    const { redirectUri } = hubspot.oauth;
    const grant = { grant_type: 'authorization_code', code, redirect_uri: redirectUri };
    expect((await askToken(hubspot, { ...grant, redirect_uri: 'http://elsewhere.example' })).status).toBe(400);
    const { body } = await askToken(hubspot, grant);
    expect((await call(hubspot, 'GET', CONTACTS, undefined, body.access_token)).status).toBe(200);
    expect((await askToken(hubspot, grant)).body.status).toBe('BAD_AUTH_CODE');
    const again = await askToken(hubspot, { grant_type: 'refresh_token', refresh_token: body.refresh_token });
    expect(again.status).toBe(200);
  });

  test('v1 has the same grants and fewer fields, 2026-03 is v3; "GET /oauth/v1/access-tokens/{token}" says whose it is', async () => {
    const hubspot = await start();
    const refresh = { grant_type: 'refresh_token', refresh_token: hubspot.oauth.refreshToken };
    const old = await askToken(hubspot, refresh, '/oauth/v1/token');
    expect(Object.keys(old.body).sort()).toEqual(['access_token', 'expires_in', 'refresh_token', 'token_type']);
    expect((await askToken(hubspot, refresh, '/oauth/2026-03/token')).body.hub_id).toBe(hubspot.state().portalId);
    const about = await read(await fetch(`${hubspot.url}/oauth/v1/access-tokens/${old.body.access_token}`));
    expect(about.body).toMatchObject({ hub_id: hubspot.state().portalId, expires_in: 1800, token_type: 'access' });
    const machine = await askToken(hubspot, { grant_type: 'client_credentials' });
    expect(machine.body).toMatchObject({ token_use: 'client_credentials' });
    expect(machine.body).not.toHaveProperty('refresh_token');
  });

  test('"Missing scope → 403 with requiredGranularScopes in context"', async () => {
    const hubspot = await start();
    hubspot.act('admin/scopes', { scopes: ['crm.objects.contacts.read'] });
    expect((await call(hubspot, 'GET', CONTACTS)).status).toBe(200);
    const refused = await call(hubspot, 'POST', CONTACTS, { properties: { email: 'ada@example.org' } });
    expect(refused).toMatchObject({
      status: 403,
      body: {
        category: 'MISSING_SCOPES',
        context: { requiredGranularScopes: ['crm.objects.contacts.write'] },
      },
    });
    expect((await call(hubspot, 'GET', '/communication-preferences/v3/definitions')).status).toBe(403);
    hubspot.act('admin/scopes', { scopes: ['communication_preferences.read_write'] });
    expect((await call(hubspot, 'GET', '/communication-preferences/v3/definitions')).status).toBe(200);
  });

  test('the fault expired-token: an OAuth token is useless from then on, a static one works again', async () => {
    const hubspot = await start();
    const { body } = await askToken(hubspot, {
      grant_type: 'refresh_token',
      refresh_token: hubspot.oauth.refreshToken,
    });
    hubspot.faults([{ kind: 'expired-token', count: 2 }]);
    expect((await call(hubspot, 'GET', CONTACTS, undefined, body.access_token)).status).toBe(401);
    expect((await call(hubspot, 'GET', CONTACTS)).body.category).toBe('EXPIRED_AUTHENTICATION');
    expect((await call(hubspot, 'GET', CONTACTS, undefined, body.access_token)).status).toBe(401);
    expect((await call(hubspot, 'GET', CONTACTS)).status).toBe(200);
  });
});
