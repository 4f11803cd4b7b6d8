import { ConnectorError, type Millis, type RecordRef, type Role } from '@heed/contract';
import type { AddressKey } from '../identity/address.ts';
import type { PlannedWrite } from '../plan/op.ts';
import type { View } from '../plan/view.ts';
import type { Finding } from '../profile/place.ts';
import type { System } from '../state/shadow.ts';
import { type Lease, LeaseLost, type Owed } from '../state/store.ts';
import { type Engine, LEASE_MS, type OpenSystem } from './engine.ts';
import type { Looked } from './look-for-opt-outs.ts';
import type { Service } from './service.ts';

/** One line of a plan or of a run: what is, or would be, done to whom and why. */
export interface PlanLine {
  readonly address: AddressKey;
  readonly side: 'crm' | 'marketing';
  readonly record: RecordRef | null;
  readonly kind: PlannedWrite['op']['kind'];
  /** By its name in the profile; null: all mail, or no opt-out (C17). */
  readonly topic: string | null;
  readonly rule: string;
  /** Vendor field names it sets; never values. */
  readonly fields: readonly string[];
  readonly held: boolean;
}

/** What may be written at all: nothing before the first approval, only people's own opt-outs after a changed profile (C29, C23). */
export type Allowed = 'everything' | 'own-opt-outs' | 'nothing';

/** Both sides, open. */
export type Systems = Readonly<Record<Role, OpenSystem>>;

/** What one run of one profile knows while it runs. */
export interface Run {
  readonly id: string;
  readonly engine: Engine;
  readonly view: View;
  readonly lease: Lease;
  readonly crm: OpenSystem;
  readonly marketing: OpenSystem;
  readonly signal: AbortSignal;
  /** `plan` decides the same and writes nothing (I10). */
  readonly mode: 'sync' | 'plan';
  service: Service;
  /** C24, C25. */
  cautious: boolean;
  /** The database is older than the ledger head kept beside it: both sides are read in full first (C25). */
  readonly restored: boolean;
  marketingIsComplete: boolean;
  /** What may be written at all, once that was asked (C29, C23). */
  allowed: Allowed;
  /** Erased people whom a read of this run has shown (C25). */
  readonly erasedMet: Set<AddressKey>;
  /** What is owed of them, by name and by the address that it was found at. */
  readonly erasedOwed: Map<AddressKey, Map<AddressKey, readonly Owed[]>>;
  /** Their opt-outs that a plan has said already; names and ids only, for as long as the run. */
  readonly erasedSaid: Set<string>;
  /** What the check found that does not stop the run: told with its result, with field, permission and fix (C18). */
  readonly findings: readonly Finding[];
  /** False if the profile's check found something that stops creates. */
  readonly mayCreate: boolean;
  readonly lines: PlanLine[];
  /** Records that carry on a merged or converted one and that no read has shown: to be looked up (C16). */
  readonly unknownHeirs: Map<string, RecordRef>;
  /** Keeps memory constant: lines beyond this are only counted. */
  readonly lineLimit: number;
  readonly counts: Map<string, number>;
  /** Whole batches in a row that a side could not take; one poisoned record alone stops nothing (I12). */
  readonly failures: { crm: number; marketing: number };
  renewedAt: Millis;
  /** The sets of people whom no guard holds any more (C23). */
  setsThatGo: readonly string[];
  /** Somebody was approved whom no pass of opt-outs has met since: the next one asks for them (C23). */
  approvedLate: boolean;
  /** What it would create is more than `guards.creates` allows, and waits. */
  createsHeld: boolean;
  /** How many different sets of opt-outs this run has held, one after another. */
  sets: number;
  /** The newest mark when opt-outs were carried last: what is marked later has not been looked at. */
  optOutsMark: number;
  /** When the last read of consent, or look for opt-outs, began; each vendor's clock. */
  readonly seenAt: Record<Role, Millis>;
  readonly looked: Record<Role, Looked>;
}

export const sideOf = (run: Run, side: 'crm' | 'marketing'): { readonly open: OpenSystem; readonly system: System } =>
  side === 'crm' ? { open: run.crm, system: run.view.crm } : { open: run.marketing, system: run.view.marketing };

/** Requests that the run has made so far, to both systems. */
export const callsOf = ({ crm, marketing }: Run): number => crm.calls() + marketing.calls();

/** Between any two steps: stops at the next commit when asked to, and keeps the lease alive (I11). */
export const breathe = async (run: Run): Promise<void> => {
  if (run.signal.aborted) throw new Interrupted();
  const now = run.engine.clock.now();
  if (now - run.renewedAt < LEASE_MS / 3) return;
  if (!(await run.engine.leases.renew(run.lease, LEASE_MS))) throw new LeaseLost(run.lease.customer);
  run.renewedAt = now;
};

export class Interrupted extends Error {
  constructor() {
    super('interrupted; the next run goes on where it stopped.');
    this.name = 'Interrupted';
  }
}

/** Our own ids: sortable by time, unique by 64 random bits. */
export const newId = (engine: Pick<Engine, 'clock' | 'random'>, prefix: string): string => {
  const random = () =>
    Math.floor(engine.random() * 2 ** 32)
      .toString(16)
      .padStart(8, '0');
  return `${prefix}${engine.clock.now().toString(36).padStart(9, '0')}${random()}${random()}`;
};

export const note = (run: Run, what: string, by = 1): void => {
  run.counts.set(what, (run.counts.get(what) ?? 0) + by);
};

export const isConnectorError = (error: unknown): error is ConnectorError => error instanceof ConnectorError;
