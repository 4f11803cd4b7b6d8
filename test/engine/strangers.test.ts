import type { Row } from '@heed/contract';
import { afterEach, expect, it } from 'vitest';
import { contact, member, plainSyncs, plainSystem } from './plain-systems.ts';

const ANN = 'ann@example.org';
const BOB = 'bob@example.org';
let clear = (): void => {};
afterEach(() => clear());

/** An address that opted out before anybody made a contact of it, as HubSpot keeps it. */
const stranger = (email: string): Row => {
  const row = member(email, {});
  if (row.member === null) throw new Error('a member has a state');
  return {
    ...row,
    record: { type: 'address', id: email },
    member: { ...row.member, status: 'unsubscribed', by: 'person' },
  };
};

// HubSpot keeps opt-outs by address, and lists them only through contacts: who is no contact is found by asking (C1).
it('C1 where opted-out addresses are not listed, each is asked about before a member is made of it', async () => {
  const [crm, marketing] = [plainSystem(), plainSystem()];
  marketing.strangers = new Map([[ANN, stranger(ANN)]]);
  for (const email of [ANN, BOB]) crm.rows.set(email, contact(email, email, { Title: 'x' }));
  const syncs = plainSyncs(crm, marketing);
  clear = syncs.done;
  const { report } = await syncs.sync();
  expect(report.message).toBeNull();
  expect([...marketing.rows.keys()], 'who opted out is made no member').toEqual([BOB]);
  expect([...new Set(marketing.asked)].sort()).toEqual([ANN, BOB]);
  expect(
    marketing.asked.filter((email) => email === BOB),
    'asked once a run',
  ).toHaveLength(1);
  if (report.exitCode !== 0) await syncs.sync();
  expect(crm.rows.get(ANN)?.values, 'and the CRM learns of it').toMatchObject({ OptedOut: true });

  const quiet = marketing.asked.length;
  await syncs.sync();
  expect(marketing.asked.slice(quiet), 'nobody changed, nobody is asked').toEqual([]);
});

it('C1 a system that lists them is not asked about anybody', async () => {
  const [crm, marketing] = [plainSystem(), plainSystem()];
  crm.rows.set(ANN, contact(ANN, ANN, { Title: 'x' }));
  const syncs = plainSyncs(crm, marketing);
  clear = syncs.done;
  await syncs.sync();
  expect(marketing.asked).toEqual([]);
});
