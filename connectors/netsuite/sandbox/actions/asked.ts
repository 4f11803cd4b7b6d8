import { json, Refusal } from '@heed/sandbox';
import { type AccountWorld, mailedTables, needTable } from '../state/account.ts';
import { NsError } from '../state/ns-error.ts';
import type { Changes } from '../state/records.ts';
import type { Row, Table } from '../state/table.ts';

/** What an act under `/__sandbox/` was asked. */
export type Body = Readonly<Record<string, unknown>>;

/** An act whose refusals are answered as 400 with the account's own reason. */
export function action(
  act: (world: AccountWorld, body: Body) => unknown,
): (world: AccountWorld, body: Body) => unknown {
  return (world, body) => {
    try {
      return act(world, body);
    } catch (error) {
      if (error instanceof NsError) throw new Refusal(json(400, { error: error.message, errorCode: error.code }));
      throw error;
    }
  };
}

export function text(body: Body, name: string): string {
  const value = body[name];
  if (typeof value === 'number') return String(value);
  if (typeof value !== 'string' || value === '') throw new RangeError(`${name} is needed`);
  return value;
}

export function optionalText(body: Body, name: string): string | undefined {
  return body[name] === undefined ? undefined : text(body, name);
}

export function texts(body: Body, name: string): readonly string[] {
  const value = body[name] ?? [];
  if (!Array.isArray(value)) throw new RangeError(`${name} is a list`);
  return value.map(String);
}

/** `fields`, as they are stored: references and choices by id. */
export function fieldsIn(body: Body): Changes {
  const { fields } = body;
  if (typeof fields !== 'object' || fields === null || Array.isArray(fields)) throw new RangeError('fields is needed');
  return fields as Changes;
}

export interface Target {
  readonly table: Table;
  readonly row: Row;
}

/** Records meant by `{ id }`, or by `{ email, record? }`: every entity with that address. */
export function targets(world: AccountWorld, body: Body): readonly Target[] {
  const id = optionalText(body, 'id');
  const record = optionalText(body, 'record');
  const tables = record === undefined ? mailedTables(world.state) : [needTable(world.state, record)];
  const found = tables.flatMap((table) => {
    const rows = id === undefined ? mailboxRows(world, table, text(body, 'email')) : [table.get(id)];
    return rows.flatMap((row) => (row === undefined ? [] : [{ table, row }]));
  });
  if (found.length === 0) throw new RangeError('There is no such record');
  return found;
}

function mailboxRows({ switches }: AccountWorld, table: Table, email: string): readonly Row[] {
  const rows = table.having('email', email) ?? [];
  return switches.get('recipientSpellings') === 'any-case' ? rows : rows.filter((row) => row.email === email);
}

/** How an act names what it did. */
export function named(all: readonly Target[]): {
  readonly records: readonly { readonly type: string; readonly id: string }[];
} {
  return { records: all.map(({ table, row }) => ({ type: table.name, id: row.id })) };
}
