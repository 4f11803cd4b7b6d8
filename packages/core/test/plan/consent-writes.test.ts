import { describe, expect, it } from 'vitest';
import type { Fact } from '../../src/consent/fact.ts';
import type { Neighbourhood } from '../../src/state/store.ts';
import { AUDIENCE_SOURCE, CRM_SOURCE, factOf, NOON } from '../consent/made-up.ts';
import { HOUR_MS, key, LIST, type Rules } from '../consent/story.ts';
import { contact, lead, member, NOW, planOf, viewWith } from './hood.ts';

const ANN = key('ann@x.org');
const own = factOf(1, { source: AUDIENCE_SOURCE, by: 'person', record: { type: 'member', id: 'm1' } });
const tick = factOf(1, { record: { type: 'Contact', id: '1' } });
const listed = factOf(1, { source: LIST, by: 'operator' });
const ticked = (id = '1') => contact(id, { values: { FirstName: 'Ann', HasOptedOutOfEmail: true } });
const told = (shadows: Neighbourhood['shadows'], ...facts: readonly Fact[]): Partial<Neighbourhood> => ({
  shadows,
  ledger: { facts, decisions: [] },
});

describe('C1 the opt-out of a record, whole', () => {
  it('C1 C22 what is written and what is owed, each with its rule and facts (I4)', () => {
    const { consent, owed } = planOf(told([contact(), member('unsubscribed')], own));
    const record = { type: 'Contact', id: '1' };
    expect(consent).toEqual([
      {
        side: 'crm',
        op: { kind: 'opt-out', record, email: 'ann@x.org', topic: '*', set: { HasOptedOutOfEmail: true } },
        rule: 'C0.3 C1',
        because: [1],
        guarded: false,
        agrees: {},
        partner: null,
      },
    ]);
    expect(owed).toEqual([
      { address: ANN, side: 'crm', record, rule: 'C0.3 C1', because: [1], since: NOW, why: 'not read back yet' },
    ]);
  });

  it('C1 only records that do not show it, each by type and id', () => {
    const done = lead('1', { values: { HasOptedOutOfEmail: true } });
    const { consent } = planOf(told([contact(), done, contact('2'), member('unsubscribed')], own));
    expect(consent.map(({ op }) => ('record' in op ? op.record : null))).toEqual([
      { type: 'Contact', id: '1' },
      { type: 'Contact', id: '2' },
    ]);
  });

  it('C16 a record without an address is opted out as well', () => {
    const at = 'salesforce:Contact/1' as typeof ANN;
    const bare = contact('1', { email: null, address: at, stays: [{ address: at, from: null, until: null }] });
    const { consent } = planOf(told([bare], { ...listed, address: at }), viewWith(), {}, at);
    expect(consent.map(({ op }) => ('email' in op ? op.email : null))).toEqual(['']);
  });

  const both: Rules = {
    customField: { field: 'Newsletter_Opt_Out__c', optedOutWhen: 'set', write: 'today', alsoStandard: true },
  };

  it('C4 every field that does not show it, and no other; a date is the day', () => {
    const values = { Newsletter_Opt_Out__c: null, HasOptedOutOfEmail: true };
    const { consent } = planOf(told([contact('1', { values }), member('unsubscribed')], own), viewWith(both));
    expect(consent.map(({ op }) => ('set' in op ? op.set : null))).toEqual([{ Newsletter_Opt_Out__c: '2026-01-05' }]);
  });

  it('C18 C22 what can be written is written, the rest is owed with the field and the fix', () => {
    const hidden = { ...both, hiddenOptOut: true };
    const record = contact('1', { values: { Newsletter_Opt_Out__c: null } });
    const { consent, owed } = planOf(told([record, member('unsubscribed')], own), viewWith(hidden));
    expect(consent.map(({ op }) => ('set' in op ? op.set : null))).toEqual([{ Newsletter_Opt_Out__c: '2026-01-05' }]);
    expect(owed.map((one) => one.why)).toEqual([
      'Contact.HasOptedOutOfEmail cannot be written: grant read and edit (C18)',
    ]);
  });

  it('C18 what is missing on another type, or is another field, holds nothing here', () => {
    const gap = { type: 'Contact', field: 'HasOptedOutOfEmail', hidden: false, fix: 'grant' };
    const written = (more: Partial<typeof gap>) => {
      const hood = told([contact(), member('unsubscribed')], own);
      const { consent, owed } = planOf(hood, { ...viewWith(), gaps: [{ ...gap, ...more }] });
      return [consent.length, owed[0]?.why];
    };
    expect(written({ type: 'Lead' })).toEqual([1, 'not read back yet']);
    expect(written({ field: 'Other__c' })).toEqual([1, 'not read back yet']);
    expect(written({})).toEqual([0, 'Contact.HasOptedOutOfEmail cannot be written: grant (C18)']);
  });

  it('C18 C22 nothing is written where no field can be; it is owed all the same', () => {
    const { consent, owed } = planOf(told([contact(), member('unsubscribed')], own), viewWith({ hiddenOptOut: true }));
    expect(consent).toEqual([]);
    expect(owed).toHaveLength(1);
  });
});

