import type { Cursor, JobTicket, Millis, Op, OpId, RecordRef } from '@heed/contract';
import type { Decision, Fact, Ledger, NewFact } from '../consent/fact.ts';
import type { AddressKey } from '../identity/address.ts';
import type { Erasures } from './erasures.ts';
import type { HeldPeople, Move } from './held-people.ts';
import type { OptOutLists } from './opt-out-lists.ts';
import type { Bucket, RunReport } from './report.ts';
import type { Shadow, System } from './shadow.ts';

/** The right to write for one customer. A commit with an older fence than the newest is refused (I11). */
export interface Lease {
  readonly customer: string;
  readonly fence: number;
}

/** One runner per customer, across processes. */
export interface Leases {
  /** Null if somebody else holds it. `ttlMs` by our clock. */
  acquire(customer: string, holder: string, ttlMs: number): Promise<Lease | null>;
  /** False if the lease was lost in the meantime: stop at once. */
  renew(lease: Lease, ttlMs: number): Promise<boolean>;
  release(lease: Lease): Promise<void>;
}

/** Thrown by a store when a fence is stale: another process has taken over. Nothing was written. */
export class LeaseLost extends Error {
  constructor(customer: string) {
    super(`another process took over customer ${customer}; this one stops. The next run goes on where it stopped.`);
    this.name = 'LeaseLost';
  }
}

/** A write, durable before its request (C8, C11, I7). */
export interface Intent {
  readonly id: OpId;
  readonly profile: string;
  readonly run: string;
  readonly system: System;
  readonly op: Op;
  readonly address: AddressKey;
  /** The facts it rests on; the first one is the origin that an echo keeps (C8). Empty for plain field writes. */
  readonly because: readonly number[];
  /** The topic whose opt-out it carries out as one of everything (C17); its echo says no more than that. */
  readonly collapses?: string;
  /** The rule it rests on, for people: `C0.3 C1`. */
  readonly rule: string;
  /** Vendor's clock when it was made durable, just before the request. */
  readonly sentAt: Millis;
  /** Vendor's clock at the answer or at the look-up that settled it; null while nobody knows. */
  readonly answeredAt: Millis | null;
  readonly state: 'open' | 'applied' | 'unchanged' | 'rejected';
  /** True once a read showed its effect; it explains nothing after that (C8). */
  readonly seen: boolean;
  /** The record on the other side that its fields come from; null if it carries none. */
  readonly partner: RecordRef | null;
  /** What both sides agree on once it is done. The store makes the link with the very commit that says so (I8). */
  readonly agrees: Link['agreed'];
  /** The record it made or changed, once known; until then the op's own. */
  readonly made: RecordRef | null;
  /** The vendor's job it went by; null for a request of its own. */
  readonly job: string | null;
}

/** Whether a read may show its effect as if somebody had said so (C8): writes of fields alone explain no opt-out. */
export const mayExplain = ({ op, because }: Pick<Intent, 'op' | 'because'>): boolean =>
  op.kind === 'opt-out' || because.length > 0;

/** A vendor's job under way; its intents name it. */
export interface Job {
  readonly id: string;
  readonly profile: string;
  readonly run: string;
  readonly system: System;
  readonly ticket: JobTicket;
  /** Our clock. */
  readonly openedAt: Millis;
}

/** Addresses that a run has noted for later in the same run: on disk, since nothing in memory may grow with the audience. */
export type Worklist =
  | 'asked'
  | 'asked.marketing'
  | 'missing'
  | 'cleared'
  | 'guarded'
  | 'creates'
  | 'leaving'
  | 'jobs.crm'
  | 'jobs.marketing';

/** A person to make right everywhere: the second loop's work. */
export interface DirtyMark {
  readonly address: AddressKey;
  /** Grows with every new mark: work that was overtaken by a newer mark does not clean it. */
  readonly mark: number;
}

