import type { OptOutLook, Row } from '@heed/contract';
import { type Stream, wholeStreams } from '@heed/toolkit';
import type { Api } from './api.ts';
import { changedSince, optedOut, supported } from './conditions.ts';
import { readableShape, type Shapes } from './object-shape.ts';
import { orderedQuery } from './ordered-query.ts';
import { selectionOf } from './rows.ts';

/** What is committed late has an early stamp. What comes later still, the next read brings, which looks back by far more. */
const BEHIND_MS = 30_000;

/**
 * Who is opted out and changed since then: one call per type and 2,000 records. A read of changes would look back a quarter of an
 * hour each time, at everybody, and ask for deletions as well.
 */
export const optOutsSince = (
  parts: { readonly api: Api; readonly shapes: Shapes },
  look: OptOutLook,
  signal: AbortSignal,
): AsyncIterable<readonly Row[]> =>
  wholeStreams(
    look.types.map((type) => optOutStream(parts, look, type)),
    look.since - BEHIND_MS,
    signal,
  );

const optOutStream = (
  { api, shapes }: { readonly api: Api; readonly shapes: Shapes },
  look: OptOutLook,
  type: string,
): Stream => {
  const selected = async (signal: AbortSignal) => {
    const shape = await readableShape(shapes, type, signal);
    const { userId } = await api.whoWeAre(signal);
    return { shape, selection: selectionOf(shape, look, userId) };
  };
  const fetchPage = orderedQuery(api, async (from, signal) => {
    const { shape, selection } = await selected(signal);
    const flagged = optedOut(shape, look.consent);
    if (flagged === null) return null;
    const conditions = ['Email != null', flagged, ...supported(shape), ...changedSince(from?.at ?? null)];
    return { columns: selection.columns, object: type, conditions };
  });
  return {
    name: type,
    async fetch(from, signal) {
      const { records, next, total } = await fetchPage(from, signal);
      const { selection } = await selected(signal);
      return { rows: records.map((record) => selection.row(record, null)), next, total };
    },
  };
};
