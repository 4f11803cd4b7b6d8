import { EXIT } from '@heed/core';
import { afterEach, expect, it } from 'vitest';
import { contact, member, plainSyncs, plainSystem } from './plain-systems.ts';

const NAMES = ['ann', 'bob', 'cat', 'dan'] as const;
const at = (name: string): string => `${name}@example.org`;
let clear = (): void => {};
afterEach(() => clear());

/** Four people whose titles changed, and a lane that takes them all as one job. */
const fourUpdates = () => {
  const [crm, marketing] = [plainSystem(), plainSystem()];
  marketing.lane = { kinds: ['patch'], fromOps: 2, mostOps: 100, source: 'made up' };
  for (const name of NAMES) {
    crm.rows.set(name, contact(name, at(name), { Title: `new title of ${name}` }));
    marketing.rows.set(at(name), member(at(name), { TITLE: '' }));
  }
  const syncs = plainSyncs(crm, marketing);
  clear = syncs.done;
  return { crm, marketing, syncs };
};

// A million updates go by job, and no vendor promises an order: by place, one person's refusal would be told of another, and
// the refused title would count as agreed.
it('the outcomes of a job belong to whom they name, in whatever order they come, and whoever is missing is looked at', async () => {
  const { marketing, syncs } = fourUpdates();
  marketing.refuse = (op) => ('email' in op && op.email === at('ann') ? 'too long' : null);
  marketing.tell = (outcomes) =>
    [...outcomes].reverse().filter((outcome) => !('row' in outcome) || outcome.row?.email !== at('cat'));
  const { report } = await syncs.sync();
  expect(report.message).toBeNull();
  expect(report.marketing).toMatchObject({ read: 4, updated: 3 });
  expect(report.marketing.setAside.map(({ address, message }) => [address, message])).toEqual([
    [at('ann'), 'too long'],
  ]);
  expect([...marketing.rows.values()].map(({ values }) => values.TITLE)).toEqual([
    '',
    'new title of bob',
    'new title of cat',
    'new title of dan',
  ]);

  const before = marketing.written.length;
  await syncs.sync();
  expect(marketing.written.slice(before), 'nobody but the refused one is written to again').toEqual([]);
});

it('changes in a job that has not ended are told as that, and the run is not all done', async () => {
  const { marketing, syncs } = fourUpdates();
  marketing.isStuck = true;
  const { report } = await syncs.sync();
  expect(report).toMatchObject({ exitCode: EXIT.attention, inJobs: { crm: 0, marketing: 4 } });
  marketing.isStuck = false;
  const later = await syncs.sync();
  expect(later.report).toMatchObject({ exitCode: EXIT.done, inJobs: { crm: 0, marketing: 0 } });
});
