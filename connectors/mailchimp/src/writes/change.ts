import { ConnectorError, type Op, type Outcome } from '@heed/contract';
import { recordOf, rejected } from '@heed/toolkit';
import { hashOf } from '../address-hash.ts';
import { fieldsBody, renameBody } from '../bodies.ts';
import { statusOf } from '../member.ts';
import { mergeFieldsOf, noSuchField } from '../merge-values.ts';
import { done, doneWithout, gone, inState, swallowedIn, type Writing } from './outcomes.ts';

type Patch = Extract<Op, { kind: 'patch' }>;
type Rename = Extract<Op, { kind: 'rename' }>;
type Leave = Extract<Op, { kind: 'leave' }>;

/** Merge fields and nothing else. A member that is not there is not made: PATCH answers 404, where PUT would create. (C9) */
export const patch = async (writing: Writing, op: Patch, signal: AbortSignal): Promise<Outcome> => {
  const tags = Object.keys(op.fields);
  if (tags.length === 0) return doneWithout(writing, op.id, 'unchanged', op.record.id);
  const mergeFields = mergeFieldsOf(op.fields, await writing.mergeFields.known(signal));
  const member = await writing.api
    .patchMember(op.record.id, fieldsBody(mergeFields), signal)
    .catch((error: unknown) => {
      if (namesField(error)) writing.mergeFields.forget();
      throw error;
    });
  const swallowed = swallowedIn(member, tags);
  if (swallowed === null) return done(writing, op.id, 'applied', member, tags);
  writing.mergeFields.forget();
  return rejected(op.id, noSuchField(swallowed));
};

/** Its type may have changed since the merge fields were read. */
const namesField = (error: unknown): boolean => error instanceof ConnectorError && error.details.field !== undefined;

/**
 * The member gets the new address and keeps status, opt-in time and tags. Looked at first: a PUT to a hash that does not
 * exist would be about another member, or create one. (recorded; C9, C15)
 */
export const rename = async (writing: Writing, op: Rename, signal: AbortSignal): Promise<Outcome> => {
  const seen = await writing.api.member(op.record.id, [], signal);
  if (seen === null) return rejected(op.id, gone());
  if (statusOf(seen.status) === 'archived') return rejected(op.id, inState(seen.status, 'it is not renamed (C12a)'));
  const member = await writing.api.putMember(op.record.id, renameBody(op.to), signal);
  if (member.id === hashOf(op.to) && member.status === seen.status) return done(writing, op.id, 'applied', member);
  throw new ConnectorError(
    'protocol',
    'put member: after the change of address Mailchimp shows another member or status',
    { mayHaveApplied: true },
  );
};

/** The tag that marks members whose record left the lists of the profile. */
export const LEFT_TAG = 'Left the CRM lists';

/**
 * Only for subscribed and non-subscribed members: archiving an unsubscribed one would hide the opt-out, and whoever creates
 * the address again would revive it as subscribed. (C12)
 */
export const leave = async (writing: Writing, op: Leave, signal: AbortSignal): Promise<Outcome> => {
  const { api } = writing;
  const hash = op.record.id;
  const seen = await api.member(hash, [], signal);
  if (seen === null) return rejected(op.id, gone());
  const status = statusOf(seen.status);
  if (status === 'archived' && op.how === 'archive') return done(writing, op.id, 'unchanged', seen);
  if (status !== 'subscribed' && status !== 'non-subscribed') {
    return rejected(
      op.id,
      inState(seen.status, 'only subscribed and non-subscribed members are tagged or archived (C12)'),
    );
  }
  if (op.how === 'tag') {
    if (Array.isArray(seen.tags) && seen.tags.some((tag) => recordOf(tag).name === LEFT_TAG))
      return done(writing, op.id, 'unchanged', seen);
    await api.tag(hash, LEFT_TAG, signal);
    return done(writing, op.id, 'applied', seen);
  }
  try {
    await api.archive(hash, signal);
  } catch (error) {
    // 405: bounced, pending or archived by now, perhaps by our own first try. A look tells.
    const now =
      error instanceof ConnectorError && error.kind === 'refused'
        ? await api.member(hash, [], signal).catch(() => null)
        : null;
    if (now === null || statusOf(now.status) !== 'archived') throw error;
    return done(writing, op.id, 'unchanged', now);
  }
  return doneWithout(writing, op.id, 'applied', hash);
};
