import { approve, EXIT, type Guards, RELEASED, serviceOf } from '@heed/core';
import { afterEach, expect, it } from 'vitest';
import { contact, member, type PlainSystem, peopleIn, plainSyncs, plainSystem } from './plain-systems.ts';

const at = (name: string): string => `${name}@example.org`;
const CROWD = ['ann', 'cat', 'dan'] as const;
const DIGEST = 'd';
const FIRST_RETRY_MS = 15 * 60_000;
let clear = (): void => {};
afterEach(() => clear());

/** All of the crowd are in step and then opted out in the CRM; the marketing tool refuses to say so of Ann alone. */
const refusingAnn = async (optOuts: Guards['optOuts']) => {
  const [crm, marketing] = [plainSystem(), plainSystem()];
  for (const name of CROWD) {
    crm.rows.set(name, contact(name, at(name), { Title: 'x' }));
    marketing.rows.set(at(name), member(at(name), { TITLE: 'x' }));
  }
  const syncs = plainSyncs(crm, marketing, { guards: { optOuts, creates: 5_000 } });
  clear = syncs.done;
  await syncs.sync();
  for (const name of CROWD) crm.rows.set(name, contact(name, at(name), { Title: 'x', OptedOut: true }));
  marketing.refuse = (op) => ('email' in op && op.email === at('ann') ? 'not now' : null);
  const service = () => serviceOf(syncs.store, syncs.profile);
  return { ...syncs, marketing, service };
};

const unsubscribed = ({ rows }: PlainSystem): readonly string[] =>
  [...rows.values()].flatMap((row) => (row.member?.status === 'unsubscribed' ? [row.email ?? ''] : [])).sort();

it('C23 whoever was approved stays so until carried, also when the opt-out fails alone', async () => {
  const { sync, store, profile, pass, marketing, service } = await refusingAnn({ people: 1, percent: 1 });
  expect((await sync()).report.exitCode).toBe(EXIT.waiting);
  const [hold] = (await service()).holds;
  await approve(store, profile, hold?.run ?? '', DIGEST);
  expect((await sync()).report).toMatchObject({ exitCode: EXIT.attention, owed: 1 });
  expect(unsubscribed(marketing)).toEqual(['cat', 'dan'].map(at));
  // Too soon to be tried again: it is still approved then.
  await sync();
  expect(await peopleIn(store, profile, RELEASED)).toEqual([at('ann')]);
  marketing.refuse = () => null;
  pass(FIRST_RETRY_MS);
  const { report } = await sync();
  expect([report.exitCode, report.held, unsubscribed(marketing)]).toEqual([EXIT.done, {}, CROWD.map(at)]);
  expect(await peopleIn(store, profile, RELEASED)).toEqual([]);
});

it('C23 an opt-out that was refused has not been sent, so it does not count twice when it is tried again', async () => {
  const { sync, pass, marketing, service } = await refusingAnn({ people: 3, percent: 0 });
  await sync();
  expect((await service()).pushed.map(({ people }) => people)).toEqual([2]);
  marketing.refuse = () => null;
  pass(FIRST_RETRY_MS);
  const { report } = await sync();
  expect([report.exitCode, unsubscribed(marketing)]).toEqual([EXIT.done, CROWD.map(at)]);
});
