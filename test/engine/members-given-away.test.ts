import { afterEach, expect, it } from 'vitest';
import { contact, member, plainSyncs, plainSystem } from './plain-systems.ts';

const ANN = 'ann@example.org';
const ANN_NOW = 'ann-now@example.org';
const BOB = 'bob@example.org';
let clear = (): void => {};
afterEach(() => clear());

// Whose link the member has is settled with the opt-out, before the record it left is planned: the plan must not need it. Seed 622750.
it('I10 C15 a member that was given the address of another record: the plan names whom the sync makes a member instead', async () => {
  const [crm, marketing] = [plainSystem(), plainSystem()];
  const syncs = plainSyncs(crm, marketing);
  clear = syncs.done;
  const lines = async (mode: 'sync' | 'plan') =>
    (await syncs.sync(mode)).lines.map(({ side, kind, address }) => `${side} ${kind} ${address}`).sort();
  const bob = contact('2', BOB, { Title: 'b' });
  const given = { ...member(ANN, { TITLE: 'a' }), record: { type: 'member', id: 'm' } };
  crm.rows.set('1', contact('1', ANN, { Title: 'a' }));
  crm.rows.set('2', { ...bob, values: { ...bob.values, OptedOut: true } });
  marketing.rows.set('m', given);
  await syncs.sync();

  crm.rows.set('1', contact('1', ANN_NOW, { Title: 'a' }));
  marketing.rows.set('m', { ...given, email: BOB });
  const planned = await lines('plan');
  expect(planned).toEqual([`marketing create ${ANN_NOW}`, `marketing opt-out ${BOB}`]);
  expect(await lines('sync')).toEqual(planned);
  expect(marketing.rows.get('m')?.member?.status).toBe('unsubscribed');
});
