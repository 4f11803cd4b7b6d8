import type { FieldDefinition } from '../schema/index.ts';
import type { ResolvedPath } from '../soql/paths.ts';
import type { Row, Source, SourceTable } from '../soql/source.ts';
import { compoundAddress } from '../state/derived.ts';

interface Rendered {
  [name: string]: unknown;
}

function attributes(base: string, table: SourceTable, row: Row): { readonly type: string; readonly url: string } {
  return { type: table.name, url: `${base}/sobjects/${table.name}/${String(row.Id)}` };
}

function wireValue(table: SourceTable, row: Row, field: FieldDefinition): unknown {
  return field.type === 'address' ? compoundAddress(row, field.name) : table.value(row, field);
}

/** One row as the query resources answer it: `attributes` on every object, nulls explicit, parents nested. */
export function rendered(
  base: string,
  source: Source,
  table: SourceTable,
  row: Row,
  columns: readonly ResolvedPath[],
): Rendered {
  const record: Rendered = { attributes: attributes(base, table, row) };
  for (const { steps, field } of columns) {
    let at: { record: Rendered; table: SourceTable; row: Row } | undefined = { record, table, row };
    for (const step of steps) {
      if (!at) break;
      const name = step.relationshipName ?? '';
      const id: unknown = at.table.value(at.row, step);
      const parentTable = source.table(step.referenceTo[0] ?? '');
      const parent: Row | undefined = typeof id === 'string' ? parentTable?.byId(id) : undefined;
      if (!parent || !parentTable) {
        at.record[name] = null;
        at = undefined;
        break;
      }
      const nested: Rendered = (at.record[name] as Rendered | undefined) ?? {
        attributes: attributes(base, parentTable, parent),
      };
      at.record[name] = nested;
      at = { record: nested, table: parentTable, row: parent };
    }
    if (at) at.record[field.name] = wireValue(at.table, at.row, field);
  }
  return record;
}

/** One record with all of the given fields, as the sObject resources answer it. */
export function renderedFields(
  base: string,
  table: SourceTable,
  row: Row,
  fields: readonly FieldDefinition[],
): Rendered {
  const record: Rendered = { attributes: attributes(base, table, row) };
  for (const field of fields) record[field.name] = wireValue(table, row, field);
  return record;
}
