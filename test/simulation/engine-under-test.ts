import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { abilitiesIn } from '@heed/contract';
import {
  type AddressKey,
  addOptOut,
  addressKey,
  approve,
  erasePerson,
  type Intent,
  isErased,
  isRecordAddress,
  LEASE_MS,
  type Leases,
  type LookPace,
  type Engine as Outside,
  type Profile,
  personToErase,
  runProfile,
  type Service,
  type Store,
  serviceOf,
} from '@heed/core';
import { openStateFolder, type StateFolder } from '@heed/store';
import { seededRandom } from '@heed/toolkit';
import { Places } from '../../packages/core/src/profile/yaml-text.ts';
import {
  Crash,
  type Engine,
  type EngineFactory,
  type EnginePlace,
  type Life,
  type Rules,
  type RunEnd,
  type RunOrder,
  type Settings,
  TOPIC,
  type Which,
} from '../../packages/testkit/src/simulation/index.ts';

const CUSTOMER = 'sim';
const DIR = 'state folder';
/** An open folder that no process uses at the moment: opening files and preparing statements is most of a small run. */
const IDLE = 'idle folder';
/**
 * Seeds whose databases are files, closed by a crash and opened again by the next process. All others keep one database in
 * memory, which is faster: a transaction is whole or nothing in both, and files are what the store's own tests are about.
 */
const ON_FILES_EVERY = 8;
export const DIGEST = 'the profile never changes';
/** In memory where the system has such a place: a simulation crashes engines, not machines. */
const ROOM = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();

/** What a guard may let pass, and what happens after each commit of a run. */
export interface Watch {
  readonly guards: Profile['guards'];
  readonly looks: LookPace;
  afterCommit(seen: { readonly store: Store; readonly profile: string; readonly place: EnginePlace }): Promise<void>;
  beforeIntents(seen: {
    readonly store: Store;
    readonly profile: string;
    readonly intents: readonly Intent[];
    readonly place: EnginePlace;
  }): Promise<void>;
}

/** Guards that never strike, and nobody who looks at a run that is under way. */
const NO_WATCH: Watch = {
  guards: { optOuts: { people: 50, percent: 5 }, creates: 5_000 },
  looks: { soonestMs: 10 * 60_000, latestMs: 10 * 60_000, callsPerCall: { crm: 0, marketing: 0 } },
  afterCommit: async () => {},
  beforeIntents: async () => {},
};

/** The real engine on the real SQLite store. All that the simulation knows of both is in this file. */
export const engineWith = (watch: Watch): EngineFactory => ({
  async open(place) {
    const known = place.memory.get(DIR);
    const dir = typeof known === 'string' ? known : mkdtempSync(join(ROOM, 'heed-simulation-'));
    place.memory.set(DIR, dir);
    return new EngineUnderTest(place, dir, watch);
  },
  async dispose(memory) {
    const dir = memory.get(DIR);
    (memory.get(IDLE) as StateFolder | undefined)?.close();
    if (typeof dir === 'string') rmSync(dir, { recursive: true, force: true });
  },
});

export const engineUnderTest = engineWith(NO_WATCH);

class EngineUnderTest implements Engine {
  readonly #place: EnginePlace;
  readonly #watch: Watch;
  readonly #folder: StateFolder;
  readonly #store: Store;
  readonly #onFiles: boolean;

