import { invalid, notFound } from '../portal/api-error.ts';
import { addList } from '../portal/fresh-portal.ts';
import { type ContactList, type ListFilter, membersOf } from '../portal/lists.ts';
import type { Portal } from '../portal/portal.ts';
import {
  type Body,
  bodyOf,
  isObject,
  iso,
  type PortalExchange,
  type PortalRoute,
  param,
  queryList,
  route,
  textIn,
  textsIn,
} from './route.ts';

export const READ_LISTS = { scopes: [['crm.lists.read']] } as const;
export const WRITE_LISTS = { scopes: [['crm.lists.write']] } as const;

/** Lists themselves, below `base`; the vendor's own paths for all lists end in a slash. */
export function listRoutes(base: string): readonly PortalRoute[] {
  return [
    route('POST', `${base}/search`, searchLists, READ_LISTS),
    route('GET', base, getSeveral, READ_LISTS),
    route('POST', base, createList, WRITE_LISTS),
    route('GET', `${base}/object-type-id/{type}/name/{name}`, getByName, READ_LISTS),
    route('GET', `${base}/{list}`, (exchange) => ({ list: shownList(exchange, listMeant(exchange)) }), READ_LISTS),
    route('DELETE', `${base}/{list}`, deleteList, WRITE_LISTS),
    route('PUT', `${base}/{list}/restore`, restoreList, WRITE_LISTS),
    route('PUT', `${base}/{list}/update-list-name`, renameList, WRITE_LISTS),
  ];
}

/** The list of the path; 404 when there is none. */
export function listMeant(exchange: PortalExchange): ContactList {
  const { state, clock } = exchange.world;
  const list = state.lists.get(param(exchange, 'list'));
  if (list !== undefined && exchange.fault('list-deleted') !== undefined) list.deletedAtMs = clock.now();
  if (list === undefined || list.deletedAtMs !== undefined) {
    throw notFound(`List does not exist with ID ${param(exchange, 'list')}.`, { subCategory: 'ILS.LIST_NOT_FOUND' });
  }
  return list;
}

const MOST_LISTS = 500;

function searchLists(exchange: PortalExchange): object {
  const { state } = exchange.world;
  const body = bodyOf(exchange);
  const offset = Number(body.offset ?? 0);
  const count = Number(body.count ?? 20);
  if (!Number.isInteger(offset) || offset < 0) throw invalid('offset must be a whole number');
  if (!Number.isInteger(count) || count < 0 || count > MOST_LISTS) throw invalid(`count must be at most ${MOST_LISTS}`);
  const words = (textIn(body, 'query') ?? '').toLowerCase();
  const types = textsIn(body, 'processingTypes');
  const ids = textsIn(body, 'listIds');
  const found = [...state.lists.values()].filter(
    (list) =>
      list.deletedAtMs === undefined &&
      list.name.toLowerCase().includes(words) &&
      (types.length === 0 || types.includes(list.processingType)) &&
      (ids.length === 0 || ids.includes(list.listId)),
  );
  const page = found.slice(offset, offset + count);
  const more = textsIn(body, 'additionalProperties');
  return {
    lists: page.map((list) => ({ ...listHead(list), additionalProperties: additional(state, list, more) })),
    offset: offset + page.length,
    hasMore: offset + page.length < found.length,
    total: found.length,
  };
}

/** Only what was asked for, as strings. */
function additional(portal: Portal, list: ContactList, names: readonly string[]): Readonly<Record<string, string>> {
  const known: Readonly<Record<string, () => string>> = {
    hs_list_size: () => String(membersOf(list, portal.contacts).length),
    hs_list_reference_count: () => '0',
    hs_last_record_added_at: () =>
      String(Math.max(0, ...membersOf(list, portal.contacts).map((one) => one.joinedAtMs))),
  };
  const asked = names.filter((name) => Object.hasOwn(known, name));
  return Object.fromEntries(asked.map((name) => [name, known[name]?.() ?? '']));
}

