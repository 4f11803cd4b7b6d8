import { type BulkJobs, ConnectorError, type JobReport, type Op, type Outcome } from '@heed/contract';
import { type Draw, drawFrom } from './draw.ts';
import type { At, History } from './history.ts';
import { type Hand, outcomeOf, type Side } from './session-kit.ts';
import { JOB_FATES, type JobFate } from './settings.ts';
import type { Life, World } from './world.ts';

/** How handing it over ends: the answer may get lost before or after the vendor took it, or the vendor does not want it. */
const STARTS = { taken: 14, 'lost before': 2, 'lost after': 2, refused: 1 } as const;

interface Job {
  readonly id: string;
  readonly run: number;
  fate: JobFate;
  state: 'open' | 'running' | 'ended';
  /** Ops that are still to be written, each at its time; those of a stuck job are without one. */
  due: { readonly op: Op; readonly at: At | null }[];
  readonly outcomes: Map<string, Outcome>;
}

/** The jobs of one simulated vendor: they outlive the process that started them, and write while people go on. */
export class VendorJobs {
  readonly #jobs = new Map<string, Job>();
  readonly #world: World;
  readonly #side: Side;
  readonly #history: History;
  readonly #hand: Hand;
  readonly #draw: Draw;
  readonly #fate: JobFate | null;
  #repaired = false;

  constructor(world: World, side: Side, hand: Hand, history: History) {
    this.#history = history;
    this.#world = world;
    this.#side = side;
    this.#hand = hand;
    this.#fate = world.settings.quirks[side === 'crm' ? 'crmJobs' : 'marketingJobs']?.fate ?? null;
    this.#draw = drawFrom(world.settings.seed, side === 'crm' ? 5 : 6);
  }

  /** The lane as one process sees it. */
  lane(life: Life): BulkJobs {
    const world = this.#world;
    return {
      open: async (ops) => {
        await world.call(life, this.#side, 'open job');
        const id = `${this.#side} job ${this.#jobs.size + 1}`;
        const due = ops.map((op) => ({ op, at: null }));
        this.#jobs.set(id, { id, run: life.run, fate: 'fine', state: 'open', due, outcomes: new Map() });
        return id;
      },
      start: async (ticket, ops) => {
        await world.call(life, this.#side, 'start job');
        this.#start(this.#find(ticket), ops, life);
        return ticket;
      },
      report: async (ticket, ops) => {
        await world.call(life, this.#side, 'report job');
        return this.#report(this.#find(ticket), ops);
      },
    };
  }

  /** Time has passed: writes what is due by now. */
  proceed(): void {
    for (const job of this.#jobs.values()) {
      if (job.state !== 'running') continue;
      const now = this.#world.now();
      for (const { op } of job.due.filter(({ at }) => at !== null && at <= now)) this.#write(job, op);
      job.due = job.due.filter(({ at }) => at === null || at > now);
      if (job.due.length === 0) job.state = 'ended';
    }
  }

  /** Everything is repaired: what runs comes to its end, what hangs ends half done, and from now on all goes well. */
  repair(): void {
    this.#repaired = true;
    for (const job of this.#jobs.values()) {
      if (job.state !== 'running') continue;
      if (job.fate !== 'stuck') job.due = job.due.map(({ op }) => ({ op, at: this.#world.now() }));
      else job.state = 'ended';
    }
  }

  #find(ticket: string): Job {
    const job = this.#jobs.get(ticket);
    if (job === undefined) throw new Error(`nobody opened ${ticket}`);
    return job;
  }

  #start(job: Job, ops: readonly Op[], life: Life): void {
    const world = this.#world;
    if (job.state !== 'open') throw new Error(`${job.id} was handed over twice`);
    const start = this.#repaired ? 'taken' : weighted(this.#draw, STARTS);
    if (start === 'refused') throw new ConnectorError('invalid', `${this.#side}: no job today`);
    const taken = start !== 'lost before';
    for (const op of ops) {
      const intent = world.intentOf(op.id);
      const sent = { kind: 'write', run: life.run, side: this.#side, op, target: this.#hand.target(op) } as const;
      this.#history.add(world.now(), { ...sent, took: false, told: 'unknown', intent });
    }
    if (taken) this.#take(job, ops);
    if (start !== 'taken')
      throw new ConnectorError('unavailable', `${this.#side}: no answer`, { mayHaveApplied: true });
  }

  #take(job: Job, ops: readonly Op[]): void {
    const world = this.#world;
    job.fate = this.#repaired ? 'fine' : (this.#fate ?? weighted(this.#draw, JOB_FATES));
    job.state = 'running';
    const half = Math.ceil(ops.length / 2);
    const longest = job.fate === 'slow' ? 3 * 3_600_000 : this.#draw.one([2_000, 40_000, 400_000]);
    const due = ops.map((op) => ({ op, at: world.now() + this.#draw.int(longest) }));
    const ids = ops.map(({ id }) => id);
    this.#history.add(world.now(), { kind: 'job', side: this.#side, ops: ids, phase: 'taken', told: [] });
    world.note(`${job.id} is taken: ${job.fate}, ${longest} ms`);
    const kept = job.fate === 'lost' ? [] : ['half', 'stuck'].includes(job.fate) ? due.slice(0, half) : due;
    job.due = kept;
    if (job.fate === 'stuck') job.due = [...kept, ...ops.slice(half).map((op) => ({ op, at: null }))];
    if (job.due.length === 0) job.state = 'ended';
  }

  #write(job: Job, op: Op): void {
    const world = this.#world;
    const target = this.#hand.target(op);
    const mark = world.history.events.length;
    const done = this.#hand.apply(op);
    const took = world.history.events.length > mark;
    this.#history.add(world.now(), { kind: 'job-write', run: job.run, side: this.#side, op, target, took });
    // A job tells what became of each record, but does not show it.
    job.outcomes.set(op.id, outcomeOf(op, done, this.#hand.now()));
  }

  #report(job: Job, ops: readonly Op[]): JobReport {
    this.proceed();
    if (job.state === 'running') return { state: 'running', askAgainMs: 1_000 + this.#draw.int(60_000) };
    // Not handed over by now means never: whoever still holds the ticket must not start it any more.
    job.state = 'ended';
    const ids = ops.map(({ id }) => id);
    const outcomes = this.#told(job, ops);
    const told = outcomes.flatMap(({ op, result }) => (result === 'applied' ? [op] : []));
    this.#history.add(this.#world.now(), { kind: 'job', side: this.#side, ops: ids, phase: 'ended', told });
    return { state: 'ended', outcomes };
  }

  #told(job: Job, ops: readonly Op[]): readonly Outcome[] {
    const refusal = (kind: 'stale' | 'unavailable') =>
      ({ kind, code: `SIM_${kind}`, message: `the job is ${job.fate}`, field: null, forever: false }) as const;
    if (job.fate === 'without results')
      return ops.map(({ id }) => ({ op: id, result: 'unknown', refusal: refusal('unavailable') }));
    const outcomes = ops.map(
      ({ id }): Outcome => job.outcomes.get(id) ?? { op: id, result: 'rejected', refusal: refusal('stale') },
    );
    if (job.fate !== 'scrambled') return outcomes;
    const others = [...outcomes].reverse();
    return [...others.slice(0, 1), ...others.slice(0, -1)];
  }
}

const weighted = <Name extends string>(draw: Draw, weights: Readonly<Record<Name, number>>): Name =>
  draw.one((Object.keys(weights) as Name[]).flatMap((name) => Array.from({ length: weights[name] }, () => name)));
