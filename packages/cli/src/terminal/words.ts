import type { Millis } from '@heed/contract';

/** `12,345`: the same for every reader of a log. */
export const count = (n: number): string => n.toLocaleString('en-US');

/** `1 person`, `12 people`. */
export const plural = (n: number, one: string, many: string = `${one}s`): string =>
  `${count(n)} ${n === 1 ? one : many}`;

const UNITS: readonly (readonly [number, string])[] = [
  [86_400_000, 'd'],
  [3_600_000, 'h'],
  [60_000, 'min'],
  [1_000, 's'],
];

/** `850 ms`, `3.2 s`, `4 min`, `2 h`, `3 d`: the largest unit that fits. */
export const duration = (ms: Millis): string => {
  if (ms < 1_000) return `${Math.max(0, Math.round(ms))} ms`;
  if (ms < 10_000) return `${(ms / 1_000).toFixed(1)} s`;
  const [size, unit] = UNITS.find(([one]) => ms >= one) ?? [1_000, 's'];
  return `${Math.floor(ms / size)} ${unit}`;
};

/** `2026-11-21 23:45 UTC` */
export const moment = (at: Millis): string => `${new Date(at).toISOString().slice(0, 16).replace('T', ' ')} UTC`;

/** `Sat 2026-11-21 18:45 America/New_York` */
export const momentIn = (at: Date, timezone: string): string => {
  const format = new Intl.DateTimeFormat('en-GB', {
    timeZone: timezone,
    weekday: 'short',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  });
  const part = Object.fromEntries(format.formatToParts(at).map(({ type, value }) => [type, value]));
  return `${part.weekday} ${part.year}-${part.month}-${part.day} ${part.hour}:${part.minute} ${timezone}`;
};

/** ISO 8601 for JSON; null stays null. */
export const iso = (at: Millis | null): string | null => (at === null ? null : new Date(at).toISOString());
