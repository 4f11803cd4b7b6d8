import { describe, expect, it } from 'vitest';
import type { Case } from '../../src/consent/decide.ts';
import type { Decision, Fact } from '../../src/consent/fact.ts';
import type { AddressKey } from '../../src/identity/address.ts';
import { consentCase, fieldsToSet, isBarred, isInLists, needsEvidence } from '../../src/plan/consent-case.ts';
import { surroundingsOf } from '../../src/plan/neighbours.ts';
import type { View } from '../../src/plan/view.ts';
import type { Neighbourhood, SetAside } from '../../src/state/store.ts';
import { AUDIENCE_SOURCE, CRM_SOURCE, factOf, NOON } from '../consent/made-up.ts';
import { HOUR_MS, key, type Rules } from '../consent/story.ts';
import { at, contact, hoodOf, lead, member, movedFrom, viewWith } from './hood.ts';

const ANN = key('ann@x.org');
const caseFor = (hood: Partial<Neighbourhood>, view = viewWith(), address: AddressKey = ANN): Case =>
  consentCase(address, surroundingsOf(hoodOf(hood), view)(address), view).one;
const withFacts = (facts: readonly Fact[], ...decisions: readonly Decision[]) => ({
  ledger: { facts, decisions: decisions.map((one, i) => ({ ...one, n: 90 + i })) },
});
const aside = (more: Partial<SetAside>): SetAside => ({
  address: ANN,
  side: 'marketing',
  record: null,
  field: null,
  rule: 'C0.5',
  message: 'Member In Compliance State',
  write: null,
  attempts: 1,
  retryAt: null,
  ...more,
});

