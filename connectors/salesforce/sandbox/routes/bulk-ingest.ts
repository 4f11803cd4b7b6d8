import { empty, json, type Reply } from '@heed/sandbox';
import { csvLine, csvText } from '../bulk/csv.ts';
import { jobInfo } from '../bulk/info.ts';
import {
  type ColumnDelimiter,
  columnDelimiters,
  endJob,
  type IngestJob,
  type IngestOperation,
  ingestOperations,
  type LineEnding,
  lineEndings,
  type RowOutcome,
} from '../bulk/job.ts';
import { scattered } from '../bulk/query.ts';
import { CallRefused } from '../state/errors.ts';
import type { Table } from '../state/table.ts';
import { isVisibleObject } from '../state/view.ts';
import { callerOf } from './admit.ts';
import { apiError, dataRoute, type OrgExchange, type OrgRoute } from './answers.ts';
import {
  abort,
  apiVersion,
  arriving,
  csvReply,
  earlyEnd,
  info,
  invalidJob,
  invalidState,
  jobOf,
  jobRequest,
  list,
  oneOf,
  remove,
  tooEarly,
} from './bulk-job.ts';

/** `/jobs/ingest` of the Bulk API 2.0 Developer Guide. */

const known = [
  'object',
  'operation',
  'externalIdFieldName',
  'contentType',
  'lineEnding',
  'columnDelimiter',
  'assignmentRuleId',
];

function create(exchange: OrgExchange): Reply {
  const { world } = exchange;
  const version = apiVersion(exchange, 'ingest');
  const body = jobRequest(exchange, known);
  const { lineEnding = 'LF', columnDelimiter = 'COMMA' } = body;
  if (body.operation === 'hardDelete') {
    throw new CallRefused(400, 'FEATURENOTENABLED', 'hardDelete needs the permission Bulk API Hard Delete');
  }
  const operation = oneOf(body.operation, ingestOperations, 'operation');
  const table = ingestible(exchange, body.object);
  const now = world.clock.now();
  const job: IngestJob = {
    kind: 'ingest',
    id: world.state.nextId('750'),
    operation,
    object: table.definition.name,
    externalIdFieldName: upsertField(table, operation, body.externalIdFieldName),
    createdById: callerOf(exchange) ?? world.state.users.integration,
    createdAtMs: now,
    changedAtMs: now,
    apiVersion: version,
    lineEnding: oneOf(lineEnding, Object.keys(lineEndings) as LineEnding[], 'lineEnding'),
    columnDelimiter: oneOf(columnDelimiter, Object.keys(columnDelimiters) as ColumnDelimiter[], 'columnDelimiter'),
    state: 'Open',
    startedAtMs: undefined,
    looks: 0,
    expectedRows: 0,
    earlyEnd: undefined,
    errorMessage: undefined,
    uploads: [],
    columns: undefined,
    rows: [],
    outcomes: [],
    failingRows: undefined,
  };
  world.state.jobs.set(job.id, job);
  return json(200, jobInfo(job, 'changed'));
}

function ingestible(exchange: OrgExchange, given: unknown): Table {
  const { state: org } = exchange.world;
  const table = typeof given === 'string' ? org.table(given) : undefined;
  if (table?.definition.writable === true && isVisibleObject(org, table)) return table;
  throw new CallRefused(400, 'INVALIDENTITY', `Entity '${String(given)}' is not supported by the Bulk API.`);
}

/** "When specifying an external ID, the operation must be upsert." */
function upsertField(table: Table, operation: IngestOperation, given: unknown): string | undefined {
  if (operation !== 'upsert') {
    if (given === undefined) return undefined;
    throw invalidJob(`ExternalIdFieldName can only be specified for upsert, not for ${operation}`);
  }
  if (typeof given !== 'string') throw invalidJob('ExternalIdFieldName is required for upsert');
  const field = table.field(given);
  if (field?.externalId || field?.name === 'Id') return field.name;
  const what = `Field name provided, ${given}, does not match an External ID, Salesforce Id, or indexed field`;
  throw invalidJob(`${what} for ${table.definition.name}`);
}

/** "A request can provide CSV data that does not in total exceed 150 MB of base64 encoded content." */
function upload(exchange: OrgExchange): Reply {
  const job = jobOf(exchange, 'ingest');
  if (!/^text\/csv\b/i.test(String(exchange.headers['content-type'] ?? ''))) {
    return apiError(415, 'UNSUPPORTED_MEDIA_TYPE', 'The content type of job data is text/csv');
  }
  if (job.state !== 'Open') throw invalidState(`Job data can be uploaded to an open job only, it is ${job.state}`);
  const { bytes, text } = exchange.body;
  if (text.trim() === '') {
    throw new CallRefused(400, 'CLIENTINPUTERROR', 'Unable to find any data to create a batch');
  }
  if (Math.ceil(bytes.length / 3) * 4 > Number(exchange.world.switches.get('bulkUploadBytes'))) {
    throw new CallRefused(400, 'CLIENTINPUTERROR', 'The job data exceeds 150 MB of base64 encoded content');
  }
  const lost = exchange.fault('bulk-upload-lost');
  if (!lost || lost.details?.stored === true) {
    job.uploads.push(text);
    job.changedAtMs = exchange.world.clock.now();
  }
  return lost ? apiError(503, 'SERVER_UNAVAILABLE', 'The server is temporarily unavailable') : empty(201);
}

