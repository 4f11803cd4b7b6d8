import type { FieldType, FieldValue } from '@heed/contract';
import { birthdayText, formatDay, isoDate, parseDay } from './calendar.ts';
import type { Typed } from './converted.ts';
import { isEmpty } from './same-value.ts';

/** One fixed step of a conversion. Transforms run in order, on the value as it stands after the step before. */
export type Transform =
  /** A date as text in a pattern of `YYYY`, `MM` and `DD`; or such a text as a date, if a text comes in. */
  | { readonly kind: 'date'; readonly format: string }
  /** Exactly these values, to those; any other value is refused. */
  | { readonly kind: 'map'; readonly values: Readonly<Record<string, string>> }
  /** Several values to one text. */
  | { readonly kind: 'join'; readonly separator: string }
  /** One text to several values. */
  | { readonly kind: 'split'; readonly separator: string }
  | { readonly kind: 'lower' }
  | { readonly kind: 'upper' }
  | { readonly kind: 'trim' }
  /** In place of an empty value. */
  | { readonly kind: 'default'; readonly value: string | number | boolean };

const TEXTUAL: ReadonlySet<FieldType> = new Set(['text', 'picklist', 'phone', 'email', 'url']);
const DATED: ReadonlySet<FieldType> = new Set(['date', 'date-time', 'birthday']);

export const isTextual = (type: FieldType): boolean => TEXTUAL.has(type);

/** The type after a step, or why the step cannot work on that type. */
export const typeAfter = (
  type: FieldType,
  transform: Transform,
): { readonly type: FieldType } | { readonly problem: string } => {
  const cannot = (needs: string) => ({ problem: `the transform ${transform.kind} needs ${needs}, not ${type}` });
  switch (transform.kind) {
    case 'date': {
      const hasYear = transform.format.includes('YYYY');
      if (isTextual(type)) {
        const readable = transform.format.includes('MM') && transform.format.includes('DD');
        if (!readable) return { problem: `a date cannot be read from ${transform.format} alone` };
        return { type: hasYear ? 'date' : 'birthday' };
      }
      if (!DATED.has(type)) return cannot('a date or a text');
      if (type === 'birthday' && hasYear) return { problem: 'a birthday has no year, so YYYY cannot be written' };
      return { type: 'text' };
    }
    case 'map':
      if (type === 'multi-picklist') return { type };
      return isTextual(type) || type === 'boolean' || type === 'number' ? { type: 'text' } : cannot('single values');
    case 'join':
      return type === 'multi-picklist' ? { type: 'text' } : cannot('a field of several values');
    case 'split':
      return isTextual(type) ? { type: 'multi-picklist' } : cannot('a text');
    case 'lower':
    case 'upper':
    case 'trim':
      if (type === 'multi-picklist') return { type };
      return isTextual(type) ? { type: 'text' } : cannot('a text');
    case 'default':
      return type === 'address' || type === 'other' ? cannot('a single value') : { type };
  }
};

type Step = { readonly ok: true; readonly typed: Typed } | { readonly ok: false; readonly message: string };

const step = (type: FieldType, value: FieldValue): Step => ({ ok: true, typed: { type, value } });
const refused = (message: string): Step => ({ ok: false, message });

const isList = (value: FieldValue): value is readonly string[] => Array.isArray(value);

/** Sorted and without repetitions, as connectors hand lists over. */
export const asList = (values: readonly string[]): readonly string[] => [...new Set(values)].sort();

const dateStep = ({ type, value }: Typed, format: string): Step => {
  if (typeof value !== 'string') return refused('the value is not a date');
  if (isTextual(type)) {
    const day = parseDay(value.trim(), format);
    if (day === null) return refused(`the value is not a date as ${format}`);
    return day.year === null ? step('birthday', birthdayText(day)) : step('date', isoDate({ ...day, year: day.year }));
  }
  const day = type === 'birthday' ? parseDay(value, 'MM/DD') : parseDay(value.slice(0, 10), 'YYYY-MM-DD');
  const text = day === null ? null : formatDay(day, format);
  return text === null ? refused(`the value cannot be written as ${format}`) : step('text', text);
};

const mapStep = ({ type, value }: Typed, values: Readonly<Record<string, string>>): Step => {
  const known = (key: string): string | null => (Object.hasOwn(values, key) ? (values[key] ?? null) : null);
  if (isList(value)) {
    const mapped = value.map(known);
    const found = mapped.filter((one) => one !== null);
    return found.length < mapped.length ? refused('a value is not in the map') : step(type, asList(found));
  }
  const mapped = typeof value === 'object' ? null : known(String(value));
  return mapped === null ? refused('the value is not in the map') : step('text', mapped);
};

const letters = ({ type, value }: Typed, change: (text: string) => string): Step => {
  if (isList(value)) return step(type, asList(value.map(change).filter((one) => one !== '')));
  return typeof value === 'string' ? step('text', change(value)) : refused('the value is not a text');
};

const typeOf = (value: string | number | boolean): FieldType =>
  typeof value === 'string' ? 'text' : typeof value === 'number' ? 'number' : 'boolean';

/** Runs one step. An empty value passes every step unchanged, except `default`. */
export const applyTransform = (typed: Typed, transform: Transform): Step => {
  const { type, value } = typed;
  if (isEmpty(value)) {
    if (transform.kind === 'default') return step(typeOf(transform.value), transform.value);
    const next = typeAfter(type, transform);
    return step('type' in next ? next.type : type, null);
  }
  switch (transform.kind) {
    case 'date':
      return dateStep(typed, transform.format);
    case 'map':
      return mapStep(typed, transform.values);
    case 'join':
      return step('text', isList(value) ? value.join(transform.separator) : value);
    case 'split': {
      if (typeof value !== 'string') return refused('the value is not a text');
      const pieces = value.split(transform.separator).map((piece) => piece.trim());
      return step('multi-picklist', asList(pieces.filter((piece) => piece !== '')));
    }
    case 'lower':
      return letters(typed, (text) => text.toLowerCase());
    case 'upper':
      return letters(typed, (text) => text.toUpperCase());
    case 'trim':
      return letters(typed, (text) => text.trim());
    case 'default':
      return { ok: true, typed };
  }
};

const inverseOf = (transform: Transform): Transform | null => {
  switch (transform.kind) {
    case 'date':
      return transform;
    case 'map': {
      const turned = Object.entries(transform.values).map(([from, to]) => [to, from] as const);
      const values = Object.fromEntries(turned);
      return Object.keys(values).length === turned.length ? { kind: 'map', values } : null;
    }
    case 'join':
      return { kind: 'split', separator: transform.separator };
    case 'split':
      return { kind: 'join', separator: transform.separator };
    case 'lower':
    case 'upper':
    case 'trim':
    case 'default':
      return null;
  }
};

/** The way back, for mappings that go both ways; or the first step that has none. */
export const invertTransforms = (
  transforms: readonly Transform[],
): { readonly transforms: readonly Transform[] } | { readonly oneWay: Transform } => {
  const inverted: Transform[] = [];
  for (const transform of transforms) {
    const inverse = inverseOf(transform);
    if (inverse === null) return { oneWay: transform };
    inverted.unshift(inverse);
  }
  return { transforms: inverted };
};
