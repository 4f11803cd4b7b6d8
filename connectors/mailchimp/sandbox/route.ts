import { type Exchange, empty, type FaultRule, json, type Reply, type Route } from '@heed/sandbox';
import type { Account, Audience, Member } from './account.ts';
import { haunt } from './haunt.ts';
import { type Body, objectOf, type WriteContext } from './member-write.ts';
import { notFound, notValidated, Problem, problemReply } from './problem.ts';
import { projected } from './projection.ts';

/** A call as the routes see it: one that came over the wire, or an operation of an asynchronous batch. */
export interface MailchimpCall extends Omit<Exchange<Account>, 'raw' | 'route'> {
  readonly callerIp: string;
}

/** A route whose answer can also be asked for without a request of its own. */
export interface MailchimpRoute extends Route<Account> {
  readonly answer: (call: MailchimpCall) => Reply;
}

/** A route that answers with a JSON document, or with 204 when it returns nothing. */
export function route(
  method: string,
  path: string,
  documentOf: (call: MailchimpCall) => object | undefined,
): MailchimpRoute {
  const answer = (call: MailchimpCall): Reply => {
    try {
      const body = documentOf(call);
      if (body === undefined) return empty(204);
      return json(200, method === 'GET' ? projected(seemingly(call, body), call.query) : body);
    } catch (error) {
      if (error instanceof Problem) return problemReply(call, error);
      throw error;
    }
  };
  return { method, path: `/3.0${path}`, answer, handle: (exchange) => answer(fromWire(exchange)) };
}

/** A request as the routes see it. */
export function fromWire(exchange: Exchange<Account>): MailchimpCall {
  const { remoteAddress = '' } = exchange.raw.request.socket;
  return { ...exchange, callerIp: remoteAddress.replace('::ffff:', '') };
}

/** The fault `reads-empty`: a collection that looks as if nothing were in it. */
function seemingly(call: MailchimpCall, body: object): object {
  if (!('total_items' in body) || call.fault('reads-empty') === undefined) return body;
  const emptied = Object.entries(body).map(([name, value]) =>
    name === 'total_items' ? [name, 0] : [name, Array.isArray(value) && name !== '_links' ? [] : value],
  );
  return Object.fromEntries(emptied);
}

/** The audience of the path; 404 when there is none. */
export function audienceOf(call: MailchimpCall): Audience {
  const { world, params } = call;
  haunt(call);
  const audience = world.state.audiences.get(params.list ?? '');
  if (audience === undefined) throw notFound();
  return audience;
}

/** The member of the path, by hash, address or contact id, or by hash only; 404 when there is none. */
export function memberOf(call: MailchimpCall, keys: 'any' | 'hash' = 'any'): Member {
  const { members } = audienceOf(call);
  const key = call.params.member ?? '';
  const member = keys === 'hash' ? members.get(key.toLowerCase()) : members.find(key);
  if (member === undefined) throw notFound();
  call.touch(member.hash);
  return member;
}

/** The body as an object. */
export function bodyOf(call: MailchimpCall): Body {
  const body = call.body.json();
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw notValidated({ field: '', message: 'Schema describes object, NULL found instead' });
  }
  return objectOf(body);
}

export function writeContext(call: MailchimpCall): WriteContext {
  return {
    world: call.world,
    audience: audienceOf(call),
    callerIp: call.callerIp,
    skipMergeValidation: call.query.get('skip_merge_validation') === 'true',
  };
}

const MAXIMUM_COUNT = 1000;

/** One page of `rows`: `count` is 10 unless told, 1000 at most. */
export function page<Row>(call: MailchimpCall, rows: readonly Row[]): readonly Row[] {
  const offset = shifted(call, wholeNumber(call, 'offset', 0));
  let count = wholeNumber(call, 'count', 10);
  if (count > MAXIMUM_COUNT) {
    if (call.world.switches.get('countAboveMaximum') === 'error') {
      throw notValidated({ field: 'count', message: `Value must be at most ${MAXIMUM_COUNT}` });
    }
    count = MAXIMUM_COUNT;
  }
  return rows.slice(offset, offset + count);
}

/** Pages over a moving set: `offset-repeats` shows the last rows again, `offset-skips` leaves some out, `offset-ignored` starts anew. */
function shifted(call: MailchimpCall, offset: number): number {
  if (offset === 0) return 0;
  if (call.fault('offset-ignored') !== undefined) return 0;
  const repeats = call.fault('offset-repeats');
  if (repeats !== undefined) return Math.max(0, offset - detail(repeats, 'rows', 1));
  const skips = call.fault('offset-skips');
  return skips === undefined ? offset : offset + detail(skips, 'rows', 1);
}

/** A number among the details of a fault rule. */
export function detail(rule: FaultRule, name: string, otherwise: number): number {
  const value = rule.details?.[name];
  return typeof value === 'number' ? value : otherwise;
}

function wholeNumber(call: MailchimpCall, name: string, otherwise: number): number {
  const value = call.query.get(name);
  if (value === null || value === '') return otherwise;
  if (!/^\d+$/.test(value)) throw notValidated({ field: name, message: 'Value must be a number of 0 or more' });
  return Number(value);
}

/** The one link that every document carries. */
export function selfLink(call: MailchimpCall, path: string): readonly object[] {
  return [{ rel: 'self', href: `${call.origin}/3.0${path}`, method: 'GET' }];
}
