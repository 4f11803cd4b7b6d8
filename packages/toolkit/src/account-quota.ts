import type { Millis, RateLimit } from '@heed/contract';

export interface PermitRequest {
  /** As `Connector.account` names it, with the connector's name in front: limits belong to an account of a vendor. */
  readonly account: string;
  readonly limits: readonly RateLimit[];
  /** After this time the permit comes back by itself: its process was killed. */
  readonly holdMs: number;
}

export type Grant =
  | { readonly kind: 'granted'; readonly permit: string }
  /** Nothing was taken. `why` is for messages. */
  | { readonly kind: 'wait'; readonly waitMs: number; readonly why: RateLimit['kind'] | 'pause' };

/**
 * Counts what all processes of this installation ask of an account. A request needs one permit, which is one
 * connection until it is given back, and one request of each window and of the day for good.
 */
export interface AccountQuota {
  /** All limits or none: a permit is granted only if every limit has room. Never waits itself. */
  take(request: PermitRequest): Promise<Grant>;
  giveBack(permit: string): Promise<void>;
  /** The vendor asked everybody to wait (Retry-After): nothing is granted before `until`, by our own clock. */
  pause(account: string, until: Millis): Promise<void>;
}

/** A limit on the number of requests in a stretch of time; a day is a window of 24 hours, as the vendors roll it. */
export interface Window {
  readonly max: number;
  readonly windowMs: number;
  readonly why: RateLimit['kind'];
}

/** How finely a window is counted: uses are added up per tenth of a window (a day: per 2.4 hours). */
const PARTS = 10;
const DAY_MS = 86_400_000;
/** How soon to ask again for a connection that another process holds. Own connections that end wake the waiter at once. */
export const CONCURRENT_WAIT_MS = 50;

export const windowsOf = (limits: readonly RateLimit[]): readonly Window[] =>
  limits.flatMap((limit) => {
    if (limit.kind === 'concurrent') return [];
    return [{ max: limit.max, windowMs: limit.kind === 'daily' ? DAY_MS : limit.windowMs, why: limit.kind }];
  });

/** Connections allowed at the same time, by the strictest limit. */
export const connectionsOf = (limits: readonly RateLimit[]): number =>
  Math.min(...limits.map((limit) => (limit.kind === 'concurrent' ? limit.max : Number.POSITIVE_INFINITY)));

/** The start of the part of the window that `now` is in. */
export const partOf = (window: Window, now: Millis): Millis => {
  const partMs = partMsOf(window);
  return Math.floor(now / partMs) * partMs;
};

/** The uses of a part count until the youngest of them is out of the window: never more than `max` in any window. */
export const partEndsAt = (window: Window, partStart: Millis): Millis => partStart + partMsOf(window) + window.windowMs;

/** How long until a window has room; 0 if it has. `parts` are `[start, uses]`, in any order, old ones included. */
export const waitFor = (window: Window, parts: Iterable<readonly [Millis, number]>, now: Millis): number => {
  const counted = [...parts].filter(([start]) => partEndsAt(window, start) > now).sort(([a], [b]) => a - b);
  let used = counted.reduce((sum, [, uses]) => sum + uses, 0);
  let waitMs = 0;
  for (const [start, uses] of counted) {
    if (used < window.max) break;
    used -= uses;
    waitMs = partEndsAt(window, start) - now;
  }
  return waitMs;
};

const partMsOf = (window: Window): number => Math.max(1, Math.ceil(window.windowMs / PARTS));
