import type { Capabilities, Clock, Connector, ErrorKind, Session } from '@heed/contract';
import type { Profile } from '../profile/profile.ts';
import type { Leases, Store } from '../state/store.ts';

/** One side of a run, open for business. */
export interface OpenSystem {
  readonly connector: Connector;
  /** What it can do in the role it has here. */
  readonly can: Capabilities;
  readonly session: Session;
  /** Requests made so far. */
  calls(): number;
}

/** What long work tells a terminal: what it does, how far, of how many if known. */
export interface Progress {
  readonly profile: string;
  readonly doing: string;
  readonly done: number;
  readonly of: number | null;
}

/** Everything the engine needs from outside; injected, so that it runs in a seeded simulation as it runs in production. */
export interface Engine {
  readonly store: Store;
  readonly leases: Leases;
  readonly clock: Clock;
  /** In [0, 1). */
  readonly random: () => number;
  /** Names this process in the lease. */
  readonly holder: string;
  /** How many people are decided at once, one neighbourhood and one commit; absent: `BATCH`. */
  readonly batch?: number;
  open(profile: Profile, side: 'crm' | 'marketing'): OpenSystem;
  progress(progress: Progress): void;
}

/** What the engine does about an error of a connector. */
export type Reaction = 'retry later' | 'read again' | 'set aside' | 'stop this system' | 'stop the run';

export const reactionTo = (kind: ErrorKind): Reaction => {
  switch (kind) {
    case 'rate-limited':
    case 'unavailable':
      return 'retry later';
    case 'stale':
    case 'missing':
      return 'read again';
    case 'invalid':
    case 'refused':
      return 'set aside';
    case 'auth':
    case 'forbidden':
      return 'stop this system';
    case 'config':
    case 'protocol':
      return 'stop the run';
  }
};

/** Exit codes of design/interface.md; several apply: the first of this order counts. */
export const EXIT = {
  done: 0,
  failed: 1,
  invalid: 2,
  unreachable: 3,
  waiting: 4,
  attention: 5,
  busy: 6,
  interrupted: 130,
  terminated: 143,
} as const;
const PRECEDENCE: readonly number[] = [130, 143, 1, 3, 2, 4, 6, 5, 0];
export const worstExit = (codes: readonly number[]): number =>
  PRECEDENCE.find((code) => codes.includes(code)) ?? EXIT.done;

/** How long a lease lasts without renewal; longer than any single request may take. */
export const LEASE_MS = 180_000;
/** Addresses decided at once. */
export const BATCH = 4_000;
