import type { Connector, Session } from '@heed/contract';
import type { Which } from './history.ts';
import type { Life, World } from './world.ts';

/** All that the simulation knows of an engine. The real one is fitted in by one adapter, test/simulation/engine-under-test.ts. */
export interface EngineFactory {
  /** Opens the state that belongs to `memory`: the same state each time, as after a restart. */
  open(place: EnginePlace): Promise<Engine>;
  /** Removes what `memory` names, when the seed is done. */
  dispose(memory: Memory): Promise<void>;
}

/** What survives a crash: a path to a database, or whatever the engine keeps its state in. */
export type Memory = Map<string, unknown>;

export interface EnginePlace {
  readonly world: World;
  readonly life: Life;
  readonly memory: Memory;
  /** Whose run it is: its rules are in the settings, its systems are these. */
  readonly which: Which;
  readonly crm: { readonly connector: Connector; readonly session: Session };
  readonly marketing: { readonly connector: Connector; readonly session: Session };
}

export interface RunOrder {
  readonly mode: 'sync' | 'plan';
  readonly full: boolean;
  readonly approve: boolean;
  /** An operator has looked at what the last run held, and approved it. */
  readonly answer: boolean;
}

export interface RunEnd {
  /** The engine's own word. */
  readonly status: string;
  /** Both systems were read to the end and all that could be done was done. */
  readonly clean: boolean;
  /** Another process holds the customer; nothing was done. */
  readonly busy: boolean;
  /** A side reads too small to be believed: the next run reads it in full, and may know better (C24). */
  readonly inDoubt: boolean;
  /** Of a plan: what sync would send, as `side kind address-key`, sorted; null if the engine does not say. */
  readonly planned: readonly string[] | null;
}

export interface Engine {
  run(order: RunOrder): Promise<RunEnd>;
  /** The ledger's length, last hash, and whether its chain is whole (I4); null if there is none. */
  ledger(): Promise<{ readonly entries: number; readonly hash: string; readonly broken: string | null } | null>;
  /** An operator enters an opt-out list (C20). */
  enterList?(addresses: readonly string[]): Promise<void>;
  /** Erases whoever has this address; null: refused, or nobody is known there. Otherwise every address that was theirs (C25). */
  erase?(address: string): Promise<readonly string[] | null>;
  close(): Promise<void>;
}
