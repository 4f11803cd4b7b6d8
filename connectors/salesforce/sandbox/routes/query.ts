import { json, type Reply } from '@heed/sandbox';
import { parseSoql } from '../soql/parse.ts';
import { resolvePath } from '../soql/paths.ts';
import type { Query } from '../soql/query.ts';
import { runQuery } from '../soql/run.ts';
import { CallRefused } from '../state/errors.ts';
import type { Cursor, Org, OrgWorld } from '../state/org.ts';
import { sourceOf } from '../state/view.ts';
import { dataRoute, type OrgExchange, type OrgRoute, param, versionBase } from './answers.ts';
import { badNextLink } from './next-link.ts';
import { rendered } from './rendered.ts';

/** "default and max page 2,000, min 200 via `Sforce-Query-Options: batchSize=200`". */
function pageSizeOf(exchange: OrgExchange): number {
  const { switches } = exchange.world;
  const largest = Number(switches.get('pageSize'));
  const wanted = /batchSize\s*=\s*(\d+)/i.exec(String(exchange.headers['sforce-query-options'] ?? ''))?.[1];
  if (wanted === undefined) return largest;
  return Math.min(Math.max(Number(wanted), Number(switches.get('minimumBatchSize'))), largest);
}

function query(exchange: OrgExchange, includeDeleted: boolean): Reply {
  const text = exchange.query.get('q');
  if (text === null || text.trim() === '')
    throw new CallRefused(400, 'MALFORMED_QUERY', 'A query string has to be specified');
  const parsed = parseSoql(text);
  const answer = runQuery(sourceOf(exchange.world, includeDeleted), parsed);
  const rows = exchange.fault('reads-empty') ? [] : answer.rows;
  if (answer.count) return json(200, { totalSize: rows.length, done: true, records: [] });
  const cursor: Cursor = {
    query: text,
    ids: rows.map((row) => String(row.Id)),
    pageSize: pageSizeOf(exchange),
    includeDeleted,
    lastUsedMs: exchange.world.clock.now(),
  };
  if (cursor.ids.length <= cursor.pageSize) return page(exchange, '', cursor, parsed, 0);
  const locator = exchange.world.state.nextId('01g');
  openCursor(exchange.world, locator, cursor);
  return page(exchange, locator, cursor, parsed, 0);
}

/** A user has a limited number of open locators; the one that was not used for longest ends. */
function openCursor(world: OrgWorld, locator: string, cursor: Cursor): void {
  const { cursors } = world.state;
  cursors.set(locator, cursor);
  const limit = Number(world.switches.get('openLocators'));
  for (const [oldest] of cursors) if (cursors.size > limit) cursors.delete(oldest);
}

/** Rows are read when their page is fetched; one deleted meanwhile is missing from it. */
function page(exchange: OrgExchange, locator: string, cursor: Cursor, parsed: Query, from: number): Reply {
  const source = sourceOf(exchange.world, cursor.includeDeleted);
  const table = source.table(parsed.object);
  if (!table) throw new CallRefused(400, 'INVALID_TYPE', `sObject type '${parsed.object}' is not supported.`);
  const paths = parsed.fieldGroups.length > 0 ? table.fields.map((field) => field.name) : parsed.select;
  const columns = paths.map((path) => resolvePath(source, table, path));
  const to = from + cursor.pageSize;
  const base = versionBase(exchange);
  const records = cursor.ids.slice(from, to).flatMap((id) => {
    const row = table.byId(id);
    return row ? [rendered(base, source, table, row, columns)] : [];
  });
  exchange.touch(...records.map((record) => String((record as { Id?: unknown }).Id ?? '')).filter((id) => id !== ''));
  const rest = to < cursor.ids.length ? `${base}/query/${locator}-${to}` : undefined;
  const nextRecordsUrl = badNextLink(exchange) ?? rest;
  const done = nextRecordsUrl === undefined;
  return json(200, { totalSize: cursor.ids.length, done, ...(done ? {} : { nextRecordsUrl }), records });
}

function more(exchange: OrgExchange): Reply {
  const { state: org, clock, switches } = exchange.world;
  const [locator = '', offset = ''] = param(exchange, 'locator').split('-');
  if (exchange.fault('expired-locator')) org.cursors.delete(locator);
  const cursor = usable(org, locator, clock.now() - Number(switches.get('locatorLifetimeMs')));
  const from = Number(offset);
  if (!cursor || !Number.isInteger(from) || offset === '') {
    throw new CallRefused(400, 'INVALID_QUERY_LOCATOR', 'invalid query locator');
  }
  org.cursors.delete(locator); // moved to the end: least recently used first
  org.cursors.set(locator, { ...cursor, lastUsedMs: clock.now() });
  return page(exchange, locator, cursor, parseSoql(cursor.query), from);
}

function usable(org: Org, locator: string, notBeforeMs: number): Cursor | undefined {
  const cursor = org.cursors.get(locator);
  return cursor && cursor.lastUsedMs >= notBeforeMs ? cursor : undefined;
}

export const queryRoutes: readonly OrgRoute[] = [
  dataRoute('GET', '/query', (exchange) => query(exchange, false)),
  dataRoute('GET', '/queryAll', (exchange) => query(exchange, true)),
  dataRoute('GET', '/query/{locator}', more),
  dataRoute('GET', '/queryAll/{locator}', more),
];
