import { freshQuota, type QuotaUse, type World } from '@heed/sandbox';
import type { BulkJob } from '../bulk/job.ts';
import { type FieldDefinition, type FieldValue, standardObjects } from '../schema/index.ts';
import type { Row } from '../soql/source.ts';
import { makeId } from './ids.ts';
import { Table } from './table.ts';

export interface AccessToken {
  readonly userId: string;
  /** Infinity for the token given out at the start. */
  readonly expiresAtMs: number;
}

export interface RefreshToken {
  readonly userId: string;
  /** While a refresh runs, another one with the same token is refused. */
  readonly busyUntilMs: number;
}

/** A query whose further pages can still be fetched. */
export interface Cursor {
  readonly query: string;
  readonly ids: readonly string[];
  readonly pageSize: number;
  readonly includeDeleted: boolean;
  readonly lastUsedMs: number;
}

/** A transaction that has stamped its record and commits later: until then nobody sees it and the record is locked. */
export interface LateCommit {
  readonly object: string;
  readonly row: Row;
  readonly visibleAtMs: number;
}

export interface Deletion {
  readonly object: string;
  readonly id: string;
  readonly deletedAtMs: number;
}

export interface ListView {
  readonly id: string;
  readonly object: string;
  readonly label: string;
  readonly developerName: string;
  readonly query: string;
}

/** What the Bulk API's own daily limits count. */
export interface BulkUse {
  readonly batches: QuotaUse;
  readonly queryJobs: QuotaUse;
}

/** What an administrator has set up for clients. */
export interface Credentials {
  readonly clientId: string;
  readonly clientSecret: string;
  readonly username: string;
  readonly password: string;
  readonly accessToken: string;
  /** The last one given out that was not rotated away. */
  refreshToken: string;
  /** PEM of the certificate uploaded for the JWT bearer flow. */
  publicKey: string | undefined;
}

/** One Salesforce org. */
export class Org {
  readonly organizationId: string;
  readonly credentials: Credentials;
  readonly tables = new Map<string, Table>();
  readonly accessTokens = new Map<string, AccessToken>();
  readonly refreshTokens = new Map<string, RefreshToken>();
  readonly authorizationCodes = new Map<
    string,
    { readonly redirectUri: string; readonly challenge: string | undefined }
  >();
  readonly cursors = new Map<string, Cursor>();
  /** Oldest first. */
  readonly jobs = new Map<string, BulkJob>();
  /** `Lead.HasOptedOutOfEmail`: hidden from, or not editable by, the connected user. */
  readonly hiddenFields = new Set<string>();
  readonly readOnlyFields = new Set<string>();
  /** Custom fields of a fresh org that an administrator deleted. */
  readonly removedFields = new Set<string>();
  /** Objects the user cannot see at all, or only read. */
  readonly objectAccess = new Map<string, 'none' | 'read'>();
  readonly customFields: { readonly object: string; readonly field: FieldDefinition }[] = [];
  readonly listViews: ListView[] = [];
  /** How many more writes of a record fail because another transaction holds it. */
  readonly locks = new Map<string, number>();
  /** "Allow User Access to Privacy Data", which the Consent API needs. */
  seesPrivacyData = true;
  lateCommits: LateCommit[] = [];
  deletions: Deletion[] = [];
  /** The delete log knows nothing before this moment. */
  deletionsKnownSinceMs = 0;
  writesSeen = 0;
  apiUse: QuotaUse = freshQuota();
  bulkUse: BulkUse = { batches: freshQuota(), queryJobs: freshQuota() };
  users: { readonly integration: string; readonly admin: string };
  #sequence: number;

  constructor(options: {
    readonly organizationId: string;
    readonly credentials: Credentials;
    readonly sequence?: number;
  }) {
    this.organizationId = options.organizationId;
    this.credentials = options.credentials;
    this.#sequence = options.sequence ?? 0;
    for (const definition of standardObjects) {
      this.tables.set(definition.name.toLowerCase(), new Table(definition));
    }
    this.users = { integration: makeId('005', 1), admin: makeId('005', 2) };
  }

  get sequence(): number {
    return this.#sequence;
  }

  nextId(keyPrefix: string): string {
    this.#sequence += 1;
    return makeId(keyPrefix, this.#sequence);
  }

  /** What was written since a journal was begun, newest last; undefined when nobody may have to take it back. */
  #journal: { readonly table: Table; readonly id: string; readonly before: Row | undefined }[] | undefined;

  /** Stores a row; every write goes through here so that it can be taken back. */
  put(table: Table, row: Row): void {
    const id = String(row.Id);
    this.#journal?.push({ table, id, before: table.get(id) });
    table.put(row);
  }

  /** Runs writes that are kept only when `keep` says so afterwards. */
  transaction<Result>(work: () => Result, keep: (result: Result) => boolean): Result {
    const journal: { readonly table: Table; readonly id: string; readonly before: Row | undefined }[] = [];
    const { deletions } = this;
    this.#journal = journal;
    this.deletions = [...deletions];
    let kept = false;
    try {
      const result = work();
      kept = keep(result);
      return result;
    } finally {
      this.#journal = undefined;
      if (!kept) {
        this.deletions = deletions;
        for (const { table, id, before } of journal.reverse()) {
          if (before) table.put(before);
          else table.purge(id);
        }
      }
    }
  }

  /** An object by name, case ignored. */
  table(name: string): Table | undefined {
    return this.tables.get(name.toLowerCase());
  }

  /** An object that is known to exist. */
  needTable(name: string): Table {
    const table = this.table(name);
    if (!table) throw new RangeError(`This org has no object ${name}`);
    return table;
  }

  /** The object an id belongs to, by its first three characters. */
  tableOfId(id: string): Table | undefined {
    const prefix = id.slice(0, 3);
    return [...this.tables.values()].find(
      (table) => table.definition.keyPrefix === prefix && table.get(id) !== undefined,
    );
  }
}

export type OrgWorld = World<Org>;

/** A field of a stored row; what was never set has the field's initial value. */
export function stored(row: Row, field: FieldDefinition): FieldValue {
  return row[field.name] ?? field.initial;
}
