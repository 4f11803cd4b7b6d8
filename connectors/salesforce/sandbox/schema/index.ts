import type { ObjectDefinition } from './field.ts';
import { campaign, campaignMember, contactHistory, leadHistory, user } from './other-objects.ts';
import { account, contact, contactPointTypeConsent, individual, lead } from './people.ts';

export * from './field.ts';
export { personAccountFields } from './people.ts';

/** Every object of a fresh org. */
export const standardObjects: readonly ObjectDefinition[] = [
  contact,
  lead,
  account,
  user,
  campaign,
  campaignMember,
  individual,
  contactPointTypeConsent,
  contactHistory,
  leadHistory,
];
