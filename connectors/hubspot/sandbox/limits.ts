import { freshQuota, type QuotaRule, quotaUsed, takeQuota } from '@heed/sandbox';
import type { Caller } from './credentials.ts';
import type { Portal, PortalWorld } from './portal/portal.ts';
import { dayOf } from './routes/account.ts';

/** What one app may do, and all of them together. */
interface Limits {
  readonly tenSecondly: QuotaRule;
  /** `undefined`: none. */
  readonly daily: number | undefined;
}

const PLANS: Readonly<Record<string, { readonly burst: number; readonly daily: number }>> = {
  free: { burst: 100, daily: 250_000 },
  professional: { burst: 190, daily: 625_000 },
  enterprise: { burst: 190, daily: 1_000_000 },
};

/** "Public OAuth app | 110 / 10 s per installed account | none [per day]" */
const OAUTH_BURST = 110;

function limitsOf({ switches }: PortalWorld, caller: Caller): Limits {
  const plan = PLANS[String(switches.get('plan'))] ?? { burst: 100, daily: 250_000 };
  const limit = Number(switches.get('tenSecondLimit')) || (caller.kind === 'oauth' ? OAUTH_BURST : plan.burst);
  const daily = Number(switches.get('dailyLimit')) || plan.daily;
  return {
    tenSecondly: { limit, windowMs: 10_000, kind: 'rolling' },
    daily: caller.kind === 'oauth' ? undefined : daily,
  };
}

export type Exceeded = 'TEN_SECONDLY_ROLLING' | 'DAILY' | 'SEARCH';

/** Counts a call, or says which limit it breaks. Searches have one of their own, instead of the app's. */
export function takeCall(world: PortalWorld, caller: Caller, isSearch: boolean): Exceeded | undefined {
  const { state, clock, switches } = world;
  if (!switches.isOn('rateLimits')) return undefined;
  const nowMs = clock.now();
  const { tenSecondly, daily } = limitsOf(world, caller);
  if (daily !== undefined && usedToday(state, nowMs) >= daily) return 'DAILY';
  const searching: QuotaRule = { limit: Number(switches.get('searchPerSecond')), windowMs: 1_000, kind: 'rolling' };
  const answer = isSearch
    ? takeQuota(state.use.search, searching, nowMs)
    : takeQuota(burstOf(state, caller), tenSecondly, nowMs);
  if (!answer.allowed) return isSearch ? 'SEARCH' : 'TEN_SECONDLY_ROLLING';
  if (daily !== undefined) state.use.daily.used += 1;
  return undefined;
}

/** "search responses lack the interval headers", "OAuth responses lack Daily headers" */
export function limitHeaders(world: PortalWorld, caller: Caller, isSearch: boolean): Readonly<Record<string, string>> {
  const { state, clock } = world;
  const { tenSecondly, daily } = limitsOf(world, caller);
  const used = quotaUsed(burstOf(state, caller), tenSecondly, clock.now());
  const { limit } = tenSecondly;
  const secondly = Math.floor(limit / 10);
  return {
    ...(daily === undefined
      ? {}
      : {
          'x-hubspot-ratelimit-daily': String(daily),
          'x-hubspot-ratelimit-daily-remaining': String(Math.max(0, daily - usedToday(state, clock.now()))),
        }),
    ...(isSearch
      ? {}
      : {
          'x-hubspot-ratelimit-interval-milliseconds': '10000',
          'x-hubspot-ratelimit-max': String(limit),
          'x-hubspot-ratelimit-remaining': String(Math.max(0, limit - used)),
          'x-hubspot-ratelimit-secondly': String(secondly),
          'x-hubspot-ratelimit-secondly-remaining': String(Math.max(0, Math.min(secondly, limit - used))),
        }),
  };
}

/** "the daily quota resets at midnight there", in the account's time zone */
function usedToday(portal: Portal, nowMs: number): number {
  const day = dayOf(portal, nowMs);
  if (portal.use.daily.day !== day) portal.use.daily = { day, used: 0 };
  return portal.use.daily.used;
}

function burstOf({ use }: Portal, { app }: Caller): ReturnType<typeof freshQuota> {
  use.tenSecondly[app] ??= freshQuota();
  return use.tenSecondly[app];
}
