import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Ended, openWorld, populate, type World } from './kit.ts';

let world: World;
beforeAll(async () => {
  world = await openWorld();
  populate(world, 12);
  expect([0, 5]).toContain((await world.heed(['sync', 'acme', '--yes'])).code);
});
afterAll(() => world.close());

const secrets = (): readonly string[] => [
  world.salesforce.accessToken,
  world.mailchimp.accessToken,
  ...Object.values(world.salesforce.env),
  ...Object.values(world.mailchimp.env),
];

const expectClean = (ended: Ended): void => {
  for (const secret of secrets()) {
    expect(ended.stderr).not.toContain(secret);
    expect(ended.stdout).not.toContain(secret);
  }
  expect(ended.stderr).not.toMatch(/@example\.org/i);
};

test.each([
  ['a page of the edge instead of an answer', 'mailchimp', 'html', 'GET /3.0/lists/{list}/members'],
  ['an answer that is cut in half', 'salesforce', 'truncated', 'GET /services/data/**'],
  ['an expired token again and again', 'salesforce', 'expired-token', 'GET /services/data/**'],
] as const)('no secret and no address in what a failing run says: %s', async (_, system, kind, route) => {
  world[system].faults([{ kind, route }]);
  const ended = await world.heed(['sync', 'acme'], { HEED_DEBUG: '1' });
  world[system].faults([]);
  expect([1, 3]).toContain(ended.code);
  expect(ended.stderr).toContain('acme/newsletter: ');
  expectClean(ended);
});

test('no address where a vendor names one in its refusal', async () => {
  const fields = { FirstName: 'F', LastName: 'L', Email: 'looks-fake.person@example.org' };
  world.salesforce.act('admin/create', { type: 'Contact', fields });
  const ended = await world.heed(['sync', 'acme']);
  expect(ended.code).toBe(5);
  expectClean(ended);
  expect(ended.stdout).not.toContain('@example.org');
});

test('a bad key is not shown either', async () => {
  const key = 'fedcba9876543210fedcba9876543210-us6';
  const ended = await world.heed(['check', 'acme', '--json'], { SANDBOX_MAILCHIMP_KEY: key, HEED_DEBUG: '1' });
  expect(ended.code).toBe(3);
  expect(ended.stderr + ended.stdout).not.toContain('fedcba98');
});

test('state is readable by its owner only', () => {
  expect(statSync(world.stateDir).mode & 0o777).toBe(0o700);
  const files = readdirSync(world.stateDir);
  expect(files).toEqual(expect.arrayContaining(['acme.db', 'accounts.db', 'key']));
  for (const file of files) expect([file, statSync(join(world.stateDir, file)).mode & 0o777]).toEqual([file, 0o600]);
});

test('check makes no state folder', async () => {
  const unused = join(world.folder, 'unused-state');
  expect((await world.heed(['check', 'acme'], { HEED_STATE: unused })).code).toBe(0);
  expect(() => statSync(unused)).toThrow('ENOENT');
});
