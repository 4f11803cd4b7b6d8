import type { Millis } from '@heed/contract';
import type { Hold } from '../consent/guards.ts';
import type { AddressKey } from '../identity/address.ts';
import type { Store } from '../state/store.ts';
import { APPROVED, changeHolds, changeService, movesOf, type Service, serviceOf, setsOf } from '../sync/service.ts';

export type Answered =
  | { readonly ok: true; readonly holds: readonly Hold[] }
  | { readonly ok: false; readonly why: string };

const nothingHeld = async (store: Store, profile: string, run: string): Promise<Answered> => {
  const { holds } = await serviceOf(store, profile);
  const newest = holds.at(-1)?.run;
  const instead =
    newest === undefined
      ? 'nothing of this profile is held'
      : `what is held now was found by ${newest}: look at "heed run ${newest}" and approve that`;
  return { ok: false, why: `run ${run} holds nothing any more, or what is held has changed since; ${instead}` };
};

/** Ends what was held under a run's name; its people go `to` another set. */
const answer = async (
  store: Store,
  profile: string,
  run: string,
  to: string | null,
  change: (service: Service, holds: readonly Hold[]) => Service,
): Promise<Answered> => {
  let holds: readonly Hold[] = [];
  await changeHolds(store, profile, async (service) => {
    holds = service.holds.filter((hold) => hold.runs.includes(run));
    const left = { ...service, holds: service.holds.filter((hold) => !holds.includes(hold)) };
    return { service: holds.length === 0 ? service : change(left, holds), moves: movesOf(holds, to) };
  });
  return holds.length === 0 ? nothingHeld(store, profile, run) : { ok: true, holds };
};

/**
 * Releases exactly what a run held (C23, C29): a first run, a set of opt-outs, creates, or the new size of a side. Applied by
 * the next run. `digest` is that of the profile as it stands, so that a later change is asked about again.
 */
export const approve = (store: Store, profile: string, run: string, digest: string): Promise<Answered> =>
  answer(store, profile, run, APPROVED, (service, holds) => {
    const kinds = new Set(holds.map((hold) => hold.kind));
    return {
      ...service,
      approved: kinds.has('first-run') ? digest : service.approved,
      released: {
        creates: service.released.creates || kinds.has('creates') || kinds.has('first-run'),
        size: service.released.size || kinds.has('empty-side'),
      },
    };
  });

/** Facts that one ledger entry of a rejection names, so that what is known of one person stays small. */
const FACTS = 1_000;
const PEOPLE = 10_000;

/**
 * Takes the held opt-outs out of C3 for this profile: ledger entries, so a newer opt-out of the same person counts (C23).
 * A first run that is rejected stays unapproved.
 */
export const reject = async (store: Store, profile: string, run: string, by: string, at: Millis): Promise<Answered> => {
  const setsHeld = async (): Promise<readonly string[]> =>
    setsOf((await serviceOf(store, profile)).holds.filter((hold) => hold.runs.includes(run)));
  const addresses: AddressKey[] = [];
  // Exactly the facts that were held: a newer opt-out of the same person counts (C23).
  const facts = new Set<number>();
  const sets = await setsHeld();
  for (const set of sets) {
    let people = await store.held.page(profile, set, null, PEOPLE);
    while (people.length > 0) {
      for (const person of people) {
        addresses.push(person.address);
        for (const n of person.facts) facts.add(n);
      }
      people = await store.held.page(profile, set, addresses.at(-1) ?? null, PEOPLE);
    }
  }
  // While the document names a set, nobody leaves it: so it was read whole.
  if (sets.join() !== (await setsHeld()).join()) return nothingHeld(store, profile, run);
  // All of them in one commit: of a set that is refused in part, the rest could be few enough for a guard to let go.
  const numbers = [...facts];
  const decisions = Array.from({ length: Math.ceil(numbers.length / FACTS) }, (_, i) => ({
    kind: 'rejection' as const,
    profile,
    facts: numbers.slice(i * FACTS, (i + 1) * FACTS),
    by,
  }));
  if (decisions.length > 0) await store.enter({ facts: [], decisions }, addresses, at);
  return answer(store, profile, run, null, (service) => service);
};

export const pause = async (store: Store, profile: string): Promise<void> => {
  await changeService(store, profile, (service) => ({ ...service, paused: true }));
};

export const resume = async (store: Store, profile: string): Promise<void> => {
  await changeService(store, profile, (service) => ({ ...service, paused: false }));
};
