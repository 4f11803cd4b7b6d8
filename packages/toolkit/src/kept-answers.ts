import type { Clock, Millis } from '@heed/contract';

type Ask<T> = (signal: AbortSignal) => Promise<T>;

/** An answer that is asked for now and then, and not before every use. */
export interface Book<T> {
  /** The last answer if it was asked for no longer ago than this, else a new one. */
  within(maxAgeMs: Millis, signal: AbortSignal): Promise<T>;
  renewed(signal: AbortSignal): Promise<T>;
  /** The last answer turned out to be wrong. */
  forget(): void;
}

/** Who asks while the answer is under way gets the same one. A failure is not kept. */
export const bookOf = <T>(ask: Ask<T>, clock: Pick<Clock, 'now'>): Book<T> => {
  let kept: { readonly at: Millis; readonly answer: Promise<T> } | null = null;
  const renewed: Ask<T> = (signal) => {
    const asked = { at: clock.now(), answer: ask(signal) };
    kept = asked;
    asked.answer.catch(() => {
      if (kept === asked) kept = null;
    });
    return asked.answer;
  };
  return {
    renewed,
    within: (maxAgeMs, signal) =>
      kept !== null && Math.abs(clock.now() - kept.at) < maxAgeMs ? kept.answer : renewed(signal),
    forget: () => {
      kept = null;
    },
  };
};

/** The same for answers that hold as long as the session, one for each key. */
export const onceForEach = <K, T>(ask: (key: K, signal: AbortSignal) => Promise<T>) => {
  const known = new Map<K, Promise<T>>();
  return (key: K, signal: AbortSignal): Promise<T> => {
    const before = known.get(key);
    if (before !== undefined) return before;
    const asked = ask(key, signal);
    known.set(key, asked);
    asked.catch(() => known.delete(key));
    return asked;
  };
};
