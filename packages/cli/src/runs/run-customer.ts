import {
  type AddressKey,
  type Customer,
  type Engine,
  EXIT,
  type Finding,
  LEASE_MS,
  type LookPace,
  type Profile,
  type Progress,
  printProfileError,
  profileDigest,
  type RunResult,
  runProfile,
  type Store,
  serviceOf,
} from '@heed/core';
import type { Container } from 'inversify';
import { TOKENS } from '../composition/container.ts';
import { connectProfile } from '../composition/systems.ts';
import { importProfileList, type PlannedList } from './import-profile-list.ts';
import { awaitTurn, type Turn, takeTurn } from './lease-holder.ts';
import type { Standing } from './show-run.ts';

export interface RunRequest {
  readonly mode: 'sync' | 'plan';
  readonly full: boolean;
  readonly yes: boolean;
  readonly lineLimit: number;
  /** Nothing but the opt-outs of these people (C25). */
  readonly optOutsOf?: readonly AddressKey[];
  /** Called while another process runs the customer, before waiting until that is done; absent: nothing waits (exit 6). */
  readonly beforeWaiting?: () => void;
  readonly signal: AbortSignal;
  readonly progress: (progress: Progress) => void;
}

export interface CustomerResult {
  readonly results: readonly RunResult[];
  /** How the runs left each profile, by id: what is held and since when, what is set aside. */
  readonly standings: ReadonlyMap<string, Standing>;
  /** Exit codes beside those of the runs. */
  readonly codes: readonly number[];
  readonly messages: readonly string[];
  readonly findings: readonly Finding[];
}

/**
 * In a long run, opt-outs are looked for and carried again this often (C21); what it gives and costs: docs/adr/0010-speed.md. A
 * marketing tool's limits are mostly by the second, a CRM's by the day.
 */
const LOOKS: LookPace = { soonestMs: 4_000, latestMs: 30_000, callsPerCall: { marketing: 24, crm: 48 } };

/** Digest of what a profile says about consent, lists, records and connections (C23); null if a connection is broken. */
export const digestOf = (customer: Customer, profile: Profile): string | null => {
  const crm = customer.connections.get(profile.crm.connection);
  const marketing = customer.connections.get(profile.marketing.connection);
  return crm === undefined || marketing === undefined ? null : profileDigest(profile, crm, marketing);
};

/** Runs profiles of one customer in turn, under its lease: one runner per customer, across processes (I11). */
export const runCustomer = async (
  container: Container,
  customer: Customer,
  profiles: readonly Profile[],
  request: RunRequest,
): Promise<CustomerResult> => {
  const state = container.get(TOKENS.State);
  const { random } = container.get(TOKENS.Systems);
  const processes = container.get(TOKENS.Processes);
  const take = (): Promise<Turn | null> =>
    takeTurn(state, container.get(TOKENS.StateDir), customer.name, processes, random);
  const turn = (await take()) ?? (await patientTurn(container, request, take));
  if (turn === null) {
    const busy = `${customer.name}: another process is running this customer; try again when it is done.`;
    const [code, messages] = request.signal.aborted ? [EXIT.interrupted, []] : [EXIT.busy, [busy]];
    return { results: [], standings: new Map(), codes: [code], findings: [], messages };
  }
  const results: RunResult[] = [];
  const standings = new Map<string, Standing>();
  const codes: number[] = [];
  const messages: string[] = [];
  // Lists that a sync would enter on its way: they hold for the profiles that come after, too.
  const planned: PlannedList[] = [];
  try {
    for (const profile of profiles) {
      if (request.signal.aborted) {
        codes.push(EXIT.interrupted);
        break;
      }
      const listed = await importProfileList(profile, {
        store: planned.at(-1)?.store ?? state.customer(customer.name),
        stateDir: container.get(TOKENS.StateDir),
        mode: request.mode,
        now: container.get(TOKENS.Clock).now(),
        signal: request.signal,
        progress: request.progress,
      });
      codes.push(...listed.codes);
      messages.push(...listed.messages);
      if (listed.planned !== undefined) planned.push(listed.planned);
      for (const list of planned) await list.mark(profile.id);
      // A long file took its time; if the lease ran out meanwhile, the run notices at its first commit.
      if (profile.optOut.importFrom !== null) await state.leases.renew(turn.lease, LEASE_MS);
      const ran = await runOne(container, customer, profile, request, turn, planned.at(-1)?.store);
      if ('wrong' in ran) {
        codes.push(EXIT.invalid);
        messages.push(...ran.wrong);
        continue;
      }
      results.push(ran);
      standings.set(profile.id, await standingOf(state.customer(customer.name), profile.id));
    }
    if (request.mode === 'sync') await state.customer(customer.name).prune(container.get(TOKENS.Clock).now());
  } finally {
    for (const list of planned) await list.discard();
    await state.leases.release(turn.lease);
  }
  return { results, standings, codes, messages, findings: results.flatMap((result) => result.findings) };
};

const patientTurn = async (
  container: Container,
  { beforeWaiting, signal }: RunRequest,
  take: () => Promise<Turn | null>,
): Promise<Turn | null> => {
  if (beforeWaiting === undefined) return null;
  beforeWaiting();
  return awaitTurn(take, container.get(TOKENS.Clock), signal);
};

const standingOf = async (store: Store, profile: string): Promise<Standing> => ({
  service: await serviceOf(store, profile),
  setAside: (await store.setAside(profile)).length,
});

/** Runs one profile, under a lease that the caller holds; a plan may go by a store that looks as if a list were entered. */
export const runOne = async (
  container: Container,
  customer: Customer,
  profile: Profile,
  request: RunRequest,
  turn: Turn,
  store: Store = container.get(TOKENS.State).customer(customer.name),
): Promise<RunResult | { readonly wrong: readonly string[] }> => {
  const state = container.get(TOKENS.State);
  const parts = container.get(TOKENS.Systems);
  const digest = digestOf(customer, profile);
  const opened = await connectProfile(customer, profile, parts);
  if (!('open' in opened)) return { wrong: opened.map(printProfileError) };
  if (digest === null) return { wrong: [`${profile.id}: a connection has errors`] };
  const engine: Engine = {
    store,
    leases: state.leases,
    clock: parts.clock,
    random: parts.random,
    holder: turn.holder,
    open: opened.open,
    progress: request.progress,
  };
  const { mode, full, yes, lineLimit, optOutsOf } = request;
  const options = { mode, full, yes, lineLimit, digest, optOutsOf, looks: LOOKS };
  return runProfile(profile, options, engine, turn.lease, request.signal);
};
