import type { PlannedWrite } from '../plan/op.ts';
import type { AddressPlan } from '../plan/plan-address.ts';
import type { DirtyMark, Worklist } from '../state/store.ts';
import { carryOut, count } from './carry-out.ts';
import { eachDirtyBatch, informedPlansOf, makesMember, plansBeforeFields, strangersMade } from './decide-batch.ts';
import { fullCalls } from './full-calls.ts';
import { enlistReleased, guardedPass, isGuardedOptOut, isLeaving } from './guarded-pass.ts';
import { heldAmong, putHold } from './holds.ts';
import { jobPass, mayGoByJob } from './job-pass.ts';
import { record } from './plan-line.ts';
import type { Allowed } from './run-state.ts';
import { note, type Run } from './run-state.ts';
import { serviceOf } from './service.ts';
import { countEnlisted, eachEnlistedBatch, enlist } from './worklist.ts';
import { SystemStopped } from './write.ts';

const isClear = (write: PlannedWrite): boolean => write.op.kind === 'clear';
const isMemberCreate = (write: PlannedWrite): boolean => write.op.kind === 'create';

const addressesWith = (plans: readonly AddressPlan[], has: (plan: AddressPlan) => boolean) =>
  plans.filter(has).map((plan) => plan.address);

/**
 * Opt-outs first: read, decided and tried before any other change (C21). Those that a guard may hold are counted over the
 * whole run before the first of them is sent (C23). A system that takes nothing stops its own opt-outs, not those of the other.
 */
export const optOutPass = async (
  run: Run,
  allowed: Allowed,
  /** Only what came since the pass that ended with this mark; null: everybody who is dirty. */
  since: number | null = null,
): Promise<void> => {
  await run.engine.store.clearWorklist(run.lease, run.view.profile.id, 'guarded');
  const due = await run.engine.store.countDirty(run.view.profile.id, run.engine.clock.now());
  let done = 0;
  let stopped = null as SystemStopped | null; // Set in a callback, where the compiler does not look.
  await eachDirtyBatch(
    run,
    async (marks) => {
      done += marks.length;
      run.engine.progress({ profile: run.view.profile.id, doing: 'carrying opt-outs', done, of: due });
      const plans = await informedPlansOf(
        run,
        marks.map((mark) => mark.address),
        createsGo(run, allowed, due),
      );
      const free = (plan: AddressPlan): readonly PlannedWrite[] =>
        plan.consent.filter(
          (write) =>
            write.side !== stopped?.side && !isGuardedOptOut(write) && (allowed === 'everything' || !isClear(write)),
        );
      for (const plan of plans) {
        record(run, plan, free(plan), allowed === 'nothing');
        if (allowed !== 'everything') record(run, plan, plan.consent.filter(isClear), true);
      }
      await enlist(
        run,
        'guarded',
        addressesWith(plans, (plan) => plan.consent.some(isGuardedOptOut)),
      );
      await enlist(
        run,
        'cleared',
        addressesWith(plans, (plan) => plan.consent.some(isClear)),
      );
      if (allowed === 'nothing') return;
      const busy = plans.filter((plan) => free(plan).length > 0 || plan.owed.length > 0);
      const busyAddresses = new Set(busy.map((plan) => plan.address));
      const busyMarks = marks.filter((mark) => busyAddresses.has(mark.address));
      try {
        await carryOut(run, busyMarks, busy, free, { unfinished: () => true, held: () => false });
      } catch (error) {
        if (!(error instanceof SystemStopped) || stopped !== null) throw error;
        stopped = error;
      }
    },
    since,
  );
  if (since !== null) await enlistReleased(run, (plan) => plan.consent.some(isGuardedOptOut));
  // Guarded is only what goes to the marketing system.
  if (stopped === null || stopped.side === 'crm')
    await guardedPass(run, 'guarded', allowed, (plan) => plan.consent.filter(isGuardedOptOut));
  if (stopped !== null) throw stopped;
};

/** Members are made in this run, without being counted first: no more people are due than may be made at once (C23). */
const createsGo = (run: Run, allowed: Allowed, people: number): boolean =>
  run.mode === 'sync' &&
  allowed === 'everything' &&
  (run.service.released.creates || people <= run.view.profile.guards.creates);

