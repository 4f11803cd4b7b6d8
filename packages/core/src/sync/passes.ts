import { type Hold, releasesItself, tooManyOptOuts } from '../consent/guards.ts';
import type { AddressKey } from '../identity/address.ts';
import { type PlannedWrite, writeDigest } from '../plan/op.ts';
import type { AddressPlan } from '../plan/plan-address.ts';
import type { DirtyMark } from '../state/store.ts';
import { eachDirtyBatch, informedPlansOf, plansBeforeFields, plansOf } from './decide-batch.ts';
import { BATCH } from './engine.ts';
import { breathe, note, type Run } from './run-state.ts';
import { changeService } from './service.ts';
import { settlementOf, type Worked } from './settle-batch.ts';
import { type Addressed, type SystemStopped, send, type Written } from './write.ts';

const DAY_MS = 24 * 3_600_000;

/** What may be written at all: nothing before the first approval, only people's own opt-outs after a changed profile (C29, C23). */
export type Allowed = 'everything' | 'own-opt-outs' | 'nothing';

/** Which writes of a plan a pass sends now; the others stay as they are. */
type Choose = (plan: AddressPlan) => readonly PlannedWrite[];

const record = (run: Run, plan: AddressPlan, writes: readonly PlannedWrite[], held: boolean): void => {
  for (const write of writes) {
    note(run, `${held ? 'held' : 'planned'}.${write.side}.${write.op.kind}`);
    if (write.op.kind === 'create' && write.op.as === 'pending') note(run, 'people.invited');
    if (run.lines.length >= run.lineLimit) continue;
    const { op } = write;
    const fields =
      op.kind === 'patch' || op.kind === 'create' ? Object.keys(op.fields) : 'set' in op ? Object.keys(op.set) : [];
    const target = 'record' in op ? op.record : null;
    run.lines.push({
      address: plan.address,
      side: write.side,
      record: target,
      kind: op.kind,
      rule: write.rule,
      fields,
      held,
    });
  }
};

/** What the plan of a first run must show in numbers (C29), of people rather than of writes. */
const count = (run: Run, plan: AddressPlan): void => {
  for (const one of plan.listed) note(run, `listed.${one.reason}`);
  if (plan.buckets.filter((bucket) => bucket.side === 'crm').length > 1) note(run, 'people.sharedAddress');
  if (plan.overwrites > 0) note(run, 'fields.overwritten', plan.overwrites);
};

/** Sends what was chosen for a batch, opt-outs of both sides before anything else, and plans again as things then stand. */
const carryOut = async (
  run: Run,
  marks: readonly DirtyMark[],
  plans: readonly AddressPlan[],
  choose: Choose,
  more: { readonly unfinished: (plan: AddressPlan) => boolean; readonly held: (plan: AddressPlan) => boolean },
): Promise<void> => {
  const chosen = plans.map((plan) => ({ plan, writes: choose(plan) }));
  if (run.mode === 'plan') return;
  const all: Addressed[] = chosen.flatMap(({ plan, writes }) =>
    writes.map((write) => ({ address: plan.address, write, tries: plan.tries.get(writeDigest(write)) ?? 0 })),
  );
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
  const after =
    all.length === 0
      ? plans
      : await plansOf(
          run,
          plans.map((plan) => plan.address),
        );
  const byAddress = groupByAddress(written);
  const worked = plans.map(
    (before, i): Worked => ({
      mark: marks[i] as DirtyMark,
      before,
      after: after[i] as AddressPlan,
      written: byAddress.get(before.address) ?? [],
      held: more.held(before),
      unfinished: more.unfinished(before) || stopped !== null,
    }),
  );
  await run.engine.store.settle(
    run.lease,
    run.view.profile.id,
    run.id,
    worked.map((one) => settlementOf(run, one)),
    [],
    written.map((one) => one.change),
  );
  if (stopped !== null) throw stopped;
};

const groupByAddress = (written: readonly Written[]): ReadonlyMap<AddressKey, readonly Written[]> => {
  const groups = new Map<AddressKey, Written[]>();
  for (const one of written) groups.set(one.address, [...(groups.get(one.address) ?? []), one]);
  return groups;
};

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

