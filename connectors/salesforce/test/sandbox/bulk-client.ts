import { parse } from 'csv-parse/sync';
import type { Answer, Client } from './client.ts';

/** Bulk API 2.0 by raw HTTP. */

export type CsvRow = Readonly<Record<string, string>>;

export interface JobRequest {
  readonly object?: string;
  readonly operation: string;
  readonly externalIdFieldName?: string;
  readonly lineEnding?: string;
  readonly columnDelimiter?: string;
}

/** CSV with a header as objects. */
export function rowsOf(csv: string, delimiter = ','): readonly CsvRow[] {
  return parse(csv, { columns: true, delimiter });
}

/** Makes an ingest job for contacts, uploads and closes it. */
export async function ingest(client: Client, request: JobRequest, csv: string): Promise<string> {
  const made = await client.call('POST', '/jobs/ingest', { object: 'Contact', ...request });
  if (made.status !== 200) throw new Error(`the job was answered ${made.status}: ${made.text}`);
  const { id } = made.body;
  await upload(client, id, csv);
  const closed = await client.call('PATCH', `/jobs/ingest/${id}`, { state: 'UploadComplete' });
  if (closed.status !== 200) throw new Error(`closing was answered ${closed.status}: ${closed.text}`);
  return id;
}

export function upload(client: Client, id: string, csv: string): Promise<Answer> {
  return client.send('PUT', `/jobs/ingest/${id}/batches`, csv, 'text/csv');
}

export async function queryJob(client: Client, query: string, operation = 'query'): Promise<string> {
  const made = await client.call('POST', '/jobs/query', { operation, query });
  if (made.status !== 200) throw new Error(`the job was answered ${made.status}: ${made.text}`);
  return made.body.id;
}

/** Looks at a job until it has ended, and returns its information. */
export async function ended(client: Client, kind: 'ingest' | 'query', id: string): Promise<Answer['body']> {
  for (let look = 0; look < 5; look += 1) {
    const { body } = await client.call('GET', `/jobs/${kind}/${id}`);
    if (['JobComplete', 'Failed', 'Aborted'].includes(body.state)) return body;
  }
  throw new Error(`job ${id} does not end`);
}

/** The three result files of an ingest job. */
export async function resultsOf(client: Client, id: string) {
  const read = async (what: string): Promise<readonly CsvRow[]> =>
    rowsOf((await client.call('GET', `/jobs/ingest/${id}/${what}/`)).text);
  return {
    successful: await read('successfulResults'),
    failed: await read('failedResults'),
    unprocessed: await read('unprocessedrecords'),
  };
}

/** All rows of a finished query job, page by page. */
export async function queryRows(client: Client, id: string, maxRecords = 50_000): Promise<readonly CsvRow[]> {
  const rows: CsvRow[] = [];
  let locator: string | undefined;
  while (locator !== 'null') {
    const from = locator === undefined ? '' : `&locator=${locator}`;
    const page = await client.call('GET', `/jobs/query/${id}/results?maxRecords=${maxRecords}${from}`);
    if (page.status !== 200) throw new Error(`results were answered ${page.status}: ${page.text}`);
    rows.push(...rowsOf(page.text));
    locator = page.headers.get('sforce-locator') ?? 'missing';
  }
  return rows;
}
