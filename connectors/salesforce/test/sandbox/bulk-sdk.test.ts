import { stringify } from 'csv-stringify/sync';
import { Connection, type HttpMethods } from 'jsforce';
import { HttpApi } from 'jsforce/lib/http-api.js';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { rowsOf } from './bulk-client.ts';
import { type Client, open } from './client.ts';

/** The vendor's SDK through its low-level request; its own Bulk classes lose uploads and break pages (notes, 0.2 and 0.7). */
describe('the official jsforce client and Bulk API 2.0', () => {
  let client: Client;
  let connection: Connection;
  beforeEach(async () => {
    client = await open();
    const { url, accessToken } = client.org;
    connection = new Connection({ instanceUrl: url, accessToken, version: '66.0' });
  });
  afterEach(() => client.org.close());

  const call = <Answer>(method: HttpMethods, path: string, body?: unknown) =>
    connection.request<Answer>({
      method,
      url: `/jobs${path}`,
      ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
    });
  /**
   * `text/plain` keeps jsforce from parsing the CSV itself, which it does with six delimiters at once; and it is one
   * level below `connection.request`, which does not tell the headers.
   */
  const csv = async (path: string): Promise<{ text: string; headers: Readonly<Record<string, string>> }> => {
    const api = new HttpApi(connection, { responseType: 'text/plain' });
    let headers: Readonly<Record<string, string>> = {};
    api.on('response', (response: { headers: Record<string, string> }) => {
      headers = response.headers;
    });
    const text = await api.request<string>({ method: 'GET', url: `${connection._baseUrl()}/jobs${path}` });
    return { text, headers };
  };

  interface Info {
    readonly id: string;
    readonly state: string;
    readonly numberRecordsProcessed: number;
    readonly numberRecordsFailed: number;
  }
  const ended = async (path: string): Promise<Info> => {
    const first = await call<Info>('GET', path);
    return first.state === 'InProgress' ? call<Info>('GET', path) : first;
  };

  it('makes, fills, closes, reads and deletes an ingest job', async () => {
    const { id } = await call<Info>('POST', '/ingest', {
      object: 'Contact',
      operation: 'upsert',
      externalIdFieldName: 'Heed_Id__c',
    });
    const rows = [
      { Heed_Id__c: 'a', LastName: 'A; "B" | `C`', HasOptedOutOfEmail: 'true' },
      { Heed_Id__c: 'b', LastName: '', HasOptedOutOfEmail: 'false' },
    ];
    await connection.request({
      method: 'PUT',
      url: `/jobs/ingest/${id}/batches`,
      body: stringify(rows, { header: true, quoted: true }),
      headers: { 'content-type': 'text/csv' },
    });
    expect((await call<Info>('PATCH', `/ingest/${id}`, { state: 'UploadComplete' })).state).toBe('UploadComplete');
    expect(await ended(`/ingest/${id}`)).toMatchObject({
      state: 'JobComplete',
      numberRecordsProcessed: 2,
      numberRecordsFailed: 1,
    });
    expect(rowsOf((await csv(`/ingest/${id}/successfulResults/`)).text)).toMatchObject([
      { sf__Created: 'true', LastName: 'A; "B" | `C`' },
    ]);
    expect(rowsOf((await csv(`/ingest/${id}/failedResults/`)).text)[0]?.sf__Error).toMatch(/^REQUIRED_FIELD_MISSING/);
    expect(rowsOf((await csv(`/ingest/${id}/unprocessedrecords/`)).text)).toEqual([]);
    const { records } = await call<{ records: readonly Info[] }>('GET', '/ingest?jobType=V2Ingest');
    expect(records.map((job) => job.id)).toEqual([id]);
    await call('DELETE', `/ingest/${id}`);
    await expect(call('GET', `/ingest/${id}`)).rejects.toMatchObject({ errorCode: 'NOT_FOUND' });
  });

  it('makes, pages through, aborts and deletes query jobs', async () => {
    for (const LastName of ['A', 'B', 'C']) await client.create('Contact', { LastName });
    const query = { operation: 'query', query: 'SELECT Id, LastName FROM Contact' };
    const { id } = await call<Info>('POST', '/query', query);
    expect((await ended(`/query/${id}`)).numberRecordsProcessed).toBe(3);
    const names: string[] = [];
    let locator = '';
    while (locator !== 'null') {
      const from = locator === '' ? '' : `&locator=${locator}`;
      const page = await csv(`/query/${id}/results?maxRecords=2${from}`);
      names.push(...rowsOf(page.text).map((row) => row.LastName ?? ''));
      locator = page.headers['sforce-locator'] ?? 'missing';
      expect(locator).not.toBe('missing');
    }
    expect(names.sort()).toEqual(['A', 'B', 'C']);
    const other = await call<Info>('POST', '/query', query);
    expect((await call<Info>('PATCH', `/query/${other.id}`, { state: 'Aborted' })).state).toBe('Aborted');
    await call('DELETE', `/query/${other.id}`);
    const { records } = await call<{ records: readonly Info[] }>('GET', '/query');
    expect(records.map((job) => job.id)).toEqual([id]);
    await expect(call('PATCH', `/query/${id}`, { state: 'Aborted' })).rejects.toMatchObject({
      errorCode: 'INVALIDJOBSTATE',
    });
  });
});
