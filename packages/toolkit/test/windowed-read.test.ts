import type { Page } from '@heed/contract';
import { describe, expect, it } from 'vitest';
import { offsetStream, type Stream, seededRandom } from '../src/index.ts';
import {
  allOf,
  byOffset,
  clock,
  errorOf,
  idsOf,
  keyset,
  kinds,
  lastOf,
  longAgo,
  people,
  reading,
  rowOf,
  SECOND,
  stampOf,
  unique,
  type Vendor,
  vendorOf,
} from './windowed-vendor.ts';

describe.each(kinds)('a read %s', (_, stream) => {
  it('brings everything once, and says that it is complete', async () => {
    const vendor = people(50, (index) => longAgo + index * 3 * SECOND);
    const pages = await allOf(reading(vendor, stream)(null));
    expect(idsOf(pages)).toEqual([...vendor.rows.keys()]);
    expect(pages.map((page) => page.last)).toEqual([...Array(pages.length - 1).fill(false), true]);
    expect(lastOf(pages)).toMatchObject({ complete: true, readAt: clock.now(), total: 50 });
  });

  it('costs one request when nothing changed, and is not complete', async () => {
    const vendor = people(50, (index) => longAgo + index * SECOND);
    const first = lastOf(await allOf(reading(vendor, stream)(null)));
    const before = vendor.requests;
    const pages = await allOf(reading(vendor, stream)(first.next));
    expect(vendor.requests - before).toBe(1);
    expect(pages).toMatchObject([{ rows: [], last: true, complete: false }]);
  });

  it('loses nobody in pages of equal stamps', async () => {
    for (const count of [6, 7, 8, 21, 22, 40]) {
      const vendor = people(count, (index) => longAgo + (index < 3 ? 0 : 5) * SECOND);
      vendor.rows
        .set('before', longAgo - SECOND)
        .set('after', longAgo + 6 * SECOND)
        .set('later', longAgo + 60 * SECOND);
      expect(unique(idsOf(await allOf(reading(vendor, stream)(null))))).toEqual(unique([...vendor.rows.keys()]));
    }
  });

  it('loses nobody when resumed from any page by another process', async () => {
    const vendor = people(60, (index) => longAgo + Math.floor(index / 13) * SECOND);
    const pages = await allOf(reading(vendor, stream)(null));
    for (const [index, page] of pages.slice(0, -1).entries()) {
      const rest = await allOf(reading(vendor, stream)(page.next));
      expect(unique(idsOf([...pages.slice(0, index + 1), ...rest]))).toEqual([...vendor.rows.keys()]);
      expect(lastOf(rest)).toMatchObject({ complete: true, readAt: lastOf(pages).readAt });
    }
  });

  it('loses nobody while people change during the read', async () => {
    for (let seed = 1; seed <= 40; seed += 1) {
      const random = seededRandom(seed);
      const vendor = people(60, (index) => longAgo + Math.floor(index / 10) * SECOND);
      const ids = [...vendor.rows.keys()];
      let changes = 0;
      vendor.meanwhile = () => {
        if (random() < 0.5 || changes >= 20) return;
        changes += 1;
        vendor.rows.set(ids[Math.floor(random() * ids.length)] ?? '', clock.now() + changes * SECOND);
      };
      const pages = await allOf(reading(vendor, stream)(null));
      expect(unique(idsOf(pages))).toEqual(ids);
      vendor.meanwhile = () => {};
      const latest = new Map(
        [...pages, ...(await allOf(reading(vendor, stream)(lastOf(pages).next)))].flatMap((page) =>
          page.rows.map((row) => [row.record.id, stampOf(row)]),
        ),
      );
      expect(Object.fromEntries(latest)).toEqual(Object.fromEntries(vendor.rows));
    }
  });
});

