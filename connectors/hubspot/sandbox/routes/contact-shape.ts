import { type Contact, propertyValue } from '../portal/contact-book.ts';
import type { Portal, PortalWorld } from '../portal/portal.ts';
import { iso } from './route.ts';

/** "Default properties only unless asked" */
const DEFAULT_PROPERTIES = ['createdate', 'email', 'firstname', 'hs_object_id', 'lastmodifieddate', 'lastname'];
const ALWAYS = ['createdate', 'hs_object_id', 'lastmodifieddate'];

/** What a read asks for. */
export interface Wanted {
  readonly properties: readonly string[];
  readonly history: readonly string[];
}

/** A contact as the API shows it. Unknown properties are left out, empty ones are null. */
export function shownContact(
  portal: Portal,
  contact: Contact,
  wanted: Wanted = { properties: [], history: [] },
): object {
  const names = wanted.properties.length === 0 ? DEFAULT_PROPERTIES : [...wanted.properties, ...ALWAYS];
  return {
    ...head(contact),
    properties: valuesOf(portal, contact, names),
    ...(wanted.history.length === 0 ? {} : { propertiesWithHistory: historyOf(portal, contact, wanted.history) }),
  };
}

/** What a write answers: the values that were given, and what every contact has. */
export function writtenContact(portal: Portal, contact: Contact, given: readonly string[]): object {
  return { ...head(contact), properties: valuesOf(portal, contact, [...given, ...ALWAYS]) };
}

function head({ id, createdAtMs, updatedAtMs, archivedAtMs }: Contact): object {
  return {
    id,
    createdAt: iso(createdAtMs),
    updatedAt: iso(updatedAtMs),
    archived: archivedAtMs !== undefined,
    ...(archivedAtMs === undefined ? {} : { archivedAt: iso(archivedAtMs) }),
  };
}

function valuesOf(portal: Portal, contact: Contact, names: readonly string[]): Readonly<Record<string, string | null>> {
  const shown: Record<string, string | null> = {};
  for (const given of names) {
    const name = given.toLowerCase();
    const property = portal.properties.get(name);
    if (property === undefined || property.archivedAtMs !== undefined) continue;
    const value = calculated(contact, name) ?? propertyValue(contact, name);
    shown[name] = value === undefined ? null : asRead(property.type, value);
  }
  return shown;
}

function calculated(contact: Contact, name: string): string | undefined {
  if (name !== 'hs_full_name_or_email') return undefined;
  const { firstname, lastname, email } = contact.properties;
  return [firstname, lastname].filter((one) => one !== undefined).join(' ') || email;
}

/** Times are stored in milliseconds and read as ISO 8601. */
function asRead(type: string, value: string): string {
  switch (type) {
    case 'date':
      return iso(Number(value)).slice(0, 10);
    case 'datetime':
      return iso(Number(value));
    default:
      return value;
  }
}

function historyOf(portal: Portal, contact: Contact, names: readonly string[]): object {
  const known = names.map((name) => name.toLowerCase()).filter((name) => portal.properties.has(name));
  return Object.fromEntries(
    known.map((name) => {
      const value = propertyValue(contact, name);
      const first = value === undefined ? [] : [{ value, atMs: contact.createdAtMs, source: 'INTEGRATION' }];
      const past = contact.history[name] ?? first;
      return [name, past.map((one) => ({ value: one.value, timestamp: iso(one.atMs), sourceType: one.source }))];
    }),
  );
}

/** The contact that a path or an input means: by id, also a merged one, or by another identifying property. */
export function contactMeant(
  { state }: PortalWorld,
  id: string,
  idProperty: string | undefined,
  archived = false,
): Contact | undefined {
  const byId = idProperty === undefined || idProperty === '' || idProperty === 'hs_object_id';
  const found = byId ? state.contacts.get(id) : state.contacts.byUnique(idProperty.toLowerCase(), id);
  return found !== undefined && (found.archivedAtMs !== undefined) === archived ? found : undefined;
}
