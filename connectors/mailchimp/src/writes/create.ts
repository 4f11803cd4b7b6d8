import { ConnectorError, type NewMemberAs, type Op, type Outcome } from '@heed/contract';
import { hashOf } from '../address-hash.ts';
import { fieldsBody, newMemberBody, newStatus } from '../bodies.ts';
import { statusOf } from '../member.ts';
import { mergeFieldsOf } from '../merge-values.ts';
import type { MergeValue, WireMember } from '../wire.ts';
import { done, swallowedIn, type Writing } from './outcomes.ts';

export type Create = Extract<Op, { kind: 'create' }>;

/** A create with everything checked that can be checked without asking about the address. */
export interface NewMember {
  readonly op: Create;
  readonly hash: string;
  readonly as: NewMemberAs;
  readonly mergeFields: Readonly<Record<string, MergeValue>>;
}

/** Throws `config` or `invalid`. */
export const newMember = async (writing: Writing, op: Create, signal: AbortSignal): Promise<NewMember> => {
  if (op.as === null || op.reference !== null || op.type !== 'member') {
    throw new ConnectorError(
      'config',
      'Mailchimp: a new member needs a status, has no external id, and is a `member`',
      { mayHaveApplied: false },
    );
  }
  const mergeFields =
    Object.keys(op.fields).length === 0 ? {} : mergeFieldsOf(op.fields, await writing.mergeFields.known(signal));
  return { op, hash: hashOf(op.email), as: op.as, mergeFields };
};

/** Creates one member, or finds it. `status_if_new` cannot touch one that somebody creates or archives meanwhile. (C9, C19) */
export const createOne = async (writing: Writing, wanted: NewMember, signal: AbortSignal): Promise<Outcome> => {
  const { op, hash, as, mergeFields } = wanted;
  const seen = await writing.api.member(hash, [], signal);
  if (seen !== null) return onHit(writing, wanted, seen, signal);
  return created(writing, wanted, await writing.api.putMember(hash, newMemberBody(op.email, as, mergeFields), signal));
};

/** Another status than asked for: somebody was quicker, and the member is theirs. */
export const created = (writing: Writing, wanted: NewMember, member: WireMember): Outcome => {
  const tags = tagsOf(wanted);
  // The member is made, so this one value is lost until the run that finds its field gone; no further one must be.
  if (swallowedIn(member, tags) !== null) writing.mergeFields.forget();
  return done(writing, wanted.op.id, member.status === newStatus(wanted.as) ? 'applied' : 'unchanged', member, tags);
};

/** Fields only, and only for members who would get them anyway: not for opted-out, bounced or archived ones. (C0) */
const onHit = async (writing: Writing, wanted: NewMember, seen: WireMember, signal: AbortSignal): Promise<Outcome> => {
  const { op, mergeFields } = wanted;
  const tags = tagsOf(wanted);
  const status = statusOf(seen.status);
  const getsFields = status === 'subscribed' || status === 'non-subscribed' || status === 'pending';
  if (!getsFields || tags.length === 0) return done(writing, op.id, 'unchanged', seen);
  return done(writing, op.id, 'applied', await writing.api.patchMember(seen.id, fieldsBody(mergeFields), signal), tags);
};

const tagsOf = ({ mergeFields }: NewMember): readonly string[] => Object.keys(mergeFields);
