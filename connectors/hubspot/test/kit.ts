import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { connector } from '@heed/connector-hubspot';
import { type HubspotExtras, type Portal, sandbox } from '@heed/connector-hubspot/sandbox';
import type {
  Basis,
  Clock,
  Columns,
  Cursor,
  FieldValue,
  Lookup,
  MemberState,
  Op,
  Outcome,
  Page,
  ReadRequest,
  RecordRef,
  Role,
  Row,
  Session,
  TokenVault,
  Values,
} from '@heed/contract';
import { type RunningSandbox, startSandbox } from '@heed/sandbox';
import { createMeter, createTools, memoryQuota, memoryVault } from '@heed/toolkit';
import { afterAll, beforeAll, beforeEach } from 'vitest';
import { openSession } from '../src/session.ts';

export type Running = RunningSandbox<Portal, HubspotExtras>;

export const OPT_OUT = { field: 'hs_email_optout', optedOutWhen: true, write: true } as const;
export const never: AbortSignal = new AbortController().signal;

const START = Date.UTC(2026, 10, 21, 10);
const LONGEST_PAUSE_MS = 59_000;

/** The stand-in's own clock; pauses between tries move it, time-outs never come. */
const testClock = (running: Running): Clock => ({
  now: () => running.clock.now(),
  sleep: (ms, signal) =>
    new Promise<void>((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason);
      signal?.addEventListener('abort', () => reject(signal.reason), { once: true });
      if (ms > LONGEST_PAUSE_MS) return;
      running.clock.advance(ms);
      setImmediate(resolve);
    }),
});

export interface OpenOptions {
  readonly role?: Role;
  readonly config?: Readonly<Record<string, unknown>>;
  readonly basis?: Basis | null;
  readonly vault?: TokenVault;
  readonly container?: string | null;
}

/** A session through the real toolkit and the real SDK. */
export const open = (running: Running, more: OpenOptions = {}): Session => {
  const role = more.role ?? 'crm';
  const config = connector.config.parse({
    connector: 'hubspot',
    baseUrl: running.url,
    auth: { method: 'service-key', token: running.accessToken },
    ...more.config,
  });
  const clock = testClock(running);
  const tools = createTools({
    connector: 'hubspot',
    account: 'test',
    limits: [],
    clock,
    random: () => 0.5,
    quota: memoryQuota(clock),
    vault: more.vault ?? memoryVault(),
    meter: createMeter(),
  });
  const container = more.container ?? (role === 'crm' ? null : running.audience);
  return openSession({ config, role, container, basis: more.basis ?? null }, tools);
};

/** One stand-in per test file, as new before each test; search shows writes at once unless a test says otherwise. */
export const useSandbox = (): (() => Running) => {
  let running: Running;
  beforeAll(async () => {
    running = await startSandbox(sandbox, { clock: { now: () => START } });
  });
  beforeEach(() => {
    running.reset();
    running.switches({ indexLagMs: 0 });
  });
  afterAll(() => running.close());
  return () => running;
};

const columns = (more: Partial<Columns> = {}): Columns => ({
  types: ['contact'],
  fields: [],
  consent: [OPT_OUT],
  reference: null,
  ...more,
});

export const readAll = async (
  session: Session,
  after: Cursor | null = null,
  more: Partial<ReadRequest> = {},
): Promise<readonly Page[]> => {
  const request = { ...columns(), lists: null, initially: 'everyone', after, ...more } as const;
  const pages: Page[] = [];
  for await (const page of session.read(request, never)) pages.push(page);
  return pages;
};

export const rowsOf = (pages: readonly Page[]): readonly Row[] => pages.flatMap((page) => page.rows);
export const endOf = (pages: readonly Page[]): Cursor => {
  const last = pages.at(-1);
  if (last === undefined || !last.last) throw new Error('the read did not end');
  return last.next;
};

export const lookup = (session: Session, by: Lookup['by'], more: Partial<Lookup> = {}): Promise<readonly Row[]> =>
  session.lookup({ ...columns(), by, evidenceSince: null, changedSince: null, ...more }, never);

export const write = async (session: Session, ...ops: readonly Op[]): Promise<ReadonlyMap<string, Outcome>> =>
  new Map((await session.write(ops, never)).map((outcome) => [outcome.op, outcome]));

