import type { AsyncBatch, Download } from './batches/async-batch.ts';
import type { Membership } from './membership.ts';

/** Everything one Mailchimp account holds. Times are whole seconds since the epoch: the vendor has no finer ones. */
export interface Account {
  readonly accountId: string;
  readonly loginId: string;
  /** `<32 hex>-us6` */
  readonly apiKey: string;
  readonly audiences: Map<string, Audience>;
  readonly campaigns: Campaign[];
  /** Asynchronous batches, oldest first. */
  readonly batches: AsyncBatch[];
  /** What the host of the batch results was asked for, oldest first. */
  readonly downloads: Download[];
  /** The last number given out, for web ids, merge ids, segments and reports alike. */
  lastNumber: number;
}

export interface Audience {
  readonly id: string;
  readonly webId: number;
  name: string;
  doubleOptin: boolean;
  readonly createdAtS: number;
  /** What the owner typed in and the API only gives back: contact, campaign_defaults, permission_reminder ... */
  settings: Record<string, unknown>;
  /** The GDPR fields; empty when the audience has none. */
  permissions: readonly MarketingPermission[];
  readonly mergeFields: MergeField[];
  readonly categories: InterestCategory[];
  /** Static segments are tags. */
  readonly segments: Segment[];
  readonly members: Membership;
  /** Hashes of permanently deleted addresses. */
  readonly forgotten: Set<string>;
  readonly abuseReports: AbuseReport[];
  readonly unsubscribes: CampaignUnsubscribe[];
}

export type Status = 'subscribed' | 'unsubscribed' | 'cleaned' | 'pending' | 'transactional' | 'archived';

/** Who ended a subscription. Mailchimp treats `api` and `admin` alike, and lets only those be undone by API. */
export type OptOutCause = 'api' | 'admin' | 'person' | 'complaint';

export interface Member {
  /** MD5 of the lower-cased address. */
  hash: string;
  email: string;
  readonly contactId: string;
  readonly webId: number;
  status: Status;
  /** Set while unsubscribed, and kept behind `archived` and `pending`, which hide it from every reader. */
  optOut: { readonly cause: OptOutCause; readonly reason: string; readonly atS: number } | undefined;
  /** Was cleaned before it was archived. */
  wasCleaned: boolean;
  emailType: string;
  mergeFields: Record<string, MergeValue>;
  /** Ids of the interests that are ticked. */
  interests: readonly string[];
  /** Ids of the marketing permissions that are enabled. */
  permissions: readonly string[];
  /** Tags and other static segments, with the second of joining. */
  segments: readonly (readonly [id: number, sinceS: number])[];
  ipSignup: string;
  signupS: number | undefined;
  ipOpt: string;
  optInS: number | undefined;
  changedS: number;
  language: string;
  vip: boolean;
  location: { readonly latitude: number; readonly longitude: number };
  source: string;
  /** Oldest first. */
  activity: readonly Activity[];
}

export type MergeValue = string | number | Readonly<Record<string, string>>;

export type MergeFieldType =
  | 'text'
  | 'number'
  | 'address'
  | 'phone'
  | 'date'
  | 'url'
  | 'imageurl'
  | 'radio'
  | 'dropdown'
  | 'birthday'
  | 'zip';

export interface MergeField {
  readonly id: number;
  tag: string;
  name: string;
  readonly type: MergeFieldType;
  required: boolean;
  defaultValue: string;
  isPublic: boolean;
  displayOrder: number;
  options: Readonly<Record<string, unknown>>;
  helpText: string;
}

export interface InterestCategory {
  readonly id: string;
  title: string;
  displayOrder: number;
  type: string;
  readonly interests: Interest[];
}

export interface Interest {
  readonly id: string;
  name: string;
  displayOrder: number;
}

export interface Segment {
  readonly id: number;
  name: string;
  readonly type: 'static' | 'saved';
  readonly createdAtS: number;
  updatedAtS: number;
  /** Conditions of a saved segment: kept, never evaluated. */
  options: unknown;
}

interface MarketingPermission {
  readonly id: string;
  readonly text: string;
}

export interface Campaign {
  readonly id: string;
  readonly audience: string;
  readonly title: string;
  readonly sentAtS: number;
}

export interface AbuseReport {
  readonly id: number;
  readonly campaign: string;
  readonly hash: string;
  readonly email: string;
  readonly atS: number;
}

export interface CampaignUnsubscribe {
  readonly campaign: string;
  readonly hash: string;
  readonly email: string;
  readonly reason: string;
  readonly atS: number;
}

export interface Activity {
  readonly type: string;
  readonly atS: number;
  readonly details: Readonly<Record<string, unknown>>;
}

/** The next number of the account. */
export function nextNumber(account: Account): number {
  account.lastNumber += 1;
  return account.lastNumber;
}
