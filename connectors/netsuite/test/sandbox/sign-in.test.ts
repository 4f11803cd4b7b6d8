import { constants, createHmac, createPrivateKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Answer, type Client, errorOf, open, startMs } from './client.ts';

const encoded = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);

interface Signing {
  readonly realm?: string;
  readonly nonce?: string;
  readonly timestamp?: number;
  readonly secret?: string;
  readonly method?: string;
  readonly signatureMethod?: string;
}

/** An OAuth 1.0a header (RFC 5849, 3.4), worked out here independently of the stand-in and of the SDK. */
function oauth(client: Client, path: string, signing: Signing = {}): string {
  const { account } = client;
  const { consumerKey, consumerSecret, tokenId, tokenSecret } = account.tokenBased;
  const own: [string, string][] = [
    ['oauth_consumer_key', consumerKey],
    ['oauth_token', tokenId],
    ['oauth_signature_method', signing.signatureMethod ?? 'HMAC-SHA256'],
    ['oauth_timestamp', String(signing.timestamp ?? startMs / 1000)],
    ['oauth_nonce', signing.nonce ?? `nonce${Math.trunc(startMs)}${path}`],
    ['oauth_version', '1.0'],
  ];
  const [route = '', search = ''] = path.split('?');
  const query = [...new URLSearchParams(search)];
  const all = [...own, ...query].map(([name, value]) => `${encoded(name)}=${encoded(value)}`).sort();
  const base = [signing.method ?? 'GET', `${account.url}${route}`, all.join('&')].map(encoded).join('&');
  const key = `${encoded(signing.secret ?? consumerSecret)}&${encoded(tokenSecret)}`;
  const signature = createHmac('sha256', key).update(base).digest('base64');
  const pairs: [string, string][] = [...own, ['oauth_signature', signature]];
  return `OAuth realm="${signing.realm ?? account.account}",${pairs.map(([name, value]) => `${name}="${encoded(value)}"`).join(',')}`;
}

describe('checklist 1: token-based authentication', () => {
  let client: Client;
  beforeEach(async () => {
    client = await open();
  });
  afterEach(() => client.account.close());

  const path = '/services/rest/record/v1/contact?limit=1&q=email%20IS%20%22a%2Bb%27%28c%29%21%2A%40example.com%22';
  const get = (authorization: string, to = path): Promise<Answer> =>
    client.call('GET', to, undefined, { authorization });
  const lastEntry = (): string => client.act('admin/login-audit').entries.at(-1)?.detail;

  it('a signature over method, address and query is accepted; the realm is upper case with an underscore', async () => {
    expect(client.account.account).toBe('7654321_SB1');
    expect((await get(oauth(client, path))).status).toBe(200);
  });

  it.each<[string, Signing, string]>([
    ['another secret', { secret: 'wrong' }, 'InvalidSignature'],
    ['another method signed', { method: 'POST' }, 'InvalidSignature'],
    ['"wrong realm case"', { realm: '7654321_sb1' }, 'InvalidRealm'],
    ['the realm as host names spell it', { realm: '7654321-SB1' }, 'InvalidRealm'],
    ['"clock skew"', { timestamp: startMs / 1000 - 301 }, 'InvalidTimestamp'],
    ['HMAC-SHA1', { signatureMethod: 'HMAC-SHA1' }, 'SignatureMethodRejected'],
  ])('401 INVALID_LOGIN for %s; only the Login Audit Trail says why', async (_name, signing, why) => {
    const answer = await get(oauth(client, path, signing));
    expect(answer.status).toBe(401);
    expect(answer.body).toEqual({
      type: expect.stringContaining('rfc2616'),
      title: 'Unauthorized',
      status: 401,
      'o:errorDetails': [
        {
          detail:
            'Invalid login attempt. For more details, see the Login Audit Trail in the NetSuite UI at Setup > Users/Roles > User Management > View Login Audit Trail.',
          'o:errorCode': 'INVALID_LOGIN',
        },
      ],
    });
    expect(lastEntry()).toBe(why);
  });

  it('"replayed nonce": the same request again is 401, and so is the retry of one that got 429', async () => {
    const authorization = oauth(client, path);
    expect([(await get(authorization)).status, (await get(authorization)).status]).toEqual([200, 401]);
    expect(lastEntry()).toBe('NonceUsed');
    client.account.faults([{ kind: 'throttle', count: 1 }]);
    const other = oauth(client, path, { nonce: 'other' });
    expect([(await get(other)).status, (await get(other)).status]).toEqual([429, 401]);
  });

  it('"revoked token, missing permission": one code for both; skew and TBA itself by switch', async () => {
    client.act('admin/permission', { name: 'rest', granted: false });
    expect(errorOf(await get(oauth(client, path)))['o:errorCode']).toBe('INVALID_LOGIN');
    client.act('admin/permission', { name: 'rest', granted: true });
    client.account.switches({ timestampSkewMs: -1 });
    expect((await get(oauth(client, path, { timestamp: 1, nonce: 'old' }))).status).toBe(200);
    client.account.switches({ tokenBasedAuthentication: false });
    expect((await get(oauth(client, path, { nonce: 'late' }))).status).toBe(401);
    expect((await get('')).status).toBe(401);
  });
});

