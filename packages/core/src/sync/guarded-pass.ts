import { tooManyOptOuts } from '../consent/guards.ts';
import type { AddressKey } from '../identity/address.ts';
import type { PlannedWrite } from '../plan/op.ts';
import type { AddressPlan } from '../plan/plan-address.ts';
import { type Choose, carryOut } from './carry-out.ts';
import { plansOf } from './decide-batch.ts';
import { BATCH } from './engine.ts';
import { among, COUNTED, eachHeld, isApproved, isOfRun, letGo, putOptOuts, setOf, takeUp } from './holds.ts';
import { record } from './plan-line.ts';
import { type Allowed, note, type Run } from './run-state.ts';
import { changeService, type Pushed, RELEASED, serviceOf } from './service.ts';
import { countEnlisted, eachEnlistedBatch, enlist } from './worklist.ts';
import type { Written } from './written.ts';

const DAY_MS = 24 * 3_600_000;

/** How many a pass is about to opt out, until it has counted whom it did: whoever is killed in between has counted them, too. */
const GOING = 'guarded-going';

const isGuarded = (write: PlannedWrite): boolean => isGuardedOptOut(write) || isLeaving(write);
export const isGuardedOptOut = (write: PlannedWrite): boolean => write.guarded && write.op.kind === 'opt-out';
export const isLeaving = (write: PlannedWrite): boolean => write.op.kind === 'leave';

const factsOf = (writes: readonly PlannedWrite[]): readonly number[] => [
  ...new Set(writes.flatMap(({ because }) => because)),
];

/** C23: above the limit the whole set is held; what was released by `approve`, before or during this run, goes out. */
export const guardedPass = async (
  run: Run,
  list: 'guarded' | 'leaving',
  allowed: Allowed,
  choose: Choose,
): Promise<void> => {
  const all = await countEnlisted(run, list);
  if (all === 0) return;
  const { store } = run.engine;
  const profile = run.view.profile.id;
  run.service = await serviceOf(store, profile);
  await letGo(run, allowed);
  const free = await countFree(run, list);
  const interrupted = (await store.note(profile, GOING)) as Pushed | null;
  // One set: whoever turns up later in a run that holds some is held with them.
  const holds =
    allowed !== 'everything' ||
    run.service.holds.some((one) => one.kind === 'opt-outs' && isOfRun(one, run)) ||
    isTooMany(run, all - free, free, await store.count(run.view.marketing), interrupted);
  if (holds && all > free && allowed === 'everything' && run.mode === 'sync') await holdOptOuts(run, list, choose);
  const forOptOuts = list === 'guarded';
  const sends = run.mode === 'sync' && allowed !== 'nothing';
  const going = { at: run.engine.clock.now(), people: (holds ? free : all) + (interrupted?.people ?? 0) };
  if (sends && going.people > 0) await store.putNote(profile, GOING, going);
  let sent = 0;
  try {
    await eachEnlistedBatch(run, list, async (plans, marks) => {
      const addresses = plans.map(({ address }) => address);
      const go = await among(run, run.setsThatGo, addresses);
      const held = (plan: AddressPlan): boolean => holds && !go.has(plan.address);
      if (forOptOuts) await recordOptOuts(run, plans, choose, held);
      else for (const plan of plans) record(run, plan, choose(plan), held(plan));
      if (allowed !== 'everything' && forOptOuts && run.mode === 'sync')
        await gather(run, setOf('first-run', run.id), plans, choose);
      if (allowed === 'nothing') return;
      const carried = new Set<AddressKey>();
      try {
        await carryOut(run, marks, plans, (plan) => (held(plan) ? [] : choose(plan)), {
          unfinished: () => forOptOuts,
          held,
          tell: (written) => {
            sent += peopleOf(written, ({ intent }) => intent.state !== 'rejected').size;
            const failed = peopleOf(written, ({ done }) => !done);
            for (const address of peopleOf(written, () => true)) if (!failed.has(address)) carried.add(address);
          },
        });
      } finally {
        // Whoever was released stays so until carried, whatever a vendor says of that one person.
        if (carried.size > 0 && go.size > 0) await store.held.remove(run.lease, profile, RELEASED, [...carried]);
      }
    });
  } finally {
    if (sends) await keepCount(run, sent, interrupted);
  }
};

/** Refused is not sent, for one: it will be tried again, and counted then. */
const peopleOf = (written: readonly Written[], which: (one: Written) => boolean): ReadonlySet<AddressKey> =>
  new Set(written.filter(which).map(({ address }) => address));

/** How many of a list may go whatever a guard says. */
const countFree = async (run: Run, list: 'guarded' | 'leaving'): Promise<number> => {
  const { store, batch = BATCH } = run.engine;
  const profile = run.view.profile.id;
  if ((await store.held.count(profile, run.setsThatGo)) === 0) return 0;
  let free = 0;
  let after: AddressKey | null = null;
  for (;;) {
    const addresses: readonly AddressKey[] = await store.worklist(profile, list, after, batch);
    if (addresses.length === 0) return free;
    free += (await among(run, run.setsThatGo, addresses)).size;
    after = addresses.at(-1) ?? null;
  }
};

