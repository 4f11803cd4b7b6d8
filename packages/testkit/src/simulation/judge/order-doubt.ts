import type { Settings } from '../settings.ts';

/** Vendors' clocks differ, and late commits carry early stamps: only beyond this is the order of two systems beyond doubt. */
export const ORDER_DOUBT_MS = 10 * 60_000;

const HOUR_MS = 3_600_000;

/** Clocks that are an hour off leave the order of two systems in doubt for as long as that. */
export const orderDoubtMs = ({ crmOffMs, marketingOffMs, clockJumps }: Settings['quirks']): number =>
  ORDER_DOUBT_MS + Math.abs(crmOffMs) + Math.abs(marketingOffMs) + (clockJumps ? 2 * HOUR_MS : 0);
