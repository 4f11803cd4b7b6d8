import type { FieldDefinition, FieldValue } from '../schema/index.ts';
import { RecordRefused } from '../state/errors.ts';
import { isDate, parseDateTime } from '../state/timestamps.ts';

/** "Empty field values are ignored when you update records. To set a field value to null, use a field value of #N/A." */
const nullCell = '#N/A';

const xsdTypes: Readonly<Record<string, string>> = {
  boolean: 'boolean',
  double: 'double',
  int: 'int',
  date: 'date',
  datetime: 'dateTime',
};

const booleans: Readonly<Record<string, boolean>> = { true: true, '1': true, false: false, '0': false };

function typed(field: FieldDefinition, cell: string): FieldValue | undefined {
  switch (field.type) {
    case 'boolean':
      return booleans[cell.toLowerCase()];
    case 'double':
    case 'int':
      return cell.trim() === '' || Number.isNaN(Number(cell)) ? undefined : Number(cell);
    case 'date':
      return isDate(cell) ? cell : undefined;
    case 'datetime':
      return parseDateTime(cell) === undefined ? undefined : cell;
    default:
      return cell;
  }
}

/**
 * A cell as the JSON value that a REST call would have sent, undefined for "leave as it is".
 * @param column its number, from 0
 * @throws RecordRefused worded as seen in answers of a real org (amp-labs/connectors, partial-failure.csv)
 */
export function givenValue(field: FieldDefinition, cell: string, column: number): FieldValue | undefined {
  if (cell === '') return undefined;
  if (cell === nullCell) return null;
  const value = typed(field, cell);
  if (value !== undefined) return value;
  const type = xsdTypes[field.type] ?? 'string';
  const why = `Failed to deserialize field at col ${column}. Due to, '${cell}' is not a valid value for the type xsd:${type}`;
  throw new RecordRefused('INVALID_FIELD', why, [field.name]);
}

/**
 * A value as a cell of query results: an empty cell is null.
 * @param zulu date-times as `...000Z`, else as the REST API writes them
 */
export function resultCell(field: FieldDefinition, value: FieldValue, zulu: boolean): string {
  if (value === null) return '';
  if (field.type === 'datetime' && zulu) return String(value).replace(/\+0000$/, 'Z');
  return String(value);
}
