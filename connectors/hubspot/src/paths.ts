import type { HubspotConfig } from './config.ts';

/**
 * Every path of HubSpot that is called, for both families of versions (vendor notes, 0): v1-v3 end in September 2027, v4
 * already on 2027-03-30; 2026-03 has the same bodies. Nothing else in this connector knows a version.
 */
export interface Paths {
  readonly token: string;
  readonly account: string;
  readonly contacts: string;
  readonly properties: string;
  readonly lists: string;
  /** v4 and 2026-03 are one API under two names; v3 knows no opt-out of all mail. */
  readonly preferences: string;
  /** Subscribes, and refuses whoever opted out; null where only the call exists that resubscribes anybody. */
  readonly guardedSubscribe: string | null;
}

const V3: Paths = {
  // OAuth v1 ends on 2027-02-16.
  token: '/oauth/v3/token',
  account: '/account-info/v3/details',
  contacts: '/crm/v3/objects/contacts',
  properties: '/crm/v3/properties/contacts',
  lists: '/crm/v3/lists',
  preferences: '/communication-preferences/v4',
  guardedSubscribe: '/communication-preferences/v3/subscribe',
};

const DATED: Paths = {
  token: '/oauth/2026-03/token',
  account: '/account-info/2026-03/details',
  contacts: '/crm/objects/2026-03/contacts',
  properties: '/crm/properties/2026-03/contacts',
  lists: '/crm/lists/2026-03',
  preferences: '/communication-preferences/2026-03',
  guardedSubscribe: null,
};

export const pathsOf = ({ apiVersion }: Pick<HubspotConfig, 'apiVersion'>): Paths => (apiVersion === 'v3' ? V3 : DATED);
