import type { Fact } from '../consent/fact.ts';
import { type Hold, mayReleaseItself, runOfHold, tellsOneByOne } from '../consent/guards.ts';
import type { AddressKey } from '../identity/address.ts';
import type { HeldPerson, Move } from '../state/held-people.ts';
import { BATCH } from './engine.ts';
import type { Allowed, Run } from './run-state.ts';
import { APPROVED, changeHolds, movesOf, RELEASED, type Service, setsOf } from './service.ts';

/** The set of those whom this run has counted as held. */
export const COUNTED = 'counted';

/** Where a run gathers whom it holds, until the document says so. */
export const setOf = (kind: Hold['kind'], name: string): string => `${kind} ${name}`;

const optOutsHeld = (run: Run): readonly Hold[] => run.service.holds.filter(({ kind }) => kind === 'opt-outs');

export const isOfRun = (hold: Hold, { id }: Run): boolean => runOfHold(hold.run) === id;

/** What earlier runs, killed ones too, had gathered and counted is nothing any more; what is held or released stays. */
export const beginHolds = async (run: Run): Promise<void> => {
  const { held } = run.engine.store;
  const profile = run.view.profile.id;
  const sets = setsOf(run.service.holds);
  await held.keepOnly(run.lease, profile, [APPROVED, RELEASED, ...sets]);
  run.setsThatGo = run.mode === 'plan' ? [RELEASED, APPROVED] : [RELEASED];
  await takeUp(run);
};

/** From here on those go out whom somebody has approved since the last time; whether there were any. */
export const takeUp = async (run: Run): Promise<boolean> => {
  if (run.mode === 'plan' || !(await isApproved(run))) return false;
  await run.engine.store.held.move(run.lease, run.view.profile.id, { from: APPROVED, to: RELEASED });
  return true;
};

/** Whether `approve` has released anybody whom this run has not taken up yet. */
export const isApproved = async ({ engine, view }: Run): Promise<boolean> =>
  (await engine.store.held.count(view.profile.id, [APPROVED])) > 0;

/** Of these people: who stands in one of the sets. */
export const among = async (
  { engine, view }: Run,
  sets: readonly string[],
  addresses: readonly AddressKey[],
): Promise<ReadonlySet<AddressKey>> =>
  sets.length === 0
    ? new Set()
    : new Set((await engine.store.held.find(view.profile.id, sets, addresses)).map(({ address }) => address));

/**
 * Whose opt-outs are held, as things stand: somebody may answer, or a look may find more people, while fields go out (C23).
 * Whoever was approved and not taken up yet still is: their opt-out comes first (C21).
 */
export const heldAmong = async (run: Run, addresses: readonly AddressKey[]): Promise<ReadonlySet<AddressKey>> => {
  const held = await among(run, [...setsOf(optOutsHeld(run)), APPROVED], addresses);
  if (held.size === 0) return held;
  const go = await among(run, run.setsThatGo, [...held]);
  return new Set([...held].filter((address) => !go.has(address)));
};

/** Those of a held set who go out unanswered, and those who stay. */
const goingOf = (set: string): string => `going of ${set}`;
const stayingOf = (set: string): string => `staying of ${set}`;

/**
 * From here on those go out, although a guard would hold them, whom somebody has approved, and those of the held set that
 * nobody answered for a day, if each of its facts was seen to change by itself (C23). A plan only looks.
 */
export const letGo = async (run: Run, allowed: Allowed): Promise<void> => {
  const set = allowed === 'everything' ? await unansweredSet(run) : null;
  if (run.mode === 'plan') {
    if (set !== null) run.setsThatGo = [...run.setsThatGo, goingOf(set)];
    return;
  }
  const { store } = run.engine;
  const profile = run.view.profile.id;
  if (set !== null) run.service = await changeHolds(store, profile, (service) => withoutUnanswered(run, service, set));
  if (await takeUp(run)) run.approvedLate = true;
};

/** Nobody leaves a set that the document names: somebody may be reading it, to reject it. So whoever stays gets another one. */
const withoutUnanswered = async ({ engine, view }: Run, service: Service, set: string): Promise<Change> => {
  const hold = service.holds.find((one) => one.set === set);
  if (hold === undefined) return { service, moves: [] };
  const staying = stayingOf(set);
  const people = await engine.store.held.count(view.profile.id, [staying]);
  const others = service.holds.filter((one) => one !== hold);
  const holds = people === 0 ? others : [...others, { ...hold, people, set: staying }];
  const moves = [
    { from: set, to: null },
    { from: goingOf(set), to: RELEASED },
  ];
  return { service: { ...service, holds }, moves };
};