function getSeveral(exchange: PortalExchange): object {
  const wanted = queryList(exchange, 'listIds');
  const lists = wanted.flatMap((id) => exchange.world.state.lists.get(id) ?? []);
  return { lists: lists.filter((one) => one.deletedAtMs === undefined).map((one) => shownList(exchange, one)) };
}

function getByName(exchange: PortalExchange): object {
  const name = param(exchange, 'name');
  const list = [...exchange.world.state.lists.values()].find(
    (one) => one.name === name && one.deletedAtMs === undefined,
  );
  if (list === undefined) throw notFound(`List does not exist with name ${name}.`);
  return { list: shownList(exchange, list) };
}

const PROCESSING_TYPES = ['MANUAL', 'SNAPSHOT', 'DYNAMIC'] as const;

function createList(exchange: PortalExchange): object {
  const { state, clock } = exchange.world;
  const body = bodyOf(exchange);
  const name = textIn(body, 'name');
  const type = PROCESSING_TYPES.find((one) => one === body.processingType);
  if (name === undefined || type === undefined) throw invalid('name and processingType are needed');
  if (!['0-1', 'contacts'].includes(textIn(body, 'objectTypeId') ?? '')) throw invalid('objectTypeId must be 0-1');
  if ([...state.lists.values()].some((one) => one.name === name && one.deletedAtMs === undefined)) {
    throw invalid(`A list named ${name} already exists`, { subCategory: 'ILS.DUPLICATE_LIST_NAMES' });
  }
  const list = state.lists.get(addList(state, clock.now(), name));
  if (list === undefined) throw invalid('The list was not created');
  list.processingType = type;
  list.filterBranch = body.filterBranch;
  list.filter = filterIn(body.filterBranch);
  return { list: shownList(exchange, list) };
}

/** The first property filter of a branch, however deep: the only one that the sandbox computes. */
function filterIn(branch: unknown): ListFilter | undefined {
  if (!isObject(branch)) return undefined;
  const filters = Array.isArray(branch.filters) ? branch.filters : [];
  for (const filter of filters.filter(isObject)) {
    const operation = isObject(filter.operation) ? filter.operation : {};
    const values = Array.isArray(operation.values) ? operation.values : [operation.value ?? ''];
    if (filter.property !== undefined) return { property: String(filter.property), values: values.map(String) };
  }
  const branches: readonly unknown[] = Array.isArray(branch.filterBranches) ? branch.filterBranches : [];
  return branches.map(filterIn).find((one) => one !== undefined);
}

function deleteList(exchange: PortalExchange): undefined {
  listMeant(exchange).deletedAtMs = exchange.world.clock.now();
  return undefined;
}

function restoreList(exchange: PortalExchange): undefined {
  const list = exchange.world.state.lists.get(param(exchange, 'list'));
  if (list === undefined) throw notFound('List does not exist.');
  list.deletedAtMs = undefined;
  return undefined;
}

function renameList(exchange: PortalExchange): object {
  const list = listMeant(exchange);
  list.name = exchange.query.get('listName') ?? list.name;
  list.updatedAtMs = exchange.world.clock.now();
  return { updatedList: shownList(exchange, list) };
}

function listHead(list: ContactList): Body {
  return {
    listId: list.listId,
    listVersion: list.version,
    name: list.name,
    objectTypeId: '0-1',
    processingType: list.processingType,
    processingStatus: 'COMPLETE',
    createdAt: iso(list.createdAtMs),
    updatedAt: iso(list.updatedAtMs),
    filtersUpdatedAt: iso(list.createdAtMs),
  };
}

function shownList(exchange: PortalExchange, list: ContactList): object {
  const filters = exchange.query.get('includeFilters') === 'true' && list.filterBranch !== undefined;
  return {
    ...listHead(list),
    size: membersOf(list, exchange.world.state.contacts).length,
    ...(filters ? { filterBranch: list.filterBranch } : {}),
  };
}
