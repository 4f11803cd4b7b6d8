/** Pseudo-random numbers that are the same for the same seed; not for secrets of anything real. */
export interface SeededRandom {
  /** A number from 0 (included) to 1 (excluded). */
  next(): number;
  /** A whole number from 0 (included) to `below` (excluded). */
  int(below: number): number;
  /** One of `items`; throws on an empty list. */
  pick<Item>(items: readonly Item[]): Item;
  /** True with the given probability, 0 to 1. */
  chance(probability: number): boolean;
  /** `length` lower-case hexadecimal digits. */
  hex(length: number): string;
  /** `length` characters of `alphabet`. */
  text(length: number, alphabet: string): string;
  /** Where the sequence stands, to be stored with the state. */
  position(): number;
  /** Goes on from a stored position. */
  moveTo(position: number): void;
}

/** A generator for `seed`; `stream` separates several sequences of one seed. */
export function seededRandom(seed: number, stream = ''): SeededRandom {
  let word = mix(`${seed}/${stream}`);
  // mulberry32: one 32-bit word of state, which makes it easy to store.
  const next = (): number => {
    word = (word + 0x6d2b79f5) >>> 0;
    let bits = word;
    bits = Math.imul(bits ^ (bits >>> 15), bits | 1);
    bits ^= bits + Math.imul(bits ^ (bits >>> 7), bits | 61);
    return ((bits ^ (bits >>> 14)) >>> 0) / 4_294_967_296;
  };
  const int = (below: number): number => Math.floor(next() * below);
  const text = (length: number, alphabet: string): string =>
    Array.from({ length }, () => alphabet.charAt(int(alphabet.length))).join('');
  return {
    next,
    int,
    text,
    pick(items) {
      const item = items[int(items.length)];
      if (item === undefined) throw new RangeError('Nothing to pick from');
      return item;
    },
    chance: (probability) => next() < probability,
    hex: (length) => text(length, '0123456789abcdef'),
    position: () => word,
    moveTo(position) {
      word = position >>> 0;
    },
  };
}

/** FNV-1a, so that neighbouring seeds and streams begin far apart. */
function mix(name: string): number {
  let hash = 2_166_136_261;
  for (const byte of Buffer.from(name)) hash = Math.imul(hash ^ byte, 16_777_619) >>> 0;
  return hash;
}
