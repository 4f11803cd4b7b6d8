import type { Clock, Columns, Cursor, Lookup, Op, Outcome, Page, ReadRequest, Row, Session } from '@heed/contract';
import { type RunningSandbox, startSandbox } from '@heed/sandbox';
import { createMeter, createTools, memoryQuota, memoryVault } from '@heed/toolkit';
import { afterAll, beforeAll, beforeEach } from 'vitest';
import { sandbox as definition, type Org, type SalesforceExtras } from '../sandbox/index.ts';
import type { SalesforceConfig } from '../src/config.ts';
import { connector } from '../src/index.ts';

export type Running = RunningSandbox<Org, SalesforceExtras>;

/** Time-outs end only when told; pauses between tries end at once. */
export interface TestClock extends Clock {
  timeOut(): void;
}

const LONGEST_PAUSE_MS = 59_000;

export const testClock = (now: () => number): TestClock => {
  const waiting = new Set<() => void>();
  return {
    now,
    sleep: (ms, signal) =>
      new Promise<void>((resolve, reject) => {
        if (signal?.aborted) return reject(signal.reason);
        // Not at once: who waits for a connection asks again and again, and the answers must get a turn.
        if (ms <= LONGEST_PAUSE_MS) return setImmediate(resolve);
        waiting.add(resolve);
        signal?.addEventListener('abort', () => reject(signal.reason), { once: true });
      }),
    timeOut: () => {
      for (const end of waiting) end();
      waiting.clear();
    },
  };
};

export interface Opened {
  readonly session: Session;
  readonly clock: TestClock;
  readonly config: SalesforceConfig;
}

/** A session with a sandbox, through the real toolkit and the real SDK. */
export const open = (
  running: Running,
  more: { readonly auth?: unknown; readonly vault?: ReturnType<typeof memoryVault> } = {},
): Opened => {
  const { connector: name, baseUrl } = running.connection;
  const auth = more.auth ?? {
    method: 'client-credentials',
    clientId: running.env.SANDBOX_SALESFORCE_CLIENT_ID,
    clientSecret: running.env.SANDBOX_SALESFORCE_CLIENT_SECRET,
  };
  const config = connector.config.parse({ connector: name, baseUrl, auth });
  const clock = testClock(() => running.clock.now());
  const tools = createTools({
    connector: connector.name,
    account: connector.account(config),
    limits: connector.limits,
    clock,
    random: () => 0.5,
    quota: memoryQuota(clock),
    vault: more.vault ?? memoryVault(),
    meter: createMeter(),
  });
  return { session: connector.open({ config, role: 'crm', container: null, basis: null }, tools), clock, config };
};

/** One sandbox per test file, as new before each test. */
export const useSandbox = (): (() => Running) => {
  let running: Running;
  beforeAll(async () => {
    running = await startSandbox(definition, { clock: { now: () => Date.UTC(2026, 10, 21, 10) } });
  });
  beforeEach(() => running.reset());
  afterAll(() => running.close());
  return () => running;
};

export const never = new AbortController().signal;

export const OPT_OUT = { field: 'HasOptedOutOfEmail', optedOutWhen: true, write: true } as const;

export const columns = (more: Partial<Columns> = {}): Columns => ({
  types: ['Contact', 'Lead'],
  fields: [],
  consent: [OPT_OUT],
  reference: null,
  ...more,
});

export const request = (more: Partial<ReadRequest> = {}): ReadRequest => ({
  ...columns(),
  lists: null,
  initially: 'everyone',
  after: null,
  ...more,
});

export const readAll = async (session: Session, wanted: ReadRequest): Promise<readonly Page[]> => {
  const pages: Page[] = [];
  for await (const page of session.read(wanted, never)) pages.push(page);
  return pages;
};

export const rowsOf = (pages: readonly Page[]): readonly Row[] => pages.flatMap((page) => page.rows);
export const emails = (rows: readonly Row[]): readonly (string | null)[] => rows.map((row) => row.email).sort();
export const endOf = (pages: readonly Page[]): Cursor => {
  const last = pages.at(-1);
  if (last === undefined || !last.last) throw new Error('the read did not end');
  return last.next;
};

export const lookup = (session: Session, by: Lookup['by'], more: Partial<Columns> = {}): Promise<readonly Row[]> =>
  session.lookup({ ...columns(more), by, evidenceSince: null, changedSince: null }, never);

export const write = async (session: Session, ...ops: readonly Op[]): Promise<Readonly<Record<string, Outcome>>> =>
  Object.fromEntries((await session.write(ops, never)).map((outcome) => [outcome.op, outcome]));

/** An administrator makes a record; answers its id. */
export const make = (running: Running, type: string, fields: Readonly<Record<string, unknown>>): string => {
  const needed = type === 'Lead' ? { LastName: 'Doe', Company: 'Acme' } : { LastName: 'Doe' };
  const made = running.act('admin/create', { type, fields: { ...needed, ...fields } });
  return (made as { readonly id: string }).id;
};

export const campaign = (running: Running, name: string): string =>
  (running.act('admin/campaign', { name }) as { readonly id: string }).id;

/** What the org holds, past every permission. */
export const stored = (running: Running, type: string, id: string): Readonly<Record<string, unknown>> =>
  running.state().needTable(type).get(id) ?? {};

/** `GET /query`, without what differs from run to run. */
export const callsTo = (running: Running): readonly string[] =>
  running.calls().map(
    ({ method, path }) =>
      `${method} ${
        path
          .replace(/^\/services\/(data\/v[\d.]+)?/, '/')
          .replace('//', '/')
          .split('?')[0]
      }`,
  );
