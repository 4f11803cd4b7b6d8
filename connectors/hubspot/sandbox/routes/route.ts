import { type Exchange, empty, type FaultRule, json, type Reply, type Route } from '@heed/sandbox';
import { ApiError, type ErrorMore, invalid } from '../portal/api-error.ts';
import type { Portal } from '../portal/portal.ts';

export type PortalExchange = Exchange<Portal>;

/** A route, and the scopes of which a token needs one of each group. */
export interface PortalRoute extends Route<Portal> {
  readonly scopes: readonly Scopes[];
  /** `search` has limits and headers of its own; `oauth` calls bring no token, `developer` calls a key of their own. */
  readonly kind: RouteKind;
}

/** Any of these will do. */
export type Scopes = readonly string[];
export type RouteKind = 'plain' | 'search' | 'oauth' | 'developer';

export type Handler = (exchange: PortalExchange) => Reply | object | undefined;

export interface RouteFacets {
  readonly scopes?: readonly Scopes[];
  readonly kind?: RouteKind;
  readonly status?: number;
}

/** A route that answers with a JSON document, a reply of its own, or 204 for nothing. */
export function route(method: string, path: string, handle: Handler, facets: RouteFacets = {}): PortalRoute {
  const { scopes = [], kind = 'plain', status = 200 } = facets;
  return {
    method,
    path,
    scopes,
    kind,
    open: kind === 'oauth',
    handle: (exchange) => {
      try {
        const answer = handle(exchange);
        if (answer === undefined) return empty(204);
        return isReply(answer) ? answer : json(status, answer);
      } catch (error) {
        if (error instanceof ApiError) return errorReply(exchange, error);
        throw error;
      }
    },
  };
}

const REPLIES = new WeakSet<object>();

/** A reply that a handler built itself, for another status than the route's. */
export function replying(status: number, document: object): Reply {
  const reply = json(status, document);
  REPLIES.add(reply);
  return reply;
}

function isReply(answer: object): answer is Reply {
  return REPLIES.has(answer);
}

/** "`{status:"error", message, correlationId, category, subCategory, context, links, errors}`, all fields optional" */
export function errorReply(exchange: Pick<PortalExchange, 'requestId'>, error: ApiError): Reply {
  const { status, category, message, more } = error;
  return json(status, { status: 'error', message, correlationId: exchange.requestId, category, ...more });
}

export function refusal(
  exchange: Pick<PortalExchange, 'requestId'>,
  status: number,
  category: string,
  message: string,
  more: ErrorMore = {},
): Reply {
  return errorReply(exchange, new ApiError(status, category, message, more));
}

export function param(exchange: PortalExchange, name: string): string {
  return exchange.params[name] ?? '';
}

export type Body = Readonly<Record<string, unknown>>;

/** The body as an object. */
export function bodyOf(exchange: PortalExchange): Body {
  const body = exchange.body.json();
  if (isObject(body)) return body;
  throw invalid('Invalid input JSON on line 1, column 1: an object was expected');
}

export function isObject(value: unknown): value is Body {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The strings of a list in a body; an absent one is empty. */
export function textsIn(body: Body, name: string): readonly string[] {
  const value = body[name];
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) throw invalid(`Invalid input JSON: ${name} must be an array`);
  return value.map(String);
}

export function textIn(body: Body, name: string): string | undefined {
  const value = body[name];
  return value === undefined || value === null ? undefined : String(value);
}

/** A list in a query: `name=a&name=b`, or `name=a,b`. */
export function queryList(exchange: PortalExchange, name: string): readonly string[] {
  return exchange.query
    .getAll(name)
    .flatMap((one) => one.split(','))
    .filter((one) => one !== '');
}

/** A whole number of a query. */
export function queryNumber(exchange: PortalExchange, name: string, otherwise: number, most: number): number {
  const value = exchange.query.get(name);
  if (value === null || value === '') return otherwise;
  if (!/^\d+$/.test(value)) throw invalid(`${name} must be a whole number`);
  const number = Number(value);
  if (number > most) throw invalid(`${name} must be less than or equal to ${most}`);
  return number;
}

/** A number among the details of a fault rule. */
export function detail(rule: FaultRule, name: string, otherwise: number): number {
  const value = rule.details?.[name];
  return typeof value === 'number' ? value : otherwise;
}

export function iso(atMs: number): string {
  return new Date(atMs).toISOString();
}
