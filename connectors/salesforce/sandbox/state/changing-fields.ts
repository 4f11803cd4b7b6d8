import { type FieldType, type FieldValue, field } from '../schema/index.ts';
import type { Row } from '../soql/source.ts';
import type { Org } from './org.ts';
import { stored } from './org.ts';
import type { Table } from './table.ts';

/** What an administrator does to fields that clients know already. */

/** A custom field is deleted, with what it held; a standard one cannot be, and is hidden from the user. */
export function takeFieldAway(org: Org, table: Table, name: string): void {
  const known = table.field(name);
  if (!known) return;
  const path = `${table.definition.name}.${known.name}`;
  if (!known.custom) {
    org.hiddenFields.add(path);
    return;
  }
  table.removeField(known.name);
  org.removedFields.add(path);
}

/** Gives a custom field another type. Text survives as text, and what the new type cannot hold is lost. */
export function retypeField(org: Org, table: Table, name: string, type: FieldType): void {
  const known = table.field(name);
  if (!known?.custom) throw new RangeError(`${table.definition.name} has no custom field ${name}`);
  const { label, externalId, idLookup, picklistValues } = known;
  const changed = field(known.name, type, { label, externalId, idLookup, picklistValues });
  for (const row of [...table.rows()]) {
    const value = converted(stored(row, known), type);
    const next: Row = { ...row, [known.name]: value };
    table.put(next);
  }
  table.addField(changed);
  org.customFields.push({ object: table.definition.name, field: changed });
}

function converted(value: FieldValue, type: FieldType): FieldValue {
  switch (type) {
    case 'boolean':
      return value === true || value === 'true';
    case 'double':
    case 'int':
      return typeof value === 'number' ? value : null;
    case 'date':
    case 'datetime':
      return null;
    default:
      return value === null ? null : String(value);
  }
}
