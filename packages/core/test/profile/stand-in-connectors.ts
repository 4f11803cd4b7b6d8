import { type Capabilities, type Connector, secret } from '@heed/contract';
import { z } from 'zod';

export const fieldCrmCan: Capabilities = {
  optOutBy: 'field',
  customOptOutField: true,
  optOutIsWide: false,
  listsOptedOutWithoutContact: true,
  optOutUnknown: false,
  newMembers: [],
  creates: ['Lead', 'Contact'],
  reference: true,
  conditionalWrite: true,
  rename: true,
  tag: false,
  archive: false,
  clear: true,
  deletions: true,
  heirs: true,
  proofs: [],
  changesKeptDays: 15,
  listKinds: ['campaign', 'filter'],
  unnamedLists: ['filter'],
  bulk: null,
};

const unopened = (): never => {
  throw new Error('reading profiles opens no connection');
};

/** A CRM as Salesforce is one, as far as profiles can tell. */
export const fieldCrm: Connector = {
  name: 'salesforce',
  title: 'Salesforce',
  config: z.strictObject({
    domain: z
      .string()
      .regex(/^[a-z0-9-]+(\.[a-z0-9-]+)*\.salesforce\.com$/, { error: 'must be a domain of Salesforce' })
      .optional(),
    baseUrl: z.string().optional(),
    auth: z.discriminatedUnion('method', [
      z.strictObject({
        method: z.literal('jwt-bearer'),
        clientId: z.string().min(1),
        username: z.string().min(1),
        privateKey: secret('The private key, PEM').startsWith('-----BEGIN'),
      }),
      z.strictObject({
        method: z.literal('client-credentials'),
        clientId: secret('Consumer key'),
        clientSecret: secret('Consumer secret'),
      }),
    ]),
  }),
  roles: { crm: fieldCrmCan },
  limits: [],
  account: () => 'account',
  open: unopened,
};

export const audienceToolCan: Capabilities = {
  ...fieldCrmCan,
  optOutBy: 'status',
  customOptOutField: false,
  optOutIsWide: false,
  newMembers: ['subscribed', 'pending', 'unsubscribed'],
  creates: [],
  tag: true,
  archive: true,
  clear: false,
  reference: false,
  listKinds: [],
  bulk: null,
};

/** A marketing tool as Mailchimp is one. */
export const audienceTool: Connector = {
  name: 'mailchimp',
  title: 'Mailchimp',
  config: z.strictObject({
    connector: z.literal('mailchimp'),
    server: z.string().min(1).optional(),
    baseUrl: z.string().optional(),
    auth: z.discriminatedUnion('method', [
      z.strictObject({ method: z.literal('api-key'), apiKey: secret('The API key') }),
    ]),
  }),
  roles: { marketing: audienceToolCan },
  limits: [],
  account: () => 'account',
  open: unopened,
};

export const portalCrmCan: Capabilities = {
  ...fieldCrmCan,
  clear: false,
  customOptOutField: true,
  optOutIsWide: true,
  optOutUnknown: true,
};

/** A CRM whose opt-out covers more than one mailing, as HubSpot is one; also a marketing tool. */
export const portalCrm: Connector = {
  ...fieldCrm,
  name: 'hubspot',
  title: 'HubSpot',
  config: z.strictObject({ auth: z.strictObject({ method: z.literal('service-key'), token: secret('The key') }) }),
  roles: { crm: portalCrmCan, marketing: portalCrmCan },
};

export const connectors: readonly Connector[] = [fieldCrm, audienceTool, portalCrm];

/** Reads cron as far as these tests need it; the real one is injected by the command line. */
export const validateCron = (expression: string): string | null => {
  const count = expression.trim().split(/\s+/).length;
  return count === 5 || count === 6 ? null : `it has ${count} fields, not five or six`;
};
