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
  /** Grows when somebody joins or leaves. */
  changes: number;
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

/** Computed once for all pages of a list that nobody changes meanwhile. */
const computed = new WeakMap<ContactList, { readonly key: string; readonly members: readonly ListMember[] }>();

/** Live contacts of the list, by ascending id. */
export function membersOf(list: ContactList, contacts: ContactBook): readonly ListMember[] {
  const key = `${contacts.revision} ${list.changes} ${JSON.stringify(list.filter)}`;
  const known = computed.get(list);
  if (known?.key === key) return known.members;
  const unsorted = list.processingType === 'DYNAMIC' ? matching(list, contacts) : joined(list, contacts);
  const members = [...unsorted].sort((left, right) => Number(left.id) - Number(right.id));
  computed.set(list, { key, members });
  return members;
}

/** Is this contact in a MANUAL or SNAPSHOT list? */
export function isMember(list: ContactList, id: string): boolean {
  return Object.hasOwn(list.members, id);
}

export function join(list: ContactList, id: string, atMs: number): void {
  list.members[id] = atMs;
  list.changes += 1;
}

export function leave(list: ContactList, id: string): void {
  delete list.members[id];
  list.changes += 1;
}

function matching({ filter }: ContactList, contacts: ContactBook): readonly ListMember[] {
  if (filter === undefined) return [];
  const fits = (contact: Contact): boolean => filter.values.includes(propertyValue(contact, filter.property) ?? '');
  return [...contacts.live()].filter(fits).map(({ id, updatedAtMs }) => ({ id, joinedAtMs: updatedAtMs }));
}

function joined({ members }: ContactList, contacts: ContactBook): readonly ListMember[] {
  return Object.entries(members).flatMap(([id, joinedAtMs]) => {
    const contact = contacts.get(id);
    return contact === undefined || contact.archivedAtMs !== undefined ? [] : [{ id, joinedAtMs }];
  });
}
