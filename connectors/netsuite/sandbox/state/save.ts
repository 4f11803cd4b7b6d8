import type { Job } from '../jobs/job.ts';
import type { Field } from '../schema/field.ts';
import { RECORDS } from '../schema/records.ts';
import type { AccessToken, Account, Level, SubscriptionLine } from './account.ts';
import { type Row, Table } from './table.ts';

type Plain = Omit<
  Account,
  | 'tables'
  | 'subscriptions'
  | 'groupQueries'
  | 'withTransactions'
  | 'bounced'
  | 'jobs'
  | 'tokens'
  | 'nonces'
  | 'permissions'
>;

interface Stored extends Plain {
  readonly rows: readonly (readonly [string, readonly Row[]])[];
  readonly subscriptions: readonly (readonly [string, readonly (readonly [string, SubscriptionLine])[]])[];
  readonly groupQueries: readonly (readonly [string, string])[];
  readonly withTransactions: readonly string[];
  readonly bounced: readonly (readonly [string, string])[];
  readonly jobs: readonly (readonly [string, Job])[];
  readonly tokens: readonly (readonly [string, AccessToken])[];
  readonly nonces: readonly string[];
  readonly permissions: Omit<Account['permissions'], 'records'> & {
    readonly records: readonly (readonly [string, Level])[];
  };
}

/** The account as plain JSON. */
export function saveAccount(account: Account): Stored {
  const { tables, ...rest } = account;
  return {
    ...rest,
    rows: [...tables].map(([name, table]) => [name, [...table.rows()]]),
    subscriptions: [...account.subscriptions].map(([id, lines]) => [id, [...lines]]),
    groupQueries: [...account.groupQueries],
    withTransactions: [...account.withTransactions],
    bounced: [...account.bounced],
    jobs: [...account.jobs],
    tokens: [...account.tokens],
    nonces: [...account.nonces],
    permissions: { ...account.permissions, records: [...account.permissions.records] },
  };
}

/** The opposite of `saveAccount`. */
export function loadAccount(stored: unknown): Account {
  const { rows, ...rest } = stored as Stored; // written by saveAccount; the kit has checked whose file it is
  const tables = new Map(RECORDS.map((record) => [record.name.toLowerCase(), new Table(record)]));
  for (const change of rest.fieldChanges) changeField(tables, change);
  for (const [name, all] of rows) for (const row of all) tables.get(name)?.put(row);
  return {
    ...rest,
    tables,
    subscriptions: new Map(rest.subscriptions.map(([id, lines]) => [id, new Map(lines)])),
    groupQueries: new Map(rest.groupQueries),
    withTransactions: new Set(rest.withTransactions),
    bounced: new Map(rest.bounced),
    jobs: new Map(rest.jobs),
    tokens: new Map(rest.tokens),
    nonces: new Set(rest.nonces),
    permissions: { ...rest.permissions, records: new Map(rest.permissions.records) },
  };
}

/** An administrator's change of a record's fields. */
export function changeField(
  tables: ReadonlyMap<string, Table>,
  change: { readonly record: string; readonly put?: Field; readonly removed?: string },
): void {
  const table = tables.get(change.record.toLowerCase());
  if (change.put !== undefined) table?.putField(change.put);
  if (change.removed !== undefined) table?.removeField(change.removed);
}
