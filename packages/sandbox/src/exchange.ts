import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { readBody } from './body.ts';
import type { Exchange, Route, World } from './definition.ts';
import type { FaultRule, Faults } from './faults.ts';
import type { Router } from './router.ts';

/** One call with what only the server itself looks at. */
export interface OpenExchange<State> extends Exchange<State> {
  readonly touched: readonly string[];
  readonly allowed: readonly string[];
  /** The first of the vendor's own faults that a handler has met, for the log. */
  met(): string | undefined;
}

export interface ExchangeSource<State> {
  readonly world: World<State>;
  readonly router: Router<State>;
  readonly faults: Faults;
  readonly concurrent: number;
  readonly origin: string;
}

/** Reads a request and finds its route. */
export async function openExchange<State>(
  request: IncomingMessage,
  response: ServerResponse,
  source: ExchangeSource<State>,
): Promise<OpenExchange<State>> {
  const url = request.url ?? '/';
  const method = request.method ?? 'GET';
  const mark = url.indexOf('?');
  const path = mark < 0 ? url : url.slice(0, mark);
  const found = source.router.find(method, path);
  const asked = new Map<string, FaultRule | undefined>();
  const touched: string[] = [];
  const route: Route<State> | undefined = found.route;
  return {
    method,
    path,
    url,
    query: new URLSearchParams(mark < 0 ? '' : url.slice(mark + 1)),
    params: found.params,
    headers: request.headers,
    body: await readBody(request),
    requestId: randomUUID(),
    route,
    world: source.world,
    concurrent: source.concurrent,
    origin: source.origin,
    allowed: found.allowed,
    touched,
    met: () => [...asked.values()].find((rule) => rule !== undefined)?.kind,
    fault(kind) {
      if (!asked.has(kind))
        asked.set(
          kind,
          source.faults.hit(method, path, (one) => one === kind),
        );
      return asked.get(kind);
    },
    touch: (...records) => {
      for (const record of records) touched.push(record);
    },
    raw: { request, response },
  };
}
