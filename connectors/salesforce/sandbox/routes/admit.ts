import { html, type QuotaRule, quotaUsed, type Reply, takeQuota } from '@heed/sandbox';
import { settle } from '../settle.ts';
import type { Org, OrgWorld } from '../state/org.ts';
import { apiError, bearerToken, notFound, type OrgExchange, overLimit, sessionExpired } from './answers.ts';
import { changeByFault, errorInside } from './org-faults.ts';

/** Versions this host serves: 1.0 to 30.0 are retired, the current one is 67.0. */
export const oldestVersion = 31;
export const newestVersion = 67;

/** "URI+headers cap 16,384 bytes". */
const maxHeadBytes = 16_384;

export function dailyQuota(world: OrgWorld): QuotaRule {
  return { limit: Number(world.switches.get('dailyApiRequests')), windowMs: 86_400_000, kind: 'rolling' };
}

function headBytes(exchange: OrgExchange): number {
  return exchange.url.length + exchange.raw.request.rawHeaders.reduce((sum, part) => sum + part.length + 2, 0);
}

/** 401 bodies; jsforce refreshes on any 401 but the last two (notes, section 1). */
function unauthorized(mode: string): Reply {
  switch (mode) {
    case 'agent':
      return apiError(401, 'INVALID_SESSION_ID', 'Connected app is not attached to Agent');
    case 'rest':
      return apiError(401, 'INVALID_SESSION_ID', 'This session is not valid for use with the REST API');
    default:
      return sessionExpired();
  }
}

/** The user of the presented token, if it is good. */
export function callerOf(exchange: OrgExchange): string | undefined {
  const { state: org, clock } = exchange.world;
  const token = org.accessTokens.get(bearerToken(exchange) ?? '');
  return token !== undefined && token.expiresAtMs > clock.now() ? token.userId : undefined;
}

/** What is the same before every call: commits that are due, credentials, version, daily limit. */
export function admit(exchange: OrgExchange): Reply | undefined {
  const { world } = exchange;
  settle(world);
  changeByFault(exchange);
  if (headBytes(exchange) > maxHeadBytes) return html(414, '<h1>414 URI Too Long</h1>');
  if (exchange.route?.open === true || !exchange.path.startsWith('/services/')) return undefined;
  const mode = String(world.switches.get('unauthorized'));
  if (mode !== 'off') return unauthorized(mode);
  if (callerOf(exchange) === undefined) return sessionExpired();
  const version = /^\/services\/data\/v(\d+)\.0(\/|$)/.exec(exchange.path)?.[1];
  if (exchange.path.startsWith('/services/data/') && !isServed(Number(version ?? 0))) return notFound();
  if (!takeQuota(world.state.apiUse, dailyQuota(world), world.clock.now()).allowed) return overLimit();
  return errorInside(exchange);
}

function isServed(version: number): boolean {
  return version >= oldestVersion && version <= newestVersion;
}

/** "Every REST reply has `Sforce-Limit-Info: api-usage=18/5000`". */
export function finish(exchange: { readonly path: string; readonly world: OrgWorld }, reply: Reply): Reply {
  if (!/^\/services\/data\/v/.test(exchange.path) || reply.status === 401) return reply;
  const isBulk = /^\/services\/data\/v[\d.]+\/jobs\//.test(exchange.path);
  if (isBulk && !exchange.world.switches.isOn('bulkLimitInfo')) return reply;
  const rule = dailyQuota(exchange.world);
  const used = quotaUsed((exchange.world.state satisfies Org).apiUse, rule, exchange.world.clock.now());
  return { ...reply, headers: { ...reply.headers, 'sforce-limit-info': `api-usage=${used}/${rule.limit}` } };
}
