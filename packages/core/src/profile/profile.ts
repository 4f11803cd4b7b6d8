import type { Connector, ListRef, OptOutField } from '@heed/contract';
import type { Transform } from '../fields/transform.ts';
import type { ProfileError } from './place.ts';
import type { SecretReference } from './secret-reference.ts';
import type { Places } from './yaml-text.ts';

export type Side = 'crm' | 'marketing';

/** One sync profile, checked, with every default filled in. Its keys are explained in docs/profiles.md. */
export interface Profile {
  /** `acme/newsletter` */
  readonly id: string;
  readonly customer: string;
  readonly name: string;
  readonly description: string | null;
  readonly crm: {
    /** A name from connections.yaml. */
    readonly connection: string;
    /** Record types; the order decides whose fields win when several share an address. */
    readonly records: readonly string[];
    /** Null: every record. */
    readonly lists: readonly ListRef[] | null;
  };
  readonly marketing: { readonly connection: string; readonly audience: string };
  /** Null: runs only when asked to. */
  readonly schedule: { readonly cron: string; readonly timezone: string } | null;
  readonly fields: readonly FieldMapping[];
  /** Whose value stays when both sides changed. */
  readonly conflicts: Side;
  readonly create: {
    readonly marketing: boolean;
    /** The record type made for a new subscriber; null: none. */
    readonly crm: string | null;
  };
  readonly whenRecordLeaves: 'keep' | 'tag' | 'archive';
  /** The CRM field that holds our own external id; null: none. */
  readonly reference: string | null;
  readonly optOut: OptOutRules;
  readonly topics: readonly TopicMapping[];
  readonly consent: ConsentRules;
  readonly guards: {
    /** C23: held when more people than this *and* more than this share of them. */
    readonly optOuts: { readonly people: number; readonly percent: number };
    readonly creates: number;
  };
  /** Where its keys stand, for messages. */
  readonly places: Places;
}

export type Direction = 'both' | 'crm-to-marketing' | 'marketing-to-crm';

export interface FieldMapping {
  readonly crm: string;
  readonly marketing: string;
  readonly direction: Direction;
  /** In the direction of the mapping; for `both` they are written from CRM to marketing and undone on the way back. */
  readonly transforms: readonly Transform[];
  /** An emptied value empties the other side too. */
  readonly clear: boolean;
}

/** C4: replaces the CRM's standard opt-out field, or stands beside it. */
export interface CustomOptOutField extends OptOutField {
  readonly alsoStandard: boolean;
}

/** C27: which opt-out of a CRM with a wide one is meant. */
export type OptOutTarget = 'portal' | 'custom-field' | { readonly subscriptionType: string };

/** C17: one subscription, and where each system keeps it. */
export interface TopicMapping {
  /** What reports, `optouts import --topic` and the ledger of a list call it. */
  readonly name: string;
  /** A field of the CRM, or as its `field` the id of a topic that the CRM keeps by itself; null: it knows no such topic. */
  readonly crm: OptOutField | null;
  /** Its id in the marketing system; null: it knows no such topic. */
  readonly marketing: string | null;
  /** What an opt-out of it does to the side that does not know it; null: nothing, it is listed. */
  readonly collapse: 'any' | 'all' | null;
}

export interface OptOutRules {
  /** C2, C3 */
  readonly crmToMarketing: boolean;
  /** Null: the CRM's standard field. */
  readonly customField: CustomOptOutField | null;
  /** C5 */
  readonly scope: 'everyone' | 'lists';
  /** C7 */
  readonly clearWhenConfirmed: boolean;
  /** C3 */
  readonly suppressUnknown: boolean;
  /** C10: a CRM checkbox for addresses that bounce. */
  readonly undeliverableField: string | null;
  readonly target: OptOutTarget | null;
  /** C28 */
  readonly softOptOutIsRequest: boolean;
  /** C20: a list of the whole customer that is imported before each run if it changed; null: none. */
  readonly importFrom: ImportFrom | null;
}

/** A CSV file, relative to the folder of the profile and inside of it; null: found out. */
export interface ImportFrom {
  readonly path: string;
  readonly column: string | null;
  readonly delimiter: string | null;
  readonly encoding: string | null;
}

export type Basis = 'consent' | 'existing-customer' | 'contract' | 'legitimate-interest';

/** C19 */
export interface ConsentRules {
  readonly newMembers: 'subscribe' | 'double-opt-in' | 'non-subscribed';
  /** Never null with `subscribe`. */
  readonly basis: Basis | null;
  /** Never null with basis `consent` and `subscribe`. */
  readonly optInField: string | null;
}

/** One account of a customer. Holds references to secrets, never a secret: `resolveConfig` gives those to the connector. */
export interface Connection {
  readonly customer: string;
  readonly name: string;
  readonly connector: Connector;
  /** As written; the key `connector` is in it only where the connector's schema has one. */
  readonly settings: Readonly<Record<string, unknown>>;
  readonly secrets: readonly SecretReference[];
  readonly places: Places;
}

/** One folder of the profiles folder. */
export interface Customer {
  readonly name: string;
  readonly connections: ReadonlyMap<string, Connection>;
  /** Those without errors, by name. */
  readonly profiles: readonly Profile[];
  /** Of all its files; a profile that is not in `profiles` has at least one here. */
  readonly errors: readonly ProfileError[];
}
