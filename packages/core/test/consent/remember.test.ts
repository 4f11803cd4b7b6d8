import type { MemberState, Row } from '@heed/contract';
import { describe, expect, it } from 'vitest';
import { differs, shadowOf } from '../../src/consent/remember.ts';
import type { Shadow, Stay } from '../../src/state/shadow.ts';
import {
  AUDIENCE_A1,
  crmRow,
  memberRow,
  memberState,
  NOON,
  OPT_OUT,
  reading,
  SALESFORCE,
  shadowOfAnn,
} from './made-up.ts';
import { HOUR_MS, key } from './story.ts';

const ANN = key('ann@x.org');
const NEW = key('ann@new.org');
const IN_CRM = reading(SALESFORCE);
const IN_AUDIENCE = reading(AUDIENCE_A1);
const NOW = IN_CRM.readAt;

const ofRecord = (row: Row, before: Shadow | null = shadowOfAnn(), by = IN_CRM): Shadow =>
  shadowOf(row, before, by, ANN);
const member = (state: MemberState | null, more: Partial<Shadow> = {}): Shadow =>
  shadowOfAnn({ system: AUDIENCE_A1, record: { type: 'member', id: 'ann@x.org' }, values: {}, member: state, ...more });
const ofMember = (row: Row, before: Shadow | null): Shadow => shadowOf(row, before, IN_AUDIENCE, ANN);

describe('C7 what is remembered of a member', () => {
  const optIn = { at: NOON, proof: 'signup' };

  it('C7 evidence of an opt-in stays known while the member stays subscribed, and no longer', () => {
    const known = member(memberState('subscribed', { optIn }));
    expect(ofMember(memberRow('subscribed'), known).member?.optIn).toEqual(optIn);
    const newer = { at: NOON + HOUR_MS, proof: 'form' };
    const row = memberRow('subscribed', { member: memberState('subscribed', { optIn: newer }) });
    expect(ofMember(row, known).member?.optIn).toEqual(newer);
    expect(ofMember(memberRow('unsubscribed'), known).member?.optIn).toBeNull();
    // Whoever bounces has signed up all the same (C10).
    const bounced = ofMember(memberRow('undeliverable'), known);
    expect(bounced.member?.optIn).toEqual(optIn);
    expect(ofMember(memberRow('subscribed'), bounced).member?.optIn).toEqual(optIn);
    const gone = member(memberState('unsubscribed', { optIn }));
    expect(ofMember(memberRow('subscribed'), gone).member?.optIn).toBeNull();
    expect(ofMember(memberRow('subscribed'), null).member?.optIn).toBeNull();
  });

  it('C10 a complaint is never forgotten, also when the vendor no longer shows it', () => {
    const before = member(memberState('unsubscribed', { complaint: true }));
    expect(ofMember(memberRow('subscribed'), before).member?.complaint).toBe(true);
    const fresh = memberRow('unsubscribed', { member: memberState('unsubscribed', { complaint: true }) });
    expect(ofMember(fresh, member(memberState('subscribed'))).member?.complaint).toBe(true);
    expect(ofMember(memberRow('unsubscribed'), member(memberState('subscribed'))).member?.complaint).toBe(false);
    expect(ofMember(memberRow('unsubscribed'), null).member?.complaint).toBe(false);
  });

  it('C7 archived or gone in between is remembered from when it was first seen, until the next opt-out', () => {
    const archived = ofMember(memberRow('archived'), member(memberState('subscribed')));
    expect(archived.archivedSince).toBe(NOW);
    const still = reading(AUDIENCE_A1, { readAt: NOW + HOUR_MS });
    expect(shadowOf(memberRow('archived'), archived, still, ANN).archivedSince).toBe(NOW);
    expect(shadowOf(memberRow('pending'), archived, still, ANN).archivedSince).toBe(NOW);
    expect(shadowOf(memberRow('unsubscribed'), archived, still, ANN).archivedSince).toBeNull();
    expect(ofMember(memberRow('pending'), member(memberState('subscribed'))).archivedSince).toBeNull();
    expect(ofMember(memberRow('pending'), null).archivedSince).toBeNull();
  });

  it('C7 C12a a member that is back counts as gone in between; a CRM record does not', () => {
    const vanished = member(memberState('subscribed'), { life: { kind: 'vanished' } });
    expect(ofMember(memberRow('pending'), vanished).archivedSince).toBe(NOW);
    expect(ofRecord(crmRow(), shadowOfAnn({ life: { kind: 'deleted' } })).archivedSince).toBeNull();
  });

  it('only a CRM has fields that a read may lack', () => {
    expect('sights' in ofMember(memberRow('subscribed'), null)).toBe(false);
    expect('sights' in ofRecord(crmRow())).toBe(true);
  });
});

