import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Exchange, World } from '@heed/sandbox';
import type { Account } from '../account.ts';
import { archiveOf } from './archive.ts';
import type { AsyncBatch, Download, ResultLink } from './async-batch.ts';
import { settle } from './progress.ts';

const LOOPBACK = '127.0.0.1';
const hosts = new WeakMap<World<Account>, Promise<string>>();

/**
 * The origin of the host that serves batch results of this sandbox: another one than the API's, as in reality, where it
 * was a storage service of Amazon's and later of Google's. Opened when it is first needed, closed with the API's server.
 */
export function resultHostOf({ world, raw }: Exchange<Account>): Promise<string> {
  const open = hosts.get(world);
  if (open !== undefined) return open;
  const opened = listen(world, raw.request.socket);
  hosts.set(world, opened);
  return opened;
}

async function listen(world: World<Account>, api: Socket): Promise<string> {
  const server = createServer((request, response) => {
    request.resume();
    serve(world, request, response).catch((error: unknown) =>
      response.destroy(error instanceof Error ? error : undefined),
    );
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, LOOPBACK, resolve);
  });
  server.unref();
  serverOf(api)?.once('close', () => {
    hosts.delete(world);
    server.close();
    server.closeAllConnections();
  });
  return `http://${LOOPBACK}:${(server.address() as AddressInfo).port}`;
}

/** The kit tells nobody that it closes; Node keeps the server of a connection in its socket. */
function serverOf(socket: Socket & { readonly server?: Server }): Server | undefined {
  return socket.server;
}

async function serve(world: World<Account>, request: IncomingMessage, response: ServerResponse): Promise<void> {
  settle(world);
  const url = new URL(request.url ?? '/', `http://${LOOPBACK}`);
  const answer = await answerTo(world, request.method ?? 'GET', url);
  const download: Download = {
    method: request.method ?? 'GET',
    path: url.pathname,
    status: answer.status,
    leaked: leakedBy(request, world.state.apiKey),
  };
  world.state.downloads.push(download);
  response.writeHead(answer.status, { ...answer.headers, 'content-length': answer.body.length });
  if (answer.halts === undefined) {
    response.end(answer.body);
    return;
  }
  const half = answer.body.subarray(0, Math.floor(answer.body.length / 2));
  response.write(half, () => {
    if (answer.halts === 'archive-reset') response.socket?.resetAndDestroy();
  });
}

interface StorageAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
  /** Half of the body comes; then the connection is reset, or nothing happens any more. */
  readonly halts?: 'archive-reset' | 'archive-stalled';
}

async function answerTo(world: World<Account>, method: string, url: URL): Promise<StorageAnswer> {
  if (method !== 'GET') return refused(405, 'MethodNotAllowed', 'The specified method is not allowed.');
  const nowMs = world.clock.now();
  const expiresS = Number(url.searchParams.get('Expires'));
  if (!(expiresS * 1000 > nowMs)) return refused(403, 'AccessDenied', 'Request has expired');
  const batch = world.state.batches.find(({ id }) => url.pathname === `/${id}-response.tar.gz`);
  const link = batch?.links.find(({ signature }) => signature === url.searchParams.get('Signature'));
  if (batch === undefined || link === undefined) {
    return refused(403, 'SignatureDoesNotMatch', 'The signature does not match.');
  }
  return flawed(batch, link);
}

async function flawed(batch: AsyncBatch, { flaws }: ResultLink): Promise<StorageAnswer> {
  const details = (kind: string) => flaws.find((one) => one.kind === kind)?.details;
  const error = details('archive-error');
  if (error !== undefined) return refused(Number(error.status ?? 503), 'SlowDown', 'Please reduce your request rate.');
  const redirect = details('archive-redirect');
  if (redirect !== undefined) {
    const location = String(redirect.location ?? 'http://169.254.169.254/latest/meta-data/');
    return { status: 302, headers: { location }, body: Buffer.alloc(0) };
  }
  const body = await archiveOf(batch, flaws);
  // A storage that says so lets every client unpack the gzip by itself: what it then holds is a bare tar.
  const transcoded = details('archive-transcoded') === undefined ? {} : { 'content-encoding': 'gzip' };
  const halts = (['archive-reset', 'archive-stalled'] as const).find((kind) => details(kind) !== undefined);
  const headers = { 'content-type': 'application/x-gzip', ...transcoded };
  return { status: 200, headers, body, ...(halts === undefined ? {} : { halts }) };
}

/** Storage services answer in XML. */
function refused(status: number, code: string, message: string): StorageAnswer {
  const body = `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>${message}</Message></Error>`;
  return { status, headers: { 'content-type': 'application/xml' }, body: Buffer.from(body) };
}

/** No key is wanted here. Whoever sends one gives it to a stranger. */
function leakedBy(request: IncomingMessage, apiKey: string): readonly string[] {
  const headers = Object.entries(request.headers);
  const leaking = headers.filter(
    ([name, value]) => name === 'authorization' || name === 'cookie' || String(value).includes(apiKey),
  );
  const inUrl = decodeURIComponent(request.url ?? '').includes(apiKey) ? ['url'] : [];
  return [...leaking.map(([name]) => name), ...inUrl];
}
