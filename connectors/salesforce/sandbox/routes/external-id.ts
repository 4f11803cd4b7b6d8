import { empty, json, type Reply } from '@heed/sandbox';
import type { Row } from '../soql/source.ts';
import { CallRefused } from '../state/errors.ts';
import { externalIdField, matching } from '../state/external-ids.ts';
import { createRecord, deleteRecord, updateRecord } from '../state/records.ts';
import type { Table } from '../state/table.ts';
import { dataRoute, type OrgExchange, type OrgRoute, param, versionBase } from './answers.ts';
import { fieldsOfBody, recordReply } from './record.ts';
import { apiWriter, objectNamed } from './resource.ts';

/** `/sobjects/{T}/{ExtField}/{value}`: one record by our own id. */

interface Addressed {
  readonly table: Table;
  readonly fieldName: string;
  readonly value: string;
  readonly rows: readonly Row[];
}

function addressed(exchange: OrgExchange): Addressed {
  const table = objectNamed(exchange, param(exchange, 'object'));
  const field = externalIdField(table, param(exchange, 'field'));
  const value = param(exchange, 'value');
  return { table, fieldName: field.name, value, rows: matching(table, field, value) };
}

/** "two matches: 300 with array of URLs". */
function ambiguous(exchange: OrgExchange, { table, rows }: Addressed): Reply {
  return json(
    300,
    rows.map((row) => `${versionBase(exchange)}/sobjects/${table.definition.name}/${String(row.Id)}`),
  );
}

function upsert(exchange: OrgExchange): Reply {
  const found = addressed(exchange);
  const { table, fieldName, value, rows } = found;
  if (rows.length > 1) return ambiguous(exchange, found);
  const fields = fieldsOfBody(exchange);
  if (Object.keys(fields).some((name) => name.toLowerCase() === fieldName.toLowerCase())) {
    const message = `The ${fieldName} field should not be specified in the sobject data.`;
    throw new CallRefused(400, 'INVALID_FIELD', message, [fieldName]);
  }
  const writer = apiWriter(exchange);
  const [row] = rows;
  if (!row) {
    const id = createRecord(writer, table, { ...fields, [fieldName]: value });
    exchange.touch(id);
    return json(201, { id, success: true, errors: [], created: true });
  }
  const id = String(row.Id);
  updateRecord(writer, table, id, fields);
  exchange.touch(id);
  // "200 (v46+; 204 older) updated"
  if (Number(exchange.params.version) < 46) return empty(204);
  return json(200, { id, success: true, errors: [], created: false });
}

function only(exchange: OrgExchange, act: (found: Addressed, row: Row) => Reply): Reply {
  const found = addressed(exchange);
  const [row] = found.rows;
  if (!row) throw new CallRefused(404, 'NOT_FOUND', 'The requested resource does not exist');
  return found.rows.length > 1 ? ambiguous(exchange, found) : act(found, row);
}

function remove(exchange: OrgExchange): Reply {
  return only(exchange, ({ table }, row) => {
    deleteRecord(apiWriter(exchange), table, String(row.Id));
    return empty(204);
  });
}

export const externalIdRoutes: readonly OrgRoute[] = [
  dataRoute('GET', '/sobjects/{object}/{field}/{value}', (exchange) =>
    only(exchange, ({ table }, row) => recordReply(exchange, table, row)),
  ),
  dataRoute('PATCH', '/sobjects/{object}/{field}/{value}', upsert),
  dataRoute('DELETE', '/sobjects/{object}/{field}/{value}', remove),
];
