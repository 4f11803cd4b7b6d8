import { empty, type Reply } from '@heed/sandbox';
import { type AccountWorld, type Level, tableNamed } from '../state/account.ts';
import { badHeader, forbidden, NsError, nonexistent } from '../state/ns-error.ts';
import { createRecord, deleteRecord, updateRecord, type Writer } from '../state/records.ts';
import { setSubscription, subscriptionLines } from '../state/subscriptions.ts';
import type { Row, Table } from '../state/table.ts';
import { singular } from './answers.ts';
import { type LineChange, type ReadBody, readRecord, type Validation } from './record-body.ts';
import { type Rendering, recordJson, recordUrl } from './record-json.ts';

/** One operation on one record: a request of its own, or a task of an asynchronous one. */
export interface Operation {
  readonly world: AccountWorld;
  readonly origin: string;
  readonly method: string;
  readonly record: string;
  /** An internal id, or `eid:` and an external id. */
  readonly key: string | undefined;
  readonly query: URLSearchParams;
  /** A header by its name in lower case. */
  header(name: string): string;
  readonly body: unknown;
  touch(...ids: string[]): void;
}

const ORDER: readonly Level[] = ['none', 'view', 'create', 'edit', 'full'];

/** The record type of the path, if the role may do that with it. */
export function permittedTable(world: AccountWorld, record: string, need: Level): Table {
  const isCategory = record.toLowerCase() === 'campaignsubscription';
  const table =
    isCategory && !world.switches.isOn('subscriptionCategories') ? undefined : tableNamed(world.state, record);
  if (table === undefined) {
    throw new NsError(404, 'NONEXISTENT_ID', `Record type '${record}' does not exist.`);
  }
  const level = world.state.permissions.records.get(table.name) ?? 'full';
  if (ORDER.indexOf(level) < ORDER.indexOf(need)) {
    throw forbidden(
      'Permission Violation: You need a higher level of permission to access this record. Please contact your account administrator.',
    );
  }
  return table;
}

export function carryOut(operation: Operation): Reply {
  switch (operation.method) {
    case 'GET':
      return read(operation);
    case 'POST':
      return create(operation);
    case 'PATCH':
      return update(operation);
    case 'PUT':
      return upsert(operation);
    default:
      return remove(operation);
  }
}

/** The row that a key names: an id, or `eid:X`. */
export function rowOf(table: Table, key: string | undefined): Row {
  const row = find(table, key ?? '');
  if (row === undefined) throw nonexistent();
  return row;
}

function find(table: Table, key: string): Row | undefined {
  if (!key.startsWith('eid:')) return table.get(key);
  return table.having('externalId', key.slice(4))?.[0];
}

/** "Loaded in edit mode: needs edit permission" (subsect_1544786455). */
function read(operation: Operation): Reply {
  const table = permittedTable(operation.world, operation.record, 'edit');
  const row = rowOf(table, operation.key);
  operation.touch(row.id);
  return singular(recordJson(renderingOf(operation), table, row));
}

export function renderingOf({ world, origin, query }: Pick<Operation, 'world' | 'origin' | 'query'>): Rendering {
  return {
    world,
    origin,
    simpleEnums: query.get('simpleEnumFormat') === 'true',
    expanded: query.get('expandSubResources') === 'true',
    only: query
      .get('fields')
      ?.split(',')
      .map((name) => name.trim()),
  };
}

/** "204, id only in `Location` header". */
function create(operation: Operation): Reply {
  const table = permittedTable(operation.world, operation.record, 'create');
  const body = readRecord(operation.world.state, table, operation.body, validationOf(operation));
  const row = createRecord(writerOf(operation), table, body.changes);
  return written(operation, table, row, body);
}

function update(operation: Operation): Reply {
  const table = permittedTable(operation.world, operation.record, 'edit');
  const before = rowOf(table, operation.key);
  const body = readRecord(operation.world.state, table, operation.body, validationOf(operation));
  const row = updateRecord(writerOf(operation), table, before, body.changes);
  return written(operation, table, row, body);
}

/** PUT upserts by external id only. */
function upsert(operation: Operation): Reply {
  const key = operation.key ?? '';
  if (!key.startsWith('eid:')) {
    throw new NsError(400, 'INVALID_REQUEST', 'PUT requests require an external ID, in the format eid:externalId.');
  }
  const table = permittedTable(operation.world, operation.record, 'edit');
  const before = find(table, key);
  const body = readRecord(operation.world.state, table, operation.body, validationOf(operation));
  const changes = { ...body.changes, externalId: before?.externalId ?? key.slice(4) };
  const writer = writerOf(operation);
  const row =
    before === undefined ? createRecord(writer, table, changes) : updateRecord(writer, table, before, changes);
  return written(operation, table, row, body);
}

function remove(operation: Operation): Reply {
  const table = permittedTable(operation.world, operation.record, 'full');
  const row = rowOf(table, operation.key);
  operation.touch(row.id);
  deleteRecord(writerOf(operation), table, row);
  return empty(204);
}

const writerOf = ({ world }: Operation): Writer => ({ world, by: 'api' });

function written(operation: Operation, table: Table, row: Row, { lines, warnings }: ReadBody): Reply {
  setLines(operation, row, lines);
  operation.touch(row.id);
  return empty(204, {
    location: recordUrl(operation.origin, table, row.id),
    // The name of this header is a guess: "reported only in response headers".
    ...(warnings.length === 0 ? {} : { 'x-netsuite-warnings': warnings.join(' ') }),
  });
}

/** "sublists merged unless ?replace=sublist": then what is not listed is unsubscribed. */
function setLines({ world, query }: Operation, row: Row, lines: readonly LineChange[]): void {
  if (!world.switches.isOn('subscriptionCategories')) return;
  if (query.get('replace')?.split(',').includes('subscriptions') === true) {
    for (const { subscription, subscribed } of subscriptionLines(world.state, row)) {
      if (subscribed && !lines.some((line) => line.subscription === subscription)) {
        setSubscription(world, row.id, subscription, false);
      }
    }
  }
  for (const { subscription, subscribed } of lines) setSubscription(world, row.id, subscription, subscribed);
}

function validationOf(operation: Operation): Validation {
  return {
    names: modeOf(operation, 'X-NetSuite-PropertyNameValidation', 'warning'),
    values: modeOf(operation, 'X-NetSuite-PropertyValueValidation', 'error'),
  };
}

function modeOf({ header }: Operation, name: string, otherwise: Validation['names']): Validation['names'] {
  const given = header(name.toLowerCase()).toLowerCase();
  if (given === '') return otherwise;
  if (given === 'error' || given === 'warning' || given === 'ignore') return given;
  throw badHeader(name, `Invalid value of header ${name}. Provide one of: Error, Warning, Ignore.`);
}