describe('C3 the opt-out of a member, whole', () => {
  const enabled = viewWith({ crmToMarketing: true });
  const marketing = (hood: Partial<Neighbourhood>, view = enabled, context = {}) => {
    const { consent, owed } = planOf(hood, view, context);
    return {
      writes: consent.filter((one) => one.side === 'marketing'),
      owed: owed.filter((one) => one.side === 'marketing'),
    };
  };

  it('C3 C22 C23 what is written and owed, and whether a guard may hold it', () => {
    const { writes, owed } = marketing(told([ticked(), member('subscribed', { email: 'Ann@X.org' })], tick));
    const record = { type: 'member', id: 'm1' };
    expect(writes).toEqual([
      {
        side: 'marketing',
        op: { kind: 'opt-out', record, email: 'Ann@X.org', topic: '*', set: {} },
        rule: 'C0.4 C3',
        because: [1],
        guarded: true,
        agrees: {},
        partner: null,
      },
    ]);
    expect(owed).toEqual([
      { address: ANN, side: 'marketing', record, rule: 'C0.4 C3', because: [1], since: NOW, why: 'not read back yet' },
    ]);
  });

  it('C22 nothing is owed to a member that is left', () => {
    expect(marketing(told([ticked(), member('unsubscribed')], tick))).toEqual({ writes: [], owed: [] });
  });

  const suppress = viewWith({ crmToMarketing: true, suppressUnknown: true });

  it('C3 C20 no member: the address of the record, once all members are known (C12a)', () => {
    const hood = told([{ ...ticked(), email: 'ANN@x.org' }], tick);
    expect(marketing(hood, suppress).writes.map(({ op }) => op)).toEqual([
      { kind: 'opt-out', record: null, email: 'ANN@x.org', topic: '*', set: {} },
    ]);
    const early = marketing(hood, suppress, { marketingIsComplete: false });
    expect([early.writes, early.owed.map((one) => one.record)]).toEqual([[], [null]]);
  });

  it('C20 neither member nor record, only a list: suppressed under the address that the list has', () => {
    const { writes, owed } = marketing(told([], listed), suppress);
    expect([writes.map(({ op }) => op), owed.length]).toEqual([
      [{ kind: 'opt-out', record: null, email: 'ann@x.org', topic: '*', set: {} }],
      1,
    ]);
  });

  it('C18 one that a guard may hold waits for the fix, and says so; another one goes out', () => {
    const hidden = viewWith({ crmToMarketing: true, hiddenOptOut: true });
    const waiting = marketing(told([contact(), member('subscribed')], tick), hidden);
    expect([waiting.writes, waiting.owed.map((one) => one.why)]).toEqual([
      [],
      ['waits for Contact.HasOptedOutOfEmail: grant read and edit (C18)'],
    ]);
    const list = marketing(told([contact(), member('subscribed')], listed), hidden);
    expect([list.writes.length, list.owed.map((one) => one.why)]).toEqual([1, ['not read back yet']]);
  });

  it('C12a a member that is known is opted out before all members are known', () => {
    const hood = told([ticked(), member('subscribed')], tick);
    expect(marketing(hood, enabled, { marketingIsComplete: false }).writes).toHaveLength(1);
  });
});

