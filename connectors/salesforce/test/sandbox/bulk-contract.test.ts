import { Connection } from 'jsforce';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bulkIngestRoutes } from '../../sandbox/routes/bulk-ingest.ts';
import { bulkQueryRoutes } from '../../sandbox/routes/bulk-query.ts';
import { BulkContract } from './bulk-contract.ts';
import { type Client, open } from './client.ts';
import { type Recorder, recorderOf } from './recorder.ts';
import { skipped, whenSkipped } from './vendor-specs.ts';

/**
 * Calls of the Bulk API 2.0, raw and of jsforce, against the description in specs/salesforce, in both directions:
 * requests and answers, everything described is called and everything called is described.
 */

const listed =
  "in the examples of the guide and in answers of real orgs (amp-labs/connectors); the description is a third party's";
const errors = 'the vendor answers a list of errors, as everywhere in its REST API';
const stamp = '"2018-12-10T17:50:19.000+0000" in the examples of the guide: the offset has no colon';
const path = '"/services/data/vXX.X/jobs/..." in the guide: a path, no whole address';

/** Reviewed: what differs from the description, and why the stand-in is right, or which source says so. */
const deviations: Readonly<Record<string, string>> = {
  'IngestJobInfo.createdDate: format date-time': stamp,
  'IngestJobInfo.systemModstamp: format date-time': stamp,
  'QueryJobInfo.createdDate: format date-time': stamp,
  'QueryJobInfo.systemModstamp: format date-time': stamp,
  'IngestJobInfo.concurrencyMode is not described': listed,
  'IngestJobInfo.contentUrl is not described': listed,
  'IngestJobInfo.retries is not described': listed,
  'IngestJobInfo.apiActiveProcessingTime is not described': listed,
  'IngestJobInfo.apexProcessingTime is not described': listed,
  'QueryJobInfo.concurrencyMode is not described': listed,
  'QueryJobInfo.retries is not described': listed,
  'QueryJobInfo.isPkChunkingSupported is not described': 'guide, "Get Information About a Query Job"',
  'listIngestJobs.nextRecordsUrl: format uri': path,
  'listQueryJobs.nextRecordsUrl: format uri': path,
  'listIngestJobs: parameter queryLocator is not described': 'guide, "Get All Jobs": it is part of nextRecordsUrl',
  'listQueryJobs: parameter queryLocator is not described': 'guide, "Get Information About All Query Jobs"',
  'listQueryJobs: parameter concurrencyMode is not described': 'guide, "Get Information About All Query Jobs"',
  'listQueryJobs: parameter isPkChunkingEnabled is not described': 'guide, "Get Information About All Query Jobs"',
  'Error: type object': errors,
  'uploadJobData: status 415 is not described': 'REST API Developer Guide, "Status Codes and Error Responses"',
  'getQueryJobResults: status 400 is not described': 'a wrong locator; unverified',
  'getQueryJobResults: status 409 is not described':
    'guide, "Process for Creating Bulk API 2.0 Requests": another version',
};

