import { byHalves, distinctChunks, firstOfEach, inTurns } from '@heed/toolkit';
import { describe, expect, it } from 'vitest';

const letter = (item: string): string => item.slice(0, 1);

describe('in turns', () => {
  it('those of one key wait for each other, others do not', async () => {
    const begun: string[] = [];
    let release = (): void => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    const all = inTurns(['a1', 'a2', 'b1'], letter, 8, async (item) => {
      begun.push(item);
      if (item === 'a1') await held;
      return item.toUpperCase();
    });
    await Promise.resolve();
    expect(begun).toEqual(['a1', 'b1']);
    release();
    expect(await all).toEqual(['A1', 'A2', 'B1']);
  });
});

describe('the first of each key', () => {
  it('leaves the others in their order', () => {
    expect(firstOfEach(['a1', 'b1', 'a2', 'b2', 'a3'], (item) => [letter(item)])).toEqual({
      first: ['a1', 'b1'],
      others: ['a2', 'b2', 'a3'],
    });
  });

  it('is none that shares any of its keys with an earlier one, not even with the second key of it', () => {
    expect(firstOfEach(['xy', 'yz', 'zx', 'w'], (item) => item.split(''))).toEqual({
      first: ['xy', 'w'],
      others: ['yz', 'zx'],
    });
  });
});

describe('distinct pieces', () => {
  it('have no key twice, are no larger than told, and no more than it takes', () => {
    expect(distinctChunks(['a1', 'a2', 'b1', 'c1', 'a3'], 2, letter)).toEqual([['a1', 'b1'], ['a2', 'c1'], ['a3']]);
  });

  it('take what has no key wherever there is room', () => {
    expect(distinctChunks(['1', '2', '3'], 2, () => undefined)).toEqual([['1', '2'], ['3']]);
  });
});

describe('by halves', () => {
  const calls: string[] = [];
  const send = async (items: readonly string[]): Promise<readonly string[]> => {
    calls.push(items.join(''));
    if (items.includes('!')) throw new Error('one of them is wrong');
    if (items.includes('?')) throw new Error('down');
    return items.map((item) => `${item} sent`);
  };
  const isAboutOne = (error: unknown): boolean => error instanceof Error && error.message.startsWith('one');
  const sent = (text: string) => byHalves(text.split(''), send, isAboutOne, (item) => `${item} failed`);

  it('finds whose mistake it is, in order, and the others are sent', async () => {
    calls.length = 0;
    expect(await sent('ab!d')).toEqual(['a sent', 'b sent', '! failed', 'd sent']);
    expect(calls).toEqual(['ab!d', 'ab', '!d', '!', 'd']);
  });

  it('sends nothing again after another failure', async () => {
    calls.length = 0;
    expect(await sent('ab?')).toEqual(['a failed', 'b failed', '? failed']);
    expect(calls).toHaveLength(1);
  });
});
