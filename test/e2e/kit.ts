import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { sandbox as mailchimpDefinition } from '@heed/connector-mailchimp/sandbox';
import { sandbox as salesforceDefinition } from '@heed/connector-salesforce/sandbox';
import { startSandbox } from '@heed/sandbox';
import { stringify } from 'yaml';

/** A hundred processes load the same modules: compiled once, they start in half the time. */
const COMPILE_CACHE = fileURLToPath(new URL('../../node_modules/.cache/heed-e2e', import.meta.url));
const BIN = fileURLToPath(new URL('../../packages/cli/bin/heed.js', import.meta.url));

/** What a process left behind. */
export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Running {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
}

/** Starts the built command line as a real process: nothing of this process leaks into it but what is given. */
export const start = (args: readonly string[], env: Readonly<Record<string, string>> = {}, input = ''): Running => {
  const child = spawn(process.execPath, [BIN, ...args], {
    env: { PATH: process.env.PATH ?? '', HOME: process.env.HOME ?? '', NODE_COMPILE_CACHE: COMPILE_CACHE, ...env },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const text = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const)
    child[name].setEncoding('utf8').on('data', (chunk: string) => {
      text[name] += chunk;
    });
  child.stdin.on('error', () => {}); // A process that was killed reads no input.
  child.stdin.end(input);
  const ended = new Promise<Ended>((resolve) => {
    child.once('close', (code, signal) => resolve({ code, signal, ...text }));
  });
  return { child, ended };
};

export const heed = (args: readonly string[], env: Readonly<Record<string, string>> = {}, input = ''): Promise<Ended> =>
  start(args, env, input).ended;

/** Called when a stand-in has carried out a call and has not answered it yet. */
type Watcher = (call: { readonly method: string; readonly path: string }) => void;

/** A world of its own: two empty stand-ins in this process, one customer, one profile, one state folder. */
export interface World {
  readonly salesforce: Awaited<ReturnType<typeof startSalesforce>>;
  readonly mailchimp: Awaited<ReturnType<typeof startMailchimp>>;
  readonly folder: string;
  readonly stateDir: string;
  /** Environment of a `heed` that finds profiles, state and secrets. */
  readonly env: Readonly<Record<string, string>>;
  heed(args: readonly string[], more?: Readonly<Record<string, string>>, input?: string): Promise<Ended>;
  start(args: readonly string[], more?: Readonly<Record<string, string>>): Running;
  /** Rewrites the profile acme/newsletter. */
  writeProfile(change?: Readonly<Record<string, unknown>>, name?: string): void;
  watch(watcher: Watcher): void;
  /** Every record of both systems, by plain HTTP; without times. */
  records(): Promise<Readonly<Record<string, unknown>>>;
  close(): Promise<void>;
}

const startSalesforce = (watch: Watcher) =>
  startSandbox({
    ...salesforceDefinition,
    finish(exchange, reply) {
      watch(exchange);
      return salesforceDefinition.finish?.(exchange, reply) ?? reply;
    },
  });

const startMailchimp = (watch: Watcher) =>
  startSandbox({
    ...mailchimpDefinition,
    finish(exchange, reply) {
      watch(exchange);
      return mailchimpDefinition.finish?.(exchange, reply) ?? reply;
    },
  });

export const openWorld = async (): Promise<World> => {
  let watcher: Watcher = () => {};
  const salesforce = await startSalesforce((call) => watcher(call));
  const mailchimp = await startMailchimp((call) => watcher(call));
  const folder = mkdtempSync(join(tmpdir(), 'heed-e2e-'));
  const customer = join(folder, 'profiles', 'acme');
  const stateDir = join(folder, 'state');
  mkdirSync(customer, { recursive: true });
  writeFileSync(
    join(customer, 'connections.yaml'),
    stringify({ salesforce: salesforce.connection, mailchimp: mailchimp.connection }),
  );
  const profile = {
    version: 1,
    crm: { connection: 'salesforce', records: ['Contact', 'Lead'] },
    marketing: { connection: 'mailchimp', audience: mailchimp.audience },
    schedule: { cron: '0 4 * * *', timezone: 'Europe/Berlin' },
    fields: [
      { crm: 'FirstName', marketing: 'FNAME' },
      { crm: 'LastName', marketing: 'LNAME' },
    ],
    optOut: { crmToMarketing: true },
    consent: { newMembers: 'subscribe', basis: 'existing-customer' },
  };
  const writeProfile = (change: Readonly<Record<string, unknown>> = {}, name = 'newsletter'): void =>
    writeFileSync(join(customer, `${name}.yaml`), stringify({ ...profile, ...change }));
  writeProfile();
  const env = {
    ...salesforce.env,
    ...mailchimp.env,
    HEED_PROFILES: join(folder, 'profiles'),
    HEED_STATE: stateDir,
  };
  return {
    salesforce,
    mailchimp,
    folder,
    stateDir,
    env,
    heed: (args, more, input) => heed(args, { ...env, ...more }, input),
    start: (args, more) => start(args, { ...env, ...more }),
    writeProfile,
    watch(next) {
      watcher = next;
    },
    records: () => recordsOf(salesforce, mailchimp),
    async close() {
      await Promise.all([salesforce.close(), mailchimp.close()]);
      rmSync(folder, { recursive: true, force: true });
    },
  };
};

/** People of every kind that a sync has something to do for; always the same, in the same order. */
export const populate = ({ salesforce, mailchimp }: World, people: number): void => {
  for (let i = 0; i < people; i += 1) {
    const email = `person${i}@example.org`;
    const fields = { FirstName: `First${i}`, LastName: `Last${i}`, Email: email };
    salesforce.act('admin/create', { type: 'Contact', fields: { ...fields, HasOptedOutOfEmail: i % 4 === 2 } });
    if (i % 4 === 3) salesforce.act('admin/create', { type: 'Lead', fields: { ...fields, Company: 'Acme' } });
    if (i % 4 === 0) continue;
    const mergeFields = { FNAME: i % 4 === 1 ? `Other${i}` : `First${i}`, LNAME: `Last${i}` };
    mailchimp.act('admin/subscribe', { email, mergeFields });
    if (i % 4 === 3) mailchimp.act('person/unsubscribe', { email });
  }
};

const getJson = async <T>(url: string, authorization: string): Promise<T> => {
  const response = await fetch(url, { headers: { authorization } });
  if (!response.ok) throw new Error(`${url} answered ${response.status}`);
  return (await response.json()) as T;
};

const recordsOf = async (
  salesforce: World['salesforce'],
  mailchimp: World['mailchimp'],
): Promise<Readonly<Record<string, unknown>>> => {
  const records: Record<string, unknown> = {};
  for (const type of ['Contact', 'Lead']) {
    const query = `SELECT Id, Email, FirstName, LastName, HasOptedOutOfEmail FROM ${type}`;
    const url = `${salesforce.url}/services/data/v66.0/query?q=${encodeURIComponent(query)}`;
    const found = await getJson<{ done: boolean; records: { Id: string; attributes: unknown }[] }>(
      url,
      `Bearer ${salesforce.accessToken}`,
    );
    if (!found.done) throw new Error('more records than one page');
    for (const { attributes: _, ...record } of found.records) records[`${type} ${record.Id}`] = record;
  }
  const basic = Buffer.from(`anybody:${mailchimp.accessToken}`).toString('base64');
  const { members } = await getJson<{ members: { email_address: string }[] }>(
    `${mailchimp.url}/3.0/lists/${mailchimp.audience}/members?count=1000&fields=members.email_address,members.status,members.merge_fields`,
    `Basic ${basic}`,
  );
  for (const member of members)
    records[`member ${createHash('md5').update(member.email_address).digest('hex')}`] = member;
  return records;
};

export interface SyncJson {
  readonly runs: readonly {
    readonly run: string;
    readonly profile: string;
    readonly status: string;
    readonly startedAt: string;
    readonly finishedAt: string;
    readonly held: Readonly<Record<string, number>>;
    readonly owed: number;
    readonly crm: Readonly<Record<string, unknown>> & { readonly optedOut: number };
    readonly marketing: Readonly<Record<string, unknown>> & { readonly created: number; readonly optedOut: number };
  }[];
}

export const syncJson = (ended: Ended): SyncJson => JSON.parse(ended.stdout) as SyncJson;
