import type { Switches } from '@heed/sandbox';
import type { FieldDefinition, FieldValue } from '../schema/index.ts';
import { CallRefused, RecordRefused } from './errors.ts';
import { to18 } from './ids.ts';
import { isDate, parseDateTime, toStamp } from './timestamps.ts';

/** Letters of any script, a dot in the domain, none of the characters that need quoting. */
const emailPattern =
  /^[^\s@,;:<>()[\]"\\]{1,64}@[\p{L}\p{N}]([\p{L}\p{N}-]*[\p{L}\p{N}])?(\.[\p{L}\p{N}]([\p{L}\p{N}-]*[\p{L}\p{N}])?)+$/u;

function jsonToken(value: unknown): string {
  if (typeof value === 'string') return 'VALUE_STRING';
  if (typeof value === 'number') return Number.isInteger(value) ? 'VALUE_NUMBER_INT' : 'VALUE_NUMBER_FLOAT';
  if (typeof value === 'boolean') return value ? 'VALUE_TRUE' : 'VALUE_FALSE';
  return Array.isArray(value) ? 'START_ARRAY' : 'START_OBJECT';
}

/** JSON of the wrong type never reaches the record: the parser refuses the whole call. */
function wrongType(field: FieldDefinition, value: unknown): never {
  throw new CallRefused(
    400,
    'JSON_PARSER_ERROR',
    `Cannot deserialize instance of ${field.type} from ${jsonToken(value)} value ${typeof value === 'object' ? '' : String(value)} or request may be missing a required field at [line:1, column:1]`,
  );
}

function textOf(field: FieldDefinition, value: unknown): string {
  if (typeof value !== 'string') return wrongType(field, value);
  const trimmed = value.trim();
  if (field.length > 0 && trimmed.length > field.length) {
    const message = `${field.label}: data value too large: ${trimmed} (max length=${field.length})`;
    throw new RecordRefused('STRING_TOO_LONG', message, [field.name]);
  }
  return trimmed;
}

function emailOf(field: FieldDefinition, value: unknown, switches: Switches): string {
  const address = textOf(field, value);
  if (address !== '' && !emailPattern.test(address)) {
    throw new RecordRefused('INVALID_EMAIL_ADDRESS', `${field.label}: invalid email address: ${address}`, [field.name]);
  }
  return switches.isOn('lowercaseEmails') ? address.toLowerCase() : address;
}

function choicesOf(field: FieldDefinition, value: unknown, switches: Switches): string {
  const given = textOf(field, value);
  const choices = [
    ...new Set((field.type === 'multipicklist' ? given.split(';') : [given]).map((c) => c.trim())),
  ].filter((choice) => choice !== '');
  const wrong = choices.find((choice) => !field.picklistValues.includes(choice));
  if (field.restrictedPicklist && wrong !== undefined) {
    const message = `${field.label}: bad value for restricted picklist field: ${wrong}`;
    throw new RecordRefused('INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST', message, [field.name]);
  }
  if (switches.get('choiceOrder') === 'as-defined') {
    choices.sort((a, b) => field.picklistValues.indexOf(a) - field.picklistValues.indexOf(b));
  }
  return choices.join(';');
}

function idOf(field: FieldDefinition, value: unknown): string {
  const given = textOf(field, value);
  const id = to18(given);
  if (given !== '' && id === undefined) {
    throw new RecordRefused('MALFORMED_ID', `${field.label}: id value of incorrect type: ${given}`, [field.name]);
  }
  return id ?? '';
}

/**
 * A JSON value as the field stores it: trimmed, empty text as null, ids in 18 characters, date-times in wire form.
 * @throws CallRefused for JSON of the wrong type, RecordRefused for a value the field does not take
 */
export function storable(field: FieldDefinition, value: unknown, switches: Switches): FieldValue {
  if (value === null || value === undefined) {
    if (field.type !== 'boolean') return null;
    throw new RecordRefused('INVALID_TYPE_ON_FIELD_IN_RECORD', `${field.label}: value not of required type: `, [
      field.name,
    ]);
  }
  switch (field.type) {
    case 'boolean':
      return typeof value === 'boolean' ? value : wrongType(field, value);
    case 'double':
    case 'int':
      return typeof value === 'number' ? value : wrongType(field, value);
    case 'date':
      return typeof value === 'string' && isDate(value) ? value : wrongType(field, value);
    case 'datetime': {
      const ms = typeof value === 'string' ? parseDateTime(value) : undefined;
      return ms === undefined ? wrongType(field, value) : toStamp(ms);
    }
    case 'email':
      return emailOf(field, value, switches) || null;
    case 'picklist':
    case 'multipicklist':
      return choicesOf(field, value, switches) || null;
    case 'id':
    case 'reference':
      return idOf(field, value) || null;
    default:
      return textOf(field, value) || null;
  }
}
