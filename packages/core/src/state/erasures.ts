import type { Millis, RecordRef } from '@heed/contract';
import type { Ledger, NewFact } from '../consent/fact.ts';
import type { AddressKey } from '../identity/address.ts';
import type { Shadow, System } from './shadow.ts';
import type { Lease } from './store.ts';

/** The two systems of a profile: a link of it joins their records and no others. */
export interface LinkedSystems {
  readonly profile: string;
  readonly crm: System;
  readonly marketing: System;
}

/** All that is kept of a person, found by one address (C25). */
export interface KnownPerson {
  /** That address, and those that their records have or had and nobody else lives at. */
  readonly addresses: readonly AddressKey[];
  /** Records of any system: at the address, linked to one there, or merged with one. */
  readonly shadows: readonly Shadow[];
  /** What was said about the addresses. */
  readonly ledger: Ledger;
  /** Something of it is in a vendor's job that has not ended. */
  readonly inJob: boolean;
  /** The newest entry of the ledger when all this was read. */
  readonly head: number;
}

/** What is removed, and what takes its place. */
export interface Erasure {
  /** The address that was named; the keyed hash of it is the new name. */
  readonly address: AddressKey;
  readonly addresses: readonly AddressKey[];
  readonly records: readonly { readonly system: System; readonly record: RecordRef }[];
  /** Whose links are between which systems: another system's record may have the same key. Absent: nobody knows, and all of that key go. */
  readonly systems?: readonly LinkedSystems[];
  /** Opt-outs that still stand: entered again under the new name. They name nobody. */
  readonly kept: readonly NewFact[];
  /** Who erases, for the ledger. */
  readonly by: string;
  /** Our clock. */
  readonly at: Millis;
  /** `KnownPerson.head`: if anything was said about these addresses since, nothing is erased. */
  readonly head: number;
}

/** What is left of an erased person. */
export interface Erased {
  readonly name: AddressKey;
  /** Our clock. */
  readonly at: Millis;
  /** Also the free parts of the file were wiped; false: another process read it, and whoever opens it next does that. */
  readonly wiped: boolean;
}

/** What of a read row tells whose it is. */
export interface ReadRow {
  readonly record: RecordRef;
  readonly address: AddressKey | null;
  /** The record it was merged into or converted to. */
  readonly heir: RecordRef | null;
}

/**
 * Erased people (C25). Their addresses are known again by a keyed hash, which is the name (`isErased`) under which their
 * opt-outs are kept. Every verb of the store that takes an address or a fact keeps it under that name instead, and keeps
 * no shadow of a record there: nothing else about them ever enters the state again.
 */
export interface Erasures {
  person(address: AddressKey, systems: readonly LinkedSystems[]): Promise<KnownPerson>;
  /**
   * Removes a person in one transaction, then wipes what the file still holds of deleted rows. Null, and nothing done, if
   * something was said about them since `head`; else the numbers of the entries that were made.
   */
  erase(lease: Lease, erasure: Erasure): Promise<readonly number[] | null>;
  /** Null for an address that was never erased. */
  find(address: AddressKey): Promise<Erased | null>;
  /**
   * Rows of erased people, by `recordKey`: known by the keyed hash of their address, or of the record where that has another
   * address by now (C15). The record that theirs was merged into or converted to is remembered by its hash as well (C16). The
   * other address is not: somebody else may live there.
   */
  recognise(lease: Lease, system: System, rows: readonly ReadRow[]): Promise<ReadonlyMap<string, AddressKey>>;
  /** Erased people of a profile that are due: something about them must still reach a system. */
  due(profile: string, now: Millis): Promise<readonly AddressKey[]>;
  /** How many people were erased, and how many of them an opt-out is kept of. */
  count(): Promise<{ readonly people: number; readonly optedOut: number }>;
}
