import { askAgainMs } from '@heed/toolkit';
import type { WireBatch } from './batch-api.ts';

/** No batch was seen to end sooner: 3 operations took 7 s, 500 took 266 s (recorded in 2017). */
const SHORTEST_MS = 3_000;
const OPERATION_MS = 10;
const LONGEST_PAUSE_MS = 60_000;
/** From the last operation to the archive, and what an estimate is wrong by. */
const MARGIN_MS = 2_000;

/** When it is worth asking for the first time, after the batch was opened. */
export const firstAskMs = (operations: number): number => Math.max(SHORTEST_MS, operations * OPERATION_MS);

/** When to ask again: when a batch that goes on as it has will have ended; where it shows no progress, after half its age. */
export const nextAskMs = ({ finished_operations: done, total_operations: all }: WireBatch, ageMs: number): number => {
  if (done === 0 || all === 0) return askAgainMs(ageMs);
  const leftMs = (ageMs * Math.max(0, all - done)) / done;
  return Math.round(Math.min(LONGEST_PAUSE_MS, leftMs + MARGIN_MS));
};
