/** A day as far as a value tells it; a birthday has no year. All dates are read in UTC and never pass through `Date`. */
export interface Day {
  readonly year: number | null;
  readonly month: number;
  readonly day: number;
}

const DAYS = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

const isLeap = (year: number): boolean => (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;

const isDay = ({ year, month, day }: Day): boolean => {
  if (month < 1 || month > 12 || day < 1 || day > (DAYS[month - 1] ?? 0)) return false;
  return month !== 2 || day < 29 || year === null || isLeap(year);
};

const padded = (value: number, length: number): string => String(value).padStart(length, '0');

export const isoDate = ({ year, month, day }: Day & { readonly year: number }): string =>
  `${padded(year, 4)}-${padded(month, 2)}-${padded(day, 2)}`;

/** `MM/DD` */
export const birthdayText = ({ month, day }: Day): string => `${padded(month, 2)}/${padded(day, 2)}`;

const LENGTHS = { YYYY: 4, MM: 2, DD: 2 } as const;
type Part = keyof typeof LENGTHS;

/** `DD.MM.YYYY` as its parts and what stands between them. */
const partsOf = (format: string): readonly string[] => format.split(/(YYYY|MM|DD)/).filter((part) => part !== '');
const isPart = (text: string): text is Part => text in LENGTHS;

/** A day in a format of `YYYY`, `MM`, `DD`; null if the format asks for a year that a birthday does not have. */
export const formatDay = (day: Day, format: string): string | null => {
  if (format.includes('YYYY') && day.year === null) return null;
  const values: Readonly<Record<Part, number>> = { YYYY: day.year ?? 0, MM: day.month, DD: day.day };
  return partsOf(format)
    .map((part) => (isPart(part) ? padded(values[part], LENGTHS[part]) : part))
    .join('');
};

/** Reads a day in exactly that format; null if the text is not in it, or is no day. A format without a year gives none. */
export const parseDay = (text: string, format: string): Day | null => {
  const found: Partial<Record<Part, number>> = {};
  let rest = text;
  for (const part of partsOf(format)) {
    if (!isPart(part)) {
      if (!rest.startsWith(part)) return null;
      rest = rest.slice(part.length);
      continue;
    }
    const digits = rest.slice(0, LENGTHS[part]);
    if (digits.length !== LENGTHS[part] || !/^\d+$/.test(digits)) return null;
    found[part] = Number(digits);
    rest = rest.slice(digits.length);
  }
  if (rest !== '' || found.MM === undefined || found.DD === undefined) return null;
  const day: Day = { year: found.YYYY ?? null, month: found.MM, day: found.DD };
  return isDay(day) ? day : null;
};

const INSTANT = /^(\d{4}-\d{2}-\d{2})[T ](\d{2}):(\d{2})(?::(\d{2})(\.\d{1,9})?)?(Z|[+-]\d{2}:?\d{2})$/;

/** ISO 8601 with a time zone as UTC with milliseconds; null if the text is none, or says no zone. */
export const isoInstant = (text: string): string | null => {
  const match = INSTANT.exec(text);
  if (match === null || parseDay(match[1] ?? '', 'YYYY-MM-DD') === null) return null;
  const zone = (match[6] ?? 'Z').replace(/^([+-]\d{2})(\d{2})$/, '$1:$2');
  const millis = Date.parse(`${match[1]}T${match[2]}:${match[3]}:${match[4] ?? '00'}${match[5] ?? ''}${zone}`);
  return Number.isNaN(millis) ? null : new Date(millis).toISOString();
};
