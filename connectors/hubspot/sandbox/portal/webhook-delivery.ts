import { createHash, createHmac } from 'node:crypto';
import type { PortalWorld } from './portal.ts';
import type { Queued, WebhookSettings } from './webhooks.ts';

/** How a delivery goes wrong on purpose. */
export interface Mischief {
  /** `wrong`: signed with another secret; `old`: six minutes ago. */
  readonly signature: 'right' | 'wrong' | 'old';
  /** Each event twice. */
  readonly duplicates: boolean;
  /** "No order guarantee" */
  readonly shuffled: boolean;
}

/** What became of one request. */
export interface Delivered {
  /** The receiver's status; 0 when it gave none in time. */
  readonly status: number;
  readonly events: number;
}

const MOST_EVENTS = 100;
/** "Answer 2xx within 5 s" */
const PATIENCE_MS = 5_000;
/** "otherwise up to 10 retries over 24 h": in between, by our own guess, ever longer. */
const RETRY_AFTER_MS = [1, 2, 5, 10, 20, 40, 80, 160, 320, 640].map((minutes) => minutes * 60_000);
const OLD_MS = 6 * 60_000;

/** Sends what is due to the app's address on loopback; what is not taken is due again later. Never rejects. */
export async function deliver(world: PortalWorld, mischief: Mischief): Promise<readonly Delivered[]> {
  const { webhooks } = world.state;
  const { settings } = webhooks;
  if (settings === undefined) return [];
  const nowMs = world.clock.now();
  const due = webhooks.queue.filter((one) => one.dueAtMs <= nowMs);
  webhooks.queue = webhooks.queue.filter((one) => one.dueAtMs > nowMs);
  const doubled = mischief.duplicates ? due.flatMap((one) => [one, one]) : due;
  const ordered = mischief.shuffled ? doubled.toReversed() : doubled;
  const results: Delivered[] = [];
  for (let at = 0; at < ordered.length; at += MOST_EVENTS) {
    const batch = ordered.slice(at, at + MOST_EVENTS);
    const status = await send(world, settings, batch, mischief);
    results.push({ status, events: batch.length });
    if (status < 200 || status > 299) again(world, batch);
  }
  return results;
}

function again({ state, clock }: PortalWorld, batch: readonly Queued[]): void {
  const missed = new Map(batch.map((one) => [`${one.event.eventId} ${one.subscriptionId}`, one]));
  const later = [...missed.values()].flatMap((one): readonly Queued[] => {
    const waitMs = RETRY_AFTER_MS[one.attempts];
    return waitMs === undefined ? [] : [{ ...one, attempts: one.attempts + 1, dueAtMs: clock.now() + waitMs }];
  });
  state.webhooks.queue = [...state.webhooks.queue, ...later];
}

async function send(
  world: PortalWorld,
  { targetUrl }: WebhookSettings,
  batch: readonly Queued[],
  { signature }: Mischief,
): Promise<number> {
  const body = JSON.stringify(batch.map((one) => payload(world, one)));
  const timestampMs = world.clock.now() - (signature === 'old' ? OLD_MS : 0);
  const secret = signature === 'wrong' ? 'another secret' : world.state.access.clientSecret;
  const headers = { 'content-type': 'application/json', ...signed(secret, targetUrl, body, timestampMs) };
  try {
    const signal = AbortSignal.timeout(PATIENCE_MS);
    const response = await fetch(targetUrl, { method: 'POST', body, headers, signal, redirect: 'manual' });
    await response.arrayBuffer();
    return response.status;
  } catch {
    return 0; // nobody there, or too slow: sent again later, as the vendor does
  }
}

function payload({ state }: PortalWorld, { event, subscriptionId, attempts }: Queued): object {
  const { details, ...head } = event;
  return {
    ...head,
    subscriptionId,
    portalId: state.portalId,
    appId: state.appId,
    attemptNumber: attempts,
    sourceId: String(state.appId),
    objectTypeId: '0-1',
    ...details,
  };
}

/** Characters that are decoded in the address before it is hashed. */
const DECODED: Readonly<Record<string, string>> = {
  '%3A': ':',
  '%2F': '/',
  '%3F': '?',
  '%40': '@',
  '%21': '!',
  '%24': '$',
  '%27': "'",
  '%28': '(',
  '%29': ')',
  '%2A': '*',
  '%2C': ',',
  '%3B': ';',
};

/** v3: "base64(HMAC-SHA256(clientSecret, method + uri + rawBody + timestamp))"; v1: "hex sha256(secret+body)". */
function signed(secret: string, url: string, body: string, timestampMs: number): Readonly<Record<string, string>> {
  const plain = url.replace(/%[0-9A-F]{2}/gi, (code) => DECODED[code.toUpperCase()] ?? code);
  return {
    'x-hubspot-signature': createHash('sha256').update(`${secret}${body}`).digest('hex'),
    'x-hubspot-signature-version': 'v1',
    'x-hubspot-signature-v3': createHmac('sha256', secret).update(`POST${plain}${body}${timestampMs}`).digest('base64'),
    'x-hubspot-request-timestamp': String(timestampMs),
  };
}
