import type { Millis } from '@heed/contract';
import type { Hold } from '../consent/guards.ts';
import type { AddressKey } from '../identity/address.ts';
import type { Store } from '../state/store.ts';
import { changeService, serviceOf } from '../sync/service.ts';

export type Answered =
  | { readonly ok: true; readonly holds: readonly Hold[] }
  | { readonly ok: false; readonly why: string };

const heldBy = async (store: Store, profile: string, run: string): Promise<readonly Hold[]> =>
  (await serviceOf(store, profile)).holds.filter((hold) => hold.runs.includes(run));

const nothingHeld = async (store: Store, profile: string, run: string): Promise<Answered> => {
  const { holds } = await serviceOf(store, profile);
  const newest = holds.at(-1)?.run;
  const instead =
    newest === undefined
      ? 'nothing of this profile is held'
      : `what is held now was found by ${newest}: look at "heed run ${newest}" and approve that`;
  return { ok: false, why: `run ${run} holds nothing any more, or what is held has changed since; ${instead}` };
};

/**
 * Releases exactly what a run held (C23, C29): a first run, a set of opt-outs, creates, or the new size of a side. Applied by
 * the next run. `digest` is that of the profile as it stands, so that a later change is asked about again.
 */
export const approve = async (store: Store, profile: string, run: string, digest: string): Promise<Answered> => {
  const holds = await heldBy(store, profile, run);
  if (holds.length === 0) return nothingHeld(store, profile, run);
  const addresses = holds.flatMap((hold) => hold.addresses);
  const kinds = new Set(holds.map((hold) => hold.kind));
  await changeService(store, profile, (service) => ({
    ...service,
    approved: kinds.has('first-run') ? digest : service.approved,
    holds: service.holds.filter((hold) => !hold.runs.includes(run)),
    released: {
      addresses: [...new Set([...service.released.addresses, ...addresses])],
      creates: service.released.creates || kinds.has('creates') || kinds.has('first-run'),
      size: service.released.size || kinds.has('empty-side'),
    },
  }));
  return { ok: true, holds };
};

/**
 * Takes the held opt-outs out of C3 for this profile: a ledger entry, so a newer opt-out of the same person counts (C23).
 * A first run that is rejected stays unapproved.
 */
export const reject = async (store: Store, profile: string, run: string, by: string, at: Millis): Promise<Answered> => {
  const holds = await heldBy(store, profile, run);
  if (holds.length === 0) return nothingHeld(store, profile, run);
  const addresses = [...new Set(holds.flatMap((hold) => hold.addresses))] as AddressKey[];
  // Exactly the facts that were held: a newer opt-out of the same person counts (C23).
  const facts = [...new Set(holds.flatMap((hold) => hold.facts))];
  if (facts.length > 0)
    await store.enter({ facts: [], decisions: [{ kind: 'rejection', profile, facts, by }] }, addresses, at);
  await changeService(store, profile, (service) => ({
    ...service,
    holds: service.holds.filter((hold) => !hold.runs.includes(run)),
  }));
  return { ok: true, holds };
};

export const pause = async (store: Store, profile: string): Promise<void> => {
  await changeService(store, profile, (service) => ({ ...service, paused: true }));
};

export const resume = async (store: Store, profile: string): Promise<void> => {
  await changeService(store, profile, (service) => ({ ...service, paused: false }));
};
