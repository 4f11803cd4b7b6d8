import { createHash } from 'node:crypto';
import type { JobTicket, Millis, OpId } from '@heed/contract';
import { readJson, recordOf } from '@heed/toolkit';

/** What finds a batch again, in this or another process. */
export interface Ticket {
  /** When it was opened, vendor's clock: the batch cannot be older. */
  readonly openedAt: Millis;
  /** The same by our own clock. */
  readonly openedHere: Millis;
  /** Tells it from another one of the same moment: marks its first op. */
  readonly first: string;
  /** How many operations the batch has. */
  readonly operations: number;
  /** Marks of the ops that are none of the batch's: they need no request, or Mailchimp must not get them. */
  readonly left: readonly string[];
  /** Mailchimp's id of the batch; null if its answer was lost, or was never asked for. */
  readonly batch: string | null;
}

const VERSION = 1;

/** Stands for an op in a ticket, whatever ids are made of. */
export const markOf = (id: OpId): string => createHash('sha256').update(id).digest('hex').slice(0, 16);

export const writeTicket = (ticket: Ticket): JobTicket => JSON.stringify({ v: VERSION, ...ticket });

/** Null for a ticket of another version of Heed. */
export const readTicket = (text: JobTicket): Ticket | null => {
  const { v, openedAt, openedHere, first, operations, left, batch } = recordOf(readJson(text));
  if (v !== VERSION || typeof openedAt !== 'number' || typeof openedHere !== 'number') return null;
  if (typeof first !== 'string' || typeof operations !== 'number') return null;
  if (!Array.isArray(left) || (batch !== null && typeof batch !== 'string')) return null;
  return { openedAt, openedHere, first, operations, left: left.filter((id) => typeof id === 'string'), batch };
};
