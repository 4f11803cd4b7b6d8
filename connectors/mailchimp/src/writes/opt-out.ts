import { ConnectorError, type Op, type Outcome } from '@heed/contract';
import { recordOf, rejected } from '@heed/toolkit';
import { hashOf } from '../address-hash.ts';
import { leaveInterestBody, newMemberBody, optOutBody } from '../bodies.ts';
import { BY_ADMIN, statusOf } from '../member.ts';
import type { WireMember } from '../wire.ts';
import { done, gone, inState, type Writing } from './outcomes.ts';

export type OptOut = Extract<Op, { kind: 'opt-out' }>;

/**
 * Unsubscribes one member, after a look at it (C21): only so is it known whether we or somebody else did it, and nobody
 * is revived. Many of them: opt-out-batch.ts.
 */
export const optOut = async (writing: Writing, op: OptOut, signal: AbortSignal): Promise<Outcome> => {
  const seen = await writing.api.member(op.record?.id ?? hashOf(op.email), [], signal);
  if (op.topic !== '*') return seen === null ? rejected(op.id, gone()) : leaveInterest(writing, op, seen, signal);
  if (seen !== null) return endSubscription(writing, op, seen, signal);
  if (op.record !== null) return rejected(op.id, gone());
  // The profile asked for it (suppressUnknown): an unsubscribed member without a subscription before it. If somebody creates
  // the member at this moment, `status_if_new` leaves its status alone, and the answer shows it.
  const member = await writing.api.putMember(hashOf(op.email), newMemberBody(op.email, 'unsubscribed', {}), signal);
  return member.status === 'unsubscribed'
    ? done(writing, op.id, 'applied', member)
    : endSubscription(writing, op, member, signal);
};

const endSubscription = async (
  writing: Writing,
  op: OptOut,
  seen: WireMember,
  signal: AbortSignal,
): Promise<Outcome> => {
  switch (statusOf(seen.status)) {
    case 'unsubscribed':
      return done(writing, op.id, 'unchanged', seen);
    case 'archived':
      return rejected(
        op.id,
        inState(seen.status, 'it gets no mail, and an opt-out would bring it back to life (C12a)'),
      );
    case 'undeliverable':
      return rejected(op.id, inState(seen.status, 'it bounced and gets no mail; Mailchimp keeps that state (C10)'));
    case 'subscribed':
    case 'pending':
    case 'non-subscribed':
      return unsubscribe(writing, op, seen.id, signal);
  }
};

const unsubscribe = async (writing: Writing, op: OptOut, hash: string, signal: AbortSignal): Promise<Outcome> => {
  const member = await writing.api.patchMember(hash, optOutBody(), signal);
  if (member.status !== 'unsubscribed')
    return rejected(op.id, inState(member.status, 'Mailchimp took the opt-out and did not carry it out'));
  // The text of another's unsubscription: it came between our look and our request, and was not ours.
  const { unsubscribe_reason: reason = '' } = member;
  return done(writing, op.id, reason === '' || reason === BY_ADMIN ? 'applied' : 'unchanged', member);
};

/** Takes a member out of one interest and leaves the subscription as it is (C17). */
const leaveInterest = async (
  writing: Writing,
  { id, topic }: OptOut,
  seen: WireMember,
  signal: AbortSignal,
): Promise<Outcome> => {
  const status = statusOf(seen.status);
  if (status === 'archived' || status === 'undeliverable')
    return rejected(id, inState(seen.status, 'it gets no mail, and is left as it is (C10, C12a)'));
  const ticked = recordOf(seen.interests)[topic];
  if (typeof ticked !== 'boolean') return rejected(id, noInterest());
  if (!ticked) return done(writing, id, 'unchanged', seen);
  const member = await writing.api.patchMember(seen.id, leaveInterestBody(topic), signal);
  return recordOf(member.interests)[topic] === false
    ? done(writing, id, 'applied', member)
    : rejected(id, inState(member.status, 'Mailchimp took the opt-out of an interest and did not carry it out'));
};

const noInterest = (): ConnectorError =>
  new ConnectorError('config', 'Mailchimp: the audience has no such interest any more; heed lists shows those it has', {
    code: 'topic',
    mayHaveApplied: false,
  });