describe('what table C0 is told about a record', () => {
  const viewOfRecord = (hood: Partial<Neighbourhood>, view = viewWith()) => caseFor(hood, view).records[0];
  const alsoStandard: Rules = {
    customField: { field: 'Newsletter_Opt_Out__c', optedOutWhen: ['No mail'], write: 'No mail', alsoStandard: true },
  };
  const values = (standard: boolean | string | undefined, custom: string | null | undefined) => ({
    ...(standard === undefined ? {} : { HasOptedOutOfEmail: standard }),
    ...(custom === undefined ? {} : { Newsletter_Opt_Out__c: custom }),
  });

  it.each<[boolean | string | undefined, string | null | undefined, string, boolean]>([
    [true, 'No mail', 'opted-out', false],
    [true, undefined, 'opted-out', true],
    [false, 'No mail', 'opted-out', true],
    [undefined, null, 'unreadable', true],
    ['odd', undefined, 'unreadable', true],
    ['odd', null, 'unlisted', true],
    [false, null, 'not-opted-out', true],
  ])('C4 C18 the strictest of its fields: %s and %s are %s', (standard, custom, reading, canBeSet) => {
    const one = viewOfRecord({ shadows: [contact('1', { values: values(standard, custom) })] }, viewWith(alsoStandard));
    expect(one).toMatchObject({ reading, canBeSet });
  });

  it('C18 a record type without any opt-out field is unreadable, never "not opted out"', () => {
    const view = viewWith();
    const bare: View = { ...view, settings: { ...view.settings, optOutFields: {}, barrierFields: {} } };
    expect(viewOfRecord({ shadows: [contact()] }, bare)).toMatchObject({ reading: 'unreadable', canBeSet: false });
    expect(fieldsToSet(contact(), bare)).toEqual([]);
    expect(isBarred(contact(), bare)).toBe(false);
  });

  it('C18 a field that is hidden from us now says nothing, whatever it said before; one that is only read-only does', () => {
    const view = viewWith();
    const gap = { type: 'Contact', field: 'HasOptedOutOfEmail', hidden: true, fix: 'grant' };
    const says = (more: Partial<typeof gap>) =>
      viewOfRecord({ shadows: [contact()] }, { ...view, gaps: [{ ...gap, ...more }] })?.reading;
    expect(says({})).toBe('unreadable');
    expect(says({ hidden: false })).toBe('not-opted-out');
    expect(says({ field: 'Other__c' })).toBe('not-opted-out');
    expect(says({ type: 'Lead' })).toBe('not-opted-out');
    const two = { ...viewWith(alsoStandard), gaps: [gap] };
    expect(viewOfRecord({ shadows: [contact('1', { values: values(true, null) })] }, two)?.reading).toBe('unreadable');
  });

  it('C0 only live records of this address, and of the types of the profile', () => {
    const shadows = [
      contact('1'),
      contact('2', at('bob@x.org')),
      contact('3', { life: { kind: 'deleted' } }),
      lead('4'),
    ];
    const only = (view: View) => caseFor({ shadows }, view).records.map(({ record }) => record.id);
    expect(only(viewWith())).toEqual(['1', '4']);
    expect(only(viewWith({}, { crm: { connection: 'salesforce', records: ['Lead'], lists: null } }))).toEqual(['4']);
  });

  it('C5 in the lists, if it is in one of them, or if the profile names none', () => {
    const lists = viewWith({ lists: ['701', '702'] });
    expect(isInLists(contact('1', { lists: { '702': true } }), lists)).toBe(true);
    expect(isInLists(contact('1', { lists: { '701': false, '703': true } }), lists)).toBe(false);
    expect(isInLists(contact(), lists)).toBe(false);
    expect(isInLists(contact(), viewWith())).toBe(true);
  });

  describe('C6 whether it was ticked by itself', () => {
    const on = { record: { type: 'Contact', id: '1' } };
    it.each<[string, Partial<Fact>, boolean]>([
      ['a tick on it', on, true],
      ['a tick on another record', { record: { type: 'Contact', id: '2' } }, false],
      ['our own write (C8)', { ...on, echoOf: 7 }, false],
      ['a consent that turned false (C19)', { ...on, source: { ...CRM_SOURCE, field: 'Newsletter_Opt_In__c' } }, false],
      ['what marketing said', { ...on, source: AUDIENCE_SOURCE }, false],
    ])('C6 %s: %s', (_what, more, wasTicked) => {
      const view = viewWith({ basis: 'consent', optInField: 'Newsletter_Opt_In__c' });
      expect(viewOfRecord({ shadows: [contact()], ...withFacts([factOf(1, more)]) }, view)?.wasTicked).toBe(wasTicked);
    });

    it('C6 C7 not if that was lifted', () => {
      const optIn = factOf(2, {
        source: AUDIENCE_SOURCE,
        says: 'opted-in',
        by: 'person',
        proof: 'signup',
        when: { from: NOON + HOUR_MS, until: NOON + HOUR_MS, exact: true },
      });
      expect(viewOfRecord({ shadows: [contact()], ...withFacts([factOf(1, on), optIn]) })?.wasTicked).toBe(false);
    });
  });

  it('C7 edited since then by anybody but us, in doubt yes', () => {
    const edited = (modifiedAt: number | null, modifiedBy: 'us' | 'other' | 'unknown') =>
      viewOfRecord({ shadows: [contact('1', { modifiedAt, modifiedBy })] })?.editedSince(NOON);
    expect(edited(NOON + 1, 'other')).toBe(true);
    expect(edited(NOON, 'other')).toBe(false);
    expect(edited(NOON + 1, 'unknown')).toBe(true);
    expect(edited(null, 'other')).toBe(true);
    expect(edited(null, 'us')).toBe(false);
    expect(edited(NOON + 1, 'us')).toBe(false);
  });

  it('C16 what it lost, and only this record', () => {
    const gone = contact('2', {
      life: { kind: 'continued', as: { type: 'Contact', id: '1' } },
      lifeChangedAt: NOON + 1,
    });
    const tick = factOf(1, { record: { type: 'Contact', id: '2' } });
    const { records } = caseFor({ shadows: [contact(), lead(), gone], ...withFacts([tick]) });
    expect(records.map((one) => one.lost.map(({ fact }) => fact.n))).toEqual([[1], []]);
  });

  it('C4 what is still to be set, and the barrier of a field that a custom one replaced', () => {
    const custom = { field: 'Newsletter_Opt_Out__c', optedOutWhen: true, write: true, alsoStandard: false } as const;
    const view = viewWith({ customField: custom });
    const record = (standard: boolean, own: boolean) =>
      contact('1', { values: { HasOptedOutOfEmail: standard, Newsletter_Opt_Out__c: own } });
    expect(fieldsToSet(record(true, false), view).map(({ field }) => field)).toEqual(['Newsletter_Opt_Out__c']);
    expect(fieldsToSet(record(false, true), view)).toEqual([]);
    expect(isBarred(record(true, false), view)).toBe(true);
    expect(isBarred(record(false, true), view)).toBe(false);
    expect(isBarred(record(true, true), viewWith())).toBe(false);
  });
});

