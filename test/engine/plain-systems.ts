import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type {
  BulkJobs,
  BulkLane,
  Capabilities,
  Connector,
  FieldSchema,
  JobReport,
  Op,
  Outcome,
  Page,
  RecordRef,
  Row,
  Session,
  SystemSchema,
  Values,
} from '@heed/contract';
import {
  type Engine,
  LEASE_MS,
  type LookPace,
  type OpenSystem,
  type Profile,
  type RunResult,
  runProfile,
  type Store,
} from '@heed/core';
import { openStateFolder } from '@heed/store';
import { seededRandom } from '@heed/toolkit';
import { z } from 'zod';
import { Places } from '../../packages/core/src/profile/yaml-text.ts';

/** Two systems without moods: every request is answered at once, as asked. A test puts in the one thing that goes wrong. */
export interface PlainSystem {
  /** By id; the id of a member is its address. */
  readonly rows: Map<string, Row>;
  /** Ops in the order in which they arrived, by whatever lane. */
  readonly written: Op[];
  /** The same, by request. */
  readonly requests: (readonly Op[])[];
  /** What becomes of an op; null: it is applied. */
  refuse: (op: Op) => string | null;
  /** Jobs do not end. */
  isStuck?: boolean;
  /** What happens elsewhere while a job is asked about. */
  meanwhile?: () => Promise<void>;
  /** The outcomes of a job, before they are told. */
  tell: (outcomes: readonly Outcome[]) => readonly Outcome[];
  lane: BulkLane | null;
  /** Opted-out addresses without a record, which only a look-up by address shows; null: all are listed. */
  strangers: Map<string, Row> | null;
  /** The addresses that were looked up. */
  readonly asked: string[];
  createsInOne?: number;
  /** What reads show instead, as a search does that lags behind or is stamped early. */
  found?: readonly Row[];
  /** What its clock shows; without it, noon for ever. */
  time?: number;
  /** Rows a page; without it all come in one. */
  pageRows?: number;
  /** Told of the rows of every page before it is shown, and of the ops of every write before they are done. */
  passing?: (what: 'rows' | 'ops', things: readonly object[]) => Promise<void> | void;
}

export const NOON = Date.UTC(2026, 10, 18, 12);
/** An answer comes in the very second that its row is stamped with. */
const ANSWERED_MS = 400;
const CUSTOMER = 'plain';
const NEVER: LookPace = { soonestMs: 1e9, latestMs: 1e9, callsPerCall: { crm: 0, marketing: 0 } };
export const LONGEST_TITLE = 20;

const text = (name: string, maxLength: number | null = null): FieldSchema => ({
  name,
  label: name,
  type: 'text',
  writable: true,
  required: false,
  options: null,
  maxLength,
  canBeReference: false,
});

const OPT_OUT = { field: 'OptedOut', optedOutWhen: true, write: true } as const;

const CAN: Capabilities = {
  optOutBy: 'field',
  customOptOutField: false,
  optOutIsWide: false,
  listsOptedOutWithoutContact: true,
  optOutUnknown: false,
  newMembers: [],
  creates: [],
  reference: false,
  conditionalWrite: false,
  rename: false,
  tag: true,
  archive: false,
  clear: false,
  deletions: true,
  heirs: false,
  proofs: [],
  changesKeptDays: null,
  listKinds: [],
  bulk: null,
};

export const plainSystem = (): PlainSystem => ({
  rows: new Map(),
  written: [],
  requests: [],
  refuse: () => null,
  tell: (outcomes) => outcomes,
  lane: null,
  strangers: null,
  asked: [],
});

const row = (record: RecordRef, email: string, values: Values, isMember: boolean): Row => ({
  record,
  email,
  modifiedAt: NOON,
  modifiedBy: 'other',
  life: { kind: 'live' },
  reference: null,
  values,
  member: isMember
    ? { status: 'subscribed', by: 'unknown', complaint: false, since: null, optIn: null, topics: {} }
    : null,
  lists: null,
  version: null,
});

/** A person in the CRM. */
export const contact = (id: string, email: string, values: Values): Row =>
  row({ type: 'Contact', id }, email, { OptedOut: false, ...values }, false);
/** A subscribed member. */
export const member = (email: string, values: Values): Row => row({ type: 'member', id: email }, email, values, true);

