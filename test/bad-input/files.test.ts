import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { BadCase } from './catalogue/case.ts';
import { badConnectionFiles, badCredentials, badSecrets, SECRET } from './catalogue/connections.ts';
import { badProfileFiles, badProfilesForLiveSystems } from './catalogue/profiles.ts';
import { openWorld, type World } from './stage/world.ts';

// Wrong profiles: each says file, line, column, what is wrong and what to do, and nothing is written anywhere.

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
beforeEach(() => world.clear());
afterAll(() => world.close());

const refused = async ({ given, heed = ['sync', 'acme', '--yes'], says, exit, environment }: BadCase) => {
  world.salesforce.act('admin/create', { type: 'Contact', fields: { LastName: 'Ann', Email: 'ann@example.org' } });
  world.mailchimp.act('admin/subscribe', { email: 'bob@example.org' });
  await given?.(world);
  const before = world.durable();
  const { code, said } = await world.heed(heed, '', environment?.(world.place.environment));
  const shown = said.replaceAll(world.place.profilesDir, 'profiles');
  for (const text of says) expect(shown).toContain(text);
  expect(code).toBe(exit);
  expect(world.writes()).toEqual([]);
  expect(shown).not.toContain(SECRET.slice(0, 32));
  return { before, after: world.durable() };
};

describe('a profile that nobody need be asked about', () => {
  it.each(badProfileFiles)('$name', async (one) => {
    const { before, after } = await refused(one);
    expect(after).toEqual(before);
    expect(world.calls()).toEqual([]);
  });
});

describe('a profile that does not fit the live systems', () => {
  it.each(badProfilesForLiveSystems)('$name', async (one) => {
    await refused(one);
  });
});

describe('a connection that nobody need be asked about', () => {
  it.each(badConnectionFiles)('$name', async (one) => {
    const { before, after } = await refused(one);
    expect(after).toEqual(before);
    expect(world.calls()).toEqual([]);
  });
});

describe('a secret that is not where its connection says', () => {
  it.each(badSecrets)('$name', async (one) => {
    const { before, after } = await refused(one);
    // A state folder was made, and nothing else.
    expect(Object.entries(after).filter(([path]) => path.startsWith('profiles'))).toEqual(Object.entries(before));
    expect(world.calls()).toEqual([]);
    expect((await world.heed(['runs', 'acme'])).json).toEqual({ runs: [] });
  });
});

describe('credentials that do not work', () => {
  it.each(badCredentials)('$name', async (one) => {
    await refused(one);
  });
});
