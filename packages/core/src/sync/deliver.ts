import type { AddressKey } from '../identity/address.ts';
import type { PlannedWrite } from '../plan/op.ts';
import type { AddressPlan } from '../plan/plan-address.ts';
import { carryOut } from './carry-out.ts';
import { informedPlansOf, plansOf } from './decide-batch.ts';
import { heldAmong } from './holds.ts';
import { lookForMembers, lookForRecords } from './look.ts';
import { record } from './plan-line.ts';
import type { Run } from './run-state.ts';

/**
 * Opt-outs of these people and nothing else: both systems are asked what they show now, what C0 demands is written and read
 * back. What is left is owed afterwards, whether it was tried or not, held ones too (C25: erase delivers first, or refuses).
 */
export const deliverOptOuts = async (run: Run, addresses: readonly AddressKey[]): Promise<void> => {
  const { store, clock } = run.engine;
  const profile = run.view.profile.id;
  await lookForRecords(run, addresses);
  await lookForMembers(run, addresses);
  const plans = await informedPlansOf(run, addresses);
  const held = await heldAmong(run, addresses);
  const choose = (plan: AddressPlan): readonly PlannedWrite[] =>
    plan.consent.filter(
      ({ op, guarded }) =>
        op.kind === 'opt-out' && (!guarded || (run.allowed === 'everything' && !held.has(plan.address))),
    );
  if (run.allowed !== 'nothing') {
    for (const plan of plans) record(run, plan, choose(plan), false);
    const marks = await store.marks(profile, addresses);
    await carryOut(run, marks, plans, choose, { unfinished: () => true, held: () => false });
  }
  const left = await plansOf(run, addresses);
  const marks = await store.marks(profile, addresses);
  const now = clock.now();
  const settlements = left.map((plan, i) => ({
    address: plan.address,
    mark: marks[i]?.mark ?? 0,
    next: now,
    owed: plan.owed.map((owed) => ({ ...owed, why: whyNot(run, plan, held) ?? owed.why })),
    setAside: plan.setAside,
    listed: plan.listed,
    links: plan.links,
    buckets: [],
  }));
  await store.settle(run.lease, profile, run.id, settlements, [], []);
};

const whyNot = (run: Run, { address }: AddressPlan, held: ReadonlySet<string>): string | null => {
  if (run.allowed === 'nothing') return `the first run of the profile waits for approve (C29)`;
  return held.has(address) ? 'held, waits for approve (C23)' : null;
};
