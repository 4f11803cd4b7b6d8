import type { Exchange, Reply, VendorAnswers } from '@heed/sandbox';
import type { Account } from './account.ts';
import { settle } from './batches/progress.ts';
import {
  blocked,
  invalidKey,
  methodNotAllowed,
  notFound,
  Problem,
  problemReply,
  tooManyConnections,
  unreadableBody,
} from './problem.ts';

const MOST_CONNECTIONS = 10;

/** Batches come up to date with every call; then connections, key and the state of the account, in this order. */
export function admit(call: Exchange<Account>): Reply | undefined {
  settle(call.world);
  if (call.concurrent > MOST_CONNECTIONS) return problemReply(call, tooManyConnections());
  const { authorization } = call.headers;
  if (authorization === undefined) {
    return problemReply(call, new Problem(401, 'API Key Missing', 'Your request did not include an API key.'));
  }
  if (keyOf(authorization) !== call.world.state.apiKey) return problemReply(call, invalidKey());
  switch (call.world.switches.get('account')) {
    case 'user-disabled':
      return problemReply(call, new Problem(403, 'User Disabled', 'This account has been disabled.'));
    case 'compliance':
      return problemReply(
        call,
        new Problem(
          403,
          'Forbidden',
          'You are not permitted to access this resource: the account is in compliance review.',
        ),
      );
  }
  return undefined;
}

/** Basic with any user name, or Bearer. */
function keyOf(authorization: string): string {
  const [scheme = '', value = ''] = authorization.split(' ');
  if (scheme.toLowerCase() === 'bearer') return value;
  if (scheme.toLowerCase() !== 'basic') return '';
  return Buffer.from(value, 'base64').toString('utf8').split(':').slice(1).join(':');
}

/** X-Request-Id and `Link: rel="describedBy"` go with every answer. */
export function finish(call: Exchange<Account>, reply: Reply): Reply {
  const schema = reply.status >= 400 ? 'ProblemDetailDocument' : schemaOf(call);
  return {
    ...reply,
    headers: {
      ...reply.headers,
      'x-request-id': call.requestId,
      link: `<${call.origin}/schema/3.0/${schema}.json>; rel="describedBy"`,
    },
  };
}

/** `/3.0/lists/{list}/members/{member}` is described by Lists/Members/Instance, without the last id by .../Collection. */
function schemaOf({ route }: Exchange<Account>): string {
  const parts = (route?.path ?? '').split('/').filter((part) => part !== '' && part !== '3.0');
  const names = parts
    .filter((part) => !part.startsWith('{'))
    .map((part) => part.replace(/(^|-)([a-z])/g, (_all, _dash, letter: string) => letter.toUpperCase()));
  const kind = parts.at(-1)?.startsWith('{') === true || parts.length === 0 ? 'Instance' : 'Collection';
  return [...(names.length === 0 ? ['Root'] : names), kind].join('/');
}

export const vendorAnswers: VendorAnswers<Account> = {
  notFound: (call) => problemReply(call, notFound()),
  methodNotAllowed: (call, allowed) => problemReply(call, methodNotAllowed(allowed)),
  unreadableBody: (call) => problemReply(call, unreadableBody()),
  // No rate headers and no Retry-After: the vendor sends none. A rule with retryAfterS stands for something in front of it.
  throttled: (call, { status }) => problemReply(call, status === 403 ? blocked() : tooManyConnections()),
  serverError: (call, { status = 500 }) =>
    problemReply(call, new Problem(status, 'Internal Server Error', 'An unexpected internal error has occurred.')),
  expiredToken: (call) => problemReply(call, invalidKey()),
};
