import { type Draw, drawFrom } from './draw.ts';

/** What the profile of a simulated customer says: the settings of consent.md, and nothing of the engine's own types. */
export interface Rules {
  readonly crmToMarketing: boolean;
  readonly scope: 'everyone' | 'lists';
  /** The profile names the one list of the simulated CRM. */
  readonly lists: boolean;
  readonly clearWhenConfirmed: boolean;
  readonly newMembers: 'subscribe' | 'double-opt-in' | 'non-subscribed';
  /** With `subscribe`: basis `consent`, which needs the field `OptIn`; otherwise `existing-customer`. */
  readonly optInField: boolean;
  readonly createMarketing: boolean;
  readonly createCrm: boolean;
  readonly whenRecordLeaves: 'keep' | 'tag' | 'archive';
  readonly conflicts: 'crm' | 'marketing';
  /** The profile names our external id field `HeedId`. */
  readonly reference: boolean;
  /** The profile names the one topic of both systems (C17). */
  readonly topic: boolean;
}

/** What becomes of a job at the vendor. All but the first happen to real ones. */
export const JOB_FATES = {
  fine: 12,
  /** Takes longer than a run waits. */
  slow: 3,
  /** Writes half, then hangs for ever. */
  stuck: 1,
  /** Writes half and ends. */
  half: 2,
  /** Taken, and gone. */
  lost: 1,
  /** Written, but nobody can say what became of each. */
  'without results': 2,
  /** Outcomes in another order, one twice, one missing. */
  scrambled: 3,
} as const;
export type JobFate = keyof typeof JOB_FATES;

export interface Jobs {
  readonly fromOps: number;
  readonly mostOps: number;
  /** Of every job, where a mistake is looked for that shows there only. */
  readonly fate?: JobFate;
}

/** How the simulated vendors misbehave. */
export interface Quirks {
  readonly crmPageRows: number;
  readonly marketingPageRows: number;
  readonly stampMs: number;
  readonly overlapMs: number;
  /** A change can become visible this much later than its stamp; less than the overlap. 0: never. */
  readonly lateMs: number;
  readonly crmSkewMs: number;
  readonly marketingSkewMs: number;
  /** An hour, ahead or behind, that the clock is off beside its skew; or nothing. */
  readonly crmOffMs: number;
  readonly marketingOffMs: number;
  /** The vendors' clocks are set wrong by an hour, and right again, while the customer is at work. */
  readonly clockJumps: boolean;
  /** Searches (reads) show a change up to this much later than look-ups do; with `lateMs` less than the overlap. 0: at once. */
  readonly crmLagMs: number;
  readonly marketingLagMs: number;
  /** Marketing does not tell who made a status. */
  readonly hidesCause: boolean;
  /** Marketing dates its statuses. */
  readonly datesStatus: boolean;
  /** Marketing's activity feed shows sign-ups (C7). */
  readonly ownEvents: boolean;
  /** The vendors tell how many rows a read has. */
  readonly totals: boolean;
  /** The CRM tells which user modified a record. */
  readonly tellsModifier: boolean;
  /** Writes go by jobs from so many on, and at most so many in one; null: the vendor has no bulk lane. */
  readonly crmJobs: Jobs | null;
  readonly marketingJobs: Jobs | null;
  /** Pages come twice, cursors expire in the middle of a read, outcomes come in another order and not all of them. */
  readonly untidy: boolean;
  /** Restoring or converting loses the opt-out flag; merging always does. */
  readonly restoreLosesFlag: boolean;
  readonly convertLosesFlag: boolean;
  /** Marketing shows whoever unsubscribed as out of the topic, too. */
  readonly derivesTopic: boolean;
  /** The CRM can tell opt-outs alone; only where somebody asks for it (SimulationOptions). */
  readonly crmLooks?: boolean;
  /** How many people the engine decides at once, and how many creates marketing takes in one call; likewise. */
  readonly batch?: number;
  readonly createsInOne?: number;
  /** Marketing promises to show opted-out addresses by look-ups and in the answers to creates alone; likewise. */
  readonly listsNoStrangers?: boolean;
  /** The record with this number can never be written to as said: its field values are refused, or its opt-out is swallowed. */
  readonly poison: {
    readonly side: 'crm' | 'marketing';
    readonly nth: number;
    readonly how: 'fields' | 'opt-out';
  } | null;
}

export interface Settings {
  readonly seed: number;
  readonly rules: Rules;
  readonly quirks: Quirks;
  /** Another profile of the same customer: it shares one system with the first and has the other to itself. Null: there is none. */
  readonly second: { readonly shares: 'crm' | 'marketing'; readonly rules: Rules } | null;
}

