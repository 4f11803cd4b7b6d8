import { generateKeyPairSync, sign, verify } from 'node:crypto';
import { ConnectorError } from '@heed/contract';
import {
  fixedToken,
  isOfKind,
  keptOf,
  keptWith,
  privateKeyOf,
  signedIn,
  signedJwt,
  type TokenSource,
} from '@heed/toolkit';
import { describe, expect, it } from 'vitest';

const never = new AbortController().signal;
const ended = new ConnectorError('auth', 'the session has ended');
const isEnd = (error: unknown): boolean => isOfKind(error, 'auth');

const numbered = (): TokenSource & { readonly refusals: readonly string[] } => {
  const refusals: string[] = [];
  return {
    refusals,
    get: async () => ({ accessToken: `token ${refusals.length}`, expiresAt: null }),
    refused: (token) => refusals.push(token),
  };
};

describe('a call that is signed in', () => {
  it('is made again with a new token where the session had ended, and only once', async () => {
    const tokens = numbered();
    const used: string[] = [];
    const call = signedIn(tokens, isEnd, never, async ({ accessToken }) => {
      used.push(accessToken);
      throw ended;
    });
    await expect(call).rejects.toBe(ended);
    expect([used, tokens.refusals]).toEqual([['token 0', 'token 1'], ['token 0']]);
  });

  it('is not made again after any other failure', async () => {
    const tokens = numbered();
    const call = signedIn(tokens, isEnd, never, async () => {
      throw new ConnectorError('forbidden', 'no permission');
    });
    await expect(call).rejects.toMatchObject({ kind: 'forbidden' });
    expect(tokens.refusals).toEqual([]);
  });

  it('has the same token for ever where the settings hold it', async () => {
    const tokens = fixedToken('key');
    tokens.refused('key');
    expect(await tokens.get(never)).toEqual({ accessToken: 'key', expiresAt: null });
  });
});

it('a rotated token counts as long as the configured one is that which it came from', () => {
  const kept = keptWith('configured', { refreshToken: 'rotated' });
  expect(keptOf('configured', kept)?.refreshToken).toBe('rotated');
  expect([keptOf('signed in again', kept), keptOf('configured', null)]).toEqual([null, null]);
  expect(JSON.stringify(kept)).not.toContain('configured');
});

describe('a JWT', () => {
  it('has header, claims and a signature of both', () => {
    const { publicKey, privateKey } = generateKeyPairSync('ed25519');
    const [head = '', body = '', signature = ''] = signedJwt({ alg: 'EdDSA' }, { iss: 'a?b>c' }, (text) =>
      sign(null, text, privateKey),
    ).split('.');
    const read = (part: string): unknown => JSON.parse(Buffer.from(part, 'base64url').toString());
    expect([read(head), read(body)]).toEqual([{ alg: 'EdDSA' }, { iss: 'a?b>c' }]);
    expect(verify(null, Buffer.from(`${head}.${body}`), publicKey, Buffer.from(signature, 'base64url'))).toBe(true);
  });

  it('is signed by a key whose lines may be written in one, as environment variables hold them', () => {
    const pem = generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
    expect(privateKeyOf(pem.replaceAll('\n', '\\n'), 'acme').type).toBe('private');
    expect(() => privateKeyOf('no key', 'acme')).toThrow('acme: auth.privateKey is no private key');
  });
});
