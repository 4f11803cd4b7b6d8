/** A source of time: milliseconds since the Unix epoch. */
export interface TimeSource {
  now(): number;
}

/** The sandbox's own time: the given source plus an offset that only ever grows, so a test can live through weeks. */
export interface VirtualClock extends TimeSource {
  /** Moves the clock forward by `byMs` (0 or more) and answers the new time; refuses to go back. */
  advance(byMs: number): number;
  /** How far the clock is ahead of its source, in milliseconds. */
  readonly offsetMs: number;
  /** Back to the source's own time, or to a stored offset; right again. */
  setOffset(offsetMs: number): void;
  /**
   * From now on the clock, and so each stamp and Date header of the vendor, is wrong by that much, in either direction;
   * 0 puts it right. Not stored.
   */
  setWrong(byMs: number): void;
}

/** A virtual clock over `source` (the machine's clock when none is given). */
export function virtualClock(source: TimeSource = { now: () => Date.now() }): VirtualClock {
  let offset = 0;
  let wrong = 0;
  const now = (): number => source.now() + offset + wrong;
  return {
    now,
    advance(byMs) {
      if (!Number.isFinite(byMs) || byMs < 0)
        throw new RangeError('A clock only moves forward: advanceMs must be 0 or more');
      offset += byMs;
      return now();
    },
    get offsetMs() {
      return offset;
    },
    setOffset(offsetMs) {
      offset = offsetMs;
      wrong = 0;
    },
    setWrong(byMs) {
      if (!Number.isFinite(byMs)) throw new RangeError('wrongMs is a number of milliseconds');
      wrong = byMs;
    },
  };
}
