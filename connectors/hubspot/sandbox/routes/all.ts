import { accountRoutes } from './account.ts';
import { contactBatchRoutes } from './contact-batches.ts';
import { contactRoutes } from './contacts.ts';
import { listRoutes } from './lists.ts';
import { membershipRoutes } from './memberships.ts';
import { oauthRoutes } from './oauth.ts';
import { preferenceBatchRoutes } from './preference-batches.ts';
import { preferenceRoutesV3 } from './preferences-v3.ts';
import { preferenceRoutesV4 } from './preferences-v4.ts';
import { propertyRoutes } from './properties.ts';
import type { PortalRoute } from './route.ts';
import { searchRoutes } from './search.ts';
import { webhookRoutes } from './webhooks.ts';

/** The two names of the object type. */
const CONTACTS = ['contacts', '0-1'];

const CRM_OBJECTS = ['/crm/v3/objects', '/crm/objects/2026-03'].flatMap((base) =>
  CONTACTS.map((type) => `${base}/${type}`),
);
const CRM_PROPERTIES = ['/crm/v3/properties', '/crm/properties/2026-03'].flatMap((base) =>
  CONTACTS.map((type) => `${base}/${type}`),
);
const CRM_LISTS = ['/crm/v3/lists', '/crm/lists/2026-03'];
const PREFERENCES_V4 = ['/communication-preferences/v4', '/communication-preferences/2026-03'];

/** Every resource under each of its path versions, from one store. The first that fits is taken. */
export const apiRoutes: readonly PortalRoute[] = [
  ...CRM_OBJECTS.flatMap((base) => [...searchRoutes(base), ...contactBatchRoutes(base), ...contactRoutes(base)]),
  ...PREFERENCES_V4.flatMap((base) => [...preferenceBatchRoutes(base), ...preferenceRoutesV4(base)]),
  ...preferenceRoutesV3('/communication-preferences/v3'),
  ...CRM_LISTS.flatMap((base) => [...membershipRoutes(base), ...listRoutes(base)]),
  ...CRM_PROPERTIES.flatMap(propertyRoutes),
  ...['/account-info/v3', '/account-info/2026-03'].flatMap(accountRoutes),
  ...['/webhooks/v3/{app}', '/webhooks/2026-03/{app}'].flatMap(webhookRoutes),
  ...['/oauth/v1', '/oauth/v3', '/oauth/2026-03'].flatMap(oauthRoutes),
];
