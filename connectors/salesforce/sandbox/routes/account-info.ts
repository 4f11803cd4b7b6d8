import { json, quotaUsed, type Reply } from '@heed/sandbox';
import { callerOf, dailyQuota } from './admit.ts';
import { dataRoute, notFound, type OrgExchange, type OrgRoute, route } from './answers.ts';

/** Limits, and who is connected. */

function limits(exchange: OrgExchange): Reply {
  const { state: org, clock } = exchange.world;
  const rule = dailyQuota(exchange.world);
  const remaining = rule.limit - quotaUsed(org.apiUse, rule, clock.now());
  return json(200, {
    DailyApiRequests: { Max: rule.limit, Remaining: Math.max(0, remaining) },
    DailyBulkV2QueryJobs: { Max: 10_000, Remaining: 10_000 },
    DailyBulkV2QueryFileStorageMB: { Max: 976_562, Remaining: 976_562 },
    DailyBulkApiBatches: { Max: 15_000, Remaining: 15_000 },
  });
}

function userInfo(exchange: OrgExchange): Reply {
  const org = exchange.world.state;
  const userId = callerOf(exchange) ?? '';
  const user = org.needTable('User').get(userId);
  if (!user) return notFound();
  return json(200, {
    sub: `${exchange.origin}/id/${org.organizationId}/${userId}`,
    user_id: userId,
    organization_id: org.organizationId,
    preferred_username: user.Username,
    name: user.Name,
    email: user.Email,
    email_verified: true,
    zoneinfo: 'GMT',
    user_type: 'STANDARD',
    active: user.IsActive,
    urls: { rest: `${exchange.origin}/services/data/v{version}/` },
  });
}

export const accountInfoRoutes: readonly OrgRoute[] = [
  dataRoute('GET', '/limits', limits),
  route('GET', '/services/oauth2/userinfo', userInfo),
];