const sessionOf = (system: PlainSystem, schema: SystemSchema): Session => {
  const now = () => system.time ?? NOON;
  const apply = (op: Op): Outcome => {
    system.written.push(op);
    const why = system.refuse(op);
    if (why !== null) {
      const refusal = { kind: 'invalid', code: 'NO', message: why, field: null, forever: false } as const;
      return { op: op.id, result: 'rejected', refusal };
    }
    const stranger = op.kind === 'create' ? system.strangers?.get(op.email) : undefined;
    if (stranger !== undefined)
      return { op: op.id, result: 'unchanged', record: stranger.record, row: stranger, at: now() };
    const before = 'record' in op && op.record !== null ? system.rows.get(op.record.id) : undefined;
    // As Mailchimp does, the answer to a create shows nothing of what was not sent.
    const then = op.kind === 'create' ? member(op.email, op.fields) : before;
    if (then === undefined) throw new Error(`nobody to ${op.kind}`);
    const sent = op.kind === 'patch' ? op.fields : 'set' in op ? op.set : {};
    const state =
      op.kind === 'opt-out' && then.member !== null ? { ...then.member, status: 'unsubscribed' as const } : then.member;
    const after = { ...then, values: { ...then.values, ...sent }, member: state, modifiedBy: 'us' as const };
    system.rows.set(after.record.id, after);
    return { op: op.id, result: 'applied', record: after.record, row: after, at: now() + ANSWERED_MS };
  };
  const ended = new Map<string, readonly Outcome[]>();
  const jobs: BulkJobs = {
    open: async (ops) => JSON.stringify({ version: 1, first: ops[0]?.id }),
    start: async (ticket, ops) => {
      ended.set(ticket, system.tell(ops.map(apply)));
      return ticket;
    },
    report: async (ticket): Promise<JobReport> => {
      await system.meanwhile?.();
      return system.isStuck === true
        ? { state: 'running', askAgainMs: 60_000 }
        : { state: 'ended', outcomes: ended.get(ticket) ?? [] };
    },
  };
  return {
    check: async () => ({ id: 'account', name: 'account', gaps: [] }),
    describe: async () => schema,
    async *read({ after, initially }): AsyncIterable<Page> {
      const found = after === null || initially === 'everyone' ? [...system.rows.values()] : [];
      const all = system.found ?? found;
      const size = system.pageRows ?? Math.max(1, all.length);
      for (let from = 0; from === 0 || from < all.length; from += size) {
        const rows = all.slice(from, from + size).map((one) => ({ ...one }));
        await system.passing?.('rows', rows);
        const last = from + size >= all.length;
        yield { rows, next: '{}', last, complete: after === null, readAt: now(), total: all.length };
      }
    },
    async *optOutsSince() {
      yield [...system.rows.values()].filter(
        ({ values, member: state }) => values.OptedOut === true || state?.status === 'unsubscribed',
      );
    },
    countByDefault: null,
    lookup: async ({ by }) => {
      const wanted = (one: Row): boolean =>
        'records' in by
          ? by.records.some(({ id }) => id === one.record.id)
          : 'emails' in by && by.emails.some((email) => email === one.email);
      if ('emails' in by) system.asked.push(...by.emails);
      return [...system.rows.values(), ...(system.strangers?.values() ?? [])].filter(wanted);
    },
    deciding: async (email) =>
      [...system.rows.values()]
        .filter((one) => one.email === email)
        .map(({ record, member: state, values }) => {
          const told = { record, since: null, why: 'all that a plain system has' };
          if (state === null)
            return { ...told, name: 'OptedOut', value: values.OptedOut ?? null, blocks: values.OptedOut === true };
          return { ...told, name: 'status', value: state.status, blocks: state.status !== 'subscribed' };
        }),
    write: async (ops) => {
      await system.passing?.('ops', ops);
      system.requests.push(ops);
      return ops.map(apply);
    },
    bulk: system.lane === null ? null : jobs,
    now,
    close: async () => {},
  };
};

const connectorOf = (role: 'crm' | 'marketing', { lane, strangers, createsInOne }: PlainSystem): Connector => ({
  name: role,
  title: role,
  roles: {
    [role]: {
      ...CAN,
      bulk: lane,
      listsOptedOutWithoutContact: strangers === null,
      ...(createsInOne === undefined ? {} : { createsInOne }),
      ...(role === 'crm' ? {} : { optOutBy: 'status', newMembers: ['subscribed'] }),
    },
  },
  config: z.unknown(),
  limits: [],
  account: () => role,
  open: () => {
    throw new Error('opened by the test');
  },
});

