import { alreadyExists, invalid, noSuchContact } from './api-error.ts';
import { addressesOf, type Contact } from './contact-book.ts';
import { indexedAtMs, keep, type Source } from './contact-write.ts';
import { isMember, join, leave } from './lists.ts';
import { noteEvent, type Portal, type PortalWorld } from './portal.ts';

/** Moves a contact to the recycle bin. */
export function archive(world: PortalWorld, contact: Contact, source: Source = 'INTEGRATION'): void {
  noteEvent(world, 'contact.deletion', contact.id, source);
  keep(world, { ...contact, archivedAtMs: world.clock.now() });
}

const RESTORABLE_MS = 90 * 86_400_000;

/** "restorable 90 days"; refused when somebody else has the address by now. */
export function restore(world: PortalWorld, contact: Contact): Contact {
  const { archivedAtMs, properties } = contact;
  if (archivedAtMs === undefined) return contact;
  if (world.clock.now() - archivedAtMs > RESTORABLE_MS) throw noSuchContact(contact.id);
  for (const email of addressesOf(properties)) {
    const holder = world.state.contacts.byEmail(email);
    if (holder !== undefined) throw alreadyExists(holder.id);
  }
  noteEvent(world, 'contact.restore', contact.id, 'CRM_UI');
  // As a write of nothing: what the address became meanwhile shows now.
  return keep(world, { ...contact, archivedAtMs: undefined, updatedAtMs: world.clock.now() });
}

/** "If the email is not found it is added to a blocklist": an address can be forgotten without a contact. */
export function privacyDelete(world: PortalWorld, contact: Contact | undefined, email: string | undefined): void {
  const { state, switches } = world;
  const emails = contact === undefined ? [] : addressesOf(contact.properties);
  for (const address of [...emails, ...(email === undefined ? [] : [email])]) {
    state.forgotten.add(address.toLowerCase());
    if (switches.isOn('privacyDeleteForgetsOptOut')) state.addresses.delete(address.toLowerCase());
  }
  if (contact === undefined) return;
  noteEvent(world, 'contact.privacyDeletion', contact.id, 'INTEGRATION');
  state.contacts.purge(contact.id);
  state.index.drop(contact.id, indexedAtMs(world), world.clock.now());
  for (const list of state.lists.values()) leave(list, contact.id);
}

/**
 * "Merge creates a new record id; both old ids then resolve to it": unless the account keeps the primary's. Values of the
 * primary win, gaps are filled, the other's addresses become further ones. Preferences belong to addresses and stay.
 */
export function merge(world: PortalWorld, primary: Contact, other: Contact): Contact {
  const { state, clock, random, switches } = world;
  if (primary.id === other.id) throw invalid('Cannot merge a contact with itself');
  const emails = [...new Set([...addressesOf(primary.properties), ...addressesOf(other.properties)])];
  if (emails.length > 250) throw invalid('Cannot have more than 250 identities on a profile');
  const keepsId = switches.isOn('mergeKeepsPrimaryId');
  if (!keepsId) state.lastContactId += 1 + random.int(3);
  const id = keepsId ? primary.id : String(state.lastContactId);
  const gone = [primary, other].filter((one) => one.id !== id);
  const [email, ...further] = emails;
  const earlier = [primary, other].flatMap(({ properties }) => properties.hs_merged_object_ids?.split(';') ?? []);
  const merged = [...new Set([...earlier, ...gone.map((one) => one.id)])];
  for (const one of gone) {
    state.contacts.follow(one.id, id);
    state.index.drop(one.id, indexedAtMs(world), clock.now());
    moveMemberships(state, one.id, id);
  }
  noteEvent(world, 'contact.merge', id, 'INTEGRATION', {
    primaryObjectId: Number(primary.id),
    mergedObjectIds: [Number(other.id)],
    newObjectId: Number(id),
    numberOfPropertiesMoved: Object.keys(other.properties).length,
  });
  const { hs_additional_emails: _, ...kept } = { ...other.properties, ...primary.properties };
  return keep(world, {
    id,
    createdAtMs: Math.min(primary.createdAtMs, other.createdAtMs),
    updatedAtMs: clock.now(),
    archivedAtMs: undefined,
    history: primary.history,
    properties: {
      ...kept,
      ...(email === undefined ? {} : { email }),
      ...(further.length === 0 ? {} : { hs_additional_emails: further.join(';') }),
      hs_merged_object_ids: merged.join(';'),
      hs_calculated_merged_vids: merged.map((one) => `${one}:${clock.now()}`).join(';'),
    },
  });
}

function moveMemberships({ lists }: Portal, oldId: string, newId: string): void {
  for (const list of lists.values()) {
    const joinedAtMs = list.members[oldId];
    if (joinedAtMs === undefined) continue;
    leave(list, oldId);
    if (!isMember(list, newId)) join(list, newId, joinedAtMs);
  }
}
