import { addressKey, type Hold, type Owed, type Profile, type Store } from '@heed/core';
import { describe, expect, it } from 'vitest';
import { statusOf } from '../src/runs/profile-status.ts';

const HOUR_MS = 3_600_000;
const NOW = Date.UTC(2026, 10, 21, 12);

const profile = { id: 'acme/newsletter', customer: 'acme', name: 'newsletter', schedule: null } as unknown as Profile;

const owedFor = (hours: number, side: Owed['side'] = 'crm'): Owed => ({
  address: addressKey('ann@example.org') ?? expect.unreachable(),
  side,
  record: null,
  rule: 'C0.3 C1',
  because: [1],
  since: NOW - hours * HOUR_MS,
  why: 'the field is read-only',
});

const heldFor = (hours: number): Hold => ({
  run: 'run-1',
  runs: ['run-1'],
  kind: 'first-run',
  since: NOW - hours * HOUR_MS,
  people: 0,
  set: null,
  why: 'waits',
});

/** A store that knows of this and nothing else. */
const storeWith = (owed: readonly Owed[], holds: readonly Hold[] = [], paused = false): Store =>
  ({
    note: async () => ({ approved: null, paused, holds }),
    owed: async () => owed,
    setAside: async () => [],
    listed: async () => [],
    runs: async () => [],
  }) as unknown as Store;

const alertsOf = async (owed: readonly Owed[], holds: readonly Hold[] = []) =>
  (await statusOf(storeWith(owed, holds), profile, NOW)).alerts.map(({ level }) => level);

describe('what is owed (C22)', () => {
  it.each([
    [23, []],
    [25, ['alert']],
    [47, ['alert']],
    [49, ['incident']],
  ])('for %i hours: %j', async (hours, levels) => expect(await alertsOf([owedFor(hours)])).toEqual(levels));

  it('is told per side, by its oldest, without naming anybody', async () => {
    const status = await statusOf(storeWith([owedFor(2), owedFor(30), owedFor(50, 'marketing')]), profile, NOW);
    expect(status.owedSince).toBe(NOW - 50 * HOUR_MS);
    expect(status.alerts.map(({ level }) => level)).toEqual(['alert', 'incident']);
    expect(status.alerts[0]?.text).toContain('1 opt-out owed to the CRM for up to 1 d');
    expect(JSON.stringify(status.alerts)).not.toContain('ann@');
  });
});

it('an unanswered hold is an incident after 48 hours (C23)', async () => {
  expect(await alertsOf([], [heldFor(47)])).toEqual([]);
  expect(await alertsOf([], [heldFor(48)])).toEqual(['incident']);
});

it('a paused profile has no next run, whatever its schedule', async () => {
  const scheduled = { ...profile, schedule: { cron: '* * * * *', timezone: 'UTC' } };
  expect((await statusOf(storeWith([]), scheduled, NOW)).nextRun).toBeInstanceOf(Date);
  const paused = await statusOf(storeWith([], [], true), scheduled, NOW);
  expect([paused.nextRun, paused.service]).toEqual([null, 'paused']);
});