/** The held set of which somebody goes out unanswered. */
const unansweredSet = async (run: Run): Promise<string | null> => {
  const hold = optOutsHeld(run).find((one) => mayReleaseItself(one, run.engine.clock.now()));
  const set = hold?.set ?? null;
  if (set === null || !(await isOneByOne(run, set))) return null;
  const { held } = run.engine.store;
  for await (const people of eachHeld(run, set)) {
    // Whose record left rests on no fact, so nothing tells how that came.
    const going = people.filter(({ facts }) => facts.length > 0);
    await held.add(run.lease, run.view.profile.id, goingOf(set), going);
    await held.add(
      run.lease,
      run.view.profile.id,
      stayingOf(set),
      people.filter((one) => !going.includes(one)),
    );
  }
  return set;
};

const isOneByOne = async (run: Run, set: string): Promise<boolean> => {
  const oneByOne = tellsOneByOne();
  const told = new Set<number>();
  for await (const people of eachHeld(run, set)) {
    const numbers = new Set(people.flatMap(({ facts }) => facts).filter((n) => !told.has(n)));
    const facts = await factsAround(run, people, numbers);
    if (facts.length < numbers.size || !oneByOne(facts)) return false;
    for (const n of numbers) told.add(n);
  }
  return told.size > 0;
};

/** An opt-out that followed a person stands at the address where it was made (C15), in another system of the customer too (C26). */
const factsAround = async (
  { engine, view }: Run,
  people: readonly HeldPerson[],
  numbers: ReadonlySet<number>,
): Promise<readonly Fact[]> => {
  const addresses = people.map(({ address }) => address);
  const hood = await engine.store.neighbourhood(view.profile.id, [view.crm, view.marketing], addresses);
  const all = [...hood.ledger.facts, ...(hood.elsewhere?.ledger.facts ?? [])];
  return [...new Map(all.filter(({ n }) => numbers.has(n)).map((fact) => [fact.n, fact])).values()];
};

/** Walks through a set, a batch at a time. */
export async function* eachHeld(run: Run, set: string) {
  const { store, batch = BATCH } = run.engine;
  let after: AddressKey | null = null;
  for (;;) {
    const people = await store.held.page(run.view.profile.id, set, after, batch);
    if (people.length === 0) return;
    yield people;
    after = people.at(-1)?.address ?? null;
  }
}

interface Change {
  readonly service: Service;
  readonly moves: readonly Move[];
}
type Found = Omit<Hold, 'run' | 'runs' | 'since'>;

/**
 * Remembers what is held, unless somebody has answered it meanwhile. A later run that finds the same set keeps the earlier one's
 * word, so that `approve` of either counts.
 */
export const putHold = async (
  run: Run,
  found: Found,
  isAnswered: (service: Service) => boolean = () => false,
): Promise<void> => {
  run.service = await changeHolds(run.engine.store, run.view.profile.id, async (service) =>
    isAnswered(service) ? { service, moves: movesOf([found], null) } : withHold(service, found, run.id, run),
  );
};

/**
 * Remembers the people gathered in a set: `approve` releases exactly these. Somebody may have answered while they were
 * gathered: the answered ones are not held again.
 */
export const putOptOuts = async (run: Run, name: string, why: (people: number) => string): Promise<void> => {
  const { held } = run.engine.store;
  const profile = run.view.profile.id;
  const set = setOf('opt-outs', name);
  run.service = await changeHolds(run.engine.store, profile, async (service) => {
    await held.subtract(run.lease, profile, set, [APPROVED, RELEASED]);
    if ((await held.count(profile, [set])) === 0) return { service, moves: [] };
    const joined = service.holds.filter((one) => one.kind === 'opt-outs' && isOfRun(one, run));
    const people = await held.count(profile, [set, ...setsOf(joined)]);
    return withHold(service, { kind: 'opt-outs', people, set, why: why(people) }, name, run);
  });
};

const withHold = async (service: Service, found: Found, name: string, run: Run): Promise<Change> => {
  const before = service.holds.find((one) => one.kind === found.kind);
  const joined = before !== undefined && isOfRun(before, run);
  const same = before !== undefined && (await isSameSet(run, before.set, found.set, joined));
  if (same && joined) return { service, moves: movesOf([found], null) };
  const hold: Hold = {
    ...found,
    ...(same ? { people: before.people, set: before.set } : {}),
    run: name,
    runs: same ? [...new Set([...before.runs, name])] : [name],
    since: before?.since ?? run.engine.clock.now(),
  };
  const others = service.holds.filter((one) => one.kind !== found.kind);
  const moves = same
    ? movesOf([found], null)
    : before === undefined
      ? []
      : movesOf([before], joined ? found.set : null);
  return { service: { ...service, holds: [...others, hold] }, moves };
};

/** Of this run's own finds, what was there before belongs to the set as well. */
const isSameSet = async (run: Run, before: string | null, found: string | null, joined: boolean): Promise<boolean> => {
  if (before === null || found === null) return before === found;
  const { held } = run.engine.store;
  const profile = run.view.profile.id;
  return (await held.isWithin(profile, found, before)) && (joined || (await held.isWithin(profile, before, found)));
};