  constructor(place: EnginePlace, dir: string, watch: Watch) {
    const { world, life } = place;
    this.#place = place;
    this.#watch = watch;
    const fraction = seededRandom(world.settings.seed * 1_000 + life.run);
    const random = (size: number): Uint8Array => Uint8Array.from({ length: size }, () => Math.floor(fraction() * 256));
    const idle = place.memory.get(IDLE) as StateFolder | undefined;
    this.#onFiles = world.settings.seed % ON_FILES_EVERY === 0;
    const clock = { now: () => world.now(), sleep: async (ms: number) => world.pass(ms) };
    this.#folder = idle ?? openStateFolder(dir, { clock, random, durability: this.#onFiles ? 'none' : 'memory' });
    if (this.#onFiles) place.memory.delete(IDLE);
    else place.memory.set(IDLE, this.#folder);
    this.#store = watched(this.#folder.customer(CUSTOMER), place, watch);
  }

  async run(order: RunOrder): Promise<RunEnd> {
    const { world, life } = this.#place;
    const lease = await this.#folder.leases.acquire(CUSTOMER, `process ${life.run}`, LEASE_MS);
    if (lease === null) return { status: 'busy', clean: false, busy: true, inDoubt: false, planned: null };
    const options = {
      mode: order.mode,
      full: order.full,
      yes: order.approve,
      lineLimit: 1_000,
      digest: DIGEST,
      looks: this.#watch.looks,
    };
    if (order.answer) await this.#approveAll();
    const { report, lines } = await runProfile(
      { ...profileOf(world.settings, this.#place.which), guards: this.#watch.guards },
      options,
      this.#outside(),
      lease,
      new AbortController().signal,
    );
    await this.#folder.leases.release(lease);
    // Held lines too: the guards never strike here, so only a first run holds them, and the sync that follows is approved.
    const planned = lines.map(
      ({ side, kind, address }) =>
        `${side} ${kind} ${isErased(address) ? 'erased' : isRecordAddress(address) ? '' : address}`,
    );
    return {
      status: report.message === null ? report.status : `${report.status}: ${report.message}`,
      clean: ['done', 'waiting', 'attention'].includes(report.status),
      busy: false,
      inDoubt: (await this.#holds()).some(({ kind }) => kind === 'empty-side'),
      planned: order.mode === 'plan' ? planned : null,
    };
  }

  async #approveAll(): Promise<void> {
    const { id } = profileOf(this.#place.world.settings, this.#place.which);
    for (const { run } of await this.#holds()) await approve(this.#store, id, run, DIGEST);
  }

  async #holds(): Promise<Service['holds']> {
    const { id } = profileOf(this.#place.world.settings, this.#place.which);
    return (await serviceOf(this.#store, id)).holds;
  }

  async enterList(addresses: readonly string[]): Promise<void> {
    for (const address of addresses)
      await addOptOut(this.#store, keyOf(address), 'operator', 'list', this.#place.world.now());
  }

  async erase(address: string): Promise<readonly string[] | null> {
    const { world, life } = this.#place;
    const { settings } = world;
    const profiles = [
      profileOf(settings, 'first'),
      ...(settings.second === null ? [] : [profileOf(settings, 'second')]),
    ];
    const person = await personToErase(this.#store, profiles, keyOf(address));
    if (person.isUnknown || person.owed.length > 0) return null;
    const lease = await this.#folder.leases.acquire(CUSTOMER, `process ${life.run}`, LEASE_MS);
    if (lease === null) return null;
    const entries = await erasePerson(this.#store, profiles, lease, person, 'operator', world.now());
    await this.#folder.leases.release(lease);
    return entries === null ? null : person.known.addresses;
  }

  async ledger() {
    const { entries, broken, head } = await this.#store.verifyLedger();
    return { entries, hash: head.hash, broken: broken === null ? null : broken.why };
  }

  async close(): Promise<void> {
    const { life, memory } = this.#place;
    if (!this.#onFiles) return;
    if (life.dead || memory.has(IDLE)) this.#folder.close();
    else memory.set(IDLE, this.#folder);
  }

  #outside(): Outside {
    const { world, life, crm, marketing } = this.#place;
    const systems = { crm, marketing };
    const { batch } = world.settings.quirks;
    return {
      ...(batch === undefined ? {} : { batch }),
      store: this.#store,
      leases: ofTheLiving(this.#folder.leases, life),
      clock: world.clock(life),
      random: seededRandom(world.settings.seed * 1_000 + life.run + 500),
      holder: `process ${life.run}`,
      open: (_profile, side) => ({
        ...systems[side],
        can: abilitiesIn(systems[side].connector, side),
        calls: () => 0,
      }),
      progress: () => undefined,
    };
  }
}

const keyOf = (address: string): AddressKey => {
  const key = addressKey(address);
  if (key === null) throw new Error(`no address: ${address}`);
  return key;
};

/** Verbs that commit under a lease: a process is killed or suspended around them, and a stale fence must stop them. */
const COMMITS = new Set([
  'commitPage',
  'dropCursor',
  'intend',
  'settle',
  'recovered',
  'saveJob',
  'endJob',
  'enlist',
  'clearWorklist',
]);

const watched = (store: Store, place: EnginePlace, watch: Watch): Store => {
  const { world, life } = place;
  const { id: profile } = profileOf(world.settings, place.which);
  return around(store, async (name, given, verb) => {
    if (life.dead) throw new Crash(`before ${name}`);
    const guarded = COMMITS.has(name);
    if (guarded) await world.commit(life, name, 'before');
    if (name === 'intend') await watch.beforeIntents({ store, profile, intents: given[1] as readonly Intent[], place });
    const answer = await verb();
    if (name === 'intend') noteIntents(world, given[1]);
    if (name === 'saveJob') noteIntents(world, given[2]);
    if (guarded) await world.commit(life, name, 'after');
    // And while it counts what a guard will hold.
    if (guarded || name === 'worklist') await watch.afterCommit({ store, profile, place });
    return answer;
  });
};

/** A dead process renews and releases nothing. */
const ofTheLiving = (leases: Leases, life: Life): Leases =>
  around(leases, async (name, _given, verb) => {
    if (life.dead) throw new Crash(`before ${name}`);
    return verb();
  });

const around = <Verbs extends object>(
  verbs: Verbs,
  call: (name: string, given: readonly unknown[], verb: () => Promise<unknown>) => Promise<unknown>,
): Verbs =>
  new Proxy(verbs, {
    get(target, name) {
      const verb = Reflect.get(target, name) as unknown;
      if (typeof verb !== 'function') return verb;
      return (...given: readonly unknown[]) =>
        call(String(name), given, async () => (await Reflect.apply(verb, target, given)) as unknown);
    },
  });

const noteIntents = (world: EnginePlace['world'], intents: unknown): void => {
  for (const { id, because } of intents as Parameters<Store['intend']>[1]) world.intended(id, because.length);
};

/** Where the second profile shares a system with the first, they are on the same connection, and audience. */
const systemsOf = ({ second }: Settings, which: Which) => ({
  crm: which === 'second' && second?.shares === 'marketing' ? 'crm-2' : 'crm',
  audience: which === 'second' && second?.shares === 'crm' ? 'a2' : 'a1',
});

const profileOf = (settings: Settings, which: Which): Profile => {
  const rules = which === 'second' && settings.second !== null ? settings.second.rules : settings.rules;
  const { crm, audience } = systemsOf(settings, which);
  const name = which === 'first' ? 'newsletter' : 'events';
  return profileWith(rules, name, {
    crm: {
      connection: crm,
      records: ['Contact', 'Lead'],
      lists: rules.lists ? [{ kind: 'campaign', id: 'L1' }] : null,
    },
    marketing: { connection: 'marketing', audience },
  });
};

const EVENTS: Profile['topics'][number] = {
  name: TOPIC.name,
  crm: { field: TOPIC.crm, optedOutWhen: true, write: true },
  marketing: TOPIC.marketing,
  collapse: null,
};

const profileWith = (rules: Rules, name: string, systems: Pick<Profile, 'crm' | 'marketing'>): Profile => ({
  id: `${CUSTOMER}/${name}`,
  customer: CUSTOMER,
  name,
  description: null,
  ...systems,
  schedule: null,
  fields: [
    { crm: 'FirstName', marketing: 'FNAME', direction: 'both', transforms: [], clear: false },
    { crm: 'Title', marketing: 'TITLE', direction: 'crm-to-marketing', transforms: [], clear: false },
  ],
  conflicts: rules.conflicts,
  create: { marketing: rules.createMarketing, crm: rules.createCrm ? 'Lead' : null },
  whenRecordLeaves: rules.whenRecordLeaves,
  reference: rules.reference ? 'HeedId' : null,
  optOut: {
    crmToMarketing: rules.crmToMarketing,
    customField: null,
    scope: rules.scope,
    clearWhenConfirmed: rules.clearWhenConfirmed,
    suppressUnknown: false,
    undeliverableField: null,
    target: null,
    softOptOutIsRequest: false,
    importFrom: null,
  },
  consent: {
    newMembers: rules.newMembers,
    basis: rules.newMembers === 'subscribe' ? (rules.optInField ? 'consent' : 'existing-customer') : null,
    optInField: rules.optInField ? 'OptIn' : null,
  },
  topics: rules.topic ? [EVENTS] : [],
  guards: { optOuts: { people: 50, percent: 5 }, creates: 5_000 },
  places: new Places(`sim/${name}.yaml`),
});