/** `alone`: the customer has one profile only; false: two; absent: as the seed says. */
export const drawSettings = (seed: number, alone?: boolean): Settings => {
  const draw = drawFrom(seed, 1);
  // A sequence of its own: what a seed was before there were jobs stays as it was.
  const jobs = drawFrom(seed, 4);
  const rules = drawRules(draw);
  const quirks = { ...drawQuirks(draw), ...drawJobs(jobs), untidy: jobs.chance(0.4) };
  const second = drawSecond(drawFrom(seed, 13), alone);
  const topics = drawFrom(seed, 15);
  return {
    seed,
    // Whoever asks for a certain number of profiles says by itself whether there is a topic.
    rules: { ...rules, topic: topics.chance(0.3) && second === null && alone === undefined },
    quirks: { ...quirks, ...drawTimes(drawFrom(seed, 9), quirks.overlapMs), derivesTopic: topics.chance(0.5) },
    second,
  };
};

const drawSecond = (draw: Draw, alone?: boolean): Settings['second'] => {
  const isThere = draw.chance(0.17);
  return (alone === undefined ? isThere : !alone)
    ? { shares: draw.one(['crm', 'marketing']), rules: drawRules(draw) }
    : null;
};

const drawRules = (draw: Draw): Rules => {
  const lists = draw.chance(0.35);
  const newMembers = draw.one(['subscribe', 'subscribe', 'double-opt-in', 'non-subscribed'] as const);
  return {
    crmToMarketing: draw.chance(0.6),
    lists,
    scope: lists && draw.chance(0.4) ? 'lists' : 'everyone',
    clearWhenConfirmed: draw.chance(0.4),
    newMembers,
    optInField: newMembers === 'subscribe' && draw.chance(0.4),
    createMarketing: draw.chance(0.8),
    createCrm: draw.chance(0.35),
    whenRecordLeaves: draw.one(['keep', 'keep', 'tag', 'archive'] as const),
    conflicts: draw.one(['crm', 'marketing'] as const),
    reference: draw.chance(0.5),
    topic: false,
  };
};

const drawJobs = (draw: Draw): Pick<Quirks, 'crmJobs' | 'marketingJobs'> => {
  const one = (): Jobs | null => {
    const fromOps = 1 + draw.int(3);
    return draw.chance(0.5) ? { fromOps, mostOps: fromOps + draw.int(3) } : null;
  };
  return draw.chance(0.5) ? { crmJobs: one(), marketingJobs: one() } : { crmJobs: null, marketingJobs: null };
};

type Times = 'crmOffMs' | 'marketingOffMs' | 'clockJumps' | 'crmLagMs' | 'marketingLagMs';
type Drawn = Omit<Quirks, 'crmJobs' | 'marketingJobs' | 'untidy' | 'derivesTopic' | Times>;

const HOUR_MS = 3_600_000;

/** Search lag, and clocks that are an hour off. */
const drawTimes = (draw: Draw, overlapMs: number): Pick<Quirks, Times> => {
  // What is committed late is indexed late as well.
  const lagMs = (): number => (draw.chance(0.2) ? draw.one([2_000, overlapMs / 2 - 2_000]) : 0);
  const offMs = (): number => (draw.chance(0.06) ? draw.one([HOUR_MS, -HOUR_MS]) : 0);
  return {
    crmOffMs: offMs(),
    marketingOffMs: offMs(),
    crmLagMs: lagMs(),
    marketingLagMs: lagMs(),
    clockJumps: draw.chance(0.08),
  };
};

const drawQuirks = (draw: Draw): Drawn => {
  const overlapMs = draw.one([60_000, 300_000]);
  return {
    crmPageRows: 2 + draw.int(4),
    marketingPageRows: 2 + draw.int(4),
    stampMs: draw.chance(0.7) ? 1_000 : 1,
    overlapMs,
    lateMs: draw.chance(0.6) ? overlapMs / 2 : 0,
    crmSkewMs: draw.chance(0.5) ? 0 : draw.int(120_000) - 60_000,
    marketingSkewMs: draw.chance(0.5) ? 0 : draw.int(120_000) - 60_000,
    hidesCause: draw.chance(0.4),
    datesStatus: draw.chance(0.6),
    ownEvents: draw.chance(0.6),
    totals: draw.chance(0.5),
    tellsModifier: draw.chance(0.8),
    restoreLosesFlag: draw.chance(0.5),
    convertLosesFlag: draw.chance(0.5),
    poison: draw.chance(0.12)
      ? { side: draw.one(['crm', 'marketing']), nth: 1 + draw.int(3), how: draw.one(['fields', 'opt-out']) }
      : null,
  };
};
