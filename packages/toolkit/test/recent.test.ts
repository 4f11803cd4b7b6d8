import { describe, expect, it } from 'vitest';
import { recent } from '../src/recent.ts';

describe('recent', () => {
  it('knows a key again until so many others came, and forgets the oldest first', () => {
    const seen = recent(3);
    const news = ['a', 'b', 'c', 'a', 'd', 'b', 'a', 'c', 'd'].map((key) => seen.isNew(key));
    expect(news).toEqual([true, true, true, false, true, false, true, false, false]);
  });

  it('goes on so for far more keys than it remembers', () => {
    const seen = recent(100);
    for (let n = 0; n < 10_000; n += 1) {
      expect(seen.isNew(`${n}`)).toBe(true);
      expect(seen.isNew(`${Math.max(0, n - 99)}`)).toBe(false);
    }
    expect(seen.isNew('9899')).toBe(true);
  });
});
