import type { ServerResponse } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { type FaultRule, numberIn } from './faults.ts';
import type { Reply } from './reply.ts';
import { bytesOf, hold, isGone, reset, send, sendHalf } from './send.ts';

/** Calls whose answer does not come before the client gives up, or comes so slowly that it may as well not. */
export interface StuckCalls {
  /** Being held now. */
  readonly held: number;
  /** How many clients have given up so far. */
  readonly givenUp: number;
}

export interface StuckCount extends StuckCalls {
  /** Counts a call while `work` lasts, and whether it ended because nobody waited any more. */
  during(response: ServerResponse, work: Promise<void>): Promise<void>;
}

export function stuckCalls(): StuckCount {
  let held = 0;
  let givenUp = 0;
  return {
    get held() {
      return held;
    },
    get givenUp() {
      return givenUp;
    },
    async during(response, work) {
      held += 1;
      await work;
      held -= 1;
      if (isGone(response)) givenUp += 1;
    },
  };
}

/** What left: 0 for no status at all, and the bytes where they are what matters. */
export interface Left {
  readonly status: number;
  readonly bytes?: number;
}

/** Sends a reply, broken as the rule says, or whole. */
export async function sendBroken(
  rule: FaultRule | undefined,
  response: ServerResponse,
  reply: Reply,
  stuck: StuckCount,
): Promise<Left> {
  const { status } = reply;
  switch (rule?.kind) {
    case 'timeout-after':
      await stuck.during(response, hold(response));
      return { status: 0 };
    case 'reset-after':
      reset(response);
      return { status: 0 };
    case 'truncated':
      sendHalf(response, reply);
      break;
    case 'oversized':
      return { status: withBody(status), bytes: await flood(response, reply, numberIn(rule, 'bytes', Infinity)) };
    case 'drip':
      await stuck.during(response, drip(response, reply, rule.delayMs ?? 1_000));
      break;
    case 'wrong-length':
      sendWithLength(response, reply, numberIn(rule, 'byBytes', 10));
      break;
    case 'corrupt-gzip':
      send(response, { ...packed(reply), body: corrupted(gzipSync(bytesOf(reply))) });
      break;
    case 'false-encoding':
      send(response, packed(reply));
      break;
    case 'empty':
      send(response, { ...reply, body: '' });
      break;
    case 'wrong-shape':
      send(response, { ...reply, body: JSON.stringify(rule.details?.body ?? null) });
      break;
    default:
      send(response, reply);
  }
  return { status };
}

const PIECE = Buffer.alloc(64 * 1_024, 'x');

/** JSON that goes on for `bytes` or until nobody takes it any more; answers how much was taken. */
async function flood(response: ServerResponse, reply: Reply, bytes: number): Promise<number> {
  response.writeHead(withBody(reply.status), { 'content-type': 'application/json', ...reply.headers });
  response.write('{"more":"');
  let left = 0;
  for (; left < bytes && !isGone(response); left += PIECE.length) {
    if (!response.write(PIECE)) await drained(response);
  }
  response.end('"}');
  return left;
}

function drained(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const go = (): void => {
      response.off('drain', go);
      response.off('close', go);
      resolve();
    };
    response.on('drain', go);
    response.on('close', go);
  });
}

async function drip(response: ServerResponse, reply: Reply, everyMs: number): Promise<void> {
  const body = bytesOf(reply);
  response.writeHead(reply.status, { ...reply.headers, 'content-length': body.length });
  response.flushHeaders();
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  for (const byte of body) {
    if (isGone(response)) return;
    response.write(Uint8Array.of(byte));
    await pause(everyMs, undefined, { signal: gone.signal }).catch(() => {}); // Nobody is there any more.
  }
  response.end();
}

/** More than comes: the connection ends early. Less: the rest is noise in front of the next answer. */
function sendWithLength(response: ServerResponse, reply: Reply, byBytes: number): void {
  const body = bytesOf(reply);
  response.writeHead(reply.status, { ...reply.headers, 'content-length': Math.max(0, body.length + byBytes) });
  response.write(body, () => {
    if (byBytes > 0) response.destroy();
    else response.end();
  });
}

const packed = (reply: Reply): Reply => ({ ...reply, headers: { ...reply.headers, 'content-encoding': 'gzip' } });

/** The end, with the checksum, is noise. */
function corrupted(bytes: Buffer): Buffer {
  return Buffer.concat([bytes.subarray(0, Math.floor(bytes.length / 2)), Buffer.alloc(bytes.length, 0xa5)]);
}

/** A 204 cannot have a body, and this one has. */
const withBody = (status: number): number => (status === 204 ? 200 : status);
