import { subscribe } from 'node:diagnostics_channel';
import type { Socket } from 'node:net';

/** What went over all connections that were ever made to this process. */
export interface WireBytes {
  readonly bytesIn: number;
  readonly bytesOut: number;
}

/** Counts from now on, by Node's own announcement of every connection that a server accepts. */
export const countWireBytes = (): (() => WireBytes) => {
  const open = new Set<Socket>();
  const closed = { bytesIn: 0, bytesOut: 0 };
  subscribe('net.server.socket', (message) => {
    const { socket } = message as { readonly socket: Socket };
    open.add(socket);
    socket.once('close', () => {
      open.delete(socket);
      closed.bytesIn += socket.bytesRead;
      closed.bytesOut += socket.bytesWritten;
    });
  });
  return () => {
    let { bytesIn, bytesOut } = closed;
    for (const { bytesRead, bytesWritten } of open) {
      bytesIn += bytesRead;
      bytesOut += bytesWritten;
    }
    return { bytesIn, bytesOut };
  };
};
