import { ConnectorError, type FieldValue, type PostalAddress, type Values } from '@heed/contract';
import { recordOf } from '@heed/toolkit';
import type { MergeValue, WireMergeField } from './wire.ts';

/** The values of the merge fields asked for, as Heed has them. A tag that the answer lacks is left out: not read. */
export const valuesOf = (
  mergeFields: Readonly<Record<string, unknown>> | undefined,
  tags: readonly string[],
): Values => {
  const given = recordOf(mergeFields);
  const values: Record<string, FieldValue> = {};
  for (const tag of tags) {
    const value = Object.hasOwn(given, tag) ? fieldValue(given[tag]) : undefined;
    if (value !== undefined) values[tag] = value;
  }
  return values;
};

/**
 * Empty merge fields are `""`, and an empty ADDRESS is `""` or an object of empty parts. Undefined for what no merge field
 * holds: not read, since what is taken for empty empties the CRM's field, too.
 */
const fieldValue = (raw: unknown): FieldValue | undefined => {
  if (typeof raw === 'number' || typeof raw === 'boolean') return raw;
  if (typeof raw === 'string') return raw === '' ? null : raw;
  const parts = recordOf(raw);
  const isAddress = ADDRESS_PARTS.every(({ theirs }) => ['string', 'undefined'].includes(typeof parts[theirs]));
  if (Array.isArray(raw) || !isAddress) return undefined;
  const address = postalAddress(parts);
  return Object.keys(address).length === 0 ? null : address;
};

/** Our part of an address and Mailchimp's, with what Mailchimp asks for in a complete one. */
const ADDRESS_PARTS = [
  { ours: 'line1', theirs: 'addr1', needed: true },
  { ours: 'line2', theirs: 'addr2', needed: false },
  { ours: 'city', theirs: 'city', needed: true },
  { ours: 'state', theirs: 'state', needed: true },
  { ours: 'postalCode', theirs: 'zip', needed: true },
  { ours: 'country', theirs: 'country', needed: false },
] as const;

const postalAddress = (raw: Readonly<Record<string, unknown>>): PostalAddress => {
  const filled = ADDRESS_PARTS.flatMap(({ ours, theirs }) => {
    const text = raw[theirs];
    return typeof text === 'string' && text !== '' ? [[ours, text] as const] : [];
  });
  // Mailchimp fills in the audience's country by itself: a country alone is no address.
  return filled.every(([part]) => part === 'country') ? {} : Object.fromEntries(filled);
};

/**
 * Merge fields for a request. Throws `invalid` with the field: for a tag the audience lacks (Mailchimp would ignore it
 * without a word, and the value would be lost), and for a value that the field's type cannot hold.
 */
export const mergeFieldsOf = (
  fields: Values,
  known: readonly WireMergeField[],
): Readonly<Record<string, MergeValue>> => {
  const given: Record<string, MergeValue> = {};
  for (const [tag, value] of Object.entries(fields)) {
    const field = known.find((one) => one.tag === tag);
    if (field === undefined) throw noSuchField(tag);
    given[tag] = mergeValue(field, value);
  }
  return given;
};

export const noSuchField = (tag: string): ConnectorError =>
  refused(tag, 'the audience has no such merge field; see `heed fields`', 'unknown merge field');

/** `""` clears a merge field. */
const mergeValue = (field: WireMergeField, value: FieldValue): MergeValue => {
  if (value === null) return '';
  if (field.type === 'address') return addressValue(field.tag, value);
  if (typeof value === 'object') throw refused(field.tag, `a ${field.type} merge field takes a single value`);
  switch (field.type) {
    case 'number':
      return numberValue(field.tag, value);
    case 'date':
      return shaped(field.tag, value, /^\d{4}-\d{2}-\d{2}$/, 'a date merge field takes YYYY-MM-DD');
    case 'birthday':
      return shaped(
        field.tag,
        value,
        /^(0[1-9]|1[0-2])\/(0[1-9]|[12]\d|3[01])$/,
        'a birthday merge field takes MM/DD; use the transform date: MM/DD',
      );
    default:
      return String(value);
  }
};

const numberValue = (tag: string, value: string | number | boolean): number => {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  if (typeof number !== 'number' || !Number.isFinite(number)) throw refused(tag, 'a number merge field takes a number');
  return number;
};

const shaped = (tag: string, value: string | number | boolean, shape: RegExp, why: string): string => {
  if (typeof value !== 'string' || !shape.test(value)) throw refused(tag, why);
  return value;
};

/** All or nothing: Mailchimp refuses an address without street, city, state and postal code. */
const addressValue = (tag: string, value: FieldValue): MergeValue => {
  if (typeof value !== 'object' || value === null || isList(value))
    throw refused(tag, 'an address merge field takes a postal address');
  const address: PostalAddress = value;
  const parts = ADDRESS_PARTS.map(({ ours, theirs, needed }) => ({
    theirs,
    needed,
    text: address[ours]?.trim() ?? '',
  }));
  if (parts.every(({ text }) => text === '')) return '';
  const lacking = parts.filter(({ needed, text }) => needed && text === '').map(({ theirs }) => theirs);
  if (lacking.length > 0)
    throw refused(
      tag,
      `Mailchimp takes complete addresses only; this one lacks ${lacking.join(', ')}`,
      'incomplete address',
    );
  return Object.fromEntries(parts.filter(({ text }) => text !== '').map(({ theirs, text }) => [theirs, text]));
};

const isList = (value: object): value is readonly string[] => Array.isArray(value);

const refused = (field: string, message: string, code = 'wrong type'): ConnectorError =>
  new ConnectorError('invalid', `${field}: ${message}`, { field, code, mayHaveApplied: false });
