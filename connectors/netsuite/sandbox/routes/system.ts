import type { Reply } from '@heed/sandbox';
import { forbidden } from '../state/ns-error.ts';
import { stampOf } from '../state/time.ts';
import { type Call, type NsRoute, route, singular } from './answers.ts';

/** The concurrency of the account and what is left of it; "administrators only" (article_0625010817). */
function governanceLimits({ world }: Call): Reply {
  if (!world.state.permissions.administrator) {
    throw forbidden('Permission Violation: This resource is available to administrators only.');
  }
  const limit = Number(world.switches.get('accountConcurrency'));
  return singular({
    accountConcurrencyLimit: limit,
    accountUnallocatedConcurrencyLimit: limit,
    integrationLimitType: 'accountLimit',
  });
}

/** The operation exists (article_0528010158); its path and form are guesses. */
const serverTime = ({ world }: Call): Reply => singular({ serverTime: stampOf(world.clock.now()) });

export const systemRoutes: readonly NsRoute[] = [
  route('GET', '/system/v1/governanceLimits', governanceLimits),
  route('GET', '/system/v1/serverTime', serverTime),
];