function change(exchange: OrgExchange): Reply {
  const job = jobOf(exchange, 'ingest');
  const { state } = jobRequest(exchange, ['state']);
  return oneOf(state, ['UploadComplete', 'Aborted'], 'state') === 'Aborted'
    ? abort(exchange, job)
    : close(exchange, job);
}

function close(exchange: OrgExchange, job: IngestJob): Reply {
  const { switches, clock } = exchange.world;
  if (job.state !== 'Open') {
    throw invalidState(`Closing already ${job.state === 'Aborted' ? 'Aborted' : 'Completed'} Job not allowed`);
  }
  if (job.uploads.length === 0 && switches.get('bulkCloseWithoutUpload') === 'refused') {
    throw new CallRefused(400, 'CLIENTINPUTERROR', 'Unable to find any data to create a batch');
  }
  if (job.uploads.length > 1 && switches.get('bulkSecondUpload') === 'refused-at-close') {
    // Wording of salesforce.stackexchange.com/questions/231917, its spelling included.
    const why = `Found multipe contents for job: <${job.id}>, please 'Close' / 'Abort' / 'Delete' the current Job`;
    throw invalidJob(`${why} then create a new Job and make sure you only do 'PUT' once on a given Job.`);
  }
  job.earlyEnd = earlyEnd(exchange);
  const partial = exchange.fault('partial-batch');
  job.failingRows = partial && (partial.details ?? {});
  job.expectedRows = job.uploads.reduce((sum, text) => sum + text.split('\n').length, 0);
  job.startedAtMs = clock.now();
  job.changedAtMs = job.startedAtMs;
  job.state = 'UploadComplete';
  const reply = json(200, jobInfo(job, 'changed'));
  if (job.uploads.length === 0) {
    job.columns = [];
    endJob(job, 'JobComplete', clock.now());
  }
  return reply;
}

type Chosen = (outcome: RowOutcome) => boolean;

/** "The order of records in the response is not guaranteed to match the ordering of records in the original job data." */
function results(
  exchange: OrgExchange,
  leading: readonly string[],
  chosen: Chosen,
  cells: (one: RowOutcome) => string[],
): Reply {
  const job = jobOf(exchange, 'ingest');
  if (job.state === 'Open' || job.state === 'UploadComplete' || job.state === 'InProgress') return tooEarly(exchange);
  const lines = job.outcomes.flatMap((outcome, index) =>
    chosen(outcome) ? [csvLine([...cells(outcome), ...(job.rows[index] ?? [])], job.columnDelimiter)] : [],
  );
  const header = csvLine([...leading, ...(job.columns ?? [])], job.columnDelimiter);
  const rows = arriving(exchange, scattered(exchange.world.seed, job.id, lines));
  return csvReply(exchange, csvText([header, ...rows], job.lineEnding));
}

const succeeded: Chosen = ({ error }) => error === undefined;

function successful(exchange: OrgExchange): Reply {
  return results(exchange, ['sf__Id', 'sf__Created'], succeeded, ({ id, created }) => [id, String(created)]);
}

function failed(exchange: OrgExchange): Reply {
  const chosen: Chosen = (outcome) => !succeeded(outcome);
  return results(exchange, ['sf__Id', 'sf__Error'], chosen, ({ id, error = '' }) => [id, error]);
}

/** The rows that a failed or aborted job never came to, in the form of the upload. */
function unprocessed(exchange: OrgExchange): Reply {
  const job = jobOf(exchange, 'ingest');
  if (job.state === 'Open' || job.state === 'UploadComplete' || job.state === 'InProgress') return tooEarly(exchange);
  // What failed or was aborted before it was read is given back as it came.
  if (job.columns === undefined || job.uploads.length > 0) return csvReply(exchange, job.uploads.join(''));
  const lines = [job.columns, ...job.rows.slice(job.outcomes.length)].map((row) => csvLine(row, job.columnDelimiter));
  return csvReply(exchange, csvText(lines, job.lineEnding));
}

export const bulkIngestRoutes: readonly OrgRoute[] = [
  dataRoute('POST', '/jobs/ingest', create),
  dataRoute('GET', '/jobs/ingest', (exchange) => list(exchange, 'ingest')),
  dataRoute('GET', '/jobs/ingest/{job}', (exchange) => info(exchange, 'ingest')),
  dataRoute('PATCH', '/jobs/ingest/{job}', change),
  dataRoute('DELETE', '/jobs/ingest/{job}', (exchange) => remove(exchange, 'ingest')),
  dataRoute('PUT', '/jobs/ingest/{job}/batches', upload),
  dataRoute('GET', '/jobs/ingest/{job}/successfulResults', successful),
  dataRoute('GET', '/jobs/ingest/{job}/failedResults', failed),
  dataRoute('GET', '/jobs/ingest/{job}/unprocessedrecords', unprocessed),
];
