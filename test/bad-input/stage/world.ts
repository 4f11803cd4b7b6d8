import { createHash } from 'node:crypto';
import { existsSync, globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { type Account, type MailchimpExtras, sandbox as mailchimpDefinition } from '@heed/connector-mailchimp/sandbox';
import { type Org, type SalesforceExtras, sandbox as salesforceDefinition } from '@heed/connector-salesforce/sandbox';
import { type Call, type Exchange, type Reply, type RunningSandbox, startSandbox } from '@heed/sandbox';
import { stringify } from 'yaml';
import { type Answered, type Place, runHeed } from './run-heed.ts';

export type Json = Readonly<Record<string, unknown>>;
export type System = 'salesforce' | 'mailchimp';

/** Changes an answer on its way out; null leaves it. */
export type Rewrite = (
  call: { readonly method: string; readonly path: string; readonly url: string },
  reply: Reply,
) => Reply | null;

/** Both stand-ins, a folder with the profile acme/newsletter, and the command line; as new after `clear`. */
export interface World {
  readonly salesforce: RunningSandbox<Org, SalesforceExtras>;
  readonly mailchimp: RunningSandbox<Account, MailchimpExtras>;
  readonly place: Place;
  clear(): void;
  /** Writes a file below the profiles folder. */
  file(path: string, text: string | Uint8Array): void;
  /** Writes acme/newsletter with changes at the top. */
  profile(change?: Json, name?: string): void;
  connections(change?: Json): void;
  rewrite(system: System, rewrite: Rewrite): void;
  heed(args: readonly string[], input?: string, environment?: Readonly<Record<string, string>>): Promise<Answered>;
  calls(): readonly Call[];
  /** Calls that could have changed something at a vendor. */
  writes(): readonly string[];
  /** Digests of every file but databases, and of every row of every database but leases and quotas. */
  durable(): Readonly<Record<string, string>>;
  close(): Promise<void>;
}

/** In memory where there is such a place: no power is cut here. */
const FOLDERS = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();

/** Reading many records at once, and signing in, are a POST as well. */
const IS_READ = /\/composite\/sobjects\/\w+$|^\/services\/oauth2\//;

const digest = (text: string | Uint8Array): string => createHash('sha256').update(text).digest('hex').slice(0, 12);

/** Tables that a run takes turns by; a look alone may touch them. */
const NOT_STATE = /^(sqlite_|leases?$|quota|account)/;

const rowsDigest = (file: string): string => {
  const database = new DatabaseSync(file, { readOnly: true });
  try {
    const tables = database.prepare("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name").all();
    const names = tables.map(({ name }) => String(name)).filter((name) => !NOT_STATE.test(name));
    const rows = names.map((name) => [name, database.prepare(`SELECT * FROM "${name}"`).all()]);
    return digest(JSON.stringify(rows, (_, value) => (typeof value === 'bigint' ? String(value) : value)));
  } finally {
    database.close();
  }
};

const newsletter = (audience: string): Json => ({
  version: 1,
  crm: { connection: 'salesforce', records: ['Contact', 'Lead'] },
  marketing: { connection: 'mailchimp', audience },
  fields: [
    { crm: 'FirstName', marketing: 'FNAME' },
    { crm: 'LastName', marketing: 'LNAME' },
  ],
  optOut: { crmToMarketing: true },
  consent: { newMembers: 'subscribe', basis: 'existing-customer' },
});

export const openWorld = async (): Promise<World> => {
  const rewrites: Record<System, Rewrite> = { salesforce: () => null, mailchimp: () => null };
  const through =
    (system: System, finish?: (exchange: Exchange<never>, reply: Reply) => Reply) =>
    (exchange: Exchange<never>, reply: Reply): Reply => {
      const finished = finish?.(exchange, reply) ?? reply;
      return rewrites[system](exchange, finished) ?? finished;
    };
  const salesforce = await startSandbox({
    ...salesforceDefinition,
    finish: through('salesforce', salesforceDefinition.finish as never) as never,
  });
  const mailchimp = await startSandbox({
    ...mailchimpDefinition,
    finish: through('mailchimp', mailchimpDefinition.finish as never) as never,
  });
  let place: Place = { folder: '', profilesDir: '', stateDir: '', environment: {} };
  const forget = (): void => {
    if (place.folder !== '') rmSync(place.folder, { recursive: true, force: true });
  };
  const calls = (): readonly Call[] => [...salesforce.calls(), ...mailchimp.calls()];
  const world: World = {
    salesforce,
    mailchimp,
    get place() {
      return place;
    },
    clear() {
      forget();
      rewrites.salesforce = () => null;
      rewrites.mailchimp = () => null;
      salesforce.reset();
      mailchimp.reset();
      const folder = mkdtempSync(join(FOLDERS, 'heed-bad-input-'));
      const environment = { ...salesforce.env, ...mailchimp.env };
      place = { folder, profilesDir: join(folder, 'profiles'), stateDir: join(folder, 'state'), environment };
      world.connections();
      world.profile();
    },
    file(path, text) {
      const whole = join(place.profilesDir, path);
      mkdirSync(dirname(whole), { recursive: true });
      writeFileSync(whole, text);
    },
    profile: (change = {}, name = 'newsletter') =>
      world.file(`acme/${name}.yaml`, stringify({ ...newsletter(mailchimp.audience), ...change })),
    connections: (change = {}) =>
      world.file(
        'acme/connections.yaml',
        stringify({ salesforce: salesforce.connection, mailchimp: mailchimp.connection, ...change }),
      ),
    rewrite(system, rewrite) {
      rewrites[system] = rewrite;
    },
    heed: (args, input, environment = place.environment) => runHeed(args, { ...place, environment }, input),
    calls,
    writes: () =>
      calls()
        .filter(({ method, path }) => method !== 'GET' && !IS_READ.test(path.split('?')[0] ?? ''))
        .map(({ method, path }) => `${method} ${path}`),
    durable() {
      const files = globSync('**/*', { cwd: place.folder }).filter((path) =>
        statSync(join(place.folder, path)).isFile(),
      );
      const kept = files.filter((path) => !/\.db-(wal|shm)$/.test(path)).sort();
      return Object.fromEntries(
        kept.map((path) => {
          const whole = join(place.folder, path);
          return [path, path.endsWith('.db') ? rowsDigest(whole) : digest(readFileSync(whole))];
        }),
      );
    },
    async close() {
      forget();
      await Promise.all([salesforce.close(), mailchimp.close()]);
    },
  };
  world.clear();
  return world;
};
