import { expect, it } from 'vitest';
import type { AddressPlan } from '../../src/plan/plan-address.ts';
import type { Owed } from '../../src/state/store.ts';
import type { Run } from '../../src/sync/run-state.ts';
import { settlementOf, type Worked } from '../../src/sync/settle-batch.ts';
import { key, Story } from '../consent/story.ts';

const ANN = key('ann@x.org');
const NOON = Date.UTC(2026, 0, 5, 12);

const owed = (topic: string | null, why = 'not read back yet'): Owed => ({
  address: ANN,
  side: 'crm',
  record: { type: 'Contact', id: '1' },
  rule: 'C1 C17',
  ...(topic === null ? {} : { topic }),
  because: [1],
  since: NOON,
  why,
});

const planThatOwes = (...all: readonly Owed[]): AddressPlan => ({ ...new Story().plan('ann@x.org'), owed: all });

const worked = (before: AddressPlan, after: AddressPlan, more: Partial<Worked> = {}): Worked => ({
  mark: { address: ANN, mark: 1 },
  before,
  after,
  written: [],
  held: false,
  unfinished: false,
  missing: false,
  ...more,
});

const run = { engine: { clock: { now: () => NOON, sleep: async () => {} } } } as unknown as Run;

// The box of one topic and that of another are two fields of one record: each is owed by itself.
it('C17 C22 an opt-out of one topic that becomes due while another one is owed to the same record is work of the next run', () => {
  const plan = worked(planThatOwes(owed('events')), planThatOwes(owed('events'), owed('product'), owed(null)));
  expect(settlementOf(run, plan).owed).toEqual([owed('events')]);
});

it('C17 C22 two topics that are owed to one record stay owed both', () => {
  const both = planThatOwes(owed('events'), owed('product'));
  expect(settlementOf(run, worked(both, both)).owed).toEqual([owed('events'), owed('product')]);
  const one = worked(both, planThatOwes(owed('product')));
  expect(settlementOf(run, one).owed, 'the other was read back').toEqual([owed('product')]);
});

it('C23 what is held says why it is owed', () => {
  const plan = planThatOwes(owed('events'));
  const settled = settlementOf(run, worked(plan, plan, { held: true }));
  expect(settled.owed).toEqual([owed('events', 'held, waits for approve')]);
  expect(settled.next, 'and is looked at by the next run').toBe(NOON);
});
