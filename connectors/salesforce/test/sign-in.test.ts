import { generateKeyPairSync } from 'node:crypto';
import { memoryVault } from '@heed/toolkit';
import { describe, expect, test } from 'vitest';
import { callsTo, lookup, never, open, useSandbox } from './kit.ts';

const sandbox = useSandbox();
const pair = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
});

const jwt = (more: object = {}) => ({
  method: 'jwt-bearer',
  clientId: sandbox().env.SANDBOX_SALESFORCE_CLIENT_ID,
  username: sandbox().username,
  privateKey: pair.privateKey,
  ...more,
});
const refreshing = (refreshToken = sandbox().state().credentials.refreshToken) => ({
  method: 'refresh-token',
  clientId: sandbox().env.SANDBOX_SALESFORCE_CLIENT_ID,
  clientSecret: sandbox().env.SANDBOX_SALESFORCE_CLIENT_SECRET,
  refreshToken,
});
const tokenCalls = (): number => callsTo(sandbox()).filter((call) => call.includes('oauth2/token')).length;
const anybody = { emails: ['a@example.org'] };

describe('JWT bearer', () => {
  test('signs in with the certificate that the app knows', async () => {
    sandbox().act('admin/certificate', { publicKey: pair.publicKey });
    await expect(open(sandbox(), { auth: jwt() }).session.check(never)).resolves.toMatchObject({ gaps: [] });
  });

  test('a key in an environment variable, its lines written as \\n', async () => {
    sandbox().act('admin/certificate', { publicKey: pair.publicKey });
    const { session } = open(sandbox(), { auth: jwt({ privateKey: pair.privateKey.replaceAll('\n', '\\n') }) });
    await expect(session.check(never)).resolves.toMatchObject({ gaps: [] });
  });

  test('another key is refused as a matter of credentials, and nothing secret is told', async () => {
    const { session } = open(sandbox(), { auth: jwt() });
    const error = await session.check(never).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ name: 'ConnectorError', kind: 'auth' });
    expect(String(error)).toContain('certificate');
    expect(String(error)).not.toContain(sandbox().username);
  });

  test.each([
    ['no PEM', 'not a key'],
    ['no RSA key', generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()],
  ])('%s is a matter of the configuration', async (_what, privateKey) => {
    const { session } = open(sandbox(), { auth: jwt({ privateKey }) });
    const error = await session.check(never).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ kind: 'config' });
    expect(String(error)).not.toContain(privateKey.slice(0, 20));
  });
});

describe('refresh token', () => {
  test('a rotated token is kept and used by the next session; the configured one is spent', async () => {
    sandbox().switches({ rotateRefreshTokens: true });
    const vault = memoryVault();
    await open(sandbox(), { auth: refreshing(), vault }).session.check(never);
    const kept = await vault.load();
    expect(kept?.refreshToken).not.toBe(sandbox().state().credentials.refreshToken);
    await expect(open(sandbox(), { auth: refreshing(), vault }).session.check(never)).resolves.toBeDefined();
    await expect(open(sandbox(), { auth: refreshing() }).session.check(never)).rejects.toMatchObject({ kind: 'auth' });
  });

  test('a token that the operator configured since replaces the kept one', async () => {
    const vault = memoryVault({ refreshToken: 'spent', from: 'another configured token' });
    await expect(open(sandbox(), { auth: refreshing(), vault }).session.check(never)).resolves.toBeDefined();
  });

  test('a refresh that another process is just making is tried again', async () => {
    sandbox().switches({ refreshTakesMs: 1_000 });
    await open(sandbox(), { auth: refreshing() }).session.check(never);
    const other = open(sandbox(), { auth: refreshing() }).session.check(never);
    await expect(other).rejects.toMatchObject({ kind: 'unavailable' });
    sandbox().clock.advance(1_000);
    await expect(open(sandbox(), { auth: refreshing() }).session.check(never)).resolves.toBeDefined();
  });
});

describe('sessions that end', () => {
  test('one new token, and the call again', async () => {
    const { session } = open(sandbox());
    await lookup(session, anybody);
    sandbox().act('admin/end-sessions');
    const before = tokenCalls();
    await expect(lookup(session, anybody)).resolves.toEqual([]);
    expect(tokenCalls()).toBe(before + 1);
  });

  test('five calls at once cause one refresh', async () => {
    const { session } = open(sandbox());
    await Promise.all([1, 2, 3, 4, 5].map(() => lookup(session, anybody)));
    expect(tokenCalls()).toBe(1);
  });

  test('401 for ever ends soon (jsforce would go on without end)', async () => {
    const { session } = open(sandbox());
    await lookup(session, anybody);
    sandbox().switches({ unauthorized: 'forever' });
    const before = sandbox().calls().length;
    await expect(lookup(session, anybody)).rejects.toMatchObject({ kind: 'auth' });
    expect(sandbox().calls().length - before).toBeLessThan(12);
  });

  test.each(['agent', 'rest'])('a 401 that no token cures (%s) is not refreshed', async (unauthorized) => {
    const { session } = open(sandbox());
    await lookup(session, anybody);
    sandbox().switches({ unauthorized });
    const before = tokenCalls();
    await expect(lookup(session, anybody)).rejects.toMatchObject({ kind: 'auth' });
    expect(tokenCalls()).toBe(before);
  });
});

test('client credentials at the login host: told to use My Domain', async () => {
  sandbox().switches({ loginHost: 'login' });
  await expect(open(sandbox()).session.check(never)).rejects.toMatchObject({ kind: 'config' });
});

test('opening asks nothing', () => {
  open(sandbox());
  expect(sandbox().calls()).toEqual([]);
});
