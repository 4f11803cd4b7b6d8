import { type DemoMembership, type DemoPerson, demoPeople } from '@heed/sandbox';
import type { Address } from './portal/addresses.ts';
import { addressOf, change, createContact, reflect } from './portal/contact-write.ts';
import { addList } from './portal/fresh-portal.ts';
import { join } from './portal/lists.ts';
import type { PortalWorld } from './portal/portal.ts';
import { BY_API, optInToType, optOutOfAll } from './portal/preferences.ts';

const DAY_MS = 86_400_000;

/** The shared customer base: who is in a CRM or in a marketing tool, with the opt-outs of both; some opt-outs have no contact. */
export function fillDemo(world: PortalWorld): void {
  const [newsletter, events] = world.state.subscriptions;
  if (newsletter === undefined || events === undefined) return;
  const fair = world.state.lists.get(addList(world.state, world.clock.now(), 'Fair 2025'));
  for (const person of demoPeople(world.seed)) {
    const { marketing } = person;
    const email = marketing?.email ?? person.crm[0]?.email;
    if (marketing?.status === 'archived') {
      if (marketing.endedBy !== undefined && email !== undefined) optOutOfAll(world, email, sourceOf(world, marketing));
      continue; // gone as a contact, out as an address
    }
    const id = addContact(world, person, email);
    if (email === undefined || id === undefined) continue;
    if (marketing !== undefined) {
      for (const topic of marketing.topics) optInToType(world, email, topic === 0 ? newsletter : events, BY_API);
      consent(world, email, marketing);
      market(world, id);
      if (marketing.tags.includes('Fair 2025') && fair !== undefined) join(fair, id, world.clock.now());
    } else if (person.crm.some((record) => record.optedOut)) optOutOfAll(world, email, BY_API);
  }
  age(world);
}

/** One contact for an address, however many records the person has elsewhere. */
function addContact(world: PortalWorld, person: DemoPerson, email: string | undefined): string | undefined {
  if (email !== undefined && world.state.contacts.byEmail(email) !== undefined) return undefined;
  const { address } = person;
  return createContact(world, {
    firstname: person.firstName,
    lastname: person.lastName,
    ...(email === undefined ? {} : { email }),
    ...(person.title === undefined ? {} : { jobtitle: person.title }),
    ...(person.company === undefined ? {} : { company: person.company }),
    ...(person.phone === undefined ? {} : { phone: person.phone }),
    ...(person.birthdate === undefined ? {} : { birthday: person.birthdate }),
    ...(address === undefined
      ? {}
      : {
          address: address.street,
          city: address.city,
          state: address.region,
          zip: address.postalCode,
          country: address.country,
        }),
  }).id;
}

function sourceOf(world: PortalWorld, { endedBy }: DemoMembership): typeof BY_API {
  return endedBy === 'admin' ? BY_API : { source: String(world.switches.get('personSource')), writer: 'EMAIL' };
}

function consent(world: PortalWorld, email: string, membership: DemoMembership): void {
  const { delivery } = addressOf(world, email);
  if (membership.status === 'bounced') {
    delivery.hs_email_bounce = '1';
    delivery.hs_email_hard_bounce_reason = '550 5.1.1 UNKNOWN_USER';
    delivery.hs_email_hard_bounce_reason_enum = 'UNKNOWN_USER';
  }
  if (membership.status === 'pending') delivery.hs_emailconfirmationstatus = 'Confirmation Email Sent';
  if (membership.endedBy === 'complaint') {
    delivery.hs_email_quarantined = 'true';
    delivery.hs_email_quarantined_reason = 'RECIPIENT_COMPLAINT';
  }
  if (membership.endedBy !== undefined) optOutOfAll(world, email, sourceOf(world, membership));
  reflect(world, addressOf(world, email), 'EMAIL');
}

/** Who was in the marketing tool is paid for, also after an opt-out. */
function market(world: PortalWorld, id: string): void {
  const contact = world.state.contacts.get(id);
  if (contact !== undefined) change(world, contact, { hs_marketable_status: 'true' }, 'IMPORT');
}

/** All that happened just now; the base is older than that, each contact by its own days, and its opt-outs with it. */
function age({ state, clock }: PortalWorld): void {
  const nowMs = clock.now();
  const base = [...state.contacts.from()];
  const positions = new Map(base.map(({ id }, position) => [id, position]));
  const agoMs = (position: number): number => (1 + (position % 90)) * DAY_MS;
  [...state.addresses.values()].forEach((address, position) => {
    const contact = state.contacts.byEmail(address.email);
    setBack(address, nowMs - agoMs(positions.get(contact?.id ?? '') ?? position));
  });
  base.forEach((contact, position) => {
    const createdAtMs = nowMs - (base.length - position) * DAY_MS;
    const updatedAtMs = Math.max(createdAtMs, nowMs - agoMs(position));
    state.contacts.put({ ...contact, createdAtMs, updatedAtMs, history: {} });
  });
  state.events.length = 0;
  state.index.rebuild(state.contacts);
}

function setBack(address: Address, atMs: number): void {
  if (address.wide) address.wide = { ...address.wide, atMs };
  for (const [id, status] of Object.entries(address.types)) address.types[id] = { ...status, atMs };
}
