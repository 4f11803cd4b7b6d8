import { json, type Reply } from '@heed/sandbox';
import type { Writer } from '../state/checks.ts';
import { CallRefused, type RecordError, RecordRefused } from '../state/errors.ts';
import { externalIdField } from '../state/external-ids.ts';
import { to18 } from '../state/ids.ts';
import {
  createOne,
  deleteOne,
  failByFault,
  type Given,
  updateOne,
  upsertOne,
  type Written,
} from '../state/one-record.ts';
import type { Table } from '../state/table.ts';
import { dataRoute, jsonObject, type OrgExchange, type OrgRoute, param, versionBase } from './answers.ts';
import { renderedFields } from './rendered.ts';
import { apiWriter, objectNamed, readable } from './resource.ts';

/** `/composite/sobjects`: up to 200 records, each with its own result, HTTP 200 even if all of them fail. */

const maxRecords = 200;
const maxChunks = 10;

interface RecordResult {
  readonly id?: string;
  readonly success: boolean;
  readonly errors: readonly RecordError[];
  readonly created?: boolean;
}

function capped<Item>(items: readonly Item[]): readonly Item[] {
  if (items.length > maxRecords) {
    const message = `record limit reached. cannot submit more than ${maxRecords} records into this call`;
    throw new CallRefused(400, 'EXCEEDED_ID_LIMIT', message);
  }
  return items;
}

function recordsOf(exchange: OrgExchange): { readonly allOrNone: boolean; readonly records: readonly Given[] } {
  const { allOrNone = false, records } = jsonObject(exchange);
  if (!Array.isArray(records) || records.length === 0) {
    throw new CallRefused(400, 'INVALID_INPUT', 'The records parameter is required and must not be empty');
  }
  return { allOrNone: allOrNone === true, records: capped(records as readonly Given[]) };
}

function typeOf(record: Given): string {
  const { type } = (record.attributes ?? {}) as { readonly type?: unknown };
  if (typeof type !== 'string') {
    throw new CallRefused(
      400,
      'INVALID_INPUT',
      'Include an attributes.type value with each record in the records list.',
    );
  }
  return type;
}

/** "mixed types are processed in chunks, max 10 chunks". */
function checkChunks(records: readonly Given[]): void {
  const types = records.map(typeOf);
  const chunks = types.filter((type, i) => type !== types[i - 1]).length;
  if (chunks > maxChunks) {
    throw new CallRefused(400, 'INVALID_INPUT', `Record types can be changed at most ${maxChunks} times in one call`);
  }
}

/** Runs one write per record; the fault `partial-batch` makes chosen ones fail. */
function each(
  exchange: OrgExchange,
  allOrNone: boolean,
  count: number,
  write: (writer: Writer, index: number) => Written,
): Reply {
  const writer = apiWriter(exchange);
  const fault = exchange.fault('partial-batch');
  const one = (index: number): RecordResult => {
    try {
      if (fault) failByFault(fault.details ?? {}, index);
      const { id, created } = write(writer, index);
      return { id, success: true, errors: [], ...(created === undefined ? {} : { created }) };
    } catch (error) {
      if (error instanceof RecordRefused) return { success: false, errors: [error.error] };
      throw error;
    }
  };
  const run = (): readonly RecordResult[] => Array.from({ length: count }, (_, index) => one(index));
  const whole = (results: readonly RecordResult[]): boolean => !allOrNone || results.every((result) => result.success);
  const results = exchange.world.state.transaction(run, whole);
  const answered = whole(results) ? results : results.map(rolledBack);
  exchange.touch(...answered.flatMap((result) => (result.success && result.id !== undefined ? [result.id] : [])));
  return json(200, arranged(exchange, answered));
}

/** Faults: everything was done, and the answer has fewer items than the request, or others in their places. */
function arranged<Item>(exchange: OrgExchange, items: readonly Item[]): readonly Item[] {
  const fewer = exchange.fault('fewer-results');
  if (fewer) return items.slice(0, -Number(fewer.details?.missing ?? 1));
  return exchange.fault('reordered-results') ? items.toReversed() : items;
}

