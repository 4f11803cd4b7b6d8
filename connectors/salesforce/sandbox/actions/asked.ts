import { json, Refusal } from '@heed/sandbox';
import type { FieldType } from '../schema/index.ts';
import { settle } from '../settle.ts';
import type { Row } from '../soql/source.ts';
import type { Writer } from '../state/checks.ts';
import { CallRefused, RecordRefused } from '../state/errors.ts';
import { to18 } from '../state/ids.ts';
import type { OrgWorld } from '../state/org.ts';
import type { Table } from '../state/table.ts';

export type Body = Readonly<Record<string, unknown>>;

/** What a person or an administrator does in the product; refusals become a 400 with the vendor's code. */
export function action(act: (world: OrgWorld, body: Body) => unknown): (world: OrgWorld, body: Body) => unknown {
  return (world, body) => {
    settle(world);
    try {
      return act(world, body);
    } catch (error) {
      if (error instanceof RecordRefused) throw refused(error.error.statusCode, error.message);
      if (error instanceof CallRefused) throw refused(error.errorCode, error.message);
      throw error;
    }
  };
}

function refused(errorCode: string, message: string): Refusal {
  return new Refusal(json(400, { error: message, errorCode }));
}

/** An administrator at the keyboard: bound by the rules of the data, not by field-level security. */
export function administrator(world: OrgWorld): Writer {
  return { world, userId: world.state.users.admin, administrator: true, allowDuplicates: true };
}

/** What `fieldType` can be. */
export const fieldTypes: readonly FieldType[] = [
  'string',
  'email',
  'phone',
  'boolean',
  'date',
  'datetime',
  'picklist',
  'multipicklist',
  'textarea',
  'double',
];

export function text(body: Body, name: string): string {
  const value = body[name];
  if (typeof value !== 'string' || value === '') throw new RangeError(`${name} is needed`);
  return value;
}

export function optionalText(body: Body, name: string): string | undefined {
  return body[name] === undefined ? undefined : text(body, name);
}

export function fieldsIn(body: Body): Readonly<Record<string, unknown>> {
  const { fields } = body;
  if (typeof fields !== 'object' || fields === null || Array.isArray(fields)) throw new RangeError('fields is needed');
  return fields as Readonly<Record<string, unknown>>;
}

export function tableIn(world: OrgWorld, body: Body): Table {
  return world.state.needTable(text(body, 'type'));
}

export interface Target {
  readonly table: Table;
  readonly row: Row;
}

/** Live records meant by `{ id }`, or by `{ email, type? }`: every Contact and Lead with that address. */
export function targets(world: OrgWorld, body: Body): readonly Target[] {
  const id = optionalText(body, 'id');
  const found = id === undefined ? byEmail(world, body) : byId(world, id);
  if (found.length === 0) throw new RangeError('There is no such record');
  return found;
}

function byId(world: OrgWorld, id: string): readonly Target[] {
  const table = world.state.tableOfId(to18(id) ?? '');
  const row = table?.get(to18(id) ?? '');
  return table && row ? [{ table, row }] : [];
}

function byEmail(world: OrgWorld, body: Body): readonly Target[] {
  const email = text(body, 'email');
  const types = body.type === undefined ? ['Contact', 'Lead'] : [text(body, 'type')];
  return types.flatMap((type) => {
    const table = world.state.needTable(type);
    const field = table.field('Email');
    const rows = field ? (table.having(field, email) ?? []) : [];
    return rows.filter((row) => row.IsDeleted !== true && row.IsConverted !== true).map((row) => ({ table, row }));
  });
}

/** The one record meant. */
export function target(world: OrgWorld, body: Body): Target {
  const [first, second] = targets(world, body);
  if (!first || second) throw new RangeError('Several records have that address: give type or id');
  return first;
}

/** How an action names what it did. */
export function named(all: readonly Target[]): {
  readonly records: readonly { readonly type: string; readonly id: string }[];
} {
  return { records: all.map(({ table, row }) => ({ type: table.definition.name, id: String(row.Id) })) };
}
