import type { ServerResponse } from 'node:http';
import type { Reply } from './reply.ts';

/** Sends a reply whole. */
export function send(response: ServerResponse, reply: Reply): void {
  const body = bytesOf(reply);
  response.writeHead(reply.status, { ...reply.headers, ...lengthOf(reply, body) });
  response.end(body);
}

/** Announces the whole reply, sends half of its body and cuts the connection. */
export function sendHalf(response: ServerResponse, reply: Reply): void {
  const body = bytesOf(reply);
  response.writeHead(reply.status, { ...reply.headers, 'content-length': Math.max(body.length, 2) });
  const half = body.subarray(0, Math.floor(body.length / 2));
  response.write(half.length === 0 ? Buffer.from('{') : half, () => response.destroy());
}

/** Resets the connection instead of answering. */
export function reset(response: ServerResponse): void {
  const { socket } = response;
  if (socket !== null && !socket.destroyed) socket.resetAndDestroy();
}

/** Resolves when the client gives up or the sandbox closes: nothing is ever sent. */
export function hold(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    if (isGone(response)) resolve();
    else response.once('close', () => resolve());
  });
}

/** Whether nobody is there any more to answer to. */
export function isGone(response: ServerResponse): boolean {
  return response.destroyed || response.socket?.destroyed !== false;
}

export function bytesOf(reply: Reply): Buffer {
  return Buffer.from(reply.body ?? '');
}

function lengthOf(reply: Reply, body: Buffer): Record<string, number> {
  return reply.status === 204 || reply.status === 304 ? {} : { 'content-length': body.length };
}
