import { createServer, type IncomingHttpHeaders, request as send } from 'node:http';
import type { AddressInfo } from 'node:net';

/** One call as it went over the wire. */
export interface Exchanged {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly requestType: string | undefined;
  readonly requestBody: string;
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface Recorder {
  readonly url: string;
  readonly exchanged: readonly Exchanged[];
  close(): Promise<void>;
}

async function read(stream: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** Stands between any client and a sandbox and keeps what both say; asks for bodies that are not packed. */
export async function recorderOf(target: string): Promise<Recorder> {
  const exchanged: Exchanged[] = [];
  const server = createServer(async (incoming, outgoing) => {
    const { method = 'GET', url = '/' } = incoming;
    const requestBody = await read(incoming);
    const headers = { ...incoming.headers, 'accept-encoding': 'identity' };
    const forwarded = send(`${target}${url}`, { method, headers }, async (answer) => {
      const body = await read(answer);
      const { pathname, searchParams } = new URL(url, target);
      exchanged.push({
        method,
        path: pathname,
        query: searchParams,
        requestType: incoming.headers['content-type'],
        requestBody: requestBody.toString('utf8'),
        status: answer.statusCode ?? 0,
        headers: answer.headers,
        body: body.toString('utf8'),
      });
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      outgoing.end(body);
    });
    forwarded.on('error', () => outgoing.destroy());
    forwarded.end(requestBody);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    exchanged,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
