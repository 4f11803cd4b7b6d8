import { type Exchange, type Handler, json, type Reply, type Route, type VendorAnswers } from '@heed/sandbox';
import type { Account } from '../state/account.ts';
import { NsError } from '../state/ns-error.ts';
import { signedIn } from './sign-in.ts';

export type Call = Exchange<Account>;
export type NsRoute = Route<Account>;

export const REST = '/services/rest';
export const RECORDS_PATH = `${REST}/record/v1`;
export const RESTLET_PATH = '/app/site/hosting/restlet.nl';

const RFC = 'https://www.w3.org/Protocols/rfc2616/rfc2616-sec10.html';
const SECTIONS: Readonly<Record<number, string>> = {
  400: '#sec10.4.1',
  403: '#sec10.4.4',
  404: '#sec10.4.5',
  405: '#sec10.4.6',
  500: '#sec10.5.1',
  503: '#sec10.5.4',
};
const TITLES: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  429: 'Bad Request', // as the documentation shows it: "body title is 'Bad Request'"
  500: 'Internal Server Error',
  503: 'Service Unavailable',
};

/** `nsError`: `{type, title, status, "o:errorDetails": [{detail, "o:errorCode", ...}]}` (section_156570709583). */
export function errorDocument(error: NsError): Readonly<Record<string, unknown>> {
  const { path, queryParam, header } = error.place;
  return {
    type: `${RFC}${SECTIONS[error.status] ?? ''}`,
    title: TITLES[error.status] ?? 'Bad Request',
    status: error.status,
    'o:errorDetails': [
      {
        detail: error.message,
        'o:errorCode': error.code,
        ...(path === undefined ? {} : { 'o:errorPath': path }),
        ...(queryParam === undefined ? {} : { 'o:errorQueryParam': queryParam }),
        ...(header === undefined ? {} : { 'o:errorHeader': header }),
      },
    ],
  };
}

/** An error in the form of the place it happened at: RESTlets have one of their own. */
export function errorReply({ path }: Pick<Call, 'path'>, error: NsError): Reply {
  if (path === RESTLET_PATH) return json(error.status, { error: { code: error.code, message: error.message } });
  return json(error.status, errorDocument(error), {
    'content-type': 'application/vnd.oracle.resource+json; type=error; charset=UTF-8',
    ...error.place.headers,
  });
}

/** A route below `/services/rest` whose handler may throw an `NsError`. */
export function route(method: string, path: string, handle: (call: Call) => Reply): NsRoute {
  const handler: Handler<Account> = (call) => {
    try {
      return handle(call);
    } catch (error) {
      if (error instanceof NsError) return errorReply(call, error);
      throw error;
    }
  };
  return { method, path: path.startsWith('/app/') ? path : `${REST}${path}`, handle: handler };
}

export function singular(value: unknown, headers: Readonly<Record<string, string>> = {}): Reply {
  return json(200, value, {
    'content-type': 'application/vnd.oracle.resource+json; type=singular; charset=UTF-8',
    ...headers,
  });
}

export function collection(value: unknown): Reply {
  return json(200, value, { 'content-type': 'application/vnd.oracle.resource+json; type=collection; charset=UTF-8' });
}

export function header(call: { readonly headers: Call['headers'] }, name: string): string {
  const value = call.headers[name.toLowerCase()];
  return (Array.isArray(value) ? value.join(',') : value) ?? '';
}

/** `Prefer: respond-async, batch-processing="parallel"` has the preference `respond-async`. */
export function prefers(call: { readonly headers: Call['headers'] }, preference: string): boolean {
  return header(call, 'prefer')
    .split(/[,;]/)
    .some((one) => one.trim().toLowerCase() === preference);
}

export const invalidLogin = (): NsError =>
  new NsError(
    401,
    'INVALID_LOGIN',
    'Invalid login attempt. For more details, see the Login Audit Trail in the NetSuite UI at Setup > Users/Roles > User Management > View Login Audit Trail.',
  );

/** RESTlets answer 401 and 429 in other words (bridgehead_1525252812: "400 SSS_REQUEST_LIMIT_EXCEEDED"). */
export function unauthorized(call: Pick<Call, 'path'>): Reply {
  if (call.path !== RESTLET_PATH) return errorReply(call, invalidLogin());
  return errorReply(call, new NsError(401, 'INVALID_LOGIN_ATTEMPT', 'Invalid login attempt.'));
}

export function tooManyCalls(call: Pick<Call, 'path'>, status = 429): Reply {
  const restlet = new NsError(400, 'SSS_REQUEST_LIMIT_EXCEEDED', 'Request limit exceeded.');
  const rest = new NsError(status, 'CONCURRENCY_LIMIT_EXCEEDED', 'Concurrent request limit exceeded. Request blocked.');
  return errorReply(call, call.path === RESTLET_PATH ? restlet : rest);
}

const unexpected = (call: Call, status = 500): NsError =>
  new NsError(status, 'UNEXPECTED_ERROR', `An unexpected error occurred. Error ID: ${call.requestId}`);

/** How the vendor words what the kit answers in its name. */
export const answers: VendorAnswers<Account> = {
  notFound: (call) => errorReply(call, new NsError(404, 'NONEXISTENT_ID', 'The requested resource does not exist.')),
  methodNotAllowed: (call, allowed) =>
    errorReply(
      call,
      new NsError(405, 'INVALID_REQUEST', `Method ${call.method} is not allowed. Allowed are ${allowed.join(', ')}.`, {
        headers: { allow: allowed.join(', ') },
      }),
    ),
  unreadableBody: (call) =>
    errorReply(call, new NsError(400, 'INVALID_CONTENT', 'Invalid content in the request body.')),
  // The nonce of a refused request is used up: whoever sends the same request again is a replay (notes, section 0.7).
  throttled(call, rule) {
    signedIn(call);
    return tooManyCalls(call, rule.status);
  },
  serverError(call, rule) {
    signedIn(call);
    return errorReply(call, unexpected(call, rule.status));
  },
  expiredToken(call) {
    call.world.state.tokens.delete(/^Bearer\s+(\S+)$/i.exec(header(call, 'authorization'))?.[1] ?? '');
    return unauthorized(call);
  },
};
