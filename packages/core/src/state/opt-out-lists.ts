import type { Millis } from '@heed/contract';
import type { NewFact } from '../consent/fact.ts';
import type { AddressKey } from '../identity/address.ts';

/** The last version of an opt-out list that was entered whole. */
export interface ListVersion {
  /** Grows with every import of the customer. */
  readonly version: number;
  /** Fingerprint of the file, so that a file that did not change is not read again. */
  readonly digest: string;
  /** How many distinct valid addresses it held. */
  readonly addresses: number;
  /** Our clock. */
  readonly at: Millis;
}

/**
 * What the store keeps for opt-out lists (C20): who stands on the last version of each, and drafts of lists that are being
 * read. Nothing in memory grows with a file, and nothing here is consent: that is the facts alone.
 */
export interface OptOutLists {
  last(list: string): Promise<ListVersion | null>;
  /** Begins a draft and answers its number, which becomes the version; forgets drafts that were begun a day before `at`. */
  draft(at: Millis): Promise<number>;
  /** Puts addresses into a draft, each once; how many were new to it. */
  gather(draft: number, addresses: readonly AddressKey[]): Promise<number>;
  /** In address order, from behind `after`. */
  gathered(draft: number, after: AddressKey | null, limit: number): Promise<readonly AddressKey[]>;
  /** Those of these addresses that a draft holds. */
  inDraft(draft: number, among: readonly AddressKey[]): Promise<ReadonlySet<AddressKey>>;
  discard(draft: number): Promise<void>;
  /** Those of these addresses that stand on the last version of a list, or on one whose import did not end. */
  onList(list: string, among: readonly AddressKey[]): Promise<ReadonlySet<AddressKey>>;
  /** Those of these addresses that are subscribed in a marketing system, as was last read. */
  subscribed(among: readonly AddressKey[]): Promise<ReadonlySet<AddressKey>>;
  /** Some addresses of a draft, all or nothing: their facts, dirty marks, and that they stand on this version. */
  enter(
    list: string,
    draft: number,
    addresses: readonly AddressKey[],
    facts: readonly NewFact[],
    at: Millis,
  ): Promise<void>;
  /** The version is entered whole: who does not stand on it any more is forgotten here, never in the ledger. */
  complete(list: string, version: ListVersion): Promise<void>;
  /** Every address that a fact is about or a record had, in address order, from behind `after`. */
  everybody(after: AddressKey | null, limit: number): Promise<readonly AddressKey[]>;
}
