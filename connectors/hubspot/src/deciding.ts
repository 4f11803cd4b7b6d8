import type { Deciding, FieldValue, Millis } from '@heed/contract';
import { redact } from '@heed/toolkit';
import type { Api } from './api.ts';
import { contactRef } from './contact.ts';
import { addressOf, type Preferences } from './preferences.ts';
import { fromWire, OPT_OUT, type Properties, type PropertyBook, topicOf, topicProperties } from './properties.ts';
import { timeOf, type WireContact } from './wire.ts';

interface Asked {
  readonly api: Api;
  readonly book: PropertyBook;
  readonly preferences: Preferences;
  readonly now: () => Millis;
}

/** How a property's value keeps mail from being sent. */
interface Rule {
  readonly name: string;
  readonly blocks: (value: FieldValue, now: Millis) => boolean | null;
  readonly why: string;
}

const isSet = (value: FieldValue): boolean => value !== null && value !== '';
const isTrue = (value: FieldValue): boolean => value === true || value === 'true';
const ifTrue = (name: string, why: string): Rule => ({ name, blocks: isTrue, why });
const ifSet = (name: string, why: string): Rule => ({ name, blocks: isSet, why });

/** Vendor notes, 4: the property reference, the specification of property types, and the knowledge base. */
const RULES: readonly Rule[] = [
  { name: 'email', blocks: (value) => !isSet(value), why: 'without an address nothing is sent' },
  {
    name: 'hs_marketable_status',
    blocks: (value) => (isSet(value) ? !isTrue(value) : null),
    why: 'billing, not consent (C13): a non-marketing contact gets no marketing mail; only a workflow, a form, an import or the user interface changes it',
  },
  ifTrue(OPT_OUT, 'unsubscribed from all mail of the portal'),
  {
    name: 'hs_emailconfirmationstatus',
    blocks: (value) => (isSet(value) ? (/confirmed|clicked confirmation/i.test(String(value)) ? false : null) : null),
    why: 'with double opt-in switched on only confirmed contacts get mail; whether it is on cannot be read',
  },
  ifTrue('hs_email_bad_address', 'the address is invalid'),
  ifSet('hs_email_hard_bounce_reason', 'a mail bounced for good'),
  ifSet('hs_email_hard_bounce_reason_enum', 'a mail bounced for good'),
  ifTrue('hs_email_quarantined', 'HubSpot has quarantined the address; only its support lifts that'),
  ifSet(
    'hs_email_quarantined_reason',
    'why it is in quarantine; RECIPIENT_COMPLAINT is an opt-out by the person (C10)',
  ),
  ifSet('hs_email_customer_quarantined_reason', 'quarantined for this portal'),
  ifSet('hs_quarantined_emails', 'addresses of the contact in quarantine'),
  ifTrue('hs_email_is_ineligible', 'HubSpot calls the address globally ineligible'),
  {
    name: 'hs_email_recipient_fatigue_recovery_time',
    blocks: (value, now) => {
      const at = typeof value === 'string' ? timeOf(value) : null;
      return isSet(value) ? (at === null ? null : at > now) : false;
    },
    why: 'got too many mails lately, until then',
  },
  {
    name: 'hs_email_sends_since_last_engagement',
    blocks: () => null,
    why: 'mails may leave out who has not opened any for long; the limit stands in each mail',
  },
  {
    name: 'hs_legal_basis',
    blocks: () => null,
    why: 'basis to process the data of the person; mail asks for one per type',
  },
];

/**
 * Everything that decides whether this address gets marketing mail; there is no leading property, each of these can block by
 * itself. Two to four calls.
 */
export const decidingFor = async (asked: Asked, email: string, signal: AbortSignal): Promise<readonly Deciding[]> => {
  const known = await asked.book.known(signal);
  const rules = RULES.filter(({ name }) => known.has(name));
  const topics = topicProperties(known);
  const names = [...rules.map(({ name }) => name), ...topics];
  const contact = await asked.api.one(
    addressOf(email),
    names,
    { idProperty: 'email', history: names.slice(0, 50) },
    signal,
  );
  return [
    ...(contact === null ? [] : ofContact(contact, rules, topics, known, asked.now())),
    ...(await ofAddress(asked, email, signal)),
  ];
};

const ofContact = (
  contact: WireContact,
  rules: readonly Rule[],
  topics: readonly string[],
  known: Properties,
  now: Millis,
): readonly Deciding[] => {
  const shown = (name: string): FieldValue => {
    const property = known.get(name);
    return property === undefined ? null : fromWire(property, contact.properties[name] ?? null);
  };
  const sinceOf = (name: string): Millis | null => timeOf(contact.propertiesWithHistory?.[name]?.[0]?.timestamp);
  const record = contactRef(contact.id);
  return [
    ...rules.map(({ name, blocks, why }) => {
      const value = shown(name);
      return { record, name, value, blocks: blocks(value, now), since: sinceOf(name), why };
    }),
    ...topics.map((name) => {
      const value = shown(name);
      const why = `opted out of subscription type ${topicOf(name)}`;
      return { record, name, value, blocks: isTrue(value), since: sinceOf(name), why };
    }),
  ];
};

/** What belongs to the address, with or without a contact. */
const ofAddress = async ({ preferences }: Asked, email: string, signal: AbortSignal): Promise<readonly Deciding[]> => {
  const wide = (await preferences.wide([email], signal)).get(addressOf(email)) ?? null;
  const names = new Map((await preferences.definitions(signal)).map(({ id, name }) => [id, name]));
  const statuses = await preferences.statuses(email, signal);
  return [
    {
      record: null,
      name: wide?.portal === false ? 'unsubscribe-all (BUSINESS_UNIT_WIDE)' : 'unsubscribe-all (PORTAL_WIDE)',
      value: wide === null ? null : 'UNSUBSCRIBED',
      blocks: wide !== null,
      since: wide?.since ?? null,
      why: 'the preferences of the address itself: they outlive the contact and belong to every later one',
    },
    ...statuses.map(
      ({ subscriptionId: id, status, source, timestamp, legalBasis }): Deciding => ({
        record: null,
        name: `status of subscription type ${id}`,
        value: status,
        // Whether the portal wants a basis, and so a SUBSCRIBED, cannot be read.
        blocks: status === 'UNSUBSCRIBED' ? true : status === 'SUBSCRIBED' ? false : null,
        since: timeOf(timestamp),
        // The source is free text: what looks like an address in it stays out.
        why: [names.get(id), redact(source ?? ''), legalBasis ? `legal basis ${legalBasis}` : 'no legal basis']
          .filter(Boolean)
          .join('; '),
      }),
    ),
  ];
};
