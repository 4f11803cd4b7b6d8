import { type Address, freshAddress, isMirror, mirrorsOf } from './addresses.ts';
import { alreadyExists, invalid } from './api-error.ts';
import { addressesOf, type Contact, type PastValue, propertyValue } from './contact-book.ts';
import { noteEvent, type PortalWorld } from './portal.ts';
import { checkedValues, refusedValues } from './property-values.ts';

type Values = Readonly<Record<string, string>>;
type Given = Readonly<Record<string, unknown>>;

/** Who wrote, as the history of a property calls it. */
export type Source = 'INTEGRATION' | 'CRM_UI' | 'IMPORT' | 'FORM' | 'EMAIL' | 'MERGE_OBJECTS' | 'BATCH_UPDATE';

/** Creates a contact; refuses wrong values (400) and addresses that somebody has (409). */
export function createContact(world: PortalWorld, given: Given, source: Source = 'INTEGRATION'): Contact {
  return plannedCreation(world, given, source)();
}

/** Changes a contact's values; refuses as `createContact` does. */
export function updateContact(
  world: PortalWorld,
  contact: Contact,
  given: Given,
  source: Source = 'INTEGRATION',
): Contact {
  return plannedUpdate(world, contact, given, source)();
}

/** Checked at once, created when called: a batch is checked whole before any of it is carried out. */
export function plannedCreation(world: PortalWorld, given: Given, source: Source): () => Contact {
  const { state, clock, random, switches } = world;
  const values = checkedValues(world, given);
  refuseTaken(world, values, undefined);
  return () => {
    state.lastContactId += 1 + random.int(3);
    const nowMs = clock.now();
    const filled = Object.entries(values).filter(([, value]) => value !== '');
    const marketable = { hs_marketable_status: String(switches.isOn('marketableByDefault')) };
    const id = String(state.lastContactId);
    noteEvent(world, 'contact.creation', id, source);
    return keep(world, {
      id,
      createdAtMs: nowMs,
      updatedAtMs: nowMs,
      archivedAtMs: undefined,
      properties: { lifecyclestage: 'lead', ...marketable, ...Object.fromEntries(filled) },
      history: {},
    });
  };
}

/** Checked at once, changed when called. */
export function plannedUpdate(world: PortalWorld, contact: Contact, given: Given, source: Source): () => Contact {
  const values = checkedValues(world, given);
  refuseTaken(world, values, contact.id);
  return () => change(world, contact, values, source);
}

/** Older values of a property are forgotten; how many the vendor keeps is a guess. */
const MOST_VERSIONS = 45;

/** Sets values that were checked, or that only the account itself can set; `''` clears. */
export function change(
  world: PortalWorld,
  contact: Contact,
  values: Values,
  source: Source,
  bumps: boolean = true,
): Contact {
  const changed = Object.entries(values).filter(([name, value]) => (propertyValue(contact, name) ?? '') !== value);
  if (changed.length === 0 && !world.switches.isOn('sameValueBumpsModified')) return contact;
  const nowMs = world.clock.now();
  const properties: Record<string, string> = { ...contact.properties };
  const history: Record<string, readonly PastValue[]> = { ...contact.history };
  for (const [name, value] of changed) {
    const first = { value: contact.properties[name] ?? '', atMs: contact.createdAtMs, source: 'INTEGRATION' };
    history[name] = [{ value, atMs: nowMs, source }, ...(history[name] ?? [first])].slice(0, MOST_VERSIONS);
    if (value === '') delete properties[name];
    else properties[name] = value;
    noteEvent(world, 'contact.propertyChange', contact.id, source, { propertyName: name, propertyValue: value });
  }
  return keep(world, {
    ...contact,
    updatedAtMs: bumps ? nowMs : contact.updatedAtMs,
    properties,
    history,
  });
}

/** Stores a version, with the mirrors of its address, for reads now and for search when its index has caught up. */
export function keep(world: PortalWorld, version: Contact): Contact {
  const contact = { ...version, properties: reflecting(world, version.properties) };
  world.state.contacts.put(contact);
  world.state.index.note(contact, indexedAtMs(world), world.clock.now());
  return contact;
}

/** When search will see what is written now. */
export function indexedAtMs({ clock, switches }: PortalWorld): number {
  return clock.now() + Number(switches.get('indexLagMs'));
}

/** What an account knows of an address; remembered from now on. */
export function addressOf({ state }: PortalWorld, email: string): Address {
  const key = email.toLowerCase();
  const address = state.addresses.get(key) ?? freshAddress(key);
  state.addresses.set(key, address);
  return address;
}

/** Shows on the contact, if there is one, what became of its address. A further address of a contact shows nowhere. */
export function reflect(world: PortalWorld, address: Address, source: Source): void {
  const contact = world.state.contacts.byEmail(address.email);
  if (contact?.properties.email?.toLowerCase() !== address.email) return;
  const cleared = Object.keys(contact.properties).filter(isMirror);
  const values = { ...Object.fromEntries(cleared.map((name) => [name, ''])), ...mirrorsOf(address) };
  change(world, contact, values, source, world.switches.isOn('optOutBumpsModified'));
}

/** The preference follows the address: whatever contact has it now shows its mirrors. */
function reflecting({ state }: PortalWorld, properties: Values): Values {
  const own = Object.entries(properties).filter(([name]) => !isMirror(name));
  const { email } = properties;
  return {
    ...Object.fromEntries(own),
    ...(email === undefined ? {} : mirrorsOf(state.addresses.get(email.toLowerCase()))),
  };
}

/** Addresses and unique values belong to one contact. */
function refuseTaken(world: PortalWorld, values: Values, ownId: string | undefined): void {
  const { contacts } = world.state;
  for (const email of addressesOf(values)) {
    const holder = email === '' ? undefined : contacts.byEmail(email);
    if (holder !== undefined && holder.id !== ownId) throw alreadyExists(holder.id);
  }
  if (addressesOf(values).length > 250) throw invalid('Cannot have more than 250 identities on a profile');
  for (const name of contacts.uniqueNames) {
    const value = values[name];
    const holder = value === undefined || value === '' ? undefined : contacts.byUnique(name, value);
    if (holder !== undefined && holder.id !== ownId) {
      throw refusedValues([
        { isValid: false, message: `${value} already has that value.`, error: 'CONFLICTING_UNIQUE_VALUE', name },
      ]);
    }
  }
}
