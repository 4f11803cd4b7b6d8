import { ConnectorError } from '@heed/contract';
import { describe, expect, it } from 'vitest';
import { type FreshToken, fakeClock, memoryVault, type SealedStorage, sealedVault, tokenSource } from '../src/index.ts';

const signal = new AbortController().signal;

const setUp = (refresh?: (kept: Readonly<Record<string, string>> | null, times: number) => Promise<FreshToken>) => {
  const clock = fakeClock();
  const vault = memoryVault({ refreshToken: 'r0' });
  let times = 0;
  const source = tokenSource({
    name: 'demo',
    clock,
    vault,
    refresh: async (kept) => {
      times += 1;
      if (refresh !== undefined) return refresh(kept, times);
      await clock.sleep(10);
      return { accessToken: `a${times}`, expiresAt: clock.now() + 600_000 };
    },
  });
  return { clock, vault, source, times: () => times };
};

describe('an access token', () => {
  it('is fetched once for many askers', async () => {
    const { clock, source, times } = setUp();
    const asked = Promise.all(Array.from({ length: 10 }, () => source.get(signal)));
    await clock.advance(10);
    expect(new Set((await asked).map((token) => token.accessToken))).toEqual(new Set(['a1']));
    expect(times()).toBe(1);
  });

  it('is renewed before it expires, and not sooner', async () => {
    const { clock, source, times } = setUp(async (_, n) => ({
      accessToken: `a${n}`,
      expiresAt: clock.now() + 600_000,
    }));
    await source.get(signal);
    await clock.advance(539_999);
    expect((await source.get(signal)).accessToken).toBe('a1');
    await clock.advance(1);
    expect((await source.get(signal)).accessToken).toBe('a2');
    expect(times()).toBe(2);
  });

  it('that lives shorter than the margin is still used', async () => {
    const { clock, source, times } = setUp(async (_, n) => ({ accessToken: `a${n}`, expiresAt: clock.now() + 10_000 }));
    for (let index = 0; index < 10; index += 1) await source.get(signal);
    expect(times()).toBe(1);
    await clock.advance(5_000);
    await source.get(signal);
    expect(times()).toBe(2);
  });

  it('is renewed after the vendor refused it, once for all who were refused', async () => {
    const { clock, source, times } = setUp(async (_, n) => ({
      accessToken: `a${n}`,
      expiresAt: clock.now() + 600_000,
    }));
    await source.get(signal);
    source.refused('a1');
    expect((await source.get(signal)).accessToken).toBe('a2');
    source.refused('a1');
    expect((await source.get(signal)).accessToken).toBe('a2');
    expect(times()).toBe(2);
  });

  it('that is refused again and again is an auth error, not a loop', async () => {
    const { source, times } = setUp(async (_, n) => ({ accessToken: `a${n}`, expiresAt: null }));
    const loop = async (): Promise<void> => {
      for (let index = 0; index < 100; index += 1) source.refused((await source.get(signal)).accessToken);
    };
    await expect(loop()).rejects.toMatchObject({ kind: 'auth' });
    expect(times()).toBe(3);
  });

  it('that cannot be fetched for a while is no loop: each asker gets the error of its own try', async () => {
    const { source } = setUp(async () => {
      throw new ConnectorError('unavailable', 'token endpoint is down');
    });
    for (let tries = 0; tries < 20; tries += 1)
      await expect(source.get(signal)).rejects.toMatchObject({ kind: 'unavailable' });
  });

  it('is used only after the rotated refresh token is durable', async () => {
    const order: string[] = [];
    const clock = fakeClock();
    const source = tokenSource({
      name: 'demo',
      clock,
      vault: {
        load: async () => ({ refreshToken: 'r0' }),
        save: async (tokens) => {
          await clock.sleep(50);
          order.push(`saved ${tokens.refreshToken}`);
        },
      },
      refresh: async () => ({ accessToken: 'a', expiresAt: null, keep: { refreshToken: 'r1' } }),
    });
    const got = source.get(signal).then(() => order.push('used'));
    await clock.advance(50);
    await got;
    expect(order).toEqual(['saved r1', 'used']);
  });

  it('is not handed out when the rotated refresh token cannot be saved', async () => {
    const source = tokenSource({
      name: 'demo',
      clock: fakeClock(),
      vault: { load: async () => null, save: () => Promise.reject(new Error('disk full')) },
      refresh: async () => ({ accessToken: 'a', expiresAt: null, keep: { refreshToken: 'r1' } }),
    });
    await expect(source.get(signal)).rejects.toThrow('disk full');
  });

  it('looks again in the vault when another process rotated the refresh token meanwhile', async () => {
    const vault = memoryVault({ refreshToken: 'old' });
    const source = tokenSource({
      name: 'demo',
      clock: fakeClock(),
      vault,
      refresh: async (kept) => {
        if (kept?.refreshToken === 'new') return { accessToken: 'a', expiresAt: null };
        await vault.save({ refreshToken: 'new' });
        throw new ConnectorError('auth', 'expired refresh token');
      },
    });
    expect((await source.get(signal)).accessToken).toBe('a');
  });

  it('of others goes on when one asker stops', async () => {
    const { clock, source } = setUp();
    const stop = new AbortController();
    const [gone, stays] = [source.get(stop.signal), source.get(signal)];
    stop.abort();
    await expect(gone).rejects.toMatchObject({ kind: 'unavailable', details: { code: 'stopped' } });
    await clock.advance(10);
    expect((await stays).accessToken).toBe('a1');
  });
});

describe('sealed tokens', () => {
  const key = new Uint8Array(32).fill(7);
  const storage = (): SealedStorage & { bytes: Uint8Array | null } => {
    const kept = {
      bytes: null as Uint8Array | null,
      load: async () => kept.bytes,
      save: async (sealed: Uint8Array) => {
        kept.bytes = sealed;
      },
    };
    return kept;
  };

  it('open with the same key and label, and do not show the token', async () => {
    const kept = storage();
    const vault = sealedVault(key, kept, 'acme/crm');
    expect(await vault.load()).toBeNull();
    await vault.save({ refreshToken: 'very-secret-token' });
    expect(Buffer.from(kept.bytes ?? []).toString('latin1')).not.toContain('secret');
    expect(await sealedVault(key, kept, 'acme/crm').load()).toEqual({ refreshToken: 'very-secret-token' });
  });

  it('are never sealed twice alike', async () => {
    const [a, b] = [storage(), storage()];
    await sealedVault(key, a, 'x').save({ t: '1' });
    await sealedVault(key, b, 'x').save({ t: '1' });
    expect(a.bytes).not.toEqual(b.bytes);
  });

  it.each([
    ['another key', new Uint8Array(32).fill(8), 'x', (bytes: Uint8Array) => bytes],
    ["another connection's label", key, 'y', (bytes: Uint8Array) => bytes],
    ['a changed byte', key, 'x', (bytes: Uint8Array) => bytes.map((byte, at) => (at === 15 ? byte ^ 1 : byte))],
    ['a cut', key, 'x', (bytes: Uint8Array) => bytes.slice(0, 20)],
  ])('do not open with %s', async (_, otherKey, label, change) => {
    const kept = storage();
    await sealedVault(key, kept, 'x').save({ t: '1' });
    kept.bytes = change(kept.bytes ?? new Uint8Array());
    await expect(sealedVault(otherKey, kept, label).load()).rejects.toMatchObject({ kind: 'config' });
  });

  it('need a key of 32 bytes', () => {
    expect(() => sealedVault(new Uint8Array(16), storage(), 'x')).toThrow(RangeError);
  });
});
