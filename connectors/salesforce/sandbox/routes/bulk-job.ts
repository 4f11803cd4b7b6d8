import { empty, json, type Reply } from '@heed/sandbox';
import { jobInfo, newestFirst } from '../bulk/info.ts';
import { type BulkJob, type EarlyEnd, endJob, isRunning } from '../bulk/job.ts';
import { settleJob } from '../bulk/progress.ts';
import { CallRefused } from '../state/errors.ts';
import { to18 } from '../state/ids.ts';
import { jsonObject, type OrgExchange, param, versionBase } from './answers.ts';
import { badNextLink } from './next-link.ts';

/** What ingest and query jobs have in common: finding, listing, aborting, deleting. */

export type Kind = BulkJob['kind'];

/** "available in API version 41.0 and later", "47.0" for queries. */
const since: Readonly<Record<Kind, number>> = { ingest: 41, query: 47 };

function noSuchJob(): CallRefused {
  return new CallRefused(404, 'NOT_FOUND', 'The requested resource does not exist');
}

/** @throws CallRefused below the version that brought these jobs */
export function apiVersion(exchange: OrgExchange, kind: Kind): number {
  const version = Number(param(exchange, 'version'));
  if (version < since[kind]) throw noSuchJob();
  return version;
}

/** The job of the path. */
export function jobOf<K extends Kind>(exchange: OrgExchange, kind: K): Extract<BulkJob, { kind: K }> {
  apiVersion(exchange, kind);
  const job = exchange.world.state.jobs.get(to18(param(exchange, 'job')) ?? '');
  if (job?.kind !== kind) throw noSuchJob();
  return job as Extract<BulkJob, { kind: K }>;
}

/** The JSON body of a request, every property of which must be known. */
export function jobRequest(exchange: OrgExchange, known: readonly string[]): Readonly<Record<string, unknown>> {
  const body = jsonObject(exchange);
  const unknown = Object.keys(body).find((name) => !known.includes(name));
  if (unknown !== undefined) throw new CallRefused(400, 'API_ERROR', `Unrecognized field "${unknown}"`);
  if ('contentType' in body && body.contentType !== 'CSV') throw invalidJob('Only the content type CSV is supported');
  return body;
}

export function invalidJob(message: string): CallRefused {
  return new CallRefused(400, 'INVALIDJOB', message);
}

export function invalidState(message: string): CallRefused {
  return new CallRefused(400, 'INVALIDJOBSTATE', message);
}

/** One of the names of an enumeration. */
export function oneOf<Name extends string>(given: unknown, names: readonly Name[], what: string): Name {
  const found = names.find((name) => name === given);
  if (found === undefined) throw invalidJob(`${what} is one of ${names.join(', ')}`);
  return found;
}

/** The fault, if any, by which a job ends before its time. */
export function earlyEnd(exchange: OrgExchange): EarlyEnd | undefined {
  for (const as of ['stuck', 'failed', 'aborted'] as const) {
    const fault = exchange.fault(`bulk-job-${as}`);
    if (fault) return { as, at: Number(fault.details?.at ?? 0.5) };
  }
  return undefined;
}

/** Reading the information of a job is what moves it, where the switch says so. */
export function info(exchange: OrgExchange, kind: Kind): Reply {
  const job = jobOf(exchange, kind);
  job.looks += isRunning(job) ? 1 : 0;
  settleJob(exchange.world, job);
  return json(200, jobInfo(job, 'full'));
}

/** "When a job is aborted, no more records are processed. If changes to data have been committed, they aren't rolled back." */
export function abort(exchange: OrgExchange, job: BulkJob): Reply {
  if (job.state === 'Aborted') throw invalidState('Aborting already Aborted Job not allowed');
  // Wording of restforce#905.
  if (job.state !== 'Open' && !isRunning(job)) throw invalidState('Aborting already Completed Job not allowed');
  endJob(job, 'Aborted', exchange.world.clock.now());
  return json(200, jobInfo(job, 'changed'));
}

/** "To be deleted, a job must have a state of UploadComplete, JobComplete, Aborted, or Failed." */
export function remove(exchange: OrgExchange, kind: Kind): Reply {
  const job = jobOf(exchange, kind);
  if (job.state === 'Open' || job.state === 'InProgress') {
    throw invalidState(`Deleting a Job that is ${job.state} is not allowed`);
  }
  exchange.world.state.jobs.delete(job.id);
  return empty(204);
}

const types: Readonly<Record<Kind, string>> = { ingest: 'V2Ingest', query: 'V2Query' };

/** "up to 1000 result rows per request, along with a nextRecordsUrl value that contains the locator". */
export function list(exchange: OrgExchange, kind: Kind): Reply {
  apiVersion(exchange, kind);
  const { query, world } = exchange;
  const jobType = query.get('jobType') ?? types[kind];
  // PK chunking is asked for by jobs of the first Bulk API only, serial mode by none of these.
  const none = query.get('isPkChunkingEnabled') === 'true' || /^serial$/i.test(query.get('concurrencyMode') ?? '');
  const all = none ? [] : newestFirst(world.state).filter((job) => types[job.kind] === jobType);
  const before = query.get('queryLocator');
  const from = before === null ? 0 : all.findIndex((job) => job.id < before);
  const to = from < 0 ? all.length : from + Number(world.switches.get('bulkListJobs'));
  const records = from < 0 ? [] : all.slice(from, to);
  const next = to < all.length ? nextLink(exchange, kind, records.at(-1)?.id ?? '') : undefined;
  const link = badNextLink(exchange) ?? next;
  return json(200, {
    done: link === undefined,
    records: records.map((job) => jobInfo(job, 'listed')),
    ...(link === undefined ? {} : { nextRecordsUrl: link }),
  });
}

function nextLink(exchange: OrgExchange, kind: Kind, lastId: string): string {
  const query = new URLSearchParams(exchange.query);
  query.set('queryLocator', lastId);
  return `${versionBase(exchange)}/jobs/${kind}?${query}`;
}

/** Results that cannot be read yet. */
export function tooEarly(exchange: OrgExchange): Reply {
  switch (exchange.world.switches.get('bulkResultsTooEarly')) {
    case 'no-content':
      return empty(204);
    case 'bad-request':
      throw invalidState('The job is not complete');
    default:
      throw noSuchJob();
  }
}

/** A CSV answer; `bulk-results-truncated` cuts its text, which then ends as if it were whole. */
export function csvReply(exchange: OrgExchange, body: string, headers: Readonly<Record<string, string>> = {}): Reply {
  const cut = exchange.fault('bulk-results-truncated');
  const text = cut ? body.slice(0, Math.floor(body.length * Number(cut.details?.keep ?? 0.5))) : body;
  return { status: 200, headers: { 'content-type': 'text/csv', ...headers }, body: text };
}

/** The result rows that arrive: `bulk-results-missing` leaves some out and says nothing. */
export function arriving<Item>(exchange: OrgExchange, rows: readonly Item[]): readonly Item[] {
  const fault = exchange.fault('bulk-results-missing');
  if (!fault) return rows;
  const every = Number(fault.details?.every ?? 2);
  return rows.filter((_, index) => index % every !== every - 1);
}
