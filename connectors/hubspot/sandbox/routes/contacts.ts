import { invalid, noSuchContact } from '../portal/api-error.ts';
import type { Contact } from '../portal/contact-book.ts';
import { archive, merge, privacyDelete } from '../portal/contact-life.ts';
import { createContact, updateContact } from '../portal/contact-write.ts';
import { contactMeant, shownContact, type Wanted, writtenContact } from './contact-shape.ts';
import {
  type Body,
  bodyOf,
  isObject,
  type PortalExchange,
  type PortalRoute,
  param,
  queryList,
  queryNumber,
  replying,
  route,
  textIn,
} from './route.ts';

export const READ = { scopes: [['crm.objects.contacts.read']] } as const;
export const WRITE = { scopes: [['crm.objects.contacts.write']] } as const;

/** Contacts one by one, below `base`. */
export function contactRoutes(base: string): readonly PortalRoute[] {
  return [
    route('GET', base, listContacts, READ),
    route('POST', base, createOne, WRITE),
    route('POST', `${base}/merge`, mergeTwo, WRITE),
    route('POST', `${base}/gdpr-delete`, forgetOne, WRITE),
    route('GET', `${base}/{id}`, readOne, READ),
    route('PATCH', `${base}/{id}`, updateOne, WRITE),
    route('DELETE', `${base}/{id}`, archiveOne, WRITE),
  ];
}

export function propertiesIn(body: Body): Readonly<Record<string, unknown>> {
  if (!isObject(body.properties)) {
    throw invalid(
      'Invalid input JSON on line 1, column 2: Cannot build SimplePublicObjectInput, some of required attributes are not set [properties]',
    );
  }
  return body.properties;
}

function wantedBy(exchange: PortalExchange): Wanted {
  return { properties: queryList(exchange, 'properties'), history: queryList(exchange, 'propertiesWithHistory') };
}

/** "limit default 10, max 100 (less with propertiesWithHistory)"; "Full scan has no 10k cap" */
function listContacts(exchange: PortalExchange): object {
  const { state, switches } = exchange.world;
  const wanted = wantedBy(exchange);
  const most = wanted.history.length === 0 ? 100 : Number(switches.get('historyPageLimit'));
  const limit = queryNumber(exchange, 'limit', 10, most);
  const archived = exchange.query.get('archived') === 'true';
  const after = exchange.query.get('after') ?? '';
  if (!/^\d*$/.test(after)) throw invalid('after is not a valid cursor');
  if (exchange.fault('reads-empty') !== undefined) return { results: [] };
  const found: Contact[] = [];
  for (const contact of state.contacts.from(after)) {
    if ((contact.archivedAtMs !== undefined) === archived) found.push(contact);
    if (found.length > limit) break;
  }
  const page = found.slice(0, limit);
  exchange.touch(...page.map(({ id }) => id));
  const last = page.at(-1);
  return {
    results: page.map((contact) => shownContact(state, contact, wanted)),
    ...(found.length > limit && last !== undefined ? { paging: { next: nextPage(exchange, last.id) } } : {}),
  };
}

/** The cursor, and a link that says the same. */
export function nextPage(exchange: PortalExchange, after: string): object {
  if (exchange.fault('next-repeats') !== undefined) return { after: exchange.query.get('after') ?? '0', link: '' };
  const query = new URLSearchParams(exchange.query);
  query.set('after', after);
  const foreign = exchange.fault('next-foreign');
  const origin =
    foreign === undefined ? exchange.origin : String(foreign.details?.origin ?? 'https://elsewhere.example');
  return { after, link: `${origin}${exchange.path}?${query.toString()}` };
}

function found(exchange: PortalExchange): Contact {
  const idProperty = exchange.query.get('idProperty') ?? undefined;
  const id = param(exchange, 'id');
  const contact = contactMeant(exchange.world, id, idProperty, exchange.query.get('archived') === 'true');
  if (contact === undefined) throw noSuchContact(id);
  exchange.touch(contact.id);
  return contact;
}

function readOne(exchange: PortalExchange): object {
  return shownContact(exchange.world.state, found(exchange), wantedBy(exchange));
}

function createOne(exchange: PortalExchange): object {
  const given = propertiesIn(bodyOf(exchange));
  const contact = createContact(exchange.world, given);
  exchange.touch(contact.id);
  return replying(201, writtenContact(exchange.world.state, contact, Object.keys(given)));
}

function updateOne(exchange: PortalExchange): object {
  const given = propertiesIn(bodyOf(exchange));
  const contact = updateContact(exchange.world, found(exchange), given);
  return writtenContact(exchange.world.state, contact, Object.keys(given));
}

function archiveOne(exchange: PortalExchange): undefined {
  const id = param(exchange, 'id');
  const contact = contactMeant(exchange.world, id, undefined);
  if (contact !== undefined) {
    exchange.touch(contact.id);
    archive(exchange.world, contact);
  } else if (exchange.world.switches.get('archiveRepeated') === 'refused') throw noSuchContact(id);
  return undefined;
}

function mergeTwo(exchange: PortalExchange): object {
  const { world } = exchange;
  const body = bodyOf(exchange);
  const [primary, other] = ['primaryObjectId', 'objectIdToMerge'].map((name) => {
    const id = textIn(body, name);
    if (id === undefined) throw invalid(`Invalid input JSON: ${name} is required`);
    const contact = contactMeant(world, id, undefined);
    if (contact === undefined) throw noSuchContact(id);
    return contact;
  });
  if (primary === undefined || other === undefined) throw noSuchContact('');
  const merged = merge(world, primary, other);
  exchange.touch(primary.id, other.id, merged.id);
  return shownContact(world.state, merged);
}

function forgetOne(exchange: PortalExchange): undefined {
  const body = bodyOf(exchange);
  const id = textIn(body, 'objectId');
  if (id === undefined) throw invalid('Invalid input JSON: objectId is required');
  const idProperty = textIn(body, 'idProperty');
  const { contacts } = exchange.world.state;
  const contact = idProperty === 'email' ? contacts.byEmail(id) : contacts.get(id);
  if (contact === undefined && idProperty !== 'email') throw noSuchContact(id);
  if (contact !== undefined) exchange.touch(contact.id);
  privacyDelete(exchange.world, contact, idProperty === 'email' ? id : undefined);
  return undefined;
}
