import { generateKeyPairSync, sign, verify } from 'node:crypto';
import { type CallSpec, ConnectorError, type Tools } from '@heed/contract';
import {
  fixedToken,
  isOfKind,
  keptOf,
  keptWith,
  privateKeyOf,
  signedCalls,
  signedJwt,
  type TokenSource,
} from '@heed/toolkit';
import { describe, expect, it } from 'vitest';

const ended = new ConnectorError('auth', 'the session has ended');
const isEnd = (error: unknown): boolean => isOfKind(error, 'auth');
const open = new AbortController().signal;

/** Calls that fail as told, or answer with the token they were made with. */
const asker = (failure: ConnectorError | null, closed = open) => {
  const refused: string[] = [];
  const used: string[] = [];
  const specs: CallSpec[] = [];
  const tokens: TokenSource = {
    get: async () => ({ accessToken: `token ${refused.length}`, expiresAt: null }),
    refused: (token) => refused.push(token),
  };
  const tools: Pick<Tools, 'call'> = {
    async call(spec, request) {
      specs.push(spec);
      return (await request(spec.signal)).value;
    },
  };
  const session = { tokens, isEnd, closed, timeoutMs: { read: 1, write: 2 } };
  const ask = signedCalls(tools, session, async (request: { readonly name: string }, token) => {
    used.push(token);
    if (failure !== null) throw failure;
    return { value: `${request.name} by ${token}` };
  });
  return { ask, refused, used, specs };
};

describe('a signed call', () => {
  it('is a read that may be repeated or a write that may not, unless told', async () => {
    const { ask, specs } = asker(null);
    expect(await ask({ name: 'query' }, { kind: 'read' }, open)).toBe('query by token 0');
    await ask({ name: 'update' }, { kind: 'write' }, open);
    await ask({ name: 'abort' }, { kind: 'write', repeatable: true }, open);
    expect(specs).toMatchObject([
      { name: 'query', kind: 'read', repeatable: true, timeoutMs: 1 },
      { name: 'update', kind: 'write', repeatable: false, timeoutMs: 2 },
      { name: 'abort', kind: 'write', repeatable: true, timeoutMs: 2 },
    ]);
  });

  it('is made again with a new token where the session had ended, and only once', async () => {
    const { ask, used, refused } = asker(ended);
    await expect(ask({ name: 'update' }, { kind: 'write' }, open)).rejects.toBe(ended);
    expect([used, refused]).toEqual([['token 0', 'token 1'], ['token 0']]);
  });

  it('is not made again after any other failure', async () => {
    const { ask, used, refused } = asker(new ConnectorError('forbidden', 'no permission'));
    await expect(ask({ name: 'query' }, { kind: 'read' }, open)).rejects.toMatchObject({ kind: 'forbidden' });
    expect([used, refused]).toEqual([['token 0'], []]);
  });

  it('ends with the session', async () => {
    const closing = new AbortController();
    const { ask, specs } = asker(null, closing.signal);
    await ask({ name: 'query' }, { kind: 'read' }, open);
    closing.abort();
    expect(specs.map(({ signal }) => signal.aborted)).toEqual([true]);
  });

  it('has the same token for ever where the settings hold it', async () => {
    const tokens = fixedToken('key');
    tokens.refused('key');
    expect(await tokens.get(open)).toEqual({ accessToken: 'key', expiresAt: null });
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
