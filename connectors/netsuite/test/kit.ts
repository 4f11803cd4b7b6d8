import type { Clock, Columns, Cursor, Lookup, Op, Outcome, Page, ReadRequest, Row, Session } from '@heed/contract';
import { limitsOf } from '@heed/contract';
import { type RunningSandbox, startSandbox } from '@heed/sandbox';
import { createMeter, createTools, memoryQuota, memoryVault } from '@heed/toolkit';
import { afterAll, beforeAll, beforeEach } from 'vitest';
import { type Account, sandbox as definition, type NetsuiteExtras } from '../sandbox/index.ts';
import { configSchema, type NetSuiteConfig } from '../src/config.ts';
import { connector } from '../src/index.ts';
import { openSession } from '../src/session.ts';
import { configAt, STANDARD } from './suite-case.ts';

export type Running = RunningSandbox<Account, NetsuiteExtras>;
export const STATUS = STANDARD.field;

/** Pauses between tries end at once; time-outs never come. */
const testClock = (now: () => number): Clock => ({
  now,
  sleep: (ms, signal) =>
    new Promise<void>((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason);
      if (ms < 59_000) return void setImmediate(resolve);
      signal?.addEventListener('abort', () => reject(signal.reason), { once: true });
    }),
});

/** A session with a sandbox, through the real toolkit. */
export const open = (
  running: Running,
  more: Readonly<Record<string, unknown>> = {},
): Session & { readonly config: NetSuiteConfig } => {
  const config = configSchema.parse({ ...configAt(running, running.url), ...more });
  const clock = testClock(() => running.clock.now());
  const tools = createTools({
    connector: connector.name,
    account: connector.account(config),
    limits: limitsOf(connector, config),
    clock,
    random: () => 0.5,
    quota: memoryQuota(clock),
    vault: memoryVault(),
    meter: createMeter(),
  });
  const session = openSession({ config, role: 'crm', container: null, basis: null }, tools);
  return { ...session, config };
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

export const request = (more: Partial<ReadRequest> = {}): ReadRequest => ({
  types: ['contact', 'customer'],
  fields: [],
  consent: [STANDARD],
  reference: null,
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
  session.lookup({ ...request(), ...more, by, evidenceSince: null, changedSince: null }, never);

export const write = async (session: Session, ...ops: readonly Op[]): Promise<Readonly<Record<string, Outcome>>> =>
  Object.fromEntries((await session.write(ops, never)).map((outcome) => [outcome.op, outcome]));

export const optOut = (
  type: string,
  id: string,
  set: Op extends never ? never : Readonly<Record<string, string | boolean>>,
): Op => ({
  kind: 'opt-out',
  id: `out ${id}`,
  record: { type, id },
  email: 'x@example.org',
  topic: '*',
  set,
});

let made = 0;

/** An administrator makes a record; answers its id. */
export const make = (running: Running, record: string, fields: Readonly<Record<string, unknown>>): string => {
  made += 1;
  const needed = record === 'customer' ? { companyName: 'Acme' } : { entityId: `Somebody ${made}` };
  const done = running.act('admin/create', { record, fields: { ...needed, [STATUS]: '1', ...fields } });
  return (done as { readonly id: string }).id;
};

/** What the account holds, past every permission. */
export const stored = (running: Running, type: string, id: string): Readonly<Record<string, unknown>> =>
  running.state().tables.get(type)?.get(id) ?? {};

export const callsTo = (running: Running): readonly string[] =>
  running.calls().map(({ method, path }) => `${method} ${path.replace('/services/rest', '').split('?')[0]}`);
