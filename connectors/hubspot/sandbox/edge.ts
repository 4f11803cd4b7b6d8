import { html, json, type Reply, type VendorAnswers } from '@heed/sandbox';
import { bearerToken, type Caller, callerOf, type NoCaller } from './credentials.ts';
import { haunt } from './haunt.ts';
import { type Exceeded, limitHeaders, takeCall } from './limits.ts';
import { settleImports } from './portal/imports.ts';
import type { Portal } from './portal/portal.ts';
import { detail, type PortalExchange, type PortalRoute, refusal } from './routes/route.ts';

/** "414 | URI too long": how long is unknown. */
const LONGEST_URL = 16_000;

/** Faults of the whole account, then credentials, scopes and limits, in this order. */
export function admit(exchange: PortalExchange): Reply | undefined {
  if (exchange.url.length > LONGEST_URL) return html(414, '<html><body><h1>414 URI Too Long</h1></body></html>');
  const troubled = trouble(exchange);
  if (troubled !== undefined) return troubled;
  settleImports(exchange.world);
  haunt(exchange);
  const route = routeOf(exchange);
  if (route?.kind === 'oauth') return undefined;
  if (route?.kind === 'developer') return admitDeveloper(exchange);
  const caller = callerOf(exchange);
  if (typeof caller === 'string') return unauthorized(exchange, caller);
  const missing = (route?.scopes ?? []).filter((anyOf) => !anyOf.some((scope) => caller.scopes.includes(scope)));
  if (missing.length > 0) return missingScopes(exchange, missing.flat());
  const exceeded = takeCall(exchange.world, caller, route?.kind === 'search');
  return exceeded === undefined ? undefined : tooMany(exchange, exceeded);
}

/** The app's own settings take its developer's key, as `hapikey`. */
function admitDeveloper(exchange: PortalExchange): Reply | undefined {
  const { access, appId } = exchange.world.state;
  if (exchange.query.get('hapikey') !== access.developerKey) return unauthorized(exchange, 'missing');
  if (exchange.params.app === String(appId)) return undefined;
  return refusal(exchange, 404, 'OBJECT_NOT_FOUND', 'There is no such app');
}

/** All routes of this sandbox are made by `route()`. */
function routeOf(exchange: PortalExchange): PortalRoute | undefined {
  return exchange.route as PortalRoute | undefined;
}

/** 423, 477 and the DAILY 429, as fault kinds of this vendor. */
function trouble(exchange: PortalExchange): Reply | undefined {
  if (exchange.fault('locked') !== undefined) {
    return refusal(exchange, 423, 'LOCKED', 'The resource is locked: try again in at least 2 seconds');
  }
  const migrating = exchange.fault('migrating');
  if (migrating !== undefined) {
    const reply = refusal(exchange, 477, 'MIGRATION_IN_PROGRESS', 'This account is being migrated');
    const retryAfterS = migrating.retryAfterS ?? detail(migrating, 'retryAfterS', 86_400);
    return { ...reply, headers: { ...reply.headers, 'retry-after': String(retryAfterS) } };
  }
  return exchange.fault('daily-limit') === undefined ? undefined : tooMany(exchange, 'DAILY');
}

function unauthorized(exchange: PortalExchange, why: NoCaller): Reply {
  if (why === 'expired') {
    const category = String(exchange.world.switches.get('expiredCategory'));
    return refusal(exchange, 401, category, 'The OAuth token used to make this call expired');
  }
  const message =
    why === 'missing'
      ? 'Authentication credentials not found. This API supports OAuth 2.0 authentication.'
      : 'The access token was not found';
  return refusal(exchange, 401, 'INVALID_AUTHENTICATION', message);
}

/** "Missing scope → 403 with `requiredGranularScopes` in `context`" */
function missingScopes(exchange: PortalExchange, scopes: readonly string[]): Reply {
  const message = "This app hasn't been granted all required scopes to make this call.";
  return refusal(exchange, 403, 'MISSING_SCOPES', message, {
    errors: [
      {
        message: 'One or more of the following scopes are required.',
        context: { requiredGranularScopes: scopes },
      },
    ],
    context: { requiredGranularScopes: scopes },
  });
}

/** The three bodies of a 429. No Retry-After: the vendor sends none. */
function tooMany({ requestId, world }: PortalExchange, exceeded: Exceeded): Reply {
  const groupName = `publicapi:private-apps:api-calls-daily:${world.state.portalId}`;
  const head = { status: 'error', correlationId: requestId };
  switch (exceeded) {
    case 'SEARCH':
      return json(429, { ...head, message: 'You have reached your secondly limit.', category: 'RATE_LIMITS' });
    case 'DAILY':
      return json(429, {
        ...head,
        message: 'You have reached your daily limit.',
        errorType: 'RATE_LIMIT',
        policyName: 'DAILY',
        groupName,
      });
    default:
      return json(429, {
        ...head,
        message: 'You have reached your ten_secondly_rolling limit.',
        errorType: 'RATE_LIMIT',
        policyName: 'TEN_SECONDLY_ROLLING',
        groupName,
      });
  }
}

/** Headers that all answers share. */
export function finish(exchange: PortalExchange, reply: Reply): Reply {
  const route = routeOf(exchange);
  const caller: Caller | NoCaller = route?.kind === 'oauth' ? 'missing' : callerOf(exchange);
  const limits = typeof caller === 'string' ? {} : limitHeaders(exchange.world, caller, route?.kind === 'search');
  return { ...reply, headers: { ...reply.headers, 'x-hubspot-correlation-id': exchange.requestId, ...limits } };
}

export const vendorAnswers: VendorAnswers<Portal> = {
  notFound: (exchange) => refusal(exchange, 404, 'OBJECT_NOT_FOUND', `No resource at ${exchange.path}`),
  methodNotAllowed: () => html(405, '<html><body><h2>HTTP ERROR 405 Method Not Allowed</h2></body></html>'),
  unreadableBody: (exchange) => refusal(exchange, 400, 'VALIDATION_ERROR', 'Invalid input JSON on line 1, column 1'),
  throttled: (exchange, { details }) => tooMany(exchange, policyAsked(exchange, String(details?.policy ?? ''))),
  serverError: (exchange, { status = 500 }) => refusal(exchange, status, 'INTERNAL_ERROR', 'internal error'),
  expiredToken(exchange) {
    const token = bearerToken(exchange.headers.authorization) ?? '';
    delete exchange.world.state.access.tokens[token]; // only a refresh helps; a static token works again
    return unauthorized(exchange, 'expired');
  },
};

function policyAsked(exchange: PortalExchange, policy: string): Exceeded {
  if (policy === 'DAILY' || policy === 'SEARCH' || policy === 'TEN_SECONDLY_ROLLING') return policy;
  return routeOf(exchange)?.kind === 'search' ? 'SEARCH' : 'TEN_SECONDLY_ROLLING';
}
