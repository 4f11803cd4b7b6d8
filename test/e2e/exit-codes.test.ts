import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { heed, openWorld, populate, syncJson, type World } from './kit.ts';

// One world, taken through its life: each exit code is met where a user would meet it.

let world: World;
beforeAll(async () => {
  world = await openWorld();
  populate(world, 12);
});
afterAll(() => world.close());

/** Calls that could have changed something at a vendor. */
const writes = (): number =>
  [...world.salesforce.calls(), ...world.mailchimp.calls()].filter(
    ({ method, path }) => method !== 'GET' && !path.startsWith('/services/oauth2/'),
  ).length;

describe('exit 2: the command or the profile is wrong, and nothing is written', () => {
  test.concurrent.each([
    ['an unknown command', ['synk'], 'Did you mean sync?'],
    ['an unknown option', ['sync', '--fulll'], '--full'],
    ['an unknown customer', ['sync', 'acne'], 'Did you mean "acme"?'],
    ['an unknown profile', ['sync', 'acme/newsleter'], 'Did you mean "newsletter"?'],
    ['an unknown run', ['approve', 'run-0'], 'heed runs'],
    ['a missing argument', ['explain', 'acme'], 'address'],
    ['a number that is none', ['plan', '--limit', 'many'], 'whole number'],
    ['an unknown connection', ['fields', 'acme', 'salesfarce'], 'Did you mean "salesforce"?'],
    ['an unknown sandbox', ['sandbox', 'mailchump'], 'Did you mean "mailchimp"?'],
    ['a folder that is not there', ['sync', '--profiles', '/nowhere/at/all'], 'no such folder'],
  ])('%s', async (_, args, says) => {
    const ended = await world.heed(args);
    expect(ended.stderr).toContain(says);
    expect([ended.code, ended.stdout]).toEqual([2, '']);
  });

  test('a mistake in a profile: file, line, column and what was meant', async () => {
    world.writeProfile({ optOut: { crmToMarketng: true } });
    const ended = await world.heed(['sync', 'acme', '--yes', '--json']);
    world.writeProfile();
    expect(ended.code).toBe(2);
    expect(ended.stderr).toMatch(/newsletter\.yaml:\d+:\d+: .*Did you mean "crmToMarketing"\?/);
    expect(syncJson(ended)).toEqual({ runs: [] });
    expect(writes()).toBe(0);
  });

  test('a field that the system does not have', async () => {
    world.writeProfile({ fields: [{ crm: 'FirstNam', marketing: 'FNAME' }] });
    const [checked, synced] = await Promise.all([
      world.heed(['check', 'acme'], { HEED_STATE: join(world.folder, 'unused') }),
      world.heed(['sync', 'acme', '--yes']),
    ]);
    world.writeProfile();
    expect([checked.code, synced.code]).toEqual([2, 2]);
    expect(synced.stderr).toContain('Did you mean "FirstName"?');
    expect(writes()).toBe(0);
  });
});

test('exit 0: check, online and offline; offline needs no secrets', async () => {
  const { HEED_PROFILES, HEED_STATE } = world.env;
  const offline = await heed(['check', '--offline', '--json'], {
    HEED_PROFILES: `${HEED_PROFILES}`,
    HEED_STATE: `${HEED_STATE}`,
  });
  const online = await world.heed(['check', 'acme', '--json']);
  for (const ended of [offline, online]) {
    expect([ended.code, ended.stderr]).toEqual([0, '']);
    const [profile] = (JSON.parse(ended.stdout) as { profiles: { ok: boolean; nextRuns: string[] }[] }).profiles;
    expect(profile?.ok).toBe(true);
    expect(profile?.nextRuns).toHaveLength(5);
    // Four o'clock in Berlin is two or three o'clock UTC, depending on the season.
    for (const at of profile?.nextRuns ?? []) expect(at).toMatch(/T0[23]:00:00\.000Z$/);
  }
});

test('exit 3: a system refuses the credentials', async () => {
  const env = { SANDBOX_MAILCHIMP_KEY: '0123456789abcdef0123456789abcdef-us6' };
  const ended = await world.heed(['sync', 'acme', '--json'], env);
  expect(ended.code).toBe(3);
  expect(syncJson(ended).runs.map(({ status }) => status)).toEqual(['unreachable']);
  expect((await world.heed(['check', 'acme'], env)).code).toBe(3);
});

