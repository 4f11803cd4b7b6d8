import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from '@heed/contract';
import { LEASE_MS, type Lease } from '@heed/core';
import type { Processes, StateFolder } from '@heed/store';

/** A turn at a customer: its lease, and the name this process holds it under. */
export interface Turn {
  readonly lease: Lease;
  readonly holder: string;
}

const holderFile = (stateDir: string, customer: string): string => join(stateDir, `${customer}.holder`);

/**
 * Takes the customer's lease, or answers null while another process runs it (I11). A lease outlives a killed process by
 * minutes; if that process ran on this machine and is gone, its lease is taken over at once. The fence keeps even a
 * mistake here from harm: whoever had the lease before cannot commit any more.
 */
export const takeTurn = async (
  state: StateFolder,
  stateDir: string,
  customer: string,
  processes: Processes,
  random: () => number,
): Promise<Turn | null> => {
  // A turn has a name of its own: two turns of one process exclude each other as well.
  const holder = `${processes.name}/${Math.floor(random() * 2 ** 32).toString(16)}`;
  const acquire = (name: string): Promise<Lease | null> => state.leases.acquire(customer, name, LEASE_MS);
  const lease = (await acquire(holder)) ?? ((await endTurnOfTheDead()) ? await acquire(holder) : null);
  if (lease === null) return null;
  writeFileSync(holderFile(stateDir, customer), holder, { mode: 0o600 });
  return { lease, holder };

  async function endTurnOfTheDead(): Promise<boolean> {
    const before = lastHolder(stateDir, customer);
    if (before === null || !processes.isDead(before)) return false;
    // Under its own name the store takes us for the same holder; a living one has another name and keeps its lease.
    const theirs = await acquire(before);
    if (theirs !== null) await state.leases.release(theirs);
    return theirs !== null;
  }
};

const ASK_AGAIN_MS = 500;

/** Tries to `take` a turn until whoever has it is done; null once `signal` is aborted. */
export const awaitTurn = async (
  take: () => Promise<Turn | null>,
  clock: Clock,
  signal: AbortSignal,
): Promise<Turn | null> => {
  while (!signal.aborted) {
    const turn = await take();
    if (turn !== null) return turn;
    // Aborted while it sleeps, it stops waiting.
    await clock.sleep(ASK_AGAIN_MS, signal).catch(() => undefined);
  }
  return null;
};

const lastHolder = (stateDir: string, customer: string): string | null => {
  try {
    return readFileSync(holderFile(stateDir, customer), 'utf8');
  } catch {
    return null;
  }
};