describe('what table C0 is told about the member', () => {
  const kindOf = (hood: Partial<Neighbourhood>) => caseFor(hood).member.kind;

  it('C12a none, known, or vanished', () => {
    expect(kindOf({})).toBe('none');
    expect(kindOf({ shadows: [member('subscribed')] })).toBe('known');
    expect(kindOf({ shadows: [member('subscribed', { life: { kind: 'vanished' } })] })).toBe('vanished');
    expect(kindOf({ shadows: [member('subscribed', { life: { kind: 'deleted' } })] })).toBe('vanished');
    expect(kindOf({ shadows: [member('subscribed', { member: null })] })).toBe('none');
  });

  it('C12a C19 one that we made or were refused for ever is not absent', () => {
    expect(kindOf({ everCreated: [ANN] })).toBe('vanished');
    expect(kindOf({ everCreated: [key('bob@x.org')] })).toBe('none');
    expect(kindOf({ setAside: [aside({})] })).toBe('vanished');
    expect(kindOf({ setAside: [aside({ rule: 'fields' })] })).toBe('none');
  });

  it('C15 one that went to another address is not absent here; one that our own rename carried on is', () => {
    const moved = member('subscribed', movedFrom('ann@x.org', 'new@x.org'));
    expect(kindOf({ shadows: [moved] })).toBe('vanished');
    expect(kindOf({ shadows: [{ ...moved, life: { kind: 'vanished' } }] })).toBe('vanished');
    expect(kindOf({ shadows: [{ ...moved, address: null }] })).toBe('none');
    const carriedOn = { kind: 'continued', as: { type: 'member', id: 'm2' } } as const;
    expect(kindOf({ shadows: [{ ...moved, life: carriedOn }] })).toBe('none');
    expect(kindOf({ shadows: [member('subscribed', { life: carriedOn })] })).toBe('none');
  });

  it('C0.5 whole, and whether the vendor refused it for ever', () => {
    expect(caseFor({ shadows: [member('subscribed')] }).member).toMatchObject({
      kind: 'known',
      record: { type: 'member', id: 'm1' },
      state: { status: 'subscribed' },
      refusedForever: false,
    });
    const refused = caseFor({
      shadows: [member('subscribed')],
      setAside: [aside({}), aside({ rule: 'fields' })],
    }).member;
    expect(refused).toMatchObject({ refusedForever: true });
  });
});

