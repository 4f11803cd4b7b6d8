import type { QuotaUse, World } from '@heed/sandbox';
import type { Access } from './access.ts';
import type { Address } from './addresses.ts';
import type { ContactBook } from './contact-book.ts';
import type { ImportJob } from './imports.ts';
import type { ContactList } from './lists.ts';
import type { PropertyDefinition } from './property.ts';
import type { SearchIndex } from './search-index.ts';
import type { Brand, SubscriptionType } from './subscriptions.ts';
import { type PortalEvent, publish, type Webhooks } from './webhooks.ts';

/** Everything one HubSpot account ("portal") holds. Times are milliseconds since the epoch, as the vendor's own are. */
export interface Portal {
  readonly portalId: number;
  readonly appId: number;
  readonly userId: number;
  /** The daily quota starts anew at midnight there. */
  readonly timeZone: string;
  readonly access: Access;
  readonly properties: Map<string, PropertyDefinition>;
  readonly contacts: ContactBook;
  /** What search sees: the contacts as they were some seconds ago. */
  readonly index: SearchIndex;
  /** Preferences and deliverability belong to the address, with or without a contact; by lower-cased address. */
  readonly addresses: Map<string, Address>;
  readonly brands: Brand[];
  readonly subscriptions: SubscriptionType[];
  readonly lists: Map<string, ContactList>;
  /** Lower-cased addresses of privacy deletions; they stop imports, but not the API. */
  readonly forgotten: Set<string>;
  /** What the webhooks would tell, oldest first; only the latest. */
  readonly events: PortalEvent[];
  readonly webhooks: Webhooks;
  /** Oldest first. */
  readonly imports: ImportJob[];
  readonly use: CallUse;
  /** The last id given to a contact; they only grow. */
  lastContactId: number;
  /** The last number given to anything else: lists, subscription types, events. */
  lastNumber: number;
}

/** What was called so far, for the limits. */
export interface CallUse {
  /** By token: the limit is per app. */
  readonly tenSecondly: Record<string, QuotaUse>;
  /** Of all apps together. */
  readonly search: QuotaUse;
  /** `day`: YYYY-MM-DD in the account's time zone. */
  daily: { day: string; used: number };
}

export type PortalWorld = World<Portal>;

export function nextNumber(portal: Portal): number {
  portal.lastNumber += 1;
  return portal.lastNumber;
}

/** An account of a million contacts makes millions of events; nobody asks for old ones. */
const MOST_EVENTS = 20_000;

/** Notes what a webhook would tell. */
export function noteEvent(
  { state, clock }: PortalWorld,
  subscriptionType: string,
  contactId: string,
  changeSource: string,
  details: PortalEvent['details'] = {},
): void {
  if (state.events.length >= 2 * MOST_EVENTS) state.events.splice(0, MOST_EVENTS);
  const event = {
    eventId: nextNumber(state),
    subscriptionType,
    occurredAt: clock.now(),
    objectId: Number(contactId),
    changeSource,
    details,
  };
  state.events.push(event);
  publish(state.webhooks, event);
}
