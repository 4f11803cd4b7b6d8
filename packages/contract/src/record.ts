/** Milliseconds since 1970-01-01 UTC. Always says in its docstring whose clock it is. */
export type Millis = number;

/** One record of one system: a Salesforce Contact, a Mailchimp member. Unique within a connection and container. */
export interface RecordRef {
  /** The vendor's own word for the kind of record: `Contact`, `Lead`, `member`. */
  readonly type: string;
  readonly id: string;
}

/** A postal address, the keys a vendor-neutral minimum (Mailchimp ADDRESS, Salesforce compound address). */
export type PostalAddress = Readonly<
  Partial<Record<'line1' | 'line2' | 'city' | 'state' | 'postalCode' | 'country', string>>
>;

/**
 * A field value as connectors hand it over: `date` is `YYYY-MM-DD`, `date-time` is ISO 8601 in UTC with milliseconds,
 * `multi-picklist` is a sorted array, an empty value is `null` (never `''`).
 */
export type FieldValue = string | number | boolean | null | readonly string[] | PostalAddress;

/** By vendor field name. A key that is absent was not read, which is not the same as `null` (read, and empty). */
export type Values = Readonly<Record<string, FieldValue>>;

/** Who did something, as far as the vendor tells. `unknown` is the honest default. */
export type Actor = 'person' | 'operator' | 'system' | 'unknown';

/** Whether a record still exists, and if not, what became of it. */
export type Life =
  | { readonly kind: 'live' }
  | { readonly kind: 'deleted' }
  /** Merged into or converted to another record, its heir (C16). */
  | { readonly kind: 'continued'; readonly as: RecordRef };

/** Proof that the person opted in by their own act (C7). Which acts count is the vendor's own section of C7. */
export interface OptInEvidence {
  /** Vendor's clock, exact. */
  readonly at: Millis;
  /** What shows it, for the ledger: `activity feed: signup`. No personal data. */
  readonly proof: string;
}

/** What a marketing system says about one member. A CRM keeps consent in fields instead (`Values`). */
export interface MemberState {
  readonly status: 'subscribed' | 'unsubscribed' | 'pending' | 'non-subscribed' | 'undeliverable' | 'archived';
  /** Who made the present status. */
  readonly by: Actor;
  /** The person reported a mail as abuse. A complaint is an opt-out by the person, whatever the status (C10). */
  readonly complaint: boolean;
  /** When the present status (or the complaint) was made, vendor's clock; null where the vendor keeps no such date. */
  readonly since: Millis | null;
  /** Filled only by a look-up that asked for evidence. */
  readonly optIn: OptInEvidence | null;
  /** Whether the customer pays for this member, where the vendor has a status for that: billing, never consent (C13). Silence is absent. */
  readonly paidFor?: boolean;
  /** Named topics inside the container (interests, subscription types), by the vendor's id. Silence is absent. */
  readonly topics: Readonly<Record<string, 'opted-in' | 'opted-out'>>;
}

/** One record as a connector read it. */
export interface Row {
  readonly record: RecordRef;
  /** In the vendor's own spelling; null if the record has none. */
  readonly email: string | null;
  /** Last change by anybody, vendor's clock; null where unknown. */
  readonly modifiedAt: Millis | null;
  /** Whether that last change was made by the user Heed is signed in as. */
  readonly modifiedBy: 'us' | 'other' | 'unknown';
  /** The vendor's id of the user who changed it last, where it tells (C23). Not an address. */
  readonly modifiedByUser?: string | null;
  readonly life: Life;
  /** Our own external id on the record; null if empty, not asked for or not supported. */
  readonly reference: string | null;
  /** Mapped fields and consent fields that were asked for and could be read. */
  readonly values: Values;
  /** Null for a CRM record. */
  readonly member: MemberState | null;
  /** Which of the lists of the request the record is in; null if the read did not ask. */
  readonly lists: readonly string[] | null;
  /** For conditional writes; null where the vendor has none. */
  readonly version: string | null;
}
