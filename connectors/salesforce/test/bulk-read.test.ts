import type { Page, Row } from '@heed/contract';
import { describe, expect, test } from 'vitest';
import { callsTo, campaign, columns, endOf, make, never, open, readAll, request, rowsOf, useSandbox } from './kit.ts';

const sandbox = useSandbox();
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const MANY = 2_100;

const contacts = request({ types: ['Contact'] });

/** More than a page of a query has room for. */
const crowd = (fields: (index: number) => Readonly<Record<string, unknown>> = () => ({})): readonly string[] =>
  Array.from({ length: MANY }, (_, index) =>
    make(sandbox(), 'Contact', { Email: `p${index}@example.org`, ...fields(index) }),
  );

const idsOf = (rows: readonly Row[]): readonly string[] => [...new Set(rows.map(({ record }) => record.id))].sort();
const jobsMade = (): number => callsTo(sandbox()).filter((call) => call === 'POST /jobs/query').length;
const queriesAsked = (): number => callsTo(sandbox()).filter((call) => call.startsWith('GET /query')).length;

/** Reads `many` pages in a process of its own. */
const pagesOf = async (many: number, after: string | null): Promise<readonly Page[]> => {
  const pages: Page[] = [];
  for await (const page of open(sandbox()).session.read({ ...contacts, after }, never)) {
    pages.push(page);
    if (pages.length === many) break;
  }
  return pages;
};

describe('a beginning read of more rows than a page', () => {
  test('goes by one job: everybody, complete, in few calls, and the first page is empty and names the job', async () => {
    const ids = crowd();
    sandbox().switches({ bulkPageRows: 1000 });
    const pages = await readAll(open(sandbox()).session, contacts);
    expect(idsOf(rowsOf(pages))).toEqual([...ids].sort());
    // The second one is empty too: the job still ran, and whoever reads may do something else meanwhile (C21).
    expect(pages.map(({ rows }) => rows.length)).toEqual([0, 0, 1000, 1000, 100]);
    expect(pages.map(({ total }) => total)).toEqual([MANY, MANY, MANY, MANY, MANY]);
    expect(pages.at(-1)).toMatchObject({ last: true, complete: true });
    expect(pages[0]?.next).toMatch(/750\w{15}/);
    expect(callsTo(sandbox()).slice(2)).toEqual([
      'GET /queryAll',
      'POST /jobs/query',
      ...Array.from({ length: 2 }, () => expect.stringMatching(/^GET \/jobs\/query\/750\w+$/)),
      ...Array.from({ length: 3 }, () => expect.stringMatching(/^GET \/jobs\/query\/750\w+\/results$/)),
    ]);
  });

  test.each([
    ['zulu', 'as the guide has it'],
    ['offset', 'as queries have it'],
  ])('brings the very rows that a query brings: times %s', async (bulkDateTimes) => {
    sandbox().switches({ bulkDateTimes });
    sandbox().act('admin/add-field', { type: 'Contact', name: 'Score__c', fieldType: 'double' });
    sandbox().act('admin/add-field', { type: 'Contact', name: 'Visited__c', fieldType: 'datetime' });
    crowd((index) => ({
      FirstName: [null, ' leading', 'quoted "x", and\r\na line\nmore', '=1+1', "\\ ' %", '名前 😀', 'null', '#N/A'][
        index % 8
      ],
      Interests__c: index % 3 === 0 ? 'Products;Offers' : null,
      Score__c: [null, 0, -3, 2.5, 1e9][index % 5],
      Visited__c: index % 6 === 0 ? '2026-03-04T05:06:07.000Z' : null,
      Opt_Out_Date__c: index % 5 === 0 ? '2026-02-28' : null,
      Newsletter_Opt_In__c: index % 2 === 0,
      MailingStreet: index % 7 === 0 ? 'Line 1\nLine 2' : null,
      MailingCity: index % 7 === 0 ? 'Graz' : null,
      HasOptedOutOfEmail: index % 11 === 0,
      Heed_Id__c: index % 4 === 0 ? `ref-${index}` : null,
    }));
    const wanted = request({
      types: ['Contact'],
      reference: 'Heed_Id__c',
      fields: [
        'FirstName',
        'Interests__c',
        'Opt_Out_Date__c',
        'Newsletter_Opt_In__c',
        'MailingAddress',
        'Score__c',
        'Visited__c',
        'NoSuchField__c',
      ],
    });
    const byJob = rowsOf(await readAll(open(sandbox()).session, wanted));
    expect(jobsMade()).toBe(1);
    sandbox().faults([{ kind: 'server-error', route: 'POST /services/data/{v}/jobs/query', status: 500 }]);
    const byPages = rowsOf(await readAll(open(sandbox()).session, wanted));
    const sorted = (rows: readonly Row[]) => rows.toSorted((a, b) => (a.record.id < b.record.id ? -1 : 1));
    expect(byPages).toHaveLength(MANY);
    expect(new Set(byPages.map(({ values }) => values.Score__c))).toEqual(new Set([null, 0, -3, 2.5, 1e9]));
    expect(new Set(byPages.map(({ values }) => values.FirstName)).size).toBe(8);
    expect(sorted(byJob)).toEqual(sorted(byPages));
  });

  test('opted out, and in campaigns; a read of changes stays with pages', async () => {
    const spring = campaign(sandbox(), 'Spring');
    const ids = crowd(() => ({ HasOptedOutOfEmail: true }));
    for (const id of ids) sandbox().act('admin/add-member', { campaign: spring, id });
    const lists = [{ kind: 'campaign', id: spring }];
    const { session } = open(sandbox());
    const inList = rowsOf(await readAll(session, { ...contacts, lists }));
    expect(idsOf(inList)).toHaveLength(MANY);
    expect(inList.every((row) => row.lists?.join() === spring)).toBe(true);
    const optedOut = await readAll(session, { ...contacts, initially: 'opted-out' });
    expect(idsOf(rowsOf(optedOut))).toHaveLength(MANY);
    expect(jobsMade()).toBe(2);
    for (const id of ids) sandbox().act('admin/touch', { id });
    const changes = { ...contacts, initially: 'opted-out' as const, after: endOf(optedOut) };
    expect(idsOf(rowsOf(await readAll(session, changes)))).toHaveLength(MANY);
    expect(jobsMade()).toBe(2);
  });

  test('2,000 rows are no job', async () => {
    for (let index = 0; index < 2000; index += 1) make(sandbox(), 'Contact', { Email: `p${index}@example.org` });
    expect(rowsOf(await readAll(open(sandbox()).session, contacts))).toHaveLength(2000);
    expect(jobsMade()).toBe(0);
  });

  test('whoever changes while the job runs comes again with the next read', async () => {
    sandbox().switches({ bulkPartRows: 1000, bulkPageRows: 1000, bulkJobLooks: 4 });
    const ids = crowd();
    sandbox().clock.advance(HOUR_MS);
    const { session } = open(sandbox());
    const pages: Page[] = [];
    for await (const page of session.read(contacts, never)) {
      pages.push(page);
      sandbox().clock.advance(30_000);
      // Nobody can tell which part of the job saw it already.
      for (const at of [0, 700, 1500, 2099])
        sandbox().act('admin/edit', { id: ids[at], fields: { FirstName: `P${pages.length}` } });
    }
    sandbox().clock.advance(HOUR_MS);
    const next = rowsOf(await readAll(session, { ...contacts, after: endOf(pages), fields: [] }));
    expect(idsOf(next)).toEqual([0, 700, 1500, 2099].map((at) => ids[at]).sort());
    expect(endOf(pages)).toContain(String(Date.UTC(2026, 10, 21, 11) - 15 * 60_000));
  });
});

