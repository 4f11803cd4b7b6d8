import type { Op, Row } from '@heed/contract';
import { afterEach, describe, expect, it } from 'vitest';
import { contact, member, PROFILE, plainSyncs, plainSystem } from './plain-systems.ts';

const ANN = 'ann@example.org';
const BOB = 'bob@example.org';
let clear = (): void => {};
afterEach(() => clear());

const ticked = (row: Row): Row => ({ ...row, values: { ...row.values, OptedOut: true } });

const plain = (crmToMarketing = true, scope: 'everyone' | 'lists' = 'everyone') => {
  const [crm, marketing] = [plainSystem(), plainSystem()];
  const syncs = plainSyncs(crm, marketing, { optOut: { ...PROFILE.optOut, crmToMarketing, scope } });
  clear = syncs.done;
  const isOut = (id: string): boolean => crm.rows.get(id)?.values.OptedOut === true;
  const put = (...rows: readonly Row[]): void => {
    for (const row of rows) (row.member === null ? crm : marketing).rows.set(row.record.id, row);
  };
  return { crm, marketing, ...syncs, isOut, put };
};

describe('I10 C8 a search that shows once more whom a record lives on in', () => {
  /** Record 3 was merged into 2, which is opted out; 1 is somebody else at the same address. */
  const annMerged = async () => {
    const world = plain();
    world.put(contact('1', ANN, {}), contact('3', ANN, {}), member(ANN, {}));
    await world.sync();
    const heir = ticked(contact('2', ANN, {}));
    const lost: Row = { ...contact('3', ANN, {}), life: { kind: 'continued', as: heir.record } };
    world.put(heir, lost);
    world.crm.found = [lost, heir];
    return world;
  };
  const sent = (ops: readonly Op[]) => ops.map((op) => [op.kind, 'record' in op ? op.record?.id : null]);

  // Seeds 64244, 81368, 98310: the sync carried on at once what it had just written, and its plan could not know.
  it('I10 the plan says what the sync sends: the member now, the other record with the next sync (example 5)', async () => {
    const { crm, marketing, sync, isOut } = await annMerged();
    const plan = await sync('plan');
    expect(plan.lines).toMatchObject([{ side: 'marketing', kind: 'opt-out', address: ANN }]);
    const run = await sync();
    expect(run.lines).toMatchObject([{ side: 'marketing', kind: 'opt-out', address: ANN }]);
    expect([sent(marketing.written), sent(crm.written)]).toEqual([[['opt-out', ANN]], []]);
    const next = await sync('plan');
    expect(next.lines).toMatchObject([{ side: 'crm', kind: 'opt-out', address: ANN, record: { id: '1' } }]);
    await sync();
    expect(sent(crm.written)).toEqual([['opt-out', '1']]);
    expect(isOut('1')).toBe(true);
  });

  it('C16 one that lives on in another record than was shown before is news', async () => {
    const { crm, sync, isOut, put } = plain();
    const [wrong, right] = [contact('2', ANN, {}), contact('4', BOB, {})];
    const ann = ticked(contact('3', ANN, {}));
    put(ann, wrong, right);
    await sync();
    for (const heir of [wrong, right]) {
      crm.found = [{ ...ann, life: { kind: 'continued', as: heir.record } }];
      put(...crm.found);
      await sync();
      expect(isOut(heir.record.id)).toBe(true);
    }
  });
});

describe('C8 C1 a member that was opted out as somebody else and given another address since', () => {
  /** Record 2 opted Ann out; the member went to Bob's address, where 3 and 4 are. */
  const annToBob = async (crmToMarketing = true) => {
    const world = plain(crmToMarketing);
    const ann: Row = { ...member(ANN, {}), record: { type: 'member', id: 'm' } };
    world.put(contact('1', ANN, {}), ticked(contact('2', ANN, {})), contact('3', BOB, {}), contact('4', BOB, {}), ann);
    await world.sync();
    await world.sync();
    const now = world.marketing.rows.get('m') ?? ann;
    world.put({ ...now, email: BOB });
    await world.sync();
    expect(['3', '4'].filter(world.isOut), 'whose opt-out it is nobody can say: for review (C15)').toEqual([]);
    return world;
  };

  // Seed 85087.
  it('C8 an opt-out that a record makes there reaches its sibling, although the member needs no write', async () => {
    const { marketing, sync, isOut, put } = await annToBob();
    expect([isOut('1'), marketing.rows.get('m')?.member?.status]).toEqual([true, 'unsubscribed']);
    const before = marketing.written.length;
    put(ticked(contact('3', BOB, {})));
    await sync();
    await sync();
    expect(isOut('4')).toBe(true);
    expect(marketing.written).toHaveLength(before);
  });

  it('C6 an untick of what only the CRM had said is left there as well', async () => {
    const { crm, sync, isOut, put } = await annToBob();
    put(ticked(contact('3', BOB, {})));
    await sync();
    put(contact('3', BOB, {}));
    await sync();
    await sync();
    expect([isOut('3'), isOut('4')]).toEqual([false, true]);
    expect(crm.written.filter((op) => 'record' in op && op.record?.id === '3')).toEqual([]);
  });

  it('C2 as long as the CRM opts nobody out of marketing it stays where it was made', async () => {
    const { marketing, sync, isOut, put } = await annToBob(false);
    expect(marketing.rows.get('m')?.member?.status).toBe('subscribed');
    put(ticked(contact('3', BOB, {})));
    await sync();
    await sync();
    expect(isOut('4')).toBe(false);
  });
});

// HubSpot: at its end a run carries what its creates showed, and nothing else that this run's own opt-outs led to. Seed 5840.
it('I10 C8 a tool that lists no strangers: the sibling that only the CRM can name is for the next sync as well (example 5)', async () => {
  const { crm, marketing, sync, isOut, put } = plain(true, 'lists');
  marketing.strangers = new Map();
  const ann = ticked(contact('1', ANN, {}));
  put(ann, contact('2', ANN, {}), member(ANN, {}));
  crm.found = [ann];
  const lines = async (mode: 'sync' | 'plan') =>
    (await sync(mode)).lines.map(({ side, kind, record }) => [side, kind, record?.id]);
  const planned = await lines('plan');
  expect(planned).toEqual([['marketing', 'opt-out', ANN]]);
  expect(await lines('sync')).toEqual(planned);
  const next = await lines('plan');
  expect(next).toEqual([['crm', 'opt-out', '2']]);
  expect(await lines('sync')).toEqual(next);
  expect(isOut('2')).toBe(true);
});
