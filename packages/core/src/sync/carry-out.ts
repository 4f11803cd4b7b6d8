import type { AddressKey } from '../identity/address.ts';
import { type PlannedWrite, writeDigest } from '../plan/op.ts';
import type { AddressPlan } from '../plan/plan-address.ts';
import type { DirtyMark } from '../state/store.ts';
import { plansOf } from './decide-batch.ts';
import { breathe, note, type Run } from './run-state.ts';
import { settlementOf } from './settle-batch.ts';
import { type SystemStopped, send } from './write.ts';
import type { Addressed, Written } from './written.ts';

/** Which writes of a plan a pass sends now; the others stay as they are. */
export type Choose = (plan: AddressPlan) => readonly PlannedWrite[];

/** What the plan of a first run must show in numbers (C29), of people rather than of writes. */
export const count = (run: Run, plan: AddressPlan): void => {
  for (const one of plan.listed) note(run, `listed.${one.reason}`);
  if (plan.buckets.filter((bucket) => bucket.side === 'crm').length > 1) note(run, 'people.sharedAddress');
  if (plan.overwrites > 0) note(run, 'fields.overwritten', plan.overwrites);
};

/** What of a batch is not finished by this pass, or held. */
export interface Leftovers {
  readonly unfinished: (plan: AddressPlan) => boolean;
  readonly held: (plan: AddressPlan) => boolean;
  readonly missing?: (plan: AddressPlan) => boolean;
  /** Told what became of every write, also where the system then takes nothing more. */
  readonly tell?: (written: readonly Written[]) => void;
}

/** Sends what was chosen for a batch, opt-outs of both sides before anything else, and plans again as things then stand. */
export const carryOut = async (
  run: Run,
  marks: readonly DirtyMark[],
  plans: readonly AddressPlan[],
  choose: Choose,
  left: Leftovers,
): Promise<void> => {
  if (run.mode === 'plan') return;
  const all = plans.flatMap((plan) => addressed(plan, choose(plan)));
  const written: Written[] = [];
  let stopped: SystemStopped | null = null;
  for (const side of ['marketing', 'crm'] as const) {
    const sent = await send(
      run,
      side,
      all.filter((one) => one.write.side === side),
    );
    written.push(...sent.written);
    stopped ??= sent.stopped;
    await breathe(run);
  }
  await settleWritten(run, marks, plans, written, {
    ...left,
    unfinished: (plan) => left.unfinished(plan) || stopped !== null,
  });
  left.tell?.(written);
  if (stopped !== null) throw stopped;
};

export const addressed = (plan: AddressPlan, writes: readonly PlannedWrite[]): readonly Addressed[] =>
  writes.map((write) => ({
    address: plan.address,
    write,
    tries: plan.tries.size === 0 ? 0 : (plan.tries.get(writeDigest(write)) ?? 0),
  }));

/** Plans again as things stand now, and remembers what was done and what is left. */
export const settleWritten = async (
  run: Run,
  marks: readonly DirtyMark[],
  plans: readonly AddressPlan[],
  written: readonly Written[],
  left: Leftovers,
): Promise<void> => {
  const byAddress = groupByAddress(written);
  const done = new Set(plans.filter((plan) => isAllDone(plan, byAddress.get(plan.address) ?? [])));
  const touched = plans.filter((plan) => byAddress.has(plan.address) && !done.has(plan)).map((plan) => plan.address);
  const now = new Map((await plansOf(run, touched)).map((plan) => [plan.address, plan]));
  const afterwards = plans.map((before) =>
    done.has(before) ? { ...before, fields: [] } : (now.get(before.address) ?? before),
  );
  // An opt-out that came up only now goes to records that nobody has looked for yet: work for the next run (C1, C8).
  const asking = afterwards.filter((plan) => plan.asksCrm).map((plan) => plan.address);
  const asked = await run.engine.store.enlisted(run.view.profile.id, 'asked', asking);
  const isUnasked = (plan: AddressPlan): boolean => plan.asksCrm && !asked.has(plan.address);
  const settlements = afterwards.map((after, i) => {
    const before = plans[i] as AddressPlan;
    return settlementOf(run, {
      mark: marks[i] as DirtyMark,
      before,
      after,
      written: byAddress.get(before.address) ?? [],
      held: left.held(before),
      unfinished: left.unfinished(before) || isUnasked(after),
      missing: left.missing?.(before) ?? false,
    });
  });
  const changes = written.map((one) => one.change);
  await run.engine.store.settle(run.lease, run.view.profile.id, run.id, settlements, [], changes);
};

/** Everything was made as asked and nothing else stood open: planning again would say just that, for the price of a plan. */
const isAllDone = (plan: AddressPlan, written: readonly Written[]): boolean =>
  written.length > 0 &&
  written.length === plan.fields.length &&
  plan.consent.length + plan.owed.length + plan.setAside.length + plan.listed.length + plan.links.length === 0 &&
  !plan.asksCrm &&
  written.every((one) => one.asAsked);

const groupByAddress = (written: readonly Written[]): ReadonlyMap<AddressKey, readonly Written[]> => {
  const groups = new Map<AddressKey, Written[]>();
  for (const one of written) groups.set(one.address, [...(groups.get(one.address) ?? []), one]);
  return groups;
};