/** One page of a read, all or nothing: facts, shadow, dirty marks and cursor together (I6). */
export interface PageCommit {
  readonly system: System;
  readonly run: string | null;
  readonly shadows: readonly Shadow[];
  readonly facts: readonly NewFact[];
  /** Intents whose effect this page showed, or that a look-up settled. */
  readonly intents: readonly Intent[];
  /** Addresses to look at again, in every profile of the customer. */
  readonly dirty: readonly AddressKey[];
  /** The same, where nothing was seen that could concern consent: opt-outs in between do not wait for these (C21). */
  readonly dirtyFields: readonly AddressKey[];
  /** Addresses that one profile is at work on and looks at again by itself; every other profile has to be told. */
  readonly atWork?: { readonly profile: string; readonly addresses: readonly AddressKey[] };
  readonly cursor: { readonly stream: string; readonly next: Cursor } | null;
}

export interface Link {
  readonly member: RecordRef;
  readonly crm: RecordRef;
  /** Field pair -> what both sides last agreed on, each in its own terms; the base of the three-way merge. */
  readonly agreed: Readonly<Record<string, { readonly crm: string; readonly marketing: string }>>;
  /** The record left, and `whenRecordLeaves` was done for it; it is done once (C12). */
  readonly left: boolean;
}

/** An opt-out that must still reach a record (C22). */
export interface Owed {
  readonly address: AddressKey;
  readonly side: 'crm' | 'marketing';
  readonly record: RecordRef | null;
  readonly rule: string;
  /** By its name in the profile; absent: all marketing mail (C17). */
  readonly topic?: string;
  readonly because: readonly number[];
  /** Our clock, first time it was found owed; kept by the store while it stays owed. */
  readonly since: Millis;
  readonly why: string;
}

export interface SetAside {
  readonly address: AddressKey;
  readonly side: 'crm' | 'marketing';
  readonly record: RecordRef | null;
  readonly field: string | null;
  readonly rule: string;
  readonly message: string;
  /** Which write was refused: another one is tried at once, this one not before `retryAt`. Null if none was sent. */
  readonly write: string | null;
  /** In a settlement: made in this pass (0: not tried); the store adds them up while the same thing stays wrong. */
  readonly attempts: number;
  /** Our clock. */
  readonly retryAt: Millis | null;
}

/** A line per person in reports: who is not synced or waits, and why. */
export interface Listed {
  readonly address: AddressKey;
  readonly side: 'crm' | 'marketing';
  readonly reason: string;
  readonly rule: string;
  readonly detail: string;
}

/** What became of one address in one pass, committed together with its outcomes. */
export interface Settlement {
  readonly address: AddressKey;
  /** The mark that was worked on. */
  readonly mark: number;
  /** Clean, or to be looked at again not before this time (our clock). */
  readonly next: 'clean' | Millis;
  readonly owed: readonly Owed[];
  readonly setAside: readonly SetAside[];
  readonly listed: readonly Listed[];
  /** A member has one link in a profile: a new one replaces it. */
  readonly links: readonly Link[];
  /** In which bucket each record of this address stands for this run's report. */
  readonly buckets: readonly {
    readonly side: 'crm' | 'marketing';
    readonly record: RecordRef;
    readonly bucket: Bucket;
    readonly reason: string | null;
  }[];
}

export interface RunChange {
  readonly at: Millis;
  readonly side: 'crm' | 'marketing';
  readonly record: RecordRef | null;
  readonly address: AddressKey;
  readonly what: string;
  readonly rule: string;
  readonly because: readonly number[];
  readonly outcome: string;
}

