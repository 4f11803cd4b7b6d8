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
  /** How many people it names; a first run holds everything beside their opt-outs, a side and creates name nobody. */
  readonly people: number;
  /** Who they are: the name of their set in the store; null: nobody. */
  readonly set: string | null;
  readonly why: string;
}

/** The run that found what is held under this name. */
export const runOfHold = (name: string): string => name.replace(/\.\d+$/, '');

/** Whether what is held may go out unanswered, if each of its facts tells of a change of its own (C23). */
export const mayReleaseItself = (hold: Pick<Hold, 'kind' | 'since'>, now: Millis): boolean =>
  hold.kind === 'opt-outs' && now - hold.since >= DAY_MS;

/**
 * Which held opt-outs release themselves after 24 h: those that were seen to change, one by one. What the first reading
 * brought, and facts with one user or one minute in common, never do; nor what does not tell (C23). Answers for the facts that
 * it is given, page by page, beside all that it was given before: one `false` counts for the whole set.
 */
export const tellsOneByOne = (): ((facts: readonly Fact[]) => boolean) => {
  const minutes = new Set<number>();
  const users = new Set<string>();
  return (facts) =>
    facts.every(
      ({ when, user = null }) =>
        when.from !== null && user !== null && isNew(minutes, Math.floor(when.until / 60_000)) && isNew(users, user),
    );
};

const isNew = <T>(known: Set<T>, one: T): boolean => known.size < known.add(one).size;

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
