import { Actors } from './actors.ts';
import { SimulatedCrm } from './crm.ts';
import { CrmSession, crmHand, simulatedCrmConnector } from './crm-session.ts';
import type { Engine, EngineFactory, Memory, RunEnd, RunOrder } from './engine.ts';
import type { Event } from './history.ts';
import { judge, type Violation } from './judge/judge.ts';
import { planDiffers } from './judge/plan.ts';
import { SimulatedMarketing } from './marketing.ts';
import { MarketingSession, marketingHand, simulatedMarketingConnector } from './marketing-session.ts';
import { drawSchedule, type RunStep, type Schedule, type ScheduleOptions, type Step } from './schedule.ts';
import { drawSettings, type Quirks, type Rules, type Settings } from './settings.ts';
import { traceOf } from './trace.ts';
import { VendorJobs } from './vendor-jobs.ts';
import { Crash, type Life, World } from './world.ts';

export interface SimulationOptions extends ScheduleOptions {
  readonly rules?: Partial<Rules>;
  readonly quirks?: Partial<Quirks>;
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
  const drawn = drawSettings(seed);
  const settings: Settings = {
    seed,
    rules: { ...drawn.rules, ...options.rules },
    quirks: { ...drawn.quirks, ...options.quirks },
  };
  const hasJobs = settings.quirks.crmJobs !== null || settings.quirks.marketingJobs !== null;
  const { clockJumps } = settings.quirks;
  const schedule = options.schedule ?? drawSchedule(seed, { lateActs: hasJobs, clockJumps, ...options });
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
  readonly #crm: SimulatedCrm;
  readonly #marketing: SimulatedMarketing;
  readonly #jobs: { readonly crm: VendorJobs; readonly marketing: VendorJobs };
  readonly #actors: Actors;
  readonly #factory: EngineFactory;
  readonly #memory: Memory = new Map();
  #runs = 0;
  #wasKilled = false;
  #approved = false;
  #ledger: { readonly entries: number; readonly hash: string } | null = null;

  constructor(settings: Settings, factory: EngineFactory) {
    this.world = new World(settings);
    this.#crm = new SimulatedCrm(this.world);
    this.#marketing = new SimulatedMarketing(this.world);
    this.#jobs = {
      crm: new VendorJobs(
        this.world,
        'crm',
        crmHand(this.#crm, () => null),
      ),
      marketing: new VendorJobs(
        this.world,
        'marketing',
        marketingHand(this.#marketing, () => null),
      ),
    };
    this.world.passed = () => {
      this.#jobs.crm.proceed();
      this.#jobs.marketing.proceed();
    };
    this.#actors = new Actors(this.world, this.#crm, this.#marketing);
    this.#factory = factory;
    this.world.perform = (act) => this.#actors.perform(act);
    this.world.takeOver = async () => {
      this.world.pass(LEASE_OVER_MS);
      const end = await this.#process({ mode: 'sync', full: false, approve: this.#approved, answer: false }, false);
      return end !== null && !end.busy;
    };
  }

  async play(schedule: Schedule): Promise<void> {
    this.#actors.settle(schedule.people);
    await this.#firstRuns(schedule.first);
    for (const step of schedule.steps) {
      this.world.pass(1_000);
      if (step.kind === 'act') this.#actors.perform(step.act);
      else if (step.kind === 'pass') this.world.pass(step.ms);
      else if (step.kind === 'clock') this.world.setClock(step.side, step.wrongByMs);
      else if (step.kind === 'run') await this.#run(step, false);
      else await this.#operate(step);
    }
    await this.#rest();
  }

  end(): Promise<void> {
    return this.#factory.dispose(this.#memory);
  }

  async #firstRuns(first: Schedule['first']): Promise<void> {
    if (first === 'wait, then approve') await this.#run({ ...PLAIN_SYNC }, false);
    if (first === 'plan, then approve') await this.#run({ ...PLAIN_SYNC, mode: 'plan' }, false);
    this.#approved = true;
  }

