import { connector, type MailchimpConfig } from '@heed/connector-mailchimp';
import { type Account, type MailchimpExtras, sandbox } from '@heed/connector-mailchimp/sandbox';
import type {
  Clock,
  Lookup,
  NewMemberAs,
  Op,
  Outcome,
  Page,
  ReadRequest,
  Row,
  Session,
  TokenVault,
} from '@heed/contract';
import { type RunningSandbox, type SandboxOptions, startSandbox } from '@heed/sandbox';
import { createMeter, createTools, type Meter, memoryQuota } from '@heed/toolkit';
import { afterEach } from 'vitest';
import { hashOf } from '../src/address-hash.ts';

export type Mailchimp = RunningSandbox<Account, MailchimpExtras>;

const running: Mailchimp[] = [];

afterEach(async () => {
  await Promise.all(running.splice(0).map((one) => one.close()));
});

export const NOON = Date.parse('2026-03-04T12:00:00Z');
export const signal = new AbortController().signal;

export const startMailchimp = async (options: SandboxOptions = {}): Promise<Mailchimp> => {
  const vendor = await startSandbox(sandbox, { clock: { now: () => NOON }, ...options });
  running.push(vendor);
  return vendor;
};

/** The sandbox's clock; pauses before a retry take no time, time-outs never come. */
const clockOf = (vendor: Mailchimp, aheadMs: number): Clock => ({
  now: () => vendor.clock.now() + aheadMs,
  sleep: (ms, stop) =>
    ms < 60_000
      ? Promise.resolve()
      : new Promise((_, reject) => stop?.addEventListener('abort', () => reject(stop.reason))),
});

const noTokens: TokenVault = { load: async () => null, save: async () => {} };

export interface Opened {
  readonly session: Session;
  readonly meter: Meter;
  readonly config: MailchimpConfig;
}

export const configFor = (vendor: Mailchimp, apiKey: string = vendor.accessToken): MailchimpConfig =>
  connector.config.parse({ connector: 'mailchimp', baseUrl: vendor.url, auth: { method: 'api-key', apiKey } });

export const openFor = (
  vendor: Mailchimp,
  given: {
    readonly apiKey?: string;
    readonly container?: string | null;
    readonly config?: MailchimpConfig;
    readonly aheadMs?: number;
  } = {},
): Opened => {
  const config = given.config ?? configFor(vendor, given.apiKey);
  const clock = clockOf(vendor, given.aheadMs ?? 0);
  const meter = createMeter();
  const { limits } = connector;
  const quota = memoryQuota(clock);
  const tools = createTools({
    connector: 'mailchimp',
    account: connector.account(config),
    limits,
    clock,
    random: () => 0.5,
    quota,
    vault: noTokens,
    meter,
  });
  const container = given.container === undefined ? vendor.audience : given.container;
  return { session: connector.open({ config, role: 'marketing', container, basis: null }, tools), meter, config };
};

export const readRequest = (given: Partial<ReadRequest> = {}): ReadRequest => ({
  types: [],
  fields: [],
  consent: [],
  reference: null,
  lists: null,
  initially: 'everyone',
  after: null,
  ...given,
});

export const lookupRequest = (by: Lookup['by'], given: Partial<Lookup> = {}): Lookup => ({
  types: [],
  fields: [],
  consent: [],
  reference: null,
  by,
  evidenceSince: null,
  changedSince: null,
  ...given,
});

export const readAll = async (
  session: Session,
  given: Partial<ReadRequest> = {},
): Promise<{ readonly pages: readonly Page[]; readonly rows: readonly Row[]; readonly next: string }> => {
  const pages: Page[] = [];
  for await (const page of session.read(readRequest(given), signal)) pages.push(page);
  return { pages, rows: pages.flatMap(({ rows }) => rows), next: pages.at(-1)?.next ?? '' };
};

export const refOf = (email: string): { readonly type: string; readonly id: string } => ({
  type: 'member',
  id: hashOf(email),
});

export const ops = {
  optOut: (email: string, record: { readonly type: string; readonly id: string } | null = refOf(email)): Op => ({
    kind: 'opt-out',
    id: `o:${email}`,
    record,
    email,
    topic: '*',
    set: {},
  }),
  patch: (email: string, fields: Record<string, string | number | null>): Op => ({
    kind: 'patch',
    id: `p:${email}`,
    record: refOf(email),
    email,
    fields,
    ifVersion: null,
  }),
  create: (email: string, as: NewMemberAs, fields: Record<string, string> = {}): Op => ({
    kind: 'create',
    id: `c:${email}`,
    type: 'member',
    email,
    reference: null,
    fields,
    as,
    set: {},
  }),
  rename: (from: string, to: string): Op => ({ kind: 'rename', id: `r:${from}`, record: refOf(from), from, to }),
  leave: (email: string, how: 'tag' | 'archive'): Op => ({
    kind: 'leave',
    id: `l:${email}`,
    record: refOf(email),
    email,
    how,
  }),
};

export const writeOne = async (session: Session, op: Op): Promise<Outcome> => {
  const [outcome] = await session.write([op], signal);
  if (outcome === undefined) throw new Error('no outcome');
  return outcome;
};

/** `applied`, `unchanged`, or `rejected refused archived`. */
export const brief = (outcome: Outcome): string =>
  'refusal' in outcome ? `${outcome.result} ${outcome.refusal.kind} ${outcome.refusal.code}` : outcome.result;

/** The member as the sandbox holds it; throws if it does not. */
export const memberIn = (vendor: Mailchimp, email: string) => {
  const member = vendor.state().audiences.get(vendor.audience)?.members.get(hashOf(email));
  if (member === undefined) throw new Error('the sandbox has no such member');
  return member;
};

export const isMemberIn = (vendor: Mailchimp, email: string): boolean =>
  vendor.state().audiences.get(vendor.audience)?.members.get(hashOf(email)) !== undefined;

/** Raw requests, as anybody's curl would send them. */
export const raw = async (vendor: Mailchimp, method: string, path: string, body?: object): Promise<void> => {
  const response = await fetch(`${vendor.url}/3.0/lists/${vendor.audience}${path}`, {
    method,
    headers: { authorization: `Bearer ${vendor.accessToken}` },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  if (!response.ok) throw new Error(`the sandbox answered ${response.status}`);
  await response.arrayBuffer();
};

export const add = (
  vendor: Mailchimp,
  email: string,
  status = 'subscribed',
  merge_fields: object = {},
): Promise<void> => raw(vendor, 'POST', '/members', { email_address: email, status, merge_fields });

/** Adds many at once, all of one second. */
export const addMany = async (vendor: Mailchimp, emails: readonly string[], status = 'subscribed'): Promise<void> => {
  for (let at = 0; at < emails.length; at += 500) {
    await raw(vendor, 'POST', '', {
      members: emails.slice(at, at + 500).map((email_address) => ({ email_address, status })),
    });
  }
};
