import { invalid } from '../portal/api-error.ts';
import { type Contact, propertyValue } from '../portal/contact-book.ts';
import type { PortalWorld } from '../portal/portal.ts';
import { shownContact } from './contact-shape.ts';
import { READ } from './contacts.ts';
import {
  type Body,
  bodyOf,
  detail,
  isObject,
  type PortalExchange,
  type PortalRoute,
  route,
  textIn,
  textsIn,
} from './route.ts';
import { type Predicate, predicateOf, propertyNamed } from './search-filters.ts';

const MOST_RESULTS = 10_000;
const MOST_PER_PAGE = 200;
const MOST_BODY = 3_000;

/** "POST …/contacts/search", below `base`. */
export function searchRoutes(base: string): readonly PortalRoute[] {
  return [route('POST', `${base}/search`, search, { ...READ, kind: 'search' })];
}

function search(exchange: PortalExchange): object {
  const { world } = exchange;
  const { state, clock } = world;
  if (exchange.body.text.length > MOST_BODY) throw invalid(`The request body is longer than ${MOST_BODY} characters`);
  const body = bodyOf(exchange);
  const limit = limitOf(body);
  const offset = offsetOf(body);
  if (offset + limit > MOST_RESULTS) {
    throw invalid(`Invalid request: offset + limit must be at most ${MOST_RESULTS}, but were ${offset + limit}`);
  }
  const fits = fitting(world, body);
  const compare = order(world, body);
  const key = JSON.stringify([body.filterGroups, body.query, body.sorts, [...state.properties.keys()].length]);
  const all = state.index.find(key, clock.now(), (versions) => [...versions].filter(fits).sort(compare));
  const lag = exchange.fault('search-lag');
  const sinceMs = lag === undefined ? Number.POSITIVE_INFINITY : clock.now() - detail(lag, 'lagMs', 60_000);
  const matched = lag === undefined ? all : all.filter((contact) => contact.updatedAtMs <= sinceMs);
  if (exchange.fault('reads-empty') !== undefined) return { total: 0, results: [] };
  const page = matched.slice(offset, offset + limit);
  // The index may still have what is archived or gone by now: counted in `total`, and not shown.
  const shown = page.filter(({ id }) => state.contacts.get(id)?.archivedAtMs === undefined && state.contacts.get(id));
  exchange.touch(...shown.map(({ id }) => id));
  const next = offset + page.length;
  return {
    total: matched.length,
    results: shown.map((contact) =>
      shownContact(state, contact, { properties: textsIn(body, 'properties'), history: [] }),
    ),
    ...(next < matched.length ? { paging: { next: { after: nextAfter(exchange, next, offset) } } } : {}),
  };
}

function nextAfter(exchange: PortalExchange, next: number, offset: number): string {
  return String(exchange.fault('next-repeats') === undefined ? next : offset);
}

/** "`limit` ≤200 (default 10)" */
function limitOf({ limit = 10 }: Body): number {
  const number = Number(limit);
  if (Number.isInteger(number) && number >= 0 && number <= MOST_PER_PAGE) return number;
  throw invalid(`Invalid limit ${String(limit)}: it must be between 0 and ${MOST_PER_PAGE}`);
}

/** "`after` is a stringified integer" */
function offsetOf(body: Body): number {
  const after = textIn(body, 'after') ?? '0';
  if (after === '') return 0;
  if (/^\d+$/.test(after)) return Number(after);
  throw invalid(`Invalid paging cursor ${after}: after must be an integer`);
}

const QUERIED = ['email', 'firstname', 'lastname', 'phone', 'company'];

/** Any group, all filters of it; and the words of `query`. */
function fitting(world: PortalWorld, body: Body): Predicate {
  const groups = groupsOf(body).map((filters) => filters.map((filter) => predicateOf(world, filter)));
  const words = (textIn(body, 'query') ?? '')
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
  const asked = (contact: Contact): boolean => {
    const text = QUERIED.map((name) => propertyValue(contact, name) ?? '')
      .join(' ')
      .toLowerCase();
    return words.every((word) => text.includes(word));
  };
  return (contact) =>
    (groups.length === 0 || groups.some((group) => group.every((one) => one(contact)))) &&
    (words.length === 0 || asked(contact));
}

/** "5 filterGroups × 6 filters and 18 in all" */
function groupsOf(body: Body): readonly (readonly Body[])[] {
  const groups = body.filterGroups ?? [];
  if (!Array.isArray(groups)) throw invalid('Invalid input JSON: filterGroups must be an array');
  const filters = groups.map((group): readonly Body[] => {
    const listed: unknown = isObject(group) ? (group.filters ?? []) : undefined;
    if (!Array.isArray(listed) || !listed.every(isObject)) throw invalid('Invalid input JSON: filters must be objects');
    return listed;
  });
  if (filters.length > 5) throw invalid('Too many filterGroups: there can be at most 5');
  if (filters.some((group) => group.length > 6)) throw invalid('Too many filters: there can be at most 6 in a group');
  if (filters.flat().length > 18) throw invalid('Too many filters: there can be at most 18 in all');
  return filters;
}

type Comparison = (left: Contact, right: Contact) => number;
const byId: Comparison = (left, right) => Number(left.id) - Number(right.id);

/** "ONE sort rule"; "Default order: creation time ascending" */
function order(world: PortalWorld, body: Body): Comparison {
  const sorts = body.sorts ?? [];
  if (!Array.isArray(sorts)) throw invalid('Invalid input JSON: sorts must be an array');
  if (sorts.length > 1) throw invalid('There can be at most one sort');
  const [sort]: readonly unknown[] = sorts;
  if (sort === undefined) return (left, right) => left.createdAtMs - right.createdAtMs || byId(left, right);
  const written = isObject(sort) ? String(sort.propertyName) : String(sort);
  const descending = isObject(sort) ? sort.direction === 'DESCENDING' : written.startsWith('-');
  const property = propertyNamed(world, written.replace(/^-/, ''));
  const numeric = ['number', 'date', 'datetime'].includes(property.type);
  const rank = (contact: Contact): number | string => {
    const value = propertyValue(contact, property.name);
    if (numeric) return value === undefined ? Number.NEGATIVE_INFINITY : Number(value);
    return (value ?? '').toLowerCase();
  };
  const compare: Comparison = (left, right) => {
    const [one, other] = [rank(left), rank(right)];
    return one < other ? -1 : one > other ? 1 : byId(left, right);
  };
  return descending ? (left, right) => compare(right, left) : compare;
}
