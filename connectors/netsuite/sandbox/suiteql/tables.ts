import type { Field } from '../schema/field.ts';
import { type AccountWorld, tableNamed } from '../state/account.ts';
import { nameOf, shownValue } from '../state/shown.ts';
import { subscriptionLines } from '../state/subscriptions.ts';
import type { FieldValue, Row, Table } from '../state/table.ts';
import { instantOf } from '../state/time.ts';
import type { Value } from './values.ts';

/** Answers the query behind a dynamic group with the ids of its members. */
export type IdsOf = (sql: string) => readonly string[];

export interface Column {
  readonly name: string;
  readonly isCheckbox: boolean;
  read(row: Row): Value;
  /** `BUILTIN.DF(column)`: what a user sees. */
  display(row: Row): Value;
}

/** A table of SuiteQL: records, or what the analytics source has besides them. */
export interface Source {
  readonly name: string;
  readonly columns: ReadonlyMap<string, Column>;
  /** `undefined`: no index of ids. */
  readonly table: Table | undefined;
  readonly rows: () => Iterable<Row>;
}

/** The table of that name (lower case), if the role may see it. */
export function sourceNamed(world: AccountWorld, name: string, idsOf: IdsOf): Source | undefined {
  const { state, switches } = world;
  const record = tableNamed(state, name);
  if (name === 'dual') return plainSource('dual', [], () => [{ id: '0' }]);
  if (name === 'deletedrecord') return deletedRecords(world);
  if (name === String(switches.get('groupMemberTable')).toLowerCase()) return groupMembers(world, name, idsOf);
  if (name !== '' && name === String(switches.get('subscriptionTable')).toLowerCase())
    return subscriptions(world, name);
  if (record === undefined || state.permissions.records.get(record.name) === 'none') return undefined;
  if (name === 'campaignsubscription' && !switches.isOn('subscriptionCategories')) return undefined;
  return recordSource(world, record);
}

function recordSource(world: AccountWorld, table: Table): Source {
  const id: Column = { name: 'id', isCheckbox: false, read: (row) => Number(row.id), display: (row) => row.id };
  const columns = table.fields.filter(({ name }) => name !== 'refName').map((field) => columnOf(world, field));
  return {
    name: table.name.toLowerCase(),
    columns: new Map([id, ...columns].map((column) => [column.name, column])),
    table,
    rows: () => table.rows(),
  };
}

function columnOf(world: AccountWorld, field: Field): Column {
  const value = (row: Row): FieldValue => shownValue(world, field, row) ?? null;
  const target = field.references === null ? undefined : tableNamed(world.state, field.references);
  return {
    name: field.name.toLowerCase(),
    isCheckbox: field.type === 'checkbox',
    read: (row) => sqlValue(world, field, value(row)),
    display(row) {
      const raw = value(row);
      const referred = target?.get(String(raw));
      if (target !== undefined && referred !== undefined) return nameOf(target, referred);
      const choice = field.choices.find(({ id }) => id === raw);
      if (choice !== undefined) return choice.label;
      if (field.type === 'checkbox') return raw === true ? 'Yes' : 'No';
      return sqlValue(world, field, raw);
    },
  };
}

function sqlValue({ switches }: AccountWorld, field: Field, value: FieldValue): Value {
  if (value === null || value === '') return null;
  switch (field.type) {
    case 'checkbox':
      return value === true ? 'T' : 'F';
    case 'datetime':
      return { ms: Date.parse(String(value)) };
    case 'date': {
      const [year = 0, month = 0, day = 0] = String(value).split('-').map(Number);
      const midnight = { year, month, day, hour: 0, minute: 0, second: 0 };
      return { ms: instantOf(String(switches.get('sessionTimeZone')), midnight) };
    }
    case 'reference':
    case 'integer':
      return Number(value);
    case 'choice':
      return /^\d+$/.test(String(value)) ? Number(value) : String(value);
    default:
      return String(value);
  }
}

/** Deleted records: the only way to learn of them by REST (notes, section 2); names of table and columns unconfirmed. */
function deletedRecords(world: AccountWorld): Source {
  const byNumber = world.switches.get('deletedRecordType') === 'number';
  const columns: Column[] = [
    column('recordtypeid', (row) => (byNumber ? Number(row.typeNumber) : String(row.recordType).toUpperCase())),
    column('name', (row) => String(row.name)),
    column('deleteddate', (row) => ({ ms: Date.parse(String(row.deletedDate)) })),
  ];
  if (world.switches.isOn('deletedRecordId')) columns.push(column('recordid', (row) => Number(row.recordId)));
  return plainSource('deletedrecord', columns, () =>
    world.state.deleted.map((one, index) => ({ ...one, id: String(index + 1) })),
  );
}

/** Static groups list their members; dynamic ones are searches underneath, and are looked up. */
function groupMembers({ state }: AccountWorld, name: string, idsOf: IdsOf): Source {
  return plainSource(
    name,
    [column('entitygroup', (row) => Number(row.group)), column('member', (row) => Number(row.member))],
    () => {
      const found = [...state.groupQueries].flatMap(([group, sql]) => idsOf(sql).map((member) => ({ group, member })));
      return [...state.groupMembers, ...found].map((one, index) => ({ ...one, id: String(index + 1) }));
    },
  );
}

function subscriptions(world: AccountWorld, name: string): Source {
  const columns = [
    column('customer', (row) => Number(row.customer)),
    column('subscription', (row) => Number(row.subscription)),
    column('subscribed', (row) => (row.subscribed === true ? 'T' : 'F')),
    column('lastmodifieddate', (row) => ({ ms: Date.parse(String(row.lastModifiedDate)) })),
  ];
  return plainSource(name, columns, function* () {
    for (const customer of tableNamed(world.state, 'customer')?.rows() ?? []) {
      for (const line of subscriptionLines(world.state, customer)) {
        yield { ...line, customer: customer.id, id: `${customer.id}${line.subscription}` };
      }
    }
  });
}

function column(name: string, read: (row: Row) => Value): Column {
  return { name, isCheckbox: name === 'subscribed', read, display: read };
}

function plainSource(name: string, columns: readonly Column[], rows: () => Iterable<Row>): Source {
  return { name, columns: new Map(columns.map((one) => [one.name, one])), table: undefined, rows };
}