/** C23: above the limit the whole set is held; what was released by `approve` goes out. */
const guardedPass = async (
  run: Run,
  addresses: readonly AddressKey[],
  allowed: Allowed,
  kind: 'opt-outs' | 'leaving',
  choose: Choose,
): Promise<void> => {
  if (addresses.length === 0) return;
  const released = new Set([
    ...run.service.released.addresses,
    ...(allowed === 'everything' ? await selfReleased(run) : []),
  ]);
  const fresh = addresses.filter((address) => !released.has(address));
  const hold = allowed !== 'everything' || isTooMany(run, fresh, await run.engine.store.count(run.view.marketing));
  const held = hold ? new Set(fresh) : new Set<string>();
  if (hold && run.mode === 'sync') await holdOptOuts(run, fresh, allowed);
  for (let i = 0; i < addresses.length; i += BATCH) {
    const batch = addresses.slice(i, i + BATCH);
    const marks = await run.engine.store.marks(run.view.profile.id, batch);
    const plans = await plansOf(run, batch);
    for (const plan of plans) {
      record(run, plan, choose(plan), held.has(plan.address));
      if (allowed === 'everything' || kind !== 'opt-outs') continue;
      run.guarded.add(plan.address);
      for (const n of plan.verdict.because) run.guardedFacts.add(n);
    }
    if (allowed === 'nothing') continue;
    await carryOut(run, marks, plans, (plan) => (held.has(plan.address) ? [] : choose(plan)), {
      unfinished: () => kind === 'opt-outs',
      held: (plan) => held.has(plan.address),
    });
  }
  if (run.mode === 'plan' || allowed === 'nothing') return;
  const people = addresses.length - held.size;
  const now = run.engine.clock.now();
  run.service = await changeService(run.engine.store, run.view.profile.id, (service) => ({
    ...service,
    pushed: [...service.pushed.filter((one) => now - one.at < DAY_MS), ...(people > 0 ? [{ at: now, people }] : [])],
    released: {
      ...service.released,
      addresses: service.released.addresses.filter((address) => !addresses.includes(address as AddressKey)),
    },
  }));
};

/** What was sent in the last 24 hours counts too, so that a mistake cannot go out in slices (C23). */
const isTooMany = (run: Run, fresh: readonly AddressKey[], members: number): boolean => {
  const now = run.engine.clock.now();
  const before = run.service.pushed.filter((one) => now - one.at < DAY_MS).reduce((sum, one) => sum + one.people, 0);
  return fresh.length > 0 && tooManyOptOuts(before + fresh.length, members, run.view.profile.guards.optOuts);
};

/** The held set that nobody answered for a day, if each of its facts was seen to change by itself (C23). */
const selfReleased = async (run: Run): Promise<readonly string[]> => {
  const hold = run.service.holds.find((one) => one.kind === 'opt-outs');
  if (hold === undefined) return [];
  const numbers = new Set(hold.facts);
  const facts = await run.engine.store.factsOf(hold.addresses as readonly AddressKey[]);
  const theirs = facts.filter((fact) => numbers.has(fact.n));
  return releasesItself(hold, theirs, run.engine.clock.now()) ? hold.addresses : [];
};

const holdOptOuts = async (run: Run, addresses: readonly AddressKey[], allowed: Allowed): Promise<void> => {
  if (addresses.length === 0 || allowed === 'nothing') return;
  const facts = new Set<number>();
  for (let i = 0; i < addresses.length; i += BATCH) {
    for (const plan of await plansOf(run, addresses.slice(i, i + BATCH)))
      for (const n of plan.verdict.because) facts.add(n);
  }
  const why = `${addresses.length} people would be opted out or leave ${run.marketing.connector.title} by what the CRM said, more than guards.optOuts allows within 24 hours (C23)`;
  await putHold(run, {
    run: run.id,
    kind: 'opt-outs',
    since: run.engine.clock.now(),
    addresses,
    facts: [...facts],
    why,
  });
};

export const putHold = async (run: Run, hold: Hold): Promise<void> => {
  run.service = await changeService(run.engine.store, run.view.profile.id, (service) => {
    const before = service.holds.find((one) => one.kind === hold.kind);
    return {
      ...service,
      holds: [
        ...service.holds.filter((one) => one.kind !== hold.kind),
        { ...hold, since: before?.since ?? hold.since },
      ],
    };
  });
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
    if (creates > 0) note(run, 'held.creates', creates);
    if (tooMany && run.mode === 'sync') {
      const why = `${creates} records would be created, more than guards.creates allows (C23)`;
      await putHold(run, {
        run: run.id,
        kind: 'creates',
        since: run.engine.clock.now(),
        addresses: [],
        facts: [],
        why,
      });
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
