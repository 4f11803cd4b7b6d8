import { readFileSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { LEASE_MS, type Lease } from '@heed/core';
import type { StateFolder } from '@heed/store';

/** A turn at a customer: its lease, and the name this process holds it under. */
export interface Turn {
  readonly lease: Lease;
  readonly holder: string;
}

const holderFile = (stateDir: string, customer: string): string => join(stateDir, `${customer}.holder`);

/** When a process of this machine was started, in the kernel's ticks: tells a number that was given out again. */
const startOf = (pid: string): string => {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
  } catch {
    return '';
  }
};

const nameOf = (random: () => number): string =>
  [hostname(), process.pid, startOf('self'), Math.floor(random() * 2 ** 32).toString(16)].join('/');

/** Surely dead: a process of this machine that is gone, or whose number belongs to another one by now. */
const isDead = (holder: string): boolean => {
  const [host, pid, start] = holder.split('/');
  if (host !== hostname() || pid === undefined || !/^\d+$/.test(pid)) return false;
  try {
    process.kill(Number(pid), 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH';
  }
  return start !== undefined && start !== '' && startOf(pid) !== start;
};

/**
 * Takes the customer's lease, or answers null while another process runs it (I11). A lease outlives a killed process by
 * minutes; if that process ran on this machine and is gone, its lease is taken over at once. The fence keeps even a
 * mistake here from harm: whoever had the lease before cannot commit any more.
 */
export const takeTurn = async (
  state: StateFolder,
  stateDir: string,
  customer: string,
  random: () => number,
): Promise<Turn | null> => {
  const holder = nameOf(random);
  const acquire = (name: string): Promise<Lease | null> => state.leases.acquire(customer, name, LEASE_MS);
  const lease = (await acquire(holder)) ?? ((await endTurnOfTheDead()) ? await acquire(holder) : null);
  if (lease === null) return null;
  writeFileSync(holderFile(stateDir, customer), holder, { mode: 0o600 });
  return { lease, holder };

  async function endTurnOfTheDead(): Promise<boolean> {
    const before = lastHolder(stateDir, customer);
    if (before === null || !isDead(before)) return false;
    // Under its own name the store takes us for the same holder; a living one has another name and keeps its lease.
    const theirs = await acquire(before);
    if (theirs !== null) await state.leases.release(theirs);
    return theirs !== null;
  }
};

const lastHolder = (stateDir: string, customer: string): string | null => {
  try {
    return readFileSync(holderFile(stateDir, customer), 'utf8');
  } catch {
    return null;
  }
};
