import { constants, createPublicKey, generateKeyPairSync, type KeyObject, verify } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { configSchema } from '../src/config.ts';
import { assertionOf, keyOf } from '../src/token.ts';

const NOW = Date.UTC(2026, 10, 21, 10);
const pemOf = (key: KeyObject): string => key.export({ type: 'pkcs8', format: 'pem' }).toString();
const rsa = generateKeyPairSync('rsa', { modulusLength: 3072 });
const curve = (namedCurve: string) => generateKeyPairSync('ec', { namedCurve });

const made = (privateKey: string, more: Readonly<Record<string, unknown>> = {}) => {
  const auth = { method: 'oauth2-client-credentials', clientId: 'client', certificateId: 'cert-1', privateKey };
  const config = configSchema.parse({ account: '123456_SB1', auth, ...more });
  if (config.auth.method !== 'oauth2-client-credentials') throw new Error('of another method');
  const jwt = assertionOf(config, config.auth, keyOf(privateKey), NOW);
  const [head = '', payload = '', signature = ''] = jwt.split('.');
  const read = (part: string): unknown => JSON.parse(Buffer.from(part, 'base64url').toString());
  return { header: read(head), claims: read(payload), signed: `${head}.${payload}`, signature };
};

describe('the assertion that asks for a token', () => {
  it('names the certificate, the client, the token URL of the account and a short time', () => {
    const { header, claims } = made(pemOf(rsa.privateKey));
    expect(header).toEqual({ typ: 'JWT', alg: 'PS256', kid: 'cert-1' });
    expect(claims).toEqual({
      iss: 'client',
      scope: 'rest_webservices',
      aud: 'https://123456-sb1.suitetalk.api.netsuite.com/services/rest/auth/oauth2/v1/token',
      iat: NOW / 1000,
      exp: NOW / 1000 + 300,
    });
  });

  it('asks for RESTlets where saved searches are used', () => {
    const { claims } = made(pemOf(rsa.privateKey), {
      savedSearches: { script: 'customscript_a', deploy: 'customdeploy_a' },
    });
    expect(claims).toMatchObject({ scope: 'rest_webservices,restlets' });
  });

  it('is signed PS256 by an RSA key, never RS256', () => {
    const { signed, signature } = made(pemOf(rsa.privateKey));
    const key = { key: rsa.publicKey, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 };
    expect(verify('sha256', Buffer.from(signed), key, Buffer.from(signature, 'base64url'))).toBe(true);
  });

  it.each([
    ['prime256v1', 'ES256', 'sha256', 64],
    ['secp384r1', 'ES384', 'sha384', 96],
    ['secp521r1', 'ES512', 'sha512', 132],
  ])('is signed by a key on %s as %s', (name, alg, hash, bytes) => {
    const pair = curve(name);
    const { header, signed, signature } = made(pemOf(pair.privateKey));
    expect(header).toMatchObject({ alg });
    const raw = Buffer.from(signature, 'base64url');
    expect(raw).toHaveLength(bytes);
    const key = { key: createPublicKey(pair.privateKey as unknown as string), dsaEncoding: 'ieee-p1363' as const };
    expect(verify(hash, Buffer.from(signed), key, raw)).toBe(true);
  });

  it('other keys, and what is no key, are told without the key', () => {
    expect(() => made(pemOf(curve('secp256k1').privateKey))).toThrow('neither RSA nor P-256');
    expect(() => made(pemOf(generateKeyPairSync('ed25519').privateKey))).toThrow('neither RSA nor P-256');
    expect(() => made('secret-words')).toThrow(/^netsuite: auth.privateKey is no private key in PEM form/);
    expect(() => made(pemOf(rsa.privateKey).replaceAll('\n', '\\n'))).not.toThrow();
  });
});
