import { empty, type FaultRule, type Reply } from '@heed/sandbox';
import { isCompleted, type Job, progressOf, type Task } from '../jobs/job.ts';
import { settle } from '../jobs/progress.ts';
import { NsError, nonexistent } from '../state/ns-error.ts';
import { stampOf } from '../state/time.ts';
import { type Call, collection, header, type NsRoute, prefers, REST, route, singular } from './answers.ts';
import { objectIn } from './record-body.ts';
import { selfLink } from './record-json.ts';
import { permittedTable } from './record-operations.ts';

/** "max 100 items, one record type" (Batch Operations, article_0127092747). */
const MOST_ITEMS = 100;

type Given = Pick<Task, 'key' | 'body'>;

/** `202` and the job's address; nothing is done yet. */
export function submitted(call: Call): Reply {
  if (!prefers(call, 'respond-async')) {
    throw new NsError(400, 'INVALID_HEADER', "The Prefer header with the value 'respond-async' is required.", {
      header: 'Prefer',
    });
  }
  const { state, clock } = call.world;
  const record = permittedTable(call.world, call.params.record ?? '', 'view').name;
  const idempotencyKey = header(call, 'x-netsuite-idempotency-key') || undefined;
  const first = [...state.jobs.values()].find(
    (job) => idempotencyKey !== undefined && job.idempotencyKey === idempotencyKey,
  );
  if (first !== undefined) {
    throw new NsError(400, 'IDEMPOTENCY_ERROR', 'A request with this idempotency key was already submitted.', {
      header: 'X-NetSuite-Idempotency-Key',
      headers: { location: jobUrl(call, first.id) },
    });
  }
  const given = givenIn(call);
  const failing = call.fault('partial-batch');
  const stops = call.fault('job-stuck') ?? call.fault('job-failed');
  state.lastJobId += 1;
  const job: Job = {
    id: String(state.lastJobId),
    origin: call.origin,
    tasks: given.map((one, index) => ({
      ...one,
      id: String(index + 1),
      method: call.method,
      record,
      query: taskQuery(call),
      failsWith:
        failing !== undefined && hits(failing, index) ? String(failing.details?.code ?? 'UNEXPECTED_ERROR') : undefined,
      result: undefined,
    })),
    submittedMs: clock.now(),
    idempotencyKey,
    headers: {
      'x-netsuite-propertynamevalidation': header(call, 'x-netsuite-propertynamevalidation'),
      'x-netsuite-propertyvaluevalidation': header(call, 'x-netsuite-propertyvaluevalidation'),
    },
    looks: 0,
    stopsAfter: stops === undefined ? given.length : Math.floor(given.length * Number(stops.details?.at ?? 0.5)),
    stopsAs: stops?.kind === 'job-failed' ? 'failed' : 'stuck',
  };
  state.jobs.set(job.id, job);
  return empty(202, { location: jobUrl(call, job.id) });
}

/** `details: { indexes? , every? }`: every task unless told. */
function hits({ details }: FaultRule, index: number): boolean {
  if (Array.isArray(details?.indexes)) return details.indexes.includes(index);
  return index % Number(details?.every ?? 1) === 0;
}

function givenIn(call: Call): readonly Given[] {
  const { key } = call.params;
  if (key !== undefined) return [{ key, body: hasBody(call) ? call.body.json() : undefined }];
  const ids = call.query.get('ids');
  if (call.method === 'GET' || call.method === 'DELETE') {
    if (ids === null || ids === '')
      throw new NsError(400, 'INVALID_PARAMETER', 'The query parameter ids is required.', { queryParam: 'ids' });
    return limited(ids.split(',').map((id) => ({ key: id.trim(), body: undefined })));
  }
  if (!header(call, 'content-type').includes('type=collection')) {
    if (call.method === 'POST') return [{ key: undefined, body: call.body.json() }];
    throw new NsError(
      400,
      'INVALID_HEADER',
      'The Content-Type of a collection must be application/vnd.oracle.resource+json; type=collection.',
      {
        header: 'Content-Type',
      },
    );
  }
  const { items } = objectIn(call.body.json());
  if (!Array.isArray(items) || items.length === 0)
    throw new NsError(400, 'INVALID_CONTENT', 'The items of the collection are missing.', { path: 'items' });
  return limited(items.map((item: unknown) => itemOf(call.method, objectIn(item))));
}

