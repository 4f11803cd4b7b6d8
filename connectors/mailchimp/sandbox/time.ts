import { notValidated } from './problem.ts';

/** The vendor's seconds from the kit's milliseconds. */
export function secondsOf(ms: number): number {
  return Math.floor(ms / 1000);
}

/** ISO 8601 with offset and whole seconds, as `2015-10-21T15:41:36+00:00`; "" for a moment that never was. */
export function iso(atS: number | undefined): string {
  return atS === undefined ? '' : new Date(atS * 1000).toISOString().replace(/\.\d{3}Z$/, '+00:00');
}

/** Reads a date of a request; parts of a second are kept, so that a bound may lie between two seconds. */
export function parsedSeconds(field: string, value: string): number {
  // A "+" that a client did not escape arrives as a space.
  const ms = Date.parse(value.trim().replace(/ (\d\d:\d\d)$/, '+$1'));
  if (Number.isNaN(ms)) throw notValidated({ field, message: 'This value is not a valid datetime.' });
  return ms / 1000;
}
