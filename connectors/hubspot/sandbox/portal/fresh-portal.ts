import { freshQuota, type Setting } from '@heed/sandbox';
import { freshAccess } from './access.ts';
import { ContactBook } from './contact-book.ts';
import { nextNumber, type Portal } from './portal.ts';
import type { PropertyDefinition } from './property.ts';
import { SearchIndex } from './search-index.ts';
import { mirrorProperty, standardProperties } from './standard-properties.ts';
import type { SubscriptionType } from './subscriptions.ts';
import { freshWebhooks } from './webhooks.ts';

type TypeFacets = Partial<
  Pick<SubscriptionType, 'isActive' | 'isInternal' | 'isDefault' | 'businessUnitId' | 'purpose'>
>;

/** A new account: five subscription types (one inactive, one internal, one of a brand), and a ready, empty list. */
export function freshPortal(setting: Setting): Portal {
  const { random, clock } = setting;
  const nowMs = clock.now();
  const properties = new Map<string, PropertyDefinition>();
  for (const property of standardProperties(nowMs)) properties.set(property.name, property);
  const portal: Portal = {
    portalId: 20_000_000 + random.int(9_000_000),
    appId: 1_000_000 + random.int(9_000_000),
    userId: 10_000_000 + random.int(9_000_000),
    timeZone: 'US/Eastern',
    access: freshAccess(random),
    properties,
    contacts: new ContactBook(),
    index: new SearchIndex(),
    addresses: new Map(),
    brands: [{ id: 1_000 + random.int(1_000), name: 'Outlet' }],
    subscriptions: [],
    lists: new Map(),
    forgotten: new Set(),
    events: [],
    webhooks: freshWebhooks(),
    imports: [],
    use: { tenSecondly: {}, search: freshQuota(), daily: { day: '', used: 0 } },
    // Ids soon get another digit: who compares them as strings shall notice.
    lastContactId: 9_980 + random.int(15),
    lastNumber: 5_400_000 + random.int(90_000),
  };
  for (const { name, hasUniqueValue } of properties.values()) if (hasUniqueValue) portal.contacts.uniqueNames.add(name);
  addSubscription(portal, nowMs, 'Newsletter', { purpose: 'Marketing' });
  addSubscription(portal, nowMs, 'Events', { purpose: 'Marketing' });
  addSubscription(portal, nowMs, 'Old offers', { isActive: false });
  addSubscription(portal, nowMs, 'One to One', { isInternal: true, isDefault: true, purpose: 'Sales' });
  addSubscription(portal, nowMs, 'Outlet news', { businessUnitId: portal.brands[0]?.id ?? 0 });
  addList(portal, nowMs, 'Heed');
  return portal;
}

/** Opens a subscription type, with its mirror among the contact properties. */
export function addSubscription(
  portal: Portal,
  nowMs: number,
  name: string,
  facets: TypeFacets = {},
): SubscriptionType {
  const type: SubscriptionType = {
    id: nextNumber(portal),
    name,
    description: `${name} by e-mail`,
    purpose: 'Marketing',
    communicationMethod: 'Email',
    isActive: true,
    isDefault: false,
    isInternal: false,
    businessUnitId: 0,
    createdAtMs: nowMs,
    updatedAtMs: nowMs,
    ...facets,
  };
  portal.subscriptions.push(type);
  const mirror = mirrorProperty(type);
  portal.properties.set(mirror.name, mirror);
  return type;
}

/** Opens an empty MANUAL list. */
export function addList(portal: Portal, nowMs: number, name: string): string {
  const listId = String(nextNumber(portal) - 5_400_000);
  portal.lists.set(listId, {
    listId,
    name,
    processingType: 'MANUAL',
    filterBranch: undefined,
    filter: undefined,
    createdAtMs: nowMs,
    updatedAtMs: nowMs,
    deletedAtMs: undefined,
    version: 1,
    changes: 0,
    members: {},
  });
  return listId;
}
