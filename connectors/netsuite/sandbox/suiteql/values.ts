import { instantOf, isReal, readDate, type WallClock, wallClock, writtenDate } from '../state/time.ts';
import { SqlError } from './ast.ts';

/** An instant, as columns of dates hold it. */
export interface Moment {
  readonly ms: number;
}

export type Value = string | number | Moment | null;

/** How the session of the caller reads and writes dates. */
export interface Session {
  readonly zone: string;
  readonly dateFormat: string;
  readonly mindsCase: boolean;
}

export const isMoment = (value: Value): value is Moment => typeof value === 'object' && value !== null;

/** A value as text: a date in the user's format and zone, without its time. */
export function textOf(session: Session, value: Value): string | null {
  if (value === null) return null;
  if (isMoment(value)) return writtenDate(session.dateFormat, wallClock(session.zone, value.ms));
  return String(value);
}

/** Oracle compares a number with text as numbers, a date with text as dates of the session's format. */
export function compareValues(session: Session, left: Value, right: Value): number | undefined {
  if (left === null || right === null || left === '' || right === '') return undefined;
  if (isMoment(left) || isMoment(right)) return momentOf(session, left) - momentOf(session, right);
  if (typeof left === 'number' || typeof right === 'number') return numberOf(left) - numberOf(right);
  const [a, b] = session.mindsCase ? [left, right] : [left.toLowerCase(), right.toLowerCase()];
  return a < b ? -1 : a > b ? 1 : 0;
}

export function numberOf(value: Value): number {
  const number = typeof value === 'number' ? value : Number(String(value).trim());
  if (Number.isNaN(number)) throw new SqlError(`Search error occurred: '${String(value)}' is not a number.`);
  return number;
}

function momentOf(session: Session, value: Value): number {
  if (isMoment(value)) return value.ms;
  const wall = typeof value === 'string' ? readDate(session.dateFormat, value) : undefined;
  if (wall === undefined) {
    throw new SqlError(
      `Search error occurred: Invalid date value '${String(value)}', the format is ${session.dateFormat}.`,
    );
  }
  return instantOf(session.zone, wall);
}

type Part = keyof WallClock;

/** What Oracle's date models stand for here; everything else in a model is itself. */
const MODEL = /YYYY|HH24|MI|MM|DD|SS/gi;
const PARTS: Readonly<Record<string, readonly [Part, number]>> = {
  YYYY: ['year', 4],
  MM: ['month', 2],
  DD: ['day', 2],
  HH24: ['hour', 2],
  MI: ['minute', 2],
  SS: ['second', 2],
};

/** `TO_CHAR(date, 'YYYY-MM-DD HH24:MI:SS')`, in the session's zone. */
export function formatted(session: Session, { ms }: Moment, model: string): string {
  const wall = wallClock(session.zone, ms);
  checkModel(model);
  return model.replace(MODEL, (found) => {
    const [part, width] = PARTS[found.toUpperCase()] ?? ['year', 4];
    return String(wall[part]).padStart(width, '0');
  });
}

/** `TO_DATE('2026-03-01 12:00:00', 'YYYY-MM-DD HH24:MI:SS')`: the wall clock of the session's zone, not UTC. */
export function parsed(session: Session, text: string, model: string): Moment {
  checkModel(model);
  const parts: Part[] = [];
  const pattern = model
    .split(/(YYYY|HH24|MI|MM|DD|SS)/i)
    .map((piece) => {
      const known = PARTS[piece.toUpperCase()];
      if (known === undefined) return piece.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
      parts.push(known[0]);
      return `(\\d{1,${known[1]}})`;
    })
    .join('');
  const found = new RegExp(`^${pattern}$`).exec(text.trim());
  if (found === null) throw new SqlError(`Search error occurred: '${text}' does not match the format ${model}.`);
  const wall = { year: 1970, month: 1, day: 1, hour: 0, minute: 0, second: 0 };
  for (const [index, part] of parts.entries()) wall[part] = Number(found[index + 1]);
  if (!isReal(wall)) throw new SqlError(`Search error occurred: '${text}' is not a date.`);
  return { ms: instantOf(session.zone, wall) };
}

function checkModel(model: string): void {
  const rest = model.replace(MODEL, '').replace(/"[^"]*"/g, '');
  if (/[A-Za-z0-9]/.test(rest)) throw new SqlError(`Search error occurred: date format '${model}' is not recognized.`);
}
