import type { AddressKey } from '../identity/address.ts';
import type { Lease } from './store.ts';

/** One whom a guard holds, or holds no longer (C23). */
export interface HeldPerson {
  readonly address: AddressKey;
  /** What the held opt-outs rest on, in order of their numbers. */
  readonly facts: readonly number[];
  /** How many writes of theirs are held. */
  readonly writes: number;
}

/** The people of one set join another, where whoever stands there already stays as they are; null: they are forgotten. */
export interface Move {
  readonly from: string;
  readonly to: string | null;
}

/**
 * Whom guards hold and whom an operator released (C23): sets of people of a profile, by name. On disk, since a mass opt-out is
 * as large as the audience. Which set is what, the service document says; `Store.replaceNote` changes both in one commit.
 */
export interface HeldPeople {
  /** Who stands in the set already gets these facts and writes. */
  add(lease: Lease, profile: string, set: string, people: readonly HeldPerson[]): Promise<void>;
  remove(lease: Lease, profile: string, set: string, addresses: readonly AddressKey[]): Promise<void>;
  /** Takes those off a set who stand in one of the others. */
  subtract(lease: Lease, profile: string, set: string, others: readonly string[]): Promise<void>;
  move(lease: Lease, profile: string, move: Move): Promise<void>;
  /** Forgets all sets of a profile but these. */
  keepOnly(lease: Lease, profile: string, sets: readonly string[]): Promise<void>;
  /** Those of these addresses who stand in one of the sets; in several: once for each. */
  find(profile: string, sets: readonly string[], addresses: readonly AddressKey[]): Promise<readonly HeldPerson[]>;
  /** In address order, from behind `after`. */
  page(profile: string, set: string, after: AddressKey | null, limit: number): Promise<readonly HeldPerson[]>;
  /** How many different people stand in these sets. */
  count(profile: string, sets: readonly string[]): Promise<number>;
  /** Whether everybody of the set stands in the other with the same facts. */
  isWithin(profile: string, set: string, other: string): Promise<boolean>;
}
