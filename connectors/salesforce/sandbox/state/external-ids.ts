import type { FieldDefinition } from '../schema/index.ts';
import type { Row } from '../soql/source.ts';
import { CallRefused } from './errors.ts';
import type { Table } from './table.ts';

/** The external-id field of an upsert. */
export function externalIdField(table: Table, name: string): FieldDefinition {
  const field = table.field(name);
  if (field?.externalId) return field;
  throw new CallRefused(404, 'NOT_FOUND', `Provided external ID field does not exist or is not accessible: ${name}`);
}

/** Live records with that external id; more than one when the field is not unique. */
export function matching(table: Table, field: FieldDefinition, value: string): readonly Row[] {
  return (table.having(field, value.trim()) ?? []).filter((row) => row.IsDeleted !== true);
}
