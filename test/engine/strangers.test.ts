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

/** Ann opted out as a stranger; she and Bob are in the CRM. */
const annIsStranger = (more: Parameters<typeof plainSyncs>[2] = {}) => {
  const [crm, marketing] = [plainSystem(), plainSystem()];
  marketing.strangers = new Map([[ANN, stranger(ANN)]]);
  for (const email of [ANN, BOB]) crm.rows.set(email, contact(email, email, { Title: 'x' }));
  const syncs = plainSyncs(crm, marketing, more);
  clear = syncs.done;
  return { crm, marketing, syncs };
};

// HubSpot keeps opt-outs by address, and lists them only through contacts: who is no contact is found by asking (C1).
it('C1 where opted-out addresses are not listed, each create tells of its own, and nobody is asked about twice', async () => {
  const { crm, marketing, syncs } = annIsStranger();
  const { report } = await syncs.sync();
  expect(report).toMatchObject({ message: null, exitCode: 0 });
  expect([...marketing.rows.keys()], 'who opted out is made no member').toEqual([BOB]);
  expect(marketing.asked, 'the creates looked').toEqual([]);
  expect(crm.rows.get(ANN)?.values, 'and the CRM learns of it in the same run').toMatchObject({ OptedOut: true });

  const [asked, written] = [marketing.asked.length, marketing.written.length];
  await syncs.sync();
  expect(marketing.asked.slice(asked), 'nobody changed, nobody is asked').toEqual([]);
  expect(marketing.written.slice(written), 'nor made').toEqual([]);
});

it('C1 whoever is made no member in this run is asked about, once', async () => {
  const { crm, marketing, syncs } = annIsStranger({ guards: { optOuts: { people: 50, percent: 5 }, creates: 0 } });
  await syncs.sync();
  expect(marketing.written, 'more would be made than may be: they wait (C23)').toEqual([]);
  expect([...marketing.asked].sort()).toEqual([ANN, BOB]);
  expect(crm.rows.get(ANN)?.values).toMatchObject({ OptedOut: true });
});

it('C1 a profile that makes no members asks about everybody', async () => {
  const { crm, marketing, syncs } = annIsStranger({ create: { marketing: false, crm: null } });
  await syncs.sync();
  expect([...marketing.asked].sort()).toEqual([ANN, BOB]);
  expect(crm.rows.get(ANN)?.values).toMatchObject({ OptedOut: true });
});

it('C1 whoever a create was refused for is asked about in the same run', async () => {
  const { crm, marketing, syncs } = annIsStranger();
  marketing.refuse = ({ kind }) => (kind === 'create' ? 'no value is good enough' : null);
  await syncs.sync();
  expect([...marketing.rows.keys()]).toEqual([]);
  expect([...marketing.asked].sort()).toEqual([ANN, BOB]);
  expect(crm.rows.get(ANN)?.values).toMatchObject({ OptedOut: true });
});

it('C1 a plan asks, and says what the sync then does', async () => {
  const { marketing, syncs } = annIsStranger();
  const planned = await syncs.sync('plan');
  expect([...marketing.asked].sort()).toEqual([ANN, BOB]);
  const lines = planned.lines.map(({ address, side, kind }) => `${side} ${kind} ${address}`).sort();
  expect(lines).toEqual([`crm opt-out ${ANN}`, `marketing create ${BOB}`]);
  expect(marketing.written).toEqual([]);
});

it('C1 a system that lists them is not asked about anybody', async () => {
  const [crm, marketing] = [plainSystem(), plainSystem()];
  crm.rows.set(ANN, contact(ANN, ANN, { Title: 'x' }));
  const syncs = plainSyncs(crm, marketing);
  clear = syncs.done;
  await syncs.sync();
  expect(marketing.asked).toEqual([]);
});