/** What goes out counts for 24 hours. */
const keepCount = async (run: Run, sent: number, interrupted: Pushed | null): Promise<void> => {
  const { store } = run.engine;
  const now = run.engine.clock.now();
  const more = [...(interrupted === null ? [] : [interrupted]), ...(sent > 0 ? [{ at: now, people: sent }] : [])];
  run.service = await changeService(store, run.view.profile.id, (service) => ({
    ...service,
    pushed: [...service.pushed, ...more].filter((one) => now - one.at < DAY_MS),
  }));
  await store.putNote(run.view.profile.id, GOING, null);
};

/** Whoever was released and has nothing to carry any more would pass the guard with the next opt-out, uncounted. */
export const forgetCarried = async (run: Run): Promise<void> => {
  for await (const people of eachHeld(run, RELEASED)) {
    const addresses = people.map(({ address }) => address);
    const plans = await plansOf(run, addresses);
    // Also whose refusal is too fresh to try again.
    const waits = new Set(
      plans.flatMap((plan) =>
        [...plan.consent, ...plan.fields, ...plan.waiting].some(isGuarded) ? [plan.address] : [],
      ),
    );
    const done = addresses.filter((address) => !waits.has(address));
    if (done.length > 0) await run.engine.store.held.remove(run.lease, run.view.profile.id, RELEASED, done);
  }
};

/** Opt-outs count as held once, and no longer once they go out after all. */
const recordOptOuts = async (
  run: Run,
  plans: readonly AddressPlan[],
  choose: Choose,
  held: (plan: AddressPlan) => boolean,
): Promise<void> => {
  const { store } = run.engine;
  const profile = run.view.profile.id;
  const addresses = plans.map(({ address }) => address);
  const counted = new Map(
    (await store.held.find(profile, [COUNTED], addresses)).map(({ address, writes }) => [address, writes]),
  );
  for (const plan of plans) {
    const before = counted.get(plan.address);
    if (before !== undefined && held(plan)) continue;
    if (before !== undefined) note(run, 'held.marketing.opt-out', -before);
    record(run, plan, choose(plan), held(plan));
  }
  await gather(
    run,
    COUNTED,
    plans.filter((plan) => held(plan) && !counted.has(plan.address)),
    choose,
  );
  const goes = plans.filter((plan) => !held(plan) && counted.has(plan.address)).map(({ address }) => address);
  if (goes.length > 0) await store.held.remove(run.lease, profile, COUNTED, goes);
};

const gather = async (run: Run, set: string, plans: readonly AddressPlan[], choose: Choose): Promise<void> => {
  const people = plans.map((plan) => {
    const writes = choose(plan);
    return { address: plan.address, facts: factsOf(writes), writes: writes.length };
  });
  if (people.length > 0) await run.engine.store.held.add(run.lease, run.view.profile.id, set, people);
};

/** Whether `approve` has released anybody whom no pass of this run has met since. */
export const isAnswered = async (run: Run): Promise<boolean> => run.approvedLate || isApproved(run);

/** Whom `approve` has released during this run: nothing marks them anew, so a later pass of the run would not meet them. */
export const enlistReleased = async (run: Run, isGuarded: (plan: AddressPlan) => boolean): Promise<void> => {
  if (!(await isAnswered(run))) return;
  await takeUp(run);
  run.approvedLate = false;
  for await (const people of eachHeld(run, RELEASED)) {
    const plans = await plansOf(
      run,
      people.map(({ address }) => address),
    );
    const due = plans.filter(isGuarded).map(({ address }) => address);
    await enlist(run, 'guarded', due);
  }
};

/** What was sent in the last 24 hours, or is about to be, counts too, so that a mistake cannot go out in slices (C23). */
const isTooMany = (run: Run, fresh: number, free: number, members: number, interrupted: Pushed | null): boolean => {
  const now = run.engine.clock.now();
  const lately = [...run.service.pushed, ...(interrupted === null ? [] : [interrupted])];
  const before = lately.filter((one) => now - one.at < DAY_MS).reduce((sum, one) => sum + one.people, 0);
  return fresh > 0 && tooManyOptOuts(before + free + fresh, members, run.view.profile.guards.optOuts);
};

/** What is held is listed whole, before anything else is done: `approve` releases exactly these people, and no others. */
const holdOptOuts = async (run: Run, list: 'guarded' | 'leaving', choose: Choose): Promise<void> => {
  const name = run.sets === 0 ? run.id : `${run.id}.${run.sets + 1}`;
  await eachEnlistedBatch(run, list, (plans) => gather(run, setOf('opt-outs', name), plans, choose));
  await putOptOuts(
    run,
    name,
    (people) =>
      `${people} people would be opted out or leave ${run.marketing.connector.title} by what the CRM said, more than guards.optOuts allows within 24 hours (C23)`,
  );
  if (run.service.holds.some((hold) => hold.run === name)) run.sets += 1;
};
