import type { Capabilities, Connector, PaidStatus } from '@heed/contract';
import { accountOf, config, type HubspotConfig } from './config.ts';
import { CONTACT } from './contact.ts';
import { LIMITS, limitsOf } from './limits.ts';
import { openSession } from './session.ts';

export type { HubspotConfig } from './config.ts';

const BOTH = {
  conditionalWrite: false,
  rename: true,
  tag: false,
  // Preferences cannot be given back by an API without resubscribing people (C6); the ability knows no single fields.
  clear: false,
  deletions: true,
  heirs: true,
  changesKeptDays: null,
  bulk: null,
} as const satisfies Partial<Capabilities>;

/** "Marketing contact status" (vendor notes, 3.6): the knowledge base says that no API changes it. */
const PAID_STATUS: PaidStatus = {
  ofNewMembers:
    'contacts that an integration creates in HubSpot are non-marketing contacts and get no mail until a workflow or a person sets them as marketing contacts',
  fix: 'Set the marketing contact status in HubSpot: by a workflow, an import, or the default of this integration for new contacts. It is billing, never consent, and no API sets it',
};

/** HubSpot as a CRM, and as a marketing tool. What means "opted out" here, and what is unverified: README.md. */
export const connector: Connector<HubspotConfig> = {
  name: 'hubspot',
  title: 'HubSpot',
  config,
  roles: {
    crm: {
      ...BOTH,
      optOutBy: 'field',
      customOptOutField: true,
      // Of the portal or of a subscription type, and of the address, not of the contact.
      optOutIsWide: true,
      listsOptedOutWithoutContact: false,
      optOutUnknown: false,
      newMembers: [],
      creates: [CONTACT],
      reference: true,
      archive: false,
      proofs: [],
      listKinds: ['list'],
    },
    marketing: {
      ...BOTH,
      optOutBy: 'status',
      customOptOutField: false,
      optOutIsWide: false,
      // Preferences belong to addresses; those without a contact can only be asked for one by one.
      listsOptedOutWithoutContact: false,
      optOutUnknown: true,
      // No API sends a confirmation, and the marketing contact status is billing (C13).
      newMembers: ['subscribed'],
      creates: [],
      reference: false,
      // Takes the contact out of the list.
      archive: true,
      proofs: ['own-event'],
      listKinds: [],
      paidStatus: PAID_STATUS,
    },
  },
  limits: LIMITS,
  limitsOf,
  account: accountOf,
  open: openSession,
};
