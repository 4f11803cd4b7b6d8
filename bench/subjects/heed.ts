import { mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { PairName } from '../pairs.ts';
import type { StandIn } from '../vendors/stand-in.ts';
import { profileText } from './profile-text.ts';
import { type Ran, run } from './run.ts';

/** As `sync --json` reports it. */
export interface SyncReport {
  readonly run: string;
  readonly status: string;
  readonly owed: number;
}

export interface Synced extends Ran {
  readonly report: SyncReport;
}

/** Heed as it runs in production: its own command line, in a process of its own, with its state on disk. */
export interface Heed {
  /** `heed sync`; the first one is approved in advance. */
  sync(options?: { readonly profile?: string }): Promise<Synced>;
  /** The run whose held opt-outs wait for somebody (C23); null if none are. */
  held(): Promise<string | null>;
  /** Releases what a run holds. */
  approve(run: string): Promise<void>;
  /** `heed optouts import` of a file with so many addresses. */
  importList(file: string, addresses: number): Promise<Ran>;
  /** Bytes of its state on disk. */
  stateBytes(): number;
  /** When each opt-out that a run wrote to one side was read back, of those since a moment; from the run's list of changes. */
  optOutsDone(run: string, side: 'crm' | 'marketing', sinceMs: number): Promise<readonly number[]>;
}

const root = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url));

export const CUSTOMER = 'bench';
const PROFILE = 'newsletter';

export const setUpHeed = (
  folder: string,
  built: boolean,
  pair: PairName,
  { crm, marketing }: { readonly crm: StandIn; readonly marketing: StandIn },
): Heed => {
  const profiles = join(folder, 'profiles');
  mkdirSync(join(profiles, CUSTOMER), { recursive: true });
  writeFileSync(join(profiles, CUSTOMER, 'connections.yaml'), connectionsOf([crm, marketing]));
  writeFileSync(join(profiles, CUSTOMER, `${PROFILE}.yaml`), profileText(pair, String(marketing.audience)));
  const script = built ? root('packages/cli/bin/heed.js') : root('packages/cli/src/main.ts');
  const places = ['--profiles', profiles, '--state', join(folder, 'state'), '--json'];
  const env = { ...process.env, ...crm.env, ...marketing.env };
  const heed = (args: readonly string[], profileFile?: string): Promise<Ran> =>
    run({
      args: [script, ...args, ...places],
      env,
      source: !built,
      folder,
      ...(profileFile === undefined ? {} : { profile: profileFile }),
    });
  return {
    async sync(options = {}) {
      const ran = await heed(['sync', `${CUSTOMER}/${PROFILE}`, '--yes'], options.profile);
      const [report] = (JSON.parse(ran.output) as { readonly runs?: readonly SyncReport[] }).runs ?? [];
      if (!WENT_WELL.includes(ran.code) || report === undefined)
        throw new Error(`heed sync ended with exit code ${ran.code}: ${ran.output.slice(0, 2_000)}`);
      return { ...ran, report };
    },
    async held() {
      const ran = await heed(['status', `${CUSTOMER}/${PROFILE}`]);
      const [status] = (JSON.parse(ran.output) as { readonly profiles: readonly Status[] }).profiles;
      return status?.held.find(({ kind }) => kind === 'opt-outs')?.run ?? null;
    },
    async approve(id) {
      const ran = await heed(['approve', id]);
      if (ran.code !== 0) throw new Error(`heed approve ended with exit code ${ran.code}`);
    },
    async importList(file, addresses) {
      const ran = await heed(['optouts', 'import', file, CUSTOMER, '--confirm', String(addresses)]);
      if (ran.code !== 0) throw new Error(`heed optouts import ended with exit code ${ran.code}: ${ran.output}`);
      return ran;
    },
    stateBytes: () => bytesIn(join(folder, 'state')),
    async optOutsDone(id, side, sinceMs) {
      const ran = await heed(['run', id]);
      const { changes } = JSON.parse(ran.output) as { readonly changes: readonly Change[] };
      return changes
        .filter((one) => one.side === side && one.what.startsWith('opted out') && DONE.includes(one.outcome))
        .map(({ at }) => Date.parse(at))
        .filter((at) => at >= sinceMs);
    },
  };
};

const bytesIn = (folder: string): number =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, { parentPath, name }) => sum + statSync(join(parentPath, name)).size, 0);

/** Done; waits for a guard's answer; done, and what was approved meanwhile goes with the next one. */
const WENT_WELL: readonly number[] = [0, 4, 5];

interface Status {
  readonly held: readonly { readonly run: string; readonly kind: string }[];
}

interface Change {
  readonly at: string;
  readonly side: string;
  readonly what: string;
  readonly outcome: string;
}

/** Noted after the look that follows every opt-out: a write that was not read back is none of these. */
const DONE: readonly string[] = ['applied', 'unchanged'];

const connectionsOf = (vendors: readonly StandIn[]): string =>
  JSON.stringify(Object.fromEntries(vendors.map(({ name, connection }) => [name, connection])));
