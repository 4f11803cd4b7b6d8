import type { Millis } from '@heed/contract';
import type { Hold } from '../consent/guards.ts';
import type { Store } from '../state/store.ts';

/** Whether a profile is in service, and what an operator has let through; one small document of the store. */
export interface Service {
  /** Digest of what the approved profile said about consent, lists, records and connections; null: never approved (C29). */
  readonly approved: string | null;
  readonly paused: boolean;
  readonly holds: readonly Hold[];
  /** Exactly what `approve` released: opt-outs of these addresses, and creates if set (C23). */
  readonly released: { readonly addresses: readonly string[]; readonly creates: boolean; readonly size: boolean };
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

const FRESH: Service = {
  approved: null,
  paused: false,
  holds: [],
  released: { addresses: [], creates: false, size: false },
  pushed: [],
  blocked: '',
  complete: null,
};

export const serviceOf = async (store: Store, profile: string): Promise<Service> => ({
  ...FRESH,
  ...((await store.note(profile, 'service')) as Partial<Service> | null),
});

/** Changes the document, whoever else changes it at the same time: an operator's `approve` is never lost to a run. */
export const changeService = async (
  store: Store,
  profile: string,
  change: (now: Service) => Service,
): Promise<Service> => {
  for (;;) {
    const before = (await store.note(profile, 'service')) as Partial<Service> | null;
    const next = change({ ...FRESH, ...before });
    if (await store.replaceNote(profile, 'service', before, next)) return next;
  }
};
