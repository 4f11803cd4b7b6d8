import { ConnectorError, type Millis, type ReadRequest, type Row } from '@heed/contract';
import type { Position, Stream } from '@heed/toolkit';
import { z } from 'zod';
import { HAS_ADDRESS } from './conditions.ts';
import { countOf } from './count.ts';
import type { Reader } from './reader.ts';
import { STATUS } from './record-shape.ts';
import { columnOf, isIn } from './suiteql.ts';
import type { Zone } from './zone.ts';

/** After so long all confirmed opt-outs are read again, whatever their number says. */
const EVERY_MS = 24 * 3_600_000;
const CONFIRMED = isIn(columnOf(STATUS), ['4']);

const form = z.strictObject({ at: z.number(), counts: z.record(z.string(), z.number()) });

/** How many confirmed opt-outs there were, by type, and when they were last read all. */
export type Confirmed = z.infer<typeof form>;

export const confirmedIn = (value: unknown): Confirmed | null => form.safeParse(value).data ?? null;

/**
 * Whether a recipient's own unsubscribe moves `lastmodifieddate` no source says. If it does not, no read of changes sees it: so their number
 * is asked for in each read, and where it grew by more than the changes show, or a day went by, all of them are read.
 */
export interface ConfirmedWatch {
  /** Rows of the changes, as they are read. */
  saw(rows: readonly Row[]): void;
  stream(type: string, since: Millis): Stream;
  /** What to keep once the read has ended. */
  kept(): Confirmed;
}

/** `before`: null in a read from the beginning, which shows everybody. */
export const watchConfirmed = (
  reader: Reader,
  request: ReadRequest,
  zone: Zone,
  before: Confirmed | null,
): ConfirmedWatch => {
  const now = reader.api.now();
  const isDue = before === null || now - before.at > EVERY_MS || before.at > now + EVERY_MS;
  const seen = new Map<string, Set<string>>();
  const counts: Record<string, number> = {};

  const countIn = async (type: string, signal: AbortSignal): Promise<number | null> => {
    try {
      return await countOf(reader.api, type, [HAS_ADDRESS, CONFIRMED], signal);
    } catch (error) {
      // The status is hidden: then nobody's is known anyway (C18).
      if (error instanceof ConnectorError && ['invalid', 'forbidden', 'missing'].includes(error.kind)) return null;
      throw error;
    }
  };

  const isUnexplained = async (type: string, signal: AbortSignal): Promise<boolean> => {
    const n = await countIn(type, signal);
    if (n === null) return false;
    counts[type] = n;
    return isDue || n - (before?.counts[type] ?? 0) > (seen.get(type)?.size ?? 0);
  };

  return {
    saw(rows) {
      for (const { record, values } of rows)
        if (values[STATUS] === '4') seen.set(record.type, (seen.get(record.type) ?? new Set()).add(record.id));
    },
    stream: (type, since) => ({
      name: `confirmed ${type}`,
      async fetch(from: Position | null, signal) {
        const last = Number(from?.id ?? 0);
        if (last === 0 && !(await isUnexplained(type, signal))) return { rows: [], next: null, total: 0 };
        const behind = last === 0 ? [] : [{ q: 'id > ?', params: [last] }];
        const page = await reader.page(type, request, () => [HAS_ADDRESS, CONFIRMED, ...behind], zone, signal);
        const end = page.rows.at(-1)?.record.id;
        return {
          rows: page.rows,
          next: page.hasMore && end !== undefined ? { at: since, id: end } : null,
          total: null,
        };
      },
    }),
    kept() {
      // A read from the beginning has seen them all; one that was resumed, not all, and then they are read again once.
      const shown =
        before === null ? Object.fromEntries([...seen].map(([type, ids]) => [type, ids.size])) : before.counts;
      return { at: isDue ? now : before.at, counts: { ...shown, ...counts } };
    },
  };
};
