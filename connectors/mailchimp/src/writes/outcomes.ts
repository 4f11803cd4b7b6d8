import { ConnectorError, type OpId, type Outcome, type Tools } from '@heed/contract';
import { done as doneAt } from '@heed/toolkit';
import type { Api } from '../api.ts';
import { type Complaints, memberRef, rowOf } from '../member.ts';
import type { MergeFieldBook } from '../merge-field-book.ts';
import type { RecentChanges } from '../recent-changes.ts';
import type { WireMember } from '../wire.ts';

/** What the writes of one `write` call share. */
export interface Writing {
  readonly api: Api;
  readonly tools: Pick<Tools, 'vendorNow'>;
  /** Of the last reading of abuse reports, for the rows of answers. */
  readonly complaints: Complaints;
  readonly mergeFields: MergeFieldBook;
  readonly changes: RecentChanges;
}

export const done = (
  writing: Writing,
  op: OpId,
  result: 'applied' | 'unchanged',
  member: WireMember,
  tags: readonly string[] = [],
): Outcome => {
  const row = rowOf(member, { tags, complaints: writing.complaints });
  return doneAt(op, result, memberRef(member.id), writing.tools.vendorNow(), row);
};

export const doneWithout = (writing: Writing, op: OpId, result: 'applied' | 'unchanged', hash: string): Outcome =>
  doneAt(op, result, memberRef(hash), writing.tools.vendorNow());

/** A merge field that was sent and that the member in the answer does not have: it is gone, and the value was swallowed. */
export const swallowedIn = ({ merge_fields: shown }: WireMember, tags: readonly string[]): string | null =>
  isShown(shown) ? (tags.find((tag) => !Object.hasOwn(shown, tag)) ?? null) : null;

const isShown = (fields: unknown): fields is object =>
  typeof fields === 'object' && fields !== null && !Array.isArray(fields);

export const gone = (): ConnectorError =>
  new ConnectorError('missing', 'the member is not in the audience any more', {
    code: 'Resource Not Found',
    mayHaveApplied: false,
  });

/** A member in a state in which this must not be done. `code` is the state, in Mailchimp's word. */
export const inState = (status: string, why: string): ConnectorError => {
  // Shown and stored: a word of the vendor's, or nothing.
  const state = /^[a-z-]{1,40}$/.test(status) ? status : 'in an unknown state';
  return new ConnectorError('refused', `the member is ${state}: ${why}`, { code: state, mayHaveApplied: false });
};
