import type { Page, Row } from '@heed/contract';
import { describe, expect, it } from 'vitest';
import { offsetStream, type Stream, seededRandom } from '../src/index.ts';
import {
  allOf,
  clock,
  idsOf,
  lastOf,
  longAgo,
  people,
  reading,
  rowOf,
  SECOND,
  stampOf,
  unique,
  type Vendor,
} from './windowed-vendor.ts';

/** How a vendor orders rows of one stamp; asked anew for every answer. */
type TieOrder = () => (one: Row, other: Row) => number;

const byId = (one: Row, other: Row): number => (one.record.id < other.record.id ? -1 : 1);
const inOrders: Readonly<Record<string, (seed: number) => TieOrder>> = {
  'always the same': () => () => byId,
  'shuffled for every answer': (seed) => {
    const random = seededRandom(seed);
    return () => {
      const keys = new Map<string, number>();
      const keyOf = ({ record }: Row): number =>
        keys.get(record.id) ?? keys.set(record.id, random()).get(record.id) ?? 0;
      return (one, other) => keyOf(one) - keyOf(other);
    };
  },
  'of two copies that do not agree about a few': (seed) => {
    const random = seededRandom(seed);
    const odd = (row: Row): string => (/[37]$/.test(row.record.id) ? `z${row.record.id}` : row.record.id);
    return () => (random() < 0.5 ? byId : (one, other) => (odd(one) < odd(other) ? -1 : 1));
  },
};

/** A thousand were run once. */
const SEEDS = 12;

interface Paging {
  readonly pageRows: number;
  readonly inclusive?: boolean;
  readonly order?: TieOrder;
  /** How far the clocks are ahead of the vendor's stamps. */
  readonly aheadMs?: number;
}

const paging =
  ({ pageRows, inclusive = false, order = () => byId, aheadMs = 0 }: Paging) =>
  (vendor: Vendor): Stream =>
    offsetStream({
      name: 'members',
      pageRows,
      resolutionMs: SECOND,
      maxOffset: null,
      settledUntil: () => clock.now() + aheadMs - 5 * SECOND,
      async list({ since, before, offset, count }) {
        vendor.meanwhile();
        vendor.requests += 1;
        const ties = order();
        const hits = [...vendor.rows]
          .map(([id, at]) => rowOf(id, at))
          .filter((row) => since === null || stampOf(row) > since || (inclusive && stampOf(row) === since))
          .filter((row) => before === null || stampOf(row) < before || (inclusive && stampOf(row) === before))
          .sort((one, other) => stampOf(one) - stampOf(other) || ties(one, other));
        return { rows: hits.slice(offset, offset + count), total: hits.length };
      },
    });