describe('C6 a fight, whole', () => {
  const enabled = viewWith({ crmToMarketing: true });
  /** Opted out once, and subscribed by somebody else so many times, an hour apart, until an hour ago. */
  const fought = (times: number, more: Partial<Fact> = {}): Partial<Neighbourhood> =>
    told(
      [contact(), member('subscribed')],
      own,
      ...Array.from({ length: times }, (_, i) =>
        factOf(2 + i, {
          source: AUDIENCE_SOURCE,
          says: 'opted-in',
          when: { from: null, until: NOON + i, exact: false },
          ...more,
        }),
      ),
    );
  const rules = (hood: Partial<Neighbourhood>, context = {}) =>
    planOf(hood, enabled, context).setAside.map((one) => one.rule);

  it('C6 set aside with an alert that says what to do, still owed, not written', () => {
    const { setAside, owed, consent } = planOf(fought(4), enabled);
    expect(setAside).toEqual([
      {
        address: ANN,
        side: 'marketing',
        record: { type: 'member', id: 'm1' },
        field: null,
        rule: 'C6',
        message: expect.stringMatching(/more than three times in 30 days.*two systems are fighting.*heed optouts add/),
        write: null,
        attempts: 0,
        retryAt: null,
      },
    ]);
    expect(owed.find((one) => one.side === 'marketing')?.why).toBe(setAside[0]?.message);
    expect(consent.filter((one) => one.side === 'marketing')).toEqual([]);
  });

  it('C6 only what somebody else did to this member in this audience, in the last 30 days, counts', () => {
    expect(rules(fought(3))).toEqual([]);
    expect(rules(fought(4, { proof: 'signup', when: { from: 0, until: 0, exact: true } }))).toEqual([]);
    expect(rules(fought(4, { says: 'pending' }))).toEqual([]);
    expect(rules(fought(4, { source: { ...AUDIENCE_SOURCE, container: 'a2' } }))).toEqual([]);
    expect(rules(fought(4, { source: CRM_SOURCE }))).toEqual([]);
    const thirtyDays = 30 * 24 * HOUR_MS;
    expect(
      rules(fought(4, { when: { from: null, until: NOON, exact: false } }), { now: NOON + thirtyDays - 1 }),
    ).toEqual(['C6']);
    expect(rules(fought(4, { when: { from: null, until: NOON, exact: false } }), { now: NOON + thirtyDays })).toEqual(
      [],
    );
  });

  it('C6 not by what was said at another address, nor where nothing would be written', () => {
    const elsewhere = fought(4, { address: key('ann@old.org') });
    expect(rules(elsewhere)).toEqual([]);
    expect(planOf(fought(4)).setAside).toEqual([]);
  });

  it('C3 C6 another rule is never stopped by it', () => {
    const tickAt = factOf(1, { record: { type: 'Contact', id: '1' } });
    const hood = fought(4);
    const { setAside, consent } = planOf(
      { ...hood, ledger: { facts: [tickAt, ...(hood.ledger?.facts.slice(1) ?? [])], decisions: [] } },
      enabled,
    );
    expect([setAside, consent.map((one) => one.rule)]).toEqual([[], ['C0.4 C3']]);
  });
});

describe('C7 a clear, whole', () => {
  const optIn = factOf(2, {
    source: AUDIENCE_SOURCE,
    says: 'opted-in',
    by: 'person',
    proof: 'signup',
    when: { from: NOON + HOUR_MS, until: NOON + HOUR_MS, exact: true },
  });
  const clear: Rules = { clearWhenConfirmed: true };
  const hood = told([ticked(), contact('2'), member('subscribed')], own, optIn);

  it('C7 conditional, with the evidence; only records that show an opt-out', () => {
    expect(planOf(hood, viewWith(clear)).consent).toEqual([
      {
        side: 'crm',
        op: {
          kind: 'clear',
          record: { type: 'Contact', id: '1' },
          email: 'ann@x.org',
          topic: '*',
          set: { HasOptedOutOfEmail: false },
          ifVersion: 'v1',
        },
        rule: 'C0.1 C7',
        because: [2, 1],
        guarded: false,
        agrees: {},
        partner: null,
      },
    ]);
    expect(planOf(hood, viewWith(clear)).owed).toEqual([]);
  });

  it('C7 C24 not in a cautious run, not where the CRM has no way to, and never unasked', () => {
    expect(planOf(hood, viewWith(clear), { cautious: true }).consent).toEqual([]);
    expect(planOf(hood, viewWith(clear, {}, { crm: { clear: false } })).consent).toEqual([]);
    expect(planOf(hood, viewWith({})).consent).toEqual([]);
  });

  it('C7 accepted by somebody, but the CRM has no way to: left', () => {
    const accepted = { n: 3, kind: 'acceptance', address: ANN, facts: [2], by: 'op' } as const;
    const ledger = { facts: [own, optIn], decisions: [accepted] };
    expect(planOf({ ...hood, ledger }, viewWith({})).consent).toHaveLength(1);
    expect(planOf({ ...hood, ledger }, viewWith({}, {}, { crm: { clear: false } })).consent).toEqual([]);
  });

  it('C4 C7 every field of the record; none at all if one of them names nothing that would clear it (a picklist)', () => {
    const values = { HasOptedOutOfEmail: true, Newsletter_Opt_Out__c: true };
    const one = told([contact('1', { values }), member('subscribed')], own, optIn);
    const field = 'Newsletter_Opt_Out__c';
    const checkbox = { field, optedOutWhen: true, write: true, alsoStandard: true } as const;
    expect(planOf(one, viewWith({ ...clear, customField: checkbox })).consent.map(({ op }) => op)).toMatchObject([
      { set: { Newsletter_Opt_Out__c: false, HasOptedOutOfEmail: false } },
    ]);
    const picklist = { field, optedOutWhen: ['true'], write: 'true', alsoStandard: true } as const;
    expect(planOf(one, viewWith({ ...clear, customField: picklist })).consent).toEqual([]);
  });
});
