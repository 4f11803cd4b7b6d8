import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Clock } from '@heed/contract';
import type { Lease, Leases, Store } from '@heed/core';
import { afterEach } from 'vitest';

export interface StoreState {
  customer(name: string): Store;
  readonly leases: Leases;
  close(): void;
}

interface OpenOptions {
  readonly clock: Clock;
  readonly random: (size: number) => Uint8Array;
  /** Called before each writing statement, before a commit and after it; a test that throws in it simulates a crash. */
  readonly fault: (point: 'write' | 'commit' | 'committed') => void;
}

/** A store implementation under test. */
export interface StoreSubject {
  readonly name: string;
  /** Opens the state kept in `dir`; opening it again shows what is durable. */
  open(dir: string, options: OpenOptions): StoreState;
  /** Damage done behind the verbs' back, while nothing is open. */
  readonly surgery: {
    /** Changes what ledger entry `n` says. */
    falsify(dir: string, customer: string, n: number): void;
    /** Deletes what ledger entry `n` says, as erasing does. */
    forget(dir: string, customer: string, n: number): void;
    /** Removes ledger entry `n` and all later ones. */
    cutOff(dir: string, customer: string, n: number): void;
    /** Keeps the customer's database as it is; the answer puts it back. */
    backUp(dir: string, customer: string): () => void;
  };
}

/** Our clock, set by hand. */
export class HandClock implements Clock {
  time = Date.UTC(2026, 0, 1);
  now(): number {
    return this.time;
  }
  async sleep(ms: number): Promise<void> {
    this.time += ms;
  }
}

/** Bytes that are the same in every run of a test. */
export const countedBytes = (): ((size: number) => Uint8Array) => {
  let counter = 0;
  return (size) => {
    counter += 1;
    return new Uint8Array(createHash('shake256', { outputLength: size }).update(String(counter)).digest());
  };
};

export const CUSTOMER = 'acme';

/** One state folder of a test and everything that was opened in it. */
export interface Bench {
  readonly subject: StoreSubject;
  readonly dir: string;
  readonly clock: HandClock;
  open(fault?: OpenOptions['fault']): StoreState;
  store(): Promise<{ readonly state: StoreState; readonly store: Store; readonly lease: Lease }>;
}

/** Makes folders for the tests of one file, and removes them after each test. */
export const benches = (subject: StoreSubject): (() => Bench) => {
  const dirs: string[] = [];
  const states: StoreState[] = [];
  afterEach(() => {
    for (const state of states.splice(0)) state.close();
    for (const dir of dirs.splice(0)) rmSync(dir, { recursive: true });
  });
  return () => {
    const dir = mkdtempSync(join(tmpdir(), 'heed-store-'));
    const clock = new HandClock();
    const random = countedBytes();
    dirs.push(dir);
    const open = (fault: OpenOptions['fault'] = () => {}): StoreState => {
      const state = subject.open(dir, { clock, random, fault });
      states.push(state);
      return state;
    };
    return {
      subject,
      dir,
      clock,
      open,
      async store() {
        const state = open();
        return { state, store: state.customer(CUSTOMER), lease: await leaseOf(state) };
      },
    };
  };
};

/** Takes the lease, from whoever has it, by the holder's own name. */
export const leaseOf = async (state: StoreState, holder = 'test'): Promise<Lease> => {
  const lease = await state.leases.acquire(CUSTOMER, holder, 60_000);
  if (lease === null) throw new Error('the lease of the test is held by somebody else');
  return lease;
};
