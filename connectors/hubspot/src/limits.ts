import type { RateLimit } from '@heed/contract';
import type { HubspotConfig } from './config.ts';

const SOURCE = 'developers.hubspot.com, "API usage guidelines and limits"';
const WINDOW_MS = 10_000;

/** Names of the calls that count as searches. */
export const SEARCH = 'search contacts';

const per10s = (max: number, whose: string): RateLimit => ({
  kind: 'window',
  max,
  windowMs: WINDOW_MS,
  source: `${max} per 10 s for ${whose} (${SOURCE})`,
});
const perDay = (max: number, whose: string): RateLimit => ({
  kind: 'daily',
  max,
  source: `${max} a day for ${whose} (${SOURCE})`,
});
const SEARCHES: RateLimit = {
  kind: 'window',
  max: 5,
  windowMs: 1_000,
  calls: [SEARCH],
  source: `5 searches a second per account, all apps together (${SOURCE})`,
};

const PLANS: Readonly<Record<HubspotConfig['plan'], readonly RateLimit[]>> = {
  starter: [per10s(100, 'Free and Starter'), perDay(250_000, 'Free and Starter'), SEARCHES],
  professional: [per10s(190, 'Professional'), perDay(625_000, 'Professional'), SEARCHES],
  enterprise: [per10s(190, 'Enterprise'), perDay(1_000_000, 'Enterprise'), SEARCHES],
};
/** Apps that sign in by OAuth: per account that installed them, whatever its plan, and without a day's budget. */
const OAUTH: readonly RateLimit[] = [per10s(110, 'an app with OAuth'), SEARCHES];

/** The smallest of all. */
export const LIMITS: readonly RateLimit[] = PLANS.starter;

export const limitsOf = ({ auth, plan }: HubspotConfig): readonly RateLimit[] =>
  auth.method === 'oauth' ? OAUTH : PLANS[plan];

/** Calls in 10 seconds, which HubSpot's answers tell as well. */
export const per10sOf = (given: HubspotConfig): number =>
  Math.min(
    ...limitsOf(given).map((limit) => (limit.kind === 'window' && limit.windowMs === WINDOW_MS ? limit.max : Infinity)),
  );

/** How many calls one by one go at the same time: few enough to leave room for the searches of a read. */
export const CONNECTIONS = 6;
