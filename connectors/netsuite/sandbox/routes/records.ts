import type { Reply } from '@heed/sandbox';
import { badHeader, badParameter, nonexistent } from '../state/ns-error.ts';
import { subscriptionLines } from '../state/subscriptions.ts';
import type { Row } from '../state/table.ts';
import { type Call, collection, header, type NsRoute, prefers, RECORDS_PATH, route, singular } from './answers.ts';
import { submitted } from './async-requests.ts';
import { matching } from './q-filter.ts';
import { lineJson, recordUrl, selfLink, subscriptionsJson } from './record-json.ts';
import { carryOut, type Operation, permittedTable, renderingOf, rowOf } from './record-operations.ts';
import { selectOptions } from './select-options.ts';

const MOST_ROWS = 1000;

/** `limit` and `offset` of a collection. */
export function pageOf(call: Call): { readonly limit: number; readonly offset: number } {
  const number = (name: string, otherwise: number): number => {
    const given = call.query.get(name);
    if (given === null) return otherwise;
    if (!/^\d+$/.test(given)) throw badParameter(name, `The value of query parameter ${name} must be a whole number.`);
    return Number(given);
  };
  const limit = number('limit', MOST_ROWS);
  const offset = number('offset', 0);
  if (limit < 1 || limit > MOST_ROWS) {
    throw badParameter('limit', `The limit query parameter must be between 1 and ${MOST_ROWS}.`);
  }
  if (call.world.switches.isOn('offsetMultipleOfLimit') && offset % limit !== 0) {
    throw badParameter('offset', 'The offset query parameter must be divisible by the limit.');
  }
  return { limit, offset };
}

/** `{links, count, hasMore, items, offset, totalResults}` */
export function pageJson(
  call: Call,
  items: readonly object[],
  { limit, offset, total }: { readonly limit: number; readonly offset: number; readonly total: number },
): object {
  const href = (at: number): string => {
    const query = new URLSearchParams(call.query);
    query.set('limit', String(limit));
    query.set('offset', String(at));
    return `${call.origin}${call.path}?${query.toString()}`;
  };
  const hasMore = offset + items.length < total;
  return {
    links: [
      { rel: 'self', href: `${call.origin}${call.url}` },
      ...(hasMore ? [{ rel: 'next', href: href(offset + limit) }] : []),
      ...(offset > 0 ? [{ rel: 'previous', href: href(Math.max(0, offset - limit)) }] : []),
    ],
    count: items.length,
    hasMore,
    items,
    offset,
    totalResults: total,
  };
}

/** "returns ids and links only" (section_1545222128) */
function list(call: Call): Reply {
  if (call.query.has('ids')) return submitted(call);
  const table = permittedTable(call.world, call.params.record ?? '', 'view');
  const q = call.query.get('q');
  const rows: readonly Row[] =
    call.fault('reads-empty') !== undefined ? [] : q === null ? [...table.rows()] : matching(call.world, table, q);
  const page = pageOf(call);
  const shown = rows.slice(page.offset, page.offset + page.limit);
  call.touch(...shown.map(({ id }) => id));
  const items = shown.map(({ id }) => ({ links: selfLink(recordUrl(call.origin, table, id)), id }));
  return collection(pageJson(call, items, { ...page, total: rows.length }));
}

function operationOf(call: Call): Operation {
  return {
    world: call.world,
    origin: call.origin,
    method: call.method,
    record: call.params.record ?? '',
    key: call.params.key,
    query: call.query,
    header: (name) => header(call, name),
    body: call.method === 'GET' || call.method === 'DELETE' ? undefined : call.body.json(),
    touch: call.touch,
  };
}

function oneRecord(call: Call): Reply {
  if (header(call, 'accept').includes('type=select-options')) return selectOptions(call);
  if (prefers(call, 'respond-async')) return submitted(call);
  return carryOut(operationOf(call));
}

/** POST on a collection is one new record, or with the content type of a collection many. */
function post(call: Call): Reply {
  if (header(call, 'content-type').includes('type=collection')) return submitted(call);
  return oneRecord(call);
}

/** PATCH, PUT and DELETE on a collection are asynchronous only (API Browser: "Prefer: respond-async REQUIRED"). */
function many(call: Call): Reply {
  if (!prefers(call, 'respond-async')) {
    throw badHeader('Prefer', "The Prefer header with the value 'respond-async' is required.");
  }
  return submitted(call);
}

function subscriptions(call: Call): Reply {
  const { table, row, href } = customerOf(call);
  const all = subscriptionsJson(renderingOf(call), table, row, true) as { readonly items: readonly object[] };
  // Without expandSubResources, a sublist is links, as collections are.
  if (call.query.get('expandSubResources') === 'true') return collection(all);
  const lines = subscriptionLines(call.world.state, row);
  const items = lines.map(({ subscription }) => ({ links: selfLink(`${href}/${subscription}`) }));
  return collection({ ...all, items });
}

/** The form of one line is shown in section_156334828635. */
function subscription(call: Call): Reply {
  const { row, href } = customerOf(call);
  const line = subscriptionLines(call.world.state, row).find((one) => one.subscription === call.params.line);
  if (line === undefined) throw nonexistent();
  return singular(lineJson(renderingOf(call), href, line));
}

function customerOf(call: Call): { table: ReturnType<typeof permittedTable>; row: Row; href: string } {
  const table = permittedTable(call.world, 'customer', 'edit');
  if (!call.world.switches.isOn('subscriptionCategories')) throw nonexistent();
  const row = rowOf(table, call.params.key);
  call.touch(row.id);
  return { table, row, href: `${call.origin}${RECORDS_PATH}/customer/${row.id}/subscriptions` };
}

const attach = (call: Call): Reply => {
  const customers = permittedTable(call.world, 'customer', 'edit');
  const contacts = permittedTable(call.world, 'contact', 'edit');
  const customer = rowOf(customers, call.params.key);
  const contact = rowOf(contacts, call.params.contact);
  contacts.put({ ...contact, company: customer.id });
  call.touch(customer.id, contact.id);
  return { status: 204 };
};

export const recordRoutes: readonly NsRoute[] = [
  route('GET', '/record/v1/customer/{key}/subscriptions', subscriptions),
  route('GET', '/record/v1/customer/{key}/subscriptions/{line}', subscription),
  route('POST', '/record/v1/customer/{key}/!attach/contact/{contact}', attach),
  route('GET', '/record/v1/{record}', list),
  route('POST', '/record/v1/{record}', post),
  route('PATCH', '/record/v1/{record}', many),
  route('PUT', '/record/v1/{record}', many),
  route('DELETE', '/record/v1/{record}', many),
  ...['GET', 'PATCH', 'PUT', 'DELETE'].map((method) => route(method, '/record/v1/{record}/{key}', oneRecord)),
];
