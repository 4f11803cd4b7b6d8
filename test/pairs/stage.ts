import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { startSandbox } from '@heed/sandbox';
import type { Answer, Command, Invocation } from '../../packages/cli/src/invocation.ts';
import type { ConnectorCase, People, Vendor } from '../../packages/testkit/src/connector-suite/case.ts';

const PROFILES = fileURLToPath(new URL('../../profiles/pairs/', import.meta.url));
/** Longer than what any of the systems shows late, shorter than a token lives. */
export const QUIET_MS = 25 * 60_000;
const NOON = Date.UTC(2026, 10, 18, 12);

/** The stand-in of a marketing system names an audience besides. */
interface Offer {
  readonly audience?: string;
}

export interface Side {
  readonly vendor: Vendor;
  readonly people: People;
  readonly name: string;
}

/** Two running stand-ins, and the command line with a customer `acme` who has the profile of the pair and nothing else. */
export interface Stage {
  readonly crm: Side;
  readonly marketing: Side;
  /** Lets every vendor's clock go on by `QUIET_MS`, then runs the command for `acme`. */
  heed(command: Command, options?: Parameters<Command>[2]): Promise<Answer>;
  /** Changes the text of the profile. */
  rewrite(change: (text: string) => string): void;
  close(): Promise<void>;
}

const start = async (given: ConnectorCase): Promise<Side> => {
  const vendor = await startSandbox(given.sandbox, { clock: { now: () => NOON } });
  return { vendor, people: given.people(vendor), name: given.sandbox.name };
};

/** The committed profile, with the connections and the audience of the stand-ins in the place of the example's. */
const invocationOf = (folder: string, profile: string, sides: readonly Side[]): Invocation => {
  const customer = join(folder, 'profiles', 'acme');
  mkdirSync(customer, { recursive: true });
  const offers = sides.map(({ vendor, name }) => [name, vendor as Vendor & Offer] as const);
  const { audience = '' } = offers[1]?.[1] ?? {};
  const text = readFileSync(join(PROFILES, `${profile}.yaml`), 'utf8');
  writeFileSync(join(customer, `${profile}.yaml`), text.replace(/audience: \S+/, `audience: "${audience}"`));
  const connections = Object.fromEntries(offers.map(([name, { connection }]) => [name, connection]));
  writeFileSync(join(customer, 'connections.yaml'), JSON.stringify(connections));
  return {
    json: true,
    profilesDir: join(folder, 'profiles'),
    stateDir: join(folder, 'state'),
    keyFile: undefined,
    environment: Object.assign({}, ...offers.map(([, { env }]) => env)) as Record<string, string>,
    signal: new AbortController().signal,
    progress: { show: () => {}, clear: () => {} },
    tell: () => {},
    say: () => {},
    readInput: async () => '',
    inputBytes: () => Readable.from([]),
    ask: async () => null,
  };
};

/** Starts a pair of stand-ins with the profile of `profiles/pairs`. */
export const openStage = async (
  profile: string,
  crmCase: ConnectorCase,
  marketingCase: ConnectorCase,
): Promise<Stage> => {
  const folder = mkdtempSync(join(tmpdir(), 'heed-pairs-'));
  const [crm, marketing] = [await start(crmCase), await start(marketingCase)];
  const invocation = invocationOf(folder, profile, [crm, marketing]);
  return {
    crm,
    marketing,
    async heed(command, options = {}) {
      for (const { vendor } of [crm, marketing]) vendor.clock.advance(QUIET_MS);
      return command(invocation, ['acme'], options);
    },
    rewrite(change) {
      const file = join(folder, 'profiles', 'acme', `${profile}.yaml`);
      writeFileSync(file, change(readFileSync(file, 'utf8')));
    },
    async close() {
      await crm.vendor.close();
      await marketing.vendor.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
};