describe('a run that is killed', () => {
  test('after any page: the next process goes on with the same job behind the last durable page', async () => {
    const ids = crowd();
    sandbox().switches({ bulkPageRows: 500 });
    for (let many = 1; many <= 5; many += 1) {
      const jobs = jobsMade();
      const had = await pagesOf(many, null);
      const rest = await readAll(open(sandbox()).session, { ...contacts, after: had.at(-1)?.next ?? null });
      expect(idsOf(rowsOf([...had, ...rest]))).toEqual([...ids].sort());
      expect(rowsOf([...had, ...rest])).toHaveLength(MANY);
      expect(rest.at(-1)).toMatchObject({ last: true, complete: true, readAt: had[0]?.readAt });
      expect(jobsMade() - jobs).toBe(1);
    }
  });

  test('and comes back after the job is gone: another job, everybody again', async () => {
    const ids = crowd();
    sandbox().switches({ bulkPageRows: 500 });
    const had = await pagesOf(3, null);
    sandbox().clock.advance(8 * DAY_MS);
    const rest = await readAll(open(sandbox()).session, { ...contacts, after: had.at(-1)?.next ?? null });
    expect(idsOf(rowsOf(rest))).toEqual([...ids].sort());
    expect(jobsMade()).toBe(2);
  });

  test('and a field was granted meanwhile: what the job did not ask for is not taken for empty', async () => {
    crowd(() => ({ HasOptedOutOfEmail: true }));
    sandbox().switches({ bulkPageRows: 500 });
    sandbox().act('admin/hide-field', { type: 'Contact', field: 'HasOptedOutOfEmail' });
    const had = await pagesOf(3, null);
    expect(had.at(-1)?.rows[0]?.values).toEqual({});
    sandbox().act('admin/grant', { type: 'Contact', field: 'HasOptedOutOfEmail' });
    const rest = rowsOf(await readAll(open(sandbox()).session, { ...contacts, after: had.at(-1)?.next ?? null }));
    expect(rest).toHaveLength(MANY);
    expect(rest.every(({ values }) => values.HasOptedOutOfEmail === true)).toBe(true);
  });
});

