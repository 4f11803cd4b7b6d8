import type { OptOutLook, Row } from '@heed/contract';
import { wholeStreams } from '@heed/toolkit';
import { complaintStream, optOutStream, type Source } from './streams.ts';

/** Whole seconds, bounds of unknown kind, and what is committed late. What comes later still, the next read brings. */
const BEHIND_MS = 10_000;

/** Reports are asked for so seldom: Mailchimp cannot filter them, and whoever reports abuse is unsubscribed or cleaned anyway. */
const REPORTS_EVERY_MS = 60_000;

/**
 * New opt-outs in one call, where a read of changes would bring back all that this very run has written; once a minute complaints
 * in another, since members who were cleaned for one show in no filter.
 */
export const optOutsSince = (
  source: Source,
  { since, fields }: OptOutLook,
  signal: AbortSignal,
): AsyncIterable<readonly Row[]> => {
  const from = since - BEHIND_MS;
  const unsubscribed = optOutStream(source, fields, from, 'all');
  const ageMs = source.complaints.ageMs();
  if (ageMs !== null && ageMs < REPORTS_EVERY_MS) return wholeStreams([unsubscribed], from, signal);
  return wholeStreams([complaintStream(source, fields, from, new Set(), ageMs ?? 0), unsubscribed], from, signal);
};
