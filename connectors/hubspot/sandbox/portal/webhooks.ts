/** Where the app wants to be told what happened, and of what. */
export interface Webhooks {
  settings: WebhookSettings | undefined;
  readonly subscriptions: WebhookSubscription[];
  /** What nobody has taken yet, oldest first. */
  queue: readonly Queued[];
}

export interface WebhookSettings {
  readonly targetUrl: string;
  readonly maxConcurrentRequests: number;
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
}

export interface WebhookSubscription {
  readonly id: number;
  readonly eventType: string;
  /** For `contact.propertyChange` only. */
  readonly propertyName: string | undefined;
  active: boolean;
  readonly createdAtMs: number;
  updatedAtMs: number;
}

/** An event of the account, in the fields of a payload. It never has a field for the address. */
export interface PortalEvent {
  readonly eventId: number;
  readonly subscriptionType: string;
  readonly occurredAt: number;
  readonly objectId: number;
  readonly changeSource: string;
  readonly details: Readonly<Record<string, unknown>>;
}

/** An event on its way to a subscription. */
export interface Queued {
  readonly event: PortalEvent;
  readonly subscriptionId: number;
  /** How often it was sent in vain. */
  readonly attempts: number;
  readonly dueAtMs: number;
}

export const EVENT_TYPES: readonly string[] = [
  'contact.creation',
  'contact.deletion',
  'contact.merge',
  'contact.privacyDeletion',
  'contact.propertyChange',
  'contact.restore',
];

export function freshWebhooks(): Webhooks {
  return { settings: undefined, subscriptions: [], queue: [] };
}

/** Queues an event for every active subscription that asks for it. */
export function publish(webhooks: Webhooks, event: PortalEvent): void {
  if (webhooks.settings === undefined) return;
  const asking = webhooks.subscriptions.filter(
    ({ active, eventType, propertyName }) =>
      active &&
      eventType === event.subscriptionType &&
      (propertyName === undefined || propertyName === event.details.propertyName),
  );
  const queued = asking.map(
    ({ id }): Queued => ({ event, subscriptionId: id, attempts: 0, dueAtMs: event.occurredAt }),
  );
  if (queued.length > 0) webhooks.queue = [...webhooks.queue, ...queued];
}
