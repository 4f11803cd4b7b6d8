import type { FaultRule, Switches } from '@heed/sandbox';
import { type Body, objectOf } from '../member-write.ts';
import { type FieldError, notValidated, Problem } from '../problem.ts';
import { detail, type MailchimpCall } from '../route.ts';
import type { AsyncBatch, BatchOperation, Fate } from './async-batch.ts';
import { isOpen } from './progress.ts';

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'];
/** "We now allow a user to submit up to 500 pending API batches ... A 429 status code will be returned" (release note of 2021-11-16). */
const MOST_OPEN = 500;

/** The batch that a POST asks for; throws what the vendor says against it. */
export function submitted(call: MailchimpCall, body: Body): AsyncBatch {
  const { world, origin, callerIp } = call;
  const nowMs = world.clock.now();
  if (world.state.batches.filter((one) => isOpen(one, nowMs)).length >= MOST_OPEN) {
    throw new Problem(429, 'Too Many Requests', `You have more than ${MOST_OPEN} pending batches.`);
  }
  const operations = operationsOf(body, Number(world.switches.get('asyncOperationLimit')));
  const fate = fateOf(call, operations.length);
  const isDropped = fate.lost === true && call.fault('async-lost')?.details?.applied !== true;
  return {
    id: world.random.hex(10),
    submittedMs: nowMs,
    total: operations.length,
    origin,
    callerIp,
    pace: paceOf(world.switches),
    fate,
    todo: isDropped ? [] : operations,
    beginMs: undefined,
    done: 0,
    errored: 0,
    results: [],
    packed: undefined,
    links: [],
  };
}

function paceOf(switches: Switches): AsyncBatch['pace'] {
  const ms = (name: string): number => Math.max(0, Number(switches.get(name)));
  return { startMs: ms('asyncStartMs'), operationMs: ms('asyncOperationMs'), finalizeMs: ms('asyncFinalizeMs') };
}

const STATUSES = ['pending', 'preprocessing', 'started', 'finalizing'] as const;

function fateOf(call: MailchimpCall, total: number): Fate {
  const stuck = call.fault('async-stuck');
  const refused = call.fault('partial-batch');
  const failing = call.fault('async-failing') ?? refused;
  return {
    ...(call.fault('async-lost') === undefined ? {} : { lost: true }),
    ...(stuck === undefined ? {} : { stuck: stuckBy(stuck, total) }),
    ...(failing === undefined
      ? {}
      : {
          failing: {
            every: detail(failing, 'every', 2),
            status: detail(failing, 'status', failing === refused ? 400 : 500),
          },
        }),
  };
}

function stuckBy(rule: FaultRule, total: number): NonNullable<Fate['stuck']> {
  const status = STATUSES.find((one) => one === rule.details?.status) ?? 'started';
  const otherwise = status === 'started' ? Math.floor(total / 2) : status === 'finalizing' ? total : 0;
  return { status, after: detail(rule, 'after', otherwise) };
}

function operationsOf(body: Body, limit: number): readonly BatchOperation[] {
  const { operations } = body;
  if (!Array.isArray(operations)) {
    throw notValidated({ field: 'operations', message: 'Required fields were not provided: operations' });
  }
  if (limit > 0 && operations.length > limit) {
    throw notValidated({ field: 'operations', message: `A batch takes at most ${limit} operations` });
  }
  const errors: FieldError[] = [];
  const read = operations.map((one, index) => operationOf(objectOf(one), `operations.item:${index}`, errors));
  if (errors.length > 0) throw notValidated(...errors);
  return read;
}

function operationOf(given: Body, at: string, errors: FieldError[]): BatchOperation {
  const { method, path, params, body, operation_id } = given;
  const wrong = (name: string, message: string): void => {
    errors.push({ field: `${at}.${name}`, message });
  };
  if (typeof method !== 'string' || !METHODS.includes(method)) {
    wrong('method', `Value must be one of: ${METHODS.join(',')}`);
  }
  if (typeof path !== 'string' || path === '') wrong('path', 'Required fields were not provided: path');
  if (body !== undefined && typeof body !== 'string') wrong('body', 'Schema describes string, object found instead');
  if (operation_id !== undefined && typeof operation_id !== 'string') {
    wrong('operation_id', 'Schema describes string, integer found instead');
  }
  const text = String(path ?? '');
  return {
    method: String(method),
    path: text.startsWith('/') ? text : `/${text}`, // "The relative path": both are in use
    params: Object.fromEntries(Object.entries(objectOf(params)).map(([name, value]) => [name, String(value)])),
    body: typeof body === 'string' ? body : '',
    operationId: typeof operation_id === 'string' ? operation_id : null,
  };
}
