import { type Draw, drawFrom } from './draw.ts';
import type { Engine, EngineFactory, Memory, RunEnd, RunOrder } from './engine.ts';
import { type Event, ofSecond } from './history.ts';
import { judge, type Violation } from './judge/judge.ts';
import { planDiffers } from './judge/plan.ts';
import { type Party, partiesOf, placeOf } from './party.ts';
import { drawSchedule, type RunStep, type Schedule, type ScheduleOptions, type Step } from './schedule.ts';
import { drawSettings, type Quirks, type Rules, type Settings } from './settings.ts';
import { traceOf } from './trace.ts';
import { Crash, type Life, World } from './world.ts';

export interface SimulationOptions extends ScheduleOptions {
  readonly rules?: Partial<Rules>;
  readonly quirks?: Partial<Quirks>;
  /** The customer has one profile only; false: two; by the seed if absent. */
  readonly alone?: boolean;
  /** Instead of the one drawn from the seed: for shrinking and for hand-made cases. */
  readonly schedule?: Schedule;
}

export interface Simulated {
  readonly seed: number;
  readonly settings: Settings;
  readonly schedule: Schedule;
  readonly violations: readonly Violation[];
  readonly events: readonly Event[];
  readonly trace: () => string;
}

/** Longer than any lease. */
const LEASE_OVER_MS = 30 * 60_000;
/** Set-aside writes come again after a quarter of an hour, then after an hour. */
const MOST_SETTLING_RUNS = 7;

/** One simulated customer from first run to rest, judged. The same seed and options give the same answer. */
export const simulate = async (
  seed: number,
  factory: EngineFactory,
  options: SimulationOptions = {},
): Promise<Simulated> => {
  const drawn = drawSettings(seed, options.alone);
  const settings: Settings = {
    seed,
    rules: { ...drawn.rules, ...options.rules },
    quirks: { ...drawn.quirks, ...options.quirks },
    second: drawn.second,
  };
  const hasJobs = settings.quirks.crmJobs !== null || settings.quirks.marketingJobs !== null;
  const { clockJumps } = settings.quirks;
  const { topic } = settings.rules;
  const schedule = options.schedule ?? drawSchedule(seed, { lateActs: hasJobs, clockJumps, topic, ...options });
  const simulation = new Simulation(settings, factory);
  const found: Violation[] = [];
  try {
    await simulation.play(schedule);
  } catch (error) {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    found.push({ invariant: 'engine failed', rule: '', text, n: simulation.world.history.events.length });
  } finally {
    await simulation.end();
  }
  const { events } = simulation.world.history;
  const violations = [...found, ...simulation.violations, ...judge(settings, events)];
  return { seed, settings, schedule, violations, events, trace: () => traceOf(settings, events, violations) };
};

class Simulation {
  readonly world: World;
  readonly violations: Violation[] = [];
  readonly #parties: readonly [Party, ...Party[]];
  readonly #turns: Draw;
  readonly #factory: EngineFactory;
  readonly #memory: Memory = new Map();
  readonly #repairJobs: () => void;
  /** Profiles of which a run has read both systems to the end. */
  readonly #haveRead = new Set<Party['which']>();
  #runs = 0;
  #wasKilled = false;
  #approved = false;
  #ledger: { readonly entries: number; readonly hash: string } | null = null;

