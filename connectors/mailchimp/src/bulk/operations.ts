import { ConnectorError, type Op, type OpId, type Outcome } from '@heed/contract';
import { done, rejected } from '@heed/toolkit';
import { fieldsBody } from '../bodies.ts';
import { memberRef } from '../member.ts';
import { mergeFieldsOf } from '../merge-values.ts';
import type { WireMergeField } from '../wire.ts';
import { gone } from '../writes/outcomes.ts';

export type Patch = Extract<Op, { kind: 'patch' }>;

/** One request inside a batch. (spec) */
export interface Operation {
  readonly operation_id: OpId;
  readonly method: 'PATCH';
  readonly path: string;
  /** A string each. An old guide says that they count for GET only; then a required merge field may refuse the op. */
  readonly params: Readonly<Record<string, string>>;
  /** JSON in a string. */
  readonly body: string;
}

/** The ops that make the operations of a batch; the others are settled without one (`leftOut`). */
export const sendable = (ops: readonly Op[], known: readonly WireMergeField[]): readonly Patch[] => {
  const taken = new Set<string>();
  return ops.filter((op): op is Patch => {
    if (op.kind !== 'patch' || reasonAgainst(op, known) !== null || taken.has(op.record.id)) return false;
    // Operations run in no promised order: one per member.
    taken.add(op.record.id);
    return true;
  });
};

/** The same body as a single patch has. Throws `invalid`. */
export const operationOf = (audience: string, op: Patch, known: readonly WireMergeField[]): Operation => ({
  operation_id: op.id,
  method: 'PATCH',
  path: `/lists/${encodeURIComponent(audience)}/members/${op.record.id}`,
  params: { skip_merge_validation: 'true' },
  body: JSON.stringify(fieldsBody(mergeFieldsOf(op.fields, known))),
});

/** What became of an op that was left out of its batch. */
export const leftOut = (op: Op, known: readonly WireMergeField[], at: number): Outcome => {
  if (op.kind !== 'patch') return rejected(op.id, notApplied());
  const reason = reasonAgainst(op, known);
  if (reason === 'nothing to do') return done(op.id, 'unchanged', memberRef(op.record.id), at);
  return rejected(op.id, reason ?? notApplied());
};

/** Surely not applied, and nothing is wrong with it: it is planned anew. */
export const notApplied = (): ConnectorError =>
  new ConnectorError('stale', 'the batch with this change was never started', {
    code: 'not started',
    mayHaveApplied: false,
  });

const HASH = /^[0-9a-f]{32}$/;

const reasonAgainst = (op: Patch, known: readonly WireMergeField[]): ConnectorError | 'nothing to do' | null => {
  if (Object.keys(op.fields).length === 0) return 'nothing to do';
  // It becomes part of a path.
  if (!HASH.test(op.record.id)) return gone();
  try {
    mergeFieldsOf(op.fields, known);
    return null;
  } catch (error) {
    if (error instanceof ConnectorError) return error;
    throw error;
  }
};