export const PROFILE: Profile = {
  id: `${CUSTOMER}/newsletter`,
  customer: CUSTOMER,
  name: 'newsletter',
  description: null,
  crm: { connection: 'crm', records: ['Contact'], lists: null },
  marketing: { connection: 'marketing', audience: 'a' },
  schedule: null,
  fields: [{ crm: 'Title', marketing: 'TITLE', direction: 'crm-to-marketing', transforms: [], clear: false }],
  conflicts: 'crm',
  create: { marketing: true, crm: null },
  whenRecordLeaves: 'keep',
  reference: null,
  optOut: {
    crmToMarketing: true,
    customField: null,
    scope: 'everyone',
    clearWhenConfirmed: false,
    suppressUnknown: false,
    undeliverableField: null,
    target: null,
    softOptOutIsRequest: false,
    importFrom: null,
  },
  topics: [],
  consent: { newMembers: 'subscribe', basis: 'existing-customer', optInField: null },
  guards: { optOuts: { people: 50, percent: 5 }, creates: 5_000 },
  places: new Places('plain/newsletter.yaml'),
};

/** The real engine and store around two plain systems: each call is one approved sync; `done` clears up. */
export const plainSyncs = (
  crm: PlainSystem,
  marketing: PlainSystem,
  more: Partial<Profile> = {},
  looks: LookPace = NEVER,
  batch: Pick<Engine, 'batch'> = {},
) => {
  const profile = { ...PROFILE, ...more };
  const dir = mkdtempSync(join(tmpdir(), 'heed-plain-'));
  let slept = 0;
  const clock = {
    now: () => NOON + slept,
    sleep: async (ms: number) => {
      slept += ms;
    },
  };
  const fraction = seededRandom(1);
  const bytes = (size: number): Uint8Array => Uint8Array.from({ length: size }, () => Math.floor(fraction() * 256));
  const folder = openStateFolder(dir, { clock, random: bytes, durability: 'memory' });
  const store = folder.customer(CUSTOMER);
  const type = (name: string, fields: readonly FieldSchema[]) => ({ name, label: name, fields, notCreatable: null });
  const schemas = {
    crm: {
      recordTypes: [
        { ...type('Contact', [text('Title'), { ...text('OptedOut'), type: 'boolean' }]), standardOptOut: OPT_OUT },
      ],
      lists: [],
      audiences: [],
      topics: [],
    },
    marketing: {
      recordTypes: [{ ...type('member', [text('TITLE', LONGEST_TITLE)]), standardOptOut: null }],
      lists: [],
      audiences: [{ kind: 'audience', id: 'a', name: 'a', size: null }],
      topics: [],
    },
  } as const;
  const open = (side: 'crm' | 'marketing'): OpenSystem => {
    const system = side === 'crm' ? crm : marketing;
    const connector = connectorOf(side, system);
    const can = connector.roles[side];
    if (can === undefined) throw new Error('each side has its role');
    return { connector, can, session: sessionOf(system, schemas[side]), calls: () => 0 };
  };
  const engine: Engine = {
    store,
    leases: folder.leases,
    clock,
    random: fraction,
    holder: 'test',
    open: (_profile, side) => open(side),
    progress: () => {},
    ...batch,
  };
  const sync = async (
    mode: 'sync' | 'plan' = 'sync',
    { yes = true, digest = 'd' }: { readonly yes?: boolean; readonly digest?: string } = {},
  ): Promise<RunResult> => {
    const lease = await folder.leases.acquire(CUSTOMER, 'test', LEASE_MS);
    if (lease === null) throw new Error('nobody else works here');
    const options = { mode, full: false, yes, lineLimit: 100, digest, looks } as const;
    try {
      return await runProfile(profile, options, engine, lease, new AbortController().signal);
    } finally {
      await folder.leases.release(lease);
    }
  };
  const done = (): void => {
    folder.close();
    rmSync(dir, { recursive: true, force: true });
  };
  /** Between two runs. */
  const pass = (ms: number): void => {
    slept += ms;
  };
  return { sync, store, open, profile: PROFILE.id, pass, done };
};

/** Who stands in a set of held or released people. */
export const peopleIn = async (
  store: Store,
  profile: string,
  set: string | null | undefined,
): Promise<readonly string[]> => (await store.held.page(profile, set ?? '', null, 100)).map(({ address }) => address);
