import type { RunReport } from '@heed/core';
import { approve, EXIT, RELEASED, reject, serviceOf } from '@heed/core';
import { afterEach, expect, it } from 'vitest';
import { contact, member, type PlainSystem, peopleIn, plainSyncs, plainSystem } from './plain-systems.ts';

const at = (name: string): string => `${name}@example.org`;
const BUSY = ['bea', 'ben'] as const;
const CROWD = ['ann', 'cat', 'dan'] as const;
const LATE = ['eve', 'fay'] as const;
const ALWAYS = { soonestMs: 0, latestMs: 1, callsPerCall: { crm: 0, marketing: 0 } };
const DIGEST = 'd';
let clear = (): void => {};
afterEach(() => clear());

const tick = (crm: PlainSystem, names: readonly string[]): void => {
  for (const name of names) crm.rows.set(name, contact(name, at(name), { Title: 'x', OptedOut: true }));
};
const optedOut = (marketing: PlainSystem): readonly string[] =>
  marketing.written.flatMap((op) => (op.kind === 'opt-out' ? [op.email] : [])).sort();

/**
 * A sync that waits for a job of the vendor while things happen, one a question whether it has ended: each of `steps` in turn,
 * then the job ends.
 */
const duringOneRun = async (
  steps: (world: World) => readonly (() => Promise<void> | void)[],
  newcomers: readonly string[] = [],
) => {
  const [crm, marketing] = [plainSystem(), plainSystem()];
  marketing.lane = { kinds: ['patch'], fromOps: 2, mostOps: 100, source: 'made up' };
  for (const name of [...BUSY, ...CROWD, ...LATE]) {
    crm.rows.set(name, contact(name, at(name), { Title: 'x' }));
    marketing.rows.set(at(name), member(at(name), { TITLE: 'x' }));
  }
  const guards = { optOuts: { people: 1, percent: 1 }, creates: 1 };
  const syncs = plainSyncs(crm, marketing, { guards }, ALWAYS);
  clear = syncs.done;
  await syncs.sync();
  for (const name of BUSY) crm.rows.set(name, contact(name, at(name), { Title: 'another' }));
  for (const name of newcomers) crm.rows.set(name, contact(name, at(name), { Title: 'x' }));
  const { store, profile } = syncs;
  const holds = async () => (await serviceOf(store, profile)).holds.filter(({ kind }) => kind === 'opt-outs');
  const left = [...steps({ crm, marketing, store, profile, holds })];
  marketing.isStuck = true;
  marketing.meanwhile = async () => {
    await left.shift()?.();
    marketing.isStuck = left.length > 0;
  };
  const { report } = await syncs.sync();
  marketing.meanwhile = async () => {};
  return { crm, marketing, report, holds, syncs };
};
interface World {
  readonly crm: PlainSystem;
  readonly marketing: PlainSystem;
  readonly store: ReturnType<typeof plainSyncs>['store'];
  readonly profile: string;
  readonly holds: () => Promise<Awaited<ReturnType<typeof serviceOf>>['holds']>;
}

const nothing = (): void => {};
const held = ({ held: of }: RunReport): number => of['marketing.opt-out'] ?? 0;

it('C21 C23 what a guard holds in the middle of a run is told at once, and approve carries exactly these people in that run', async () => {
  const told: unknown[] = [];
  const { marketing, report, holds } = await duringOneRun(({ crm, marketing: tool, store, profile, holds: now }) => [
    () => tick(crm, CROWD),
    async () => {
      const [hold] = await now();
      told.push(await peopleIn(store, profile, hold?.set), optedOut(tool));
      expect((await approve(store, profile, hold?.run ?? '', DIGEST)).ok).toBe(true);
    },
    () => void told.push(optedOut(tool)),
  ]);
  expect(told).toEqual([CROWD.map(at), [], CROWD.map(at)]);
  expect(optedOut(marketing)).toEqual(CROWD.map(at));
  expect(await holds()).toEqual([]);
  expect([report.exitCode, held(report), report.owed, report.marketing.optedOut]).toEqual([EXIT.done, 0, 0, 3]);
});

it('C23 whoever turns up after an approved set in the same run is held as a set of its own', async () => {
  const names: string[] = [];
  const { marketing, report, holds, syncs } = await duringOneRun(({ crm, store, profile, holds: now }) => [
    () => tick(crm, CROWD),
    async () => {
      const [hold] = await now();
      names.push(hold?.run ?? '');
      await approve(store, profile, hold?.run ?? '', DIGEST);
      tick(crm, LATE);
    },
    nothing,
  ]);
  expect(optedOut(marketing)).toEqual(CROWD.map(at));
  const [hold] = await holds();
  expect(await peopleIn(syncs.store, syncs.profile, hold?.set)).toEqual(LATE.map(at));
  expect([report.exitCode, held(report)]).toEqual([EXIT.waiting, 2]);
  // The name of the first set releases nobody else.
  expect(hold?.runs).not.toContain(names[0]);
});

