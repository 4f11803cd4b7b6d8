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
  readonly run: string;
  readonly kind: 'first-run' | 'opt-outs' | 'creates' | 'empty-side';
  /** Our clock. */
  readonly since: Millis;
  /** Held addresses; empty for a first run, which holds everything, and for an empty side. */
  readonly addresses: readonly string[];
  readonly facts: readonly number[];
  readonly why: string;
}

/**
 * Which held opt-outs go out unanswered after 24 h: those that were seen to change, one by one. What the first reading
 * brought, and facts with a minute in common, never release themselves (C23).
 */
export const releasesItself = (hold: Hold, facts: readonly Fact[], now: Millis): boolean => {
  if (hold.kind !== 'opt-outs' || now - hold.since < DAY_MS) return false;
  const minutes = new Map<number, number>();
  for (const fact of facts) {
    const minute = Math.floor(fact.when.until / 60_000);
    minutes.set(minute, (minutes.get(minute) ?? 0) + 1);
  }
  return (
    facts.length > 0 && facts.every((fact) => fact.when.from !== null) && [...minutes.values()].every((n) => n === 1)
  );
};

export const isIncident = (hold: Hold, now: Millis): boolean => now - hold.since >= 2 * DAY_MS;

/** C24: a side that reads empty, or less than half of its last complete read, proves nothing by what it does not show. */
export const readsTooSmall = (size: number, lastSize: number | null): boolean =>
  lastSize !== null && lastSize > 0 && size * 2 < lastSize;
