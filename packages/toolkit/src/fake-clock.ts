import type { Clock, Millis } from '@heed/contract';

/** A clock for tests: it moves only when told, and wakes its sleepers in the order of their time. */
export interface FakeClock extends Clock {
  /** Moves on by `ms`; each sleeper that is due is woken at its own time, and may sleep again, before the next one. */
  advance(ms: number): Promise<void>;
  /** Moves on to the next sleeper and wakes it; false when nobody sleeps. */
  advanceToNext(): Promise<boolean>;
  /** When the sleepers will wake, earliest first. */
  sleepers(): readonly Millis[];
}

interface Sleeper {
  readonly at: Millis;
  readonly wake: () => void;
}

const DEFAULT_START = Date.UTC(2026, 0, 5, 9);

/** Starts at `startAt` (2026-01-05 09:00 UTC unless told). */
export const fakeClock = (startAt: Millis = DEFAULT_START): FakeClock => {
  let now = startAt;
  let sleeping: readonly Sleeper[] = [];

  const wakeFirst = async (until: Millis): Promise<boolean> => {
    const first = sleeping[0];
    if (first === undefined || first.at > until) return false;
    sleeping = sleeping.slice(1);
    now = Math.max(now, first.at);
    first.wake();
    await settled();
    return true;
  };

  return {
    now: () => now,
    sleep: (ms, signal) =>
      new Promise<void>((resolve, reject) => {
        if (signal?.aborted) return reject(signal.reason);
        const stop = (): void => {
          sleeping = sleeping.filter((one) => one !== sleeper);
          reject(signal?.reason);
        };
        const sleeper: Sleeper = {
          at: now + Math.max(0, ms),
          wake: () => {
            signal?.removeEventListener('abort', stop);
            resolve();
          },
        };
        signal?.addEventListener('abort', stop, { once: true });
        // Stable: of two sleepers of the same time the one that came first wakes first.
        sleeping = [...sleeping, sleeper].sort((a, b) => a.at - b.at);
      }),
    async advance(ms) {
      const until = now + ms;
      await settled();
      while (await wakeFirst(until)) await settled();
      now = until;
      await settled();
    },
    async advanceToNext() {
      await settled();
      return wakeFirst(Number.POSITIVE_INFINITY);
    },
    sleepers: () => sleeping.map((one) => one.at),
  };
};

/** Lets everything that waits for a settled promise run, a few promises deep. */
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
