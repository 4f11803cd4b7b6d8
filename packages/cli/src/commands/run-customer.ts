import {
  type Customer,
  type Engine,
  EXIT,
  type Finding,
  LEASE_MS,
  type Profile,
  type Progress,
  printProfileError,
  profileDigest,
  type RunResult,
  runProfile,
} from '@heed/core';
import type { Container } from 'inversify';
import { TOKENS } from '../composition/container.ts';
import { connectProfile } from '../composition/systems.ts';

export interface RunRequest {
  readonly mode: 'sync' | 'plan';
  readonly full: boolean;
  readonly yes: boolean;
  readonly lineLimit: number;
  readonly signal: AbortSignal;
  readonly progress: (progress: Progress) => void;
}

export interface CustomerResult {
  readonly results: readonly RunResult[];
  /** Exit codes beside those of the runs. */
  readonly codes: readonly number[];
  readonly messages: readonly string[];
  readonly findings: readonly Finding[];
}

/** In a long run, opt-outs are read and carried again this often (C21). */
const OPT_OUTS_EVERY_MS = 60_000;

/** Runs profiles of one customer in turn, under its lease: one runner per customer, across processes (I11). */
export const runCustomer = async (
  container: Container,
  customer: Customer,
  profiles: readonly Profile[],
  request: RunRequest,
): Promise<CustomerResult> => {
  const state = container.get(TOKENS.State);
  const parts = container.get(TOKENS.Systems);
  const holder = `${process.pid}`;
  const lease = await state.leases.acquire(customer.name, holder, LEASE_MS);
  if (lease === null) {
    return {
      results: [],
      codes: [EXIT.busy],
      findings: [],
      messages: [`${customer.name}: another process is running this customer; try again when it is done.`],
    };
  }
  const results: RunResult[] = [];
  const codes: number[] = [];
  const messages: string[] = [];
  try {
    for (const profile of profiles) {
      if (request.signal.aborted) break;
      const opened = await connectProfile(customer, profile, parts);
      if (!('open' in opened)) {
        codes.push(EXIT.invalid);
        messages.push(...opened.map(printProfileError));
        continue;
      }
      const engine: Engine = {
        store: state.customer(customer.name),
        leases: state.leases,
        clock: parts.clock,
        random: parts.random,
        holder,
        open: opened.open,
        progress: request.progress,
      };
      const crm = customer.connections.get(profile.crm.connection);
      const marketing = customer.connections.get(profile.marketing.connection);
      if (crm === undefined || marketing === undefined) continue;
      const options = {
        mode: request.mode,
        full: request.full,
        yes: request.yes,
        lineLimit: request.lineLimit,
        digest: profileDigest(profile, crm, marketing),
        optOutEveryMs: OPT_OUTS_EVERY_MS,
      };
      results.push(await runProfile(profile, options, engine, lease, request.signal));
    }
  } finally {
    await state.leases.release(lease);
  }
  return { results, codes, messages, findings: results.flatMap((result) => result.findings) };
};
