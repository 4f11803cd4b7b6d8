import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import type { Place } from './heed.ts';
import { openHubspot } from './systems/hubspot.ts';
import { openMailchimp } from './systems/mailchimp.ts';
import { openNetsuite } from './systems/netsuite.ts';
import { openSalesforce } from './systems/salesforce.ts';
import type { Crm, Json, MarketingTool, System } from './systems/system.ts';

const CRMS = { Salesforce: openSalesforce, NetSuite: openNetsuite, HubSpot: openHubspot } as const;
const TOOLS = { Mailchimp: openMailchimp, HubSpot: openHubspot } as const;

/** The stand-ins that a story is about: one CRM or more, and one marketing tool. */
export interface Systems {
  readonly crms: readonly [Crm, ...Crm[]];
  readonly tool: MarketingTool;
}

/** The stand-ins, which all scenarios share one after the other. Each is started by the first story about it. */
export interface Stage {
  /** The systems of these names as new, the marketing tool last. */
  systems(names: readonly string[]): Promise<Systems>;
  /** A fresh place for the profiles and the state of one scenario. */
  place(systems: Systems): Place;
  close(): Promise<void>;
}

/** In memory where there is such a place: a story makes hundreds of durable commits, and no power is cut here. */
const FOLDERS = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();

export const systemsOf = ({ crms, tool }: Systems): readonly System[] => [...crms, tool];

/** Writes one of the customer's files: `connections`, or a profile by its name. */
export const writeFile = (place: Place, name: string, content: Json): void =>
  writeFileSync(join(place.profilesDir, 'acme', `${name}.yaml`), stringify(content));

export const connectionsOf = (systems: Systems): Json =>
  Object.fromEntries(systemsOf(systems).map(({ name, connection }) => [name.toLowerCase(), connection]));

export const openStage = (): Stage => {
  const opened = new Map<string, Promise<System>>();
  const folders: string[] = [];
  const named = async <T extends System>(known: Readonly<Record<string, () => Promise<T>>>, name: string) => {
    const start = known[name];
    if (start === undefined) throw new Error(`"${name}" is none of ${Object.keys(known).join(', ')}`);
    const running = opened.get(name) ?? start();
    opened.set(name, running);
    const system = (await running) as T; // the same name always starts the same system
    system.reset();
    return system;
  };
  return {
    async systems(names) {
      const [first = '', ...others] = names.slice(0, -1);
      const crm = await named<Crm>(CRMS, first);
      const more: Crm[] = [];
      for (const name of others) more.push(await named<Crm>(CRMS, name));
      return { crms: [crm, ...more], tool: await named<MarketingTool>(TOOLS, names.at(-1) ?? '') };
    },
    place(systems) {
      const folder = mkdtempSync(join(FOLDERS, 'heed-scenario-'));
      folders.push(folder);
      const profilesDir = join(folder, 'profiles');
      mkdirSync(join(profilesDir, 'acme'), { recursive: true });
      const environment = Object.assign({}, ...systemsOf(systems).map(({ env }) => env)) as Record<string, string>;
      const place = { profilesDir, stateDir: join(folder, 'state'), environment };
      writeFile(place, 'connections', connectionsOf(systems));
      return place;
    },
    async close() {
      for (const running of opened.values()) await (await running).close();
      for (const folder of folders) rmSync(folder, { recursive: true, force: true });
    },
  };
};
