import type { Clock, Millis } from '@heed/contract';
import {
  type AccountQuota,
  CONCURRENT_WAIT_MS,
  connectionsOf,
  type Grant,
  type PermitRequest,
  partEndsAt,
  partOf,
  type Window,
  waitFor,
  windowsOf,
} from './account-quota.ts';

interface Use {
  readonly permits: Map<string, Millis>;
  /** By window length, then by start of the part. */
  readonly parts: Map<number, Map<Millis, number>>;
  pausedUntil: Millis;
}

/** Quotas of one process; `@heed/store` has the one that holds across processes. */
export const memoryQuota = (clock: Clock): AccountQuota => {
  const accounts = new Map<string, Use>();
  let made = 0;

  const useOf = (account: string): Use => {
    const known = accounts.get(account);
    if (known !== undefined) return known;
    const fresh: Use = { permits: new Map(), parts: new Map(), pausedUntil: 0 };
    accounts.set(account, fresh);
    return fresh;
  };

  const grant = ({ account, limits, holdMs }: PermitRequest): Grant => {
    const use = useOf(account);
    const now = clock.now();
    if (use.pausedUntil > now) return { kind: 'wait', waitMs: use.pausedUntil - now, why: 'pause' };
    for (const [permit, expires] of use.permits) if (expires <= now) use.permits.delete(permit);
    const windows = windowsOf(limits);
    const waits = windows.map((window) => ({
      waitMs: waitFor(window, partsOf(use, window, now), now),
      why: window.why,
    }));
    const longest = waits.sort((a, b) => b.waitMs - a.waitMs)[0];
    if (longest !== undefined && longest.waitMs > 0) return { kind: 'wait', ...longest };
    if (use.permits.size >= connectionsOf(limits))
      return { kind: 'wait', waitMs: CONCURRENT_WAIT_MS, why: 'concurrent' };
    for (const window of windows) {
      const parts = partsOf(use, window, now);
      const part = partOf(window, now);
      parts.set(part, (parts.get(part) ?? 0) + 1);
    }
    made += 1;
    const permit = `${account} ${made}`;
    use.permits.set(permit, now + holdMs);
    return { kind: 'granted', permit };
  };

  return {
    take: async (request) => grant(request),
    async giveBack(permit) {
      for (const use of accounts.values()) use.permits.delete(permit);
    },
    async pause(account, until) {
      const use = useOf(account);
      use.pausedUntil = Math.max(use.pausedUntil, until);
    },
  };
};

const partsOf = (use: Use, window: Window, now: Millis): Map<Millis, number> => {
  const parts = use.parts.get(window.windowMs) ?? new Map<Millis, number>();
  use.parts.set(window.windowMs, parts);
  for (const start of parts.keys()) if (partEndsAt(window, start) <= now) parts.delete(start);
  return parts;
};
