import { EXIT, serviceOf } from '@heed/core';
import { afterEach, expect, it } from 'vitest';
import { contact, member, type PlainSystem, peopleIn, plainSyncs, plainSystem } from './plain-systems.ts';

const at = (name: string): string => `${name}@example.org`;
const CROWD = ['ann', 'bob', 'cat', 'dan'] as const;
let clear = (): void => {};
afterEach(() => clear());

const unsubscribed = ({ rows }: PlainSystem): readonly string[] =>
  [...rows.values()].flatMap((row) => (row.member?.status === 'unsubscribed' ? [row.email ?? ''] : [])).sort();

it('C23 what a run that was killed had sent counts for 24 hours, so that a mistake cannot go out in slices', async () => {
  const [crm, marketing] = [plainSystem(), plainSystem()];
  for (const name of CROWD) {
    crm.rows.set(name, contact(name, at(name), { Title: 'x' }));
    marketing.rows.set(at(name), member(at(name), { TITLE: 'x' }));
  }
  const { sync, store, profile, pass, done } = plainSyncs(crm, marketing, {
    guards: { optOuts: { people: 2, percent: 0 }, creates: 5_000 },
  });
  clear = done;
  await sync();
  const tick = (names: readonly string[]): void => {
    for (const name of names) crm.rows.set(name, contact(name, at(name), { Title: 'x', OptedOut: true }));
  };
  const { replaceNote, putNote, commitPage } = store;
  // A killed process writes nothing any more, neither what it sent nor what it would count.
  marketing.passing = (what) => {
    if (what !== 'ops') return;
    const killed = async (): Promise<never> => {
      throw new Error('killed');
    };
    Object.assign(store, { replaceNote: killed, putNote: killed, commitPage: killed });
  };
  tick(['ann', 'bob']);
  await sync().catch(() => undefined);
  Object.assign(store, { replaceNote, putNote, commitPage });
  delete marketing.passing;
  expect(unsubscribed(marketing)).toEqual(['ann', 'bob'].map(at));

  tick(['ann', 'bob', 'cat', 'dan']);
  const held = await sync();
  expect([held.report.exitCode, unsubscribed(marketing)]).toEqual([EXIT.waiting, ['ann', 'bob'].map(at)]);
  const [hold] = (await serviceOf(store, profile)).holds;
  expect(await peopleIn(store, profile, hold?.set)).toEqual(['cat', 'dan'].map(at));

  pass(25 * 3_600_000);
  expect((await sync()).report.exitCode).toBe(EXIT.done);
});
