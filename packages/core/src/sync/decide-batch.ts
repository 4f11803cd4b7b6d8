import { type AddressKey, isErased } from '../identity/address.ts';
import { surroundingsOf } from '../plan/neighbours.ts';
import { type AddressPlan, planAddress } from '../plan/plan-address.ts';
import type { DirtyMark } from '../state/store.ts';
import { BATCH } from './engine.ts';
import { lookForEvidence, lookForMembers, lookForRecords } from './look.ts';
import { contextOf } from './plan-context.ts';
import { breathe, type Run } from './run-state.ts';
import { enlist } from './worklist.ts';

/** Plans of a batch of addresses as things stand in the store. */
export const plansOf = async (run: Run, addresses: readonly AddressKey[]): Promise<readonly AddressPlan[]> => {
  const hood = await run.engine.store.neighbourhood(run.view.profile.id, [run.view.crm, run.view.marketing], addresses);
  const around = surroundingsOf(hood, run.view);
  const context = contextOf(run);
  return addresses.map((address) => planAddress(address, around(address), run.view, context));
};

/**
 * Plans of a batch, after asking both systems what only they can tell: evidence of own opt-ins that could lift an opt-out
 * (C7), and every CRM record of an opted-out address, also those no read has shown yet (C1).
 */
export const informedPlansOf = async (
  run: Run,
  addresses: readonly AddressKey[],
  createsTell = false,
): Promise<readonly AddressPlan[]> => {
  const first = await plansWithStrangers(run, addresses, createsTell);
  const evidence = await askEvidence(run, first);
  const asked = evidence ? await plansOf(run, addresses) : first;
  const unknown = asked.filter((plan) => plan.asksCrm).map((plan) => plan.address);
  if (unknown.length === 0) return asked;
  await lookForRecords(run, unknown);
  await enlist(run, 'asked', unknown);
  return plansOf(run, addresses);
};

/** Plans of a batch for its fields: before a CRM record is made, the CRM is asked whether it has one that no read showed (I7). */
export const plansBeforeFields = async (
  run: Run,
  addresses: readonly AddressKey[],
  createsTell: boolean,
): Promise<readonly AddressPlan[]> => {
  const first = await plansWithStrangers(run, addresses, createsTell);
  const creating = first.filter((plan) =>
    plan.fields.some((write) => write.side === 'crm' && write.op.kind === 'create'),
  );
  if (creating.length === 0) return first;
  await lookForRecords(
    run,
    creating.map((plan) => plan.address),
  );
  return plansOf(run, addresses);
};

/**
 * A system that lists no opted-out addresses without a contact is asked about each address that has a CRM record and no
 * member, once a run, whenever the CRM record changes (C1). `createsTell`: not about whoever this run makes a member of, since
 * no connector makes one without a look, and its answer shows an opt-out (contract: `create`); see `strangersMade`.
 */
const plansWithStrangers = async (
  run: Run,
  addresses: readonly AddressKey[],
  createsTell: boolean,
): Promise<readonly AddressPlan[]> => {
  const plans = await plansOf(run, addresses);
  if (run.view.can.marketing.listsOptedOutWithoutContact) return plans;
  const sides = (plan: AddressPlan) => new Set(plan.buckets.map((bucket) => bucket.side));
  const strangers = plans.filter(
    (plan) => sides(plan).has('crm') && !sides(plan).has('marketing') && !(createsTell && makesMember(plan)),
  );
  const list = 'asked.marketing';
  const among = strangers.map((plan) => plan.address);
  const asked = await run.engine.store.enlisted(run.view.profile.id, list, among);
  const unasked = among.filter((address) => !asked.has(address));
  if (unasked.length === 0) return plans;
  await lookForMembers(run, unasked);
  await enlist(run, list, unasked);
  return plansOf(run, addresses);
};

export const makesMember = (plan: AddressPlan): boolean =>
  plan.fields.some(({ side, op }) => side === 'marketing' && op.kind === 'create');

/**
 * After the creates of a batch that were to tell: whoever they showed opted out is due for the next opt-outs of this run, and
 * whoever was not made a member after all is asked about.
 */
export const strangersMade = async (run: Run, before: readonly AddressPlan[]): Promise<void> => {
  const made = before.filter(makesMember).map((plan) => plan.address);
  if (run.view.can.marketing.listsOptedOutWithoutContact || made.length === 0) return;
  const plans = await plansWithStrangers(run, made, false);
  const optedOut = plans.filter((plan) => plan.asksCrm || plan.consent.length > 0).map((plan) => plan.address);
  if (optedOut.length === 0) return;
  await run.engine.store.markDirty(run.view.profile.id, optedOut, run.engine.clock.now());
};

const askEvidence = async (run: Run, plans: readonly AddressPlan[]): Promise<boolean> => {
  const wanted = plans.filter((plan) => plan.asksEvidenceSince !== null);
  const members = wanted.flatMap((plan) => {
    const record = plan.buckets.find((bucket) => bucket.side === 'marketing')?.record;
    return record === undefined || plan.asksEvidenceSince === null ? [] : [{ record, since: plan.asksEvidenceSince }];
  });
  await lookForEvidence(run, members);
  return members.length > 0;
};

/** Walks through all dirty addresses that are due, a batch of `size` at a time. `consentSince`: see `Store.dirty`. */
export const eachDirtyBatch = async (
  run: Run,
  work: (marks: readonly DirtyMark[]) => Promise<void>,
  consentSince: number | null = null,
  size: () => number = () => run.engine.batch ?? BATCH,
): Promise<void> => {
  let after: AddressKey | null = null;
  for (;;) {
    await breathe(run);
    const marks: readonly DirtyMark[] = await run.engine.store.dirty(
      run.view.profile.id,
      run.engine.clock.now(),
      after,
      size(),
      consentSince,
    );
    if (marks.length === 0) return;
    // Erased people are worked on where a read shows them (C25): without a row there is nothing to plan.
    await work(marks.filter(({ address }) => !isErased(address)));
    after = marks.at(-1)?.address ?? null;
  }
};
