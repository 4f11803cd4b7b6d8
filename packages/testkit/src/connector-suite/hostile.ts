import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A server on loopback that is not the vendor. */
export interface Stranger {
  readonly url: string;
  /** `METHOD path`, and whether credentials came along. */
  readonly visits: readonly string[];
  close(): Promise<void>;
}

type Handler = (request: IncomingMessage, response: ServerResponse) => void | Promise<void>;

const listen = async (handle: Handler): Promise<Stranger> => {
  const visits: string[] = [];
  const server: Server = createServer((request, response) => {
    visits.push(`${request.method} ${request.url?.split('?')[0]}`);
    void handle(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    visits,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
};

/** Where nobody should ever come. */
export const trap = (): Promise<Stranger> =>
  listen((_, response) => {
    response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
  });

/** Sends everybody to `elsewhere`. */
export const redirector = (elsewhere: string, status: number): Promise<Stranger> =>
  listen((request, response) => {
    request.resume();
    response.writeHead(status, { location: `${elsewhere}${request.url}` }).end();
  });

/** Passes everything on to the vendor, and changes the text of the answers. */
export const goBetween = async (
  vendorUrl: string,
  change: (body: string, ownUrl: string) => string,
): Promise<Stranger> => {
  let own = '';
  const server = await listen(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const headers = Object.entries(request.headers).flatMap(([name, value]) =>
      typeof value === 'string' && !HOP_BY_HOP.has(name) ? [[name, value] as const] : [],
    );
    const answer = await fetch(`${vendorUrl}${request.url}`, {
      method: request.method ?? 'GET',
      headers: Object.fromEntries(headers),
      ...(chunks.length === 0 ? {} : { body: Buffer.concat(chunks) }),
    });
    const body = change((await answer.text()).replaceAll(vendorUrl, own), own);
    const kept = [...answer.headers].filter(([name]) => !HOP_BY_HOP.has(name));
    response.writeHead(answer.status, Object.fromEntries(kept)).end(body);
  });
  own = server.url;
  return server;
};

const HOP_BY_HOP = new Set([
  'connection',
  'keep-alive',
  'transfer-encoding',
  'content-length',
  'content-encoding',
  'host',
  'expect',
]);
