import type { Life, MemberState, Millis, RecordRef, Values } from '@heed/contract';
import type { AddressKey } from '../identity/address.ts';

/** One side of one profile: where records live. Two profiles on the same connection and container share its shadow. */
export interface System {
  readonly role: 'crm' | 'marketing';
  readonly connection: string;
  /** The audience of a marketing system; empty for a CRM. */
  readonly container: string;
}

/** A time during which a record had an address. Vendor's clock. */
export interface Stay {
  readonly address: AddressKey;
  /** The first read that showed it could not say since when; null. */
  readonly from: Millis | null;
  /** When it surely had left: modified time or read time of the first read without it; null while it is there. */
  readonly until: Millis | null;
}

/** When a read last showed a field, vendor's clock, and which of the record's stays was then the last (-1: none). */
export interface Sight {
  readonly readAt: Millis;
  readonly stay: number;
}

/** What we last saw of one record. Only mapped fields, consent fields and what rules need are kept. */
export interface Shadow {
  readonly system: System;
  readonly record: RecordRef;
  /** In the vendor's spelling. */
  readonly email: string | null;
  /** A CRM record without a usable one has its own key instead (`recordAddress`), for facts have to hang on something. */
  readonly address: AddressKey | null;
  /** `vanished`: a complete read or a look-up no longer showed it. That is unknown, not absent (C12a). */
  readonly life: Life | { readonly kind: 'vanished' };
  readonly values: Values;
  /**
   * Consent fields that were ever shown. Null: by the last read. Otherwise the last read lacked it (hidden, another profile's
   * read, the answer to a write), so that what it says by now may have been said long before (Words: when).
   */
  readonly sights?: Readonly<Record<string, Sight | null>>;
  /** Consent fields that show opted out by what may be the default of new records, which no fact says (C28). */
  readonly byDefault?: readonly string[];
  readonly member: MemberState | null;
  readonly reference: string | null;
  /** List id -> in it or not; null: it was, and is being read anew. A list never asked for is absent. */
  readonly lists: Readonly<Record<string, boolean | null>>;
  readonly modifiedAt: Millis | null;
  readonly modifiedBy: 'us' | 'other' | 'unknown';
  readonly version: string | null;
  /** Every address the record ever had, oldest first; the last one is the present one, if it has one (C15). */
  readonly stays: readonly Stay[];
  /** When it was first and last seen, vendor's clock at the beginning of the read. */
  readonly firstReadAt: Millis;
  readonly lastReadAt: Millis;
  /** Our clock; a complete read that began later and did not show it makes it vanished. */
  readonly seenAt: Millis;
  /** When a read first showed another `life` than before (merged, deleted, restored); null if it never changed (C16). */
  readonly lifeChangedAt: Millis | null;
  /** When it was seen archived or gone since the last opt-out it showed; an opt-in after that proves nothing (C7). */
  readonly archivedSince: Millis | null;
}

export const systemKey = (system: System): string => `${system.role}|${system.connection}|${system.container}`;
export const recordKey = (record: RecordRef): string => `${record.type}/${record.id}`;
/** The record that a key names; no vendor's type has a slash in it. */
export const recordRef = (key: string): RecordRef => {
  const slash = key.indexOf('/');
  return { type: key.slice(0, slash), id: key.slice(slash + 1) };
};