/** All that is known around some addresses: enough to decide about each of them without another question. */
export interface Neighbourhood {
  /** CRM records that have or had one of the addresses, their heirs and forebears, and whoever else lives there; members too. */
  readonly shadows: readonly Shadow[];
  readonly ledger: Ledger;
  readonly links: readonly Link[];
  readonly owed: readonly Owed[];
  readonly setAside: readonly SetAside[];
  /** Where a member was ever intended or made in one of these systems (C19). */
  readonly everCreated: readonly AddressKey[];
  /** Where somebody was ever invited, in whichever system of the customer (C11). */
  readonly everInvited: readonly AddressKey[];
  /** Addresses with a write in a job that has not ended: their fields wait for it. */
  readonly inJob: readonly AddressKey[];
  /** Who has or had one of the addresses in the customer's other systems, and what was said there (C26); absent if there are none. */
  readonly elsewhere?: { readonly shadows: readonly Shadow[]; readonly ledger: Ledger };
}

export interface Head {
  readonly n: number;
  readonly hash: string;
}

export interface LedgerEntry {
  readonly n: number;
  readonly at: Millis;
  readonly kind: string;
  readonly address: AddressKey | null;
  readonly body: unknown;
}

/** One customer's state. Every verb is one transaction; verbs with a lease refuse a stale fence. */
export interface Store {
  /** This system's shadows of these records and addresses (former ones too), and recent intents on them that may explain what a read shows. */
  known(
    system: System,
    records: readonly RecordRef[],
    addresses: readonly AddressKey[],
  ): Promise<{ readonly shadows: readonly Shadow[]; readonly intents: readonly Intent[] }>;
  /** Returns the numbers the new facts were given. */
  commitPage(lease: Lease, page: PageCommit, at: Millis): Promise<readonly number[]>;
  cursor(stream: string): Promise<Cursor | null>;
  dropCursor(lease: Lease, stream: string): Promise<void>;
  /**
   * Dirty addresses of a profile that are due, in address order, from behind `after`; with `consentSince` only those that
   * something which may concern consent marked after that mark.
   */
  dirty(
    profile: string,
    now: Millis,
    after: AddressKey | null,
    limit: number,
    consentSince?: number | null,
  ): Promise<readonly DirtyMark[]>;
  /** The newest mark of the customer. */
  newestMark(): Promise<number>;
  /** The present marks of these addresses, in the same order; mark 0 for one that is clean. */
  marks(profile: string, addresses: readonly AddressKey[]): Promise<readonly DirtyMark[]>;
  neighbourhood(profile: string, systems: readonly System[], addresses: readonly AddressKey[]): Promise<Neighbourhood>;
  /** Live shadows of one system, in order of `recordKey`, that a complete read which began at `before` (our clock) did not show. */
  unseen(system: System, before: Millis, after: RecordRef | null, limit: number): Promise<readonly Shadow[]>;
  /** Live records of one system, for C24. */
  count(system: System): Promise<number>;
  /** Live members that their system shows opted out of everything, and paid for all the same (C13). */
  countPaidOptedOut(system: System): Promise<number>;
  /** Open ones, before anybody is asked. */
  intend(lease: Lease, intents: readonly Intent[]): Promise<void>;
  /** Those that nobody knows the outcome of, apart from those that a job will tell. */
  openIntents(profile: string): Promise<readonly Intent[]>;
  /** Makes a job durable, with its intents in one commit; again with another ticket, and without intents, once it is known better. */
  saveJob(lease: Lease, job: Job, intents: readonly Intent[]): Promise<void>;
  jobs(profile: string): Promise<readonly Job[]>;
  /** The open intents of a job. */
  intentsOfJob(job: string): Promise<readonly Intent[]>;
  endJob(lease: Lease, job: string): Promise<void>;

  enlist(lease: Lease, profile: string, list: Worklist, addresses: readonly AddressKey[]): Promise<void>;
  /** Those of these addresses that stand on the list. */
  enlisted(profile: string, list: Worklist, among: readonly AddressKey[]): Promise<ReadonlySet<AddressKey>>;
  /** In address order, from behind `after`. */
  worklist(profile: string, list: Worklist, after: AddressKey | null, limit: number): Promise<readonly AddressKey[]>;
  countEnlisted(profile: string, list: Worklist): Promise<number>;
  /** Empties one list, or all of a profile (`null`). */
  clearWorklist(lease: Lease, profile: string, list: Worklist | null): Promise<void>;
  /**
   * Of intents only the answer is written: `state`, `seen`, `answeredAt` and `made`; one that explains nothing is forgotten with it.
   * The same goes for those of a page.
   */
  settle(
    lease: Lease,
    profile: string,
    run: string,
    settlements: readonly Settlement[],
    intents: readonly Intent[],
    changes: readonly RunChange[],
  ): Promise<void>;

