import type { Connector } from '@heed/contract';
import { BATCH_MEMBERS } from './api.ts';
import { BULK_LANE } from './bulk/jobs.ts';
import { accountOf, config, type MailchimpConfig } from './config.ts';
import { LIMITS } from './limits.ts';
import { openSession } from './session.ts';

export type { MailchimpConfig } from './config.ts';

/** Mailchimp audiences, Marketing API 3.0. What means "opted out" here and what proves an opt-in: README.md. */
export const connector: Connector<MailchimpConfig> = {
  name: 'mailchimp',
  title: 'Mailchimp',
  config,
  roles: {
    marketing: {
      optOutBy: 'status',
      customOptOutField: false,
      optOutIsWide: false,
      // An opted-out address is an unsubscribed member, so every read shows it.
      listsOptedOutWithoutContact: true,
      // By creating an unsubscribed member; whether that one costs money depends on the plan (README.md).
      optOutUnknown: true,
      newMembers: ['subscribed', 'pending', 'non-subscribed', 'unsubscribed'],
      createsInOne: BATCH_MEMBERS,
      creates: [],
      reference: false,
      conditionalWrite: false,
      rename: true,
      tag: true,
      archive: true,
      clear: false,
      // A deleted member just vanishes.
      deletions: false,
      heirs: false,
      proofs: ['pending-then-subscribed', 'own-event'],
      changesKeptDays: null,
      listKinds: [],
      bulk: BULK_LANE,
    },
  },
  limits: LIMITS,
  account: accountOf,
  open: openSession,
};
