import type { Row } from '@heed/contract';
import { afterEach, expect, it } from 'vitest';
import { contact, member, PROFILE, plainSyncs, plainSystem } from './plain-systems.ts';

const ANN = 'ann@example.org';
let clear = (): void => {};
afterEach(() => clear());

const unsubscribed = (row: Row): Row => {
  if (row.member === null) throw new Error('a member has a state');
  return { ...row, member: { ...row.member, status: 'unsubscribed', by: 'person' } };
};

const annInBoth = async () => {
  const [crm, marketing] = [plainSystem(), plainSystem()];
  crm.rows.set('1', contact('1', ANN, { Title: 'x' }));
  marketing.rows.set(ANN, member(ANN, { TITLE: 'older' }));
  const syncs = plainSyncs(crm, marketing, {
    optOut: { ...PROFILE.optOut, crmToMarketing: false },
    fields: [{ crm: 'Title', marketing: 'TITLE', direction: 'both', transforms: [], clear: false }],
  });
  clear = syncs.done;
  await syncs.sync();
  await syncs.sync();
  expect(marketing.written, 'a write of our own').toMatchObject([{ kind: 'patch', fields: { TITLE: 'x' } }]);
  crm.written.length = 0;
  marketing.written.length = 0;
  return { crm, marketing, ...syncs };
};

// Changes that are committed late are stamped early, so their stamps are no newer than what is known (seeds 3921, 8766).
it('C1 who unsubscribes and is deleted before the look-up that a search asks for is opted out all the same', async () => {
  const { crm, marketing, sync } = await annInBoth();
  marketing.found = [unsubscribed(member(ANN, { TITLE: 'x' }))];
  marketing.rows.clear();
  await sync();
  expect(crm.rows.get('1')?.values).toMatchObject({ OptedOut: true });
});

it('C1 who unsubscribes and is subscribed again by somebody else before that look-up is opted out', async () => {
  const { crm, marketing, sync } = await annInBoth();
  marketing.found = [unsubscribed(member(ANN, { TITLE: 'x' }))];
  await sync();
  expect(crm.rows.get('1')?.values).toMatchObject({ OptedOut: true });
  const written = crm.written.length;
  await sync();
  expect(crm.written, 'once').toHaveLength(written);
});

// Stamps are cut to whole seconds, so what was before our own write of that second carries the same one (seed 300299).
it('I8 a search that still shows what was before a write of the same second does not undo it', async () => {
  const { crm, marketing, sync } = await annInBoth();
  marketing.found = [member(ANN, { TITLE: 'older' })];
  await sync();
  expect([...crm.written, ...marketing.written]).toEqual([]);
  await sync();
  expect([...crm.written, ...marketing.written], 'nor the next time, after a look-up with that stamp').toEqual([]);
});