  constructor(settings: Settings, factory: EngineFactory) {
    this.world = new World(settings);
    this.#parties = partiesOf(this.world);
    this.#turns = drawFrom(settings.seed, 14);
    const jobs = new Set(this.#parties.flatMap((party) => [party.jobs.crm, party.jobs.marketing]));
    this.world.passed = () => {
      for (const one of jobs) one.proceed();
    };
    this.#repairJobs = () => {
      for (const one of jobs) one.repair();
    };
    this.#factory = factory;
    this.world.perform = (act) => this.#anyone().actors.perform(act);
    this.world.takeOver = async () => {
      this.world.pass(LEASE_OVER_MS);
      const order = { mode: 'sync', full: false, approve: this.#approved, answer: false } as const;
      const end = await this.#process(order, false, this.#anyone());
      return end !== null && !end.busy;
    };
  }

  async play(schedule: Schedule): Promise<void> {
    for (const party of this.#parties) party.settle(schedule.people);
    this.world.pass(24 * 3_600_000);
    await this.#firstRuns(schedule.first);
    for (const step of schedule.steps) {
      this.world.pass(1_000);
      if (step.kind === 'act') this.#anyone().actors.perform(step.act);
      else if (step.kind === 'pass') this.world.pass(step.ms);
      else if (step.kind === 'clock') this.world.setClock(step.side, step.wrongByMs);
      else if (step.kind === 'run') await this.#run(step, false, this.#anyone());
      else await this.#operate(step);
    }
    await this.#rest();
  }

  end(): Promise<void> {
    return this.#factory.dispose(this.#memory);
  }

  async #firstRuns(first: Schedule['first']): Promise<void> {
    const [party] = this.#parties;
    if (first === 'wait, then approve') await this.#run({ ...PLAIN_SYNC }, false, party);
    if (first === 'plan, then approve') await this.#run({ ...PLAIN_SYNC, mode: 'plan' }, false, party);
    this.#approved = true;
  }

  /** People stop, what was broken is repaired, and syncs go on until nothing is left to do. */
  async #rest(): Promise<void> {
    this.world.note('REST: people stop, everything is repaired');
    for (const { crm } of this.#parties) for (const type of [...crm.hidden]) crm.setHidden(type, false);
    this.world.repair();
    this.#repairJobs();
    this.world.pass(LEASE_OVER_MS);
    // What changed while a clock was behind carries stamps that lie before the last read: only a full one shows it surely.
    if (this.world.clocksWereWrong)
      for (const party of this.#parties) await this.#run({ ...PLAIN_SYNC, full: true }, true, party);
    if (this.#isTurnOf(2)) await this.#planThenSync();
    for (let run = 0; run < MOST_SETTLING_RUNS; run += 1) {
      const before = this.#writes();
      const isDone = await this.#quietSync();
      // Whoever says that all is done and has nothing to write must stay so.
      if (this.#writes() === before && isDone) break;
    }
    this.world.note('SETTLED');
    if (this.#isTurnOf(3)) await this.#quietSync();
    await this.#oneEdit();
  }

  /** I5: one human edit causes at most one write per other record, and then there is rest again. */
  async #oneEdit(): Promise<void> {
    this.world.note('ONE EDIT');
    this.#parties[0].actors.perform({ what: 'edit record field', pick: this.world.draw.int(100), other: 1 });
    await this.#quietSync();
    if (this.#isTurnOf(2)) await this.#quietSync();
    this.world.note('END');
  }

  /** Not every seed checks everything at rest: runs are what a simulation costs. */
  #isTurnOf(nth: number): boolean {
    return this.world.settings.seed % nth === 0;
  }

  /** Each profile in turn. True if every one of them says that all is done. */
  async #quietSync(): Promise<boolean> {
    let isDone = true;
    for (const party of this.#parties) {
      this.world.pass(20 * 60_000);
      const end = await this.#run(PLAIN_SYNC, true, party);
      isDone &&= end?.status === 'done';
    }
    return isDone;
  }

  /** Whose turn it is, where people or runs may be of either profile. */
  #anyone(): Party {
    return this.#parties.length === 1 ? this.#parties[0] : this.#turns.one(this.#parties);
  }

  async #planThenSync(): Promise<void> {
    const { events } = this.world.history;
    // A very first read shows who is there; who was merged or deleted shortly before it only the second one shows (C16).
    const party = this.#anyone();
    const isFirst = !this.#haveRead.has(party.which);
    const plan = await this.#run({ ...PLAIN_SYNC, mode: 'plan' }, true, party);
    const syncBegan = events.length;
    // Nobody answers in between: the sync would do what the plan could not know.
    await this.#run(PLAIN_SYNC, true, party, false);
    if (plan?.planned == null || isFirst) return;
    const text = planDiffers({ lines: plan.planned, inDoubt: plan.inDoubt }, events, syncBegan);
    if (text !== null) this.violations.push({ invariant: 'I10', rule: '', text, n: syncBegan });
  }

  /** Writes, and what jobs came to: whom a job of one profile wrote to the other one did not touch. */
  #writes(): number {
    return this.world.history.events.filter(({ kind }) => kind === 'write' || kind === 'job').length;
  }