/** Every other change: fields, creates, renames, members whose record left. Settles each address for this run. */
export const fieldsPass = async (run: Run, allowed: Allowed, between: () => Promise<void>): Promise<void> => {
  const { store } = run.engine;
  const { profile } = run.view;
  const due = await store.countDirty(profile.id, run.engine.clock.now());
  let done = 0;
  let created = 0;
  /** If no more people are due than may be created, and no more have come since, there is no need to count first. */
  const createsAtOnce = (): boolean => run.service.released.creates || Math.max(due, done) <= profile.guards.creates;
  const calls = fullCalls(run.view.can.marketing.createsInOne, run.engine.batch);
  const workOn = async (marks: readonly DirtyMark[]): Promise<void> => {
    done += marks.length;
    const addresses = marks.map((mark) => mark.address);
    const createsTell = createsGo(run, allowed, Math.max(due, done));
    const plans = await plansBeforeFields(run, addresses, createsTell);
    const cleared = await store.enlisted(profile.id, 'cleared', addresses);
    const gone = await store.enlisted(profile.id, 'missing', addresses);
    const held = await heldAmong(run, addresses);
    const isHeld = (plan: AddressPlan): boolean => held.has(plan.address);
    const rests = (plan: AddressPlan): boolean => isHeld(plan) || cleared.has(plan.address);
    const creating = createsTell ? plans.filter((plan) => !rests(plan) && makesMember(plan)) : [];
    const later = calls.waiting(
      creating.map((plan) => plan.address),
      marks.length,
    );
    /** Where a write waits until the whole run is counted, or until its call is full; null: it goes with its batch. */
    const waitsOn = (plan: AddressPlan, write: PlannedWrite): Worklist | null => {
      if (isLeaving(write)) return 'leaving';
      if (isMemberCreate(write)) return createsAtOnce() && !later.has(plan.address) ? null : 'creates';
      return mayGoByJob(run, write, due) ? `jobs.${write.side}` : null;
    };
    const now = (plan: AddressPlan): readonly PlannedWrite[] =>
      rests(plan) ? [] : plan.fields.filter((write) => waitsOn(plan, write) === null);
    for (const plan of plans) {
      count(run, plan);
      record(run, plan, now(plan), allowed !== 'everything');
      created += now(plan).filter(isMemberCreate).length;
    }
    for (const list of ['creates', 'leaving', 'jobs.crm', 'jobs.marketing'] as const) {
      const waiting = (plan: AddressPlan): boolean =>
        plan.fields.some((write) => waitsOn(plan, write) === list) && !(list.startsWith('jobs.') && rests(plan));
      await enlist(run, list, addressesWith(plans, waiting));
    }
    if (allowed === 'everything') {
      await carryOut(run, marks, plans, now, {
        unfinished: (plan) => plan.fields.some((write) => waitsOn(plan, write) !== null),
        held: isHeld,
        missing: (plan) => gone.has(plan.address),
      });
      const made = plans.filter((plan) => !later.has(plan.address));
      if (createsTell) await strangersMade(run, made);
    } else {
      const held = (plan: AddressPlan): boolean => plan.fields.length + plan.consent.length > 0;
      await carryOut(run, marks, plans, () => [], { unfinished: () => false, held });
    }
    run.engine.progress({ profile: profile.id, doing: 'carrying fields', done, of: due });
    await between();
  };
  await eachDirtyBatch(run, workOn, null, calls.size);
  const waiting = await createPass(run, allowed, created, between);
  for (const side of ['marketing', 'crm'] as const) await jobPass(run, side, allowed, between);
  await guardedPass(run, 'leaving', allowed, (plan) => plan.fields.filter(isLeaving));
  if (waiting === 0 || run.mode === 'plan' || !(await mayCreateAll(run))) return;
  note(run, 'held.marketing.create', -waiting);
  await createPass(run, allowed, created, between);
};

/** Whether somebody has approved what `guards.creates` holds, be it during this very run (C23). */
const mayCreateAll = async (run: Run): Promise<boolean> => {
  run.service = await serviceOf(run.engine.store, run.view.profile.id);
  return run.service.released.creates;
};

/** Above `guards.creates` nothing is created (C23). Answers how many wait. */
const createPass = async (
  run: Run,
  allowed: Allowed,
  created: number,
  between: () => Promise<void>,
): Promise<number> => {
  const creates = await countEnlisted(run, 'creates');
  if (creates === 0) return 0;
  run.createsHeld = created + creates > run.view.profile.guards.creates && !(await mayCreateAll(run));
  if (run.createsHeld) {
    // The writes themselves are only listed where there are few enough to hold in mind.
    note(run, 'held.marketing.create', creates);
    const why = `${creates} records would be created, more than guards.creates allows (C23)`;
    if (run.mode === 'sync') await putHold(run, { kind: 'creates', people: 0, set: null, why });
    return creates;
  }
  await eachEnlistedBatch(run, 'creates', async (plans, marks) => {
    const choose = (plan: AddressPlan): readonly PlannedWrite[] => plan.fields.filter(isMemberCreate);
    for (const plan of plans) record(run, plan, choose(plan), allowed !== 'everything');
    if (allowed !== 'everything') return;
    await carryOut(run, marks, plans, choose, { unfinished: () => false, held: () => false });
    await strangersMade(run, plans);
    await between();
  });
  return 0;
};
