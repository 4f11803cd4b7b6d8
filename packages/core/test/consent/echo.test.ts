import type { Op, Row } from '@heed/contract';
import { describe, expect, it } from 'vitest';
import { echoing, isDenied, isRefuted } from '../../src/consent/echo.ts';
import type { Intent } from '../../src/state/store.ts';
import {
  AUDIENCE_A1,
  crmRow,
  intentOf,
  memberRow,
  NOON,
  OPT_OUT,
  optOutOfContact,
  reading,
  SALESFORCE,
} from './made-up.ts';

const IN_CRM = reading(SALESFORCE);
const IN_AUDIENCE = reading(AUDIENCE_A1);
const SECOND = 1_000;

const explains = (row: Row, intent: Intent, by = IN_CRM): boolean =>
  echoing(row, by, [intent], 'unknown', row.member === null ? 'HasOptedOutOfEmail' : 'status') === intent;

const ofMember = (record: string | null, email = 'ann@x.org'): Op => ({
  ...optOutOfContact,
  record: record === null ? null : { type: 'member', id: record },
  email,
  set: {},
});

describe('C8 what our own write explains', () => {
  it.each<[string, number, boolean]>([
    ['a second before it was sent (vendors cut their stamps)', -SECOND, true],
    ['earlier than that', -SECOND - 1, false],
    ['a second after the answer', 3 * SECOND, true],
    ['later than that', 3 * SECOND + 1, false],
  ])('C8 changed %s', (_when, offset, echo) => {
    expect(explains(crmRow({ modifiedAt: NOON + offset }), intentOf())).toBe(echo);
  });

  it.each<[string, number, number, boolean]>([
    ['as long as a request can be under way', 3_600_000, 151 * SECOND, true],
    ['no longer than that', 3_600_000, 151 * SECOND + 1, false],
    ['nor past the read that showed it', 10 * SECOND, 11 * SECOND, true],
    ['nor past the read that showed it, by a moment', 10 * SECOND, 11 * SECOND + 1, false],
  ])('C8 without an answer: %s', (_name, readAfter, changedAfter, echo) => {
    const by = reading(SALESFORCE, { readAt: NOON + readAfter });
    const open = intentOf({ state: 'open', answeredAt: null });
    expect(explains(crmRow({ modifiedAt: NOON + changedAfter }), open, by)).toBe(echo);
  });

  it('C8 without an answer, and a vendor that does not tell who did it: in doubt a fact', () => {
    const open = intentOf({ state: 'open', answeredAt: null });
    expect(explains(crmRow({ modifiedBy: 'unknown' }), open)).toBe(false);
    expect(explains(crmRow({ modifiedBy: 'us' }), open)).toBe(true);
  });

  it('C8 a vendor that does not date it: only what was answered explains it', () => {
    expect(explains(crmRow({ modifiedAt: null }), intentOf())).toBe(true);
    expect(explains(crmRow({ modifiedAt: null }), intentOf({ state: 'open', answeredAt: null }))).toBe(false);
  });

  it.each<[string, Partial<Intent>]>([
    ['that rests on no opt-out', { because: [] }],
    ['to another system', { system: AUDIENCE_A1 }],
    ['that a read showed already', { seen: true }],
    ['that changed nothing', { state: 'unchanged' }],
    ['that was refused', { state: 'rejected' }],
    ['of another record', { op: { ...optOutOfContact, record: { type: 'Contact', id: '2' } } }],
    ['of a record of another type with the same id', { op: { ...optOutOfContact, record: { type: 'Lead', id: '1' } } }],
  ])('C8 not a write %s', (_which, more) => {
    expect(explains(crmRow(), intentOf(more))).toBe(false);
  });

  it("C8 never what another user changed, nor the person's own word", () => {
    expect(explains(crmRow({ modifiedBy: 'other' }), intentOf())).toBe(false);
    expect(echoing(crmRow(), IN_CRM, [intentOf()], 'person', 'HasOptedOutOfEmail')).toBeNull();
    expect(echoing(crmRow(), IN_CRM, [intentOf()], 'operator', 'HasOptedOutOfEmail')).not.toBeNull();
  });

  it.each<[string, Op, boolean]>([
    ['the member itself', ofMember('ann@x.org'), true],
    ['another member', ofMember('bob@x.org'), false],
    ['an address that was no member (C20), in another spelling', ofMember(null, 'Ann@X.org'), true],
    ['another address that was no member', ofMember(null, 'bob@x.org'), false],
  ])('C8 opted out: %s', (_which, op, echo) => {
    expect(explains(memberRow('unsubscribed'), intentOf({ system: AUDIENCE_A1, op }), IN_AUDIENCE)).toBe(echo);
  });

  it('C8 C20 a member that was created opted out', () => {
    const created = (email: string): Intent =>
      intentOf({
        system: AUDIENCE_A1,
        op: {
          kind: 'create',
          id: 'op1',
          type: 'member',
          email,
          reference: null,
          fields: {},
          as: 'unsubscribed',
          set: {},
        },
      });
    expect(explains(memberRow('unsubscribed'), created('ann@x.org'), IN_AUDIENCE)).toBe(true);
    expect(explains(memberRow('unsubscribed'), created('bob@x.org'), IN_AUDIENCE)).toBe(false);
  });

  it('C8 no write of fields explains an opt-out', () => {
    const op: Op = {
      kind: 'patch',
      id: 'op1',
      record: { type: 'Contact', id: '1' },
      email: 'ann@x.org',
      fields: {},
      ifVersion: null,
    };
    expect(explains(crmRow(), intentOf({ op }))).toBe(false);
  });
});

