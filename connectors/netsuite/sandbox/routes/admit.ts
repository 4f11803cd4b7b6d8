import type { Reply } from '@heed/sandbox';
import { settle } from '../jobs/progress.ts';
import { changeByFault } from './account-faults.ts';
import { type Call, tooManyCalls, unauthorized } from './answers.ts';
import { signedIn } from './sign-in.ts';

/**
 * What is the same before every call: jobs that are due, credentials, and the account's concurrency, which all
 * integrations share. The nonce is used up before the concurrency is looked at.
 */
export function admit(call: Call): Reply | undefined {
  settle(call.world);
  changeByFault(call);
  if (call.route?.open === true) return undefined;
  if (!signedIn(call)) return unauthorized(call);
  const { switches } = call.world;
  const free = Number(switches.get('accountConcurrency')) - Number(switches.get('othersConcurrency'));
  return call.concurrent > free ? tooManyCalls(call) : undefined;
}