describe('what is remembered of a record', () => {
  it('C15 C16 a dead row keeps the address that it no longer shows, a live one says that it has none', () => {
    const bare = { email: null };
    expect(ofRecord(crmRow({ ...bare, life: { kind: 'deleted' } })).email).toBe('ann@x.org');
    expect(ofRecord(crmRow({ ...bare, life: { kind: 'deleted' } }), null).email).toBeNull();
    expect(ofRecord(crmRow(bare)).email).toBeNull();
    expect(ofRecord(crmRow({ email: 'Ann@X.org' })).email).toBe('Ann@X.org');
  });

  it('Words: what a read does not show stays as it was (silence is not a fact)', () => {
    const before = shadowOfAnn({
      values: { FirstName: 'Ann', HasOptedOutOfEmail: false },
      member: memberState('subscribed'),
      reference: 'heed-1',
      modifiedAt: NOON,
      lists: { '701': true, '702': true },
    });
    const row = crmRow({ values: { HasOptedOutOfEmail: true }, modifiedAt: null, lists: ['702'] });
    expect(ofRecord(row, before, reading(SALESFORCE, { lists: ['702', '703'] }))).toMatchObject({
      values: { FirstName: 'Ann', HasOptedOutOfEmail: true },
      member: { status: 'subscribed' },
      reference: 'heed-1',
      modifiedAt: NOON,
      lists: { '701': true, '702': true, '703': false },
    });
    const quiet = ofRecord(crmRow({ lists: null }), before, reading(SALESFORCE, { lists: ['701'] }));
    expect(quiet.lists).toEqual({ '701': true, '702': true });
    expect(ofRecord(crmRow({ lists: [] }), before, reading(SALESFORCE, { lists: null })).lists).toEqual(quiet.lists);
    expect(ofRecord(crmRow({ modifiedAt: null }), null)).toMatchObject({
      modifiedAt: null,
      reference: null,
      member: null,
    });
    expect(ofRecord(crmRow({ reference: 'heed-2' }), before).reference).toBe('heed-2');
    expect(ofRecord(crmRow({ modifiedAt: NOON + 5 }), before).modifiedAt).toBe(NOON + 5);
  });

  it('when it was first and last seen, whatever order the reads come in', () => {
    const before = shadowOfAnn();
    expect(ofRecord(crmRow(), before)).toMatchObject({ firstReadAt: before.firstReadAt, lastReadAt: NOW });
    expect(ofRecord(crmRow(), null)).toMatchObject({ firstReadAt: NOW, lastReadAt: NOW });
    const later = shadowOfAnn({ lastReadAt: NOW + 1 });
    expect(ofRecord(crmRow(), later).lastReadAt).toBe(NOW + 1);
  });

  it('C16 since when it is deleted, merged or restored', () => {
    const deleted = ofRecord(crmRow({ life: { kind: 'deleted' } }));
    expect(deleted.lifeChangedAt).toBe(NOW);
    const again = reading(SALESFORCE, { readAt: NOW + 1 });
    expect(ofRecord(crmRow({ life: { kind: 'deleted' } }), deleted, again).lifeChangedAt).toBe(NOW);
    expect(ofRecord(crmRow(), deleted, again).lifeChangedAt).toBe(NOW + 1);
    expect(ofRecord(crmRow({ life: { kind: 'deleted' } }), null).lifeChangedAt).toBeNull();
    expect(ofRecord(crmRow()).lifeChangedAt).toBeNull();
  });
});

describe('C18 when a consent field was shown last', () => {
  const hidden = crmRow({ values: {} });

  it('C18 shown by this read: null; lacking: by the read before; never shown: nothing is remembered', () => {
    expect(ofRecord(crmRow()).sights).toEqual({ HasOptedOutOfEmail: null });
    const once = ofRecord(hidden).sights;
    expect(once).toEqual({ HasOptedOutOfEmail: { readAt: NOON - HOUR_MS, stay: 0 } });
    expect(ofRecord(hidden, shadowOfAnn({ sights: once ?? {} })).sights).toEqual(once);
    expect(ofRecord(hidden, shadowOfAnn({ sights: {}, values: {} })).sights).toEqual({});
    expect(ofRecord(hidden, null).sights).toEqual({});
  });

  it('C18 also for a field that this read did not ask for', () => {
    const other = reading(SALESFORCE, { consentFields: {} });
    expect(ofRecord(hidden, shadowOfAnn(), other).sights).toEqual({
      HasOptedOutOfEmail: { readAt: NOON - HOUR_MS, stay: 0 },
    });
    expect(ofRecord(crmRow({ record: { type: 'Lead', id: '1' } }), null, other).sights).toEqual({});
  });

  it('C18 a shadow of an older version, which noted no sights, showed what it has values of', () => {
    const { sights: _none, ...old } = shadowOfAnn();
    const custom = { ...OPT_OUT, field: 'Newsletter_Opt_Out__c' };
    const by = reading(SALESFORCE, { consentFields: { Contact: [OPT_OUT, custom] } });
    expect(ofRecord(hidden, old, by).sights).toEqual({ HasOptedOutOfEmail: { readAt: NOON - HOUR_MS, stay: 0 } });
  });
});

