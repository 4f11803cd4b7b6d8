import type { Audience, MergeField, MergeValue } from './account.ts';
import { type FieldError, invalidMergeFields, notValidated } from './problem.ts';

/**
 * The merge values of a member after a request. Omitted tags keep their value, "" clears, unknown tags are silently
 * ignored. Throws the vendor's "Your merge fields were invalid." with one error per field.
 */
export function mergedValues(
  audience: Audience,
  present: Readonly<Record<string, MergeValue>>,
  wanted: unknown,
  skipValidation: boolean,
): Record<string, MergeValue> {
  const values = { ...present };
  const errors: FieldError[] = [];
  const given = wantedOf(wanted);
  for (const field of audience.mergeFields) {
    if (Object.hasOwn(given, field.tag)) {
      const read = readValue(field, given[field.tag]);
      if ('message' in read) errors.push({ field: field.tag, message: read.message });
      else if (read.value === '') delete values[field.tag];
      else values[field.tag] = read.value;
    }
    if (
      field.required &&
      !skipValidation &&
      values[field.tag] === undefined &&
      !errors.some((one) => one.field === field.tag)
    ) {
      errors.push({ field: field.tag, message: 'This value should not be blank.' });
    }
  }
  if (errors.length > 0) throw invalidMergeFields(errors);
  return values;
}

type Read = { readonly value: MergeValue } | { readonly message: string };

function wantedOf(wanted: unknown): Readonly<Record<string, unknown>> {
  if (wanted === undefined || wanted === null) return {};
  if (Array.isArray(wanted) && wanted.length === 0) return {}; // PHP clients send an empty object as []
  if (typeof wanted !== 'object' || Array.isArray(wanted)) {
    throw notValidated({ field: 'merge_fields', message: 'Schema describes object, array found instead' });
  }
  return wanted as Readonly<Record<string, unknown>>;
}

function readValue(field: MergeField, raw: unknown): Read {
  if (raw === '' || raw === null) return { value: '' };
  if (field.type === 'address') return readAddress(raw);
  if (typeof raw !== 'string' && typeof raw !== 'number') return { message: 'This value should be a string.' };
  const text = String(raw);
  switch (field.type) {
    case 'number':
      return Number.isFinite(Number(text)) && text.trim() !== ''
        ? { value: Number(text) }
        : { message: 'Please enter a number' };
    case 'birthday':
      return readBirthday(text);
    case 'date':
      return readDate(text);
    case 'url':
    case 'imageurl':
      return URL.canParse(text) ? { value: text } : { message: 'Please enter a valid URL' };
    case 'zip':
      return /^\d{5}(-\d{4})?$/.test(text) ? { value: text } : { message: 'Please enter a valid zip code' };
    case 'radio':
    case 'dropdown': {
      const choices = field.options.choices;
      return Array.isArray(choices) && choices.includes(text)
        ? { value: text }
        : { message: 'Value must be one of the available choices' };
    }
    default:
      return { value: text };
  }
}

const ADDRESS_PARTS = ['addr1', 'city', 'state', 'zip'] as const;

function readAddress(raw: unknown): Read {
  if (typeof raw !== 'object' || raw === null) return { message: 'Please enter a complete address' };
  const parts = raw as Readonly<Record<string, unknown>>;
  const textOf = (name: string): string => (typeof parts[name] === 'string' ? parts[name].trim() : '');
  const filled = ADDRESS_PARTS.filter((name) => textOf(name) !== '');
  if (filled.length === 0 && textOf('addr2') === '') return { value: '' };
  if (filled.length < ADDRESS_PARTS.length) return { message: 'Please enter a complete address' };
  return {
    value: {
      addr1: textOf('addr1'),
      addr2: textOf('addr2'),
      city: textOf('city'),
      state: textOf('state'),
      zip: textOf('zip'),
      country: textOf('country') || 'US',
    },
  };
}

function readBirthday(text: string): Read {
  const [, month = '', day = ''] = /^(\d{1,2})\/(\d{1,2})$/.exec(text) ?? [];
  const value = `${month.padStart(2, '0')}/${day.padStart(2, '0')}`;
  // 2024 is a leap year: 02/29 is somebody's birthday.
  return isDay(`2024-${value.replace('/', '-')}`)
    ? { value }
    : { message: 'Please enter a month (01-12) and a day (01-31)' };
}

function readDate(text: string): Read {
  const [, month = '', day = '', year = ''] = /^(\d{1,2})\/(\d{1,2})\/(\d{4})$/.exec(text) ?? [];
  const value = year === '' ? text.slice(0, 10) : `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`;
  return isDay(value) ? { value } : { message: 'Please enter the date' };
}

function isDay(text: string): boolean {
  const time = /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : Number.NaN;
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text);
}
