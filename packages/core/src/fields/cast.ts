import type { FieldSchema, FieldType, FieldValue } from '@heed/contract';
import { birthdayText, type Day, isoDate, isoInstant, parseDay } from './calendar.ts';
import { type Converted, fits, refuses, type Typed } from './converted.ts';
import { isEmpty } from './same-value.ts';
import { asList, isTextual } from './transform.ts';

const isList = (value: FieldValue): value is readonly string[] => Array.isArray(value);

/** How one type becomes another: surely, depending on the value, with a loss, or not at all. */
export type Castable =
  | { readonly can: 'yes' | 'by-value' }
  | { readonly can: 'lossy'; readonly loses: string }
  | { readonly can: 'no'; readonly why: string };

const YES: Castable = { can: 'yes' };
const BY_VALUE: Castable = { can: 'by-value' };
const no = (why: string): Castable => ({ can: 'no', why });
const lossy = (loses: string): Castable => ({ can: 'lossy', loses });

/** What becomes of a type, without looking at a value. */
export const castable = (from: FieldType, to: FieldType): Castable => {
  if (from === 'other' || to === 'other') return no('Heed cannot carry this type');
  if (from === to) return YES;
  if (from === 'address' || to === 'address') return no('an address can be mapped to an address only');
  if (from === 'multi-picklist') return no('several values need the transform join');
  if (isTextual(from)) return isTextual(to) ? YES : BY_VALUE;
  if (isTextual(to)) return YES;
  if (from === 'date') {
    if (to === 'date-time') return YES;
    return to === 'birthday' ? lossy('the year') : no(`a date is no ${to}`);
  }
  if (from === 'date-time') {
    if (to === 'date') return lossy('the time of the day');
    return to === 'birthday' ? lossy('the year and the time') : no(`a date-time is no ${to}`);
  }
  if (from === 'birthday') return no(`a birthday has no year, so it is no ${to}`);
  return no('use the transform map');
};

const ofOptions = (values: readonly string[], to: FieldSchema): boolean =>
  to.options === null || values.every((value) => to.options?.includes(value));

const textFor = (value: FieldValue, to: FieldSchema): Converted => {
  if (typeof value === 'object') return refuses(`${to.name} takes one text`);
  const text = String(value);
  if (to.maxLength !== null && text.length > to.maxLength)
    return refuses(`the value is longer than the ${to.maxLength} characters that ${to.name} holds`);
  if (to.type === 'picklist' && !ofOptions([text], to)) return refuses(`the value is not an option of ${to.name}`);
  if (to.type === 'email' && !/^\S+@\S+$/.test(text)) return refuses('the value is not an e-mail address');
  if (to.type === 'url' && /\s/.test(text)) return refuses('the value is not a web address');
  return fits(text);
};

const listFor = (value: FieldValue, to: FieldSchema): Converted => {
  const values = isList(value) ? asList(value) : typeof value === 'object' ? [] : [String(value)];
  if (!ofOptions(values, to)) return refuses(`a value is not an option of ${to.name}`);
  if (to.maxLength !== null && values.some((one) => one.length > (to.maxLength ?? 0)))
    return refuses(`a value is longer than the ${to.maxLength} characters that ${to.name} holds`);
  return fits(values);
};

const numberFor = (value: FieldValue, to: FieldSchema): Converted => {
  if (typeof value === 'number') return Number.isFinite(value) ? fits(value) : refuses('the value is not a number');
  const text = typeof value === 'string' ? value.trim() : '';
  if (!/^-?\d+(\.\d+)?$/.test(text)) return refuses('the value is not a number');
  // More digits than a number can hold would come back changed, without anybody having edited them.
  if (text.replaceAll(/^-?0*|\./g, '').length > 15)
    return refuses(`the value has more digits than ${to.name} can keep`);
  return fits(Number(text));
};

const WORDS: Readonly<Record<string, boolean>> = {
  true: true,
  yes: true,
  '1': true,
  false: false,
  no: false,
  '0': false,
};

const booleanFor = (value: FieldValue): Converted => {
  if (typeof value === 'boolean') return fits(value);
  const word = typeof value === 'string' ? value.trim().toLowerCase() : '';
  const found = Object.hasOwn(WORDS, word) ? WORDS[word] : undefined;
  return found === undefined ? refuses('the value is neither true nor false; use the transform map') : fits(found);
};

const dayOf = ({ type, value }: Typed): Day | null => {
  if (typeof value !== 'string') return null;
  if (type === 'birthday') return parseDay(value, 'MM/DD');
  const text = type === 'date-time' ? (isoInstant(value) ?? '').slice(0, 10) : value.trim();
  return parseDay(text, 'YYYY-MM-DD');
};

const dateFor = (typed: Typed): Converted => {
  const day = dayOf(typed);
  if (day === null || day.year === null) return refuses('the value is not a date as YYYY-MM-DD');
  return fits(isoDate({ ...day, year: day.year }));
};

const instantFor = (typed: Typed): Converted => {
  const date = typed.type === 'date' ? dateFor(typed) : null;
  if (date !== null) return date.ok ? fits(`${String(date.value)}T00:00:00.000Z`) : date;
  const instant = typeof typed.value === 'string' ? isoInstant(typed.value.trim()) : null;
  return instant === null ? refuses('the value is not a date and time with a time zone') : fits(instant);
};

const birthdayFor = (typed: Typed): Converted => {
  const text = typeof typed.value === 'string' ? typed.value.trim() : '';
  const day = isTextual(typed.type) ? parseDay(text, 'MM/DD') : dayOf(typed);
  return day === null ? refuses('the value is not a birthday as MM/DD') : fits(birthdayText(day));
};

/** Makes a value fit a field: the right type, length and options, or a refusal. Nothing is ever cut short. */
export const cast = (typed: Typed, to: FieldSchema): Converted => {
  if (isEmpty(typed.value)) return fits(null);
  const way = castable(typed.type, to.type);
  if (way.can === 'no') return refuses(way.why);
  switch (to.type) {
    case 'text':
    case 'phone':
    case 'email':
    case 'url':
    case 'picklist':
      return textFor(typed.value, to);
    case 'multi-picklist':
      return listFor(typed.value, to);
    case 'number':
      return numberFor(typed.value, to);
    case 'boolean':
      return booleanFor(typed.value);
    case 'date':
      return dateFor(typed);
    case 'date-time':
      return instantFor(typed);
    case 'birthday':
      return birthdayFor(typed);
    case 'address':
      return fits(typed.value);
    case 'other':
      return refuses('Heed cannot carry this type');
  }
};
