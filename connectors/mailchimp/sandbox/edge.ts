import type { Reply, VendorAnswers } from '@heed/sandbox';
import type { Account } from './account.ts';
import { invalidKey, notFound, Problem, problemReply, tooManyConnections } from './problem.ts';
import type { MailchimpCall } from './route.ts';

const MOST_CONNECTIONS = 10;

/** Connections, key and the state of the account, in this order. */
export function admit(call: MailchimpCall): Reply | undefined {
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
export function finish(call: MailchimpCall, reply: Reply): Reply {
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
function schemaOf({ route }: MailchimpCall): string {
  const parts = (route?.path ?? '').split('/').filter((part) => part !== '' && part !== '3.0');
  const names = parts
    .filter((part) => !part.startsWith('{'))
    .map((part) => part.replace(/(^|-)([a-z])/g, (_all, _dash, letter: string) => letter.toUpperCase()));
  const kind = parts.at(-1)?.startsWith('{') === true || parts.length === 0 ? 'Instance' : 'Collection';
  return [...(names.length === 0 ? ['Root'] : names), kind].join('/');
}

export const vendorAnswers: VendorAnswers<Account> = {
  notFound: (call) => problemReply(call, notFound()),
  methodNotAllowed: (call, allowed) =>
    problemReply(
      call,
      new Problem(
        405,
        'Method Not Allowed',
        "The requested method and resource are not compatible. See the Allow header for this resource's available methods.",
        { headers: { allow: allowed.join(', ') } },
      ),
    ),
  unreadableBody: (call) =>
    problemReply(call, new Problem(400, 'JSON Parse Error', 'We encountered an unspecified JSON parsing error.')),
  // No rate headers and no Retry-After: the vendor sends none, whatever the rule says.
  throttled: (call) => problemReply(call, tooManyConnections()),
  serverError: (call, { status = 500 }) =>
    problemReply(call, new Problem(status, 'Internal Server Error', 'An unexpected internal error has occurred.')),
  expiredToken: (call) => problemReply(call, invalidKey()),
};
