import type { Actor, Millis, RecordRef } from '@heed/contract';
import type { AddressKey } from '../identity/address.ts';

/**
 * `*` is all marketing mail; every other topic is a named subscription (C17), by the id of the marketing system, the field of the
 * CRM, or in an opt-out list the name that profiles give it.
 */
export type Topic = string;
export const ALL_MAIL: Topic = '*';

/** What our own opt-out of more than the topic says, where a system does not know the topic: still no more than that (C8, C17). */
export const collapsedTopic = (name: string): Topic => `collapse:${name}`;

/**
 * Who said it, and how far it reaches (C26). `list` is an opt-out list, `optouts add` or a refused review: the customer's
 * own word. In a CRM the `field` belongs to it: a custom field is a scope of its own.
 */
export interface Source {
  readonly role: 'crm' | 'marketing' | 'list';
  readonly connection: string;
  readonly container: string;
  readonly field: string;
}

/**
 * When it happened: not before `from` (null: no earlier read), not after `until`. `exact` means the vendor dates it.
 * Vendor's clock, milliseconds. `doubtMs`: that clock was, or its date is, so far off that no order of two systems is surer;
 * absent where nothing is wrong.
 */
export interface When {
  readonly from: Millis | null;
  readonly until: Millis;
  readonly exact: boolean;
  readonly doubtMs?: Millis;
}

export type Says = 'opted-out' | 'opted-in' | 'pending' | 'undeliverable' | 'archived';

/** What one system said about one address and topic. Immutable; its number is its place in the ledger. */
export interface Fact {
  readonly n: number;
  readonly address: AddressKey;
  readonly topic: Topic;
  readonly source: Source;
  readonly says: Says;
  readonly by: Actor;
  /** A complaint is an opt-out by the person and binds the whole customer (C10, C26). */
  readonly complaint: boolean;
  readonly when: When;
  /** The record it was read on; null for lists. */
  readonly record: RecordRef | null;
  /** What proves the person's own act, for an opt-in that C7 accepts; null: proves nothing. */
  readonly proof: string | null;
  /** The number of the fact this one merely repeats, because our own write made it (C8); null: news. */
  readonly echoOf: number | null;
  /** Our run that read it, for `correct --run`; null for what operators entered. */
  readonly run: string | null;
  /** The vendor's user who changed the record last, where it tells: a mass by one user never releases itself (C23). */
  readonly user?: string | null;
}

/** A fact before the ledger numbered it. */
export type NewFact = Omit<Fact, 'n'>;

/** What people decided about facts. All of it is ledger too: nothing is ever changed or removed (C25). */
export type Decision =
  /** Withdraws opt-outs made in the CRM by an operator or by unknown (C6a). */
  | { readonly kind: 'correction'; readonly facts: readonly number[]; readonly by: string; readonly because: string }
  /** A held set was rejected: these facts no longer count for C3 in this profile (C23). */
  | { readonly kind: 'rejection'; readonly profile: string; readonly facts: readonly number[]; readonly by: string }
  /** A person's opt-in was accepted by an operator (C7). A refusal is a new opt-out fact by a `list` source. */
  | {
      readonly kind: 'acceptance';
      readonly address: AddressKey;
      readonly facts: readonly number[];
      readonly by: string;
    };

/** Facts of the addresses at hand and every decision about them: all that consent is ever decided on. */
export interface Ledger {
  readonly facts: readonly Fact[];
  readonly decisions: readonly (Decision & { readonly n: number })[];
}

export const sameSource = (a: Source, b: Source): boolean =>
  a.role === b.role && a.connection === b.connection && a.container === b.container && a.field === b.field;

export const sameRecord = (a: RecordRef | null, b: RecordRef | null): boolean =>
  a !== null && b !== null && a.type === b.type && a.id === b.id;
