import { approve, EXIT, serviceOf } from '@heed/core';
import { afterEach, expect, it } from 'vitest';
import { contact, member, plainSyncs, plainSystem } from './plain-systems.ts';

const at = (name: string): string => `${name}@example.org`;
const DIGEST = 'as it stands';
const WITHOUT_YES = { yes: false, digest: DIGEST };
let clear = (): void => {};
afterEach(() => clear());

/** Ann is opted out in the CRM and still subscribed; Bob is in the CRM alone. */
const world = () => {
  const [crm, marketing] = [plainSystem(), plainSystem()];
  crm.rows.set('ann', contact('ann', at('ann'), { Title: 'x', OptedOut: true }));
  crm.rows.set('bob', contact('bob', at('bob'), { Title: 'x' }));
  marketing.rows.set(at('ann'), member(at('ann'), { TITLE: 'x' }));
  const syncs = plainSyncs(crm, marketing);
  clear = syncs.done;
  /** The next run, while which somebody approves what is held now, as the profile then stands. */
  const approvedWhileItReads = async (digest = DIGEST) => {
    const before = (await serviceOf(syncs.store, syncs.profile)).holds.find(({ kind }) => kind === 'first-run');
    crm.passing = async (what) => {
      if (what !== 'rows') return;
      delete crm.passing;
      expect((await approve(syncs.store, syncs.profile, before?.run ?? '', digest)).ok).toBe(true);
    };
    return syncs.sync('sync', WITHOUT_YES);
  };
  return { crm, marketing, ...syncs, approvedWhileItReads };
};

it('C29 a first run that is approved while another one reads is carried by that one', async () => {
  const { marketing, sync, store, profile, approvedWhileItReads } = world();
  expect((await sync('sync', WITHOUT_YES)).report.exitCode).toBe(EXIT.waiting);
  expect(marketing.written).toEqual([]);
  const { report } = await approvedWhileItReads();
  expect(marketing.written.map(({ kind }) => kind).sort()).toEqual(['create', 'opt-out']);
  expect([report.exitCode, report.status, report.held]).toEqual([EXIT.done, 'done', {}]);
  expect(report.marketing).toMatchObject({ created: 1, optedOut: 1, held: 0 });
  expect((await serviceOf(store, profile)).holds).toEqual([]);
  marketing.written.length = 0;
  expect((await sync('sync', WITHOUT_YES)).report.exitCode).toBe(EXIT.done);
  expect(marketing.written).toEqual([]);
});

it('C23 so is a changed profile', async () => {
  const { crm, marketing, sync, approvedWhileItReads } = world();
  await sync('sync', { digest: 'as it was' });
  crm.rows.set('bob', contact('bob', at('bob'), { Title: 'x', OptedOut: true }));
  marketing.written.length = 0;
  expect((await sync('sync', WITHOUT_YES)).report.exitCode).toBe(EXIT.waiting);
  expect(marketing.written).toEqual([]);
  expect((await approvedWhileItReads()).report.exitCode).toBe(EXIT.done);
  expect(marketing.written.map(({ kind }) => kind)).toEqual(['opt-out']);
});

it('C29 what was approved of a profile that says something else by now holds on', async () => {
  const { marketing, sync, approvedWhileItReads } = world();
  await sync('sync', WITHOUT_YES);
  expect((await approvedWhileItReads('as it will be')).report.exitCode).toBe(EXIT.waiting);
  expect(marketing.written).toEqual([]);
});
