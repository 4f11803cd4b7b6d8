import { type Clock, ConnectorError } from '@heed/contract';
import { type Draw, drawFrom } from './draw.ts';
import { type At, emptyHistory, type History } from './history.ts';
import type { Act, Fault, RunStep } from './schedule.ts';
import type { Settings } from './settings.ts';

/** The process was killed: thrown at the chosen point, and by everything the dead engine still tries afterwards. */
export class Crash extends Error {
  constructor(where: string) {
    super(`killed ${where}`);
    this.name = 'Crash';
  }
}

/** One process that runs the engine. Once dead, nothing it does has an effect. */
export interface Life {
  dead: boolean;
  /** Another process has taken over the customer: this one may finish its request, but commit nothing more (I11). */
  superseded: boolean;
  readonly run: number;
}

const START = Date.UTC(2026, 0, 5, 9);

/** Time, the history, and what goes wrong when: everything around the two simulated vendors. */
export class World {
  readonly settings: Settings;
  readonly history: History = emptyHistory();
  readonly draw: Draw;
  /** What the vendors' clocks were set wrong by, beside their constant skew. */
  readonly setWrongMs = { crm: 0, marketing: 0 };
  clocksWereWrong = false;
  /** Everything is repaired. */
  tidy = false;
  /** Set by the schedule: performs what a person does while a run is going on. */
  perform: (act: Act) => void = () => undefined;
  /** Set by the schedule: another process takes over while this one is suspended. */
  takeOver: () => Promise<boolean> = async () => false;

  /** Set by the schedule: what the vendors do by themselves as time goes on. */
  passed: () => void = () => undefined;

  readonly #mess: Draw;
  readonly #lag: Draw;
  #now: At = START;
  #step: Pick<RunStep, 'during' | 'faults'> = { during: [], faults: [] };
  #calls = 0;
  #ops = 0;
  #commits = 0;
  #intents = new Map<string, number>();
  #tellsIntents = false;

  constructor(settings: Settings) {
    this.settings = settings;
    this.draw = drawFrom(settings.seed, 2);
    this.#mess = drawFrom(settings.seed, 7);
    this.#lag = drawFrom(settings.seed, 10);
  }

  now(): At {
    return this.#now;
  }

  /** What the vendor takes the time for. */
  vendorNow(side: 'crm' | 'marketing'): At {
    const { crmSkewMs, crmOffMs, marketingSkewMs, marketingOffMs } = this.settings.quirks;
    const aheadMs = side === 'crm' ? crmSkewMs + crmOffMs : marketingSkewMs + marketingOffMs;
    return this.#now + aheadMs + this.setWrongMs[side];
  }

  setClock(side: 'crm' | 'marketing', wrongByMs: number): void {
    this.setWrongMs[side] = wrongByMs;
    this.clocksWereWrong = true;
    this.history.add(this.#now, { kind: 'clock', side, wrongByMs });
  }

  /** Everything is repaired. */
  repair(): void {
    this.tidy = true;
    for (const side of ['crm', 'marketing'] as const) if (this.setWrongMs[side] !== 0) this.setClock(side, 0);
  }

  /** When searches show what changes now. */
  searchableAt(side: 'crm' | 'marketing'): At {
    const { crmLagMs, marketingLagMs } = this.settings.quirks;
    const lagMs = side === 'crm' ? crmLagMs : marketingLagMs;
    return lagMs > 0 && this.#lag.chance(0.6) ? this.#now + this.#lag.int(lagMs) : this.#now;
  }

  pass(ms: number): void {
    this.#now += Math.max(0, ms);
    this.passed();
  }

  /** Our own clock, for the engine. Sleeping costs nothing but simulated time. */
  clock(life: Life): Clock {
    return {
      now: () => this.#now,
      sleep: async (ms) => {
        this.#stayAlive(life);
        this.pass(ms);
      },
    };
  }

  /** What goes wrong and who acts during the next run. */
  prepare(step: Pick<RunStep, 'during' | 'faults'>): void {
    this.#step = step;
    this.#calls = 0;
    this.#ops = 0;
    this.#commits = 0;
  }

  /** A request reaches a vendor: people may have acted just before it, or it may fail. */
  async call(life: Life, side: 'crm' | 'marketing', name: string): Promise<void> {
    this.#stayAlive(life);
    this.pass(50 + this.draw.int(700));
    this.#calls += 1;
    for (const { call, act } of this.#step.during) if (call === this.#calls) this.perform(act);
    const fault = this.#fault('call', this.#calls);
    if (fault === 'crash') this.kill(life, `before the call ${side}.${name}`);
    if (fault === 'throttle')
      throw new ConnectorError('rate-limited', `${side}: too many requests`, { retryAfterMs: 30_000 });
    if (fault === 'down') throw new ConnectorError('unavailable', `${side}: 503`);
  }

  /** Whether an untidy vendor does now what it does once in so many times. */
  isMessy(times: number): boolean {
    return this.settings.quirks.untidy && !this.tidy && this.#mess.int(times) === 0;
  }

  /** What happens to the next single write, if anything. */
  opFault(): Fault['what'] | null {
    this.pass(1 + this.draw.int(20));
    this.#ops += 1;
    return this.#fault('op', this.#ops);
  }

  /** Wrapped around each commit of the engine's store, before and after it. */
  async commit(life: Life, verb: string, when: 'before' | 'after'): Promise<void> {
    this.#stayAlive(life);
    if (when === 'before') this.#commits += 1;
    const fault = this.#fault('commit', this.#commits);
    if (fault === 'crash-before' && when === 'before') this.kill(life, `before ${verb}`);
    if (fault === 'crash-after' && when === 'after') this.kill(life, `after ${verb}`);
    if (fault === 'suspend' && when === 'before') await this.#suspend(life);
    if (life.superseded && when === 'after') this.history.add(this.#now, { kind: 'stale-commit', run: life.run, verb });
  }

  kill(life: Life, where: string): never {
    life.dead = true;
    this.note(`CRASH ${where}`);
    throw new Crash(where);
  }

  /** The engine made this write durable before sending it, resting on so many facts. */
  intended(op: string, because: number): void {
    this.#tellsIntents = true;
    this.#intents.set(op, because);
  }

  intentOf(op: string): { readonly because: number } | null {
    const because = this.#intents.get(op);
    if (because !== undefined) return { because };
    return this.#tellsIntents ? { because: -1 } : null;
  }

  note(text: string): void {
    this.history.add(this.#now, { kind: 'note', text });
  }

  /** The process stands still, a swapped-out container; meanwhile another one runs, without faults of its own. */
  async #suspend(life: Life): Promise<void> {
    const mine = { step: this.#step, calls: this.#calls, ops: this.#ops, commits: this.#commits };
    this.prepare({ during: [], faults: [] });
    this.note('suspended; another process takes over');
    if (await this.takeOver()) life.superseded = true;
    this.note('resumed');
    this.#step = { ...mine.step, faults: mine.step.faults.filter(({ what }) => what !== 'suspend') };
    this.#calls = mine.calls;
    this.#ops = mine.ops;
    this.#commits = mine.commits;
  }

  #stayAlive(life: Life): void {
    if (life.dead) throw new Crash('already');
  }

  #fault(at: Fault['at'], n: number): Fault['what'] | null {
    return this.#step.faults.find((fault) => fault.at === at && fault.n === n)?.what ?? null;
  }
}
