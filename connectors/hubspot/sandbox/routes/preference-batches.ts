import { ApiError, invalid } from '../portal/api-error.ts';
import { BY_API, optOutOfAll } from '../portal/preferences.ts';
import { isEmail } from '../portal/property-values.ts';
import { brandIn, envelope, needChannel, statusesOf, wideStatusesOf, writtenStatus } from './preferences-v4.ts';
import { bodyOf, isObject, type PortalExchange, type PortalRoute, route, textIn } from './route.ts';

const READ = { scopes: [['communication_preferences.statuses.batch.read']] } as const;
const WRITE = { scopes: [['communication_preferences.statuses.batch.write']] } as const;

/** "the batch opt-out endpoints = Marketing Hub Enterprise only", below `base`. */
export function preferenceBatchRoutes(base: string): readonly PortalRoute[] {
  const at = `${base}/statuses/batch`;
  return [
    route('POST', `${at}/read`, readStatuses, READ),
    route('POST', `${at}/write`, writeStatuses, WRITE),
    route('POST', `${at}/unsubscribe-all`, unsubscribeAll, WRITE),
    route('POST', `${at}/unsubscribe-all/read`, readWide, READ),
  ];
}

/** The inputs, on the plan that has these calls. */
function inputsOf(exchange: PortalExchange): readonly unknown[] {
  const { switches } = exchange.world;
  if (switches.get('plan') !== 'enterprise') {
    throw new ApiError(403, 'FORBIDDEN', 'This account does not have access to this feature');
  }
  const { inputs } = bodyOf(exchange);
  if (!Array.isArray(inputs)) throw invalid('Invalid input JSON: inputs must be an array');
  const most = Number(switches.get('preferenceBatchMax'));
  if (inputs.length > most) throw invalid(`There can be at most ${most} inputs`);
  return inputs;
}

interface Sorted {
  readonly good: readonly string[];
  readonly errors: readonly object[];
}

/** Addresses that are none become errors of the envelope. */
function addresses(exchange: PortalExchange): Sorted {
  needChannel(exchange);
  brandIn(exchange);
  const inputs = inputsOf(exchange).map(String);
  const good = inputs.filter(isEmail);
  exchange.touch(...good.map((one) => one.toLowerCase()));
  return { good, errors: inputs.filter((one) => !isEmail(one)).map((one) => rowError(one, 'Invalid email address')) };
}

function rowError(email: string, message: string): object {
  return { status: 'error', category: 'VALIDATION_ERROR', message, context: { subscriberIdString: [email] } };
}

function readStatuses(exchange: PortalExchange): object {
  const { good, errors } = addresses(exchange);
  const results = good.map((email) => ({ subscriberIdString: email, statuses: statusesOf(exchange, email) }));
  return envelope(exchange, results, errors);
}

function readWide(exchange: PortalExchange): object {
  const { good, errors } = addresses(exchange);
  const results = good.map((email) => ({ subscriberIdString: email, wideStatuses: wideStatusesOf(exchange, email) }));
  return envelope(exchange, results, errors);
}

function unsubscribeAll(exchange: PortalExchange): object {
  const { good, errors } = addresses(exchange);
  const verbose = exchange.query.get('verbose') === 'true';
  const results = good.map((email) => {
    const outcome = optOutOfAll(exchange.world, email, BY_API, brandIn(exchange));
    return { subscriberIdString: email, ...(verbose ? { statuses: statusesOf(exchange, email, outcome) } : {}) };
  });
  return envelope(exchange, results, errors);
}

/** `{inputs: [StatusWrite + subscriberIdString]}` */
function writeStatuses(exchange: PortalExchange): object {
  const results: object[] = [];
  const errors: object[] = [];
  for (const input of inputsOf(exchange)) {
    const email = isObject(input) ? (textIn(input, 'subscriberIdString') ?? '') : '';
    try {
      if (!isObject(input) || !isEmail(email)) throw invalid('Invalid email address');
      results.push(writtenStatus(exchange.world, email, input));
      exchange.touch(email.toLowerCase());
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      errors.push(rowError(email, error.message));
    }
  }
  return envelope(exchange, results, errors);
}
