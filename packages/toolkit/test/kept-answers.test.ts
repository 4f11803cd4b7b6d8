import { bookOf, fakeClock, onceForEach } from '@heed/toolkit';
import { describe, expect, it } from 'vitest';

const { signal } = new AbortController();

describe('a book', () => {
  const clock = fakeClock();
  let asked = 0;
  const book = bookOf(async () => {
    asked += 1;
    return asked;
  }, clock);

  it('is asked again when its answer has grown old, was wrong, or shall be new', async () => {
    const both = await Promise.all([book.within(1_000, signal), book.within(1_000, signal)]);
    await clock.advance(999);
    expect([...both, await book.within(1_000, signal)]).toEqual([1, 1, 1]);
    await clock.advance(1);
    expect([await book.within(1_000, signal), await book.renewed(signal)]).toEqual([2, 3]);
    book.forget();
    expect(await book.within(Number.POSITIVE_INFINITY, signal)).toBe(4);
    await clock.advance(1_000_000);
    expect(await book.within(Number.POSITIVE_INFINITY, signal)).toBe(4);
  });
});

it('an answer for each key is asked for once, and a failure is not kept', async () => {
  const asked: string[] = [];
  const shapeOf = onceForEach(async (key: string) => {
    asked.push(key);
    if (asked.length === 1) throw new Error('down');
    return key.toUpperCase();
  });
  await expect(shapeOf('a', signal)).rejects.toThrow('down');
  expect([await shapeOf('a', signal), await shapeOf('a', signal), await shapeOf('b', signal)]).toEqual(['A', 'A', 'B']);
  expect(asked).toEqual(['a', 'a', 'b']);
});
