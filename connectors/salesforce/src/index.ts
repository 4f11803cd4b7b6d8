import type { Connector } from '@heed/contract';
import { configSchema, originOf, type SalesforceConfig } from './config.ts';
import { can, limits } from './manifest.ts';
import { openSession } from './session.ts';

export type { SalesforceConfig } from './config.ts';

/** Salesforce as a CRM: Contacts and Leads, their opt-out boxes, and campaigns as lists. */
export const connector: Connector<SalesforceConfig> = {
  name: 'salesforce',
  title: 'Salesforce',
  roles: { crm: can },
  config: configSchema,
  limits,
  account: (config) => new URL(originOf(config)).host,
  open: openSession,
};
