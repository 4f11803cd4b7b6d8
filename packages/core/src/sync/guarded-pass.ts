import { type Hold, releasesItself, tooManyOptOuts } from '../consent/guards.ts';
import type { AddressKey } from '../identity/address.ts';
import type { PlannedWrite } from '../plan/op.ts';
import type { AddressPlan } from '../plan/plan-address.ts';
import { type Choose, carryOut } from './carry-out.ts';
import { record } from './plan-line.ts';
import type { Allowed, Run } from './run-state.ts';
import { changeService } from './service.ts';
import { countEnlisted, eachEnlistedBatch } from './worklist.ts';

const DAY_MS = 24 * 3_600_000;

const factsOf = (writes: readonly PlannedWrite[]): readonly number[] => writes.flatMap(({ because }) => because);

/** C23: above the limit the whole set is held; what was released by `approve` goes out. */
export const guardedPass = async (
  run: Run,
  list: 'guarded' | 'leaving',
  allowed: Allowed,
  choose: Choose,
): Promise<void> => {
  const all = await countEnlisted(run, list);
  if (all === 0) return;
  const released = new Set<string>([
    ...run.service.released.addresses,
    ...(allowed === 'everything' ? await selfReleased(run) : []),
  ]);
  const { store } = run.engine;
  const profile = run.view.profile.id;
  const free = await store.enlisted(profile, list, [...released] as AddressKey[]);
  const fresh = all - free.size;
  const earlier = run.service.holds.find((one) => one.kind === 'opt-outs' && one.run === run.id) ?? null;
  // One set: whoever turns up later in a run that holds some is held with them.
  const hold =
    allowed !== 'everything' || earlier !== null || isTooMany(run, fresh, await store.count(run.view.marketing));
  const held = (plan: AddressPlan): boolean => hold && !free.has(plan.address);
  if (hold && fresh > 0 && allowed === 'everything' && run.mode === 'sync')
    await holdOptOuts(run, list, free, earlier, choose);
  const forOptOuts = list === 'guarded';
  await eachEnlistedBatch(run, list, async (plans, marks) => {
    for (const plan of plans) {
      record(run, plan, choose(plan), held(plan));
      if (allowed === 'everything' || !forOptOuts) continue;
      run.guarded.add(plan.address);
      for (const n of factsOf(choose(plan))) run.guardedFacts.add(n);
    }
    if (allowed === 'nothing') return;
    await carryOut(run, marks, plans, (plan) => (held(plan) ? [] : choose(plan)), {
      unfinished: () => forOptOuts,
      held,
    });
  });
  if (run.mode === 'plan' || allowed === 'nothing') return;
  const people = hold ? free.size : all;
  const now = run.engine.clock.now();
  run.service = await changeService(store, profile, (service) => ({
    ...service,
    pushed: [...service.pushed.filter((one) => now - one.at < DAY_MS), ...(people > 0 ? [{ at: now, people }] : [])],
    released: {
      ...service.released,
      addresses: service.released.addresses.filter((address) => !free.has(address as AddressKey)),
    },
  }));
};

/** What was sent in the last 24 hours counts too, so that a mistake cannot go out in slices (C23). */
const isTooMany = (run: Run, fresh: number, members: number): boolean => {
  const now = run.engine.clock.now();
  const before = run.service.pushed.filter((one) => now - one.at < DAY_MS).reduce((sum, one) => sum + one.people, 0);
  return fresh > 0 && tooManyOptOuts(before + fresh, members, run.view.profile.guards.optOuts);
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

/** What is held is listed whole: `approve` releases exactly these people, and no others. */
const holdOptOuts = async (
  run: Run,
  list: 'guarded' | 'leaving',
  free: ReadonlySet<AddressKey>,
  earlier: Hold | null,
  choose: Choose,
): Promise<void> => {
  const addresses = new Set<string>(earlier?.addresses);
  const facts = new Set<number>(earlier?.facts);
  await eachEnlistedBatch(run, list, async (plans) => {
    for (const plan of plans.filter(({ address }) => !free.has(address))) {
      addresses.add(plan.address);
      for (const n of factsOf(choose(plan))) facts.add(n);
    }
  });
  const why = `${addresses.size} people would be opted out or leave ${run.marketing.connector.title} by what the CRM said, more than guards.optOuts allows within 24 hours (C23)`;
  await putHold(run, { kind: 'opt-outs', addresses: [...addresses], facts: [...facts], why });
};

/** Remembers what is held. A later run that finds the same set keeps the earlier one's word, so that `approve` of either counts. */
export const putHold = async (run: Run, found: Omit<Hold, 'run' | 'runs' | 'since'>): Promise<void> => {
  const now = run.engine.clock.now();
  run.service = await changeService(run.engine.store, run.view.profile.id, (service) => {
    const before = service.holds.find((one) => one.kind === found.kind);
    const same = before !== undefined && isSameSet(before, found);
    const hold: Hold = {
      ...found,
      run: run.id,
      runs: same ? [...new Set([...before.runs, run.id])] : [run.id],
      since: before?.since ?? now,
    };
    return { ...service, holds: [...service.holds.filter((one) => one.kind !== found.kind), hold] };
  });
};

const isSameSet = (a: Pick<Hold, 'addresses' | 'facts'>, b: Pick<Hold, 'addresses' | 'facts'>): boolean =>
  JSON.stringify([[...a.addresses].sort(), [...a.facts].sort()]) ===
  JSON.stringify([[...b.addresses].sort(), [...b.facts].sort()]);