describe.skipIf(skipped)(`the Bulk API 2.0 as described in specs/salesforce${whenSkipped}`, () => {
  let client: Client;
  let wire: Recorder;
  let contract: BulkContract;
  let connection: Connection;

  const raw = async (method: string, path: string, body?: unknown, type = 'application/json') => {
    const answer = await fetch(
      `${wire.url}${path.startsWith('/services') ? path : `/services/data/v67.0/jobs${path}`}`,
      {
        method,
        headers: {
          authorization: `Bearer ${client.org.accessToken}`,
          ...(body === undefined ? {} : { 'content-type': type }),
        },
        ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      },
    );
    const text = await answer.text();
    return text.startsWith('{') ? JSON.parse(text) : text;
  };

  /** Every operation, well and badly asked. */
  const everything = async (): Promise<void> => {
    client.org.switches({ bulkListJobs: 1 });
    const ingest = { object: 'Contact', operation: 'upsert', externalIdFieldName: 'Heed_Id__c', contentType: 'CSV' };
    const { id } = await raw('POST', '/ingest', { ...ingest, lineEnding: 'LF', columnDelimiter: 'COMMA' });
    await raw('GET', `/ingest/${id}`);
    await raw('PUT', `/ingest/${id}/batches`, '', 'text/csv');
    await raw('PUT', `/ingest/${id}/batches`, '{}');
    await raw('PUT', `/ingest/${id}/batches`, 'Heed_Id__c,LastName\na,A\nb,\n', 'text/csv');
    await raw('GET', `/ingest/${id}/successfulResults`);
    await raw('DELETE', `/ingest/${id}`);
    await raw('PATCH', `/ingest/${id}`, { state: 'UploadComplete' });
    await raw('GET', `/ingest/${id}`);
    await raw('GET', `/ingest/${id}`);
    for (const what of ['successfulResults', 'failedResults', 'unprocessedrecords'])
      await raw('GET', `/ingest/${id}/${what}/`);
    await raw('PATCH', `/ingest/${id}`, { state: 'Aborted' });
    await raw('POST', '/ingest', { object: 'Contact', operation: 'insert' });
    const failing = await raw('POST', '/ingest', { object: 'Contact', operation: 'insert' });
    await raw('PUT', `/ingest/${failing.id}/batches`, 'Nope\nA\n', 'text/csv');
    await raw('PATCH', `/ingest/${failing.id}`, { state: 'UploadComplete' });
    await raw('GET', `/ingest/${failing.id}`);
    const page = await raw('GET', '/ingest?jobType=V2Ingest&isPkChunkingEnabled=false');
    await raw('GET', page.nextRecordsUrl);
    await raw('POST', '/ingest', { object: 'Nope', operation: 'insert' });
    await raw('DELETE', `/ingest/${id}`);
    await raw('GET', `/ingest/${id}`);
    const query = { operation: 'queryAll', query: 'SELECT Id, LastName FROM Contact', contentType: 'CSV' };
    const job = await raw('POST', '/query', { ...query, columnDelimiter: 'PIPE', lineEnding: 'CRLF' });
    await raw('GET', `/query/${job.id}/results`);
    await raw('GET', `/query/${job.id}`);
    await raw('GET', `/query/${job.id}`);
    await raw('GET', `/query/${job.id}/results?maxRecords=1`);
    await raw('GET', `/query/${job.id}/results?locator=nonsense`);
    await raw('GET', `/services/data/v66.0/jobs/query/${job.id}/results`);
    await raw('PATCH', `/query/${job.id}`, { state: 'Aborted' });
    const aborted = await raw('POST', '/query', query);
    await raw('PATCH', `/query/${aborted.id}`, { state: 'Aborted' });
    const jobs = await raw('GET', '/query?jobType=V2Query&concurrencyMode=parallel&isPkChunkingEnabled=false');
    await raw('GET', jobs.nextRecordsUrl);
    await raw('DELETE', `/query/${job.id}`);
    await raw('POST', '/query', { operation: 'query', query: 'SELECT COUNT() FROM Contact' });
    await raw('PATCH', '/query/750000000000000AAA', { state: 'Aborted' });
  };

  /** The same by jsforce's own Bulk classes, whose requests the vendor takes. */
  const byJsforce = async (): Promise<void> => {
    const job = connection.bulk2.createJob({ object: 'Contact', operation: 'insert' });
    await job.open();
    await job.uploadData([{ LastName: 'J' }]);
    await job.close();
    await job.check();
    await job.check();
    expect(await job.getSuccessfulResults()).toMatchObject([{ LastName: 'J', sf__Created: 'true' }]);
    await job.getFailedResults();
    await job.getUnprocessedRecords();
    await job.delete();
  };

  beforeAll(async () => {
    if (skipped) return;
    client = await open();
    wire = await recorderOf(client.org.url);
    contract = new BulkContract();
    connection = new Connection({ instanceUrl: wire.url, accessToken: client.org.accessToken, version: '67.0' });
    await everything();
    await byJsforce();
  });
  afterAll(async () => {
    await wire?.close();
    await client?.org.close();
  });

  it('is what is sent and answered, but for the reviewed deviations, each of which occurs', () => {
    expect(wire.exchanged.length).toBeGreaterThan(40);
    const found = new Set(wire.exchanged.flatMap((call) => contract.deviations(call)));
    expect([...found].sort()).toEqual(Object.keys(deviations).sort());
  });

  it('is called whole: every operation was asked, and answered well', () => {
    const asked = new Set(
      wire.exchanged.filter(({ status }) => status < 300).map((call) => contract.operationOf(call)?.operationId),
    );
    expect(contract.operations.filter((operation) => !asked.has(operation))).toEqual([]);
  });

  it('describes every route of the stand-in below /jobs', () => {
    const routes = [...bulkIngestRoutes, ...bulkQueryRoutes];
    const unknown = routes.filter(({ method, path }) => {
      const example = path.replace('v{version}', 'v67.0').replace('{job}', '750000000000000AAA');
      return contract.operationOf({ method, path: example }) === undefined;
    });
    expect(routes).toHaveLength(contract.operations.length);
    expect(unknown).toEqual([]);
  });

  it('would notice: a field of another type, a missing header, an unknown status, property or parameter', () => {
    const good = wire.exchanged.find(
      (call) => contract.operationOf(call)?.operationId === 'getQueryJobResults' && call.status === 200,
    );
    const info = wire.exchanged.find(
      (call) => contract.operationOf(call)?.operationId === 'getIngestJobInfo' && call.status === 200,
    );
    if (!good || !info) throw new Error('nothing to change');
    const { 'sforce-locator': _, ...headers } = good.headers;
    expect(contract.deviations({ ...good, headers })).toEqual(['getQueryJobResults: header Sforce-Locator is missing']);
    expect(contract.deviations({ ...good, status: 206 })).toEqual(['getQueryJobResults: status 206 is not described']);
    expect(contract.deviations({ ...good, query: new URLSearchParams('page=1') })).toEqual([
      'getQueryJobResults: parameter page is not described',
    ]);
    const changed = JSON.stringify({ ...JSON.parse(info.body), numberRecordsProcessed: '2', state: 'Done', more: 1 });
    expect(contract.deviations({ ...info, body: changed })).toEqual(
      expect.arrayContaining([
        'IngestJobInfo.numberRecordsProcessed: type integer',
        'IngestJobInfo.more is not described',
        expect.stringMatching(/^JobState.*enum/),
      ]),
    );
    expect(contract.deviations({ ...info, method: 'POST' })[0]).toMatch(/is not described$/);
  });
});