describe('what table C0 is told besides', () => {
  const owed = (side: 'crm' | 'marketing') =>
    ({ address: ANN, side, record: null, rule: 'C3', because: [1], since: 0, why: '' }) as const;

  it('C5 owed to the member before; what is owed to a record says nothing', () => {
    expect(caseFor({}).wasOwed).toBe(false);
    expect(caseFor({ owed: [owed('crm')] }).wasOwed).toBe(false);
    expect(caseFor({ owed: [owed('crm'), owed('marketing')] }).wasOwed).toBe(true);
  });

  it('C7 C23 what was rejected in this profile, and what was accepted', () => {
    const one = caseFor(
      withFacts(
        [1, 2, 3, 4, 5].map((n) => factOf(n)),
        { kind: 'rejection', profile: 'acme/news', facts: [1, 2], by: 'op' },
        { kind: 'rejection', profile: 'acme/other', facts: [3], by: 'op' },
        { kind: 'acceptance', address: ANN, facts: [4], by: 'op' },
        { kind: 'correction', facts: [5], by: 'op', because: 'oops' },
      ),
    );
    expect([[...one.rejected], [...one.accepted]]).toEqual([[1, 2], [4]]);
  });

  it('C3 nothing is suppressed where there is no address', () => {
    const view = viewWith({ suppressUnknown: true });
    expect(caseFor({}, view).settings.optOutUnknown).toBe(true);
    const own = 'salesforce:Contact/1' as AddressKey;
    expect(caseFor({}, view, own).settings).toEqual({ ...view.settings, optOutUnknown: false });
  });

  describe('C15 a human dismissed a doubtful opt-out', () => {
    const shadows = [contact('1', movedFrom('old@x.org', 'ann@x.org')), contact('2', at('old@x.org'))];
    const shared = factOf(1, {
      address: key('old@x.org'),
      source: AUDIENCE_SOURCE,
      when: { from: NOON - HOUR_MS, until: NOON - HOUR_MS, exact: true },
    });
    const bindings = (...decisions: readonly Decision[]) =>
      caseFor({ shadows, ...withFacts([shared], ...decisions) }).bindings.map(({ via }) => via);
    const accept = { kind: 'acceptance', address: ANN, facts: [1], by: 'op' } as const;

    it('C15 only this one, at this address, by an acceptance', () => {
      expect(bindings()).toEqual(['doubtful']);
      expect(bindings(accept)).toEqual([]);
      expect(bindings({ ...accept, address: key('old@x.org') })).toEqual(['doubtful']);
      expect(bindings({ ...accept, facts: [2] })).toEqual(['doubtful']);
      expect(bindings({ kind: 'rejection', profile: 'acme/news', facts: [1], by: 'op' })).toEqual(['doubtful']);
    });

    it('C15 a sure one is not dismissed by it', () => {
      const sure = { shadows: [contact()], ...withFacts([factOf(1)], accept) };
      expect(caseFor(sure).bindings.map(({ via }) => via)).toEqual(['own']);
    });
  });
});

describe('C7 whether evidence of an opt-in could change the verdict', () => {
  const asks = (
    changedAt: number | null,
    knownAt: number | null = null,
    facts: readonly Fact[] = [factOf(1, { source: AUDIENCE_SOURCE })],
    status: 'subscribed' | 'non-subscribed' | 'pending' = 'subscribed',
    view = viewWith(),
  ): number | null => {
    const optIn = knownAt === null ? null : { at: knownAt, proof: 'signup' };
    const hood = hoodOf({ shadows: [member(status, { modifiedAt: changedAt }, { optIn })], ...withFacts(facts) });
    const around = surroundingsOf(hood, view)(ANN);
    return needsEvidence(consentCase(ANN, around, view).one, around, view);
  };

  it('C7 a member that gets mail and was changed after the opt-out, or nobody knows when', () => {
    expect(asks(NOON + 1)).toBe(NOON);
    expect(asks(NOON)).toBeNull();
    expect(asks(null)).toBe(NOON);
    expect(asks(NOON + 1, null, undefined, 'non-subscribed')).toBe(NOON);
    expect(asks(NOON + 1, null, undefined, 'pending')).toBeNull();
  });

  it('C7 not if what is known is newer than the opt-out already', () => {
    expect(asks(NOON + 1, NOON)).toBe(NOON);
    expect(asks(NOON + 1, NOON + 1)).toBeNull();
  });

  it('C7 since the first opt-out that stands; lifted ones do not matter', () => {
    const later = factOf(2, { source: AUDIENCE_SOURCE, when: { from: null, until: NOON + 9, exact: false } });
    expect(asks(NOON + 10, null, [later, factOf(1, { source: AUDIENCE_SOURCE })])).toBe(NOON);
    expect(asks(NOON + 10, null, [])).toBeNull();
    const optIn = factOf(2, {
      source: AUDIENCE_SOURCE,
      says: 'opted-in',
      by: 'person',
      proof: 'signup',
      when: { from: NOON + 1, until: NOON + 1, exact: true },
    });
    expect(asks(NOON + 10, null, [factOf(1, { source: AUDIENCE_SOURCE }), optIn])).toBeNull();
  });

  it('C7 not where the vendor keeps no events of the person', () => {
    const view = viewWith({}, {}, { marketing: { proofs: ['pending-then-subscribed'] } });
    expect(asks(NOON + 1, null, undefined, 'subscribed', view)).toBeNull();
  });
});
