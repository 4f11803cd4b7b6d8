import type { FieldValue } from './record.ts';

export type FieldType =
  | 'text'
  | 'number'
  | 'boolean'
  | 'date'
  | 'date-time'
  /** Month and day without a year, `MM/DD`. */
  | 'birthday'
  | 'picklist'
  | 'multi-picklist'
  | 'phone'
  | 'email'
  | 'url'
  | 'address'
  /** Exists, but Heed cannot carry it; mapping it is an error that says so. */
  | 'other';

export interface FieldSchema {
  readonly name: string;
  readonly label: string;
  readonly type: FieldType;
  /** Can be set on an existing record by the user Heed is signed in as. */
  readonly writable: boolean;
  /** A create without it is refused by the vendor. */
  readonly required: boolean;
  /** Values of a (multi-)picklist; null if free. */
  readonly options: readonly string[] | null;
  readonly maxLength: number | null;
  /** Can hold our own external id: unique, text, writable. */
  readonly canBeReference: boolean;
}

/** Which values of a consent field mean "opted out" (C4). */
export interface OptOutField {
  readonly field: string;
  /** `true` a checkbox, `false` an inverted one, `'set'` a date (any value), an array: these picklist values. */
  readonly optedOutWhen: boolean | 'set' | readonly string[];
  /** What to write to opt somebody out. `'today'` writes the date of the day, for date fields. */
  readonly write: FieldValue | 'today';
  /** Those of the opted-out values that a new record may have without anybody's request (C28); absent if there are none. */
  readonly mayBeDefault?: readonly string[];
  /**
   * Values that nobody but the person can set, by a confirmation of their own: a record that is seen to change into one proves that
   * they opted in there (C7). Absent if there are none.
   */
  readonly provesOptIn?: readonly string[];
}

export interface RecordTypeSchema {
  /** The vendor's name, as profiles use it in `crm.records`. */
  readonly name: string;
  readonly label: string;
  readonly fields: readonly FieldSchema[];
  /** The vendor's own opt-out field; `missing` names the field that permissions hide (C18); null if opt-outs are a status. */
  readonly standardOptOut: OptOutField | { readonly missing: string; readonly fix: string } | null;
  /** Opt-outs of single topics that a CRM keeps on its records, by topic id (C17, C27); absent if it keeps none. */
  readonly topicOptOuts?: Readonly<Record<string, OptOutField>>;
  /** Null if records of this type can be created, else why not. */
  readonly notCreatable: string | null;
}

export interface ListSchema {
  /** As it stands in a profile: `{ campaign: 701Hs000001abcd }` is kind `campaign`, id `701Hs000001abcd`. */
  readonly kind: string;
  readonly id: string;
  readonly name: string;
  readonly size: number | null;
}

export interface TopicSchema {
  readonly id: string;
  readonly name: string;
  /** What the vendor calls it: `interest`, `subscription type`. */
  readonly kind: string;
  /** Members are outside of it until somebody lets them in, so that alone is nobody's request: only leaving is (C28). */
  readonly mayBeDefault?: true;
}

/** What a system has, seen with the permissions of the user Heed is signed in as. */
export interface SystemSchema {
  readonly recordTypes: readonly RecordTypeSchema[];
  readonly lists: readonly ListSchema[];
  /** Containers to sync into: Mailchimp audiences. Empty for a CRM. */
  readonly audiences: readonly ListSchema[];
  readonly topics: readonly TopicSchema[];
}

/** The cheapest proof that credentials work. */
export interface Account {
  /** Stable id of the account, so that a key of another account is noticed. */
  readonly id: string;
  readonly name: string;
  /** Permissions that are missing and what each one costs; empty if all is well. */
  readonly gaps: readonly { readonly what: string; readonly fix: string }[];
}
