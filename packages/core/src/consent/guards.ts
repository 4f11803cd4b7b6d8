import type { Millis } from '@heed/contract';
import type { Fact } from './fact.ts';

/** Limits on what a mistake can do before a human looks (C23). */
export interface Guards {
  readonly optOuts: { readonly people: number; readonly percent: number };
  readonly creates: number;
}

const DAY_MS = 24 * 3_600_000;
/** Above this many in a day, the percentage does not matter any more. */
const ALWAYS_TOO_MANY = 1_000;

/** Whether so many guarded opt-outs (or members leaving) within 24 hours are too many (C23). */
export const tooManyOptOuts = (people: number, membersMailable: number, guards: Guards['optOuts']): boolean =>
  people > ALWAYS_TOO_MANY || (people > guards.people && people * 100 > guards.percent * Math.max(membersMailable, 1));

/** A set that a guard or a first run holds until `approve` or `reject`. */
export interface Hold {
  /**
   * What `approve` calls it: the run that found it last. A set that a run found after another one has a number behind the run's
   * id (`run-….2`), so that nobody releases more people than he was shown.
   */
  readonly run: string;
  /** Every such name of this very set: an operator may answer the one he was shown. */
  readonly runs: readonly string[];
  readonly kind: 'first-run' | 'opt-outs' | 'creates' | 'empty-side';
  /** Our clock. */
  readonly since: Millis;
  /** Held addresses; empty for a first run, which holds everything, and for an empty side. */
  readonly addresses: readonly string[];
  readonly facts: readonly number[];
  readonly why: string;
}

/** The run that found what is held under this name. */
export const runOfHold = (name: string): string => name.replace(/\.\d+$/, '');

/** A thing that two of the facts have in common, or that one of them does not tell. */
const share = (values: readonly (string | number | null | undefined)[]): boolean =>
  values.some((value) => value === null || value === undefined) || new Set(values).size < values.length;

/**
 * Which held opt-outs go out unanswered after 24 h: those that were seen to change, one by one. What the first reading
 * brought, and facts with one user or one minute in common, never release themselves; nor what does not tell (C23).
 */
export const releasesItself = (hold: Hold, facts: readonly Fact[], now: Millis): boolean => {
  if (hold.kind !== 'opt-outs' || now - hold.since < DAY_MS || facts.length === 0) return false;
  const seenToChange = facts.every((fact) => fact.when.from !== null);
  return (
    seenToChange &&
    !share(facts.map((fact) => Math.floor(fact.when.until / 60_000))) &&
    !share(facts.map((fact) => fact.user))
  );
};

export const isIncident = (hold: Hold, now: Millis): boolean => now - hold.since >= 2 * DAY_MS;

/** C24: a side that reads empty, or less than half of its last complete read, proves nothing by what it does not show. */
export const readsTooSmall = (size: number, lastSize: number | null): boolean => size * 2 < (lastSize ?? 0);

const FIGHT_MS = 30 * DAY_MS;
const FIGHTS = 3;

/**
 * C6: somebody else made a member emailable again more than three times in 30 days, each time against our opt-out: two
 * systems are fighting, and a human must stop the other one. `facts` are those of the member's address and system.
 */
export const isFight = (facts: readonly Fact[], now: Millis): boolean =>
  facts.filter((fact) => fact.says === 'opted-in' && fact.proof === null && fact.when.until > now - FIGHT_MS).length >
  FIGHTS;
