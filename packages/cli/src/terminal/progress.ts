import type { Millis } from '@heed/contract';
import type { Progress } from '@heed/core';
import { WIDTH, widthOf, wrapped } from './text.ts';
import { count, duration } from './words.ts';

/** One line at the bottom of a terminal, rewritten while long work goes on. */
export interface ProgressLine {
  show(progress: Progress): void;
  /** Takes the line away, so that something else can be written. */
  clear(): void;
}

/** Off a terminal nothing is shown. */
export const silentProgress: ProgressLine = { show: () => {}, clear: () => {} };

const REDRAW_MS = 80;

/** What it does, how far, how long still (from the pace so far). `now` in ms, our clock. */
export const progressLine = (write: (text: string) => void, now: () => Millis): ProgressLine => {
  let began = { doing: '', at: 0, done: 0 };
  let drawnAt = 0;
  let shown = false;
  return {
    show(progress) {
      const at = now();
      const fresh = began.doing !== progress.doing || progress.done < began.done;
      if (fresh) began = { doing: progress.doing, at, done: progress.done };
      if (!fresh && at - drawnAt < REDRAW_MS) return;
      drawnAt = at;
      shown = true;
      const text = wrapped(describe(progress, at - began.at, progress.done - began.done), WIDTH - 1)[0] ?? '';
      write(`\r${text}${' '.repeat(WIDTH - 1 - widthOf(text))}`);
    },
    clear() {
      if (shown) write(`\r${' '.repeat(WIDTH - 1)}\r`);
      shown = false;
    },
  };
};

const describe = (progress: Progress, tookMs: number, did: number): string => {
  const { profile, doing, done, of } = progress;
  if (done === 0 && of === null) return `${profile}: ${doing} ...`;
  if (of === null || of <= 0) return `${profile}: ${doing}: ${count(done)}`;
  const percent = Math.min(100, Math.floor((done / of) * 100));
  const left = did > 0 && done < of ? `, ${duration((tookMs / did) * (of - done))} left` : '';
  return `${profile}: ${doing}: ${count(done)} of ${count(of)} (${percent} %)${left}`;
};
