import type { OptOutLook, Row } from '@heed/contract';
import { wholeStreams } from '@heed/toolkit';
import { complaintStream, optOutStream, type Source } from './streams.ts';

/** Whole seconds, bounds of unknown kind, and what is committed late. What comes later still, the next read brings. */
const BEHIND_MS = 10_000;

/** New opt-outs and complaints in two calls, where a read of changes would bring back all that this very run has written. */
export const optOutsSince = (
  source: Source,
  { since, fields }: OptOutLook,
  signal: AbortSignal,
): AsyncIterable<readonly Row[]> => {
  const from = since - BEHIND_MS;
  const complaints = complaintStream(source, fields, from, new Set(), 0);
  return wholeStreams([complaints, optOutStream(source, fields, from, 'all')], from, signal);
};
