import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ended, ingest, queryJob, queryRows, resultsOf } from './bulk-client.ts';
import { type Answer, type Client, open } from './client.ts';

const day = 86_400_000;

describe('checklist 9: the life of bulk jobs', () => {
  let client: Client;
  beforeEach(async () => {
    client = await open();
  });
  afterEach(() => client.org.close());

  const state = async (kind: string, id: string) => (await client.call('GET', `/jobs/${kind}/${id}`)).body.state;
  const insert = (rows: number) =>
    ingest(client, { operation: 'insert' }, `LastName\n${Array.from({ length: rows }, (_, i) => `N${i}\n`).join('')}`);
  const count = async () => (await client.query('SELECT COUNT() FROM Contact')).body.totalSize;
  const codes = (answer: Answer) => [answer.status, answer.body[0].errorCode];

  it('takes as many looks, or as long, as the switches say', async () => {
    client.org.switches({ bulkJobLooks: 3, bulkJobMs: -1 });
    const byLooks = await insert(8);
    client.org.clock.advance(day);
    const seen: string[] = [];
    for (let look = 0; look < 4; look += 1) seen.push(await state('ingest', byLooks));
    expect(seen).toEqual(['InProgress', 'InProgress', 'InProgress', 'JobComplete']);
    client.org.switches({ bulkJobLooks: -1, bulkJobMs: 4000 });
    const byTime = await insert(8);
    expect([await state('ingest', byTime), await count()]).toEqual(['UploadComplete', 8]);
    client.org.clock.advance(3000);
    expect(await count()).toBe(14); // three quarters of it, though nobody looks
    expect(await state('ingest', byTime)).toBe('InProgress');
    client.org.clock.advance(1000);
    expect([await state('ingest', byTime), await count()]).toEqual(['JobComplete', 16]);
    client.org.switches({ bulkJobMs: 1000, bulkRowsPerSecond: 1 });
    const byRows = await insert(8);
    client.org.clock.advance(5000);
    expect(await state('ingest', byRows)).toBe('InProgress');
    client.org.clock.advance(6000);
    expect(await state('ingest', byRows)).toBe('JobComplete');
  });

  it('an aborted job keeps what it did, and gives back what it did not', async () => {
    const id = await insert(4);
    await state('ingest', id);
    const aborted = await client.call('PATCH', `/jobs/ingest/${id}`, { state: 'Aborted' });
    expect([aborted.status, aborted.body.state]).toEqual([200, 'Aborted']);
    client.org.clock.advance(day);
    expect(await count()).toBe(2);
    const { successful, unprocessed } = await resultsOf(client, id);
    expect(successful.map((row) => row.LastName).sort()).toEqual(['N0', 'N1']);
    expect(unprocessed).toEqual([{ LastName: 'N2' }, { LastName: 'N3' }]);
    expect(codes(await client.call('PATCH', `/jobs/ingest/${id}`, { state: 'Aborted' }))).toEqual([
      400,
      'INVALIDJOBSTATE',
    ]);
    expect(codes(await client.call('PATCH', `/jobs/ingest/${id}`, { state: 'UploadComplete' }))).toEqual([
      400,
      'INVALIDJOBSTATE',
    ]);
  });

  it('wording of restforce#905: "Aborting already Completed Job not allowed"', async () => {
    const id = await insert(1);
    await ended(client, 'ingest', id);
    const { status, body } = await client.call('PATCH', `/jobs/ingest/${id}`, { state: 'Aborted' });
    expect([status, body]).toEqual([
      400,
      [{ errorCode: 'INVALIDJOBSTATE', message: 'Aborting already Completed Job not allowed' }],
    ]);
    expect(codes(await client.call('PATCH', `/jobs/ingest/${id}`, { state: 'Open' }))).toEqual([400, 'INVALIDJOB']);
  });

  it('deletes jobs that are not open and not running', async () => {
    const { id: opened } = (await client.call('POST', '/jobs/ingest', { object: 'Contact', operation: 'insert' })).body;
    expect(codes(await client.call('DELETE', `/jobs/ingest/${opened}`))).toEqual([400, 'INVALIDJOBSTATE']);
    const id = await insert(2);
    await state('ingest', id);
    expect(codes(await client.call('DELETE', `/jobs/ingest/${id}`))).toEqual([400, 'INVALIDJOBSTATE']);
    await ended(client, 'ingest', id);
    expect((await client.call('DELETE', `/jobs/ingest/${id}`)).status).toBe(204);
    expect((await client.call('GET', `/jobs/ingest/${id}`)).status).toBe(404);
    const query = await queryJob(client, 'SELECT Id FROM Contact');
    expect((await client.call('PATCH', `/jobs/query/${query}`, { state: 'Aborted' })).body.state).toBe('Aborted');
    expect((await client.call('DELETE', `/jobs/query/${query}`)).status).toBe(204);
    expect(codes(await client.call('PATCH', `/jobs/query/${query}`, { state: 'Aborted' }))).toEqual([404, 'NOT_FOUND']);
    const queued = await insert(1);
    expect((await client.call('DELETE', `/jobs/ingest/${queued}`)).status).toBe(204);
    client.org.clock.advance(day);
    expect(await count()).toBe(2);
  });

  it('lists jobs newest first, in pages, by the documented filters', async () => {
    client.org.switches({ bulkListJobs: 2 });
    const ids = [await insert(1), await insert(1), await insert(1)];
    const query = await queryJob(client, 'SELECT Id FROM Contact');
    const listed = (answer: Answer) => answer.body.records.map((job: { id: string }) => job.id);
    const first = await client.call('GET', '/jobs/ingest');
    expect([listed(first), first.body.done]).toEqual([[ids[2], ids[1]], false]);
    expect(first.body.records[0]).toMatchObject({ jobType: 'V2Ingest', state: 'UploadComplete' });
    await insert(1); // between two pages
    const second = await client.call('GET', first.body.nextRecordsUrl);
    expect([listed(second), second.body.done, second.body.nextRecordsUrl]).toEqual([[ids[0]], true, undefined]);
    const only = async (path: string) => listed(await client.call('GET', path));
    expect(await only('/jobs/query')).toEqual([query]);
    expect(await only('/jobs/query?jobType=V2Query')).toEqual([query]);
    expect(await only('/jobs/ingest?jobType=Classic')).toEqual([]);
    expect(await only('/jobs/ingest?isPkChunkingEnabled=true')).toEqual([]);
    expect(await only('/jobs/query?concurrencyMode=serial')).toEqual([]);
    expect(await only('/jobs/query?concurrencyMode=parallel&isPkChunkingEnabled=false')).toEqual([query]);
  });

  it('"jobs kept 7 days"', async () => {
    const id = await insert(1);
    const { id: opened } = (await client.call('POST', '/jobs/ingest', { object: 'Contact', operation: 'insert' })).body;
    await ended(client, 'ingest', id);
    client.org.clock.advance(7 * day - 1000);
    expect((await client.call('GET', `/jobs/ingest/${id}/successfulResults`)).status).toBe(200);
    client.org.clock.advance(2000);
    expect((await client.call('GET', `/jobs/ingest/${id}/successfulResults`)).status).toBe(404);
    expect(await state('ingest', opened)).toBe('Open');
  });

  it('"15,000 batches/24 h", one for every 10,000 records: without one left the job fails', async () => {
    client.org.switches({ dailyBulkBatches: 1 });
    await ended(client, 'ingest', await insert(2));
    const { DailyBulkApiBatches } = (await client.call('GET', '/limits')).body;
    expect(DailyBulkApiBatches).toEqual({ Max: 1, Remaining: 0 });
    const id = await insert(2);
    expect(await ended(client, 'ingest', id)).toMatchObject({
      state: 'Failed',
      errorMessage: 'ExceededQuota : ApiBatchItems Limit exceeded.',
      numberRecordsProcessed: 0,
    });
    expect((await resultsOf(client, id)).unprocessed).toHaveLength(2);
    client.org.clock.advance(day + 1000);
    expect(await ended(client, 'ingest', await insert(2))).toMatchObject({ state: 'JobComplete' });
  });

  it('"10,000 query jobs/24 h": the next is 400 LIMIT_EXCEEDED, and costs no batch', async () => {
    client.org.switches({ dailyBulkQueryJobs: 1 });
    await queryJob(client, 'SELECT Id FROM Contact');
    const refused = await client.call('POST', '/jobs/query', { operation: 'query', query: 'SELECT Id FROM Contact' });
    expect([refused.status, refused.body]).toEqual([
      400,
      [{ errorCode: 'LIMIT_EXCEEDED', message: 'Max bulk v2 query jobs (1) per 24 hrs has been reached (2)' }],
    ]);
    const { DailyBulkV2QueryJobs, DailyBulkApiBatches } = (await client.call('GET', '/limits')).body;
    expect([DailyBulkV2QueryJobs, DailyBulkApiBatches.Remaining]).toEqual([{ Max: 1, Remaining: 0 }, 15_000]);
  });

  it('answers results that are not there yet as the switch says', async () => {
    const id = await queryJob(client, 'SELECT Id FROM Contact');
    const other = await insert(1);
    const statuses = async () => [
      (await client.call('GET', `/jobs/query/${id}/results`)).status,
      (await client.call('GET', `/jobs/ingest/${other}/successfulResults`)).status,
      (await client.call('GET', `/jobs/ingest/${other}/unprocessedrecords`)).status,
    ];
    expect(await statuses()).toEqual([404, 404, 404]);
    client.org.switches({ bulkResultsTooEarly: 'no-content' });
    expect(await statuses()).toEqual([204, 204, 204]);
    client.org.switches({ bulkResultsTooEarly: 'bad-request' });
    expect(await statuses()).toEqual([400, 400, 400]);
  });

  it('tells the API use on answers below /jobs, unless the switch says otherwise', async () => {
    expect((await client.call('GET', '/jobs/ingest')).headers.get('sforce-limit-info')).toBe('api-usage=1/15000');
    client.org.switches({ bulkLimitInfo: false });
    expect((await client.call('GET', '/jobs/ingest')).headers.get('sforce-limit-info')).toBeNull();
    expect((await client.call('GET', '/limits')).headers.get('sforce-limit-info')).toBe('api-usage=3/15000');
  });

  it('a job of one kind is none of the other, and needs a token', async () => {
    const id = await insert(1);
    expect((await client.call('GET', `/jobs/query/${id}`)).status).toBe(404);
    expect((await client.call('GET', `/jobs/ingest/${id.slice(0, 15)}`)).status).toBe(200);
    client.useToken('nonsense');
    expect(codes(await client.call('GET', '/jobs/ingest'))).toEqual([401, 'INVALID_SESSION_ID']);
  });

  it('survives a restart of the stand-in', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'heed-bulk-'));
    try {
      const stateFile = join(folder, 'org.json');
      const before = await open({ stateFile });
      const write = await ingest(before, { operation: 'insert' }, 'LastName\nA\nB\n');
      await before.call('GET', `/jobs/ingest/${write}`);
      const read = await queryJob(before, 'SELECT LastName FROM Contact');
      await ended(before, 'query', read);
      await before.org.close();
      const after = await open({ stateFile });
      expect(await queryRows(after, read)).toEqual([{ LastName: 'A' }]);
      expect(await ended(after, 'ingest', write)).toMatchObject({ state: 'JobComplete', numberRecordsProcessed: 2 });
      expect((await after.query('SELECT COUNT() FROM Contact')).body.totalSize).toBe(2);
      await after.org.close();
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