/** "PATCH/PUT items carry id or externalId (id wins; PUT external only)". */
function itemOf(method: string, item: Readonly<Record<string, unknown>>): Given {
  if (method === 'POST') return { key: undefined, body: item };
  const { id, externalId } = item;
  if (method === 'PATCH' && id !== undefined) return { key: String(id), body: item };
  return { key: externalId === undefined ? '' : `eid:${String(externalId)}`, body: item };
}

function limited(given: readonly Given[]): readonly Given[] {
  if (given.length > MOST_ITEMS) {
    throw new NsError(400, 'INVALID_REQUEST', `A batch request can have at most ${MOST_ITEMS} records.`);
  }
  return given;
}

const hasBody = (call: Call): boolean => call.method !== 'GET' && call.method !== 'DELETE';

function taskQuery(call: Call): string {
  const query = new URLSearchParams(call.query);
  query.delete('ids');
  query.delete('expandRecords');
  return query.toString();
}

const jobUrl = (call: Call, id: string): string => `${call.origin}${REST}/async/v1/job/${id}`;

function jobOf(call: Call): Job {
  const job = call.world.state.jobs.get(call.params.job ?? '');
  if (job === undefined) throw nonexistent();
  return job;
}

function taskOf(call: Call): Task {
  const task = jobOf(call).tasks.find(({ id }) => id === call.params.task);
  if (task === undefined) throw nonexistent();
  return task;
}

/** A look at a job that is not done brings it forward. */
function showJob(call: Call): Reply {
  const job = jobOf(call);
  const shown = singular({
    links: selfLink(jobUrl(call, job.id)),
    completed: isCompleted(job),
    id: job.id,
    progress: progressOf(job),
    task: { links: selfLink(`${jobUrl(call, job.id)}/task`) },
  });
  if (!isCompleted(job)) job.looks += 1;
  return shown;
}

function listTasks(call: Call): Reply {
  const job = jobOf(call);
  const fewer = call.fault('fewer-results');
  const kept = fewer === undefined ? job.tasks : job.tasks.slice(0, -Number(fewer.details?.missing ?? 1));
  const tasks = call.fault('reordered-results') === undefined ? kept : kept.toReversed();
  const items = tasks.map(({ id }) => ({ links: selfLink(`${jobUrl(call, job.id)}/task/${id}`), id }));
  return collection({
    links: selfLink(`${jobUrl(call, job.id)}/task`),
    count: items.length,
    hasMore: false,
    items,
    offset: 0,
    totalResults: items.length,
  });
}

function showTask(call: Call): Reply {
  const job = jobOf(call);
  const task = taskOf(call);
  const href = `${jobUrl(call, job.id)}/task/${task.id}`;
  const failed = task.result !== undefined && task.result.status >= 400;
  const key = task.key === undefined ? '' : `/${task.key}`;
  return singular({
    links: selfLink(href),
    completed: task.result !== undefined,
    id: task.id,
    method: task.method,
    operation: `${REST}/record/v1/${task.record}${key}`,
    progress: task.result === undefined ? 'pending' : failed ? 'failed' : 'succeeded',
    result: { links: selfLink(`${href}/result`) },
    submittedTime: stampOf(job.submittedMs),
    ...(task.result === undefined ? {} : { startTime: task.result.startedAt, endTime: task.result.startedAt }),
  });
}

/** "one result per task, never one combined reply" (article_0127092747); the answer its operation would have had. */
function showResult(call: Call): Reply {
  const { result } = taskOf(call);
  if (result === undefined) {
    const status = Number(call.world.switches.get('resultTooEarly'));
    throw new NsError(
      status,
      status === 404 ? 'NONEXISTENT_ID' : 'INVALID_REQUEST',
      'The result of the task is not available yet.',
    );
  }
  const { location } = result.headers;
  if (location !== undefined) call.touch(location.slice(location.lastIndexOf('/') + 1));
  return { status: result.status, headers: result.headers, ...(result.body === '' ? {} : { body: result.body }) };
}

export const asyncRoutes: readonly NsRoute[] = [
  route('GET', '/async/v1/job/{job}', (call) => {
    settle(call.world);
    return showJob(call);
  }),
  route('GET', '/async/v1/job/{job}/task', listTasks),
  route('GET', '/async/v1/job/{job}/task/{task}', showTask),
  route('GET', '/async/v1/job/{job}/task/{task}/result', showResult),
];
