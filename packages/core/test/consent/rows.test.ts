import type { MemberState, Row } from '@heed/contract';
import { describe, expect, it } from 'vitest';
import { type Observation, type Observer, observe, sourceOf } from '../../src/consent/observe.ts';
import type { Shadow } from '../../src/state/shadow.ts';
import type { Intent } from '../../src/state/store.ts';
import {
  AUDIENCE_A1,
  AUDIENCE_SOURCE,
  CRM_SOURCE,
  crmRow,
  intentOf,
  memberRow,
  memberState,
  NOON,
  OPT_OUT,
  optOutOfContact,
  reading,
  SALESFORCE,
  shadowOfAnn,
} from './made-up.ts';
import { HOUR_MS, key } from './story.ts';

/** One row, what was known before, and what it says. */
const record = (row: Row, before: Shadow | null = shadowOfAnn(), more: Partial<Observer> = {}): Observation =>
  observe(row, before, [], reading(SALESFORCE, more));

const was = (state: MemberState, more: Partial<Shadow> = {}): Shadow =>
  shadowOfAnn({ system: AUDIENCE_A1, record: { type: 'member', id: 'ann@x.org' }, values: {}, member: state, ...more });
const member = (state: MemberState, before: Shadow | null = null, more: Partial<Observer> = {}): Observation =>
  observe(memberRow(state.status, { member: state }), before, [], reading(AUDIENCE_A1, more));
const said = ({ facts }: Observation) => facts.map((fact) => [fact.says, fact.by, fact.proof]);

const AT = NOON - 30 * 60_000;
const EVIDENCE = { at: AT, proof: 'signup' };
const subscribed = (optIn: MemberState['optIn'] = null): MemberState => memberState('subscribed', { optIn });

describe('Words: a fact, whole', () => {
  it('Words: who said what, where, when and with which evidence', () => {
    const row = crmRow({ modifiedBy: 'other', modifiedByUser: '005x' });
    expect(record(row).facts).toEqual([
      {
        address: key('ann@x.org'),
        topic: '*',
        source: CRM_SOURCE,
        says: 'opted-out',
        by: 'unknown',
        complaint: false,
        when: { from: NOON - HOUR_MS, until: NOON, exact: false },
        record: { type: 'Contact', id: '1' },
        proof: null,
        echoOf: null,
        run: 'r',
        user: '005x',
      },
    ]);
    expect(record(crmRow(), null, { run: null }).facts).toMatchObject([
      { run: null, user: null, when: { from: null } },
    ]);
    expect(sourceOf(AUDIENCE_A1, 'status')).toEqual(AUDIENCE_SOURCE);
  });

  it('C18 it is dated from the last read that could show the field', () => {
    const earlier = { readAt: NOON - 5 * HOUR_MS, stay: 0 };
    const before = shadowOfAnn({ sights: { HasOptedOutOfEmail: earlier } });
    expect(record(crmRow(), before).facts[0]?.when.from).toBe(earlier.readAt);
  });
});

