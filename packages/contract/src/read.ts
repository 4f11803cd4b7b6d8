import type { Millis, RecordRef, Row } from './record.ts';
import type { OptOutField } from './schema.ts';

/** Made and understood by one connector only; durable, so a JSON text with a version in it. Never holds a secret. */
export type Cursor = string;

/** A list as profiles name it: `{ kind: 'campaign', id: '701...' }`. */
export interface ListRef {
  readonly kind: string;
  readonly id: string;
}

/** Which columns a read or look-up brings. Id, address, life, modified time and member state always come. */
export interface Columns {
  /** Record types, for a CRM; ignored by marketing systems, which have members only. */
  readonly types: readonly string[];
  /** Mapped fields, by vendor name. */
  readonly fields: readonly string[];
  /** Consent fields. A field that a type lacks or hides is left out of `values`, never guessed. */
  readonly consent: readonly OptOutField[];
  /** The field that holds our own external id, if the profile names one. */
  readonly reference: string | null;
}

/**
 * A read that never ends: from a null cursor it brings what `initially` says, then every later read with the stored
 * cursor brings what changed since (rows may come again: at least once, and in any order).
 */
export interface ReadRequest extends Columns {
  /** Only records in one of these lists; null: every record that the connection can see. */
  readonly lists: readonly ListRef[] | null;
  /** What the very first read brings: everyone, or only rows that a consent field shows opted out. */
  readonly initially: 'everyone' | 'opted-out';
  /** The `next` of the last page whose rows are durable; null to begin. */
  readonly after: Cursor | null;
}

export interface Page {
  readonly rows: readonly Row[];
  /** Resumes behind this page; on the last page it is where the next read begins. */
  readonly next: Cursor;
  readonly last: boolean;
  /** On the last page: this read began at a null cursor, so what it did not show is not there (C24 permitting). */
  readonly complete: boolean;
  /** When this read began, vendor's clock. Nothing older than this is still unseen, apart from late commits. */
  readonly readAt: Millis;
  /** How many records the vendor says the whole read has; null where it does not say. */
  readonly total: number | null;
}

/** A look for new opt-outs alone, in the middle of a long run (C21). */
export interface OptOutLook extends Columns {
  /** Vendor's clock. */
  readonly since: Millis;
}

/** Asks for single records: to settle a write in doubt, to read back an opt-out, to find the records of an address. */
export interface Lookup extends Columns {
  readonly by:
    | { readonly records: readonly RecordRef[] }
    /** In every spelling given. Vendors compare case-insensitively; the engine compares by address key. */
    | { readonly emails: readonly string[] }
    | { readonly references: readonly string[] };
  /** Also bring proof of opt-ins since then (vendor's clock), where `can.proofs` has any; null: not needed. */
  readonly evidenceSince: Millis | null;
  /** A hint: these records were changed after this time (vendor's clock), so a changed-since read may be cheaper. */
  readonly changedSince: Millis | null;
}
