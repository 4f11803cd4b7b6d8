import { type Exchange, type Reply, seededRandom, type World } from '@heed/sandbox';
import type { Account } from '../account.ts';
import { methodNotAllowed, notFound, Problem, problemReply, unreadableBody } from '../problem.ts';
import type { MailchimpCall, MailchimpRoute } from '../route.ts';
import { apiRoutes } from '../routes/all.ts';
import type { AsyncBatch, BatchOperation, OperationResult } from './async-batch.ts';

/** Carries out one operation at `atMs`, through the very routes that a direct call goes through. */
export function carryOut(
  world: World<Account>,
  batch: AsyncBatch,
  operation: BatchOperation,
  atMs: number,
): OperationResult {
  const reply = answered(operationCall(worldAt(world, atMs), batch, operation), operation);
  return row(operation, reply);
}

/** An operation that the vendor itself could not carry out. */
export function failed(batch: AsyncBatch, operation: BatchOperation, status: number): OperationResult {
  const title = status === 429 ? 'Too Many Requests' : 'Internal Server Error';
  const problem = new Problem(status, title, 'An unexpected internal error has occurred.');
  return row(operation, problemReply({ requestId: requestId(batch, operation) }, problem));
}

function row({ operationId }: BatchOperation, reply: Reply): OperationResult {
  return { status_code: reply.status, operation_id: operationId, response: String(reply.body ?? '') };
}

function answered(call: MailchimpCall, { method, path }: BatchOperation): Reply {
  const fitting = apiRoutes.flatMap((route) => {
    const params = paramsOf(route.path, `/3.0${withoutQuery(path)}`);
    return params === undefined ? [] : [{ route, params }];
  });
  const found = fitting.find(({ route }) => route.method === method);
  if (found === undefined) return problemReply(call, refusalOf(fitting.map(({ route }) => route)));
  try {
    return found.route.answer({ ...call, params: found.params });
  } catch (error) {
    if (error instanceof SyntaxError) return problemReply(call, unreadableBody());
    throw error;
  }
}

function refusalOf(routes: readonly MailchimpRoute[]): Problem {
  return routes.length === 0 ? notFound() : methodNotAllowed(routes.map(({ method }) => method));
}

function operationCall(world: World<Account>, batch: AsyncBatch, operation: BatchOperation): MailchimpCall {
  const { method, path, params, body } = operation;
  const query = new URLSearchParams(path.includes('?') ? path.slice(path.indexOf('?') + 1) : '');
  const honoured = method === 'GET' || world.switches.isOn('asyncParamsOnWrites');
  for (const [name, value] of Object.entries(honoured ? params : {})) query.set(name, value);
  return {
    method,
    path: `/3.0${withoutQuery(path)}`,
    url: `/3.0${path}`,
    query,
    params: {},
    headers: {},
    body: bodyOf(body),
    requestId: requestId(batch, operation),
    world,
    concurrent: 1,
    origin: batch.origin,
    callerIp: batch.callerIp,
    fault: () => undefined,
    touch: () => undefined,
  };
}

function bodyOf(text: string): Exchange<Account>['body'] {
  return {
    bytes: Buffer.from(text),
    text,
    json: () => (text.trim() === '' ? undefined : JSON.parse(text)),
    form: () => new URLSearchParams(text),
  };
}

/** The same world at another moment: what an operation writes bears the time at which it was due. */
function worldAt(world: World<Account>, atMs: number): World<Account> {
  return { ...world, state: world.state, clock: { ...world.clock, now: () => atMs } };
}

function requestId(batch: AsyncBatch, operation: BatchOperation): string {
  const random = seededRandom(batch.submittedMs, `${batch.id} ${operation.operationId} ${operation.path}`);
  return [8, 4, 4, 4, 12].map((length) => random.hex(length)).join('-');
}

function withoutQuery(path: string): string {
  return path.split('?', 1)[0] ?? '';
}

/** The parameters of a path that fits `/3.0/lists/{list}`; a slash at the end makes no difference. */
function paramsOf(template: string, path: string): Readonly<Record<string, string>> | undefined {
  const wanted = template.replace(/\/+$/, '').split('/');
  const given = path.replace(/\/+$/, '').split('/');
  if (wanted.length !== given.length) return undefined;
  const params: Record<string, string> = {};
  for (const [index, part] of wanted.entries()) {
    const value = given[index] ?? '';
    if (part.startsWith('{') && value !== '') params[part.slice(1, -1)] = decoded(value);
    else if (part !== value) return undefined;
  }
  return params;
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
