import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { readBody } from './body.ts';
import { type StuckCalls, stuckCalls } from './broken-answer.ts';
import { isControl, type Steering, steer } from './control.ts';
import { openExchange } from './exchange.ts';
import { json } from './reply.ts';
import { routerOf } from './router.ts';
import { send } from './send.ts';
import { type Latency, serveCall } from './serve-call.ts';

export interface ListenOptions {
  readonly port: number;
  readonly latency: Latency;
  /** Called after everything that may have changed the account. */
  changed(): void;
}

export interface Listening {
  readonly url: string;
  /** Calls that no answer comes to until the client gives up. */
  readonly stuck: StuckCalls;
  /** Resolves once no call is being served: what a client that is gone had asked for has been done, or never will be. */
  quiet(): Promise<void>;
  /** Cuts all connections and takes no new one; resolves when it is so. */
  down(): Promise<void>;
  /** Listens again, at the same address. */
  up(): Promise<void>;
  close(): Promise<void>;
}

/** Loopback only: a stand-in with made-up people and well-known keys must not be reachable from elsewhere. */
const LOOPBACK = '127.0.0.1';

/** Longer than a client waits between two calls: closing an idle connection under its feet would be a fault nobody asked for. */
const IDLE_MS = 120_000;

/** Serves a sandbox over HTTP. */
export async function listen<State, Extras extends object>(
  steering: Steering<State, Extras>,
  options: ListenOptions,
): Promise<Listening> {
  const { definition, world, faults, calls } = steering;
  const router = routerOf(definition.routes);
  const stuck = stuckCalls();
  let origin = '';
  let concurrent = 0;
  const whenQuiet: (() => void)[] = [];

  const control = async (request: IncomingMessage, response: ServerResponse, path: string): Promise<void> => {
    const body = await readBody(request);
    send(response, steer(steering, request.method ?? 'GET', path, readable(body.text)));
    if (request.method !== 'GET') options.changed();
  };

  const call = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    concurrent += 1;
    const ended = calls.begin();
    const startedAt = new Date(world.clock.now()).toISOString();
    const parallel = concurrent;
    try {
      const source = { world, router, faults, concurrent: parallel, origin };
      const exchange = await openExchange(request, response, source);
      const outcome = await serveCall(definition, exchange, faults, { latency: options.latency, stuck });
      const { method, url, touched } = exchange;
      const met = exchange.met();
      const note = met === undefined ? {} : { fault: met };
      ended({ method, url, touched, startedAt, concurrent: parallel, ...note, ...outcome });
      if (method !== 'GET') options.changed();
    } finally {
      concurrent -= 1;
      if (concurrent === 0) for (const tell of whenQuiet.splice(0)) tell();
    }
  };

  const server = createServer((request, response) => {
    const path = (request.url ?? '/').split('?', 1)[0] ?? '/';
    const served = isControl(path) ? control(request, response, path) : call(request, response);
    served.catch((error: unknown) => failed(response, error));
  });
  server.keepAliveTimeout = IDLE_MS;
  const listenAt = (port: number): Promise<void> =>
    new Promise((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, LOOPBACK, () => {
        server.off('error', reject);
        resolve();
      });
    });
  const down = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections(); // held and idle connections would keep the port for ever
    });
  await listenAt(options.port);
  const { port } = server.address() as AddressInfo;
  origin = `http://${LOOPBACK}:${port}`;
  let closing: Promise<void> | undefined;
  return {
    url: origin,
    stuck,
    quiet: () => (concurrent === 0 ? Promise.resolve() : new Promise((resolve) => whenQuiet.push(resolve))),
    down: async () => {
      if (server.listening) await down();
    },
    up: async () => {
      if (!server.listening && closing === undefined) await listenAt(port);
    },
    close() {
      closing ??= down();
      return closing;
    },
  };
}

/** A defect of the sandbox itself is told to the client, never hidden as a vendor's error. */
function failed(response: ServerResponse, error: unknown): void {
  if (response.destroyed || response.headersSent) {
    response.destroy();
    return;
  }
  const reason = error instanceof Error ? (error.stack ?? error.message) : String(error);
  send(response, json(500, { sandboxDefect: reason }));
}

function readable(body: string): unknown {
  if (body.trim() === '') return undefined;
  try {
    return JSON.parse(body);
  } catch {
    return body; // steer() says that it wants an object
  }
}
