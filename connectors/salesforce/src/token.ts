import { sign } from 'node:crypto';
import { ConnectorError, type Millis, type Tools } from '@heed/contract';
import {
  type FreshToken,
  keptOf,
  keptWith,
  privateKeyOf,
  readJson,
  redact,
  signedJwt,
  type TokenSource,
  tokenSource,
} from '@heed/toolkit';
import { z } from 'zod';
import { type AuthConfig, loginHostOf, originOf, type SalesforceConfig } from './config.ts';
import { failureOf } from './failure.ts';
import { type SdkAnswer, send } from './sdk.ts';

/** How long an assertion is good for: the vendor takes 3 to 5 minutes (notes, 1). */
const ASSERTION_SECONDS = 180;

/** `id` is `https://login.salesforce.com/id/{organisation}/{user}`. */
const tokenAnswer = z.object({
  access_token: z.string().min(1),
  instance_url: z.url({ protocol: /^https?$/ }),
  id: z.string().regex(/\/id\/\w{15,18}\/\w{15,18}$/),
  refresh_token: z.string().min(1).optional(),
});

/** Keeps the access token of a connection fresh. `signal` ends refreshes when the session is closed. */
export const salesforceTokens = (config: SalesforceConfig, tools: Tools, signal: AbortSignal): TokenSource =>
  tokenSource({
    name: 'salesforce',
    clock: tools.clock,
    vault: tools.tokens,
    refresh: (kept) => fetchToken(config, tools, kept, signal),
  });

const fetchToken = async (
  config: SalesforceConfig,
  tools: Tools,
  kept: Readonly<Record<string, string>> | null,
  signal: AbortSignal,
): Promise<FreshToken> => {
  const { auth } = config;
  const refreshToken =
    auth.method === 'refresh-token' ? (keptOf(auth.refreshToken, kept)?.refreshToken ?? auth.refreshToken) : null;
  const answer = await tools.call({ name: 'token', kind: 'read', repeatable: true, signal }, async (callSignal) => {
    // Made for each try: an assertion expires.
    const form = grantOf(config, refreshToken, tools.vendorNow());
    const answered = await askForToken(config, form, callSignal);
    if (answered.status >= 400) throw refusedGrant(auth, answered, tools.vendorNow());
    return { value: answered, bytes: answered.text.length, date: answered.headers.date ?? null };
  });
  const parsed = tokenAnswer.safeParse(answer.body);
  if (!parsed.success) throw new ConnectorError('protocol', 'salesforce token: the answer is no token');
  return freshToken(config, parsed.data, refreshToken);
};

