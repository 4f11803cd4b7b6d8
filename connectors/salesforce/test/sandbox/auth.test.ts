import { createHash, generateKeyPairSync, sign } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { base, type Client, open, startMs } from './client.ts';

const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });

function assertion(claims: Readonly<Record<string, unknown>>, alg = 'RS256', key = privateKey): string {
  const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const signed = `${encode({ alg })}.${encode(claims)}`;
  return `${signed}.${sign('RSA-SHA256', Buffer.from(signed), key).toString('base64url')}`;
}

describe('checklist 1: token endpoint', () => {
  let client: Client;
  let clientId = '';
  let secret = '';
  beforeEach(async () => {
    client = await open();
    ({ clientId, clientSecret: secret } = client.org.state().credentials);
  });
  afterEach(() => client.org.close());

  const limits = async (token: string) => {
    client.useToken(token);
    return client.call('GET', '/limits');
  };

  it('"POST {loginUrl}/services/oauth2/token": client_credentials answers a token that works', async () => {
    const answer = await client.token({ grant_type: 'client_credentials', client_id: clientId, client_secret: secret });
    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({
      token_type: 'Bearer',
      instance_url: client.org.url,
      issued_at: String(startMs),
    });
    expect(answer.body.id).toMatch(/\/id\/00D\w{15}\/005\w{15}$/);
    expect(answer.body.refresh_token).toBeUndefined();
    expect((await limits(answer.body.access_token)).status).toBe(200);
  });

  it('"Token-endpoint errors: HTTP 400 {error, error_description}"', async () => {
    const wrong = await client.token({ grant_type: 'client_credentials', client_id: clientId, client_secret: 'x' });
    expect([wrong.status, wrong.body.error]).toEqual([400, 'invalid_client']);
    const unknown = await client.token({ grant_type: 'client_credentials', client_id: 'x', client_secret: secret });
    expect([unknown.status, unknown.body.error]).toEqual([400, 'invalid_client_id']);
    const grant = await client.token({ grant_type: 'nonsense' });
    expect([grant.status, grant.body.error]).toEqual([400, 'unsupported_grant_type']);
  });

  it('"My Domain host only: login host answers invalid_grant"', async () => {
    client.org.switches({ loginHost: 'login' });
    const answer = await client.token({ grant_type: 'client_credentials', client_id: clientId, client_secret: secret });
    expect([answer.status, answer.body.error]).toEqual([400, 'invalid_grant']);
  });

  it('"sign RS256 ourselves: iss=client id, sub=username, aud=login host, exp within ~3-5 min"', async () => {
    const claims = {
      iss: clientId,
      sub: client.org.username,
      aud: 'https://login.salesforce.com',
      exp: startMs / 1000 + 180,
    };
    const ask = (jwt: string) =>
      client.token({ grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', assertion: jwt });
    expect((await ask(assertion(claims))).body.error_description).toBe('invalid assertion');
    client.act('admin/certificate', { publicKey: publicKey.export({ type: 'spki', format: 'pem' }) });
    const good = await ask(assertion(claims));
    expect(good.status).toBe(200);
    expect(good.body.refresh_token).toBeUndefined();
    expect((await limits(good.body.access_token)).status).toBe(200);
    const other = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
    const refusals = await Promise.all(
      [
        assertion(claims, 'RS256', other),
        assertion(claims, 'none'),
        assertion({ ...claims, exp: startMs / 1000 - 1 }),
        assertion({ ...claims, exp: startMs / 1000 + 3600 }),
        assertion({ ...claims, exp: undefined }),
        assertion({ ...claims, aud: 'https://elsewhere.example' }),
        assertion({ ...claims, sub: 'nobody@sandbox.example' }),
        assertion({ ...claims, iss: 'x' }),
        'rubbish',
      ].map(ask),
    );
    expect(refusals.map((refusal) => refusal.status)).toEqual(Array.from({ length: 9 }, () => 400));
    expect(new Set(refusals.map((refusal) => refusal.body.error))).toEqual(
      new Set(['invalid_grant', 'invalid_client_id']),
    );
  });

  it('"Refresh token": a new access token, and "a rotated refresh_token in the reply" when the switch is on', async () => {
    const { refreshToken } = client.org.state().credentials;
    const form = { grant_type: 'refresh_token', refresh_token: refreshToken, client_id: clientId };
    const plain = await client.token(form);
    expect([plain.status, plain.body.refresh_token]).toEqual([200, undefined]);
    client.org.switches({ rotateRefreshTokens: true });
    const rotated = await client.token(form);
    expect(rotated.body.refresh_token).toMatch(/^5Aep/);
    expect((await client.token(form)).body).toEqual({
      error: 'invalid_grant',
      error_description: 'expired access/refresh token',
    });
    expect((await client.token({ ...form, refresh_token: rotated.body.refresh_token })).status).toBe(200);
  });

  it('"Parallel refresh with one token returns 400 invalid_grant token request is already being processed"', async () => {
    client.org.switches({ refreshTakesMs: 2000 });
    const form = {
      grant_type: 'refresh_token',
      refresh_token: client.org.state().credentials.refreshToken,
      client_id: clientId,
    };
    expect((await client.token(form)).status).toBe(200);
    const second = await client.token(form);
    expect([second.status, second.body.error_description]).toEqual([400, 'token request is already being processed']);
    client.org.clock.advance(2000);
    expect((await client.token(form)).status).toBe(200);
  });

  it('"Authorization code + PKCE": the verifier must fit the challenge, a code works once', async () => {
    const verifier = 'v'.repeat(64);
    const challenge = createHash('sha256').update(verifier).digest('base64url');
    const redirect = 'http://127.0.0.1:1/back';
    const query = new URLSearchParams({
      client_id: clientId,
      redirect_uri: redirect,
      state: 's',
      code_challenge: challenge,
    });
    const authorize = async () => {
      const answer = await client.call('GET', `/services/oauth2/authorize?${query}`);
      return new URL(answer.headers.get('location') ?? '').searchParams.get('code') ?? '';
    };
    const form = {
      grant_type: 'authorization_code',
      client_id: clientId,
      client_secret: secret,
      redirect_uri: redirect,
    };
    const bad = await client.token({ ...form, code: await authorize(), code_verifier: 'wrong' });
    expect([bad.status, bad.body.error]).toEqual([400, 'invalid_grant']);
    const code = await authorize();
    const good = await client.token({ ...form, code, code_verifier: verifier });
    expect([good.status, typeof good.body.refresh_token]).toEqual([200, 'string']);
    expect((await client.token({ ...form, code, code_verifier: verifier })).status).toBe(400);
  });

  it('"Username-password: blocked by default in orgs created Summer 23 or later"', async () => {
    const { username, password } = client.org.state().credentials;
    const form = { grant_type: 'password', client_id: clientId, client_secret: secret, username, password };
    const blocked = await client.token(form);
    expect([blocked.status, blocked.body]).toEqual([
      400,
      { error: 'invalid_grant', error_description: 'authentication failure' },
    ]);
    client.org.switches({ passwordFlow: 'allowed' });
    expect((await client.token(form)).status).toBe(200);
  });

  it('"expiring tokens": HTTP 401 [{message: Session expired or invalid, errorCode: INVALID_SESSION_ID}]', async () => {
    const { body } = await client.token({
      grant_type: 'client_credentials',
      client_id: clientId,
      client_secret: secret,
    });
    expect((await limits(body.access_token)).status).toBe(200);
    client.org.clock.advance(7_200_001);
    const expired = await limits(body.access_token);
    expect([expired.status, expired.body]).toEqual([
      401,
      [{ message: 'Session expired or invalid', errorCode: 'INVALID_SESSION_ID' }],
    ]);
    expect((await limits('nonsense')).status).toBe(401);
    expect((await fetch(`${client.org.url}${base}/limits`)).status).toBe(401);
  });

  it('"401 for ever" mode: also with a token that was just issued', async () => {
    client.org.switches({ unauthorized: 'forever' });
    const { status, body } = await client.token({
      grant_type: 'client_credentials',
      client_id: clientId,
      client_secret: secret,
    });
    expect(status).toBe(200);
    expect((await limits(body.access_token)).status).toBe(401);
  });

  it('"401 non-refreshable bodies": Connected app is not attached to Agent, session not valid for REST', async () => {
    client.org.switches({ unauthorized: 'agent' });
    expect((await client.call('GET', '/limits')).text).toContain('Connected app is not attached to Agent');
    client.org.switches({ unauthorized: 'rest' });
    expect((await client.call('GET', '/limits')).text).toContain('This session is not valid for use with the REST API');
  });

  it('the fault expired-token ends the presented token, so only a new one works', async () => {
    client.org.faults([{ kind: 'expired-token', count: 1 }]);
    expect((await client.call('GET', '/limits')).status).toBe(401);
    expect((await client.call('GET', '/limits')).status).toBe(401);
    const { body } = await client.token({
      grant_type: 'client_credentials',
      client_id: clientId,
      client_secret: secret,
    });
    expect((await limits(body.access_token)).status).toBe(200);
  });

  it('the fault expired-token waits for a call that brings a token: signing in brings none', async () => {
    client.org.faults([{ kind: 'expired-token', count: 1 }]);
    const { body } = await client.token({
      grant_type: 'client_credentials',
      client_id: clientId,
      client_secret: secret,
    });
    expect(body.access_token).toBeTruthy();
    expect((await limits(body.access_token)).status).toBe(401);
  });

  it('"GET /services/data/ (unauthenticated) lists versions"; 1.0 to 30.0 are retired', async () => {
    const answer = await fetch(`${client.org.url}/services/data/`);
    const versions = (await answer.json()) as { version: string; label: string }[];
    expect(versions.at(-1)).toMatchObject({ version: '67.0', label: "Summer '26" });
    expect(versions.find((one) => one.version === '56.0')?.label).toBe("Winter '23");
    expect((await client.call('GET', '/services/data/v30.0/limits')).status).toBe(404);
    expect((await client.call('GET', '/services/data/v68.0/limits')).status).toBe(404);
    expect((await client.call('GET', '/services/data/v31.0/limits')).status).toBe(200);
  });

  it('userinfo names the connected user; revoke ends a token', async () => {
    const info = await client.call('GET', '/services/oauth2/userinfo');
    expect(info.body).toMatchObject({
      preferred_username: client.org.username,
      organization_id: client.org.state().organizationId,
    });
    const body = new URLSearchParams({ token: client.org.accessToken });
    expect((await fetch(`${client.org.url}/services/oauth2/revoke`, { method: 'POST', body })).status).toBe(200);
    expect((await client.call('GET', '/limits')).status).toBe(401);
  });

  it('gives out a connection, its environment and an access token for anybody', () => {
    expect(client.org.connection).toEqual({
      connector: 'salesforce',
      baseUrl: client.org.url,
      auth: {
        method: 'client-credentials',
        clientId: { env: 'SANDBOX_SALESFORCE_CLIENT_ID' },
        clientSecret: { env: 'SANDBOX_SALESFORCE_CLIENT_SECRET' },
      },
    });
    expect(client.org.env).toEqual({
      SANDBOX_SALESFORCE_CLIENT_ID: clientId,
      SANDBOX_SALESFORCE_CLIENT_SECRET: secret,
    });
  });
});
