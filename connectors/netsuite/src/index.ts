import type { Connector } from '@heed/contract';
import { configSchema, type NetSuiteConfig, originOf, realmOf } from './config.ts';
import { can, limits, limitsOf } from './manifest.ts';
import { openSession } from './session.ts';

export type { NetSuiteConfig } from './config.ts';

/** NetSuite as a CRM: contacts and customers, their subscription status and categories, and four kinds of lists. */
export const connector: Connector<NetSuiteConfig> = {
  name: 'netsuite',
  title: 'NetSuite',
  roles: { crm: can },
  config: configSchema,
  limits,
  limitsOf,
  account: (config) =>
    config.baseUrl === undefined
      ? realmOf(config)
      : `${realmOf(config)} ${new URL(originOf(config, 'suitetalk')).host}`,
  open: openSession,
};
