import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { stringify } from 'yaml';
import { type Time, takeOverTime } from '../../faults/runner/two-clocks.ts';
import { type Answered, heed } from '../../scenarios/runner/heed.ts';
import { type Running, start } from '../kit.ts';
import { type Act, perform } from './acts.ts';
import type { Look } from './expected.ts';
import type { Setup } from './plan.ts';
import { lookOf, type Mailchimp, type Salesforce, type Served, startMailchimp, startSalesforce } from './stand-ins.ts';

/** Both stand-ins and one customer, whom many seeds begin with. */
export interface World {
  readonly salesforce: Salesforce;
  readonly mailchimp: Mailchimp;
  /** `first`: Heed has never run here; else it has read everybody and nothing is left to do. */
  begin(first: boolean): void;
  /** They do it `laterMs` after what was before, and the same time passes after it. */
  people(acts: readonly Act[], laterMs: number): void;
  /** Called with each call that a stand-in has carried out and not answered yet. */
  watch(watcher: (call: Served) => void): void;
  /** Resolves once both have done what a killed process had asked of them: no vendor does it half an hour of theirs later. */
  quiet(): Promise<void>;
  /** Starts the built command line, as a process that can be killed. */
  start(...args: readonly string[]): Running;
  /** The same command line in this process, some time later. */
  heed(laterMs: number, ...args: readonly string[]): Promise<Answered>;
  look(): Look;
  /** Records that calls have written so far, in both systems. */
  writes(): number;
  close(): Promise<void>;
}

/** One for all worlds of this process: see two-clocks.ts. Give it back with `close`. */
export interface Stage {
  world(setup: Setup, base: readonly Act[]): Promise<World>;
  close(): Promise<void>;
}

const STEP_MS = 10 * 60_000;
const CLOCK = fileURLToPath(new URL('killed-clock.mjs', import.meta.url));
/** In memory where there is such a place: a process is killed here, no power is cut. */
const FOLDERS = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();
/** Reading many records at once is a POST as well. */
const IS_READ = /\/composite\/sobjects\/\w+$|^\/services\/oauth2\//;

const machineNow = Date.now.bind(Date);

/** A call that may change something at a vendor. */
export const isWrite = ({ method, path }: Served): boolean =>
  method !== 'GET' && !IS_READ.test(path.split('?')[0] ?? '');

const profileFor = ({ rules }: Setup, audience: string) => ({
  version: 1,
  crm: { connection: 'salesforce', records: ['Contact', 'Lead'] },
  marketing: { connection: 'mailchimp', audience },
  fields: [
    { crm: 'FirstName', marketing: 'FNAME' },
    { crm: 'LastName', marketing: 'LNAME' },
  ],
  create: { marketing: true, ...(rules.createContacts ? { crm: 'Contact' } : {}) },
  optOut: { crmToMarketing: rules.crmToMarketing },
  consent: { newMembers: 'subscribe', basis: 'existing-customer' },
  // Nothing waits for anybody's approval here.
  guards: { optOuts: { people: 1_000, percent: 100 } },
});

export const openStage = (): Stage => {
  const worlds = new Map<Setup, Promise<World>>();
  const stuck: Salesforce['stuck'][] = [];
  const time = takeOverTime(stuck);
  const folder = mkdtempSync(join(FOLDERS, 'heed-kill-'));
  const open = async (setup: Setup, base: readonly Act[]): Promise<World> =>
    openWorld(setup, base, { time, stuck, folder: join(folder, String(worlds.size)) });
  return {
    world(setup, base) {
      const known = worlds.get(setup);
      if (known !== undefined) return known;
      const opened = open(setup, base);
      worlds.set(setup, opened);
      return opened;
    },
    async close() {
      await Promise.all([...worlds.values()].map(async (world) => (await world).close()));
      time.giveBack();
      rmSync(folder, { recursive: true, force: true });
    },
  };
};

interface Within {
  readonly time: Time;
  readonly stuck: Salesforce['stuck'][];
  readonly folder: string;
}

const openWorld = async (setup: Setup, base: readonly Act[], { time, stuck, folder }: Within): Promise<World> => {
  let watcher: (call: Served) => void = () => {};
  const salesforce = await startSalesforce((call) => watcher(call));
  const mailchimp = await startMailchimp((call) => watcher(call));
  stuck.push(salesforce.stuck, mailchimp.stuck);
  const profilesDir = join(folder, 'profiles');
  mkdirSync(join(profilesDir, 'acme'), { recursive: true });
  const write = (name: string, content: unknown): void =>
    writeFileSync(join(profilesDir, 'acme', `${name}.yaml`), stringify(content));
  write('connections', { salesforce: salesforce.connection, mailchimp: mailchimp.connection });
  write('newsletter', profileFor(setup, mailchimp.audience));
  const environment = { ...salesforce.env, ...mailchimp.env };
  const inStep = join(folder, 'in-step');
  let stateDir = inStep;
  let ids = new Map<string, string>();
  let cases = 0;

  const run = (laterMs: number, ...args: readonly string[]): Promise<Answered> => {
    time.later(laterMs);
    return heed(args, { profilesDir, stateDir, environment });
  };
  for (const act of base) perform(act, { salesforce, mailchimp, ids });
  const known: ReadonlyMap<string, string> = new Map(ids);
  const keep = (name: string): void => {
    salesforce.keep(name);
    mailchimp.keep(name);
  };
  keep('first');
  for (const more of [['--yes'], [], []]) {
    const { code, said } = await run(STEP_MS, 'sync', 'acme', ...more);
    if (code !== 0) throw new Error(`${setup.name}: the base is not in step, exit ${code}: ${said}`);
  }
  keep('in step');
  const moment = time.now();

  return {
    salesforce,
    mailchimp,
    begin(first) {
      time.backTo(moment + STEP_MS);
      const name = first ? 'first' : 'in step';
      salesforce.bringBack(name);
      mailchimp.bringBack(name);
      ids = new Map(known);
      rmSync(stateDir === inStep ? join(folder, 'none') : stateDir, { recursive: true, force: true });
      cases += 1;
      stateDir = join(folder, `case-${cases}`);
      if (!first) cpSync(inStep, stateDir, { recursive: true });
    },
    people(acts, laterMs) {
      time.later(laterMs);
      for (const act of acts) perform(act, { salesforce, mailchimp, ids });
      time.later(laterMs);
    },
    watch(next) {
      watcher = next;
    },
    async quiet() {
      await nextTurn(); // What the process sent last is read first.
      await Promise.all([salesforce.quiet(), mailchimp.quiet()]);
    },
    start: (...args) =>
      start(args, {
        ...environment,
        HEED_PROFILES: profilesDir,
        HEED_STATE: stateDir,
        NODE_OPTIONS: `--import=${CLOCK}`,
        KILL_AHEAD_MS: String(time.now() - machineNow()),
      }),
    heed: run,
    look: () => lookOf(salesforce, mailchimp),
    writes: () =>
      [...salesforce.calls(), ...mailchimp.calls()]
        .filter((call) => isWrite(call))
        .reduce((sum, { touched }) => sum + touched.length, 0),
    async close() {
      await Promise.all([salesforce.close(), mailchimp.close()]);
    },
  };
};
