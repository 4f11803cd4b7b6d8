import { gzipSync } from 'node:zlib';
import { json, type QuotaRule, type Reply, takeQuota } from '@heed/sandbox';
import { csvLine, csvText } from '../bulk/csv.ts';
import { jobInfo } from '../bulk/info.ts';
import { type ColumnDelimiter, columnDelimiters, type LineEnding, lineEndings, type QueryJob } from '../bulk/job.ts';
import { checkBulkQuery } from '../bulk/query.ts';
import { SoqlError } from '../soql/query.ts';
import { CallRefused } from '../state/errors.ts';
import type { OrgWorld } from '../state/org.ts';
import { callerOf } from './admit.ts';
import { dataRoute, type OrgExchange, type OrgRoute } from './answers.ts';
import {
  abort,
  apiVersion,
  arriving,
  csvReply,
  earlyEnd,
  info,
  jobOf,
  jobRequest,
  list,
  oneOf,
  remove,
  tooEarly,
} from './bulk-job.ts';

/** `/jobs/query` of the Bulk API 2.0 Developer Guide. */

export function queryJobQuota(world: OrgWorld): QuotaRule {
  return { limit: Number(world.switches.get('dailyBulkQueryJobs')), windowMs: 86_400_000, kind: 'rolling' };
}

const known = ['operation', 'query', 'contentType', 'columnDelimiter', 'lineEnding'];

function create(exchange: OrgExchange): Reply {
  const { world } = exchange;
  const version = apiVersion(exchange, 'query');
  const body = jobRequest(exchange, known);
  const { columnDelimiter = 'COMMA', lineEnding = 'LF' } = body;
  const operation = oneOf(body.operation, ['query', 'queryAll'] as const, 'operation');
  if (typeof body.query !== 'string') throw new CallRefused(400, 'API_ERROR', 'Value does not match expected type');
  const object = objectOf(exchange, body.query, operation === 'queryAll');
  takeQueryJob(world);
  const now = world.clock.now();
  const job: QueryJob = {
    kind: 'query',
    id: world.state.nextId('750'),
    operation,
    object,
    query: body.query,
    createdById: callerOf(exchange) ?? world.state.users.integration,
    createdAtMs: now,
    changedAtMs: now,
    apiVersion: version,
    columnDelimiter: oneOf(columnDelimiter, Object.keys(columnDelimiters) as ColumnDelimiter[], 'columnDelimiter'),
    lineEnding: oneOf(lineEnding, Object.keys(lineEndings) as LineEnding[], 'lineEnding'),
    state: 'UploadComplete',
    startedAtMs: now,
    looks: 0,
    expectedRows: world.state.table(object)?.size ?? 0,
    earlyEnd: earlyEnd(exchange),
    errorMessage: undefined,
    partEnds: undefined,
    partsRead: 0,
    columns: [],
    lines: [],
    blind: exchange.fault('reads-empty') !== undefined,
  };
  world.state.jobs.set(job.id, job);
  return json(200, jobInfo(job, 'changed'));
}

/** The object of the query; one that cannot be may be left to the job to fail. */
function objectOf(exchange: OrgExchange, text: string, includeDeleted: boolean): string {
  try {
    const { object } = checkBulkQuery(exchange.world, text, includeDeleted);
    return exchange.world.state.needTable(object).definition.name;
  } catch (error) {
    if (!(error instanceof SoqlError) || exchange.world.switches.get('bulkQueryRefusal') === 'call') throw error;
    return /\bFROM\s+(\w+)/i.exec(text)?.[1] ?? '';
  }
}

function takeQueryJob(world: OrgWorld): void {
  const rule = queryJobQuota(world);
  const taken = takeQuota(world.state.bulkUse.queryJobs, rule, world.clock.now());
  if (taken.allowed) return;
  // Wording of a real org (airbyte's source-salesforce tests).
  const message = `Max bulk v2 query jobs (${rule.limit}) per 24 hrs has been reached (${taken.used + 1})`;
  throw new CallRefused(400, 'LIMIT_EXCEEDED', message);
}

function change(exchange: OrgExchange): Reply {
  const job = jobOf(exchange, 'query');
  oneOf(jobRequest(exchange, ['state']).state, ['Aborted'], 'state');
  return abort(exchange, job);
}

/** `MTAwMDA` is an example of the guide: a number of rows in base64. */
function locatorOf(row: number): string {
  return Buffer.from(String(row)).toString('base64url');
}

function firstRow(exchange: OrgExchange, job: QueryJob): number {
  const locator = exchange.query.get('locator');
  if (locator === null) return 0;
  const row = Number(Buffer.from(locator, 'base64url').toString('latin1'));
  const isGood = Number.isInteger(row) && row > 0 && row < job.lines.length && locatorOf(row) === locator;
  // "As long as the associated job exists, the locator string for a set of results does not change": only a fault ends it.
  if (!isGood || exchange.fault('bulk-locator-expired')) {
    throw new CallRefused(400, 'INVALID_QUERY_LOCATOR', 'invalid query locator');
  }
  return row;
}

function pageRows(exchange: OrgExchange): number {
  const largest = Number(exchange.world.switches.get('bulkPageRows'));
  const given = exchange.query.get('maxRecords');
  if (given === null) return largest;
  if (!/^[1-9]\d*$/.test(given)) throw new CallRefused(400, 'API_ERROR', 'maxRecords is a positive number');
  // "The request is still subject to the size limits."
  return Math.min(Number(given), largest);
}

function results(exchange: OrgExchange): Reply {
  const job = jobOf(exchange, 'query');
  if (job.state !== 'JobComplete') return tooEarly(exchange);
  if (job.apiVersion !== apiVersion(exchange, 'query')) {
    // "You must use the same API version to get query results ... Otherwise, the call returns a 409 error."
    throw new CallRefused(409, 'INVALIDVERSION', `The job was created in version ${job.apiVersion.toFixed(1)}`);
  }
  const from = firstRow(exchange, job);
  const rows = job.lines.slice(from, from + pageRows(exchange));
  const to = from + rows.length;
  const lines = [csvLine(job.columns, job.columnDelimiter), ...arriving(exchange, rows)];
  const reply = csvReply(exchange, csvText(lines, job.lineEnding), {
    'sforce-numberofrecords': String(rows.length),
    'sforce-locator': to < job.lines.length ? locatorOf(to) : 'null',
  });
  return compressed(exchange, reply);
}

/** "When you get the results of a query job, the response body is always compressed." */
function compressed(exchange: OrgExchange, reply: Reply): Reply {
  const accepts = /\bgzip\b/i.test(String(exchange.headers['accept-encoding'] ?? ''));
  if (!accepts || !exchange.world.switches.isOn('bulkCompressed')) return reply;
  const body = gzipSync(reply.body ?? '', { level: 1 });
  return { ...reply, headers: { ...reply.headers, 'content-encoding': 'gzip' }, body };
}

export const bulkQueryRoutes: readonly OrgRoute[] = [
  dataRoute('POST', '/jobs/query', create),
  dataRoute('GET', '/jobs/query', (exchange) => list(exchange, 'query')),
  dataRoute('GET', '/jobs/query/{job}', (exchange) => info(exchange, 'query')),
  dataRoute('PATCH', '/jobs/query/{job}', change),
  dataRoute('DELETE', '/jobs/query/{job}', (exchange) => remove(exchange, 'query')),
  dataRoute('GET', '/jobs/query/{job}/results', results),
];
