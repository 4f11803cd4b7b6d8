import { constants, type KeyObject, sign } from 'node:crypto';
import { ConnectorError, type Millis, type Tools } from '@heed/contract';
import {
  entryOf,
  type FreshToken,
  fetchOnce,
  privateKeyOf,
  readJson,
  signedJwt,
  type TextAnswer,
  type TokenSource,
  tokenSource,
} from '@heed/toolkit';
import { z } from 'zod';
import { type AuthConfig, type NetSuiteConfig, originOf, vendorOrigin } from './config.ts';
import { failureOf } from './failure.ts';

type CertificateAuth = Extract<AuthConfig, { method: 'oauth2-client-credentials' }>;

/** `exp` must lie less than 60 minutes after `iat` (section_162755359851); short, since it is used at once. */
const ASSERTION_SECONDS = 300;
/** A refused assertion is made once more if the vendor's clock is this far from ours. */
const CLOCK_WRONG_MS = 30_000;
const TOKEN_PATH = '/services/rest/auth/oauth2/v1/token';

/** The sample has `"expires_in":"3600"`, a text; whether it always is one is unverified. */
const tokenAnswer = z.object({ access_token: z.string().min(1), expires_in: z.coerce.number().positive().optional() });

/** Keeps the access token of a connection fresh; NetSuite gives no refresh token. `closed` ends refreshes with the session. */
export const netsuiteTokens = (
  config: NetSuiteConfig,
  auth: CertificateAuth,
  tools: Tools,
  closed: AbortSignal,
): TokenSource =>
  tokenSource({
    name: 'netsuite',
    clock: tools.clock,
    vault: tools.tokens,
    refresh: () => fetchToken(config, auth, tools, closed),
  });

const fetchToken = async (
  config: NetSuiteConfig,
  auth: CertificateAuth,
  tools: Tools,
  signal: AbortSignal,
): Promise<FreshToken> => {
  const key = keyOf(auth.privateKey);
  const now = { vendor: null as Millis | null };
  const ask = (at: Millis): Promise<TextAnswer> =>
    tools.call({ name: 'token', kind: 'read', repeatable: true, signal }, async (callSignal) => {
      const answered = await askForToken(config, auth, key, at, callSignal);
      const date = answered.headers.date ?? null;
      now.vendor = date === null ? null : Date.parse(date);
      if (answered.status >= 400) throw refusedGrant(answered, tools.vendorNow());
      return { value: answered, bytes: answered.text.length, date };
    });
  const ours = tools.vendorNow();
  const answer = await ask(ours).catch((error: unknown) => {
    // A clock of ours that is wrong makes assertions of another time; the refusal shows the vendor's.
    const apartMs = now.vendor === null ? 0 : Math.abs(now.vendor - ours);
    if (!(error instanceof ConnectorError) || error.kind !== 'auth' || !(apartMs > CLOCK_WRONG_MS)) throw error;
    return ask(now.vendor ?? ours);
  });
  const parsed = tokenAnswer.safeParse(readJson(answer.text));
  if (!parsed.success) throw new ConnectorError('protocol', 'netsuite token: the answer is no token');
  const { access_token: accessToken, expires_in: seconds } = parsed.data;
  return { accessToken, expiresAt: seconds === undefined ? null : tools.clock.now() + seconds * 1000 };
};

const askForToken = (
  config: NetSuiteConfig,
  auth: CertificateAuth,
  key: KeyObject,
  now: Millis,
  signal: AbortSignal,
): Promise<TextAnswer> => {
  const form = new URLSearchParams({
    grant_type: 'client_credentials',
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    client_assertion: assertionOf(config, auth, key, now),
  });
  const headers = { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' };
  const url = `${originOf(config, 'suitetalk')}${TOKEN_PATH}`;
  return fetchOnce('netsuite token', url, { method: 'POST', headers, body: form.toString() }, signal);
};

/**
 * A JWT: who asks (`iss`), where (`aud`, the token URL of the account, also for a stand-in), with which certificate (`kid`), for what and
 * until when (vendor's clock). RS256 is refused by NetSuite, so RSA keys sign PS256 (section_162755359851).
 */
export const assertionOf = (config: NetSuiteConfig, auth: CertificateAuth, key: KeyObject, now: Millis): string => {
  const { alg, hash } = algorithmOf(key);
  const iat = Math.floor(now / 1000);
  const scope = config.savedSearches === undefined ? 'rest_webservices' : 'rest_webservices,restlets';
  const aud = `${vendorOrigin(config, 'suitetalk')}${TOKEN_PATH}`;
  const claims = { iss: auth.clientId, scope, aud, iat, exp: iat + ASSERTION_SECONDS };
  const how =
    key.asymmetricKeyType === 'ec'
      ? { key, dsaEncoding: 'ieee-p1363' as const }
      : { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST };
  return signedJwt({ typ: 'JWT', alg, kid: auth.certificateId }, claims, (text) => sign(hash, text, how));
};

const CURVES: Readonly<Record<string, { readonly alg: string; readonly hash: string }>> = {
  prime256v1: { alg: 'ES256', hash: 'sha256' },
  secp384r1: { alg: 'ES384', hash: 'sha384' },
  secp521r1: { alg: 'ES512', hash: 'sha512' },
};

const algorithmOf = (key: KeyObject): { readonly alg: string; readonly hash: string } => {
  if (key.asymmetricKeyType === 'rsa') return { alg: 'PS256', hash: 'sha256' };
  const curve = key.asymmetricKeyDetails?.namedCurve ?? '';
  const known = key.asymmetricKeyType === 'ec' ? entryOf(CURVES, curve) : undefined;
  if (known === undefined)
    throw new ConnectorError('config', 'netsuite: auth.privateKey is neither RSA nor P-256, P-384 or P-521');
  return known;
};

export const keyOf = (pem: string): KeyObject => privateKeyOf(pem, 'netsuite');

const oauthError = z.object({ error: z.string() });

const refusedGrant = (answer: TextAnswer, now: Millis): ConnectorError => {
  const parsed = oauthError.safeParse(readJson(answer.text));
  if (answer.status >= 500 || answer.status === 429 || (!parsed.success && answer.status !== 401))
    return failureOf('token', answer, now);
  // Codes of OAuth are words; anything else might be what we sent, sent back.
  const code = parsed.success && /^[a-z_]{3,60}$/.test(parsed.data.error) ? parsed.data.error : 'refused';
  const hint = 'Check clientId, certificateId, privateKey, and that the certificate is mapped to an active role';
  return new ConnectorError(
    'auth',
    `netsuite: signing in by oauth2-client-credentials was refused (${code}). ${hint}`,
    {
      code,
    },
  );
};
