import type { FieldDefinition, FieldValue } from '../schema/index.ts';
import { SoqlError } from './query.ts';
import type { Row, Source, SourceTable } from './source.ts';

/** A field reached from an object, directly or through look-ups: `Email`, `Account.Name`. */
export interface ResolvedPath {
  readonly table: SourceTable;
  readonly field: FieldDefinition;
  /** The look-ups on the way, empty for a field of the object itself. */
  readonly steps: readonly FieldDefinition[];
  value(row: Row): FieldValue;
}

function noSuchColumn(name: string, table: SourceTable): SoqlError {
  // Wording as seen in mautic#13406; it is also the answer for a field that field-level security hides.
  return new SoqlError(
    'INVALID_FIELD',
    `No such column '${name}' on entity '${table.name}'. If you are attempting to use a custom field, be sure to append the '__c' after the custom field name. Please reference your WSDL or the describe call for the appropriate names.`,
  );
}

/** Longest chain of look-ups the vendor follows. */
const maxSteps = 5;

/**
 * Finds a path from an object.
 * @throws SoqlError `INVALID_FIELD` for a field or relationship that is not there, or hidden
 */
export function resolvePath(source: Source, start: SourceTable, path: string): ResolvedPath {
  const names = path.split('.');
  // `Contact.Email` in a query FROM Contact means the object's own field.
  if (names.length > 1 && names[0]?.toLowerCase() === start.name.toLowerCase()) names.shift();
  const last = names.pop() ?? '';
  const steps: FieldDefinition[] = [];
  let table = start;
  for (const name of names.slice(0, maxSteps)) {
    const step = table.fields.find((f) => f.relationshipName?.toLowerCase() === name.toLowerCase());
    const next = step?.referenceTo[0] === undefined ? undefined : source.table(step.referenceTo[0]);
    if (!step || !next) {
      throw new SoqlError('INVALID_FIELD', `Didn't understand relationship '${name}' in field path.`);
    }
    steps.push(step);
    table = next;
  }
  const field = table.field(last);
  if (!field) throw noSuchColumn(last, table);
  return { table, field, steps, value: reader(source, start, steps, table, field) };
}

function reader(
  source: Source,
  start: SourceTable,
  steps: readonly FieldDefinition[],
  table: SourceTable,
  field: FieldDefinition,
): (row: Row) => FieldValue {
  if (steps.length === 0) return (row) => table.value(row, field);
  return (row) => {
    let at: SourceTable = start;
    let current: Row = row;
    for (const step of steps) {
      const id = at.value(current, step);
      const parent: SourceTable | undefined = source.table(step.referenceTo[0] ?? '');
      const next = typeof id === 'string' ? parent?.byId(id) : undefined;
      // "the record is returned even if the parent does not exist": a missing parent's fields are null.
      if (!parent || !next) return null;
      at = parent;
      current = next;
    }
    return at.value(current, field);
  };
}
