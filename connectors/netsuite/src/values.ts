import type { FieldValue, Values } from '@heed/contract';
import type { RecordShape, ShapeField } from './record-shape.ts';
import { STATUS } from './record-shape.ts';

/** One value as a query answered it, in the contract's form. What has not the form of its type is handed on as text, never guessed. */
export const fromWire = (field: ShapeField, wire: unknown): FieldValue => {
  if (wire === null || wire === undefined || wire === '') return null;
  if (typeof wire === 'boolean') return wire;
  const text = typeof wire === 'object' ? JSON.stringify(wire) : String(wire);
  if (field.type === 'boolean') return BOXES.get(text) ?? text;
  if (field.type === 'number') return Number.isNaN(Number(text)) ? text : Number(text);
  return text;
};

/** A box of a query is 'T' or 'F'; that it may be a JSON text of another spelling, no source excludes. */
const BOXES: ReadonlyMap<string, boolean> = new Map([
  ['T', true],
  ['true', true],
  ['F', false],
  ['false', false],
]);

export const isTicked = (wire: unknown): boolean => BOXES.get(String(wire)) === true;

/** What a write sends; null empties a field. Of choices the id goes out, in the form of REST: `{ "id": "2" }`. */
export const toWire = (shape: RecordShape, values: Values): Readonly<Record<string, unknown>> =>
  Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name, wireOf(name, shape.fields.get(name)?.type, value)]),
  );

const wireOf = (name: string, type: ShapeField['type'] | undefined, value: FieldValue): unknown => {
  if (value === null || value === '') return null;
  if (name === STATUS || type === 'picklist') return { id: String(value) };
  if (Array.isArray(value)) return value.join(', ');
  if (typeof value === 'object') return Object.values(value).join(', ');
  return value;
};
