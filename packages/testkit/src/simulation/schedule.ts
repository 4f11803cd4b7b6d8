import { type Draw, drawFrom } from './draw.ts';

/** What people do. `pick` and `other` choose among what is there when the act happens, so that a shorter schedule still fits. */
export interface Act {
  readonly what: ActName;
  readonly pick: number;
  readonly other: number;
}

const ACTS = {
  // by the person, in marketing
  unsubscribe: 10,
  complain: 2,
  'opt in again': 5,
  confirm: 3,
  'sign up': 3,
  'change own address': 1,
  // by an administrator, in marketing
  'admin unsubscribes': 4,
  'admin resubscribes': 5,
  archive: 3,
  'revive archived': 2,
  'delete member': 2,
  bounce: 2,
  'edit member field': 5,
  'rename member': 1,
  // by an operator, in the CRM
  tick: 8,
  untick: 5,
  'edit record field': 7,
  'rename record': 5,
  'take over an address': 3,
  'rename back': 3,
  'create record': 3,
  'create sharing record': 3,
  'delete record': 2,
  'restore record': 2,
  merge: 3,
  convert: 2,
  'toggle list': 4,
  'toggle opt-in': 3,
  'toggle field visibility': 1,
} as const;

/** What is drawn apart: only profiles with a topic have them. */
const TOPIC_ACTS = { 'leave topic': 2, 'join topic': 1, 'tick topic': 2, 'untick topic': 1 } as const;

export type TopicActName = keyof typeof TOPIC_ACTS;
export type ActName = keyof typeof ACTS | TopicActName;
export const ACT_NAMES = Object.keys(ACTS) as readonly ActName[];
const WEIGHTS: Readonly<Record<ActName, number>> = { ...ACTS, ...TOPIC_ACTS };

export interface Fault {
  readonly at: 'call' | 'op' | 'commit';
  /** Counted within the run, from 1. */
  readonly n: number;
  readonly what:
    | 'crash'
    | 'throttle'
    | 'down'
    | 'lost, applied'
    | 'lost, not applied'
    | 'swallowed'
    | 'busy'
    | 'crash-before'
    | 'crash-after'
    | 'suspend';
}

export interface RunStep {
  readonly kind: 'run';
  readonly mode: 'sync' | 'plan';
  readonly full: boolean;
  readonly during: readonly { readonly call: number; readonly act: Act }[];
  readonly faults: readonly Fault[];
}

export type Step =
  | { readonly kind: 'act'; readonly act: Act }
  | { readonly kind: 'pass'; readonly ms: number }
  /** A vendor's clock is set: 0 is right again, apart from its skew. */
  | { readonly kind: 'clock'; readonly side: 'crm' | 'marketing'; readonly wrongByMs: number }
  /** An operator enters an opt-out list: some addresses that are there, and some that nobody has yet. */
  | { readonly kind: 'list'; readonly picks: readonly number[] }
  /** An operator erases a person. */
  | { readonly kind: 'erase'; readonly pick: number }
  | RunStep;

export interface ScheduleOptions {
  /** Only these acts; all by default. */
  readonly acts?: readonly ActName[];
  readonly faults?: boolean;
  readonly steps?: number;
  /** People act also while runs wait for jobs. */
  readonly lateActs?: boolean;
  /** The vendors' clocks are set wrong by an hour, and right again. */
  readonly clockJumps?: boolean;
  /** Operators enter opt-out lists and erase people; true by default. */
  readonly operators?: boolean;
  /** People leave and join the one topic, too. */
  readonly topic?: boolean;
  /** Every run meets one of these at its first or second write. */
  readonly opFaults?: readonly Fault['what'][];
}

/** The initial state is made by a few acts before the first run, so it is part of the schedule and shrinks with it. */
export interface Schedule {
  /** How many people there are at first, and how each of them begins. */
  readonly people: readonly { readonly crm: number; readonly marketing: number; readonly flags: number }[];
  /** How the very first run is asked for: a profile's first run waits for approval (C29). */
  readonly first: 'approve' | 'wait, then approve' | 'plan, then approve';
  readonly steps: readonly Step[];
}

