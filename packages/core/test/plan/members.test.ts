import { describe, expect, it } from 'vitest';
import type { Fact } from '../../src/consent/fact.ts';
import type { AddressPlan } from '../../src/plan/plan-address.ts';
import type { Shadow } from '../../src/state/shadow.ts';
import type { Neighbourhood } from '../../src/state/store.ts';
import { AUDIENCE_SOURCE, factOf, NOON } from '../consent/made-up.ts';
import { HOUR_MS, key, OTHER_AUDIENCE, type Rules } from '../consent/story.ts';
import { ANN_AGREED, at, contact, lead, linkOf, member, movedFrom, planOf, viewWith } from './hood.ts';

const dead = { life: { kind: 'deleted' } } as const;
const ops = (plan: AddressPlan) => plan.fields.map(({ op, side }) => `${side} ${op.kind}`);
const listedAs = (plan: AddressPlan) => plan.listed.map(({ reason, rule }) => [reason, rule]);
const withFacts = (...facts: readonly Fact[]) => ({ ledger: { facts, decisions: [] } });

describe('C12 a member whose record left', () => {
  const gone = contact('1', dead);
  const ann = member('subscribed');
  const left = (more: Partial<Neighbourhood> = {}): Partial<Neighbourhood> => ({
    shadows: [gone, ann],
    links: [linkOf(gone, ann, { agreed: ANN_AGREED })],
    ...more,
  });
  const archive = viewWith({ whenRecordLeaves: 'archive' });

  it('C12 C23 what is written, whole', () => {
    const plan = planOf(left(), archive);
    expect(plan.fields).toEqual([
      {
        side: 'marketing',
        op: { kind: 'leave', record: { type: 'member', id: 'm1' }, email: 'ann@x.org', how: 'archive' },
        rule: 'C12',
        because: [],
        guarded: true,
        agrees: ANN_AGREED,
        partner: { type: 'Contact', id: '1' },
      },
    ]);
    expect(plan.listed).toEqual([]);
    expect(planOf(left(), viewWith({ whenRecordLeaves: 'tag' })).fields[0]?.op).toMatchObject({ how: 'tag' });
  });

  it('C12 kept, left before, or a cautious run (C24): listed, nothing written', () => {
    for (const plan of [
      planOf(left(), viewWith({ whenRecordLeaves: 'keep' })),
      planOf(left({ links: [linkOf(gone, ann, { left: true })] }), archive),
      planOf(left(), archive, { cautious: true }),
    ])
      expect([ops(plan), listedAs(plan)]).toEqual([[], [['left', 'C12']]]);
  });

  it.each([
    ['subscribed', true],
    ['non-subscribed', true],
    ['pending', false],
    ['undeliverable', false],
  ] as const)('C12 acts on a %s member: %s', (status, acts) => {
    expect(ops(planOf(left({ shadows: [gone, member(status)] }), archive))).toEqual(acts ? ['marketing leave'] : []);
  });

  it('C12 not while an opt-out stands, nor where another rule speaks', () => {
    const optOut = factOf(1, { source: AUDIENCE_SOURCE });
    const plan = planOf(left(withFacts(optOut)), archive);
    expect([ops(plan), listedAs(plan)]).toEqual([[], [['subscribed-again-not-by-own-act', 'C6']]]);
  });

  it('C12 the record of another member is nothing to this one', () => {
    expect(ops(planOf(left({ links: [] }), archive))).toEqual([]);
  });

  it('C12 C15 a record that lives on at another address takes the member along; gone, or without one, it left', () => {
    const living = contact('1', movedFrom('ann@x.org', 'new@x.org'));
    const links = [linkOf(living, ann)];
    const after = (record: typeof living) => ops(planOf(left({ shadows: [record, ann], links }), archive));
    expect(after(living)).toEqual([]);
    expect(after({ ...living, ...dead })).toEqual(['marketing leave']);
    expect(after({ ...living, address: null })).toEqual(['marketing leave']);
    const bare = 'salesforce:Contact/1' as NonNullable<typeof living.address>;
    expect(after({ ...living, address: bare })).toEqual(['marketing leave']);
    expect(ops(planOf(left({ shadows: [ann], links }), archive))).toEqual(['marketing leave']);
  });

  it('C5 C12 a record that left the lists has left, if it was the member’s own', () => {
    const lists = viewWith({ whenRecordLeaves: 'archive', lists: ['701'] });
    const out = contact('1', { lists: { '701': false } });
    expect(ops(planOf({ shadows: [out, ann], links: [linkOf(out, ann)] }, lists))).toEqual(['marketing leave']);
    expect(ops(planOf({ shadows: [out, ann] }, lists))).toEqual([]);
    const listed = lead('2', { lists: { '701': true }, values: { HasOptedOutOfEmail: false } });
    expect(ops(planOf({ shadows: [out, listed, ann], links: [linkOf(out, ann)] }, lists))).toEqual([]);
  });

  it('C12 C24 while one of its lists is read anew nobody knows whether it left', () => {
    const lists = viewWith({ whenRecordLeaves: 'archive', lists: ['701', '702'] });
    const seen = (a: boolean | null, b: boolean | null) => {
      const record = contact('1', { lists: { '701': a, '702': b } });
      return ops(planOf({ shadows: [record, ann], links: [linkOf(record, ann)] }, lists));
    };
    expect(seen(false, false)).toEqual(['marketing leave']);
    expect(seen(false, null)).toEqual([]);
    expect(seen(null, false)).toEqual([]);
    const other = contact('1', { lists: { '701': false, '703': null } });
    expect(ops(planOf({ shadows: [other, ann], links: [linkOf(other, ann)] }, lists))).toEqual(['marketing leave']);
  });
});

