// What no stand-in does: jobs whose answers contradict each other.
import { describe, expect, test } from 'vitest';
import type { Api } from '../src/api.ts';
import type { BulkApi, JobState, ResultPage } from '../src/bulk-api.ts';
import { bulkRead } from '../src/bulk-read.ts';
import { jobPlaceIn } from '../src/job-place.ts';
import { never } from './kit.ts';

const JOB = '750000000000001AAA';
const done = (processed: number | null): JobState => ({
  state: 'JobComplete',
  processed,
  failed: 0,
  createdAt: null,
  error: '',
});
const page = (rows: number, locator: string | null): ResultPage => ({
  table: { header: ['Id'], rows: Array.from({ length: rows }, (_, index) => [`003${index}`]) },
  locator,
});

/** Reads a job of `expected` rows to its end; answers how many rows came, and whether pages have to do it again. */
const readJob = async (expected: number, state: JobState, results: (locator: string | null) => ResultPage) => {
  let asked = 0;
  const bulk: Partial<BulkApi> = {
    state: async () => state,
    results: async (_, locator) => {
      asked += 1;
      if (asked > 100) throw new Error('a loop');
      return results(locator);
    },
    openQuery: async () => JOB,
    abort: async () => {},
  };
  const read = bulkRead({
    api: { bulk } as unknown as Api,
    tools: { clock: { now: () => 0, sleep: async () => {} } },
    build: async () => ({ columns: ['Id'], object: 'Contact', conditions: [] }),
    shape: async () => ({ name: 'Contact', label: 'Contact', createable: true, fields: new Map() }),
  });
  let rows = 0;
  for (let next = await read.begin(expected, never); next !== null; ) {
    const place = jobPlaceIn(next);
    if (place === null) throw new Error('no place');
    const found = await read.page(place, never);
    if (found === null) return { rows, anew: true };
    rows += found.records.length;
    next = found.next;
  }
  return { rows, anew: false };
};

describe('a job', () => {
  test('whose pages add up is read to its end', async () => {
    const pages = (locator: string | null) => (locator === null ? page(5, 'b') : page(5, null));
    expect(await readJob(10, done(10), pages)).toEqual({ rows: 10, anew: false });
    // Some came or went between the count and the job.
    expect(await readJob(10_000, done(9_990), () => page(9_990, null))).toEqual({ rows: 9_990, anew: false });
    expect(await readJob(10, done(12), () => page(12, null))).toEqual({ rows: 12, anew: false });
  });

  test.each<[string, JobState, (locator: string | null) => ResultPage]>([
    ['whose pages lead in a circle', done(10), (locator) => page(5, locator === 'b' ? 'c' : 'b')],
    ['whose pages are empty and go on', done(10), (locator) => page(0, `${locator}x`)],
    ['whose last page comes too early', done(10), () => page(5, null)],
    ['that does not say how many rows it has', done(null), () => page(10, null)],
    ['that has far fewer rows than were counted', done(8), () => page(8, null)],
  ])('%s is read anew by pages', async (_, state, results) => {
    expect(await readJob(10, state, results)).toMatchObject({ anew: true });
  });
});
