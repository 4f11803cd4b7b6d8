import type { StuckCalls } from './broken-answer.ts';
import { type Call, callLog } from './call-log.ts';
import { type TimeSource, type VirtualClock, virtualClock } from './clock.ts';
import { act } from './control.ts';
import type { Offer, SandboxDefinition, World } from './definition.ts';
import { type FaultRule, faultsOf } from './faults.ts';
import { seededRandom } from './random.ts';
import type { Latency } from './serve-call.ts';
import { type Listening, listen } from './server.ts';
import { readStateFile, type StoredState, stateFile } from './state-file.ts';
import { switchesOf } from './switches.ts';

/** How to start a sandbox; everything has a default. */
export interface SandboxOptions {
  /** 0, the default: any free port. */
  readonly port?: number;
  /** Real waiting before each answer. */
  readonly latencyMs?: number | Latency;
  /** Where the account is kept from one start to the next. */
  readonly stateFile?: string;
  /** Filled with the demonstration's people, unless a state file already has an account. */
  readonly demo?: boolean;
  readonly clock?: TimeSource;
  readonly seed?: number;
  readonly switches?: Readonly<Record<string, unknown>>;
}

/** What every sandbox offers to a test or to the command line. */
export interface SandboxControls<State> {
  readonly name: string;
  /** `http://127.0.0.1:PORT` */
  readonly url: string;
  readonly connection: Readonly<Record<string, unknown>>;
  readonly env: Readonly<Record<string, string>>;
  readonly accessToken: string;
  /** What `heed sandbox` prints for this sandbox. */
  readonly announcement: Readonly<Record<string, unknown>>;
  /** The account itself, live: for tests that compare it with what was read. */
  state(): State;
  calls(): readonly Call[];
  readonly clock: Pick<VirtualClock, 'now' | 'advance' | 'setWrong'>;
  /** A person's or an administrator's act, as `POST /__sandbox/<name>`: `act('person/unsubscribe', { email })`. */
  act(name: string, body?: Readonly<Record<string, unknown>>): unknown;
  /** Replaces the fault rules. */
  faults(rules: readonly FaultRule[]): void;
  switches(values: Readonly<Record<string, unknown>>): void;
  /** Calls that no answer comes to until the client gives up: time-outs and drips. */
  readonly stuck: StuckCalls;
  /** Resolves once no call is being served: what a client that is gone had asked for has been done, or never will be. */
  quiet(): Promise<void>;
  /** The server is gone: connections end, new ones are refused. */
  down(): Promise<void>;
  /** It listens again, at the same address. */
  up(): Promise<void>;
  /** As new: account, clock, faults, switches and call log, as they were at the start. */
  reset(): void;
  /** Ends all connections, writes the state file and frees the port; may be called twice. */
  close(): Promise<void>;
}

/** A running stand-in of a vendor, with what the vendor adds (`audience`). */
export type RunningSandbox<State, Extras extends object = object> = SandboxControls<State> & Readonly<Extras>;

const DEFAULT_SEED = 20_260_101;

/** Starts a stand-in on 127.0.0.1 and resolves when it listens. Throws when the port is taken or the file is foreign. */
export async function startSandbox<State, Extras extends object>(
  definition: SandboxDefinition<State, Extras>,
  options: SandboxOptions = {},
): Promise<RunningSandbox<State, Extras>> {
  const stored = options.stateFile === undefined ? undefined : await readStateFile(options.stateFile, definition.name);
  const account = openAccount(definition, options, stored);
  const { world, seed } = account;
  const faults = faultsOf(seed, definition.faultKinds);
  const calls = callLog();
  const file = options.stateFile === undefined ? undefined : stateFile(options.stateFile, account.snapshot);
  const reset = (): void => {
    faults.set([]);
    calls.clear();
    account.renew();
    file?.changed();
  };
  file?.changed();
  const outage = (forMs: number): void => {
    if (!Number.isFinite(forMs) || forMs < 0) throw new RangeError('outage takes { forMs }');
    // After the answer to this very call has left.
    setTimeout(() => void listening.down(), 10).unref();
    setTimeout(() => void listening.up(), 10 + forMs).unref();
  };
  const steering = { definition, world, faults, calls, reset, outage };
  const listening: Listening = await listen(steering, {
    port: options.port ?? 0,
    latency: latencyOf(options.latencyMs ?? 0),
    changed: () => file?.changed(),
  });
  let closed: Promise<void> | undefined;
  const closeAll = async (): Promise<void> => {
    await listening.close();
    file?.changed(); // the clock and the switches may have moved without a call
    await file?.flush();
  };
  const { extras, ...offer }: Offer<Extras> = definition.offer(world, listening.url);
  return {
    ...extras,
    name: definition.name,
    url: listening.url,
    ...offer,
    announcement: { url: listening.url, ...offer, ...extras },
    state: () => world.state,
    calls: () => calls.all(),
    clock: world.clock,
    act(name, body = {}) {
      const answer = act({ definition, world }, name, body);
      file?.changed();
      return answer;
    },
    faults: (rules) => faults.set(rules),
    switches: (values) => world.switches.set(values),
    stuck: listening.stuck,
    quiet: () => listening.quiet(),
    down: () => listening.down(),
    up: () => listening.up(),
    reset,
    close() {
      closed ??= closeAll();
      return closed;
    },
  };
}

interface Account<State> {
  readonly world: World<State>;
  readonly seed: number;
  snapshot(): StoredState;
  renew(): void;
}

function openAccount<State, Extras extends object>(
  definition: SandboxDefinition<State, Extras>,
  options: SandboxOptions,
  stored: StoredState | undefined,
): Account<State> {
  const seed = stored?.seed ?? options.seed ?? DEFAULT_SEED;
  const clock = virtualClock(options.clock);
  const random = seededRandom(seed, definition.name);
  const begin = random.position();
  const switches = switchesOf(definition.switches ?? {}, stored?.switches);
  switches.set(options.switches ?? {});
  const setting = { seed, clock, random, switches };
  let state: State;
  const world: World<State> = {
    ...setting,
    get state() {
      return state;
    },
  };
  const fill = (): void => {
    state = definition.freshState(setting);
    if (options.demo === true) definition.fillDemo(world);
  };
  if (stored === undefined) fill();
  else {
    clock.setOffset(stored.clockOffsetMs);
    random.moveTo(stored.randomPosition);
    state = definition.load?.(stored.state) ?? (stored.state as State);
  }
  return {
    world,
    seed,
    snapshot: () => ({
      version: 1,
      sandbox: definition.name,
      seed,
      clockOffsetMs: clock.offsetMs,
      randomPosition: random.position(),
      switches: switches.all(),
      state: definition.save?.(state) ?? state,
    }),
    renew() {
      clock.setOffset(0);
      random.moveTo(begin);
      const defaults = Object.entries(definition.switches ?? {}).map(([name, one]) => [name, one.default]);
      switches.set({ ...Object.fromEntries(defaults), ...options.switches });
      fill();
    },
  };
}

function latencyOf(given: number | Latency): Latency {
  return typeof given === 'number' ? { readMs: given, writeMs: given } : given;
}