it('C23 one more person is held with them: what was approved in the same look counts', async () => {
  const { marketing, holds, syncs } = await duringOneRun(({ crm, store, profile, holds: now }) => [
    () => tick(crm, CROWD),
    async () => {
      tick(crm, ['eve']);
      await approve(store, profile, (await now())[0]?.run ?? '', DIGEST);
    },
    nothing,
  ]);
  expect(optedOut(marketing)).toEqual(CROWD.map(at));
  const [hold, ...more] = await holds();
  expect([await peopleIn(syncs.store, syncs.profile, hold?.set), more]).toEqual([[at('eve')], []]);
});

it('C23 a set that has grown since somebody was shown it is not released by the name it had', async () => {
  const names: string[] = [];
  const answers: boolean[] = [];
  const { marketing, report, syncs, holds } = await duringOneRun(({ crm, store, profile, holds: now }) => [
    () => tick(crm, CROWD),
    async () => {
      names.push((await now())[0]?.run ?? '');
      // Few enough to pass alone.
      tick(crm, ['eve']);
    },
    async () => {
      answers.push((await approve(store, profile, names[0] ?? '', DIGEST)).ok);
      // Held once, looked at twice.
      crm.rows.set('ann', contact('ann', at('ann'), { Title: 'another', OptedOut: true }));
    },
    nothing,
  ]);
  expect(answers).toEqual([false]);
  expect(optedOut(marketing)).toEqual([]);
  expect(held(report)).toBe(4);
  const [hold] = await holds();
  expect(await peopleIn(syncs.store, syncs.profile, hold?.set)).toEqual([...CROWD, 'eve'].map(at));
  expect((await approve(syncs.store, syncs.profile, hold?.run ?? '', DIGEST)).ok).toBe(true);
  await syncs.sync();
  expect(optedOut(marketing)).toEqual([...CROWD, 'eve'].map(at));
});

it('C23 what is rejected in the middle of a run does not go out', async () => {
  const { marketing, report } = await duringOneRun(({ crm, store, profile, holds: now }) => [
    () => tick(crm, CROWD),
    async () => void (await reject(store, profile, (await now())[0]?.run ?? '', 'somebody', 0)),
    nothing,
    nothing,
  ]);
  expect(optedOut(marketing)).toEqual([]);
  expect(report.exitCode).not.toBe(EXIT.waiting);
});

it('C23 what is approved while the last of a run goes out is carried before it ends', async () => {
  const { marketing, report } = await duringOneRun(({ crm, store, profile, holds: now }) => [
    () => tick(crm, CROWD),
    async () => void (await approve(store, profile, (await now())[0]?.run ?? '', DIGEST)),
  ]);
  expect(optedOut(marketing)).toEqual(CROWD.map(at));
  expect(report.exitCode).toBe(EXIT.done);
});

it('C23 creates that are approved while the run goes on are made in that run, and later ones are asked about again', async () => {
  const newcomers = ['gus', 'hal'];
  const created = ({ written }: PlainSystem) =>
    written.flatMap((op) => (op.kind === 'create' ? [op.email] : [])).sort();
  const approveIt = async ({ store, profile }: Pick<World, 'store' | 'profile'>): Promise<void> => {
    const hold = (await serviceOf(store, profile)).holds.find(({ kind }) => kind === 'creates');
    await approve(store, profile, hold?.run ?? '', DIGEST);
  };
  const { crm, marketing, report, syncs } = await duringOneRun((world) => [() => approveIt(world), nothing], newcomers);
  expect(created(marketing)).toEqual(newcomers.map(at));
  expect([report.exitCode, report.held['marketing.create']]).toEqual([EXIT.done, 0]);

  for (const name of ['ida', 'jan']) crm.rows.set(name, contact(name, at(name), { Title: 'x' }));
  expect((await syncs.sync()).report.exitCode).toBe(EXIT.waiting);
  expect(created(marketing)).toEqual(newcomers.map(at));
});

it('C23 a release ends with the run that has nothing to carry for it: the next opt-out of that person is counted again', async () => {
  const { crm, marketing, holds, syncs } = await duringOneRun(() => []);
  tick(crm, CROWD);
  await syncs.sync();
  const [hold] = await holds();
  await approve(syncs.store, syncs.profile, hold?.run ?? '', DIGEST);
  // Dan leaves by himself before anybody carries it.
  const dan = member(at('dan'), { TITLE: 'x' });
  if (dan.member === null) throw new Error('a member has a status');
  marketing.rows.set(at('dan'), { ...dan, member: { ...dan.member, status: 'unsubscribed' } });
  await syncs.sync();
  expect(optedOut(marketing)).toEqual(['ann', 'cat'].map(at));
  expect(await peopleIn(syncs.store, syncs.profile, RELEASED)).toEqual([]);
});
