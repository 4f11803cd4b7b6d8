import { serviceOf } from '@heed/core';
import { afterEach, expect, it } from 'vitest';
import { contact, member, peopleIn, plainSyncs, plainSystem } from './plain-systems.ts';

const at = (name: string): string => `${name}@example.org`;
const STAY = ['ann', 'bob'] as const;
const LEAVE = ['cat', 'dan'] as const;
let clear = (): void => {};
afterEach(() => clear());

// `approve` of a run releases exactly what it held: a second guarded pass must not make the first one's people be forgotten.
it('C23 what two passes of one run hold is one set', async () => {
  const [crm, marketing] = [plainSystem(), plainSystem()];
  for (const name of [...STAY, ...LEAVE]) {
    crm.rows.set(name, contact(name, at(name), { Title: 'x' }));
    marketing.rows.set(at(name), member(at(name), { TITLE: 'x' }));
  }
  const guards = { optOuts: { people: 1, percent: 1 }, creates: 100 };
  const syncs = plainSyncs(crm, marketing, { whenRecordLeaves: 'tag', guards });
  clear = syncs.done;
  await syncs.sync();

  for (const name of STAY) crm.rows.set(name, contact(name, at(name), { Title: 'x', OptedOut: true }));
  for (const name of LEAVE) {
    const gone = crm.rows.get(name);
    if (gone !== undefined) crm.rows.set(name, { ...gone, life: { kind: 'deleted' } });
  }
  const before = marketing.written.length;
  const { report } = await syncs.sync();
  expect(report.message).toBeNull();
  expect(marketing.written.slice(before)).toEqual([]);
  const { holds } = await serviceOf(syncs.store, syncs.profile);
  const told = holds.map(async ({ kind, set }) => [kind, await peopleIn(syncs.store, syncs.profile, set)]);
  expect(await Promise.all(told)).toEqual([['opt-outs', [...STAY, ...LEAVE].map(at)]]);
});