describe('the watermark', () => {
  const stream = (vendor: Vendor) => keyset(vendor, 7);

  it('brings a commit that becomes visible late, with an old stamp', async () => {
    const vendor = people(20, (index) => longAgo + index * SECOND);
    vendor.rows.set('newest', clock.now() - SECOND);
    const first = lastOf(await allOf(reading(vendor, stream)(null)));
    vendor.rows.set('late', clock.now() - 120 * SECOND);
    expect(idsOf(await allOf(reading(vendor, stream)(first.next)))).toEqual(['late', 'newest']);
  });

  it('is the time the read began, though newer stamps were seen', async () => {
    const vendor = people(20, (index) => longAgo + index * SECOND);
    vendor.rows.set('future', clock.now() + 86_400 * SECOND);
    const first = lastOf(await allOf(reading(vendor, stream)(null)));
    vendor.rows.set('now', clock.now());
    expect(idsOf(await allOf(reading(vendor, stream)(first.next)))).toEqual(['now', 'future']);
  });

  it.each([-3_600_000, 3_600_000])('goes by the clock of the vendor, which is %i ms ahead', async (aheadMs) => {
    const vendor = people(20, (index) => longAgo + index * SECOND);
    vendor.aheadMs = aheadMs;
    const first = lastOf(await allOf(reading(vendor, stream)(null)));
    expect(first.readAt).toBe(clock.now() + aheadMs);
    vendor.rows.set('now', clock.now() + aheadMs);
    expect(idsOf(await allOf(reading(vendor, stream)(first.next)))).toEqual(['now']);
  });

  /** What a second read brings, a minute and `meanwhile` after the first. */
  const readAgain = async (vendor: Vendor, meanwhile: () => void): Promise<readonly string[]> => {
    const first = lastOf(await allOf(reading(vendor, stream)(null)));
    await clock.advance(60 * SECOND);
    meanwhile();
    return idsOf(await allOf(reading(vendor, stream)(first.next)));
  };

  it.each([1, 23])('loses nothing to Date headers that are %i h ahead of the stamps', async (hours) => {
    const vendor = people(20, (index) => longAgo + index * SECOND);
    vendor.aheadMs = hours * 3_600_000;
    expect(await readAgain(vendor, () => vendor.rows.set('opted out', clock.now()))).toEqual(['opted out']);
  });

  it('sees what changed while the clock of the vendor was set back by an hour', async () => {
    const vendor = people(20, (index) => longAgo + index * SECOND);
    const setBack = (): void => {
      vendor.aheadMs = -3_600_000;
      vendor.rows.set('opted out', clock.now() + vendor.aheadMs);
    };
    expect(await readAgain(vendor, setBack)).toEqual(['opted out']);
  });

  it('does not read everything again and again because our own clock was never set', async () => {
    const vendor = people(20, () => clock.now() + 365 * 86_400 * SECOND);
    vendor.aheadMs = 366 * 86_400 * SECOND;
    expect(await readAgain(vendor, () => {})).toEqual([]);
  });

  it('lets a read of changes end where it has passed its own beginning, and the next one brings the rest', async () => {
    const vendor = people(7, () => longAgo);
    const first = lastOf(await allOf(reading(vendor, stream)(null)));
    let made = 0;
    vendor.meanwhile = () => {
      made += 1;
      for (let index = 0; index < 10; index += 1)
        vendor.rows.set(`busy ${made} ${index}`, clock.now() + made * 10 * SECOND);
    };
    const second = await allOf(reading(vendor, stream)(first.next));
    expect(second.length).toBeLessThan(5);
    vendor.meanwhile = () => {};
    await clock.advance(made * 10 * SECOND);
    const third = await allOf(reading(vendor, stream)(lastOf(second).next));
    const busy = [...vendor.rows.keys()].filter((id) => id.startsWith('busy'));
    expect(unique(idsOf([...second, ...third]))).toEqual(unique(busy));
  });
});

describe('a stamp of many rows, paged by offset', () => {
  it.each([true, false])('loses nobody when rows already read leave it (borders inclusive: %s)', async (inclusive) => {
    const vendor = people(40, () => longAgo);
    const ids = [...vendor.rows.keys()];
    vendor.meanwhile = () => {
      if (vendor.requests !== 4) return;
      for (const id of ids.slice(0, 5)) vendor.rows.set(id, clock.now());
    };
    expect(unique(idsOf(await allOf(reading(vendor, (one) => byOffset(one, 7, inclusive))(null))))).toEqual(ids);
  });
});

describe('a read whose process is killed after every page', () => {
  it.each(kinds)('%s ends, and loses nobody', async (name, stream) => {
    const vendor = people(60, (index) => longAgo + Math.floor(index / 30) * SECOND);
    const pages: Page[] = [];
    for (
      let after: string | null = null;
      pages.length < 100 && pages.at(-1)?.last !== true;
      after = lastOf(pages).next
    ) {
      for await (const page of reading(vendor, stream)(after)) {
        pages.push(page);
        break;
      }
    }
    expect(lastOf(pages)).toMatchObject({ last: true, complete: true });
    // Nobody can promise that where ties come in another order with each request.
    if (!name.endsWith('any order')) expect(unique(idsOf(pages))).toEqual([...vendor.rows.keys()]);
  });
});

