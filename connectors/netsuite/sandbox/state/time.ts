/** REST reads are UTC to the second: `2026-03-01T12:00:00Z`. */
export function stampOf(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`;
}

export interface WallClock {
  readonly year: number;
  /** 1 to 12 */
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
}

const formats = new Map<string, Intl.DateTimeFormat>();
const offsets = new Map<string, number>();
const quarterMs = 15 * 60_000;

/** How far a zone's wall clock is ahead of UTC at an instant, in milliseconds. */
function offsetMs(zone: string, ms: number): number {
  const quarter = Math.floor(ms / quarterMs);
  const key = `${zone} ${quarter}`;
  const known = offsets.get(key);
  if (known !== undefined) return known;
  if (offsets.size > 100_000) offsets.clear();
  const instant = quarter * quarterMs;
  const found = utcOf(partsIn(zone, instant)) - instant;
  offsets.set(key, found);
  return found;
}

function partsIn(zone: string, ms: number): WallClock {
  const format =
    formats.get(zone) ??
    new Intl.DateTimeFormat('en-US', {
      timeZone: zone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
  formats.set(zone, format);
  const parts = Object.fromEntries(format.formatToParts(ms).map(({ type, value }) => [type, Number(value)]));
  const { year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0 } = parts;
  return { year, month, day, hour, minute, second };
}

function utcOf(wall: WallClock): number {
  return Date.UTC(wall.year, wall.month - 1, wall.day, wall.hour, wall.minute, wall.second);
}

/** What a clock on the wall of that zone shows at an instant. */
export function wallClock(zone: string, ms: number): WallClock {
  const local = new Date(ms + offsetMs(zone, ms));
  return {
    year: local.getUTCFullYear(),
    month: local.getUTCMonth() + 1,
    day: local.getUTCDate(),
    hour: local.getUTCHours(),
    minute: local.getUTCMinutes(),
    second: local.getUTCSeconds(),
  };
}

/**
 * The instant at which the wall clock of a zone shows that. An hour that a change of clocks repeats is taken as its
 * first pass, one that it leaves out as if the clocks had not changed.
 */
export function instantOf(zone: string, wall: WallClock): number {
  const asUtc = utcOf(wall);
  const earlier = asUtc - offsetMs(zone, asUtc - 86_400_000);
  const later = asUtc - offsetMs(zone, asUtc + 86_400_000);
  const fits = (ms: number): boolean => ms + offsetMs(zone, ms) === asUtc;
  return fits(earlier) || !fits(later) ? earlier : later;
}

/** A date as a user of the account reads it; `M/D/YYYY` unless the account is set otherwise. */
export function writtenDate(format: string, { year, month, day }: WallClock): string {
  const two = (value: number): string => String(value).padStart(2, '0');
  return format
    .replace('YYYY', String(year))
    .replace(/MM|M/, (found) => (found === 'MM' ? two(month) : String(month)))
    .replace(/DD|D/, (found) => (found === 'DD' ? two(day) : String(day)));
}

/** The opposite of `writtenDate`; `undefined` when the text is not written in that format. */
export function readDate(format: string, text: string): WallClock | undefined {
  const order = [...format.matchAll(/YYYY|M+|D+/g)].map(([part]) => part.charAt(0));
  const pattern = format.replace(/[.]/g, '\\.').replace('YYYY', '(\\d{4})').replace(/M+|D+/g, '(\\d{1,2})');
  const found = new RegExp(`^${pattern}$`).exec(text.trim());
  if (found === null) return undefined;
  const part = (letter: string): number => Number(found[order.indexOf(letter) + 1]);
  const wall = { year: part('Y'), month: part('M'), day: part('D'), hour: 0, minute: 0, second: 0 };
  return isReal(wall) ? wall : undefined;
}

/** No 31st of February, no hour 25. */
export function isReal(wall: WallClock): boolean {
  const date = new Date(utcOf(wall));
  return (
    date.getUTCMonth() + 1 === wall.month &&
    date.getUTCDate() === wall.day &&
    wall.hour < 24 &&
    wall.minute < 60 &&
    wall.second < 60
  );
}
