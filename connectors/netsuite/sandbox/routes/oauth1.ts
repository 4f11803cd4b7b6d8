import { createHmac } from 'node:crypto';
import type { Exchange } from '@heed/sandbox';
import type { Account } from '../state/account.ts';

type Call = Exchange<Account>;

/**
 * What is wrong with the credentials of token-based authentication (OAuth 1.0a, RFC 5849, HMAC-SHA256), in the words
 * of the Login Audit Trail; `undefined`: nothing. The base string holds the query, not the JSON body. The nonce of a
 * well-signed request is used up.
 */
export function tokenRequestFault(call: Call, authorization: string): string | undefined {
  const { state, switches, clock } = call.world;
  const { accountId, credentials, nonces } = state;
  const given = parameters(authorization);
  if (given === undefined) return 'AuthenticationMissing';
  if (given.get('realm') !== accountId) return 'InvalidRealm'; // upper case, with underscore (netsuitephp#121)
  if (given.get('oauth_consumer_key') !== credentials.consumerKey) return 'ConsumerKeyUnknown';
  if (given.get('oauth_token') !== credentials.tokenId) return 'TokenRejected';
  if (given.get('oauth_signature_method') !== 'HMAC-SHA256') return 'SignatureMethodRejected';
  if ((given.get('oauth_version') ?? '1.0') !== '1.0') return 'VersionRejected';
  const skewMs = Number(switches.get('timestampSkewMs'));
  const apartMs = Math.abs(Number(given.get('oauth_timestamp')) * 1000 - clock.now());
  if (skewMs >= 0 && !(apartMs <= skewMs)) return 'InvalidTimestamp';
  const key = `${encoded(credentials.consumerSecret)}&${encoded(credentials.tokenSecret)}`;
  const expected = createHmac('sha256', key).update(baseString(call, given)).digest('base64');
  if (given.get('oauth_signature') !== expected) return 'InvalidSignature';
  const nonce = given.get('oauth_nonce') ?? '';
  if (nonce === '' || nonces.has(nonce)) return 'NonceUsed';
  nonces.add(nonce);
  return undefined;
}

function parameters(authorization: string): ReadonlyMap<string, string> | undefined {
  const list = /^OAuth\s+(.*)$/is.exec(authorization)?.[1];
  if (list === undefined) return undefined;
  const pairs = [...list.matchAll(/([\w-]+)\s*=\s*"([^"]*)"/g)];
  return new Map(pairs.map(([, name = '', value = '']) => [name, decoded(value)]));
}

function baseString(call: Call, given: ReadonlyMap<string, string>): string {
  const signed = [...given].filter(([name]) => name !== 'realm' && name !== 'oauth_signature');
  const pairs = [...queryOf(call.url), ...signed].map(([name, value]) => [encoded(name), encoded(value)] as const);
  const sorted = pairs.toSorted((a, b) => compare(a[0], b[0]) || compare(a[1], b[1]));
  const normalized = sorted.map(([name, value]) => `${name}=${value}`).join('&');
  return [call.method.toUpperCase(), `${call.origin}${call.path}`, normalized].map(encoded).join('&');
}

/** Not `URLSearchParams`: a plus sign is a plus sign to OAuth 1.0a clients that encode with %20. */
function queryOf(url: string): readonly (readonly [string, string])[] {
  const mark = url.indexOf('?');
  if (mark < 0) return [];
  return url
    .slice(mark + 1)
    .split('&')
    .filter((pair) => pair !== '')
    .map((pair) => {
      const [name = '', ...value] = pair.split('=');
      return [decoded(name), decoded(value.join('='))] as const;
    });
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** RFC 3986: also ! ' ( ) * */
function encoded(value: string): string {
  return encodeURIComponent(value).replace(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);
}

function decoded(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}
