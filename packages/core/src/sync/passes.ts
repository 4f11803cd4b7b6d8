import type { AddressKey } from '../identity/address.ts';
import type { PlannedWrite } from '../plan/op.ts';
import type { AddressPlan } from '../plan/plan-address.ts';
import { type Allowed, carryOut, count, record } from './carry-out.ts';
import { eachDirtyBatch, informedPlansOf, plansBeforeFields, plansOf } from './decide-batch.ts';
import { BATCH } from './engine.ts';
import { guardedPass, putHold } from './guarded-pass.ts';
import { note, type Run } from './run-state.ts';

const isGuardedOptOut = (write: PlannedWrite): boolean => write.guarded && write.op.kind === 'opt-out';
const isLeaving = (write: PlannedWrite): boolean => write.op.kind === 'leave';
const isClear = (write: PlannedWrite): boolean => write.op.kind === 'clear';
const isMemberCreate = (write: PlannedWrite): boolean => write.op.kind === 'create';

/**
 * Opt-outs first: read, decided and tried before any other change (C21). Those that a guard may hold are counted over the
 * whole run before the first of them is sent (C23).
 */
export const optOutPass = async (run: Run, allowed: Allowed): Promise<void> => {
  const guarded: AddressKey[] = [];
  const due = await run.engine.store.countDirty(run.view.profile.id, run.engine.clock.now());
  let done = 0;
  await eachDirtyBatch(run, async (marks) => {
    done += marks.length;
    run.engine.progress({ profile: run.view.profile.id, doing: 'carrying opt-outs', done, of: due });
    const plans = await informedPlansOf(
      run,
      marks.map((mark) => mark.address),
    );
    for (const plan of plans) if (plan.consent.some(isGuardedOptOut)) guarded.push(plan.address);
    const free = (plan: AddressPlan): readonly PlannedWrite[] =>
      plan.consent.filter((write) => !isGuardedOptOut(write) && (allowed === 'everything' || !isClear(write)));
    for (const plan of plans) {
      if (plan.consent.some(isClear)) run.cleared.add(plan.address);
      record(run, plan, free(plan), allowed === 'nothing');
      if (allowed !== 'everything') record(run, plan, plan.consent.filter(isClear), true);
    }
    if (allowed === 'nothing') return;
    const busy = plans.filter((plan) => free(plan).length > 0 || plan.owed.length > 0);
    const busyAddresses = new Set(busy.map((plan) => plan.address));
    const busyMarks = marks.filter((mark) => busyAddresses.has(mark.address));
    await carryOut(run, busyMarks, busy, free, { unfinished: () => true, held: () => false });
  });
  await guardedPass(run, guarded, allowed, 'opt-outs', (plan) => plan.consent.filter(isGuardedOptOut));
};

/** An opt-out that came up only now goes to records that nobody has looked for yet: work for the next run (C1, C8). */
const isUnasked = (run: Run, plan: AddressPlan): boolean => plan.asksCrm && !run.asked.has(plan.address);

/** Every other change: fields, creates, renames, members whose record left. Settles each address for this run. */
export const fieldsPass = async (run: Run, allowed: Allowed, between: () => Promise<void>): Promise<void> => {
  const creating: AddressKey[] = [];
  const due = await run.engine.store.countDirty(run.view.profile.id, run.engine.clock.now());
  let done = 0;
  const leaving: AddressKey[] = [];
  const limit = run.view.profile.guards.creates;
  let creates = 0;
  const heldOptOuts = new Set(
    run.service.holds.filter((hold) => hold.kind === 'opt-outs').flatMap((hold) => hold.addresses),
  );
  await eachDirtyBatch(run, async (marks) => {
    const plans = await plansBeforeFields(
      run,
      marks.map((mark) => mark.address),
    );
    const later = (write: PlannedWrite): boolean =>
      isLeaving(write) || (isMemberCreate(write) && !run.service.released.creates);
    const now = (plan: AddressPlan): readonly PlannedWrite[] =>
      heldOptOuts.has(plan.address) || run.cleared.has(plan.address)
        ? []
        : plan.fields.filter((write) => !later(write));
    for (const plan of plans) {
      count(run, plan);
      record(run, plan, now(plan), allowed !== 'everything');
      if (plan.fields.some(isLeaving)) leaving.push(plan.address);
      if (plan.fields.some((write) => later(write) && isMemberCreate(write))) {
        creates += 1;
        if (creates <= limit) creating.push(plan.address);
      }
    }
    if (allowed === 'everything') {
      const waits = (plan: AddressPlan): boolean => plan.fields.some(later) || isUnasked(run, plan);
      await carryOut(run, marks, plans, now, {
        unfinished: waits,
        held: (plan) => heldOptOuts.has(plan.address),
      });
    } else {
      const held = (plan: AddressPlan): boolean => plan.fields.length + plan.consent.length > 0;
      await carryOut(run, marks, plans, () => [], { unfinished: () => false, held });
    }
    done += marks.length;
    run.engine.progress({ profile: run.view.profile.id, doing: 'carrying fields', done, of: due });
    await between();
  });
  await createPass(run, creating, creates, allowed);
  await guardedPass(run, leaving, allowed, 'leaving', (plan) => plan.fields.filter(isLeaving));
};

/** Above `guards.creates` nothing is created (C23). */
const createPass = async (
  run: Run,
  addresses: readonly AddressKey[],
  creates: number,
  allowed: Allowed,
): Promise<void> => {
  const tooMany = creates > run.view.profile.guards.creates;
  if (tooMany || allowed !== 'everything') {
    // The writes themselves are only listed where there are few enough to hold in mind.
    if (tooMany) note(run, 'held.marketing.create', creates);
    if (tooMany && run.mode === 'sync') {
      const why = `${creates} records would be created, more than guards.creates allows (C23)`;
      await putHold(run, { kind: 'creates', addresses: [], facts: [], why });
    }
    if (tooMany) return;
  }
  for (let i = 0; i < addresses.length; i += BATCH) {
    const batch = addresses.slice(i, i + BATCH);
    const marks = await run.engine.store.marks(run.view.profile.id, batch);
    const plans = await plansOf(run, batch);
    const choose = (plan: AddressPlan): readonly PlannedWrite[] => plan.fields.filter(isMemberCreate);
    for (const plan of plans) record(run, plan, choose(plan), allowed !== 'everything');
    if (allowed === 'everything')
      await carryOut(run, marks, plans, choose, { unfinished: () => false, held: () => false });
  }
};