describe('C15 C16 about which address it is', () => {
  const addresses = ({ facts }: Observation) => facts.map((fact) => fact.address);
  const stays = [
    { address: key('a@x.org'), from: null, until: 1 },
    { address: key('b@x.org'), from: 1, until: 2 },
    { address: key('c@x.org'), from: 2, until: null },
  ];
  const moved = (sight: { readAt: number; stay: number } | null): Shadow =>
    shadowOfAnn({
      address: key('c@x.org'),
      stays,
      ...(sight === null ? {} : { sights: { HasOptedOutOfEmail: sight } }),
    });

  it('C15 C18 every address since the field was last shown, each once', () => {
    const now = crmRow({ email: 'd@x.org' });
    expect(addresses(record(now, moved({ readAt: 3, stay: 2 })))).toEqual(['d@x.org', 'c@x.org']);
    expect(addresses(record(now, moved({ readAt: 2, stay: 1 })))).toEqual(['d@x.org', 'c@x.org', 'b@x.org']);
    expect(addresses(record(now, moved({ readAt: 1, stay: 0 })))).toEqual(['d@x.org', 'c@x.org', 'a@x.org', 'b@x.org']);
    expect(addresses(record(now, moved({ readAt: 0, stay: -1 })))).toEqual([
      'd@x.org',
      'c@x.org',
      'a@x.org',
      'b@x.org',
    ]);
  });

  it('C15 C18 in doubt, every address it ever had', () => {
    const never = shadowOfAnn({ address: key('c@x.org'), stays, sights: {}, values: {} });
    expect(addresses(record(crmRow({ email: 'c@x.org' }), never))).toEqual(['c@x.org', 'a@x.org', 'b@x.org']);
  });

  it('C15 C16 a dead row without an address speaks about its last one, and one that never had any about itself', () => {
    const dead = crmRow({ email: null, life: { kind: 'deleted' } });
    expect(record(dead).shadow.address).toBe('ann@x.org');
    expect(addresses(record(dead))).toEqual(['ann@x.org']);
    expect(record(dead, null).shadow.address).toBe('salesforce:Contact/1');
    expect(record(dead, shadowOfAnn({ address: null })).shadow.address).toBe('salesforce:Contact/1');
    expect(record(crmRow({ email: null })).shadow.address).toBe('salesforce:Contact/1');
  });

  it('C15 a member without an address speaks about nobody', () => {
    const row = memberRow('unsubscribed', { email: null });
    const seen = observe(row, null, [], reading(AUDIENCE_A1));
    expect([seen.facts, seen.shadow.address]).toEqual([[], null]);
  });
});

describe('C7 what an opt-in is worth', () => {
  it('C7 evidence counts once, also for a member already subscribed, and only where the vendor has any', () => {
    expect(said(member(subscribed(EVIDENCE), was(subscribed())))).toEqual([['opted-in', 'person', 'signup']]);
    expect(said(member(subscribed(EVIDENCE), was(subscribed(EVIDENCE))))).toEqual([]);
    expect(said(member(subscribed(EVIDENCE), was(subscribed({ ...EVIDENCE, at: AT - 1 }))))).toHaveLength(1);
    expect(said(member(subscribed(EVIDENCE), null))).toEqual([['opted-in', 'person', 'signup']]);
    expect(said(member(subscribed(EVIDENCE), was(subscribed()), { proofs: ['pending-then-subscribed'] }))).toEqual([]);
  });

  it('C7 C10 the sign-up of somebody who bounced since counts, once', () => {
    const bounced = memberState('undeliverable', { optIn: EVIDENCE });
    const signedUp = ['opted-in', 'person', 'signup'];
    expect(said(member(bounced, was(subscribed())))).toEqual([['undeliverable', 'unknown', null], signedUp]);
    expect(said(member(bounced, was(bounced)))).toEqual([]);
    expect(said(member(memberState('undeliverable'), was(bounced)))).toEqual([]);
  });

  it('C7 evidence known before the member left and came back counts again', () => {
    const left = memberState('unsubscribed', { optIn: EVIDENCE });
    expect(said(member(subscribed(EVIDENCE), was(left)))).toEqual([['opted-in', 'person', 'signup']]);
  });

  it('C7 it has the time of the act', () => {
    expect(member(subscribed(EVIDENCE), was(subscribed())).facts[0]?.when).toEqual({
      from: AT,
      until: AT,
      exact: true,
    });
    const since = memberState('subscribed', { since: AT });
    expect(member(since, was(memberState('pending'))).facts[0]?.when.until).toBe(AT);
    expect(member(since, was(memberState('unsubscribed'))).facts[0]?.when.exact).toBe(false);
  });

  it('C7 archived in between it proves nothing, however it came about', () => {
    const gone = { archivedSince: NOON - HOUR_MS };
    expect(said(member(subscribed(EVIDENCE), was(memberState('unsubscribed'), gone)))).toEqual([
      ['opted-in', 'person', null],
    ]);
    expect(said(member(subscribed(), was(memberState('pending'), gone)))).toEqual([['opted-in', 'unknown', null]]);
  });

  it('C7 pending became subscribed: proven where the vendor’s section of the rule says so', () => {
    const pending = was(memberState('pending'));
    expect(said(member(subscribed(), pending))).toEqual([['opted-in', 'person', 'pending became subscribed']]);
    expect(said(member(subscribed(), pending, { proofs: ['own-event'] }))).toEqual([['opted-in', 'unknown', null]]);
    expect(said(member(subscribed(), was(memberState('non-subscribed'))))).toEqual([['opted-in', 'unknown', null]]);
  });

  it('C7 subscribed when first seen, and subscribed as before, say nothing', () => {
    expect(said(member(subscribed()))).toEqual([]);
    expect(said(member(subscribed(), was(subscribed())))).toEqual([]);
    expect(said(member(subscribed(), shadowOfAnn({ system: AUDIENCE_A1 })))).toEqual([]);
  });
});

