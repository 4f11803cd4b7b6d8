import type { ErrorKind } from './error.ts';
import type { Millis, RecordRef, Row, Values } from './record.ts';

/** Made by the engine, unique within the customer, durable before the request. */
export type OpId = string;

/** How a new member comes to be (C19). A CRM record is created `opted-in` or `opted-out` by its consent fields. */
export type NewMemberAs = 'subscribed' | 'pending' | 'non-subscribed' | 'unsubscribed';

/** One change to one record. Only `opt-out`, `clear` and `create` can say anything about consent. */
export type Op =
  /** Makes the address unmailable. Repeatable. `record: null` only where the profile asks for it and `can.optOutUnknown`. */
  | {
      readonly kind: 'opt-out';
      readonly id: OpId;
      readonly record: RecordRef | null;
      readonly email: string;
      /** `*` or the id of a topic, in a marketing system; a CRM has it said by `set` alone. */
      readonly topic: string;
      /** The consent fields to set, for systems that keep consent in fields; empty for the others. */
      readonly set: Values;
    }
  /** Undoes a CRM opt-out field after the person's own proven opt-in (C7). Conditional on `ifVersion` where the vendor can. */
  | {
      readonly kind: 'clear';
      readonly id: OpId;
      readonly record: RecordRef;
      readonly email: string;
      readonly topic: string;
      readonly set: Values;
      readonly ifVersion: string | null;
    }
  /** Changes mapped fields and nothing else: never consent, never the address (C9). */
  | {
      readonly kind: 'patch';
      readonly id: OpId;
      readonly record: RecordRef;
      readonly email: string;
      readonly fields: Values;
      readonly ifVersion: string | null;
    }
  /** Follows an address change; keeps the status (C9, C15). */
  | {
      readonly kind: 'rename';
      readonly id: OpId;
      readonly record: RecordRef;
      readonly from: string;
      readonly to: string;
    }
  /**
   * Finds or makes the record; on a hit it leaves consent alone (C9) and answers `unchanged` or `applied` for fields. An address that
   * opted out, with or without a contact, as a look just before shows, is made no member: it answers `unchanged`, with the row that
   * says so. Where `listsOptedOutWithoutContact` is false this is the one look before a member is made (C1).
   */
  | {
      readonly kind: 'create';
      readonly id: OpId;
      readonly type: string;
      readonly email: string;
      /** Our external id and the field that holds it; the create is idempotent on it. */
      readonly reference: { readonly field: string; readonly value: string } | null;
      readonly fields: Values;
      /** Marketing systems: the status of the new member. Null for a CRM. */
      readonly as: NewMemberAs | null;
      /** CRM: consent fields, sent explicitly (C19). Empty for marketing systems. */
      readonly set: Values;
    }
  /** What `whenRecordLeaves` asks for; never on an opted-out, undeliverable, archived or pending member (C12). */
  | {
      readonly kind: 'leave';
      readonly id: OpId;
      readonly record: RecordRef;
      readonly email: string;
      readonly how: 'tag' | 'archive';
    };

/** Why a write was not applied. */
export interface Refusal {
  readonly kind: ErrorKind;
  /** The vendor's own code or title, for support. */
  readonly code: string;
  /** What is wrong and what to do, without personal data. */
  readonly message: string;
  /** The vendor field at fault, where it says. */
  readonly field: string | null;
  /** The vendor will never accept this for this address (compliance state, forgotten address): do not try again. */
  readonly forever: boolean;
}

/**
 * `applied`: the answer shows that this request made the change. `unchanged`: it was so already, somebody else's doing.
 * `rejected`: surely not applied. `unknown`: sent, no usable answer; the engine looks before it leaps.
 */
export type Outcome =
  | {
      readonly op: OpId;
      readonly result: 'applied' | 'unchanged';
      readonly record: RecordRef | null;
      /** The state the vendor answered with, where it does. Not a read-back (C22). */
      readonly row: Row | null;
      /** Vendor's clock at the answer. */
      readonly at: Millis;
    }
  | { readonly op: OpId; readonly result: 'rejected'; readonly refusal: Refusal }
  | { readonly op: OpId; readonly result: 'unknown'; readonly refusal: Refusal };
