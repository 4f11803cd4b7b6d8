import { type Exchange, empty, type HANDLED, json, type Reply, type Route } from '@heed/sandbox';
import type { Account, Audience, Member } from './account.ts';
import { type Body, objectOf, type WriteContext } from './member-write.ts';
import { notFound, notValidated, Problem, problemReply } from './problem.ts';
import { projected } from './projection.ts';

export type MailchimpCall = Exchange<Account>;

/** A route that answers with a JSON document, or with 204 when it returns nothing. */
export function route(
  method: string,
  path: string,
  answer: (call: MailchimpCall) => object | undefined,
): Route<Account> {
  return {
    method,
    path: `/3.0${path}`,
    handle: (call): Reply | typeof HANDLED => {
      try {
        const body = answer(call);
        if (body === undefined) return empty(204);
        return json(200, method === 'GET' ? projected(body, call.query) : body);
      } catch (error) {
        if (error instanceof Problem) return problemReply(call, error);
        throw error;
      }
    },
  };
}

/** The audience of the path; 404 when there is none. */
export function audienceOf({ world, params }: MailchimpCall): Audience {
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
    callerIp: (call.raw.request.socket.remoteAddress ?? '').replace('::ffff:', ''),
    skipMergeValidation: call.query.get('skip_merge_validation') === 'true',
  };
}

const MAXIMUM_COUNT = 1000;

/** One page of `rows`: `count` is 10 unless told, 1000 at most. */
export function page<Row>(call: MailchimpCall, rows: readonly Row[]): readonly Row[] {
  const offset = wholeNumber(call, 'offset', 0);
  let count = wholeNumber(call, 'count', 10);
  if (count > MAXIMUM_COUNT) {
    if (call.world.switches.get('countAboveMaximum') === 'error') {
      throw notValidated({ field: 'count', message: `Value must be at most ${MAXIMUM_COUNT}` });
    }
    count = MAXIMUM_COUNT;
  }
  return rows.slice(offset, offset + count);
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
