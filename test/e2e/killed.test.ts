import { afterAll, describe, expect, test } from 'vitest';
import { openWorld, populate, syncJson, type World } from './kit.ts';

// "kill -9 in the middle of a sync, then a sync, then both systems compared record by record with a run that was never
// killed." The kill comes when a stand-in has carried out a call and has not answered it: nobody can know less than that.

const PEOPLE = 40;
const worlds: World[] = [];

afterAll(async () => {
  await Promise.all(worlds.map((world) => world.close()));
});

const newWorld = async (): Promise<World> => {
  const world = await openWorld();
  worlds.push(world);
  populate(world, PEOPLE);
  return world;
};

/** Syncs until nothing is owed and nothing is written any more. */
const settle = async (world: World): Promise<void> => {
  for (let i = 0; i < 4; i += 1) {
    const ended = await world.heed(['sync', 'acme', '--yes', '--json']);
    expect([0, 5], ended.stderr).toContain(ended.code);
    const [run] = syncJson(ended).runs;
    if (ended.code === 0 && run?.crm.optedOut === 0 && run.marketing.optedOut === 0 && run.marketing.created === 0)
      return;
  }
  throw new Error('the world does not settle');
};

const unharmed = (async () => {
  const world = await newWorld();
  await settle(world);
  return world.records();
})();

interface Moment {
  readonly when: string;
  readonly method: string;
  readonly path: RegExp;
  /** Which of the matching calls is never answered. */
  readonly nth: number;
}

const moments: readonly Moment[] = [
  { when: 'while the members are read', method: 'GET', path: /^\/3\.0\/lists\/[^/]+\/members$/, nth: 1 },
  {
    when: 'when the third member was opted out',
    method: 'PATCH',
    path: /^\/3\.0\/lists\/[^/]+\/members\/[^/]+$/,
    nth: 3,
  },
  { when: 'when records were opted out in the CRM', method: 'PATCH', path: /\/composite\/sobjects$/, nth: 1 },
  { when: 'when members were created', method: 'POST', path: /^\/3\.0\/lists\/[^/]+$/, nth: 1 },
];

describe('a sync that is killed with -9', () => {
  test.concurrent.each(moments)('$when goes on where it stopped', async ({ method, path, nth }) => {
    const world = await newWorld();
    const { child, ended } = world.start(['sync', 'acme', '--yes']);
    let seen = 0;
    world.watch((call) => {
      if (call.method !== method || !path.test(call.path)) return;
      seen += 1;
      if (seen === nth) child.kill('SIGKILL');
    });
    const killed = await ended;
    expect(killed.signal).toBe('SIGKILL');
    world.watch(() => {});

    await settle(world);

    expect(await world.records()).toEqual(await unharmed);
    expect((await world.heed(['ledger', 'verify', 'acme'])).code).toBe(0);
  });
});

test('the run that was never killed did something of every kind', async () => {
  const records = Object.values(await unharmed) as { status?: string; HasOptedOutOfEmail?: boolean }[];
  const members = records.filter((one) => one.status !== undefined);
  expect(members).toHaveLength(PEOPLE);
  expect(members.filter((one) => one.status === 'unsubscribed')).toHaveLength(PEOPLE / 2);
  expect(records.filter((one) => one.HasOptedOutOfEmail === true)).toHaveLength(PEOPLE / 4 + (PEOPLE / 4) * 2);
});