describe('C19 a CRM record for a subscriber', () => {
  const make: Rules = { createCrm: 'Lead' };
  const ann = member('subscribed', { email: 'Ann@X.org' });

  it('C19 what is written, whole, with the consent fields sent explicitly', () => {
    const plan = planOf({ shadows: [ann] }, viewWith(make));
    expect(plan.fields).toEqual([
      {
        side: 'crm',
        op: {
          kind: 'create',
          type: 'Lead',
          email: 'Ann@X.org',
          reference: null,
          fields: { FirstName: 'Ann' },
          as: null,
          set: { HasOptedOutOfEmail: false },
        },
        rule: 'C19',
        because: [],
        guarded: false,
        agrees: ANN_AGREED,
        partner: { type: 'member', id: 'm1' },
      },
    ]);
    expect([plan.listed, plan.links]).toEqual([[], []]);
  });

  it('a reference of ours makes it findable, where the profile names a field for it', () => {
    const view = viewWith(make, { reference: 'Heed_Id__c' });
    expect(planOf({ shadows: [ann] }, view).fields[0]?.op).toMatchObject({
      reference: { field: 'Heed_Id__c', value: 'heed-m1' },
    });
  });

  it('C4 a picklist names nothing that would clear it, so it is not sent', () => {
    const customField = {
      field: 'Newsletter_Opt_Out__c',
      optedOutWhen: ['No'],
      write: 'No',
      alsoStandard: true,
    } as const;
    expect(planOf({ shadows: [ann] }, viewWith({ ...make, customField })).fields[0]?.op).toMatchObject({
      set: { HasOptedOutOfEmail: false },
    });
  });

  it.each<[string, Parameters<typeof viewWith>[0], Parameters<typeof planOf>[2]]>([
    ['the profile makes none', {}, {}],
    ['a cautious run (C24, C25)', make, { cautious: true }],
    ['a check that stops creates', make, { mayCreate: false }],
    ['a consent field that cannot be written (C18)', { ...make, hiddenOptOut: true }, {}],
  ])('C19 none with %s', (_why, rules, context) => {
    expect(ops(planOf({ shadows: [ann] }, viewWith(rules), context))).toEqual([]);
  });

  it('C19 C6 none for somebody under an opt-out, or refused for ever', () => {
    const optOut = factOf(1, { source: AUDIENCE_SOURCE });
    expect(ops(planOf({ shadows: [ann], ...withFacts(optOut) }, viewWith(make)))).toEqual([]);
  });

  it('C19 none for a member that has vanished', () => {
    expect(ops(planOf({ shadows: [{ ...ann, life: { kind: 'vanished' } }] }, viewWith(make)))).toEqual([]);
  });
});