export const drawSchedule = (seed: number, options: ScheduleOptions = {}): Schedule => {
  const draw = drawFrom(seed, 3);
  // A sequence of its own: without it the schedule is what it always was.
  const late = options.lateActs === true ? drawFrom(seed, 8) : null;
  const names = weighted(options.acts ?? ACT_NAMES);
  const act = (): Act => ({ what: draw.one(names), pick: draw.int(1_000), other: draw.int(1_000) });
  const people = Array.from({ length: 2 + draw.int(4) }, () => ({
    crm: draw.int(1_000),
    marketing: draw.int(1_000),
    flags: draw.int(1_000),
  }));
  const first = draw.one(['approve', 'approve', 'wait, then approve', 'plan, then approve'] as const);
  const steps: Step[] = [];
  const length = options.steps ?? 4 + draw.int(10);
  while (steps.length < length) {
    const kind = draw.fraction();
    if (kind < 0.52) steps.push({ kind: 'act', act: act() });
    else if (kind < 0.62)
      steps.push({ kind: 'pass', ms: draw.one([1_000, 20_000, 400_000, 3_600_000, 30 * 3_600_000]) });
    else steps.push(withLateActs(runStep(draw, act, options), late, names));
  }
  const timed = options.clockJumps === true ? withClocks(steps, drawFrom(seed, 11)) : steps;
  const operated = options.operators === false ? timed : withOperators(timed, drawFrom(seed, 12));
  return { people, first, steps: options.topic === true ? withTopicActs(operated, drawFrom(seed, 16)) : operated };
};

const withOperators = (steps: readonly Step[], draw: Draw): readonly Step[] => {
  const all = [...steps];
  const insert = (step: Step): void => {
    all.splice(draw.int(all.length + 1), 0, step);
  };
  if (draw.chance(0.12))
    insert({ kind: 'list', picks: Array.from({ length: 1 + draw.int(3) }, () => draw.int(1_000)) });
  if (draw.chance(0.12)) insert({ kind: 'erase', pick: draw.int(1_000) });
  return all;
};

const withTopicActs = (steps: readonly Step[], draw: Draw): readonly Step[] => {
  const names = weighted(Object.keys(TOPIC_ACTS) as readonly TopicActName[]);
  const act = (): Act => ({ what: draw.one(names), pick: draw.int(1_000), other: draw.int(1_000) });
  const all = steps.map(
    (step): Step =>
      step.kind === 'run' && draw.chance(0.3)
        ? { ...step, during: [...step.during, { call: 1 + draw.int(14), act: act() }] }
        : step,
  );
  for (let more = 2 + draw.int(5); more > 0; more -= 1)
    all.splice(draw.int(all.length + 1), 0, { kind: 'act', act: act() });
  return all;
};

const HOUR_MS = 3_600_000;

const withClocks = (steps: readonly Step[], draw: Draw): readonly Step[] => {
  const all = [...steps];
  const side = draw.one(['crm', 'marketing'] as const);
  const wrong = draw.one([HOUR_MS, -HOUR_MS]);
  for (const wrongByMs of draw.one([[wrong], [wrong, 0], [wrong, 0], [wrong, 0, -wrong]]))
    all.splice(draw.int(all.length + 1), 0, { kind: 'clock', side, wrongByMs });
  return all;
};

const runStep = (draw: Draw, act: () => Act, { faults: faulty = true, opFaults }: ScheduleOptions): RunStep => {
  const during = draw.chance(0.5)
    ? Array.from({ length: 1 + draw.int(3) }, () => ({ call: 1 + draw.int(14), act: act() }))
    : [];
  const faults: Fault[] =
    faulty && draw.chance(0.5) ? Array.from({ length: 1 + draw.int(2) }, () => drawFault(draw)) : [];
  if (opFaults !== undefined) faults.push({ at: 'op', n: 1 + draw.int(2), what: draw.one(opFaults) });
  const mode = draw.chance(0.12) ? 'plan' : 'sync';
  return { kind: 'run', mode, full: draw.chance(0.08), during, faults };
};

/** A run makes some ten requests before it waits for a job. */
const withLateActs = (step: RunStep, late: Draw | null, names: readonly ActName[]): RunStep => {
  if (late === null || late.chance(0.4)) return step;
  const more = Array.from({ length: 1 + late.int(3) }, () => ({
    call: 12 + late.int(24),
    act: { what: late.one(names), pick: late.int(1_000), other: late.int(1_000) },
  }));
  return { ...step, during: [...step.during, ...more] };
};

const drawFault = (draw: Draw): Fault => {
  const at = draw.one(['call', 'op', 'op', 'commit', 'commit'] as const);
  if (at === 'call')
    return { at, n: 1 + draw.int(16), what: draw.one(['crash', 'crash', 'throttle', 'down'] as const) };
  if (at === 'commit')
    return {
      at,
      n: 1 + draw.int(14),
      what: draw.one(['crash-before', 'crash-after', 'crash-after', 'suspend'] as const),
    };
  const what = draw.one([
    'lost, applied',
    'lost, not applied',
    'swallowed',
    'busy',
    'crash-before',
    'crash-after',
  ] as const);
  return { at, n: 1 + draw.int(4), what };
};

const weighted = (names: readonly ActName[]): readonly ActName[] =>
  names.flatMap((name) => Array.from({ length: WEIGHTS[name] }, () => name));
