import { constants, createPublicKey, type KeyObject, verify } from 'node:crypto';
import type { Exchange } from '@heed/sandbox';
import type { Account } from '../state/account.ts';

type Claims = Readonly<Record<string, unknown>>;

const CURVES: Readonly<Record<string, string>> = { ES256: 'prime256v1', ES384: 'secp384r1', ES512: 'secp521r1' };
const ALGORITHMS: readonly string[] = ['PS256', 'PS384', 'PS512', ...Object.keys(CURVES)];
const SCOPES: readonly string[] = ['rest_webservices', 'restlets', 'suite_analytics'];

/** "exp < iat + 60 min" (section_162755359851) */
const LONGEST_LIFE_S = 3600;

export const TOKEN_PATH = '/services/rest/auth/oauth2/v1/token';

/** What an assertion is good for, or why it is not. */
export type Verdict = { readonly scopes: readonly string[] } | { readonly fault: string };

/**
 * Checks the client assertion of OAuth 2.0 client credentials: header `alg` PS256..ES512 (RS256 is refused) and `kid`,
 * claims `iss` (client id), `scope`, `aud` (the token URL), `iat`, `exp`, and the signature by the certificate's key.
 */
export function assertionVerdict(call: Exchange<Account>, assertion: string): Verdict {
  const { state, clock } = call.world;
  const [head = '', payload = '', signature = ''] = assertion.split('.');
  const header = decoded(head);
  const claims = decoded(payload);
  const alg = String(header.alg);
  if (!ALGORITHMS.includes(alg)) return { fault: 'AlgorithmNotSupported' };
  const certificate = state.credentials.certificates.find(({ id }) => id === header.kid);
  if (certificate === undefined) return { fault: 'CertificateUnknown' };
  const key = createPublicKey(certificate.publicKey);
  if (!isSigned(alg, key, `${head}.${payload}`, signature)) return { fault: 'InvalidSignature' };
  if (claims.iss !== state.credentials.clientId) return { fault: 'ClientUnknown' };
  if (!audiences(call).includes(String(claims.aud))) return { fault: 'InvalidAudience' };
  const { iat, exp } = claims;
  if (typeof iat !== 'number' || typeof exp !== 'number') return { fault: 'InvalidTimes' };
  if (exp - iat > LONGEST_LIFE_S) return { fault: 'LifetimeTooLong' };
  if (exp * 1000 <= clock.now()) return { fault: 'AssertionExpired' };
  const scopes = scopesOf(claims.scope);
  if (scopes.length === 0 || !scopes.every((one) => SCOPES.includes(one))) return { fault: 'InvalidScope' };
  return { scopes };
}

/** This address, and the one that the account would have at the vendor's. */
function audiences({ origin, world }: Exchange<Account>): readonly string[] {
  const host = world.state.accountId.toLowerCase().replaceAll('_', '-');
  return [`${origin}${TOKEN_PATH}`, `https://${host}.suitetalk.api.netsuite.com${TOKEN_PATH}`];
}

function isSigned(alg: string, key: KeyObject, signed: string, signature: string): boolean {
  const hash = `sha${alg.slice(2)}`;
  const bytes = Buffer.from(signature, 'base64url');
  if (alg.startsWith('PS')) {
    if (key.asymmetricKeyType !== 'rsa') return false;
    // RSASSA-PSS with a salt as long as the hash (RFC 7518, 3.5)
    return verify(
      hash,
      Buffer.from(signed),
      { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST },
      bytes,
    );
  }
  if (key.asymmetricKeyDetails?.namedCurve !== CURVES[alg]) return false;
  return verify(hash, Buffer.from(signed), { key, dsaEncoding: 'ieee-p1363' }, bytes);
}

function scopesOf(scope: unknown): readonly string[] {
  const all = Array.isArray(scope) ? scope.map(String) : typeof scope === 'string' ? scope.split(',') : [];
  return all.map((one) => one.trim()).filter((one) => one !== '');
}

function decoded(part: string): Claims {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString('utf8'));
    return typeof value === 'object' && value !== null ? (value as Claims) : {};
  } catch {
    return {};
  }
}
