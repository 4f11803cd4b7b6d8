import type { Millis, OpenRequest, Session, Tools } from '@heed/contract';
import { ConnectorError } from '@heed/contract';
import { createApi } from './api.ts';
import { askerOf } from './ask.ts';
import type { HubspotConfig } from './config.ts';
import { decidingFor } from './deciding.ts';
import { askedByCheck, checkPortal, describePortal } from './describe.ts';
import { per10sOf } from './limits.ts';
import { lookUp } from './lookup.ts';
import { pathsOf } from './paths.ts';
import { createPreferences } from './preferences.ts';
import { createPropertyBook } from './properties.ts';
import { optOutsSince, readContacts } from './read.ts';
import { writeAll } from './writes/write.ts';

/** One profile's conversation with one portal. Nothing is asked, and the SDK not loaded, before the first call. */
export const openSession = ({ config, role, container, basis }: OpenRequest<HubspotConfig>, tools: Tools): Session => {
  if (role === 'crm' && container !== null)
    throw new ConnectorError('config', 'HubSpot: as a CRM it has no audience to sync into');
  const closing = new AbortController();
  const paths = pathsOf(config);
  const asker = askerOf(config, tools, closing.signal);
  const api = createApi(asker, paths);
  const preferences = createPreferences(asker, paths);
  const book = createPropertyBook(api, tools.clock);
  const now = (): Millis => tools.vendorNow();
  const plannedPer10s = per10sOf(config);
  const asked = askedByCheck(api, preferences, tools.clock);
  const described = { api, book, asked, role, plannedPer10s, grantedPer10s: asker.grantedPer10s };
  const privacyTypes = config.dataPrivacy?.subscriptionTypes ?? null;
  const strangers = new Map<string, string>();

  /** Reads, look-ups and writes of a marketing system need its list. */
  const place = () => {
    if (role === 'marketing' && container === null)
      throw new ConnectorError('config', 'HubSpot: this needs a list: `marketing.audience` in the profile');
    return { api, book, preferences, audience: container, strangers };
  };

  return {
    check: (signal) => checkPortal(described, signal),
    describe: (signal) => describePortal(described, signal),
    read: (request, signal) => readContacts({ ...place(), tools }, request, signal),
    optOutsSince: role === 'crm' ? null : (look, signal) => optOutsSince({ ...place(), tools }, look, signal),
    // No opt-out is ever a default here.
    countByDefault: null,
    lookup: async (request, signal) => lookUp(place(), request, signal),
    write: async (ops, signal) => writeAll({ ...place(), basis, privacyTypes, now }, ops, signal),
    deciding: (email, signal) => decidingFor({ api, book, preferences, now }, email, signal),
    bulk: null,
    now,
    close: async () => closing.abort(),
  };
};