describe('C19 a new member', () => {
  it('C19 what is written, whole; the member is no billable contact of the reference', () => {
    const plan = planOf({ shadows: [contact('1', { email: 'Ann@X.org' })] });
    expect(plan.fields).toEqual([
      {
        side: 'marketing',
        op: {
          kind: 'create',
          type: 'member',
          email: 'Ann@X.org',
          reference: null,
          fields: { FNAME: 'Ann' },
          as: 'subscribed',
          set: {},
        },
        rule: 'C0.6 C19',
        because: [],
        guarded: false,
        agrees: ANN_AGREED,
        partner: { type: 'Contact', id: '1' },
      },
    ]);
    expect([plan.listed, plan.links]).toEqual([[], []]);
  });

  it('C12a C24 not now, but nothing is wrong either: the other record of the address still lost to this one', () => {
    for (const context of [{ cautious: true }, { mayCreate: false }, { marketingIsComplete: false }]) {
      const plan = planOf({ shadows: [contact(), lead()] }, viewWith(), context);
      expect([ops(plan), listedAs(plan), plan.buckets.map(({ reason }) => reason)]).toEqual([
        [],
        [],
        [null, 'not-winner'],
      ]);
    }
  });

  it('C18 C19 C0 why not, and who lost to whom', () => {
    const why = (plan: AddressPlan) => [ops(plan), listedAs(plan)];
    const optedOut = contact('1', { values: { FirstName: 'Ann', HasOptedOutOfEmail: true } });
    expect(why(planOf({ shadows: [optedOut] }))).toEqual([[], [['opted-out-in-crm', 'C0']]]);
    expect(why(planOf({ shadows: [contact()] }, viewWith({ createMarketing: false })))).toEqual([
      [],
      [['creates-off', 'C19']],
    ]);
    const stopped = { ...viewWith(), stopped: 'no permission' };
    expect(why(planOf({ shadows: [contact()] }, stopped))).toEqual([[], [['consent-unreadable', 'C18']]]);
    const { buckets } = planOf({ shadows: [optedOut, lead()] });
    expect(buckets.map(({ reason }) => reason)).toEqual(['opted-out-in-crm', 'opted-out-in-crm']);
  });

  it('C4 one barred record bars them all', () => {
    const custom = { field: 'Newsletter_Opt_Out__c', optedOutWhen: true, write: true, alsoStandard: false } as const;
    const values = { FirstName: 'Ann', Newsletter_Opt_Out__c: false };
    const barred = lead('2', { values: { ...values, HasOptedOutOfEmail: true } });
    const free = contact('1', { values: { ...values, HasOptedOutOfEmail: false } });
    const view = viewWith({ customField: custom });
    expect(ops(planOf({ shadows: [free] }, view))).toEqual(['marketing create']);
    expect(listedAs(planOf({ shadows: [free, barred] }, view))).toEqual([['opted-out-in-crm', 'C4']]);
  });

  it('C19 the opt-in counts on a record in the lists', () => {
    const view = viewWith({ basis: 'consent', optInField: 'Newsletter_Opt_In__c', lists: ['701'] });
    const yes = (lists: Record<string, boolean>, id = '1') =>
      contact(id, { lists, values: { FirstName: 'Ann', HasOptedOutOfEmail: false, Newsletter_Opt_In__c: true } });
    const silent = contact('2', {
      lists: { '701': true },
      values: { FirstName: 'Ann', HasOptedOutOfEmail: false, Newsletter_Opt_In__c: null },
    });
    expect(ops(planOf({ shadows: [yes({ '701': true })] }, view))).toEqual(['marketing create']);
    expect(listedAs(planOf({ shadows: [yes({ '701': false }), silent] }, view))).toEqual([['no-opt-in', 'C19']]);
  });

  const elsewhere = factOf(1, { source: OTHER_AUDIENCE, when: { from: null, until: NOON - HOUR_MS, exact: false } });

  it.each([
    ['another CRM', { role: 'crm', connection: 'netsuite', container: '' }],
    ['another audience', { role: 'marketing', connection: 'mailchimp', container: 'a2' }],
  ] as const)(
    'C26 nor who opted out at an earlier address in %s, where the person moved and ours did not',
    (_, system) => {
      const source = { ...system, field: system.role === 'crm' ? 'HasOptedOutOfEmail' : 'status' };
      const record = { type: 'there', id: '9' };
      const fact = factOf(1, { when: elsewhere.when, source, address: key('old@x.org'), record });
      const there = (more: Partial<Shadow>): Pick<Neighbourhood, 'elsewhere'> => ({
        elsewhere: { shadows: [{ ...contact('9', more), system, record }], ledger: { facts: [fact], decisions: [] } },
      });
      const moved = there(movedFrom('old@x.org', 'ann@x.org'));
      expect(listedAs(planOf({ shadows: [contact()], ...moved }))).toEqual([['opted-out-elsewhere', 'C26']]);
      // It still lives there, or is somebody else's: nothing to us.
      expect(ops(planOf({ shadows: [contact()], ...there(at('old@x.org')) }))).toEqual(['marketing create']);
      expect(ops(planOf({ shadows: [contact()], ...there(movedFrom('old@x.org', 'bob@x.org')) }))).toEqual([
        'marketing create',
      ]);
    },
  );

  it('C26 nobody who opted out in any connection, also at an earlier address, also if nobody knows whose it was (C15)', () => {
    expect(listedAs(planOf({ shadows: [contact()], ...withFacts(elsewhere) }))).toEqual([
      ['opted-out-elsewhere', 'C26'],
    ]);
    const old = { ...elsewhere, address: key('old@x.org') };
    const moved = contact('1', movedFrom('old@x.org', 'ann@x.org'));
    expect(listedAs(planOf({ shadows: [moved], ...withFacts(old) }))).toEqual([['opted-out-elsewhere', 'C26']]);
    const sibling = contact('2', at('old@x.org'));
    expect(listedAs(planOf({ shadows: [moved, sibling], ...withFacts(old) }))).toEqual([
      ['opted-out-elsewhere', 'C26'],
    ]);
    expect(ops(planOf({ shadows: [contact()], ...withFacts({ ...elsewhere, topic: 'news' }) }))).toEqual([
      'marketing create',
    ]);
  });

  it('C7 C26 lifted there, it no longer stands in the way; an invitation it still keeps away (C11)', () => {
    const optIn = factOf(2, { source: OTHER_AUDIENCE, says: 'opted-in', by: 'person', proof: 'signup' });
    const hood = { shadows: [contact()], ...withFacts(elsewhere, optIn) };
    expect(ops(planOf(hood))).toEqual(['marketing create']);
    expect(listedAs(planOf(hood, viewWith({ newMembers: 'double-opt-in' })))).toEqual([['opted-out', 'C11']]);
  });

  it('C11 C17 an invitation goes to nobody with any opt-out, of a single topic either; other facts do not matter', () => {
    const invite = viewWith({ newMembers: 'double-opt-in' });
    const asks = (fact: Fact) => listedAs(planOf({ shadows: [contact()], ...withFacts(fact) }, invite));
    expect(asks(factOf(1, { source: OTHER_AUDIENCE, topic: 'news' }))).toEqual([['opted-out', 'C11']]);
    expect(asks(factOf(1, { source: OTHER_AUDIENCE, topic: 'news', says: 'pending' }))).toEqual([]);
    expect(asks(factOf(1, { source: OTHER_AUDIENCE, topic: 'news', address: key('bob@x.org') }))).toEqual([]);
  });
});

