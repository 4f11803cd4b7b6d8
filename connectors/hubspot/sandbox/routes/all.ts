import { accountRoutes } from './account.ts';
import { contactBatchRoutes } from './contact-batches.ts';
import { contactRoutes } from './contacts.ts';
import { importRoutes } from './imports.ts';
import { listRoutes } from './lists.ts';
import { membershipRoutes } from './memberships.ts';
import { oauthRoutes } from './oauth.ts';
import { preferenceBatchRoutes } from './preference-batches.ts';
import { preferenceRoutes2026, preferenceRoutesV3 } from './preferences-v3.ts';
import { preferenceRoutesV4 } from './preferences-v4.ts';
import { propertyRoutes } from './properties.ts';
import type { PortalRoute } from './route.ts';
import { searchRoutes } from './search.ts';
import { webhookRoutes } from './webhooks.ts';

/** The versions that are dates; v3 (and v4) have the version before the resource, these behind it. */
const DATES = ['2026-03', '2026-09'];
/** The two names of the object type. */
const CONTACTS = ['contacts', '0-1'];

const versions = (area: string, resource: string): readonly string[] => [
  `/${area}/v3/${resource}`,
  ...DATES.map((date) => `/${area}/${resource}/${date}`),
];
const ofContacts = (bases: readonly string[]): readonly string[] =>
  bases.flatMap((base) => CONTACTS.map((type) => `${base}/${type}`));

const PREFERENCES = '/communication-preferences';

/** Every resource under each of its path versions, from one store. The first that fits is taken. */
export const apiRoutes: readonly PortalRoute[] = [
  ...ofContacts(versions('crm', 'objects')).flatMap((base) => [
    ...searchRoutes(base),
    ...contactBatchRoutes(base),
    ...contactRoutes(base),
  ]),
  ...['v4', ...DATES].flatMap((version) => [
    ...preferenceBatchRoutes(`${PREFERENCES}/${version}`),
    ...preferenceRoutesV4(`${PREFERENCES}/${version}`),
  ]),
  ...preferenceRoutesV3(`${PREFERENCES}/v3`),
  ...preferenceRoutes2026(`${PREFERENCES}/2026-09`),
  ...versions('crm', 'lists').flatMap((base) => [...membershipRoutes(base), ...listRoutes(base)]),
  ...ofContacts(versions('crm', 'properties')).flatMap(propertyRoutes),
  ...versions('crm', 'imports').flatMap(importRoutes),
  ...['v3', ...DATES].flatMap((version) => accountRoutes(`/account-info/${version}`)),
  ...['v3', ...DATES].flatMap((version) => webhookRoutes(`/webhooks/${version}/{app}`)),
  ...['v1', 'v3', ...DATES].flatMap((version) => oauthRoutes(`/oauth/${version}`)),
];
