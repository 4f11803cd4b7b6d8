import type { Millis, Row } from '@heed/contract';
import type { Shadow, Sight } from '../state/shadow.ts';
import type { When } from './fact.ts';

/** Vendors stamp in whole seconds, so a change may be dated up to a second before it happened. */
export const STAMP_MS = 1_000;

/** A state found by a read: not before `from`, not after the read, nor after the modified time that the read showed. */
export const foundBy = (row: Row, readAt: Millis, from: Millis | null): When => {
  const until = row.modifiedAt === null ? readAt : Math.min(readAt, row.modifiedAt);
  // The vendor's stamp is cut to a whole second, our reading time is not.
  if (from === null || from > until + STAMP_MS) return { from: null, until, exact: false };
  return { from: Math.min(from, until), until, exact: false };
};

/** A state that the vendor dates. */
export const dated = (at: Millis): When => ({ from: at, until: at, exact: true });

/** A member's status is in every row of it. */
export const lastReadOf = (before: Shadow | null): Sight | null =>
  before === null ? null : { readAt: before.lastReadAt, stay: before.stays.length - 1 };

/**
 * When a consent field was shown last, and in which stay the record was then. A read can lack it: the field was hidden, or
 * another profile asked, or it was the answer to a write. Such a read says nothing about it (silence is not a fact).
 * Null: no read has ever shown it.
 */
export const lastSightOf = (before: Shadow | null, field: string): Sight | null => {
  const now = lastReadOf(before);
  if (before === null || now === null) return null;
  if (before.sights === undefined) return field in before.values ? now : null;
  const sight = before.sights[field];
  return sight === undefined ? null : (sight ?? now);
};
