import type { Clock, Millis } from '@heed/contract';

export interface VendorClock {
  /** Takes the `Date` header of an answer that just came. What is no date is ignored. */
  learn(date: string | null | undefined): void;
  /** Never ahead of the vendor's clock by more than our own drift: headers have whole seconds, rounded down. */
  now(): Millis;
}

/** The vendor's clock as its answers show it; our own before the first answer. */
export const vendorClock = (clock: Clock): VendorClock => {
  let aheadMs = 0;
  return {
    learn(date) {
      const at = date ? Date.parse(date) : Number.NaN;
      if (!Number.isNaN(at)) aheadMs = at - clock.now();
    },
    now: () => clock.now() + aheadMs,
  };
};
