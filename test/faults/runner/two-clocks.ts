import type { Clock } from '@heed/contract';
import type { StuckCalls } from '@heed/sandbox';
import { systemClock } from '@heed/toolkit';

/**
 * Time in this process: the world's, by which both stand-ins live, and Heed's, which a fault may set wrong. Heed waits
 * without waiting: a pause ends at once and moves the time, a time-out ends when every open request is stuck.
 */
export interface Time {
  /** Moves on. */
  later(ms: number): void;
  now(): number;
  /** Back to a remembered moment, for the next case. */
  backTo(moment: number): void;
  /** From now on Heed's own clock is wrong by that much. */
  setOursWrong(byMs: number): void;
  giveBack(): void;
}

interface TimeOut {
  readonly ms: number;
  readonly end: () => void;
}

/** The toolkit and both connectors give requests whole minutes; pauses have jitter and never are. */
const isTimeOut = (ms: number): boolean => ms > 0 && ms % 60_000 === 0;

/** `stuck`: what the stand-ins hold and will not answer. */
export const takeOverTime = (stuck: readonly StuckCalls[]): Time => {
  const machineNow = Date.now.bind(Date);
  let offsetMs = 0;
  let wrongMs = 0;
  let timeOuts: readonly TimeOut[] = [];
  const later = (ms: number): void => {
    offsetMs += ms;
  };
  Date.now = () => machineNow() + offsetMs;

  const ours: { -readonly [method in keyof Clock]: Clock[method] } = systemClock;
  const kept = { ...systemClock };
  ours.now = () => Date.now() + wrongMs;
  ours.sleep = (ms, signal) =>
    new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason);
      const given: TimeOut = { ms, end: resolve };
      const stop = (): void => {
        timeOuts = timeOuts.filter((one) => one !== given);
        reject(signal?.reason);
      };
      signal?.addEventListener('abort', stop, { once: true });
      if (isTimeOut(ms)) timeOuts = [...timeOuts, given];
      else
        setImmediate(() => {
          signal?.removeEventListener('abort', stop);
          later(ms);
          resolve();
        });
    });

  const sum = (what: 'held' | 'givenUp'): number => stuck.reduce((total, one) => total + one[what], 0);
  // Each open request has one time-out: only if all of them are held can nothing but time move anything. A stand-in learns a
  // moment later that a request was given up, and until then its count is too high.
  let toBeGivenUp = sum('givenUp');
  const pump = setInterval(() => {
    const [first, ...others] = timeOuts;
    if (first === undefined || sum('givenUp') < toBeGivenUp || sum('held') !== timeOuts.length) return;
    toBeGivenUp = sum('givenUp') + 1;
    timeOuts = others;
    later(first.ms);
    first.end();
  }, 1);

  return {
    later,
    now: Date.now,
    backTo(moment) {
      offsetMs = moment - machineNow();
      wrongMs = 0;
      timeOuts = [];
    },
    setOursWrong(byMs) {
      wrongMs = byMs;
    },
    giveBack() {
      clearInterval(pump);
      Object.assign(ours, kept);
      Date.now = machineNow;
    },
  };
};
