import { setTimeout as wait } from 'node:timers/promises';
import type { Clock } from '@heed/contract';

/** Longer timers overflow in Node and fire at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** The machine's clock. `sleep` rejects with the signal's reason when the signal is aborted. */
export const systemClock: Clock = {
  now: () => Date.now(),
  async sleep(ms, signal) {
    for (let left = Math.max(0, ms); ; left -= LONGEST_TIMER_MS) {
      signal?.throwIfAborted();
      try {
        await wait(Math.min(left, LONGEST_TIMER_MS), undefined, signal === undefined ? {} : { signal });
      } catch (error) {
        signal?.throwIfAborted();
        throw error;
      }
      if (left <= LONGEST_TIMER_MS) return;
    }
  },
};