  async #run(step: RunStep, quiet: boolean, party: Party, answer = quiet): Promise<RunEnd | null> {
    this.world.prepare(step);
    const order: RunOrder = { mode: step.mode, full: step.full, approve: this.#approved, answer };
    const end = await this.#process(order, quiet, party);
    if (end?.busy !== true) return end;
    this.world.pass(LEASE_OVER_MS);
    return this.#process(order, quiet, party);
  }

  /** What an operator does on the command line, between two runs. */
  async #operate(step: Extract<Step, { kind: 'list' | 'erase' }>): Promise<void> {
    this.#runs += 1;
    this.world.prepare({ during: [], faults: [] });
    // Whoever was killed holds the lease no longer.
    this.world.pass(LEASE_OVER_MS);
    const party = this.#anyone();
    const engine = await this.#open(party, { dead: false, superseded: false, run: this.#runs });
    const { history } = this.world;
    if (step.kind === 'list' && engine.enterList !== undefined) {
      const addresses = [...new Set(step.picks.map((pick) => party.actors.somebody(pick)))];
      await engine.enterList(addresses);
      history.add(this.world.now(), { kind: 'listed', addresses });
    }
    if (step.kind === 'erase') {
      const addresses = (await engine.erase?.(party.actors.somebody(step.pick))) ?? null;
      if (addresses !== null) history.add(this.world.now(), { kind: 'erased', addresses });
    }
    await engine.close();
  }

  /** One process: opens the state, runs once, and ends or is killed. Null: killed. */
  async #process(order: RunOrder, quiet: boolean, party: Party): Promise<RunEnd | null> {
    this.#runs += 1;
    const life: Life = { dead: false, superseded: false, run: this.#runs };
    const history = party.which === 'first' ? this.world.history : ofSecond(this.world.history);
    history.add(this.world.now(), {
      kind: 'run',
      run: life.run,
      phase: 'began',
      mode: order.mode,
      approve: order.approve,
      quiet,
    });
    let end: RunEnd | null = null;
    let engine: Engine | null = null;
    try {
      engine = await this.#open(party, life);
      end = await engine.run(order);
    } catch (error) {
      if (!(error instanceof Crash || life.dead)) throw error;
    }
    if (life.dead) end = null;
    if (end?.clean === true) this.#haveRead.add(party.which);
    // The whole chain is recomputed, so not after every run: at the end, and after each crash.
    const check = quiet || this.#wasKilled;
    if (engine !== null && end !== null && !life.superseded && check) await this.#checkLedger(engine);
    this.#wasKilled = life.dead;
    await engine?.close().catch((error: unknown) => {
      if (!life.dead) throw error;
    });
    const status = end?.status ?? 'killed';
    history.add(this.world.now(), { kind: 'run', run: life.run, phase: 'ended', status, clean: end?.clean ?? false });
    return end;
  }

  #open(party: Party, life: Life): Promise<Engine> {
    return this.#factory.open(placeOf(this.world, party, life, this.#memory));
  }

  /** I4: the ledger only grows and its chain stays whole. */
  async #checkLedger(engine: Engine): Promise<void> {
    const now = await engine.ledger();
    if (now === null) return;
    const n = this.world.history.events.length;
    if (now.broken !== null)
      this.violations.push({ invariant: 'I4', rule: 'C25', text: `broken chain: ${now.broken}`, n });
    const before = this.#ledger;
    if (
      before !== null &&
      (now.entries < before.entries || (now.entries === before.entries && now.hash !== before.hash))
    )
      this.violations.push({
        invariant: 'I4',
        rule: 'C25',
        text: `${before.entries} entries became ${now.entries}`,
        n,
      });
    this.#ledger = now;
  }
}

const PLAIN_SYNC: RunStep = { kind: 'run', mode: 'sync', full: false, during: [], faults: [] };
