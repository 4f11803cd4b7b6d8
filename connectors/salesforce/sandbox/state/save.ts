import type { BulkJob } from '../bulk/job.ts';
import type { Row } from '../soql/source.ts';
import { type Credentials, Org } from './org.ts';

/** An org as JSON: the state file. */
export function saveOrg(org: Org): unknown {
  return {
    organizationId: org.organizationId,
    credentials: org.credentials,
    sequence: org.sequence,
    customFields: org.customFields,
    rows: Object.fromEntries([...org.tables.values()].map((table) => [table.definition.name, [...table.rows()]])),
    accessTokens: [...org.accessTokens].map(([token, one]) => [token, one.userId, finite(one.expiresAtMs)]),
    refreshTokens: [...org.refreshTokens].map(([token, one]) => [token, one.userId]),
    hiddenFields: [...org.hiddenFields],
    readOnlyFields: [...org.readOnlyFields],
    removedFields: [...org.removedFields],
    objectAccess: [...org.objectAccess],
    seesPrivacyData: org.seesPrivacyData,
    listViews: org.listViews,
    locks: [...org.locks],
    lateCommits: org.lateCommits,
    deletions: org.deletions,
    deletionsKnownSinceMs: org.deletionsKnownSinceMs,
    apiUse: org.apiUse,
    bulkUse: org.bulkUse,
    jobs: [...org.jobs.values()],
  };
}

function finite(ms: number): number | null {
  return Number.isFinite(ms) ? ms : null;
}

interface SavedOrg {
  readonly organizationId: string;
  readonly credentials: Credentials;
  readonly sequence: number;
  readonly customFields: Org['customFields'];
  readonly rows: Readonly<Record<string, readonly Row[]>>;
  readonly accessTokens: readonly (readonly [string, string, number | null])[];
  readonly refreshTokens: readonly (readonly [string, string])[];
  readonly hiddenFields: readonly string[];
  readonly readOnlyFields: readonly string[];
  readonly removedFields?: readonly string[];
  readonly objectAccess: readonly (readonly [string, 'none' | 'read'])[];
  readonly seesPrivacyData: boolean;
  readonly listViews: Org['listViews'];
  readonly locks: readonly (readonly [string, number])[];
  readonly lateCommits: Org['lateCommits'];
  readonly deletions: Org['deletions'];
  readonly deletionsKnownSinceMs: number;
  readonly apiUse: Org['apiUse'];
  readonly bulkUse?: Org['bulkUse'];
  readonly jobs?: readonly BulkJob[];
}

/** The opposite of {@link saveOrg}; open query locators and authorization codes do not survive. */
export function loadOrg(stored: unknown): Org {
  const saved = stored as SavedOrg; // written by saveOrg, and the kit checked whose file it is
  const { organizationId, credentials, sequence } = saved;
  const org = new Org({ organizationId, credentials, sequence });
  for (const { object, field } of saved.customFields) {
    org.customFields.push({ object, field });
    org.table(object)?.addField(field);
  }
  for (const [object, rows] of Object.entries(saved.rows)) {
    for (const row of rows) org.table(object)?.put(row);
  }
  for (const [token, userId, expiresAtMs] of saved.accessTokens) {
    org.accessTokens.set(token, { userId, expiresAtMs: expiresAtMs ?? Number.POSITIVE_INFINITY });
  }
  for (const [token, userId] of saved.refreshTokens) org.refreshTokens.set(token, { userId, busyUntilMs: 0 });
  for (const path of saved.hiddenFields) org.hiddenFields.add(path);
  for (const path of saved.readOnlyFields) org.readOnlyFields.add(path);
  for (const path of saved.removedFields ?? []) {
    const [object = '', name = ''] = path.split('.');
    org.removedFields.add(path);
    org.table(object)?.removeField(name);
  }
  for (const [object, access] of saved.objectAccess) org.objectAccess.set(object, access);
  for (const [id, times] of saved.locks) org.locks.set(id, times);
  org.listViews.push(...saved.listViews);
  org.seesPrivacyData = saved.seesPrivacyData;
  org.lateCommits = saved.lateCommits;
  org.deletions = saved.deletions;
  org.deletionsKnownSinceMs = saved.deletionsKnownSinceMs;
  org.apiUse = saved.apiUse;
  // A state file of before there were jobs has none.
  if (saved.bulkUse) org.bulkUse = saved.bulkUse;
  for (const job of saved.jobs ?? []) org.jobs.set(job.id, job);
  return org;
}
