import type { Address } from './portal/addresses.ts';
import { type Contact, ContactBook } from './portal/contact-book.ts';
import type { ContactList } from './portal/lists.ts';
import type { Portal } from './portal/portal.ts';
import type { PropertyDefinition } from './portal/property.ts';
import { SearchIndex } from './portal/search-index.ts';

type Plain = Omit<Portal, 'properties' | 'contacts' | 'index' | 'addresses' | 'lists' | 'forgotten'>;

interface StoredPortal extends Plain {
  readonly properties: readonly PropertyDefinition[];
  readonly contacts: readonly Contact[];
  readonly aliases: readonly (readonly [string, string])[];
  readonly addresses: readonly Address[];
  readonly lists: readonly ContactList[];
  readonly forgotten: readonly string[];
}

/** The account as plain JSON; what search has not seen yet, it sees when the account is loaded. */
export function savePortal(portal: Portal): StoredPortal {
  const { index: _, ...rest } = portal;
  return {
    ...rest,
    properties: [...portal.properties.values()],
    contacts: [...portal.contacts.from()],
    aliases: [...portal.contacts.aliases()],
    addresses: [...portal.addresses.values()],
    lists: [...portal.lists.values()],
    forgotten: [...portal.forgotten],
  };
}

/** The opposite of `savePortal`. */
export function loadPortal(stored: unknown): Portal {
  const { aliases, ...portal } = stored as StoredPortal; // written by savePortal; the kit has checked whose file it is
  const contacts = new ContactBook();
  for (const { name, hasUniqueValue } of portal.properties) if (hasUniqueValue) contacts.uniqueNames.add(name);
  // JSON drops what is undefined, and a contact must have every field.
  for (const contact of portal.contacts) contacts.put({ ...contact, archivedAtMs: contact.archivedAtMs });
  for (const [oldId, newId] of aliases) contacts.restoreAlias(oldId, newId);
  const index = new SearchIndex();
  index.rebuild(contacts);
  return {
    ...portal,
    contacts,
    index,
    properties: new Map(portal.properties.map((one) => [one.name, one])),
    addresses: new Map(portal.addresses.map((one) => [one.email, one])),
    lists: new Map(portal.lists.map((one) => [one.listId, one])),
    forgotten: new Set(portal.forgotten),
  };
}