/** "offender keeps its code, others get ...; upsert results still say `created:true` on rolled-back rows". */
function rolledBack(result: RecordResult): RecordResult {
  if (!result.success) return result;
  const message = 'Record rolled back because not all records were valid and the request was using AllOrNone header';
  const errors = [{ statusCode: 'ALL_OR_NONE_OPERATION_ROLLED_BACK', message, fields: [] }];
  return { success: false, errors, ...(result.created === undefined ? {} : { created: result.created }) };
}

function create(exchange: OrgExchange): Reply {
  const { allOrNone, records } = recordsOf(exchange);
  checkChunks(records);
  const tables = records.map((record) => knownType(exchange, typeOf(record)));
  return each(exchange, allOrNone, records.length, (writer, i) =>
    createOne(writer, tables[i] as Table, records[i] as Given),
  );
}

function knownType(exchange: OrgExchange, type: string): Table {
  try {
    return objectNamed(exchange, type);
  } catch {
    throw new CallRefused(400, 'INVALID_TYPE', `sObject type '${type}' is not supported.`);
  }
}

function update(exchange: OrgExchange): Reply {
  const { allOrNone, records } = recordsOf(exchange);
  checkChunks(records);
  const tables = records.map((record) => knownType(exchange, typeOf(record)));
  return each(exchange, allOrNone, records.length, (writer, i) =>
    updateOne(writer, tables[i] as Table, records[i] as Given),
  );
}

/** "external-id fields only, never record Id". */
function upsert(exchange: OrgExchange): Reply {
  const { allOrNone, records } = recordsOf(exchange);
  const table = objectNamed(exchange, param(exchange, 'object'));
  const field = externalIdField(table, param(exchange, 'field'));
  if (records.some((record) => typeOf(record).toLowerCase() !== table.definition.name.toLowerCase())) {
    throw new CallRefused(400, 'INVALID_INPUT', 'All records must be of the type in the URL');
  }
  return each(exchange, allOrNone, records.length, (writer, i) => upsertOne(writer, table, field, records[i] as Given));
}

function remove(exchange: OrgExchange): Reply {
  const ids = capped((exchange.query.get('ids') ?? '').split(',').filter((id) => id !== ''));
  if (ids.length === 0) throw new CallRefused(400, 'MISSING_ARGUMENT', 'The ids parameter is required');
  return each(exchange, exchange.query.get('allOrNone') === 'true', ids.length, (writer, i) =>
    deleteOne(writer, undefined, ids[i] ?? ''),
  );
}

/** "missing id gives `null` at its index". */
function retrieve(exchange: OrgExchange): Reply {
  const { ids, fields } = jsonObject(exchange);
  if (!Array.isArray(ids) || !Array.isArray(fields)) {
    throw new CallRefused(400, 'INVALID_INPUT', 'The ids and fields parameters are required');
  }
  const view = readable(exchange, objectNamed(exchange, param(exchange, 'object')));
  const wanted = fields.map((name) => {
    const field = view.field(String(name));
    if (!field)
      throw new CallRefused(400, 'INVALID_FIELD', `No such column '${String(name)}' on entity '${view.name}'.`);
    return field;
  });
  const rows = ids.map((id) => view.byId(to18(String(id)) ?? ''));
  exchange.touch(...rows.flatMap((row) => (row ? [String(row.Id)] : [])));
  const answered = rows.map((row) => (row ? renderedFields(versionBase(exchange), view, row, wanted) : null));
  return json(200, arranged(exchange, answered));
}

export const collectionRoutes: readonly OrgRoute[] = [
  dataRoute('POST', '/composite/sobjects', create),
  dataRoute('PATCH', '/composite/sobjects', update),
  dataRoute('DELETE', '/composite/sobjects', remove),
  dataRoute('POST', '/composite/sobjects/{object}', retrieve),
  dataRoute('PATCH', '/composite/sobjects/{object}/{field}', upsert),
];
