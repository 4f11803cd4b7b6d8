import type { Contact, ContactBook } from './contact-book.ts';
import { propertyValue } from './contact-book.ts';

/** A list (segment) of contacts. */
export interface ContactList {
  readonly listId: string;
  name: string;
  /** MANUAL and SNAPSHOT lists are written to, a DYNAMIC one computes who is in it. */
  processingType: 'MANUAL' | 'SNAPSHOT' | 'DYNAMIC';
  /** The branch as the API took it; only what `filter` says is looked at. */
  filterBranch: unknown;
  filter: ListFilter | undefined;
  readonly createdAtMs: number;
  updatedAtMs: number;
  deletedAtMs: number | undefined;
  version: number;
  /** Contact id to the time of joining; unused in a DYNAMIC list. */
  readonly members: Record<string, number>;
}

/** A DYNAMIC list has who has one of these values. */
export interface ListFilter {
  readonly property: string;
  readonly values: readonly string[];
}

export interface ListMember {
  readonly id: string;
  readonly joinedAtMs: number;
}

/** Live contacts of the list, by ascending id; what was merged away is found under its new id. */
export function membersOf(list: ContactList, contacts: ContactBook): readonly ListMember[] {
  const members = list.processingType === 'DYNAMIC' ? matching(list, contacts) : joined(list, contacts);
  return [...members].sort((left, right) => Number(left.id) - Number(right.id));
}

function matching({ filter }: ContactList, contacts: ContactBook): readonly ListMember[] {
  if (filter === undefined) return [];
  const fits = (contact: Contact): boolean => filter.values.includes(propertyValue(contact, filter.property) ?? '');
  return [...contacts.live()].filter(fits).map(({ id, updatedAtMs }) => ({ id, joinedAtMs: updatedAtMs }));
}

function joined({ members }: ContactList, contacts: ContactBook): readonly ListMember[] {
  const found = new Map<string, number>();
  for (const [id, joinedAtMs] of Object.entries(members)) {
    const contact = contacts.get(id);
    if (contact !== undefined && contact.archivedAtMs === undefined && !found.has(contact.id)) {
      found.set(contact.id, joinedAtMs);
    }
  }
  return [...found].map(([id, joinedAtMs]) => ({ id, joinedAtMs }));
}
