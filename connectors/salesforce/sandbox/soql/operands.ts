import type { FieldDefinition } from '../schema/index.ts';
import { to18 } from '../state/ids.ts';
import { isDate, parseDateTime } from '../state/timestamps.ts';
import { periodOf } from './date-periods.ts';
import { type Literal, SoqlError } from './query.ts';
import { unescapeString } from './strings.ts';

/** A literal made comparable to what a field of its type stores; a period has two ends. */
export type Operand =
  | { readonly kind: 'null' }
  | { readonly kind: 'value'; readonly value: string | number | boolean }
  | { readonly kind: 'period'; readonly from: string; readonly to: string };

function refuse(field: FieldDefinition, type: string, quotes: 'should' | 'should not'): never {
  throw new SoqlError(
    'INVALID_FIELD',
    `value of filter criterion for field '${field.name}' must be of type ${type} and ${quotes} be enclosed in quotes`,
  );
}

/** Milliseconds kept: a stored stamp has whole seconds, but a literal may fall between two of them. */
function wire(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 23)}+0000`;
}

function text(field: FieldDefinition, literal: Literal): Operand {
  if (literal.kind !== 'string') return refuse(field, 'string', 'should');
  return { kind: 'value', value: unescapeString(literal.raw).toLowerCase() };
}

function id(field: FieldDefinition, literal: Literal): Operand {
  if (literal.kind !== 'string') return refuse(field, 'string', 'should');
  const given = unescapeString(literal.raw);
  const value = to18(given);
  if (value === undefined) throw new SoqlError('INVALID_QUERY_FILTER_OPERATOR', `invalid ID field: ${given}`);
  return { kind: 'value', value };
}

function dateTime(field: FieldDefinition, literal: Literal, nowMs: number): Operand {
  if (literal.kind === 'period') {
    const { fromMs, toMs } = periodOf(literal.text, nowMs);
    return { kind: 'period', from: wire(fromMs), to: wire(toMs) };
  }
  const ms = literal.kind === 'datetime' ? parseDateTime(literal.text) : undefined;
  return ms === undefined ? refuse(field, 'dateTime', 'should not') : { kind: 'value', value: wire(ms) };
}

function date(field: FieldDefinition, literal: Literal, nowMs: number): Operand {
  if (literal.kind === 'period') {
    const { fromMs, toMs } = periodOf(literal.text, nowMs);
    return { kind: 'period', from: wire(fromMs).slice(0, 10), to: wire(toMs).slice(0, 10) };
  }
  const fits = literal.kind === 'date' && isDate(literal.text);
  return fits ? { kind: 'value', value: literal.text } : refuse(field, 'date', 'should not');
}

/**
 * What a literal means when it is compared with a field.
 * @throws SoqlError `INVALID_FIELD` when the types do not fit, `INVALID_QUERY_FILTER_OPERATOR` for a broken id
 */
export function operandOf(field: FieldDefinition, literal: Literal, nowMs: number): Operand {
  if (literal.kind === 'null') {
    // "null matches FALSE values" on a boolean field (SOQL reference, Use null in WHERE).
    return field.type === 'boolean' ? { kind: 'value', value: false } : { kind: 'null' };
  }
  switch (field.type) {
    case 'boolean':
      return literal.kind === 'boolean'
        ? { kind: 'value', value: literal.value }
        : refuse(field, 'boolean', 'should not');
    case 'double':
    case 'int':
      return literal.kind === 'number'
        ? { kind: 'value', value: literal.value }
        : refuse(field, field.type, 'should not');
    case 'datetime':
      return dateTime(field, literal, nowMs);
    case 'date':
      return date(field, literal, nowMs);
    case 'id':
    case 'reference':
      return id(field, literal);
    default:
      return text(field, literal);
  }
}
