import { json, type QuotaRule, type QuotaUse, quotaUsed, type Reply } from '@heed/sandbox';
import { batchQuota } from '../bulk/ingest.ts';
import { callerOf, dailyQuota } from './admit.ts';
import { dataRoute, notFound, type OrgExchange, type OrgRoute, route } from './answers.ts';
import { queryJobQuota } from './bulk-query.ts';

/** Limits, and who is connected. */

function limits(exchange: OrgExchange): Reply {
  const { state: org, clock } = exchange.world;
  const rule = dailyQuota(exchange.world);
  const left = (use: QuotaUse, { limit, ...rest }: QuotaRule): object => ({
    Max: limit,
    Remaining: Math.max(0, limit - quotaUsed(use, { limit, ...rest }, clock.now())),
  });
  return json(200, {
    DailyApiRequests: left(org.apiUse, rule),
    DailyBulkV2QueryJobs: left(org.bulkUse.queryJobs, queryJobQuota(exchange.world)),
    DailyBulkV2QueryFileStorageMB: { Max: 976_562, Remaining: 976_562 },
    DailyBulkApiBatches: left(org.bulkUse.batches, batchQuota(exchange.world)),
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
