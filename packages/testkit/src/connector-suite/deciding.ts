import type { Deciding } from '@heed/contract';
import { expect } from 'vitest';
import { addOne, addresses, type Bench, SIGNAL } from './bench.ts';
import type { Check } from './check.ts';

const ANN = 'ann.secretive@example.org';
const BOB = 'bob.secretive@example.org';

/** What it answers, after making sure that asking changed nothing and told nobody's address in a sentence. */
const asked = async (bench: Bench, email: string): Promise<readonly Deciding[]> => {
  const before = await bench.people.seen();
  const { session } = bench.open();
  const all = await session.deciding(email, SIGNAL);
  expect(await bench.people.seen()).toEqual(before);
  for (const { name, why } of all) {
    expect(name).not.toBe('');
    expect(why, name).not.toBe('');
    expect(`${name}: ${why}`.toLowerCase()).not.toContain('secretive');
  }
  return all;
};

const blocking = (all: readonly Deciding[]): readonly Deciding[] => all.filter(({ blocks }) => blocks === true);
const named = (all: readonly Deciding[]): readonly string[] => all.map(({ name }) => name);

export const decidingChecks: readonly Check[] = [
  {
    name: 'deciding: whoever opted out has a property that blocks, on the record or on the address itself',
    async run(bench) {
      const [made, later] = [await addOne(bench, ANN, true), await addOne(bench, BOB)];
      await bench.people.optOut(later);
      for (const [email, record] of [
        [ANN, made],
        [BOB, later],
      ] as const) {
        const found = blocking(await asked(bench, email));
        expect(found.length, email).toBeGreaterThan(0);
        for (const { record: about, since } of found) {
          if (about !== null) expect(about).toEqual(record);
          if (since !== null) expect(since).toBeLessThanOrEqual(bench.vendor.clock.now());
        }
      }
    },
  },
  {
    name: 'deciding: whoever can be mailed has properties, of which none blocks; spelling does not matter',
    async run(bench) {
      const record = await addOne(bench, ANN);
      await bench.people.admit?.(record);
      await addOne(bench, BOB, true);
      for (const spelling of [ANN, ANN.toUpperCase()]) {
        const all = await asked(bench, spelling);
        expect(all.some(({ record: about }) => about?.id === record.id)).toBe(true);
        expect(named(blocking(all))).toEqual([]);
      }
    },
  },
  {
    name: 'deciding: an address that nobody knows has no property that blocks, and stays unknown',
    async run(bench) {
      await addOne(bench, ANN, true);
      expect(named(blocking(await asked(bench, addresses(1)[0] ?? '')))).toEqual([]);
    },
  },
];
