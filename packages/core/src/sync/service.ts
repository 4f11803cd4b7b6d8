import type { Millis } from '@heed/contract';
import type { Hold } from '../consent/guards.ts';
import type { Move } from '../state/held-people.ts';
import type { Store } from '../state/store.ts';

/** Whether a profile is in service, and what an operator has let through; one small document of the store. */
export interface Service {
  /** Digest of what the approved profile said about consent, lists, records and connections; null: never approved (C29). */
  readonly approved: string | null;
  readonly paused: boolean;
  readonly holds: readonly Hold[];
  /** What `approve` released besides people: creates, and the new size of a side (C23, C24). */
  readonly released: { readonly creates: boolean; readonly size: boolean };
  /** Guarded opt-outs written in the last 24 hours, our clock (C23). */
  readonly pushed: readonly Pushed[];
  /** What of the whole profile kept people from being synced in the last run; when it changes, everybody is looked at again. */
  readonly blocked: string;
  /** The last complete read of the marketing side: when (our clock) and how many live members (C24). */
  readonly complete: { readonly at: Millis; readonly members: number } | null;
}

export interface Pushed {
  readonly at: Millis;
  readonly people: number;
}

/** The set of those whom `approve` released, until a run takes them up; exactly these go out (C23). */
export const APPROVED = 'approved';
/** The set of those whom a run may opt out although a guard would hold them, until that is done. */
export const RELEASED = 'released';

const FRESH: Service = {
  approved: null,
  paused: false,
  holds: [],
  released: { creates: false, size: false },
  pushed: [],
  blocked: '',
  complete: null,
};

export const serviceOf = async (store: Store, profile: string): Promise<Service> => ({
  ...FRESH,
  ...((await store.note(profile, 'service')) as Partial<Service> | null),
});

/** Changes the document, whoever else changes it at the same time: an operator's `approve` is never lost to a run. */
export const changeService = (store: Store, profile: string, change: (now: Service) => Service): Promise<Service> =>
  changeHolds(store, profile, async (now) => ({ service: change(now), moves: [] }));

/** The same of the document and of whom it holds or releases, in one commit. */
export const changeHolds = async (
  store: Store,
  profile: string,
  change: (now: Service) => Promise<{ readonly service: Service; readonly moves: readonly Move[] }>,
): Promise<Service> => {
  for (;;) {
    const before = (await store.note(profile, 'service')) as Partial<Service> | null;
    const { service, moves } = await change({ ...FRESH, ...before });
    if (await store.replaceNote(profile, 'service', before, service, moves)) return service;
  }
};

/** The sets of those whom these holds name. */
export const setsOf = (holds: readonly Pick<Hold, 'set'>[]): readonly string[] =>
  holds.flatMap(({ set }) => (set === null ? [] : [set]));

/** What becomes of them. */
export const movesOf = (holds: readonly Pick<Hold, 'set'>[], to: string | null): readonly Move[] =>
  setsOf(holds).map((from) => ({ from, to }));