describe('C10 complaints', () => {
  const complained = (status: MemberState['status'], more: Partial<MemberState> = {}): MemberState =>
    memberState(status, { complaint: true, ...more });
  const outs = ({ facts }: Observation) =>
    facts.filter((fact) => fact.says === 'opted-out').map((fact) => [fact.by, fact.complaint, fact.when.exact]);

  it('C10 dated where the vendor dates it', () => {
    expect(outs(member(complained('archived', { since: AT })))).toEqual([['person', true, true]]);
    expect(outs(member(complained('archived')))).toEqual([['person', true, false]]);
  });

  it('C10 a complaint of an unsubscribed member that somebody else unsubscribed is one more opt-out, by the person', () => {
    const operator = was(memberState('unsubscribed', { by: 'operator' }));
    expect(outs(member(complained('unsubscribed', { by: 'operator' }), operator))).toEqual([['person', true, false]]);
  });

  it('C10 unsubscribed after an old complaint is a new opt-out without its date', () => {
    const before = was(complained('subscribed'));
    expect(outs(member(complained('unsubscribed', { by: 'person', since: AT }), before))).toEqual([
      ['person', false, false],
    ]);
  });

  it('Words: a person’s word after somebody else’s is news, after their own it is not', () => {
    const by = (actor: MemberState['by']) => memberState('unsubscribed', { by: actor });
    expect(outs(member(by('person'), was(by('operator'))))).toHaveLength(1);
    expect(outs(member(by('person'), was(by('person'))))).toHaveLength(0);
    expect(outs(member(by('unknown'), was(by('operator'))))).toHaveLength(0);
    expect(outs(member(memberState('unsubscribed', { since: AT })))).toEqual([['unknown', false, true]]);
  });
});

describe('C8 what a row does to our intents', () => {
  const seenBy = (row: Row, intents: readonly Intent[], before: Shadow = shadowOfAnn()): Observation =>
    observe(row, before, intents, reading(SALESFORCE));

  it('C8 an echo names the origin of the write, and the write is explained once', () => {
    const custom = { ...OPT_OUT, field: 'Newsletter_Opt_Out__c' };
    const by = reading(SALESFORCE, { consentFields: { Contact: [OPT_OUT, custom] } });
    const row = crmRow({ values: { HasOptedOutOfEmail: true, Newsletter_Opt_Out__c: true } });
    const intent = intentOf({ because: [7, 8] });
    const seen = observe(row, shadowOfAnn(), [intent], by);
    expect(seen.facts.map((fact) => fact.echoOf)).toEqual([7, 7]);
    expect(seen.explained).toEqual([intent]);
  });

  it('C8 a write whose contrary is shown is used up as well', () => {
    const unticked = crmRow({ values: { HasOptedOutOfEmail: false } });
    const other = intentOf({ id: 'op2', op: { ...optOutOfContact, record: { type: 'Contact', id: '2' } } });
    const one = intentOf();
    expect(seenBy(unticked, [other, one]).explained).toEqual([one]);
  });

  it('C8 an opt-in is no echo of our opt-out, and a complaint is none', () => {
    const unticked = crmRow({ values: { HasOptedOutOfEmail: false } });
    const ticked = shadowOfAnn({ values: { HasOptedOutOfEmail: true } });
    expect(seenBy(unticked, [intentOf()], ticked).facts).toMatchObject([{ says: 'opted-in', echoOf: null }]);
    const op = { ...optOutOfContact, record: { type: 'member', id: 'ann@x.org' }, set: {} };
    const row = memberRow('unsubscribed', { member: memberState('unsubscribed', { complaint: true }) });
    const seen = observe(row, null, [intentOf({ system: AUDIENCE_A1, op })], reading(AUDIENCE_A1));
    expect(seen.facts).toMatchObject([{ complaint: true, echoOf: null }]);
    expect(seen.explained).toEqual([]);
  });
});

