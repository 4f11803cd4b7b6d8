import { empty, json, type Reply } from '@heed/sandbox';
import type { FieldDefinition } from '../schema/index.ts';
import type { Row, SourceTable } from '../soql/source.ts';
import { CallRefused } from '../state/errors.ts';
import { to18 } from '../state/ids.ts';
import { createRecord, deleteRecord, updateRecord } from '../state/records.ts';
import type { Table } from '../state/table.ts';
import { fromStamp } from '../state/timestamps.ts';
import { dataRoute, jsonObject, type OrgExchange, type OrgRoute, param, versionBase } from './answers.ts';
import { renderedFields } from './rendered.ts';
import { apiWriter, objectNamed, readable } from './resource.ts';

/** `/sobjects/{T}` and `/sobjects/{T}/{id}`: one record by its id. */

/** The row behind an id in the path. */
function addressed(exchange: OrgExchange, table: Table): Row {
  const given = param(exchange, 'id');
  const id = to18(given);
  const row = id === undefined ? undefined : table.get(id);
  if (row?.IsDeleted === true) throw new CallRefused(404, 'ENTITY_IS_DELETED', 'entity is deleted', []);
  if (row) return row;
  const message =
    id === undefined
      ? `Provided external ID field does not exist or is not accessible: ${given}`
      : 'The requested resource does not exist';
  throw new CallRefused(404, 'NOT_FOUND', message);
}

function wantedFields(exchange: OrgExchange, view: SourceTable): readonly FieldDefinition[] {
  const names = exchange.query.get('fields');
  if (names === null) return view.fields;
  return names.split(',').map((name) => {
    const field = view.field(name.trim());
    if (!field)
      throw new CallRefused(400, 'INVALID_FIELD', `No such column '${name.trim()}' on entity '${view.name}'.`);
    return field;
  });
}

/** Answers one row of an object, all visible fields or those of `?fields=`. */
export function recordReply(exchange: OrgExchange, table: Table, row: Row): Reply {
  const modifiedSince = headerTime(exchange, 'if-modified-since');
  if (modifiedSince !== undefined && fromStamp(String(row.LastModifiedDate)) <= modifiedSince) return empty(304);
  const view = readable(exchange, table);
  exchange.touch(String(row.Id));
  return json(200, renderedFields(versionBase(exchange), view, row, wantedFields(exchange, view)));
}

function headerTime(exchange: OrgExchange, name: 'if-modified-since' | 'if-unmodified-since'): number | undefined {
  const given = exchange.headers[name];
  if (given === undefined) return undefined;
  const ms = Date.parse(given);
  if (!Number.isNaN(ms)) return ms;
  // "an invalid header value for ... If-Unmodified-Since on a PATCH or POST request, a 400 Bad Request"
  if (name === 'if-unmodified-since') throw new CallRefused(400, 'INVALID_INPUT', `Invalid ${name} header`);
  return undefined;
}

/**
 * `If-Unmodified-Since` on a PATCH compares with the record's LastModifiedDate and answers 412 without writing
 * (REST API Developer Guide, "Conditional Request Headers" and "Update Records Using sObject Rows"). The body of the
 * 412 is not documented; it is empty here.
 */
function preconditionFailed(exchange: OrgExchange, row: Row): boolean {
  const unmodifiedSince = headerTime(exchange, 'if-unmodified-since');
  return unmodifiedSince !== undefined && fromStamp(String(row.LastModifiedDate)) > unmodifiedSince;
}

/** The body's fields; an id has no place in them. */
export function fieldsOfBody(exchange: OrgExchange): Readonly<Record<string, unknown>> {
  const fields = jsonObject(exchange);
  if (Object.keys(fields).some((name) => name.toLowerCase() === 'id')) {
    throw new CallRefused(400, 'INVALID_FIELD', 'The Id field should not be specified in the sobject data.', ['Id']);
  }
  return fields;
}

function create(exchange: OrgExchange): Reply {
  const id = createRecord(
    apiWriter(exchange),
    objectNamed(exchange, param(exchange, 'object')),
    fieldsOfBody(exchange),
  );
  exchange.touch(id);
  return json(201, { id, success: true, errors: [] });
}

function update(exchange: OrgExchange): Reply {
  const table = objectNamed(exchange, param(exchange, 'object'));
  const row = addressed(exchange, table);
  if (preconditionFailed(exchange, row)) return empty(412);
  updateRecord(apiWriter(exchange), table, String(row.Id), fieldsOfBody(exchange));
  exchange.touch(String(row.Id));
  return empty(204);
}

function read(exchange: OrgExchange): Reply {
  const table = objectNamed(exchange, param(exchange, 'object'));
  return recordReply(exchange, table, addressed(exchange, table));
}

function remove(exchange: OrgExchange): Reply {
  const table = objectNamed(exchange, param(exchange, 'object'));
  const id = String(addressed(exchange, table).Id);
  deleteRecord(apiWriter(exchange), table, id);
  exchange.touch(id);
  return empty(204);
}

export const recordRoutes: readonly OrgRoute[] = [
  dataRoute('POST', '/sobjects/{object}', create),
  dataRoute('GET', '/sobjects/{object}/{id}', read),
  dataRoute('PATCH', '/sobjects/{object}/{id}', update),
  dataRoute('DELETE', '/sobjects/{object}/{id}', remove),
];
