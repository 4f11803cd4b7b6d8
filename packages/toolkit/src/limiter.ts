import { type Clock, ConnectorError, type RateLimit } from '@heed/contract';
import type { AccountQuota, Grant } from './account-quota.ts';

export interface Limiter {
  /** Waits for a permit, first come first served; answers how to give it back. Rejects with the signal's reason. */
  enter(holdMs: number, signal: AbortSignal, call?: string): Promise<() => Promise<void>>;
  /** Nobody of the account asks anything for `ms`. */
  pause(ms: number): Promise<void>;
}

export interface LimiterParts {
  /** For messages. */
  readonly connector: string;
  readonly account: string;
  readonly limits: readonly RateLimit[];
  readonly clock: Clock;
  readonly quota: AccountQuota;
  /** A longer wait (a used-up day) is an error instead, so that a run ends and tells why. */
  readonly longestWaitMs: number;
}

/** Lets the requests of one account through, as many as its limits allow. */
export const createLimiter = (parts: LimiterParts): Limiter => {
  const { clock, quota } = parts;
  const account = `${parts.connector}:${parts.account}`;
  let queue: Promise<unknown> = Promise.resolve();
  let wakeWaiter: () => void = () => {};
  let releases = 0;

  const waited = async (ms: number, signal: AbortSignal): Promise<void> => {
    const woken = new AbortController();
    const released = new Promise<void>((resolve) => {
      wakeWaiter = resolve;
    });
    try {
      await Promise.race([clock.sleep(ms, AbortSignal.any([signal, woken.signal])), released]);
    } finally {
      woken.abort();
    }
  };

  const takeTurn = async (holdMs: number, signal: AbortSignal, call: string): Promise<() => Promise<void>> => {
    const limits = parts.limits.filter((limit) => limit.kind !== 'window' || (limit.calls?.includes(call) ?? true));
    for (;;) {
      signal.throwIfAborted();
      const releasesBefore = releases;
      const grant = await quota.take({ account, limits, holdMs });
      if (grant.kind === 'granted') return () => leave(grant.permit);
      if (grant.waitMs > parts.longestWaitMs) throw usedUp(parts.connector, grant);
      // A connection that came free while we asked would wake nobody.
      if (grant.why === 'concurrent' && releases !== releasesBefore) continue;
      await waited(grant.waitMs, signal);
    }
  };

  const leave = async (permit: string): Promise<void> => {
    await quota.giveBack(permit);
    releases += 1;
    wakeWaiter();
  };

  return {
    enter(holdMs, signal, call = '') {
      const turn = queue.then(() => takeTurn(holdMs, signal, call));
      queue = turn.catch(() => {});
      return turn;
    },
    pause: (ms) => quota.pause(account, clock.now() + ms),
  };
};

const usedUp = (connector: string, { waitMs, why }: Extract<Grant, { kind: 'wait' }>): ConnectorError => {
  const what = why === 'daily' ? 'the requests of the day are used up' : 'the vendor asks to wait';
  const minutes = Math.ceil(waitMs / 60_000);
  return new ConnectorError('rate-limited', `${connector}: ${what}; try again in ${minutes} min`, {
    retryAfterMs: waitMs,
    mayHaveApplied: false,
  });
};
