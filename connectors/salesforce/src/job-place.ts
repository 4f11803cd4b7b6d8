import type { Position } from '@heed/toolkit';
import { readJson } from '@heed/toolkit';
import { z } from 'zod';
import type { JobId } from './bulk-api.ts';

/** Where a read by job stands: durable in the cursor, so that a run that was killed finds its job again. */
export interface JobPlace {
  readonly job: JobId;
  /** Of the next page of results; null before the first. */
  readonly locator: string | null;
  /** Rows of the pages before it. */
  readonly rows: number;
  /** Rows that there were to be: what the query said before, then what the ended job says. */
  readonly expected: number;
  /** How often it was looked at while it ran: a read that waits stands at another place each time. */
  readonly looks: number;
}

const place = z.strictObject({
  job: z.string(),
  locator: z.string().max(1000).nullable(),
  rows: z.number(),
  expected: z.number(),
  looks: z.number(),
});

/** Results of a job have no order, so their place has no time; it stands where an ordered read has the id. */
export const atJob = (where: JobPlace): Position => ({ at: null, id: `job ${JSON.stringify(where)}` });

/** Null if the position is not one in a job. */
export const jobPlaceIn = (position: Position | null): JobPlace | null => {
  const json = position?.id?.match(/^job (\{.*\})$/)?.[1];
  return place.safeParse(readJson(json ?? '')).data ?? null;
};