const askForToken = (config: SalesforceConfig, form: URLSearchParams, signal: AbortSignal): Promise<SdkAnswer> => {
  const target = { origin: originOf(config), apiVersion: config.apiVersion, accessToken: null };
  const headers = { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' };
  return send(
    target,
    { name: 'token', method: 'POST', path: '/services/oauth2/token', headers, body: form.toString() },
    signal,
  );
};

const freshToken = (
  config: SalesforceConfig,
  token: z.infer<typeof tokenAnswer>,
  refreshToken: string | null,
): FreshToken => {
  // The token goes to the configured host only. My Domain hosts stay the same when Salesforce moves an org.
  if (new URL(token.instance_url).origin !== originOf(config))
    throw new ConnectorError(
      'config',
      `salesforce: the token is for ${new URL(token.instance_url).host}; write that My Domain host as "domain"`,
    );
  const [organizationId = '', userId = ''] = token.id.split('/').slice(-2);
  const { auth } = config;
  const newest = token.refresh_token ?? refreshToken;
  return {
    accessToken: token.access_token,
    // The vendor does not say how long a session lives: the org's settings do. A 401 tells when it ended.
    expiresAt: null,
    extra: { organizationId, userId },
    // jsforce drops a rotated refresh token (notes, 1): kept here.
    ...(auth.method !== 'refresh-token' || newest === null
      ? {}
      : { keep: keptWith(auth.refreshToken, { refreshToken: newest }) }),
  };
};

const grantOf = (config: SalesforceConfig, refreshToken: string | null, now: Millis): URLSearchParams => {
  const { auth } = config;
  switch (auth.method) {
    case 'jwt-bearer':
      return new URLSearchParams({
        grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
        assertion: assertionOf(auth, loginHostOf(config), now),
      });
    case 'client-credentials':
      return new URLSearchParams({
        grant_type: 'client_credentials',
        client_id: auth.clientId,
        client_secret: auth.clientSecret,
      });
    case 'refresh-token':
      return new URLSearchParams({
        grant_type: 'refresh_token',
        refresh_token: refreshToken ?? auth.refreshToken,
        client_id: auth.clientId,
        ...(auth.clientSecret === undefined ? {} : { client_secret: auth.clientSecret }),
      });
  }
};

/** A JWT, RS256: who asks (`iss`), for whom (`sub`), where (`aud`), until when (`exp`, vendor's clock). */
const assertionOf = (auth: Extract<AuthConfig, { method: 'jwt-bearer' }>, aud: string, now: Millis): string => {
  const key = privateKeyOf(auth.privateKey, 'salesforce');
  if (key.asymmetricKeyType !== 'rsa')
    throw new ConnectorError('config', 'salesforce: auth.privateKey is no RSA key; Salesforce takes RS256 only');
  const exp = Math.floor(now / 1000) + ASSERTION_SECONDS;
  const claims = { iss: auth.clientId, sub: auth.username, aud, exp };
  return signedJwt({ alg: 'RS256' }, claims, (text) => sign('RSA-SHA256', text, key));
};

/** Texts of a refresh that another one has overtaken; it works a moment later (notes, 1). */
const OVERTAKEN = ['token request is already being processed', 'expired authorization code'];

const oauthError = z.object({ error: z.string(), error_description: z.string().optional() });

const refusedGrant = (auth: AuthConfig, answer: SdkAnswer, now: Millis): ConnectorError => {
  const parsed = oauthError.safeParse(readJson(answer.text));
  if (!parsed.success || answer.status >= 500) return failureOf('token', answer, now);
  const { error_description: description = '' } = parsed.data;
  // Codes of OAuth are words; anything else might be what we sent, sent back.
  const code = /^[a-z_]{3,60}$/.test(parsed.data.error) ? parsed.data.error : 'refused';
  if (auth.method === 'refresh-token' && OVERTAKEN.some((text) => description.includes(text)))
    return new ConnectorError('unavailable', 'salesforce token: another refresh is under way', {
      code,
      mayHaveApplied: false,
    });
  if (description.includes('not supported on this domain'))
    return new ConnectorError('config', 'salesforce token: client-credentials needs the My Domain host as "domain"', {
      code,
    });
  const what = description === '' ? code : `${code}: ${redact(withoutSecrets(auth, description)).slice(0, 120)}`;
  return new ConnectorError(
    'auth',
    `salesforce: signing in by ${auth.method} was refused (${what}). ${hintFor(auth)}`,
    { code },
  );
};

/** A vendor that repeats a secret in its refusal is not to be repeated. */
const withoutSecrets = (auth: AuthConfig, description: string): string =>
  Object.entries(auth).reduce(
    (text, [name, value]) => (name === 'method' || value === undefined ? text : text.replaceAll(value, '[redacted]')),
    description,
  );

const hintFor = (auth: AuthConfig): string => {
  switch (auth.method) {
    case 'jwt-bearer':
      return 'Check clientId, username, the certificate of the app, and that the user is pre-authorized for the app';
    case 'client-credentials':
      return 'Check clientId, clientSecret, and that the app has a run-as user';
    case 'refresh-token':
      return 'Authorize the app again and store the new refresh token';
  }
};
