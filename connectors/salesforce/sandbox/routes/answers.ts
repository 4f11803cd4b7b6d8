import {
  type Exchange,
  type FaultRule,
  type Handler,
  json,
  type Reply,
  type Route,
  text,
  type VendorAnswers,
} from '@heed/sandbox';
import { SoqlError } from '../soql/query.ts';
import { CallRefused, type RecordError, RecordRefused } from '../state/errors.ts';
import type { Org } from '../state/org.ts';

export type OrgExchange = Exchange<Org>;
export type OrgRoute = Route<Org>;

/** `[{message, errorCode}]`: the single-record and call-level form; the key is `errorCode` (notes, 2.1). */
export function apiError(status: number, errorCode: string, message: string, fields?: readonly string[]): Reply {
  return json(status, [{ message, errorCode, ...(fields === undefined ? {} : { fields }) }]);
}

/** How one record's refusal is answered when the call was about that record alone. */
function singleRecordError({ statusCode, message, fields }: RecordError): Reply {
  const statuses: Readonly<Record<string, number>> = {
    ENTITY_IS_DELETED: 404,
    INSUFFICIENT_ACCESS_OR_READONLY: 403,
  };
  return apiError(statuses[statusCode] ?? 400, statusCode, message, fields);
}

/** The answer to a refusal thrown anywhere below a handler; anything else is a defect of the stand-in. */
function refusalReply(error: unknown): Reply {
  if (error instanceof CallRefused) return apiError(error.status, error.errorCode, error.message, error.fields);
  if (error instanceof SoqlError) return apiError(400, error.errorCode, error.message);
  if (error instanceof RecordRefused) return singleRecordError(error.error);
  throw error;
}

/** A route whose handler may throw the org's refusals. */
export function route(method: string, path: string, handle: (exchange: OrgExchange) => Reply): OrgRoute {
  const handler: Handler<Org> = (exchange) => {
    try {
      return handle(exchange);
    } catch (error) {
      return refusalReply(error);
    }
  };
  return { method, path, handle: handler };
}

/** A route below `/services/data/vNN.0`, for every version. */
export function dataRoute(method: string, path: string, handle: (exchange: OrgExchange) => Reply): OrgRoute {
  return route(method, `/services/data/v{version}${path}`, handle);
}

/** The base path of the version the caller used. */
export function versionBase(exchange: OrgExchange): string {
  return `/services/data/v${exchange.params.version ?? ''}`;
}

/** A parameter of the path. */
export function param(exchange: OrgExchange, name: string): string {
  return exchange.params[name] ?? '';
}

/** The body as a JSON object. */
export function jsonObject(exchange: OrgExchange): Readonly<Record<string, unknown>> {
  const body = exchange.body.json();
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw new CallRefused(
      400,
      'JSON_PARSER_ERROR',
      'The HTTP entity body is required, but this request has no entity body.',
    );
  }
  return body as Readonly<Record<string, unknown>>;
}

export function notFound(): Reply {
  return apiError(404, 'NOT_FOUND', 'The requested resource does not exist');
}

export function sessionExpired(): Reply {
  return apiError(401, 'INVALID_SESSION_ID', 'Session expired or invalid');
}

/** The vendor has no 429: over a limit it answers 403, without Retry-After (notes, 2.4). */
export function overLimit(status = 403): Reply {
  return apiError(status, 'REQUEST_LIMIT_EXCEEDED', 'TotalRequests Limit exceeded.');
}

/** How the vendor words what the kit answers in its name. */
export const answers: VendorAnswers<Org> = {
  notFound: (exchange) => (exchange.path.startsWith('/services/') ? notFound() : text(404, 'Not Found')),
  methodNotAllowed: (_exchange, allowed) =>
    apiError(405, 'METHOD_NOT_ALLOWED', `HTTP Method not allowed. Allowed are ${allowed.join(',')}`),
  unreadableBody: () => apiError(400, 'JSON_PARSER_ERROR', 'Unexpected character in the HTTP entity body'),
  throttled: (_exchange, rule: FaultRule) => overLimit(rule.status),
  serverError: (_exchange, rule) =>
    apiError(rule.status ?? 503, 'SERVER_UNAVAILABLE', 'The server is temporarily unable to respond to your request'),
  expiredToken(exchange) {
    exchange.world.state.accessTokens.delete(bearerToken(exchange) ?? '');
    return sessionExpired();
  },
};

/** The token of `Authorization: Bearer` or, as the streaming client sends it, `OAuth`. */
export function bearerToken(exchange: OrgExchange): string | undefined {
  return /^(?:Bearer|OAuth)\s+(\S+)$/i.exec(exchange.headers.authorization ?? '')?.[1];
}