  /** Facts and decisions by people (`optouts add`, `correct`, `review`), without a lease: nobody waits for a long run. */
  enter(
    entries: { readonly facts: readonly NewFact[]; readonly decisions: readonly Decision[] },
    dirty: readonly AddressKey[],
    at: Millis,
  ): Promise<readonly number[]>;
  /** Opt-out lists as files (C20), without a lease either. */
  readonly optOutLists: OptOutLists;
  /** Erased people (C25). */
  readonly erasures: Erasures;
  factsOf(addresses: readonly AddressKey[]): Promise<readonly Fact[]>;
  factsOfRun(run: string): Promise<readonly Fact[]>;
  entriesOf(address: AddressKey): Promise<readonly LedgerEntry[]>;
  /** Recomputes the chain; the first broken number, or null if whole. */
  verifyLedger(): Promise<{
    readonly entries: number;
    readonly broken: { readonly n: number; readonly why: string } | null;
    readonly head: Head;
  }>;
  head(): Promise<Head>;

  /** Small documents of a profile: service state, holds, last complete counts. Null removes. */
  note(profile: string, key: string): Promise<unknown>;
  putNote(profile: string, key: string, value: unknown): Promise<void>;
  /**
   * Writes only if the note still is what `before` was read as, and moves held people in the same commit; false, and nothing
   * done, if somebody changed it in the meantime.
   */
  replaceNote(profile: string, key: string, before: unknown, after: unknown, moves?: readonly Move[]): Promise<boolean>;
  /** Whom guards hold, and who was released (C23). */
  readonly held: HeldPeople;
  /** How many addresses of a profile are due. */
  countDirty(profile: string, now: Millis): Promise<number>;

  beginRun(run: RunReport): Promise<void>;
  /** The counters of the run so far, from buckets. */
  runCounts(run: string): Promise<Pick<RunReport, 'crm' | 'marketing'>>;
  finishRun(run: RunReport): Promise<void>;
  runs(profile: string | null, limit: number): Promise<readonly RunReport[]>;
  run(id: string): Promise<{
    readonly report: RunReport;
    readonly changes: readonly RunChange[];
    readonly setAside: readonly SetAside[];
    readonly listed: readonly Listed[];
  } | null>;

  owed(profile: string): Promise<readonly Owed[]>;
  setAside(profile: string): Promise<readonly SetAside[]>;
  countWaiting(profile: string): Promise<{ readonly owed: number; readonly setAside: number }>;
  /** Makes set-aside addresses due at once; how many. */
  retry(profile: string, now: Millis): Promise<number>;
  /** People by reason, as things stand: not only those that the last run touched (C2). */
  countListed(profile: string): Promise<Readonly<Record<string, number>>>;
  listed(profile: string, reason: string | null): Promise<readonly Listed[]>;
  /** Marks addresses for one profile, or all that the customer ever knew (`null`), for a new or changed profile or `--full`. */
  markDirty(profile: string, addresses: readonly AddressKey[] | null, at: Millis): Promise<void>;
  /** Removes what names people in runs older than 30 days, and intents that explain nothing any more. */
  prune(now: Millis): Promise<void>;
  /** When this database was noticed to be an older one than the head file knows (our clock); null once recovered (C25). */
  restored(profile: string): Promise<Millis | null>;
  /** The profile has read both sides in full since. */
  recovered(lease: Lease, profile: string): Promise<void>;
  close(): Promise<void>;
}
