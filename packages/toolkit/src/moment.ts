import type { Millis } from '@heed/contract';

/** With its zone: `Date.parse` takes "5" for a day in May of 2001, and a time without zone for one of this machine. */
const MOMENT = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)$/;

/** A moment as vendors write it: ISO 8601 with a zone, the zone also without its colon. Null for anything else. */
export const momentIn = (wire: unknown): Millis | null => {
  if (typeof wire !== 'string' || !MOMENT.test(wire)) return null;
  const at = Date.parse(wire.replace(/([+-]\d\d)(\d\d)$/, '$1:$2'));
  return Number.isNaN(at) ? null : at;
};
