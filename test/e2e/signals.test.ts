import { afterAll, beforeAll, expect, test } from 'vitest';
import { openWorld, populate, type Running, syncJson, type World } from './kit.ts';

let world: World;
beforeAll(async () => {
  world = await openWorld();
  populate(world, 8);
});
afterAll(() => world.close());

const READ_MEMBERS = 'GET /3.0/lists/{list}/members';

/** Starts a sync and answers once the stand-in holds its read of the members: it is surely in the middle of its work. */
const heldSync = (): Promise<Running> => {
  world.mailchimp.faults([{ kind: 'timeout-after', route: READ_MEMBERS, count: 1 }]);
  return new Promise((resolve) => {
    const running = world.start(['sync', 'acme', '--yes', '--json']);
    world.watch(({ path }) => {
      if (/\/members$/.test(path)) resolve(running);
    });
  });
};

test.each([
  ['SIGTERM', 143],
  ['SIGINT', 130],
] as const)('%s stops at the next commit: exit %i', async (signal, code) => {
  const { child, ended } = await heldSync();
  child.kill(signal);
  const stopped = await ended;
  expect([stopped.code, stopped.signal]).toEqual([code, null]);
  expect(syncJson(stopped).runs.map(({ status }) => status)).toEqual(['interrupted']);
});

test('exit 6: a second process leaves a customer alone that another one runs, and the next run goes on', async () => {
  const first = await heldSync();
  const second = await world.heed(['sync', 'acme', '--json']);
  expect(second.code).toBe(6);
  expect(second.stderr).toContain('another process is running this customer');
  expect(syncJson(second)).toEqual({ runs: [] });
  first.child.kill('SIGTERM');
  expect((await first.ended).code).toBe(143);
  const next = await world.heed(['sync', 'acme', '--yes', '--json']);
  expect([0, 5]).toContain(next.code);
});

test('serve says when it runs next and ends with 0 when it is told to stop between runs', async () => {
  const { child, ended } = world.start(['serve', 'acme', '--json']);
  await new Promise<void>((resolve) => {
    child.stdout?.once('data', () => resolve());
  });
  child.kill('SIGTERM');
  const stopped = await ended;
  expect(stopped.code).toBe(0);
  expect(JSON.parse(stopped.stdout)).toMatchObject({ profile: 'acme/newsletter' });
});
