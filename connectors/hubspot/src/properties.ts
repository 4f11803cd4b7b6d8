import {
  type Clock,
  ConnectorError,
  type FieldSchema,
  type FieldType,
  type FieldValue,
  type Values,
} from '@heed/contract';
import { bookOf } from '@heed/toolkit';
import type { Api } from './api.ts';
import { timeOf, type WireProperty } from './wire.ts';

/** Opted out of all mail of the portal; a mirror of the address's preferences, read-only for updates of contacts. */
export const OPT_OUT = 'hs_email_optout';
const TOPIC = /^hs_email_optout_(\d{1,20})$/;

/** The subscription type that a property mirrors; null for any other property. */
export const topicOf = (name: string): string | null => name.match(TOPIC)?.[1] ?? null;
export const topicProperty = (topic: string): string => `${OPT_OUT}_${topic}`;
/** Carried out through the preferences of the address, never by an update of the contact (C9). */
export const isOptOutMirror = (name: string): boolean => name === OPT_OUT || TOPIC.test(name);

/** No mapped field: the address, consent, what is billed, and what HubSpot keeps itself (C9, C13). */
const NOT_BY_FIELDS =
  /^(email|hs_additional_emails|hs_object_id|hs_email_optout.*|hs_marketable_.*|hs_merged_object_ids|lastmodifieddate|createdate)$/;
export const isBarred = (name: string): boolean => NOT_BY_FIELDS.test(name);

export type Properties = ReadonlyMap<string, WireProperty>;

const FRESH_MS = 30_000;

/** The contact properties that the app may see: asked for once per session, and again by a `describe` that is not just behind a `check`. */
export const createPropertyBook = (api: Pick<Api, 'properties'>, clock: Pick<Clock, 'now'>) => {
  const ask = async (signal: AbortSignal): Promise<Properties> =>
    new Map((await api.properties(signal)).map((one) => [one.name, one]));
  const book = bookOf(ask, clock);
  return {
    refresh: (signal: AbortSignal): Promise<Properties> => book.within(FRESH_MS, signal),
    known: (signal: AbortSignal): Promise<Properties> => book.within(Number.POSITIVE_INFINITY, signal),
    /** Asked for now, whatever was known. */
    renewed: (signal: AbortSignal): Promise<Properties> => book.renewed(signal),
  };
};
export type PropertyBook = ReturnType<typeof createPropertyBook>;

/** Names of the subscription types' mirrors. */
export const topicProperties = (properties: Properties): readonly string[] =>
  [...properties.keys()].filter((name) => topicOf(name) !== null).sort();

export const typeOf = ({ name, type, fieldType }: WireProperty): FieldType => {
  if (isOptOutMirror(name)) return 'boolean';
  if (name === 'email') return 'email';
  switch (type) {
    case 'string':
      return 'text';
    case 'phone_number':
      return 'phone';
    case 'bool':
      return 'boolean';
    case 'number':
      return 'number';
    case 'date':
      return 'date';
    case 'datetime':
      return 'date-time';
    case 'enumeration':
      if (fieldType === 'booleancheckbox') return 'boolean';
      return fieldType === 'checkbox' ? 'multi-picklist' : 'picklist';
    default:
      return 'other';
  }
};

const isReadOnly = ({ modificationMetadata, calculated }: WireProperty): boolean =>
  calculated || modificationMetadata?.readOnlyValue === true;

/** An opt-out is writable although its property is not: through the preferences of the address. */
export const fieldSchemaOf = (property: WireProperty): FieldSchema => {
  const { name, label, options, hasUniqueValue } = property;
  const type = typeOf(property);
  const writable = isOptOutMirror(name) || (!isReadOnly(property) && !name.startsWith('hs_marketable_'));
  const listed = type === 'picklist' || type === 'multi-picklist';
  return {
    name,
    label: label || name,
    type,
    writable,
    required: false,
    options: listed && options.length > 0 ? options.map(({ value }) => value) : null,
    maxLength: null,
    canBeReference: type === 'text' && hasUniqueValue && writable,
  };
};

/** A value as HubSpot answered it: texts only, null if empty. What has not the form of its type is handed on as text. */
export const fromWire = (property: WireProperty, wire: string | null): FieldValue => {
  const type = typeOf(property);
  if (wire === null || wire === '') return isOptOutMirror(property.name) ? false : null;
  switch (type) {
    case 'boolean':
      return wire === 'true' ? true : wire === 'false' ? false : wire;
    case 'number':
      return Number.isFinite(Number(wire)) ? Number(wire) : wire;
    case 'multi-picklist': {
      const choices = wire.split(';').filter(Boolean).sort();
      return choices.length === 0 ? null : choices;
    }
    case 'date': {
      const at = timeOf(wire);
      return at === null ? wire : new Date(at).toISOString().slice(0, 10);
    }
    case 'date-time': {
      const at = timeOf(wire);
      return at === null ? wire : new Date(at).toISOString();
    }
    default:
      return wire;
  }
};

/** Values for a write; the empty text clears. Throws `invalid` with the field for what no property holds. */
export const toWire = (values: Values): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, wireValue(name, value)]));

const isList = (value: FieldValue): value is readonly string[] => Array.isArray(value);

const wireValue = (name: string, value: FieldValue): string => {
  if (value === null) return '';
  if (isList(value)) return value.join(';');
  if (typeof value !== 'object') return String(value);
  throw new ConnectorError('invalid', `${name}: HubSpot has no property for a whole postal address; map its parts`, {
    code: 'wrong type',
    field: name,
    mayHaveApplied: false,
  });
};