describe('what pages cost', () => {
  it.each([
    { stamps: 1, inclusive: false, atMost: 12 },
    { stamps: 3, inclusive: false, atMost: 12 },
    { stamps: 3, inclusive: true, atMost: 12 },
    { stamps: 40, inclusive: false, atMost: 12 },
    // Hardly any ties: pages begin anew in time, and bring one row again.
    { stamps: 1000, inclusive: false, atMost: 12 },
  ])('1,000 rows of $stamps stamps, 100 a page: hardly more than 10 (inclusive: $inclusive)', async (one) => {
    const vendor = people(1000, (index) => longAgo + Math.floor((index * one.stamps) / 1000) * SECOND);
    const pages = await allOf(reading(vendor, paging({ pageRows: 100, inclusive: one.inclusive }))(null));
    expect(unique(idsOf(pages))).toHaveLength(1000);
    expect(vendor.requests).toBeLessThanOrEqual(one.atMost);
  });

  it('somebody who changes while a stamp is passed costs a page or two, not the whole stamp again', async () => {
    const vendor = people(1000, (index) => longAgo + Math.floor(index / 250) * SECOND);
    const ids = [...vendor.rows.keys()];
    vendor.meanwhile = () => {
      if (vendor.requests === 6) vendor.rows.set('p0003', clock.now());
    };
    const pages = await allOf(reading(vendor, paging({ pageRows: 100 }))(null));
    expect(unique(idsOf(pages))).toEqual(ids);
    expect(vendor.requests).toBeLessThanOrEqual(14);
  });

  it('is not spent on counting where ties come in another order each time', async () => {
    const order = inOrders['shuffled for every answer']?.(1);
    const vendor = people(1000, (index) => longAgo + Math.floor(index / 50) * SECOND);
    const pages = await allOf(reading(vendor, paging({ pageRows: 100, ...(order && { order }) }))(null));
    expect(unique(idsOf(pages))).toHaveLength(1000);
    // Each page of two stamps begins anew at its second one; three attempts to do better were in vain.
    expect(vendor.requests).toBeLessThanOrEqual(24);
  });

  it('deep offsets are left after a while', async () => {
    const vendor = people(4000, (index) => longAgo + Math.floor(index / 15) * SECOND);
    const offsets: number[] = [];
    const stream = paging({ pageRows: 20 })(vendor);
    await allOf(
      reading(vendor, () => ({
        ...stream,
        fetch: (from, signal) => {
          offsets.push(Number(from?.id?.split('.')[1] ?? 0));
          return stream.fetch(from, signal);
        },
      }))(null),
    );
    expect(Math.max(...offsets)).toBeGreaterThan(1500);
    expect(Math.max(...offsets)).toBeLessThanOrEqual(2000);
  });
});

/** In this second or the one before nobody can say yet that it is over. */
describe('many rows of a stamp that may still get more', () => {
  const lately = clock.now() - 2 * SECOND;
  const early = (count: number): readonly number[] => Array.from({ length: count }, () => longAgo);
  const asked = async (vendor: Vendor, how: Partial<Paging> = {}): Promise<number> => {
    const ids = unique(idsOf(await allOf(reading(vendor, paging({ pageRows: 100, ...how }))(null))));
    expect(ids.toSorted()).toEqual([...vendor.rows.keys()].toSorted());
    return vendor.requests;
  };

  it.each([true, false])('cost as many pages as they fill (inclusive: %s)', async (inclusive) => {
    expect(
      await asked(
        people(500, () => lately),
        { inclusive },
      ),
    ).toBe(5);
    const before = early(40);
    expect(
      await asked(
        people(540, (index) => before[index] ?? lately),
        { inclusive },
      ),
    ).toBe(6);
  });

  it('are read again where somebody leaves them, and what lies behind them then is read as well', async () => {
    for (const at of [lately + SECOND, clock.now() + SECOND]) {
      const vendor = people(500, () => lately);
      vendor.meanwhile = () => {
        if (vendor.requests === 1) vendor.rows.set('p0005', at);
      };
      expect(await asked(vendor)).toBeLessThanOrEqual(12);
    }
  });

  it('are not taken for the last where others lie behind them', async () => {
    const vendor = people(520, (index) => (index < 500 ? lately : clock.now() + 2 * SECOND));
    expect(await asked(vendor)).toBeLessThanOrEqual(9);
  });

  it('lose nobody in pages that begin a second before, whose rows the vendor may or may not bring', async () => {
    for (const inclusive of [true, false]) {
      const vendor = people(530, (index) => (index < 30 ? lately - SECOND : lately));
      expect(await asked(vendor, { inclusive })).toBeLessThanOrEqual(9);
    }
  });
});

/** Rows before a border leave, and as many appear there late: nothing has shifted, and nothing may be lost. */
it('loses nobody behind a border before which some left and others appeared', async () => {
  const vendor = people(300, (index) => longAgo + Math.floor(index / 100) * SECOND);
  vendor.meanwhile = () => {
    if (vendor.requests !== 3) return;
    for (const id of ['p0001', 'p0002']) vendor.rows.set(id, clock.now());
    for (const id of ['a late one', 'another']) vendor.rows.set(id, longAgo);
  };
  const ids = unique(idsOf(await allOf(reading(vendor, paging({ pageRows: 40 }))(null))));
  expect(ids).toEqual(expect.arrayContaining([...people(300, () => 0).rows.keys()]));
});