export const writeOne = async (session: Session, op: Op): Promise<Outcome> => {
  const outcome = (await write(session, op)).get(op.id);
  if (outcome === undefined) throw new Error('no outcome');
  return outcome;
};

export const contact = (id: string): RecordRef => ({ type: 'contact', id });

/** An administrator makes a contact; answers its id. */
export const make = (running: Running, email: string, properties: Readonly<Record<string, string>> = {}): string =>
  (running.act('admin/create', { properties: { ...properties, email } }) as { readonly id: string }).id;

export const raw = async (running: Running, method: string, path: string, body?: unknown): Promise<unknown> => {
  const response = await fetch(`${running.url}${path}`, {
    method,
    headers: { authorization: `Bearer ${running.accessToken}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  if (!response.ok) throw new Error(`the stand-in answered ${response.status}: ${await response.text()}`);
  return response.status === 204 ? null : response.json();
};

export const putIn = (running: Running, ids: readonly string[], list = running.audience): Promise<unknown> =>
  raw(running, 'PUT', `/crm/v3/lists/${list}/memberships/add`, ids);
export const takeOut = (running: Running, ids: readonly string[], list = running.audience): Promise<unknown> =>
  raw(running, 'PUT', `/crm/v3/lists/${list}/memberships/remove`, ids);

/** What the portal says about a contact, past every connector. */
export const stored = async (running: Running, id: string, ...names: readonly string[]) =>
  (
    (await raw(running, 'GET', `/crm/v3/objects/contacts/${id}?properties=${names.join(',')}`)) as {
      readonly properties: Readonly<Record<string, string | null>>;
    }
  ).properties;

export interface WireStatus {
  readonly subscriptionId: number;
  readonly status: string;
  readonly source?: string;
  readonly legalBasis?: string;
  readonly legalBasisExplanation?: string;
}
export const statusesOf = async (running: Running, email: string): Promise<readonly WireStatus[]> =>
  (
    (await raw(
      running,
      'GET',
      `/communication-preferences/v4/statuses/${encodeURIComponent(email)}?channel=EMAIL`,
    )) as { readonly results: readonly WireStatus[] }
  ).results;

/** Runs `work` against a server that passes every request on, after `before` saw it: what happens in the last moment. */
export const inBetween = async <T>(
  running: Running,
  before: (request: { readonly method: string; readonly url: string; readonly body: string }) => void,
  work: (url: string) => Promise<T>,
): Promise<T> => {
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks).toString();
    const { method = 'GET', url = '/' } = request;
    before({ method, url, body });
    const answer = await fetch(`${running.url}${url}`, {
      method,
      headers: { authorization: String(request.headers.authorization), 'content-type': 'application/json' },
      ...(body === '' ? {} : { body }),
    });
    response.writeHead(answer.status, { 'content-type': 'application/json' }).end(await answer.text());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    return await work(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  } finally {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
};

/** Ids of the active, public subscription types. */
export const topicsIn = ({ subscriptions }: Portal): readonly string[] =>
  subscriptions
    .filter(({ isActive, isInternal, businessUnitId }) => isActive && !isInternal && !businessUnitId)
    .map(({ id }) => String(id));
export const topicsOf = (running: Running): readonly string[] => topicsIn(running.state());

/** `POST /communication-preferences/v4/statuses/{email}`, without what differs from run to run. */
export const callsTo = (running: Running, from = 0): readonly string[] =>
  running
    .calls()
    .slice(from)
    .map(({ method, path }) => {
      const plain = decodeURIComponent(path.split('?')[0] ?? '');
      return `${method} ${plain.replace(/[^/]+@[^/]+/, '{email}').replace(/\/\d+(?=\/|$)/g, '/{id}')}`;
    });

export const optOut = (id: string | null, email: string, set: Values = {}, topic = '*'): Op => ({
  kind: 'opt-out',
  id: `opt-out ${email} ${topic}`,
  record: id === null ? null : contact(id),
  email,
  topic,
  set,
});

export const create = (email: string, more: Partial<Extract<Op, { kind: 'create' }>> = {}): Op => ({
  kind: 'create',
  id: `create ${email}`,
  type: 'contact',
  email,
  reference: null,
  fields: {},
  as: null,
  set: {},
  ...more,
});

export const stateOf = (row: Row | undefined): MemberState['status'] | undefined => row?.member?.status;
export const fieldOf = (row: Row | undefined, name: string): FieldValue | undefined => row?.values[name];
