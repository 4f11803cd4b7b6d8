import type { ZodType } from 'zod';
import type { BulkJobs, BulkLane } from './bulk.ts';
import type { Deciding } from './deciding.ts';
import type { Lookup, OptOutLook, Page, ReadRequest } from './read.ts';
import type { Millis, Row } from './record.ts';
import type { Account, SystemSchema } from './schema.ts';
import type { Tools } from './tools.ts';
import type { NewMemberAs, Op, Outcome } from './write.ts';

export type Role = 'crm' | 'marketing';

/** A status that is billing and no consent, and still decides whether mail is sent (C13). `MemberState.paidFor` tells it of a member. */
export interface PaidStatus {
  /** What a member that Heed creates has by it, as a sentence for `check`. */
  readonly ofNewMembers: string;
  /** Who can change it, and how. */
  readonly fix: string;
}

/** What a system can do in one role, as data: profiles are linted against it, the engine branches on it, the suite proves it. */
export interface Capabilities {
  /** Where consent lives: in fields of records, or in a status of its own. */
  readonly optOutBy: 'field' | 'status';
  /** Profiles may name their own opt-out field (C4). */
  readonly customOptOutField: boolean;
  /** A CRM's own opt-out covers more than this mailing, or cannot be undone: profiles must say which one they mean (C27). */
  readonly optOutIsWide: boolean;
  /** Opted-out addresses without a contact can be listed; false: each address is asked (C1). */
  readonly listsOptedOutWithoutContact: boolean;
  /** An address can be opted out without a contact that costs money (C3, C20). */
  readonly optOutUnknown: boolean;
  /** Statuses a new member can get; empty if none can be created. */
  readonly newMembers: readonly NewMemberAs[];
  /** So many of them go in one call, which counts as one, full or not: a run then fills its calls. Absent where that saves nothing. */
  readonly createsInOne?: number;
  /** Record types that can be created, for a CRM. */
  readonly creates: readonly string[];
  /** Can store our own external id, unique. */
  readonly reference: boolean;
  /** `ifVersion` is honoured. */
  readonly conditionalWrite: boolean;
  readonly rename: boolean;
  readonly tag: boolean;
  readonly archive: boolean;
  /** An opt-out field can be undone (C7). */
  readonly clear: boolean;
  /** Deletions come with incremental reads; false: only a complete read shows them. */
  readonly deletions: boolean;
  /** Merges and conversions are told with the heir (C16). */
  readonly heirs: boolean;
  /** What proves a person's own opt-in here (C7). */
  readonly proofs: readonly ('pending-then-subscribed' | 'own-event')[];
  /** A gap longer than this needs a complete read; null if changes are kept for ever. */
  readonly changesKeptDays: number | null;
  /** Kinds of lists that profiles may name. */
  readonly listKinds: readonly string[];
  /** Those of them that `describe` names no lists of, since they are conditions or the vendor does not tell: reading shows whether there is one. */
  readonly unnamedLists?: readonly string[];
  /** Members are paid for one by one, by a status of their own that no API sets (C13). Absent where there is no such status. */
  readonly paidStatus?: PaidStatus;
  /** Where many writes go as a job; null if the vendor has none. */
  readonly bulk: BulkLane | null;
}

/** A limit of the vendor, counted per account and across processes. */
export type RateLimit =
  | { readonly kind: 'concurrent'; readonly max: number; readonly source: string }
  | {
      readonly kind: 'window';
      readonly max: number;
      readonly windowMs: number;
      /** Only calls of these names (`CallSpec.name`) count; no other window is of the same length. Absent: all calls. */
      readonly calls?: readonly string[];
      readonly source: string;
    }
  | { readonly kind: 'daily'; readonly max: number; readonly source: string };

/** Why the people of a profile may be mailed (C19), for systems that keep a legal basis. */
export interface Basis {
  readonly kind: 'consent' | 'existing-customer' | 'contract' | 'legitimate-interest';
  /** For the vendor's explanation field. No personal data. */
  readonly text: string;
}