describe('C8 a write whose contrary a later read shows explains nothing any more', () => {
  const unticked = crmRow({ values: { HasOptedOutOfEmail: false } });
  const answered = NOON + 2 * SECOND;

  it('C8 unticked again, by a read that began after the answer', () => {
    expect(isRefuted(intentOf(), unticked, IN_CRM)).toBe(true);
    expect(isRefuted(intentOf(), unticked, reading(SALESFORCE, { readAt: answered + 1 }))).toBe(true);
    expect(isRefuted(intentOf(), unticked, reading(SALESFORCE, { readAt: answered }))).toBe(false);
  });

  it('C8 not by a read that shows it, or that cannot show it (C18)', () => {
    expect(isRefuted(intentOf(), crmRow(), IN_CRM)).toBe(false);
    expect(isRefuted(intentOf(), crmRow({ values: {} }), IN_CRM)).toBe(false);
    expect(isRefuted(intentOf(), unticked, reading(SALESFORCE, { consentFields: {} }))).toBe(false);
  });

  it('C4 C8 only the fields count that it wrote', () => {
    const other = { field: 'Newsletter_Opt_Out__c', optedOutWhen: true, write: true } as const;
    const by = reading(SALESFORCE, { consentFields: { Contact: [other, OPT_OUT] } });
    const row = (written: boolean, unwritten: boolean): Row =>
      crmRow({ values: { HasOptedOutOfEmail: written, Newsletter_Opt_Out__c: unwritten } });
    expect(isRefuted(intentOf(), row(true, false), by)).toBe(false);
    expect(isRefuted(intentOf(), row(false, true), by)).toBe(true);
  });

  it.each<[string, Partial<Intent>]>([
    ['that was seen', { seen: true }],
    ['that nobody answered', { state: 'open' }],
    ['that was refused', { state: 'rejected' }],
    ['of which nobody knows when it was answered', { answeredAt: null }],
    ['to another record', { op: { ...optOutOfContact, record: { type: 'Contact', id: '2' } } }],
    [
      'that was no opt-out',
      { op: { ...optOutOfContact, kind: 'clear', record: { type: 'Contact', id: '1' }, ifVersion: null } },
    ],
  ])('C8 not a write %s', (_which, more) => {
    expect(isRefuted(intentOf(more), unticked, IN_CRM)).toBe(false);
  });

  it.each([
    ['subscribed', true],
    ['non-subscribed', true],
    ['unsubscribed', false],
    ['pending', false],
    ['archived', false],
    ['undeliverable', false],
  ] as const)('C8 a member that shows %s: %s', (status, refuted) => {
    const intent = intentOf({ system: AUDIENCE_A1, op: ofMember('ann@x.org') });
    expect(isRefuted(intent, memberRow(status), IN_AUDIENCE)).toBe(refuted);
  });
});

describe('C8 an answer that shows that nothing was done', () => {
  it('C8 denies an opt-out whose state it shows, and only that', () => {
    const optOut = ofMember('ann@x.org');
    expect(isDenied(optOut, memberRow('subscribed'), {})).toBe(true);
    expect(isDenied(optOut, memberRow('unsubscribed'), {})).toBe(false);
    const patch: Op = {
      kind: 'patch',
      id: 'op1',
      record: { type: 'member', id: 'ann@x.org' },
      email: 'ann@x.org',
      fields: {},
      ifVersion: null,
    };
    expect(isDenied(patch, memberRow('subscribed'), {})).toBe(false);
  });
});
