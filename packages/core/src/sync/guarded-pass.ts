import { type Hold, releasesItself, tooManyOptOuts } from '../consent/guards.ts';
import type { AddressKey } from '../identity/address.ts';
import { type Allowed, type Choose, carryOut, record } from './carry-out.ts';
import { plansOf } from './decide-batch.ts';
import { BATCH } from './engine.ts';
import type { Run } from './run-state.ts';
import { changeService } from './service.ts';

const DAY_MS = 24 * 3_600_000;

/** C23: above the limit the whole set is held; what was released by `approve` goes out. */
export const guardedPass = async (
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
  if (hold && allowed === 'everything' && run.mode === 'sync') await holdOptOuts(run, fresh);
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

const holdOptOuts = async (run: Run, addresses: readonly AddressKey[]): Promise<void> => {
  if (addresses.length === 0) return;
  const facts = new Set<number>();
  for (let i = 0; i < addresses.length; i += BATCH) {
    for (const plan of await plansOf(run, addresses.slice(i, i + BATCH)))
      for (const n of plan.verdict.because) facts.add(n);
  }
  const why = `${addresses.length} people would be opted out or leave ${run.marketing.connector.title} by what the CRM said, more than guards.optOuts allows within 24 hours (C23)`;
  await putHold(run, {
    kind: 'opt-outs',
    addresses,
    facts: [...facts],
    why,
  });
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
      runs: same ? [...before.runs, run.id] : [run.id],
      since: before?.since ?? now,
    };
    return { ...service, holds: [...service.holds.filter((one) => one.kind !== found.kind), hold] };
  });
};

const isSameSet = (a: Pick<Hold, 'addresses' | 'facts'>, b: Pick<Hold, 'addresses' | 'facts'>): boolean =>
  JSON.stringify([[...a.addresses].sort(), [...a.facts].sort()]) ===
  JSON.stringify([[...b.addresses].sort(), [...b.facts].sort()]);
