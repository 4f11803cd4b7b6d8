import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AddressKey } from '../../src/identity/address.ts';
import { BATCH } from '../../src/sync/engine.ts';
import { fullCalls } from '../../src/sync/full-calls.ts';

const PER_CALL = 500;
const people = (count: number) => Array.from({ length: count }, (_, index) => `p${index}@example.org` as AddressKey);

/** Walks through so many people, of whom a part is new; answers creates sent with each batch, and those left for the end. */
const walk = (due: number, part: number, perCall?: number) => {
  const calls = fullCalls(perCall);
  const sent: number[] = [];
  const sizes: number[] = [];
  let left = 0;
  for (let done = 0; done < due; ) {
    const size = Math.min(calls.size(), due - done);
    const creating = people(Math.round(size * part));
    const waiting = calls.waiting(creating, size);
    expect([...waiting]).toEqual(creating.slice(creating.length - waiting.size));
    sizes.push(size);
    sent.push(creating.length - waiting.size);
    left += waiting.size;
    done += size;
  }
  return { sent, sizes, left };
};

describe('creates of a long run', () => {
  it('go in full calls until its end, and no batch grows much', () => {
    fc.assert(
      fc.property(fc.integer({ min: BATCH, max: 60_000 }), fc.double({ min: 0, max: 1, noNaN: true }), (due, part) => {
        const { sent, sizes, left } = walk(due, part, PER_CALL);
        const late = left > 0 ? sent : sent.slice(0, -1);
        expect(late.filter((creates) => creates % PER_CALL !== 0)).toEqual([]);
        expect(Math.max(...sizes)).toBeLessThanOrEqual(1.1 * BATCH);
      }),
      { seed: 1 },
    );
  });

  it('hardly any wait, where almost everybody is new', () => {
    const { sent, left } = walk(100_000, 0.98, PER_CALL);
    const creates = sent.reduce((all, one) => all + one, 0);
    expect(creates % PER_CALL).toBe(0);
    expect(creates + left).toBeGreaterThan(97_990);
    expect(left).toBeLessThan(2_500);
  });

  it('that are few, or of a system that counts them one by one, wait for nobody', () => {
    expect(walk(300, 0.5, PER_CALL).left).toBe(0);
    expect(walk(10_000, 0.98).left).toBe(0);
    expect(walk(10_000, 0.98).sizes).toEqual([BATCH, BATCH, 2_000]);
  });
});
