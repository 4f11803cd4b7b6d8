import { setTimeout as pause } from 'node:timers/promises';
import { type Left, type StuckCount, sendBroken } from './broken-answer.ts';
import type { SandboxDefinition } from './definition.ts';
import type { OpenExchange } from './exchange.ts';
import { type FaultRule, type Faults, isCommonFault, numberIn } from './faults.ts';
import { HANDLED, html, Refusal, type Reply } from './reply.ts';
import { hold, reset } from './send.ts';

/** How long a call takes when nothing is wrong. */
export interface Latency {
  readonly readMs: number;
  readonly writeMs: number;
}

/** What became of a call, for the log. */
export interface Outcome extends Left {
  readonly fault?: string;
}

const EDGE_PAGE =
  '<!DOCTYPE html>\n<html><head><title>Request Blocked</title></head><body><h1>Request Blocked</h1></body></html>\n';

/** Answers one vendor call: faults first, then admission, then the vendor's handler. */
export async function serveCall<State, Extras extends object>(
  definition: SandboxDefinition<State, Extras>,
  exchange: OpenExchange<State>,
  faults: Faults,
  { latency, stuck }: { readonly latency: Latency; readonly stuck: StuckCount },
): Promise<Outcome> {
  const { response } = exchange.raw;
  const rule = faults.hit(exchange.method, exchange.path, (kind) => isCommonFault(kind) && couldHit(kind, exchange));
  // The vendor's clock is the sandbox's, also in the header by which clients tell the time.
  const wrongByMs = rule?.kind === 'wrong-date' ? numberIn(rule, 'byMs', 3_600_000) : 0;
  response.setHeader('date', new Date(exchange.world.clock.now() + wrongByMs).toUTCString());
  const delayMs = (exchange.method === 'GET' ? latency.readMs : latency.writeMs) + slowness(rule);
  if (delayMs > 0) await pause(delayMs);
  const note = rule === undefined ? {} : { fault: rule.kind };

  switch (rule?.kind) {
    case 'timeout-before':
      await stuck.during(response, hold(response));
      return { status: 0, ...note };
    case 'reset':
      reset(response);
      return { status: 0, ...note };
  }

  const early = rule === undefined ? undefined : instead(definition, exchange, rule);
  const answer = early ?? (await handled(definition, exchange));
  if (answer === HANDLED) return { status: response.statusCode, ...note };
  const reply = definition.finish?.(exchange, answer) ?? answer;
  return { ...(await sendBroken(rule, response, reply, stuck)), ...note };
}

/** A call that brings no token, like the one that fetches it, cannot bring an expired one. */
function couldHit<State>(kind: string, { route }: OpenExchange<State>): boolean {
  return kind !== 'expired-token' || route?.open !== true;
}

/** The answer that a fault puts in the place of the handler's. */
function instead<State, Extras extends object>(
  definition: SandboxDefinition<State, Extras>,
  exchange: OpenExchange<State>,
  rule: FaultRule,
): Reply | undefined {
  switch (rule.kind) {
    case 'throttle':
      return asking(definition.answers.throttled(exchange, rule), rule, exchange);
    case 'server-error':
      return asking(definition.answers.serverError(exchange, rule), rule, exchange);
    case 'expired-token':
      return definition.answers.expiredToken(exchange, rule);
    case 'html':
      return asking(html(rule.status ?? 503, EDGE_PAGE), rule, exchange);
    case 'redirect':
      return html(rule.status ?? 302, EDGE_PAGE, {
        location: String(rule.details?.to ?? 'https://elsewhere.invalid/'),
      });
    default:
      return undefined;
  }
}

/** Vendors that send no Retry-After themselves may have something in front of them that does. */
function asking<State>(reply: Reply, rule: FaultRule, { world }: OpenExchange<State>): Reply {
  if (rule.retryAfterS === undefined) return reply;
  const asDate = rule.details?.retryAfter === 'date';
  const until = new Date(world.clock.now() + rule.retryAfterS * 1_000).toUTCString();
  return { ...reply, headers: { ...reply.headers, 'retry-after': asDate ? until : String(rule.retryAfterS) } };
}

async function handled<State, Extras extends object>(
  definition: SandboxDefinition<State, Extras>,
  exchange: OpenExchange<State>,
): Promise<Reply | typeof HANDLED> {
  const { answers } = definition;
  try {
    const refused = definition.admit?.(exchange);
    if (refused !== undefined) return refused;
    if (exchange.route !== undefined) return await exchange.route.handle(exchange);
    if (exchange.allowed.length > 0) return answers.methodNotAllowed(exchange, exchange.allowed);
    return answers.notFound(exchange);
  } catch (error) {
    if (error instanceof Refusal) return error.reply;
    if (error instanceof SyntaxError) return answers.unreadableBody(exchange);
    throw error;
  }
}

function slowness(rule: FaultRule | undefined): number {
  return rule?.kind === 'slow' ? (rule.delayMs ?? 1_000) : 0;
}
