import { ApiError, invalid } from '../portal/api-error.ts';
import type { PortalWorld } from '../portal/portal.ts';
import { type Body, detail, isObject, iso, type PortalExchange, replying, textIn } from './route.ts';

/** Checks an input at once, and carries it out when called. */
export type Write = (world: PortalWorld, input: Body) => () => object;

const MOST_INPUTS = 100;

/** `{ inputs: [...] }`, at most a hundred. */
export function inputsOf(body: Body, most = MOST_INPUTS): readonly Body[] {
  const { inputs } = body;
  if (!Array.isArray(inputs)) {
    throw invalid(
      'Invalid input JSON on line 1, column 2: Cannot build BatchInput, some of required attributes are not set [inputs]',
    );
  }
  if (inputs.length > most) {
    throw invalid(
      `The maximum number of inputs supported in a batch request is ${most}, but ${inputs.length} were sent`,
    );
  }
  return inputs.map((input) => {
    if (!isObject(input)) throw invalid('Invalid input JSON: every input must be an object');
    return input;
  });
}

/** Unverified: "The same id or email twice in one batch: expect a 400 for the batch". */
export function refuseDuplicates({ world }: PortalExchange, inputs: readonly Body[]): void {
  if (world.switches.get('duplicateInputs') === 'applied') return;
  const seen = new Set<string>();
  for (const input of inputs) {
    const { email } = isObject(input.properties) ? input.properties : {};
    const own = [
      ...(input.id === undefined ? [] : [`${textIn(input, 'idProperty') ?? 'id'} ${String(input.id).toLowerCase()}`]),
      ...(typeof email === 'string' && email !== '' ? [`email ${email.toLowerCase()}`] : []),
    ];
    for (const key of new Set(own)) {
      if (seen.has(key)) throw invalid(`Duplicate IDs found in batch input: [${key}]. IDs must be unique`);
      seen.add(key);
    }
  }
}

/** Nothing is carried out unless everything can be. */
export function carriedOutWhole(
  exchange: PortalExchange,
  inputs: readonly Body[],
  write: Write,
  status: number,
): object {
  const startedAtMs = exchange.world.clock.now();
  const planned = inputs.map((input, position) => plan(exchange, input, position, write));
  const results = planned.map((carryOut, position) => traced(exchange, carryOut(), inputs[position] ?? {}));
  touchAll(exchange, results);
  return batchAnswer(exchange, { results, errors: [], startedAtMs }, status);
}

/** Each input stands for itself; the error names its trace. */
export function carriedOutEach(
  exchange: PortalExchange,
  inputs: readonly Body[],
  write: Write,
  status: number,
): object {
  const startedAtMs = exchange.world.clock.now();
  const results: object[] = [];
  const errors: object[] = [];
  inputs.forEach((input, position) => {
    try {
      results.push(traced(exchange, plan(exchange, input, position, write)(), input));
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      const trace = textIn(input, 'objectWriteTraceId') ?? '';
      errors.push({
        status: 'error',
        category: error.category,
        message: error.message,
        context: { ...error.more.context, objectWriteTraceId: [trace] },
      });
    }
  });
  touchAll(exchange, results);
  return batchAnswer(exchange, { results, errors, startedAtMs }, status);
}

function plan(exchange: PortalExchange, input: Body, position: number, write: Write): () => object {
  const rule = exchange.fault('partial-batch');
  if (rule !== undefined && (position + 1) % detail(rule, 'every', 2) === 0) {
    throw new ApiError(
      400,
      String(rule.details?.category ?? 'VALIDATION_ERROR'),
      'The sandbox was told to refuse this one',
    );
  }
  return write(exchange.world, input);
}

function traced({ world }: PortalExchange, shown: object, input: Body): object {
  const trace = textIn(input, 'objectWriteTraceId');
  return trace === undefined || !world.switches.isOn('echoTraceIds') ? shown : { ...shown, objectWriteTraceId: trace };
}

function touchAll(exchange: PortalExchange, results: readonly object[]): void {
  exchange.touch(...results.map((one) => String((one as { id?: string }).id)));
}

interface Batch {
  readonly results: readonly object[];
  readonly errors: readonly object[];
  readonly startedAtMs: number;
}

/** The envelope of a batch: 207 as soon as there is an error. */
export function batchAnswer(exchange: PortalExchange, { results, errors, startedAtMs }: Batch, status: number): object {
  const { world } = exchange;
  const fewer = exchange.fault('batch-fewer-rows');
  const reordered = exchange.fault('batch-reordered-rows') !== undefined;
  const kept = fewer === undefined ? results : results.filter((_, at) => (at + 1) % detail(fewer, 'every', 2) !== 0);
  const turned = reordered !== (world.switches.get('batchOrder') === 'reversed');
  return replying(errors.length === 0 ? status : 207, {
    status: 'COMPLETE',
    results: turned ? kept.toReversed() : kept,
    ...(errors.length === 0 ? {} : { numErrors: errors.length, errors }),
    startedAt: iso(startedAtMs),
    completedAt: iso(world.clock.now()),
  });
}
