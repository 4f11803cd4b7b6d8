import type { FieldDefinition } from '../schema/index.ts';
import type { Row, Source, SourceTable } from '../soql/source.ts';
import { fieldValue } from './derived.ts';
import { recycleBinMs } from './lifecycle.ts';
import type { Org, OrgWorld } from './org.ts';
import type { Table } from './table.ts';
import { toStamp } from './timestamps.ts';

/** True when the connected user may know that the object is there. */
export function isVisibleObject(org: Org, table: Table): boolean {
  return org.objectAccess.get(table.definition.name) !== 'none';
}

/** The fields of an object that field-level security lets the connected user see. */
export function visibleFields(org: Org, table: Table): readonly FieldDefinition[] {
  return table.fields.filter((field) => !org.hiddenFields.has(`${table.definition.name}.${field.name}`));
}

/**
 * The org as the connected user's queries see it.
 * @param includeDeleted `/queryAll`: also what is in the Recycle Bin
 */
export function sourceOf(world: OrgWorld, includeDeleted: boolean): Source {
  const views = new Map<string, SourceTable>();
  return {
    nowMs: world.clock.now(),
    notEqualMatchesNull: world.switches.get('nullsIn') === 'not-equal-matches',
    table(name) {
      const table = world.state.table(name);
      if (!table || !isVisibleObject(world.state, table)) return undefined;
      const key = table.definition.name;
      const view = views.get(key) ?? tableView(world, table, includeDeleted);
      views.set(key, view);
      return view;
    },
  };
}

function tableView(world: OrgWorld, table: Table, includeDeleted: boolean): SourceTable {
  const org = world.state;
  const { name } = table.definition;
  const fields = visibleFields(org, table);
  const byName = new Map(fields.map((field) => [field.name.toLowerCase(), field]));
  const emptiedBefore = toStamp(world.clock.now() - recycleBinMs);
  const isVisible = (row: Row): boolean =>
    row.IsDeleted !== true || (includeDeleted && String(row.SystemModstamp) >= emptiedBefore);
  function* visible(rows: Iterable<Row>): Generator<Row> {
    for (const row of rows) if (isVisible(row)) yield row;
  }
  return {
    name,
    fields,
    field: (wanted) => byName.get(wanted.toLowerCase()),
    value: (row, field) => fieldValue(org, name, row, field),
    all: () => visible(table.rows()),
    byId(id) {
      const row = table.get(id);
      return row && isVisible(row) ? row : undefined;
    },
    byValue(field, value) {
      const rows = table.having(field, value);
      return rows && visible(rows);
    },
    byModstamp: (from, to) => visible(table.byModstamp(from, to)),
  };
}