describe('C4 C18 C19 what a field of a record says', () => {
  const OPT_IN = { field: 'Newsletter_Opt_In__c', optedOutWhen: false, write: false } as const;
  const says = (was: Shadow | null, now: Row['values'], optInField: string | null = null): readonly string[] =>
    observe(
      crmRow({ values: now }),
      was,
      [],
      reading(SALESFORCE, { optInField, consentFields: { Contact: [optInField === null ? OPT_OUT : OPT_IN] } }),
    ).facts.map((fact) => `${fact.says} ${fact.by}`);
  const ticked = shadowOfAnn({ values: { HasOptedOutOfEmail: true } });
  const unread = shadowOfAnn({ values: {} });

  it.each<[string, Shadow | null, Row['values'], readonly string[]]>([
    ['ticked', shadowOfAnn(), { HasOptedOutOfEmail: true }, ['opted-out unknown']],
    ['ticked when first read', null, { HasOptedOutOfEmail: true }, ['opted-out unknown']],
    ['ticked when first readable', unread, { HasOptedOutOfEmail: true }, ['opted-out unknown']],
    ['ticked as before', ticked, { HasOptedOutOfEmail: true }, []],
    ['unticked', ticked, { HasOptedOutOfEmail: false }, ['opted-in unknown']],
    ['not ticked when first readable', unread, { HasOptedOutOfEmail: false }, []],
    ['not ticked when first read', null, { HasOptedOutOfEmail: false }, []],
    ['hidden', ticked, {}, []],
    ['a value that the profile does not list', ticked, { HasOptedOutOfEmail: 'x' }, []],
  ])('C4 C18 %s', (_what, before, now, facts) => {
    expect(says(before, now)).toEqual(facts);
  });

  it('C19 optInField: only a given consent that turns false is an opt-out, and nothing of it is an opt-in', () => {
    const gave = shadowOfAnn({ values: { Newsletter_Opt_In__c: true } });
    const not = shadowOfAnn({ values: { Newsletter_Opt_In__c: false } });
    expect(says(gave, { Newsletter_Opt_In__c: false }, 'Newsletter_Opt_In__c')).toEqual(['opted-out operator']);
    expect(says(unread, { Newsletter_Opt_In__c: false }, 'Newsletter_Opt_In__c')).toEqual([]);
    expect(says(gave, { Newsletter_Opt_In__c: true }, 'Newsletter_Opt_In__c')).toEqual([]);
    expect(says(not, { Newsletter_Opt_In__c: true }, 'Newsletter_Opt_In__c')).toEqual([]);
  });
});

describe('what makes an address worth deciding again', () => {
  const again = crmRow({ values: { HasOptedOutOfEmail: false } });

  it('the first sight, a fact, or a difference; not the same state read again', () => {
    expect(record(again).changed).toBe(false);
    expect(record(again, null).changed).toBe(true);
    expect(record(crmRow()).changed).toBe(true);
    expect(record(crmRow({ values: { FirstName: 'Ann' } })).changed).toBe(true);
    const evidence = member(subscribed(EVIDENCE), was(subscribed(), { email: 'ann@x.org' }));
    expect(evidence.changed).toBe(true);
  });
});