describe('checklist 1: OAuth 2.0 client credentials', () => {
  let client: Client;
  beforeEach(async () => {
    client = await open();
  });
  afterEach(() => client.account.close());

  interface Given {
    readonly header?: Readonly<Record<string, unknown>>;
    readonly claims?: Readonly<Record<string, unknown>>;
    readonly key?: string | KeyObject;
    readonly padding?: number;
  }

  function assertion({ header = {}, claims = {}, key, padding }: Given = {}): string {
    const { credentials } = client.account.state();
    const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
    const iat = startMs / 1000;
    const aud = `${client.account.url}/services/rest/auth/oauth2/v1/token`;
    const kid = credentials.certificates[0]?.id;
    const head = { typ: 'JWT', alg: 'ES256', kid, ...header };
    const signed = `${part(head)}.${part({ iss: credentials.clientId, scope: 'rest_webservices', aud, iat, exp: iat + 3600, ...claims })}`;
    const signer = {
      key: typeof key === 'object' ? key : createPrivateKey(key ?? credentials.privateKey),
      ...(padding === undefined ? { dsaEncoding: 'ieee-p1363' as const } : { padding, saltLength: 32 }),
    };
    return `${signed}.${sign('sha256', Buffer.from(signed), signer).toString('base64url')}`;
  }

  const form = (client_assertion: string): Readonly<Record<string, string>> => ({
    grant_type: 'client_credentials',
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    client_assertion,
  });
  const token = (given?: Given): Promise<Answer> => client.token(form(assertion(given)));
  const why = (): string => client.act('admin/login-audit').entries.at(-1)?.detail;
  const probe = async (bearer: string, path = 'record/v1/contact'): Promise<number> =>
    (await client.call('GET', path, undefined, { authorization: `Bearer ${bearer}` })).status;

  it('ES256: {access_token, expires_in: "3600", token_type}; the token lives an hour, without a refresh token', async () => {
    const { status, body } = await token();
    expect([status, body]).toEqual([
      200,
      { access_token: expect.stringMatching(/^ey[\w-]+\.\w+\.\w+$/), expires_in: '3600', token_type: 'Bearer' },
    ]);
    expect(await probe(body.access_token)).toBe(200);
    client.account.clock.advance(3_600_000);
    expect(await probe(body.access_token)).toBe(401);
    expect(why()).toBe('AccessTokenExpired');
    expect(await probe(client.account.accessToken)).toBe(200);
    client.account.switches({ expiresInType: 'number', tokenLifetimeMs: 60_000 });
    const later = startMs / 1000 + 3600;
    expect((await token({ claims: { iat: later, exp: later + 60 } })).body.expires_in).toBe(60);
  });

  it('PS256 with a certificate of 3072 bits; RS256 and short keys are refused', async () => {
    const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 3072 });
    const pem = publicKey.export({ type: 'spki', format: 'pem' }).toString();
    const { certificateId } = client.act('admin/certificate', { publicKey: pem });
    const header = { alg: 'PS256', kid: certificateId };
    expect((await token({ header, key: privateKey, padding: constants.RSA_PKCS1_PSS_PADDING })).status).toBe(200);
    const rs256 = await token({
      header: { alg: 'RS256', kid: certificateId },
      key: privateKey,
      padding: constants.RSA_PKCS1_PADDING,
    });
    expect([rs256.status, rs256.body.error, why()]).toEqual([400, 'invalid_grant', 'AlgorithmNotSupported']);
    expect(
      (await token({ header: { alg: 'PS256' }, key: privateKey, padding: constants.RSA_PKCS1_PSS_PADDING })).status,
    ).toBe(400);
    const short = generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey.export({ type: 'spki', format: 'pem' });
    expect(() => client.act('admin/certificate', { publicKey: String(short) })).toThrow('3072');
  });

  it.each<[string, Given, string]>([
    ['"missing kid"', { header: { kid: undefined } }, 'CertificateUnknown'],
    ['alg none', { header: { alg: 'none' } }, 'AlgorithmNotSupported'],
    ['ES384 with a key of another curve', { header: { alg: 'ES384' } }, 'InvalidSignature'],
    ['a foreign key', { key: generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey }, 'InvalidSignature'],
    ['another client', { claims: { iss: 'x' } }, 'ClientUnknown'],
    ['another audience', { claims: { aud: 'https://example.com/token' } }, 'InvalidAudience'],
    ['"exp < iat + 60 min"', { claims: { exp: startMs / 1000 + 3601 } }, 'LifetimeTooLong'],
    ['an assertion that ran out', { claims: { iat: startMs / 1000 - 60, exp: startMs / 1000 } }, 'AssertionExpired'],
    ['an unknown scope', { claims: { scope: 'everything' } }, 'InvalidScope'],
  ])('400 for %s', async (_name, given, reason) => {
    expect([(await token(given)).status, why()]).toEqual([400, reason]);
  });

  it('"parameter named `assertion`" and other grants are refused', async () => {
    const { client_assertion = '', ...rest } = form(assertion());
    expect((await client.token({ ...rest, assertion: client_assertion })).body).toEqual({ error: 'invalid_request' });
    expect((await client.token({ ...rest, client_assertion, grant_type: 'password' })).body).toEqual({
      error: 'unsupported_grant_type',
    });
  });

  it('scopes, comma-separated: a token for REST is none for RESTlets', async () => {
    const restlet = '/app/site/hosting/restlet.nl?script=1&deploy=1';
    const rest = (await token()).body.access_token;
    expect([await probe(rest), await probe(rest, restlet)]).toEqual([200, 401]);
    const both = (await token({ claims: { scope: 'restlets,rest_webservices' } })).body.access_token;
    expect([await probe(both), await probe(both, restlet)]).toEqual([200, 400]);
  });

  it('tokens end by fault and by an administrator', async () => {
    const first = (await token()).body.access_token;
    client.account.faults([{ kind: 'expired-token', count: 1 }]);
    expect([await probe(first), await probe(first)]).toEqual([401, 401]);
    const second = (await token()).body.access_token;
    client.act('admin/revoke-tokens');
    expect(await probe(second)).toBe(401);
    const third = (await token()).body.access_token;
    client.account.faults([{ kind: 'token-revoked', after: 1, count: 1 }]);
    expect([await probe(third), await probe(third), await probe(third)]).toEqual([200, 401, 401]);
  });

  it('gives out a connection whose key and certificate sign in', () => {
    const { connection, env } = client.account;
    expect(connection).toMatchObject({ connector: 'netsuite', account: '7654321_SB1', baseUrl: client.account.url });
    expect(connection.auth).toMatchObject({
      method: 'oauth2-client-credentials',
      clientId: { env: 'SANDBOX_NETSUITE_CLIENT_ID' },
    });
    expect(env.SANDBOX_NETSUITE_PRIVATE_KEY).toContain('BEGIN PRIVATE KEY');
  });
});
