import { type Hold, releasesItself, runOfHold, tooManyOptOuts } from '../consent/guards.ts';
import type { AddressKey } from '../identity/address.ts';
import type { PlannedWrite } from '../plan/op.ts';
import type { AddressPlan } from '../plan/plan-address.ts';
import { type Choose, carryOut } from './carry-out.ts';
import { plansOf } from './decide-batch.ts';
import { BATCH } from './engine.ts';
import { record } from './plan-line.ts';
import { type Allowed, note, type Run } from './run-state.ts';
import { changeService, type Pushed, type Service, serviceOf } from './service.ts';
import { countEnlisted, eachEnlistedBatch, enlist } from './worklist.ts';
import type { Written } from './written.ts';

const DAY_MS = 24 * 3_600_000;

/** How many a pass is about to opt out, until it has counted whom it did: whoever is killed in between has counted them, too. */
const GOING = 'guarded-going';

const isGuarded = (write: PlannedWrite): boolean => isGuardedOptOut(write) || isLeaving(write);
export const isGuardedOptOut = (write: PlannedWrite): boolean => write.guarded && write.op.kind === 'opt-out';
export const isLeaving = (write: PlannedWrite): boolean => write.op.kind === 'leave';

const factsOf = (writes: readonly PlannedWrite[]): readonly number[] => writes.flatMap(({ because }) => because);

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
  const released = new Set<string>([
    ...run.service.released.addresses,
    ...(allowed === 'everything' ? await selfReleased(run) : []),
  ]);
  const free = await store.enlisted(profile, list, [...released] as AddressKey[]);
  const fresh = all - free.size;
  const interrupted = (await store.note(profile, GOING)) as Pushed | null;
  // One set: whoever turns up later in a run that holds some is held with them.
  const hold =
    allowed !== 'everything' ||
    run.service.holds.some((one) => one.kind === 'opt-outs' && isOfRun(one, run)) ||
    isTooMany(run, fresh, free.size, await store.count(run.view.marketing), interrupted);
  const held = (plan: AddressPlan): boolean => hold && !free.has(plan.address);
  if (hold && fresh > 0 && allowed === 'everything' && run.mode === 'sync') await holdOptOuts(run, list, free, choose);
  const forOptOuts = list === 'guarded';
  const tally: Tally = { sent: 0, carried: new Set(), failed: new Set() };
  const sends = run.mode === 'sync' && allowed !== 'nothing';
  const going = { at: run.engine.clock.now(), people: (hold ? free.size : all) + (interrupted?.people ?? 0) };
  if (sends && going.people > 0) await store.putNote(profile, GOING, going);
  try {
    await eachEnlistedBatch(run, list, async (plans, marks) => {
      for (const plan of plans) {
        (forOptOuts ? recordOptOuts : record)(run, plan, choose(plan), held(plan));
        if (allowed === 'everything' || !forOptOuts) continue;
        run.guarded.add(plan.address);
        for (const n of factsOf(choose(plan))) run.guardedFacts.add(n);
      }
      if (allowed === 'nothing') return;
      await carryOut(run, marks, plans, (plan) => (held(plan) ? [] : choose(plan)), {
        unfinished: () => forOptOuts,
        held,
        tell: (written) => countUp(tally, written, free),
      });
    });
  } finally {
    if (sends) await keepCount(run, tally, interrupted);
  }
};

/** What became of those whom a guard let go. */
interface Tally {
  /** To how many people's member something was done, or may have been. */
  sent: number;
  /** Of those who were released: whose writes are done, and whose failed alone. */
  readonly carried: Set<AddressKey>;
  readonly failed: Set<AddressKey>;
}

const countUp = (tally: Tally, written: readonly Written[], free: ReadonlySet<AddressKey>): void => {
  const failed = new Set(written.flatMap(({ done, address }) => (done ? [] : [address])));
  // Refused is not sent: it will be tried again, and counted then.
  tally.sent += new Set(written.flatMap(({ intent, address }) => (intent.state === 'rejected' ? [] : [address]))).size;
  for (const { address } of written)
    if (free.has(address)) (failed.has(address) ? tally.failed : tally.carried).add(address);
};

/** What goes out counts for 24 hours; whoever was released stays so until carried, whatever a vendor says of that one person. */
const keepCount = async (run: Run, { sent, carried, failed }: Tally, interrupted: Pushed | null): Promise<void> => {
  const { store } = run.engine;
  const now = run.engine.clock.now();
  const more = [...(interrupted === null ? [] : [interrupted]), ...(sent > 0 ? [{ at: now, people: sent }] : [])];
  run.service = await changeService(store, run.view.profile.id, (service) => ({
    ...service,
    pushed: [...service.pushed, ...more].filter((one) => now - one.at < DAY_MS),
    released: {
      ...service.released,
      addresses: [...new Set([...service.released.addresses, ...failed])].filter(
        (address) => !carried.has(address as AddressKey),
      ),
    },
  }));
  await store.putNote(run.view.profile.id, GOING, null);
};

/** Of these people: for whom there is still something that a guard may hold, be it that a refusal is too fresh to try again. */
export const stillGuarded = async (run: Run, released: readonly string[]): Promise<ReadonlySet<string>> => {
  const addresses = released as readonly AddressKey[];
  const left = new Set<string>();
  for (let i = 0; i < addresses.length; i += BATCH) {
    const plans = await plansOf(run, addresses.slice(i, i + BATCH));
    for (const plan of plans)
      if ([...plan.consent, ...plan.fields, ...plan.waiting].some(isGuarded)) left.add(plan.address);
  }
  return left;
};