describe('C15 a member follows its record to a new address', () => {
  const record = contact('1', movedFrom('old@x.org', 'ann@x.org'));
  const old = member('subscribed', at('old@x.org'));
  const moved = (more: Partial<Neighbourhood> = {}): Partial<Neighbourhood> => ({
    shadows: [record, old],
    links: [linkOf(record, old)],
    ...more,
  });

  it('C15 what is written, whole', () => {
    expect(planOf(moved()).fields).toEqual([
      {
        side: 'marketing',
        op: { kind: 'rename', record: { type: 'member', id: 'm1' }, from: 'old@x.org', to: 'ann@x.org' },
        rule: 'C15',
        because: [],
        guarded: false,
        agrees: {},
        partner: { type: 'Contact', id: '1' },
      },
    ]);
  });

  const refused = [[], [['address-differs', 'C15']]];
  const result = (plan: AddressPlan) => [ops(plan), listedAs(plan)];

  it('C15 not if the vendor cannot, the member gets no mail, or anybody there or here ever opted out', () => {
    expect(result(planOf(moved(), viewWith({}, {}, { marketing: { rename: false } })))).toEqual(refused);
    for (const status of ['pending', 'archived', 'undeliverable'] as const)
      expect(result(planOf(moved({ shadows: [record, member(status, at('old@x.org'))] })))).toEqual(refused);
    const optIn = {
      source: AUDIENCE_SOURCE,
      says: 'opted-in',
      by: 'person',
      proof: 'signup',
      when: { from: NOON + HOUR_MS, until: NOON + HOUR_MS, exact: true },
    } as const;
    const lifted = (address: string) =>
      withFacts(
        factOf(1, { source: OTHER_AUDIENCE, address: key(address), topic: 'news' }),
        factOf(2, { ...optIn, address: key(address) }),
      );
    expect(result(planOf(moved(lifted('old@x.org'))))).toEqual(refused);
    expect(result(planOf(moved(lifted('ann@x.org'))))).toEqual(refused);
  });

  it('C15 I10 not if the member is to be opted out, by what followed somebody else to the address it is still at', () => {
    const other = contact('2', movedFrom('old@x.org', 'bob@x.org'));
    const said = withFacts(factOf(1, { source: AUDIENCE_SOURCE, address: key('bob@x.org'), by: 'person' }));
    expect(result(planOf(moved({ shadows: [record, old, other], ...said })))).toEqual(refused);
    expect(ops(planOf(moved({ shadows: [record, old, other] })))).toEqual(['marketing rename']);
  });

  it('C15 a non-subscribed member follows as well', () => {
    expect(ops(planOf(moved({ shadows: [record, member('non-subscribed', at('old@x.org'))] })))).toEqual([
      'marketing rename',
    ]);
  });

  it('I8 a member whose address was changed in marketing is never changed back', () => {
    const stayed = contact('1', at('ann@x.org'));
    expect(result(planOf(moved({ shadows: [stayed, old] })))).toEqual(refused);
  });

  it('C12a C15 a member that is gone or nowhere is not followed; the address is then like any other', () => {
    expect(ops(planOf(moved({ shadows: [record, { ...old, life: { kind: 'vanished' } }] })))).toEqual([
      'marketing create',
    ]);
    expect(ops(planOf(moved({ shadows: [record, { ...old, address: null }] })))).toEqual(['marketing create']);
    expect(ops(planOf(moved({ links: [] })))).toEqual(['marketing create']);
  });

  it('C15 not while another record lives at the old address', () => {
    expect(ops(planOf(moved({ shadows: [record, old, lead('2', at('old@x.org'))] })))).toEqual(['marketing create']);
    expect(ops(planOf(moved({ shadows: [record, old, lead('2', { ...at('old@x.org'), ...dead })] })))).toEqual([
      'marketing rename',
    ]);
  });

  it('C15 I10 nor where it was given another address in marketing at which another record lives: it is the member of that one', () => {
    const given = member('subscribed', movedFrom('old@x.org', 'bob@x.org'));
    expect(result(planOf(moved({ shadows: [record, given] })))).toEqual(refused);
    expect(ops(planOf(moved({ shadows: [record, given, contact('2', at('bob@x.org'))] })))).toEqual([
      'marketing create',
    ]);
  });
});

it('a new member is of the type that the marketing system calls its members', () => {
  const view = { ...viewWith({ newMembers: 'subscribe' }), memberType: 'contact' };
  expect(planOf({ shadows: [contact('1')] }, view).fields).toMatchObject([{ op: { kind: 'create', type: 'contact' } }]);
  expect(planOf({ shadows: [contact('1')] }, viewWith({ newMembers: 'subscribe' })).fields).toMatchObject([
    { op: { kind: 'create', type: 'member' } },
  ]);
});