test('exit 4: plan and first run wait for approval; approve, and the next run is exit 0 or 5', async () => {
  const plan = await world.heed(['plan', 'acme', '--limit', '3']);
  expect(plan.code).toBe(4);
  expect(plan.stdout).toContain('waits for approval (C29)');
  const first = await world.heed(['sync', 'acme', '--json']);
  expect(first.code).toBe(4);
  const [run] = syncJson(first).runs;
  expect(run).toMatchObject({ profile: 'acme/newsletter', status: 'waiting' });
  expect(writes()).toBe(0);

  const shown = await world.heed(['status', 'acme']);
  expect(shown.stdout).toContain(`heed approve ${run?.run}`);
  expect(shown.stdout).toContain('waiting for first approval');

  expect((await world.heed(['approve', `${run?.run}`])).code).toBe(0);
  const second = await world.heed(['sync', 'acme', '--json']);
  expect([0, 5]).toContain(second.code);
  expect(writes()).toBeGreaterThan(0);
  const again = await world.heed(['approve', `${run?.run}`]);
  expect(again.code).toBe(2);
  const third = await world.heed(['sync', 'acme', '--json']);
  expect([third.code, third.stderr]).toEqual([0, '']);
});

test('exit 5: a record was set aside; run says why, retry tries it again', async () => {
  const email = 'looks-fake.person@example.org';
  world.salesforce.act('admin/create', { type: 'Contact', fields: { FirstName: 'F', LastName: 'L', Email: email } });
  const ended = await world.heed(['sync', 'acme', '--json']);
  expect(ended.code).toBe(5);
  const [run] = syncJson(ended).runs;
  expect(run?.status).toBe('attention');
  const shown = await world.heed(['run', `${run?.run}`, '--json']);
  const { setAside } = JSON.parse(shown.stdout) as { setAside: { address: string; message: string }[] };
  expect(setAside.map(({ address }) => address)).toEqual([email]);
  expect(setAside[0]?.message).toContain('fake');

  world.mailchimp.switches({ fakeAddressPart: '' });
  const retried = await world.heed(['retry', 'acme', '--json']);
  expect(retried.code).toBe(0);
  expect(JSON.parse(retried.stdout)).toMatchObject({ retried: 1, runs: [{ marketing: { created: 1 } }] });
});

test('several apply: a wrong profile (2) wins over a waiting one (4), and the right one still runs', async () => {
  world.writeProfile({ optOut: { crmToMarketng: true } }, 'broken');
  world.writeProfile({ optOut: { crmToMarketing: true }, description: 'second' }, 'second');
  const ended = await world.heed(['sync', 'acme', '--json']);
  expect(ended.code).toBe(2);
  expect(syncJson(ended).runs.map(({ profile, status }) => [profile, status])).toEqual([
    ['acme/newsletter', 'done'],
    ['acme/second', 'waiting'],
  ]);
});

test('profiles that disagree about the same people do not run (C26)', async () => {
  world.writeProfile({ optOut: { crmToMarketing: false } }, 'second');
  const before = writes();
  const ended = await world.heed(['sync', 'acme', '--yes', '--json']);
  expect([ended.code, syncJson(ended).runs, writes()]).toEqual([2, [], before]);
  expect(ended.stderr).toContain('optOut.crmToMarketing is not the same as in acme/newsletter');
});

test('exit 1: Heed itself fails, says so, and shows no stack', async () => {
  const file = join(world.folder, 'not-a-folder');
  writeFileSync(file, '');
  const ended = await world.heed(['status', 'acme', '--json'], { HEED_STATE: file });
  expect(ended.code).toBe(1);
  expect(ended.stderr).toContain('failed unexpectedly');
  expect(ended.stderr).not.toMatch(/^\s+at /m);
  expect(JSON.parse(ended.stdout)).toHaveProperty('error');
  const debugged = await world.heed(['status', 'acme'], { HEED_STATE: file, HEED_DEBUG: '1' });
  expect(debugged.stderr).toMatch(/^\s+at /m);
});
