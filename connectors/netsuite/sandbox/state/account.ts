import type { World } from '@heed/sandbox';
import type { Job } from '../jobs/job.ts';
import type { Field } from '../schema/field.ts';
import type { Table } from './table.ts';

/** One line of a customer's sublist `subscriptions`. */
export interface SubscriptionLine {
  readonly subscribed: boolean;
  readonly lastModifiedDate: string;
}

export interface GroupMember {
  readonly group: string;
  readonly member: string;
}

export interface DeletedRecord {
  readonly recordType: string;
  readonly typeNumber: number;
  readonly recordId: string;
  readonly name: string;
  readonly deletedDate: string;
}

/** What a saved search or a dataset shows: a SuiteQL query, as nobody can write the real definitions by API either. */
export interface StoredQuery {
  readonly id: string;
  /** `customsearch_...`, `custdataset_...` */
  readonly scriptId: string;
  readonly name: string;
  readonly recordType: string;
  readonly query: string;
}

export interface Deployment {
  readonly script: string;
  readonly deploy: string;
  readonly source: string;
}

/** A certificate of *OAuth 2.0 Client Credentials (M2M) Setup*: its id is the `kid` of assertions. */
export interface Certificate {
  readonly id: string;
  /** PEM */
  readonly publicKey: string;
}

export interface Credentials {
  readonly clientId: string;
  /** PEM, PKCS #8: of the first certificate. */
  readonly privateKey: string;
  readonly certificates: Certificate[];
  readonly consumerKey: string;
  readonly consumerSecret: string;
  readonly tokenId: string;
  readonly tokenSecret: string;
  /** For anybody's own call; never runs out by itself. */
  readonly accessToken: string;
}

export interface AccessToken {
  readonly expiresAtMs: number;
  /** `rest_webservices`, `restlets`, `suite_analytics` */
  readonly scopes: readonly string[];
}

/** What the role of the integration may do with a record type. */
export type Level = 'none' | 'view' | 'create' | 'edit' | 'full';

export interface Permissions {
  /** *REST Web Services* */
  rest: boolean;
  /** *SuiteAnalytics Workbook* */
  workbook: boolean;
  administrator: boolean;
  /** By record name; `full` when absent. */
  readonly records: Map<string, Level>;
}

/** A line of the Login Audit Trail: the API says INVALID_LOGIN, the trail says why. */
export interface LoginAttempt {
  readonly at: string;
  readonly detail: string;
}

/** One NetSuite account, live. */
export interface Account {
  /** `7654321_SB1`: the realm; in host names `7654321-sb1`. */
  readonly accountId: string;
  readonly credentials: Credentials;
  /** By record name in lower case. */
  readonly tables: ReadonlyMap<string, Table>;
  /** What an administrator changed on the records' fields. */
  readonly fieldChanges: ({ readonly record: string } & ({ readonly put: Field } | { readonly removed: string }))[];
  /** By customer, then by campaignSubscription; what is not there was never touched. */
  readonly subscriptions: Map<string, Map<string, SubscriptionLine>>;
  readonly groupMembers: GroupMember[];
  readonly groupQueries: Map<string, string>;
  readonly deleted: DeletedRecord[];
  /** Entities that cannot be deleted. */
  readonly withTransactions: Set<string>;
  /** Entities whose address bounced, by id; no property shows it. */
  readonly bounced: Map<string, string>;
  readonly savedSearches: StoredQuery[];
  readonly datasets: StoredQuery[];
  readonly deployments: Deployment[];
  readonly jobs: Map<string, Job>;
  /** Access tokens given out by the token endpoint. */
  readonly tokens: Map<string, AccessToken>;
  /** Nonces of OAuth 1.0a that were used. */
  readonly nonces: Set<string>;
  readonly permissions: Permissions;
  readonly loginAudit: LoginAttempt[];
  lastEntityId: number;
  lastListId: number;
  lastJobId: number;
  /** Queries so far: rows without an order come in another one each time. */
  queries: number;
}

export type AccountWorld = World<Account>;

/** The table of a record, whatever the case of its name. */
export function tableNamed(account: Account, name: string): Table | undefined {
  return account.tables.get(name.toLowerCase());
}

/** The table of a record that is part of every account. */
export function needTable(account: Account, name: string): Table {
  const table = tableNamed(account, name);
  if (table === undefined) throw new RangeError(`There is no record type ${name}`);
  return table;
}

/** All tables of records that get mail. */
export function mailedTables(account: Account): readonly Table[] {
  return [...account.tables.values()].filter(({ definition }) => definition.isMailed);
}
