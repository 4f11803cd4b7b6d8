import type { Account, AccountWorld, SubscriptionLine } from './account.ts';
import { needTable } from './account.ts';
import { isOptedOut } from './status.ts';
import type { Row } from './table.ts';
import { stampOf } from './time.ts';

export interface NamedLine extends SubscriptionLine {
  readonly subscription: string;
}

/** A customer's line for every active category; a category that came later starts unsubscribed. */
export function subscriptionLines(account: Account, customer: Row): readonly NamedLine[] {
  const stored = account.subscriptions.get(customer.id);
  const never = { subscribed: false, lastModifiedDate: String(customer.dateCreated) };
  return [...needTable(account, 'campaignSubscription').rows()]
    .filter((category) => category.isInactive !== true)
    .map(({ id }) => ({ subscription: id, ...(stored?.get(id) ?? never) }));
}

export function setSubscription(world: AccountWorld, customer: string, category: string, subscribed: boolean): void {
  const { subscriptions } = world.state;
  const lines = subscriptions.get(customer) ?? new Map<string, SubscriptionLine>();
  lines.set(category, { subscribed, lastModifiedDate: stampOf(world.clock.now()) });
  subscriptions.set(customer, lines);
}

/** "2 ... also clears all subscription categories" (section_N994827); 4 as the switch says; a new customer has all unless opted out. */
export function subscriptionsFollow(world: AccountWorld, before: Row | undefined, row: Row): void {
  const status = row.globalSubscriptionStatus;
  if (before === undefined) {
    if (isOptedOut(status)) return;
    for (const { subscription } of subscriptionLines(world.state, row))
      setSubscription(world, row.id, subscription, true);
    return;
  }
  if (status === before.globalSubscriptionStatus) return;
  const clears = status === '2' || (status === '4' && world.switches.isOn('confirmedOptOutClearsSubscriptions'));
  if (!clears) return;
  for (const line of subscriptionLines(world.state, row)) {
    if (line.subscribed) setSubscription(world, row.id, line.subscription, false);
  }
}