describe('C15 C16 every address it had', () => {
  const stays = (row: Row, before: readonly Stay[] | null, address: typeof ANN | null = ANN): readonly Stay[] =>
    shadowOf(row, before === null ? null : shadowOfAnn({ stays: before }), IN_CRM, address).stays;
  const live: Stay = { address: ANN, from: null, until: null };
  const dead = { life: { kind: 'deleted' } } as const;

  it('C15 first seen there, still there, moved on', () => {
    expect(stays(crmRow(), null)).toEqual([live]);
    expect(stays(crmRow(), [live])).toEqual([live]);
    expect(stays(crmRow(), [live], NEW)).toEqual([
      { ...live, until: NOON },
      { address: NEW, from: NOON - HOUR_MS, until: null },
    ]);
    const older = { address: NEW, from: 1, until: 2 };
    expect(stays(crmRow(), [older, live], NEW)[0]).toEqual(older);
  });

  it('C15 it left at the latest when it was modified, or when it was read', () => {
    const leaves = (modifiedAt: number | null): number | null | undefined =>
      stays(crmRow({ modifiedAt }), [live], NEW)[0]?.until;
    expect(leaves(NOON)).toBe(NOON);
    expect(leaves(NOW + 1)).toBe(NOW);
    expect(leaves(null)).toBe(NOW);
  });

  it('C15 without an address it has left, and is nowhere', () => {
    expect(stays(crmRow(), [live], null)).toEqual([{ ...live, until: NOON }]);
    expect(stays(crmRow(), [{ ...live, until: NOON }], null)).toEqual([{ ...live, until: NOON }]);
    expect(stays(crmRow(), null, null)).toEqual([]);
  });

  it('C16 dead it has left; seen dead again nothing changes; restored it is back, at the earliest since the last read', () => {
    const left = [{ ...live, until: NOON }];
    expect(stays(crmRow(dead), [live])).toEqual(left);
    expect(stays(crmRow(dead), left)).toEqual(left);
    expect(stays(crmRow(), left)).toEqual([...left, { address: ANN, from: NOON - HOUR_MS, until: null }]);
  });

  it('C16 dead when first seen: it was there once', () => {
    expect(stays(crmRow(dead), null)).toEqual([{ address: ANN, from: null, until: NOON }]);
  });

  it('C15 dead at another address than it was last seen at: it was there once, and its opt-out with it', () => {
    const gone = { address: NEW, from: NOON - HOUR_MS, until: NOON };
    expect(stays(crmRow(dead), [live], NEW)).toEqual([{ ...live, until: NOON }, gone]);
    expect(stays(crmRow(dead), [{ ...live, until: NOON }], NEW)).toEqual([{ ...live, until: NOON }, gone]);
  });
});

describe('what makes an address worth deciding again', () => {
  const before = shadowOfAnn({ member: memberState('subscribed'), lists: { '701': true } });

  it.each<[string, Partial<Shadow>, boolean]>([
    ['another address', { address: NEW }, true],
    ['another spelling of the address', { email: 'Ann@x.org' }, true],
    ['another life', { life: { kind: 'deleted' } }, true],
    ['another reference', { reference: 'heed-1' }, true],
    ['another status', { member: memberState('pending') }, true],
    ['another value', { values: { HasOptedOutOfEmail: true } }, true],
    ['a value that was not known', { values: { HasOptedOutOfEmail: false, FirstName: 'Ann' } }, true],
    ['another list', { lists: { '701': false } }, true],
    ['no member any more', { member: null }, true],
    ['the same read later', { lastReadAt: NOW, seenAt: NOW, modifiedAt: NOW, version: '2' }, false],
  ])('%s: %s', (_what, more, worth) => {
    expect(differs(before, { ...before, ...more })).toBe(worth);
  });

  it('C16 that another record carries it on than before; the same one is no news', () => {
    const carriedOnBy = (id: string) => shadowOfAnn({ life: { kind: 'continued', as: { type: 'Contact', id } } });
    expect(differs(carriedOnBy('2'), carriedOnBy('2'))).toBe(false);
    expect(differs(carriedOnBy('2'), carriedOnBy('3'))).toBe(true);
    expect(differs(shadowOfAnn(), carriedOnBy('2'))).toBe(true);
  });

  it('several values are compared as values', () => {
    const one = shadowOfAnn({ values: { Topics__c: ['a', 'b'] } });
    expect(differs(one, shadowOfAnn({ values: { Topics__c: ['a', 'b'] } }))).toBe(false);
    expect(differs(one, shadowOfAnn({ values: { Topics__c: ['b', 'a'] } }))).toBe(true);
  });
});