describe('several streams', () => {
  const two = (a: Vendor, b: Vendor) => (): readonly Stream[] => [keyset(a, 4, 'Contact'), keyset(b, 4, 'Lead')];

  it('are read one after the other; the total is known in the last one', async () => {
    const [a, b] = [people(6, (index) => longAgo + index), people(5, (index) => longAgo + index)];
    const pages = await allOf(reading(a, two(a, b))(null));
    expect(idsOf(pages)).toEqual([...a.rows.keys(), ...b.rows.keys()]);
    expect(pages.map((page) => page.total)).toEqual([null, null, 11, 11]);
  });

  it('resume in the right one', async () => {
    const [a, b] = [people(6, (index) => longAgo + index), people(5, (index) => longAgo + index)];
    const pages = await allOf(reading(a, two(a, b))(null));
    const rest = await allOf(reading(a, two(a, b))(pages[1]?.next ?? null));
    expect(idsOf(rest)).toEqual([...b.rows.keys()]);
    expect(lastOf(rest)).toMatchObject({ total: 11, complete: true });
  });

  it('cost one request each when nothing changed', async () => {
    const [a, b] = [people(6, () => longAgo), people(5, () => longAgo)];
    const end = lastOf(await allOf(reading(a, two(a, b))(null))).next;
    const before = a.requests + b.requests;
    expect(await allOf(reading(a, two(a, b))(end))).toHaveLength(1);
    expect(a.requests + b.requests - before).toBe(2);
  });
});

describe('a cursor', () => {
  const vendor = people(20, (index) => longAgo + index);
  const read = reading(vendor, (one) => keyset(one, 7));

  it('of another connector is a mistake of the configuration', async () => {
    const { next } = lastOf(await allOf(read(null)));
    expect((await errorOf(read(next.replace('"demo"', '"other"')))).kind).toBe('config');
  });

  it.each([
    ['no JSON', () => '{'],
    ['not ours', () => '{"offset":3}'],
    ['of another version', (next: string) => next.replace('"v":1', '"v":9')],
    ['without its time', (next: string) => next.replace(/"since":\d+/, '"since":"x"')],
  ])('that is %s begins again', async (_, spoil) => {
    const { next } = lastOf(await allOf(read(null)));
    expect((await errorOf(read(spoil(next)))).kind).toBe('stale');
  });

  it.each([
    ['fields', { fields: ['FNAME'] }],
    ['lists', { lists: [{ kind: 'campaign', id: '1' }] }],
    ['beginning', { initially: 'opted-out' }],
  ] as const)('of other %s begins again', async (_, more) => {
    const { next } = lastOf(await allOf(read(null)));
    expect((await errorOf(read(next, more))).kind).toBe('stale');
  });

  it('that rested longer than the vendor keeps changes begins again', async () => {
    const { next } = lastOf(await allOf(read(null)));
    const since = (JSON.parse(next) as { since: number }).since;
    const old = next.replace(String(since), String(since - 31 * 86_400 * SECOND));
    expect((await errorOf(read(old))).kind).toBe('stale');
  });

  it('of a read of changes never passes for a complete read', async () => {
    const middle = (await allOf(read(null)))[0]?.next ?? '';
    const forged = middle.replace('"since":null', `"since":${longAgo}`);
    expect((await errorOf(read(forged))).kind).toBe('stale');
  });
});

describe('a vendor that misbehaves', () => {
  it('is a protocol error when it does not move on', async () => {
    const stuck: Stream = {
      name: 'stuck',
      fetch: async (from) => ({ rows: [], next: from ?? { at: 1, id: 'x' }, total: null }),
    };
    expect((await errorOf(reading(vendorOf(), () => stuck)(null))).kind).toBe('protocol');
  });

  it('is a protocol error when rows are not in the order of time', async () => {
    const stream = offsetStream({
      name: 'members',
      pageRows: 2,
      resolutionMs: SECOND,
      maxOffset: null,
      settledUntil: () => clock.now(),
      list: async () => ({ rows: [rowOf('a', 5000), rowOf('b', 4000)], total: 9 }),
    });
    expect((await errorOf(reading(vendorOf(), () => stream)(null))).kind).toBe('protocol');
  });

  it('is an error that says so when one stamp has more rows than can be paged through', async () => {
    const vendor = people(7000, () => longAgo);
    expect(await errorOf(reading(vendor, (one) => byOffset(one, 1000, true))(null))).toMatchObject({
      kind: 'protocol',
      message: expect.stringContaining('5000'),
    });
  });
});