  /** People stop, what was broken is repaired, and syncs go on until nothing is left to do. */
  async #rest(): Promise<void> {
    this.world.note('REST: people stop, everything is repaired');
    for (const type of [...this.#crm.hidden]) this.#crm.setHidden(type, false);
    this.world.repair();
    this.#jobs.crm.repair();
    this.#jobs.marketing.repair();
    this.world.pass(LEASE_OVER_MS);
    // What changed while a clock was behind carries stamps that lie before the last read: only a full one shows it surely.
    if (this.world.clocksWereWrong) await this.#run({ ...PLAIN_SYNC, full: true }, true);
    if (this.#isTurnOf(2)) await this.#planThenSync();
    for (let run = 0; run < MOST_SETTLING_RUNS; run += 1) {
      const before = this.#writes();
      const end = await this.#quietSync();
      // Whoever says that all is done and has nothing to write must stay so.
      if (this.#writes() === before && end?.status === 'done') break;
    }
    this.world.note('SETTLED');
    if (this.#isTurnOf(3)) await this.#quietSync();
    await this.#oneEdit();
  }

  /** I5: one human edit causes at most one write per other record, and then there is rest again. */
  async #oneEdit(): Promise<void> {
    this.world.note('ONE EDIT');
    this.#actors.perform({ what: 'edit record field', pick: this.world.draw.int(100), other: 1 });
    await this.#quietSync();
    if (this.#isTurnOf(2)) await this.#quietSync();
    this.world.note('END');
  }

  /** Not every seed checks everything at rest: runs are what a simulation costs. */
  #isTurnOf(nth: number): boolean {
    return this.world.settings.seed % nth === 0;
  }

  #quietSync(): Promise<RunEnd | null> {
    this.world.pass(20 * 60_000);
    return this.#run(PLAIN_SYNC, true);
  }

  async #planThenSync(): Promise<void> {
    const { events } = this.world.history;
    // A very first read shows who is there; who was merged or deleted shortly before it only the second one shows (C16).
    const isFirst = this.#runs === 0;
    const plan = await this.#run({ ...PLAIN_SYNC, mode: 'plan' }, true);
    const syncBegan = events.length;
    // Nobody answers in between: the sync would do what the plan could not know.
    await this.#run(PLAIN_SYNC, true, false);
    if (plan?.planned == null || isFirst) return;
    const text = planDiffers(plan.planned, events, syncBegan);
    if (text !== null) this.violations.push({ invariant: 'I10', rule: '', text, n: syncBegan });
  }

  #writes(): number {
    return this.world.history.events.filter(({ kind }) => kind === 'write').length;
  }

  async #run(step: RunStep, quiet: boolean, answer = quiet): Promise<RunEnd | null> {
    this.world.prepare(step);
    const order: RunOrder = { mode: step.mode, full: step.full, approve: this.#approved, answer };
    const end = await this.#process(order, quiet);
    if (end?.busy !== true) return end;
    this.world.pass(LEASE_OVER_MS);
    return this.#process(order, quiet);
  }

  /** What an operator does on the command line, between two runs. */
  async #operate(step: Extract<Step, { kind: 'list' | 'erase' }>): Promise<void> {
    this.#runs += 1;
    this.world.prepare({ during: [], faults: [] });
    // Whoever was killed holds the lease no longer.
    this.world.pass(LEASE_OVER_MS);
    const engine = await this.#open({ dead: false, superseded: false, run: this.#runs });
    const { history } = this.world;
    if (step.kind === 'list' && engine.enterList !== undefined) {
      const addresses = [...new Set(step.picks.map((pick) => this.#actors.somebody(pick)))];
      await engine.enterList(addresses);
      history.add(this.world.now(), { kind: 'listed', addresses });
    }
    if (step.kind === 'erase') {
      const addresses = (await engine.erase?.(this.#actors.somebody(step.pick))) ?? null;
      if (addresses !== null) history.add(this.world.now(), { kind: 'erased', addresses });
    }
    await engine.close();
  }

  /** One process: opens the state, runs once, and ends or is killed. Null: killed. */
  async #process(order: RunOrder, quiet: boolean): Promise<RunEnd | null> {
    this.#runs += 1;
    const life: Life = { dead: false, superseded: false, run: this.#runs };
    const { history } = this.world;
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
      engine = await this.#open(life);
      end = await engine.run(order);
    } catch (error) {
      if (!(error instanceof Crash || life.dead)) throw error;
    }
    if (life.dead) end = null;
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

  #open(life: Life): Promise<Engine> {
    const { quirks } = this.world.settings;
    const crm = new CrmSession(this.world, this.#crm, this.#jobs.crm, life);
    const marketing = new MarketingSession(this.world, this.#marketing, this.#jobs.marketing, life);
    return this.#factory.open({
      world: this.world,
      life,
      memory: this.#memory,
      crm: { connector: simulatedCrmConnector(quirks, () => crm), session: crm },
      marketing: {
        connector: simulatedMarketingConnector(quirks, () => marketing),
        session: marketing,
      },
    });
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
