import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RateLimit } from '@heed/contract';
import { type AccountQuota, fakeClock } from '@heed/toolkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type AccountQuotaFile, accountQuotaFile } from '../src/account-quota.ts';

let folder = '';
const open: AccountQuotaFile[] = [];
const children: ChildProcess[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'heed-quota-'));
});
afterEach(() => {
  for (const quota of open.splice(0)) quota.close();
  for (const child of children.splice(0)) child.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

const quotaOf = (clock = fakeClock()): AccountQuotaFile => {
  const quota = accountQuotaFile(join(folder, 'quota.db'), clock);
  open.push(quota);
  return quota;
};
const concurrent = (max: number): readonly RateLimit[] => [{ kind: 'concurrent', max, source: 'test' }];
const take = (quota: AccountQuota, limits: readonly RateLimit[], account = 'demo:a') =>
  quota.take({ account, limits, holdMs: 30_000 });

describe('permits of one account', () => {
  it('are counted over all who opened the file, per account', async () => {
    const clock = fakeClock();
    const [a, b] = [quotaOf(clock), quotaOf(clock)];
    const first = await take(a, concurrent(2));
    expect((await take(b, concurrent(2))).kind).toBe('granted');
    expect(await take(a, concurrent(2))).toMatchObject({ kind: 'wait', why: 'concurrent' });
    expect((await take(a, concurrent(2), 'demo:other')).kind).toBe('granted');
    await b.giveBack(first.kind === 'granted' ? first.permit : '');
    expect((await take(b, concurrent(2))).kind).toBe('granted');
  });

  it('come back after their time', async () => {
    const clock = fakeClock();
    const quota = quotaOf(clock);
    await take(quota, concurrent(1));
    await clock.advance(29_999);
    expect((await take(quota, concurrent(1))).kind).toBe('wait');
    await clock.advance(1);
    expect((await take(quota, concurrent(1))).kind).toBe('granted');
  });

  it('of a process that is dead come back at once; those of a living one and of the asker stay', async () => {
    const clock = fakeClock();
    const dead = new Set<string>();
    const named = (name: string): AccountQuotaFile => {
      const quota = accountQuotaFile(join(folder, 'quota.db'), clock, { name, isDead: (one) => dead.has(one) });
      open.push(quota);
      return quota;
    };
    const [killed, living, asker] = [named('killed'), named('living'), named('asker')];
    for (const quota of [killed, living, asker]) await take(quota, concurrent(3));
    expect((await take(asker, concurrent(3))).kind).toBe('wait');
    dead.add('killed').add('asker');
    expect((await take(asker, concurrent(3))).kind).toBe('granted');
    expect((await take(asker, concurrent(3))).kind).toBe('wait');
  });

  it('are all or nothing: a refused request uses nothing of the other limits', async () => {
    const clock = fakeClock();
    const quota = quotaOf(clock);
    const limits: readonly RateLimit[] = [...concurrent(1), { kind: 'daily', max: 2, source: 'test' }];
    const held = await take(quota, limits);
    for (let tries = 0; tries < 5; tries += 1) expect((await take(quota, limits)).kind).toBe('wait');
    await quota.giveBack(held.kind === 'granted' ? held.permit : '');
    expect((await take(quota, limits)).kind).toBe('granted');
  });

  it('of the day are remembered after a restart, and are free again a day later', async () => {
    const clock = fakeClock();
    const daily: readonly RateLimit[] = [{ kind: 'daily', max: 2, source: 'test' }];
    const before = quotaOf(clock);
    await take(before, daily);
    await take(before, daily);
    before.close();
    const quota = quotaOf(clock);
    const refused = await take(quota, daily);
    expect(refused).toMatchObject({ kind: 'wait', why: 'daily' });
    await clock.advance(86_400_000 - 1);
    expect((await take(quota, daily)).kind).toBe('wait');
    await clock.advance(refused.kind === 'wait' ? refused.waitMs - 86_400_000 + 1 : 0);
    expect((await take(quota, daily)).kind).toBe('granted');
  });

  it('are not given while the vendor asks everybody to wait', async () => {
    const clock = fakeClock();
    const [a, b] = [quotaOf(clock), quotaOf(clock)];
    await a.pause('demo:a', clock.now() + 20_000);
    await a.pause('demo:a', clock.now() + 5_000);
    expect(await take(b, [])).toEqual({ kind: 'wait', waitMs: 20_000, why: 'pause' });
    expect((await take(b, [], 'demo:other')).kind).toBe('granted');
    await clock.advance(20_000);
    expect((await take(b, [])).kind).toBe('granted');
  });

  it('stand in a file of the owner alone', () => {
    quotaOf();
    expect(statSync(join(folder, 'quota.db')).mode & 0o777).toBe(0o600);
  });
});

interface Noted {
  readonly name: string;
  readonly what: 'begin' | 'end' | 'holding';
  readonly at: number;
}

const start = (name: string, requests: number, mode = 'work'): ChildProcess => {
  const script = join(import.meta.dirname, 'quota-process.ts');
  const args = [
    '--conditions=@heed/source',
    script,
    join(folder, 'quota.db'),
    join(folder, 'log'),
    name,
    String(requests),
    mode,
  ];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'inherit'] });
  children.push(child);
  return child;
};
const exit = (child: ChildProcess): Promise<number | null> => new Promise((resolve) => child.once('exit', resolve));
const noted = (): readonly Noted[] => {
  try {
    return readFileSync(join(folder, 'log'), 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Noted);
  } catch {
    return [];
  }
};

describe('two processes', () => {
  it('together keep the limits of the account', async () => {
    expect(await Promise.all([exit(start('one', 40)), exit(start('two', 40))])).toEqual([0, 0]);
    const log = noted();
    expect(new Set(log.map(({ name }) => name)).size).toBe(2);
    expect(log.filter(({ what }) => what === 'begin')).toHaveLength(80);
    // The log is appended in order by both: what lies between a begin and its end was open.
    let now = 0;
    const most = Math.max(...log.map(({ what }) => (now += what === 'begin' ? 1 : -1)));
    expect(most).toBeLessThanOrEqual(3);
    expect(now).toBe(0);
  });

  it('get back what a killed one held', async () => {
    const hanging = start('hanging', 0, 'hang');
    while (noted().length === 0) await new Promise((resolve) => setTimeout(resolve, 20));
    const quota = accountQuotaFile(join(folder, 'quota.db'), { now: Date.now, sleep: async () => {} });
    open.push(quota);
    expect((await take(quota, concurrent(3))).kind).toBe('wait');
    const gone = exit(hanging);
    hanging.kill('SIGKILL');
    await gone;
    expect(await exit(start('next', 5))).toBe(0);
    expect(noted().filter(({ name, what }) => name === 'next' && what === 'end')).toHaveLength(5);
  });
});
