import type { MemberState, Op, Row } from '@heed/contract';
import type { Fact, Source } from '../../src/consent/fact.ts';
import type { Observer } from '../../src/consent/observe.ts';
import type { Shadow, System } from '../../src/state/shadow.ts';
import type { Intent } from '../../src/state/store.ts';
import { HOUR_MS, key } from './story.ts';

/** Single rows, shadows and intents, for the edges that a whole story hides: every one is about Ann, and says only what differs. */

export const SALESFORCE: System = { role: 'crm', connection: 'salesforce', container: '' };
export const AUDIENCE_A1: System = { role: 'marketing', connection: 'mailchimp', container: 'a1' };
export const OPT_OUT = { field: 'HasOptedOutOfEmail', optedOutWhen: true, write: true } as const;
export const NOON = Date.UTC(2026, 0, 5, 12);

export const crmRow = (more: Partial<Row> = {}): Row => ({
  record: { type: 'Contact', id: '1' },
  email: 'ann@x.org',
  modifiedAt: NOON,
  modifiedBy: 'us',
  life: { kind: 'live' },
  reference: null,
  values: { HasOptedOutOfEmail: true },
  member: null,
  lists: null,
  version: null,
  ...more,
});

export const memberState = (status: MemberState['status'], more: Partial<MemberState> = {}): MemberState => ({
  status,
  by: 'unknown',
  complaint: false,
  since: null,
  optIn: null,
  topics: {},
  ...more,
});

export const memberRow = (status: MemberState['status'], more: Partial<Row> = {}): Row => ({
  ...crmRow(),
  record: { type: 'member', id: 'ann@x.org' },
  modifiedBy: 'unknown',
  values: {},
  member: memberState(status),
  ...more,
});

/** A read that began an hour after noon. */
export const reading = (system: System, more: Partial<Observer> = {}): Observer => ({
  system,
  consentFields: system.role === 'crm' ? { Contact: [OPT_OUT] } : {},
  optInField: null,
  topics: { fields: {}, joined: [] },
  proofs: system.role === 'crm' ? [] : ['pending-then-subscribed', 'own-event'],
  readAt: NOON + HOUR_MS,
  seenAt: NOON + HOUR_MS,
  lists: null,
  run: 'r',
  ...more,
});

/** What one read an hour before noon left behind. */
export const shadowOfAnn = (more: Partial<Shadow> = {}): Shadow => ({
  system: SALESFORCE,
  record: { type: 'Contact', id: '1' },
  email: 'ann@x.org',
  address: key('ann@x.org'),
  life: { kind: 'live' },
  values: { HasOptedOutOfEmail: false },
  sights: { HasOptedOutOfEmail: null },
  member: null,
  reference: null,
  lists: {},
  modifiedAt: NOON - 2 * HOUR_MS,
  modifiedBy: 'other',
  version: null,
  stays: [{ address: key('ann@x.org'), from: null, until: null }],
  firstReadAt: NOON - HOUR_MS,
  lastReadAt: NOON - HOUR_MS,
  seenAt: NOON - HOUR_MS,
  lifeChangedAt: null,
  archivedSince: null,
  ...more,
});

export const optOutOfContact = {
  kind: 'opt-out',
  id: 'op1',
  record: { type: 'Contact', id: '1' },
  email: 'ann@x.org',
  topic: '*',
  set: { HasOptedOutOfEmail: true },
} as const satisfies Op;

/** Our own opt-out of the contact at noon, answered two seconds later. */
export const intentOf = (more: Partial<Intent> = {}): Intent => ({
  id: 'op1',
  profile: 'acme/news',
  run: 'r',
  system: SALESFORCE,
  op: optOutOfContact,
  address: key('ann@x.org'),
  because: [7],
  rule: 'C0.3 C1',
  sentAt: NOON,
  answeredAt: NOON + 2_000,
  state: 'applied',
  seen: false,
  partner: null,
  agrees: {},
  made: null,
  job: null,
  ...more,
});

export const CRM_SOURCE: Source = { ...SALESFORCE, field: 'HasOptedOutOfEmail' };
export const AUDIENCE_SOURCE: Source = { ...AUDIENCE_A1, field: 'status' };

/** An opt-out at noon by nobody known. */
export const factOf = (n: number, more: Partial<Fact> = {}): Fact => ({
  n,
  address: key('ann@x.org'),
  topic: '*',
  source: CRM_SOURCE,
  says: 'opted-out',
  by: 'unknown',
  complaint: false,
  when: { from: NOON, until: NOON, exact: true },
  record: null,
  proof: null,
  echoOf: null,
  run: null,
  ...more,
});
