import type { FieldType, FieldValue, Values } from '@heed/contract';
import { momentIn } from '@heed/toolkit';
import { addressParts, addressToWire } from './addresses.ts';

/**
 * One value as the vendor answered it, in the contract's form. What has not the form of its type is handed on as text,
 * never dropped and never guessed.
 */
export const fromWire = (type: FieldType, wire: unknown): FieldValue => {
  if (wire === null || wire === undefined || wire === '') return null;
  if (typeof wire === 'boolean' || typeof wire === 'number') return wire;
  if (typeof wire !== 'string') return JSON.stringify(wire);
  if (type === 'multi-picklist') {
    const choices = wire.split(';').filter(Boolean).sort();
    return choices.length === 0 ? null : choices;
  }
  if (type === 'date-time') {
    const at = momentIn(wire);
    return at === null ? wire : new Date(at).toISOString();
  }
  return wire;
};

const isList = (value: FieldValue): value is readonly string[] => Array.isArray(value);

/** Values as a write sends them: choices joined by `;`, addresses through their parts, the rest as it is. */
export const toWire = (type: string, values: Values): Readonly<Record<string, string | number | boolean | null>> => {
  const wire: Record<string, string | number | boolean | null> = {};
  for (const [field, value] of Object.entries(values)) {
    const parts = addressParts(type, field);
    if (isList(value)) wire[field] = value.length === 0 ? null : value.join(';');
    else if (parts !== null)
      Object.assign(wire, addressToWire(parts, typeof value === 'object' ? value : { line1: String(value) }));
    else if (typeof value === 'object' && value !== null) wire[field] = Object.values(value).join(', ');
    else wire[field] = value === '' ? null : value;
  }
  return wire;
};
