import type { Millis } from '@heed/contract';

/** Every distinct record that a run saw is in exactly one bucket of its side; `optedOut` wins over `updated`. */
export type Bucket = 'created' | 'updated' | 'optedOut' | 'unchanged' | 'held' | 'notSynced' | 'setAside';

/** Why a record was not synced. Published: scripts match on these words (docs/reasons.md). */
export const NOT_SYNCED_REASONS = [
  'opted-out-in-crm', // C2: opted out in the CRM, the profile does not carry that to marketing
  'opted-out', // an opt-out stands; fields do not travel (C0)
  'waits-for-review', // opted in again by own act (C7)
  'unticked-still-opted-out', // C6
  'subscribed-again-not-by-own-act', // C6
  'outside-lists', // C5
  'shared-address', // C15: made at an address several people shared
  'undeliverable', // C10
  'archived', // C12a
  'vanished', // C12a, C19
  'refused-by-vendor', // compliance state, forgotten address
  'no-address',
  'invalid-address',
  'no-opt-in', // C19 consent.optInField
  'no-permission', // C19 newMembers: non-subscribed where the tool cannot
  'creates-off', // create.marketing / create.crm
  'opted-out-elsewhere', // C26
  'no-consent', // C28
  'consent-unreadable', // C18
  'invited-before', // C11
  'not-winner', // another record of the address supplies the fields
  'left', // whenRecordLeaves: keep
  'topic-opted-out', // C17: an opt-out of a single topic stands, and is not so on the other side
  'topic-not-carried', // C17: the other side knows no such topic, and the profile collapses nothing
  'address-differs', // the linked member has another address, which the CRM record never had
] as const;
export type NotSyncedReason = (typeof NOT_SYNCED_REASONS)[number];

export interface SideCounts {
  readonly read: number;
  readonly created: number;
  readonly updated: number;
  readonly optedOut: number;
  readonly unchanged: number;
  readonly held: number;
  readonly notSynced: Readonly<Record<string, number>>;
  readonly setAside: readonly {
    readonly record: string;
    readonly address: string;
    readonly field: string | null;
    readonly rule: string;
    readonly message: string;
  }[];
}

export type RunStatus =
  | 'running'
  | 'done'
  | 'waiting'
  | 'attention'
  | 'failed'
  | 'interrupted'
  | 'unreachable'
  | 'invalid';

export interface RunReport {
  readonly run: string;
  readonly profile: string;
  readonly status: RunStatus;
  readonly startedAt: Millis;
  readonly finishedAt: Millis | null;
  readonly crm: SideCounts;
  readonly marketing: SideCounts;
  /** What a guard or a first run holds: counts by what would be done. */
  readonly held: Readonly<Record<string, number>>;
  readonly owed: number;
  /** People who are not synced, by reason, as things stand after the run: also those it did not touch (C2, C5). */
  readonly listed: Readonly<Record<string, number>>;
  /** People waiting for `heed review`. */
  readonly review: number;
  /**
   * Members that the marketing system shows opted out of everything, and that the customer pays for all the same (C13), as the
   * run left things; null where the system has no such status, absent in runs of an older version.
   */
  readonly paidOptedOut?: number | null;
  /** Changes in jobs of the vendors that had not ended; absent in runs of older versions. */
  readonly inJobs?: { readonly crm: number; readonly marketing: number };
  readonly calls: { readonly crm: number; readonly marketing: number };
  readonly exitCode: number;
  /** What went wrong, who, why, next step; null if nothing. */
  readonly message: string | null;
}
