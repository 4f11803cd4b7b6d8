import { createPublicKey, verify } from 'node:crypto';
import type { OrgExchange } from './answers.ts';

type Verdict = { readonly userId: string } | { readonly error: string; readonly description: string };

const loginHosts = ['https://login.salesforce.com', 'https://test.salesforce.com'];

/** How far ahead `exp` may lie: "within ~3-5 min". */
const longestLifeMs = 5 * 60_000;

function decoded(part: string | undefined): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(Buffer.from(part ?? '', 'base64url').toString('utf8'));
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

function isSigned(assertion: string, publicKey: string | undefined): boolean {
  const [header, payload, signature] = assertion.split('.');
  if (publicKey === undefined || decoded(header).alg !== 'RS256' || signature === undefined) return false;
  const signed = Buffer.from(`${header ?? ''}.${payload ?? ''}`);
  return verify('RSA-SHA256', signed, createPublicKey(publicKey), Buffer.from(signature, 'base64url'));
}

/**
 * Whom a JWT bearer assertion signs in: `iss` is the client id, `sub` the user name, `aud` the login host or this
 * host, `exp` soon, and the signature RS256 by the key of the certificate that was uploaded.
 */
export function bearerAssertionUser(exchange: OrgExchange, assertion: string): Verdict {
  const { state: org, clock } = exchange.world;
  const claims = decoded(assertion.split('.')[1]);
  const invalid = (description: string): Verdict => ({ error: 'invalid_grant', description });
  if (claims.iss !== org.credentials.clientId) {
    return { error: 'invalid_client_id', description: 'client identifier invalid' };
  }
  if (!isSigned(assertion, org.credentials.publicKey)) return invalid('invalid assertion');
  if (![...loginHosts, exchange.origin].includes(String(claims.aud))) return invalid('audience is invalid');
  const leftMs = Number(claims.exp) * 1000 - clock.now();
  if (!(leftMs > 0 && leftMs <= longestLifeMs)) return invalid('assertion is expired');
  if (claims.sub !== org.credentials.username) return invalid("user hasn't approved this consumer");
  return { userId: org.users.integration };
}
