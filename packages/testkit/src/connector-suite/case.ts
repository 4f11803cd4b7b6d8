import type { Columns, FieldValue, ListRef, OptOutField, RecordRef, Role, Values } from '@heed/contract';
import type { SandboxControls, SandboxDefinition } from '@heed/sandbox';

/** The running stand-in, as far as the suite touches it. */
export type Vendor = SandboxControls<unknown>;

export interface NewPerson {
  readonly email: string;
  /** By the person, or in a CRM by whoever ticks the box. */
  readonly optedOut?: boolean;
  /** For vendors with several record types; the first of `columns.types` unless told. */
  readonly type?: string;
}

/** What the vendor itself says about a record, read past the connector. */
export interface Seen {
  readonly record: RecordRef;
  readonly email: string;
  readonly optedOut: boolean;
  /** Everything that the vendor keeps about consent, as a text: equal texts mean nothing was touched. */
  readonly consent: string;
  /** The value of `textField`. */
  readonly text: FieldValue;
}

/** People and administrators at the vendor, acting past the connector: raw HTTP and the sandbox's acts. */
export interface People {
  /** All at the present second of the sandbox's clock. Answers in order. */
  add(people: readonly NewPerson[]): Promise<readonly RecordRef[]>;
  /** Every record that is not deleted. */
  seen(): Promise<readonly Seen[]>;
  /** An administrator changes the text field. */
  edit(record: RecordRef, text: string): Promise<void>;
  /** The person opts out; in a CRM somebody ticks the box. */
  optOut(record: RecordRef): Promise<void>;
  remove(record: RecordRef): Promise<void>;
  /** Whatever else it takes here, besides not having opted out, until mail is sent; absent where it takes nothing. */
  admit?(record: RecordRef): Promise<void>;
  /** Stamped now, visible to readers only `visibleAfterMs` later. */
  addLate(email: string, visibleAfterMs: number): Promise<void>;
  /** Merges the second into the first, and answers what both are now; only where the connector claims `heirs`. */
  merge?(heir: RecordRef, loser: RecordRef): Promise<RecordRef>;
  /** The person opts in again by their own act; only where the connector claims proofs. */
  optInAgain?(record: RecordRef): Promise<void>;
  /** A list with these records; only where the connector claims `listKinds`. */
  makeList?(records: readonly RecordRef[]): Promise<ListRef>;
}

/** All that the suite must be told about a vendor. */
export interface ConnectorCase {
  readonly role: Role;
  // biome-ignore lint/suspicious/noExplicitAny: the state of a stand-in is its own affair
  readonly sandbox: SandboxDefinition<any, any>;
  /** The connection with its secrets resolved; `url` is where the vendor is to be found. */
  config(vendor: Vendor, url: string): Readonly<Record<string, unknown>>;
  /** The same with credentials that look right and are wrong. */
  badCredentials(vendor: Vendor): Readonly<Record<string, unknown>>;
  container(vendor: Vendor): string | null;
  people(vendor: Vendor): People;
  /** Connections as customers write them, one per way to sign in, with nothing in them that could be left out. */
  readonly minimalConfigs: readonly Readonly<Record<string, unknown>>[];
  /** What the suite reads; the first type is the one it creates. */
  readonly columns: Columns;
  /** A mapped text field. */
  readonly textField: string;
  readonly optOut: { readonly set: Values; readonly clear: Values; readonly field: OptOutField | null };
  readonly create: {
    readonly type: string;
    fields(type: string): Values;
    readonly optedIn: Values;
    readonly optedOut: Values;
  };
  /** Rows per page at the vendor. */
  readonly pageRows: number;
  /** Records per call, where the vendor writes several at once. */
  readonly batchRows: number;
  /** Requests of a read of changes when nothing changed: one per stream. */
  readonly quietCalls: number;
  /** Makes the links in an answer's body lead to `origin`, as a vendor gone astray would. */
  foreignLinks(body: string, origin: string): string;
  /** Routes of the calls that write, where some POSTs only read; unless told every POST, PUT, PATCH and DELETE. */
  readonly writingRoutes?: readonly string[];
  /** Checks that do not apply, by name, with the reason; shown as skipped. */
  readonly skip?: Readonly<Record<string, string>>;
}