it('shows whoever changes before the page it stood on, and so leaves the part that is counted', async () => {
  const vendor = people(300, (index) => longAgo + Math.floor(index / 100) * SECOND);
  vendor.meanwhile = () => {
    if (vendor.requests === 3) vendor.rows.set('p0290', clock.now());
  };
  expect(unique(idsOf(await allOf(reading(vendor, paging({ pageRows: 40 }))(null))))).toEqual([...vendor.rows.keys()]);
});

it('sees that a stamp lacks somebody, though pages meet at the same rows in the same order', async () => {
  const vendor = people(300, (index) => longAgo + Math.floor(index / 150) * SECOND);
  // Of two rows that changed places between two answers, one is shown twice and one never.
  const swapped = (row: Row): string => ({ p0010: 'p0090', p0090: 'p0010' })[row.record.id] ?? row.record.id;
  let answers = 0;
  const order: TieOrder = () => {
    answers += 1;
    return answers === 1 ? byId : (one, other) => (swapped(one) < swapped(other) ? -1 : 1);
  };
  const ids = unique(idsOf(await allOf(reading(vendor, paging({ pageRows: 60, order }))(null))));
  expect(ids).toEqual([...vendor.rows.keys()]);
});

/** Who is not shown by a read during which people change, and come back at its end. */
const lostIn = async (seed: number, how: Omit<Paging, 'pageRows'>, newest?: number): Promise<readonly string[]> => {
  const random = seededRandom(seed);
  const perStamp = 5 + Math.floor(random() * 60);
  const stamps = Math.floor(239 / perStamp);
  const first = newest === undefined ? longAgo : newest - stamps * SECOND;
  const vendor = people(240, (index) => first + Math.floor(index / perStamp) * SECOND);
  const ids = [...vendor.rows.keys()];
  let changes = 0;
  vendor.meanwhile = () => {
    if (vendor.requests > 2_000) throw new Error('the read has no end');
    if (random() < 0.5 || changes >= 12) return;
    changes += 1;
    for (let some = Math.ceil(random() * 4); some > 0; some -= 1)
      vendor.rows.set(ids[Math.floor(random() * ids.length)] ?? '', clock.now() + changes * SECOND);
  };
  const pages = await allOf(reading(vendor, paging({ pageRows: 8 + Math.floor(random() * 40), ...how }))(null));
  const shown = new Set(idsOf(pages));
  return ids.filter((id) => !shown.has(id));
};
const seeds = Array.from({ length: SEEDS }, (_, index) => index + 1);

it.each(seeds)(
  'loses nobody while people change, though both clocks are an hour ahead of the stamps (seed %i)',
  async (seed) => {
    expect(await lostIn(seed, { aheadMs: 3_600_000 })).toEqual([]);
  },
);

describe.each(Object.entries(inOrders))('ties in an order that is %s', (_, orderOf) => {
  it.each(seeds)('lose nobody while people change and come back to the end (seed %i)', async (seed) => {
    expect(await lostIn(seed, { order: orderOf(seed) })).toEqual([]);
    expect(await lostIn(seed, { order: orderOf(seed), inclusive: true })).toEqual([]);
    for (const inclusive of [true, false])
      expect(await lostIn(seed, { order: orderOf(seed), inclusive }, clock.now() - SECOND)).toEqual([]);
  });

  it('end, and lose nobody, when the process is killed after every second page', async () => {
    const order = orderOf(7);
    const vendor = people(300, (index) => longAgo + Math.floor(index / 60) * SECOND);
    const pages: Page[] = [];
    for (
      let after: string | null = null;
      pages.length < 200 && pages.at(-1)?.last !== true;
      after = lastOf(pages).next
    ) {
      const born = pages.length;
      for await (const page of reading(vendor, paging({ pageRows: 40, order }))(after)) {
        pages.push(page);
        if (pages.length === born + 2) break;
      }
    }
    expect(lastOf(pages)).toMatchObject({ last: true, complete: true });
  });
});
