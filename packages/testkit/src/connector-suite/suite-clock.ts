import type { Clock, Millis } from '@heed/contract';

/** Goes by the sandbox's clock. Pauses between tries end at once, time-outs only when told. */
export interface SuiteClock extends Clock {
  timeOut(): void;
  /** How often somebody paused, and for how long they asked. */
  readonly pauses: readonly number[];
}

const LONGEST_PAUSE_MS = 59_000;

export const suiteClock = (now: () => Millis): SuiteClock => {
  const waiting = new Set<() => void>();
  const pauses: number[] = [];
  return {
    now,
    pauses,
    sleep: (ms, signal) =>
      new Promise((resolve, reject) => {
        if (signal?.aborted) return reject(signal.reason);
        signal?.addEventListener('abort', () => reject(signal.reason), { once: true });
        if (ms > LONGEST_PAUSE_MS) return void waiting.add(resolve);
        pauses.push(ms);
        // Not at once: whoever waits for a connection must let the answers of others come in.
        setImmediate(resolve);
      }),
    timeOut() {
      for (const end of waiting) end();
      waiting.clear();
    },
  };
};
