import type { Reply } from '@heed/sandbox';
import { badHeader, badParameter, forbidden, NsError, nonexistent } from '../state/ns-error.ts';
import { SqlError } from '../suiteql/ast.ts';
import type { Context } from '../suiteql/compile.ts';
import { type Answer, runSql } from '../suiteql/run.ts';
import { textOf, type Value } from '../suiteql/values.ts';
import { type Call, collection, type NsRoute, prefers, REST, route } from './answers.ts';
import { objectIn } from './record-body.ts';
import { recordUrl, selfLink } from './record-json.ts';
import { pageJson, pageOf } from './records.ts';

/** Role permission *SuiteAnalytics Workbook*, "for SuiteQL and datasets" (notes, section 1). */
function checkWorkbook({ world }: Call): void {
  if (world.state.permissions.workbook) return;
  if (world.switches.get('workbookRefusal') === 404) throw nonexistent();
  throw forbidden('Permission Violation: You need the SuiteAnalytics Workbook permission to access this resource.');
}

function answered(call: Call, sql: string, params: readonly (string | number | null)[] = []): Answer {
  try {
    return runSql(call.world, sql, params);
  } catch (error) {
    if (error instanceof SqlError) throw badParameter('q', error.message);
    throw error;
  }
}

/** Errors of a query that show only when its rows are looked at. */
function shownRows(call: Call, answer: Answer, show: (context: Context) => object): object {
  const page = pageOf(call);
  const isEmpty = call.fault('reads-empty') !== undefined;
  try {
    const rows = isEmpty ? [] : answer.page(page.offset, page.limit);
    return pageJson(call, rows.map(show), { ...page, total: isEmpty ? 0 : answer.total });
  } catch (error) {
    if (error instanceof SqlError) throw badParameter('q', error.message);
    throw error;
  }
}

/** `{"q": "...", "params": [...]}` with `Prefer: transient` (section_157909186990). */
function suiteql(call: Call): Reply {
  checkWorkbook(call);
  if (!prefers(call, 'transient')) {
    throw badHeader('Prefer', "The required request header 'Prefer' is missing or invalid. It must be 'transient'.");
  }
  const { q, params } = objectIn(call.body.json());
  if (typeof q !== 'string' || q.trim() === '') throw badParameter('q', 'The query is missing.');
  const answer = answered(call, q, paramsIn(call, params));
  return collection(
    shownRows(call, answer, (context) => {
      const shown: Record<string, unknown> = { links: [] };
      for (const { name, value, isCheckbox } of answer.columns) {
        const key = call.world.switches.get('suiteqlKeys') === 'lower' ? name.toLowerCase() : name;
        const found = sqlJson(call, answer, value(context), isCheckbox);
        if (key === 'id' && found !== null) call.touch(String(found));
        if (found !== null || call.world.switches.get('suiteqlNulls') === 'null') shown[key] = found;
      }
      return shown;
    }),
  );
}

function paramsIn({ world }: Call, params: unknown): readonly (string | number | null)[] {
  if (params === undefined) return [];
  if (!world.switches.isOn('suiteqlParams'))
    throw new NsError(400, 'INVALID_CONTENT', "Unknown field name 'params'.", { path: 'params' });
  if (!Array.isArray(params)) throw new NsError(400, 'INVALID_CONTENT', 'params must be an array.', { path: 'params' });
  return params.map((one: unknown) => {
    if (one === null || typeof one === 'string' || typeof one === 'number') return one;
    throw new NsError(400, 'INVALID_CONTENT', 'A parameter is text or a number.', { path: 'params' });
  });
}

/** "values come back as strings"; dates in the user's format, without their time. */
function sqlJson({ world }: Call, { session }: Answer, value: Value, isCheckbox: boolean): unknown {
  if (isCheckbox && world.switches.get('suiteqlBooleans') === 'true/false')
    return value === null ? null : value === 'T';
  if (typeof value === 'number' && world.switches.get('suiteqlNumbers') === 'numbers') return value;
  return textOf(session, value);
}

function datasetJson(call: Call, id: string, name: string): object {
  return { links: [{ rel: 'result', href: `${call.origin}${REST}/query/v1/dataset/${id}/result` }], id, name };
}

/** "dataset made in the UI" (section_156577938018). */
function datasets(call: Call): Reply {
  checkWorkbook(call);
  const page = pageOf(call);
  const all = call.world.state.datasets;
  const items = all
    .slice(page.offset, page.offset + page.limit)
    .map((one) => datasetJson(call, one.scriptId, one.name));
  return collection(pageJson(call, items, { ...page, total: all.length }));
}

/** "include the internal-id column or rows have no link; display values, not raw". */
function datasetResult(call: Call): Reply {
  checkWorkbook(call);
  const dataset = call.world.state.datasets.find(({ scriptId }) => scriptId === call.params.dataset);
  if (dataset === undefined) throw nonexistent();
  const answer = answered(call, dataset.query);
  const table = call.world.state.tables.get(dataset.recordType.toLowerCase());
  return collection(
    shownRows(call, answer, (context) => {
      const values = answer.columns.map(
        ({ name, display }) => [name.toLowerCase(), textOf(answer.session, display(context))] as const,
      );
      const id = values.find(([name]) => name === 'id')?.[1];
      if (typeof id === 'string') call.touch(id);
      const links = table !== undefined && typeof id === 'string' ? selfLink(recordUrl(call.origin, table, id)) : [];
      return { links, ...Object.fromEntries(values.filter(([, value]) => value !== null)) };
    }),
  );
}

export const queryRoutes: readonly NsRoute[] = [
  route('POST', '/query/v1/suiteql', suiteql),
  route('GET', '/query/v1/dataset', datasets),
  route('GET', '/query/v1/dataset/{dataset}/result', datasetResult),
];
