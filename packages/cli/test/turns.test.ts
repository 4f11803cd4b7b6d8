import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openStateFolder, type StateFolder } from '@heed/store';
import { fakeClock } from '@heed/toolkit';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { localProcesses } from '../src/composition/processes.ts';
import { awaitTurn, takeTurn } from '../src/runs/lease-holder.ts';

let folder = '';
let state: StateFolder;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'heed-turns-'));
  state = openStateFolder(folder, { clock: fakeClock(), random: (n) => new Uint8Array(n).fill(7), durability: 'none' });
});
afterEach(() => {
  state.close();
  rmSync(folder, { recursive: true, force: true });
});

const dead = new Set<string>();
let drawn = 0;
const turnOf = (name: string) =>
  takeTurn(
    state,
    folder,
    'acme',
    { name, isDead: (holder) => [...dead].some((one) => holder.startsWith(`${one}/`)) },
    () => {
      drawn += 1;
      return drawn / 1_000;
    },
  );

it('a living process keeps its turn, also from itself', async () => {
  const first = await turnOf('here/1/1');
  expect(first).not.toBeNull();
  expect(await turnOf('here/2/2')).toBeNull();
  expect(await turnOf('here/1/1')).toBeNull();
  if (first !== null) await state.leases.release(first.lease);
  expect(await turnOf('here/2/2')).not.toBeNull();
});

it('the turn of a dead process is taken over at once, and its fence is stale from then on', async () => {
  const first = await turnOf('here/3/3');
  dead.add('here/3/3');
  const second = await turnOf('here/4/4');
  expect(second?.lease.fence).toBeGreaterThan(first?.lease.fence ?? 0);
  expect(readFileSync(join(folder, 'acme.holder'), 'utf8')).toBe(second?.holder);
  expect(first === null ? null : await state.leases.renew(first.lease, 1_000)).toBe(false);
  expect(await turnOf('here/5/5')).toBeNull();
});

it('a process is dead when it has ended, and only if it ran here', async () => {
  const { name, isDead } = localProcesses();
  expect(isDead(name)).toBe(false);
  const child = spawn(process.execPath, ['-e', '']);
  await new Promise((resolve) => child.once('exit', resolve));
  const [place, , start] = name.split('/');
  const gone = `${place}/${child.pid}/${start}`;
  expect(isDead(gone)).toBe(true);
  expect(isDead(gone.replace(`${place}`, 'elsewhere'))).toBe(false);
  // Its number was given out again: alive, but not the one that held the lease.
  if (start !== '') expect(isDead(`${place}/${process.pid}/1`)).toBe(true);
});

it('whoever waits for a turn has it once the other is done, and waits no longer than until it is told to stop', async () => {
  const first = await turnOf('here/6/6');
  const stop = new AbortController();
  const whenAsleep = (meanwhile: () => unknown) => ({ now: () => 0, sleep: async () => void (await meanwhile()) });
  const end = () => (first === null ? null : state.leases.release(first.lease));
  const second = await awaitTurn(() => turnOf('here/7/7'), whenAsleep(end), stop.signal);
  expect(second?.holder).toContain('here/7/7');
  const third = awaitTurn(
    () => turnOf('here/8/8'),
    whenAsleep(() => {
      stop.abort();
      throw stop.signal.reason;
    }),
    stop.signal,
  );
  expect(await third).toBeNull();
});