/** Opt-outs count as held once, and no longer once they go out after all. */
const recordOptOuts = (run: Run, plan: AddressPlan, writes: readonly PlannedWrite[], held: boolean): void => {
  const counted = run.held.get(plan.address);
  if (held && counted !== undefined) return;
  if (held) run.held.set(plan.address, writes.length);
  else if (counted !== undefined) {
    note(run, 'held.marketing.opt-out', -counted);
    run.held.delete(plan.address);
  }
  record(run, plan, writes, held);
};

/** Whether `approve` has released anybody whom this very run holds. */
export const isAnswered = async (run: Run): Promise<boolean> => {
  if (run.held.size === 0) return false;
  run.service = await serviceOf(run.engine.store, run.view.profile.id);
  return releasedInRun(run).length > 0;
};

const releasedInRun = (run: Run): readonly AddressKey[] =>
  (run.service.released.addresses as readonly AddressKey[]).filter((address) => run.held.has(address));

/** Whom this run held and `approve` has released since: nothing marks them anew, so a later pass of the run would not meet them. */
export const enlistReleased = async (run: Run, isGuarded: (plan: AddressPlan) => boolean): Promise<void> => {
  if (!(await isAnswered(run))) return;
  const released = releasedInRun(run);
  for (let i = 0; i < released.length; i += BATCH) {
    const plans = await plansOf(run, released.slice(i, i + BATCH));
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

/** The held set that nobody answered for a day, if each of its facts was seen to change by itself (C23). */
const selfReleased = async (run: Run): Promise<readonly string[]> => {
  const hold = run.service.holds.find((one) => one.kind === 'opt-outs');
  if (hold === undefined) return [];
  const numbers = new Set(hold.facts);
  const facts = await run.engine.store.factsOf(hold.addresses as readonly AddressKey[]);
  const theirs = facts.filter((fact) => numbers.has(fact.n));
  return releasesItself(hold, theirs, run.engine.clock.now()) ? hold.addresses : [];
};

/** What is held is listed whole, before anything else is done: `approve` releases exactly these people, and no others. */
const holdOptOuts = async (
  run: Run,
  list: 'guarded' | 'leaving',
  free: ReadonlySet<AddressKey>,
  choose: Choose,
): Promise<void> => {
  const found = new Map<AddressKey, readonly number[]>();
  await eachEnlistedBatch(run, list, async (plans) => {
    for (const plan of plans) if (!free.has(plan.address)) found.set(plan.address, factsOf(choose(plan)));
  });
  const name = run.sets === 0 ? run.id : `${run.id}.${run.sets + 1}`;
  run.service = await changeService(run.engine.store, run.view.profile.id, (service) => {
    const before = service.holds.find((one) => one.kind === 'opt-outs');
    const joined = before !== undefined && isOfRun(before, run) ? before : null;
    // Somebody may have answered while this was counted: the answered ones are not held again.
    const answered = new Set(service.released.addresses);
    const fresh = [...found].filter(([address]) => !answered.has(address));
    if (fresh.length === 0) return service;
    const addresses = [...new Set([...(joined?.addresses ?? []), ...fresh.map(([address]) => address)])];
    const facts = [...new Set([...(joined?.facts ?? []), ...fresh.flatMap(([, theirs]) => theirs)])];
    const why = `${addresses.length} people would be opted out or leave ${run.marketing.connector.title} by what the CRM said, more than guards.optOuts allows within 24 hours (C23)`;
    return withHold(service, { kind: 'opt-outs', addresses, facts, why }, name, run);
  });
  if (run.service.holds.some((hold) => hold.run === name)) run.sets += 1;
};

/**
 * Remembers what is held, unless somebody has answered it meanwhile. A later run that finds the same set keeps the earlier one's
 * word, so that `approve` of either counts.
 */
export const putHold = async (
  run: Run,
  found: Found,
  isAnswered: (service: Service) => boolean = () => false,
): Promise<void> => {
  run.service = await changeService(run.engine.store, run.view.profile.id, (service) =>
    isAnswered(service) ? service : withHold(service, found, run.id, run),
  );
};

type Found = Omit<Hold, 'run' | 'runs' | 'since'>;

const withHold = (service: Service, found: Found, name: string, run: Run): Service => {
  const before = service.holds.find((one) => one.kind === found.kind);
  const same = before !== undefined && isSameSet(before, found);
  if (same && isOfRun(before, run)) return service;
  const hold: Hold = {
    ...found,
    run: name,
    runs: same ? [...new Set([...before.runs, name])] : [name],
    since: before?.since ?? run.engine.clock.now(),
  };
  return { ...service, holds: [...service.holds.filter((one) => one.kind !== found.kind), hold] };
};

const isOfRun = (hold: Hold, { id }: Run): boolean => runOfHold(hold.run) === id;

const isSameSet = (a: Pick<Hold, 'addresses' | 'facts'>, b: Pick<Hold, 'addresses' | 'facts'>): boolean =>
  JSON.stringify([[...a.addresses].sort(), [...a.facts].sort()]) ===
  JSON.stringify([[...b.addresses].sort(), [...b.facts].sort()]);
