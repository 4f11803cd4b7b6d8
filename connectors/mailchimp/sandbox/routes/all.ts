import type { MailchimpRoute } from '../route.ts';
import { audienceRoutes } from './audiences.ts';
import { batchRoutes } from './batch.ts';
import { evidenceRoutes } from './evidence.ts';
import { identityRoutes } from './identity.ts';
import { interestRoutes } from './interests.ts';
import { memberRoutes } from './members.ts';
import { mergeFieldRoutes } from './merge-fields.ts';
import { segmentRoutes } from './segments.ts';
import { tagRoutes } from './tags.ts';

/** Everything that can be called, directly or as an operation of an asynchronous batch. */
export const apiRoutes: readonly MailchimpRoute[] = [
  ...identityRoutes,
  ...audienceRoutes,
  ...batchRoutes,
  ...memberRoutes,
  ...tagRoutes,
  ...segmentRoutes,
  ...mergeFieldRoutes,
  ...interestRoutes,
  ...evidenceRoutes,
];
