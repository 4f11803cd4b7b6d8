import { invalid } from '../portal/api-error.ts';
import { type ContactList, isMember, join, leave, membersOf } from '../portal/lists.ts';
import { listMeant, READ_LISTS, WRITE_LISTS } from './lists.ts';
import { bodyOf, iso, type PortalExchange, type PortalRoute, param, queryNumber, route, textsIn } from './route.ts';

/** Who is in a list, below `base`. */
export function membershipRoutes(base: string): readonly PortalRoute[] {
  const at = `${base}/{list}/memberships`;
  return [
    route('GET', at, page, READ_LISTS),
    route('DELETE', at, removeAll, WRITE_LISTS),
    route('PUT', `${at}/add`, (exchange) => update(exchange, idsOf(exchange), []), WRITE_LISTS),
    route('PUT', `${at}/remove`, (exchange) => update(exchange, [], idsOf(exchange)), WRITE_LISTS),
    route('PUT', `${at}/add-and-remove`, addAndRemove, WRITE_LISTS),
    route('GET', `${base}/records/{type}/{record}/memberships`, listsOf, READ_LISTS),
  ];
}

/** "memberships default 100, max 250", by ascending record id; the cursor is opaque. */
function page(exchange: PortalExchange): object {
  const { state } = exchange.world;
  const list = listMeant(exchange);
  const limit = queryNumber(exchange, 'limit', 100, 250);
  const after = cursorIn(exchange, 'after');
  const before = cursorIn(exchange, 'before');
  if (exchange.fault('reads-empty') !== undefined) return { results: [], total: 0 };
  const all = membersOf(list, state.contacts);
  const later = all.filter(({ id }) => after === undefined || Number(id) > after);
  const earlier = later.filter(({ id }) => before === undefined || Number(id) < before);
  const rows = before === undefined ? earlier.slice(0, limit) : earlier.slice(-limit);
  const [first, last] = [rows.at(0), rows.at(-1)];
  exchange.touch(...rows.map(({ id }) => id));
  const following = last !== undefined && last.id !== all.at(-1)?.id;
  const preceding = first !== undefined && first.id !== all.at(0)?.id;
  const next = following
    ? { next: { after: exchange.fault('next-repeats') ? cursorOf(String(after ?? 0)) : cursorOf(last.id) } }
    : {};
  const prev = preceding ? { prev: { before: cursorOf(first.id) } } : {};
  return {
    results: rows.map(({ id, joinedAtMs }) => ({ recordId: id, membershipTimestamp: iso(joinedAtMs) })),
    total: all.length,
    ...(following || preceding ? { paging: { ...next, ...prev } } : {}),
  };
}

function cursorOf(id: string): string {
  return Buffer.from(id).toString('base64');
}

function cursorIn(exchange: PortalExchange, name: string): number | undefined {
  const value = exchange.query.get(name);
  if (value === null || value === '') return undefined;
  const id = Buffer.from(value, 'base64').toString('utf8');
  if (!/^\d+$/.test(id)) throw invalid(`${name} is not a valid cursor`);
  return Number(id);
}

/** "body is a bare array of ids" */
function idsOf(exchange: PortalExchange): readonly string[] {
  const body = exchange.body.json();
  if (!Array.isArray(body))
    throw invalid('Invalid input JSON on line 1, column 1: an array of record ids was expected');
  return body.map(String);
}

function addAndRemove(exchange: PortalExchange): object {
  const body = bodyOf(exchange);
  return update(exchange, textsIn(body, 'recordIdsToAdd'), textsIn(body, 'recordIdsToRemove'));
}

/** "adds only for MANUAL or SNAPSHOT lists"; "replies use the odd wire names recordsIdsAdded, recordIdsRemoved, recordIdsMissing" */
function update(exchange: PortalExchange, adding: readonly string[], removing: readonly string[]): object {
  const { state, clock } = exchange.world;
  const list = written(listMeant(exchange));
  const missing: string[] = [];
  const added: string[] = [];
  const removed: string[] = [];
  for (const id of adding) {
    const contact = state.contacts.get(id);
    if (contact === undefined || contact.archivedAtMs !== undefined) missing.push(id);
    else if (!isMember(list, contact.id)) {
      join(list, contact.id, clock.now());
      added.push(id);
    }
  }
  for (const id of removing) {
    const contact = state.contacts.get(id);
    if (contact === undefined) missing.push(id);
    else if (isMember(list, contact.id)) {
      leave(list, contact.id);
      removed.push(id);
    }
  }
  exchange.touch(...added, ...removed);
  return { recordsIdsAdded: added, recordIdsRemoved: removed, recordIdsMissing: missing };
}

function removeAll(exchange: PortalExchange): undefined {
  const list = written(listMeant(exchange));
  for (const id of Object.keys(list.members)) leave(list, id);
  return undefined;
}

function written(list: ContactList): ContactList {
  if (list.processingType !== 'DYNAMIC') return list;
  throw invalid(`List ${list.listId} is DYNAMIC: its memberships cannot be changed`, {
    subCategory: 'ILS.INVALID_LIST_PROCESSING_TYPE',
  });
}

function listsOf(exchange: PortalExchange): object {
  const { state } = exchange.world;
  const id = state.contacts.get(param(exchange, 'record'))?.id;
  const results = [...state.lists.values()].flatMap((list) => {
    const member =
      list.deletedAtMs === undefined ? membersOf(list, state.contacts).find((one) => one.id === id) : undefined;
    if (member === undefined) return [];
    const at = iso(member.joinedAtMs);
    return [{ listId: list.listId, listVersion: list.version, firstAddedTimestamp: at, lastAddedTimestamp: at }];
  });
  return { results, total: results.length };
}
