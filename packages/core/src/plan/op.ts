import { createHash } from 'node:crypto';
import type { Op, RecordRef } from '@heed/contract';

/** An op before it has an id: what the plan shows and what `sync` then sends (I10). */
export type PlannedOp = { [K in Op['kind']]: Omit<Extract<Op, { kind: K }>, 'id'> }[Op['kind']];

/** What both sides agree on once an op was applied, by field pair. */
export type Agreed = Readonly<Record<string, { readonly crm: string; readonly marketing: string }>>;

export interface PlannedWrite {
  readonly side: 'crm' | 'marketing';
  readonly op: PlannedOp;
  /** `C0.3 C1`; `fields` for what no consent rule asks for. */
  readonly rule: string;
  readonly because: readonly number[];
  /** The topic of the profile that an opt-out is about; absent: all mail (C17). */
  readonly topic?: string;
  /** It is written as one of everything, since the system does not know the topic (C17). */
  readonly collapses?: true;
  /** A guard may hold it (C23). */
  readonly guarded: boolean;
  readonly agrees: Agreed;
  /** The record on the other side that the fields come from, to be linked once the write is applied. */
  readonly partner: RecordRef | null;
}

/** Tells one write from another: the same refusal is not asked for again at once, a corrected value is. No personal data. */
export const writeDigest = (write: PlannedWrite): string => {
  const { op } = write;
  return createHash('sha256')
    .update(JSON.stringify([write.side, op]))
    .digest('hex')
    .slice(0, 16);
};
