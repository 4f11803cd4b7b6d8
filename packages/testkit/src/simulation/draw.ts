import { seededRandom } from '@heed/toolkit';

/** Everything random in a simulation comes from here, so that a seed replays exactly. */
export interface Draw {
  /** In [0, 1). */
  readonly fraction: () => number;
  /** A whole number from 0 (included) to `below` (excluded). */
  int(below: number): number;
  chance(probability: number): boolean;
  /** One of a list that is not empty. */
  one<Item>(items: readonly Item[]): Item;
}

/** `stream` separates several sequences of one seed: a shorter schedule does not change the vendors' quirks. */
export const drawFrom = (seed: number, stream: number): Draw => {
  const fraction = seededRandom((Math.imul(seed + 1, 2_654_435_761) ^ Math.imul(stream + 1, 40_503)) >>> 0);
  // The first numbers of neighbouring seeds resemble each other.
  for (let skipped = 0; skipped < 3; skipped += 1) fraction();
  const int = (below: number): number => Math.floor(fraction() * below);
  return {
    fraction,
    int,
    chance: (probability) => fraction() < probability,
    one(items) {
      const item = items[int(items.length)];
      if (item === undefined) throw new RangeError('nothing to draw from');
      return item;
    },
  };
};