export interface OpenRequest<Config> {
  readonly config: Config;
  /** What it is here: a system that can be both reads and writes other things in each role. */
  readonly role: Role;
  /** The audience of the profile; null for a CRM, and to look around (`fields`, `lists`). */
  readonly container: string | null;
  /** Goes with every member created as mailable, where the vendor keeps it; null where the profile gives none. */
  readonly basis: Basis | null;
}

/** A connector package exports exactly one of these, a plain value. */
export interface Connector<Config = unknown> {
  /** Also the `connector` key in connections.yaml. */
  readonly name: string;
  readonly title: string;
  /** What it can be, and what it can do as that. */
  readonly roles: Readonly<Partial<Record<Role, Capabilities>>>;
  /** Strict; secrets are marked with `secret()`. */
  readonly config: ZodType<Config>;
  /** Of the smallest account that the vendor sells. */
  readonly limits: readonly RateLimit[];
  /** The limits of this connection, where its configuration tells more (a plan); absent: `limits`. No request is made. */
  limitsOf?(config: Config): readonly RateLimit[];
  /** Which account the limits belong to, from the configuration alone; no secret in it. */
  account(config: Config): string;
  /** Cheap: no request is made, the SDK is loaded by the first call. */
  open(request: OpenRequest<Config>, tools: Tools): Session;
}

/** Of the records of one type that have an address. */
export interface ByDefault {
  readonly type: string;
  readonly records: number;
  /** Those that show a value which may be the default. */
  readonly byDefault: number;
}

/** One profile's conversation with one system. All methods throw ConnectorError only. */
export interface Session {
  check(signal: AbortSignal): Promise<Account>;
  describe(signal: AbortSignal): Promise<SystemSchema>;
  read(request: ReadRequest, signal: AbortSignal): AsyncIterable<Page>;
  /**
   * Whoever opted out or complained since a time, by any way, without what else changed: `read` brings them all the same,
   * this only finds them earlier. It looks back by as much as the vendor commits late. Null where reading the changes costs no
   * more.
   */
  readonly optOutsSince: ((look: OptOutLook, signal: AbortSignal) => AsyncIterable<readonly Row[]>) | null;
  /**
   * How many records of each of these types the vendor's own opt-out field shows opted out by a value that may be nobody's request
   * (`OptOutField.mayBeDefault`, C28): counts alone, for `check`, and only of types whose field can be read. Null where no value may be a default.
   */
  readonly countByDefault: ((types: readonly string[], signal: AbortSignal) => Promise<readonly ByDefault[]>) | null;
  /** Records that do not exist are simply not in the answer; deleted ones come with their `life` where the vendor tells. */
  lookup(request: Lookup, signal: AbortSignal): Promise<readonly Row[]>;
  /**
   * Everything that decides whether this address gets marketing mail here, asked of the vendor now, for `explain`: of every record
   * with the address, in whatever case, and of the address itself. It decides nothing and writes nothing; an address that the system
   * does not know has no property that blocks. What cannot be read, and what is deleted, merged or converted, has `blocks: null`.
   */
  deciding(email: string, signal: AbortSignal): Promise<readonly Deciding[]>;
  /** One outcome per op, by op id, in any order; never throws for what concerns single ops. */
  write(ops: readonly Op[], signal: AbortSignal): Promise<readonly Outcome[]>;
  /** Null exactly where `can.bulk` is. */
  readonly bulk: BulkJobs | null;
  /** Vendor's clock, as far as its answers showed it. */
  now(): Millis;
  close(): Promise<void>;
}

/** The limits of one connection. */
export const limitsOf = <Config>(connector: Connector<Config>, config: Config): readonly RateLimit[] =>
  connector.limitsOf?.(config) ?? connector.limits;

/** What a system can do in a role. Throws if it has no such role: profiles that ask for one are refused before. */
export const abilitiesIn = (connector: Connector, role: Role): Capabilities => {
  const can = connector.roles[role];
  if (can === undefined) throw new Error(`${connector.title} is no ${role} system`);
  return can;
};
