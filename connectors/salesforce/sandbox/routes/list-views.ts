import { json, type Reply } from '@heed/sandbox';
import { parseSoql } from '../soql/parse.ts';
import { runQuery } from '../soql/run.ts';
import { CallRefused } from '../state/errors.ts';
import { to18 } from '../state/ids.ts';
import type { ListView } from '../state/org.ts';
import { sourceOf } from '../state/view.ts';
import { dataRoute, type OrgExchange, type OrgRoute, param, versionBase } from './answers.ts';
import { objectNamed } from './resource.ts';

/** "results caps: list view 2,000 [UNV]": callers run the `query` of describe instead. */
const maxResults = 2000;

function viewsOf(exchange: OrgExchange): readonly ListView[] {
  const { name } = objectNamed(exchange, param(exchange, 'object')).definition;
  return exchange.world.state.listViews.filter((view) => view.object === name);
}

function viewOf(exchange: OrgExchange): ListView {
  const id = to18(param(exchange, 'id'));
  const view = viewsOf(exchange).find((one) => one.id === id);
  if (!view) throw new CallRefused(404, 'NOT_FOUND', 'The requested resource does not exist');
  return view;
}

function list(exchange: OrgExchange): Reply {
  const base = `${versionBase(exchange)}/sobjects/${objectNamed(exchange, param(exchange, 'object')).definition.name}/listviews`;
  const listviews = viewsOf(exchange).map(({ id, label, developerName }) => ({
    id,
    label,
    developerName,
    describeUrl: `${base}/${id}/describe`,
    resultsUrl: `${base}/${id}/results`,
    soqlCompatible: true,
    url: `${base}/${id}`,
  }));
  return json(200, {
    done: true,
    listviews,
    nextRecordsUrl: null,
    size: listviews.length,
    sobjectType: param(exchange, 'object'),
  });
}

function describe(exchange: OrgExchange): Reply {
  const { id, object, query } = viewOf(exchange);
  const columns = parseSoql(query).select.map((path) => ({ fieldNameOrPath: path, label: path, hidden: false }));
  return json(200, { id, sobjectType: object, query, columns, orderBy: [], scope: 'everything', whereCondition: null });
}

function results(exchange: OrgExchange): Reply {
  const { id, query, label, developerName } = viewOf(exchange);
  const answer = runQuery(sourceOf(exchange.world, false), parseSoql(query));
  const records = answer.rows.slice(0, maxResults).map((row) => ({
    columns: answer.columns.map((column) => ({ fieldNameOrPath: column.field.name, value: column.value(row) })),
  }));
  return json(200, { id, label, developerName, done: true, size: records.length, records });
}

export const listViewRoutes: readonly OrgRoute[] = [
  dataRoute('GET', '/sobjects/{object}/listviews', list),
  dataRoute('GET', '/sobjects/{object}/listviews/{id}/describe', describe),
  dataRoute('GET', '/sobjects/{object}/listviews/{id}/results', results),
];
