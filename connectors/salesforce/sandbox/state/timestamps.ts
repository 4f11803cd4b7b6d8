/** `2026-11-21T10:00:00.000+0000`: one-second granularity, offset without colon (notes, cursor recipe). */
export function toStamp(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}.000+0000`;
}

/** Milliseconds of a stamp in wire form. */
export function fromStamp(stamp: string): number {
  return Date.parse(`${stamp.slice(0, 23)}Z`);
}

/**
 * A date-time as callers may write it: `Z`, `+01:00` or `+0100`, with or without fractions.
 * @returns milliseconds, or undefined when it is no date-time
 */
export function parseDateTime(text: string): number | undefined {
  const match = /^(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2})(\.\d+)?(Z|[+-]\d{2}:?\d{2})$/.exec(text);
  if (!match) return undefined;
  const [, moment = '', fraction = '', zone = 'Z'] = match;
  const offset = zone === 'Z' ? 'Z' : `${zone.slice(0, 3)}:${zone.slice(-2)}`;
  const ms = Date.parse(`${moment}${fraction.slice(0, 4)}${offset}`);
  return Number.isNaN(ms) ? undefined : ms;
}

/** True for a calendar date that exists, `2026-02-28`. */
export function isDate(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false;
  const ms = Date.parse(`${text}T00:00:00Z`);
  return !Number.isNaN(ms) && new Date(ms).toISOString().startsWith(text);
}
