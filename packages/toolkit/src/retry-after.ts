import type { Millis } from '@heed/contract';

/**
 * The wait that a `Retry-After` header asks for, in milliseconds (RFC 9110, 10.2.3): seconds, or an HTTP date, which is
 * compared with `vendorNow` (the vendor's clock, best from the `Date` header of the same answer). Undefined if it says nothing usable.
 */
export const retryAfterMs = (header: string | null | undefined, vendorNow: Millis): number | undefined => {
  const text = header?.trim() ?? '';
  if (/^\d+(\.\d+)?$/.test(text)) return Math.round(Number(text) * 1000);
  const at = /[a-z]/i.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(at) ? undefined : Math.max(0, at - vendorNow);
};