const JOBS = 'POST /services/data/{v}/jobs/query';
const RESULTS = 'GET /services/data/{v}/jobs/query/{job}/results';

describe('a job that goes wrong loses nobody', () => {
  test.each([
    ['failed', [{ kind: 'bulk-job-failed', route: JOBS }], 1],
    ['aborted by somebody', [{ kind: 'bulk-job-aborted', route: JOBS }], 1],
    ['stuck', [{ kind: 'bulk-job-stuck', route: JOBS }], 1],
    ['seeing nobody', [{ kind: 'reads-empty', route: JOBS }], 1],
    ['never made: no permission', [{ kind: 'html', route: JOBS, status: 403 }], 1],
    ['never made: the vendor is busy', [{ kind: 'server-error', route: JOBS, status: 503 }], 5],
    ['with results that lack rows', [{ kind: 'bulk-results-missing', route: RESULTS }], 1],
    ['with results cut off', [{ kind: 'bulk-results-truncated', route: RESULTS }], 1],
    ['with results cut off once', [{ kind: 'bulk-results-truncated', route: RESULTS, count: 1 }], 1],
    ['whose locators end', [{ kind: 'bulk-locator-expired', route: RESULTS }], 1],
    ['whose results are HTML once', [{ kind: 'html', route: RESULTS, status: 200, count: 1 }], 1],
    ['whose results are HTML', [{ kind: 'html', route: RESULTS, status: 200 }], 1],
    ['whose results fail twice', [{ kind: 'server-error', route: RESULTS, status: 503, count: 2 }], 1],
    ['over a bad line', [{ kind: 'reset', route: RESULTS, count: 2 }], 1],
  ])('%s', async (_, faults, jobs) => {
    const ids = crowd();
    sandbox().switches({ bulkPageRows: 1000 });
    sandbox().faults(faults);
    const pages = await readAll(open(sandbox()).session, contacts);
    expect(idsOf(rowsOf(pages))).toEqual([...ids].sort());
    expect(pages.at(-1)).toMatchObject({ last: true, complete: true });
    expect(jobsMade()).toBe(jobs);
  });

  test('whose locator leads back: no loop, and no end without everybody', async () => {
    const ids = crowd();
    sandbox().switches({ bulkPageRows: 500 });
    const had = await pagesOf(3, null);
    const cursor = JSON.parse(had.at(-1)?.next ?? '');
    // As if pages had been counted that were others: the sum does not come out.
    const place = JSON.parse(cursor.from.id.slice(4));
    cursor.from.id = `job ${JSON.stringify({ ...place, rows: 0 })}`;
    const rest = await readAll(open(sandbox()).session, { ...contacts, after: JSON.stringify(cursor) });
    expect(idsOf(rowsOf(rest))).toEqual([...ids].sort());
  });

  test('told to stop while it waits, it stops, and the next run waits for the same job', async () => {
    crowd();
    sandbox().switches({ bulkJobLooks: -1, bulkJobMs: 60_000 });
    const stop = new AbortController();
    const { session } = open(sandbox());
    let after: string | null = null;
    const reading = (async () => {
      for await (const page of session.read(contacts, stop.signal)) {
        after = page.next;
        stop.abort();
      }
    })();
    await expect(reading).rejects.toMatchObject({ kind: 'unavailable' });
    sandbox().clock.advance(60_000);
    expect(rowsOf(await readAll(open(sandbox()).session, { ...contacts, after }))).toHaveLength(MANY);
    expect(jobsMade()).toBe(1);
  });
});

test('both types are read by jobs of their own, and a cursor in the second finds the second', async () => {
  crowd();
  for (let index = 0; index < MANY; index += 1) make(sandbox(), 'Lead', { Email: `l${index}@example.org` });
  sandbox().switches({ bulkPageRows: 1000 });
  const both = request(columns());
  const pages = await readAll(open(sandbox()).session, both);
  expect(rowsOf(pages)).toHaveLength(2 * MANY);
  expect(jobsMade()).toBe(2);
  const asked = queriesAsked();
  const inLeads = pages.findIndex((page) => page.rows[0]?.record.type === 'Lead');
  const rest = await readAll(open(sandbox()).session, { ...both, after: pages[inLeads]?.next ?? null });
  expect(rowsOf(rest)).toHaveLength(MANY - 1000);
  expect([jobsMade(), queriesAsked()]).toEqual([2, asked]);
});
