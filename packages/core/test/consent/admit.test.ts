import type { NewMemberAs } from '@heed/contract';
import { describe, expect, it } from 'vitest';
import { admit, type Newcomer } from '../../src/consent/newcomer.ts';
import { demands, key, reasonOf, Story, viewFor } from './story.ts';

const ANY: readonly NewMemberAs[] = ['subscribed', 'pending', 'non-subscribed', 'unsubscribed'];
const newcomer = (rules: Parameters<typeof viewFor>[0], more: Partial<Newcomer> = {}): Newcomer => ({
  settings: viewFor(rules).settings,
  creates: true,
  can: ANY,
  records: [{ values: {}, inScope: true }],
  optedOutElsewhere: false,
  barred: false,
  everOptedOut: false,
  createdBefore: false,
  invitedBefore: false,
  ...more,
});

describe('C19 new members need a reason', () => {
  it('C19 subscribe, with a basis: subscribed', () => {
    expect(admit(newcomer({ newMembers: 'subscribe' }))).toEqual({ as: 'subscribed' });
  });

  it('C19 non-subscribed, where the tool can; else not at all', () => {
    expect(admit(newcomer({ newMembers: 'non-subscribed' }))).toEqual({ as: 'non-subscribed' });
    expect(admit(newcomer({ newMembers: 'non-subscribed' }, { can: ['subscribed'] }))).toMatchObject({
      no: 'no-permission',
    });
  });

  it('C11 double opt-in: pending, for which the tool sends a mail', () => {
    expect(admit(newcomer({ newMembers: 'double-opt-in' }))).toEqual({ as: 'pending' });
  });

  it('C11 an invitation never goes to an address with any opt-out in the ledger, standing or not', () => {
    expect(admit(newcomer({ newMembers: 'double-opt-in' }, { everOptedOut: true }))).toMatchObject({ rule: 'C11' });
  });

  it('C11 an invitation happens at most once per person: an intent is enough, whatever became of it', () => {
    expect(admit(newcomer({ newMembers: 'double-opt-in' }, { createdBefore: true }))).toMatchObject({
      no: 'invited-before',
    });
  });

  it('C11 nor where another audience of the customer sent it; who is not asked becomes a member of each', () => {
    const invited = { invitedBefore: true };
    expect(admit(newcomer({ newMembers: 'double-opt-in' }, invited))).toEqual({ no: 'invited-before', rule: 'C11' });
    expect(admit(newcomer({ newMembers: 'subscribe' }, invited))).toEqual({ as: 'subscribed' });
    expect(admit(newcomer({ newMembers: 'non-subscribed' }, invited))).toEqual({ as: 'non-subscribed' });
  });

  it('C19 C12a a member that Heed made and that vanished is not new', () => {
    expect(admit(newcomer({ newMembers: 'subscribe' }, { createdBefore: true }))).toMatchObject({ no: 'vanished' });
  });

  it('C26 nobody who opted out in any connection of the customer is created', () => {
    for (const newMembers of ['subscribe', 'double-opt-in', 'non-subscribed'] as const) {
      expect(admit(newcomer({ newMembers }, { optedOutElsewhere: true }))).toMatchObject({ rule: 'C26' });
    }
  });

  it('C4 nobody who is opted out in the standard field that a custom one replaced', () => {
    for (const newMembers of ['subscribe', 'double-opt-in', 'non-subscribed'] as const) {
      expect(admit(newcomer({ newMembers }, { barred: true }))).toMatchObject({ rule: 'C4' });
    }
  });

  it('C19 create.marketing false: nobody', () => {
    expect(admit(newcomer({}, { creates: false }))).toMatchObject({ no: 'creates-off' });
  });

  const IN = 'Newsletter_Opt_In__c';
  const yes = { values: { [IN]: true }, inScope: true };
  it.each([
    ['true on a record in scope', [yes], true],
    ['true only on a record out of scope', [{ ...yes, inScope: false }], false],
    ['false on another record of the address', [yes, { values: { [IN]: false }, inScope: false }], false],
    ['empty on another record of the address', [yes, { values: { [IN]: null }, inScope: true }], true],
    ['not read', [{ values: {}, inScope: true }], false],
    ['a text', [{ values: { [IN]: 'true' }, inScope: true }], false],
  ])('C19 basis consent: optInField %s', (_name, records, admitted) => {
    const verdict = admit(newcomer({ newMembers: 'subscribe', basis: 'consent', optInField: IN }, { records }));
    expect('as' in verdict).toBe(admitted);
  });
});

describe('C19 creating, planned', () => {
  it('C9 C19 a create says its status and never consent in a field', () => {
    const story = new Story({ newMembers: 'subscribe' });
    story.record('Contact 1');
    const [write] = story.plan('ann@x.org').fields;
    expect(write?.op).toMatchObject({ kind: 'create', as: 'subscribed', fields: { FNAME: 'Ann' }, set: {} });
  });

  it.each([
    ['a marketing side that was never read completely', { marketingIsComplete: false }],
    ['a side that suddenly reads small, or a restored database (C24, C25)', { cautious: true }],
    ['a check that found something which stops creates', { mayCreate: false }],
  ])('C12a nobody is created with %s', (_name, context) => {
    const story = new Story();
    story.record('Contact 1');
    expect(demands(story.plan('ann@x.org', context))).toEqual([]);
  });

  it('C19 CRM records are created only for subscribed members, with the consent fields sent explicitly', () => {
    for (const status of [
      'subscribed',
      'unsubscribed',
      'pending',
      'non-subscribed',
      'undeliverable',
      'archived',
    ] as const) {
      const story = new Story({ createCrm: 'Lead' });
      story.member('ann@x.org', status);
      const plan = story.plan('ann@x.org');
      expect(demands(plan)).toEqual(status === 'subscribed' ? ['crm create'] : []);
      if (status === 'subscribed')
        expect(plan.fields[0]?.op).toMatchObject({ type: 'Lead', set: { HasOptedOutOfEmail: false } });
    }
  });

  it('C19 a lifted opt-out does not make a new member', () => {
    const story = new Story();
    story.record('Contact 1');
    story.member('ann@x.org', 'unsubscribed');
    story.member('ann@x.org', 'pending');
    story.member('ann@x.org', 'subscribed');
    story.memberVanishes('ann@x.org');
    expect(demands(story.plan('ann@x.org'))).toEqual([]);
  });

  it('C14 any opted-out record of the address prevents a create for all of them', () => {
    const story = new Story({ lists: ['701'] });
    story.record('Contact 1', { lists: ['701'] });
    story.record('Lead 2', { optedOut: true });
    expect(demands(story.plan('ann@x.org'))).toEqual([]);
  });

  it('C14 one member for several records: the order of the types decides whose fields win', () => {
    const story = new Story();
    story.record('Lead 1', { values: { FirstName: 'Lead' } });
    story.record('Contact 1', { values: { FirstName: 'Contact' } });
    const plan = story.plan('ann@x.org');
    expect(plan.fields).toHaveLength(1);
    expect(plan.fields[0]?.op).toMatchObject({ kind: 'create', fields: { FNAME: 'Contact' } });
    expect(plan.buckets.map((one) => one.reason)).toContain('not-winner');
  });

  it('C11 a corrected opt-out still keeps an invitation away', () => {
    const story = new Story({ newMembers: 'double-opt-in' });
    story.record('Contact 1', { optedOut: true });
    story.record('Contact 1', { optedOut: false });
    story.decide({ kind: 'correction', facts: [story.facts[0]?.n ?? -1], by: 'op', because: 'mistake' });
    expect(demands(story.plan('ann@x.org'))).toEqual([]);
    expect(reasonOf(story.plan('ann@x.org'))).toBe('opted-out');
  });

  it('C19 C12a an address that a create was intended for is not created again', () => {
    const story = new Story();
    story.record('Contact 1');
    story.everCreated.push(key('ann@x.org'));
    expect(demands(story.plan('ann@x.org'))).toEqual([]);
  });

  it('C11 C19 whom another audience of the customer invited is created here all the same, unless it would be asked again', () => {
    const planFor = (newMembers: 'subscribe' | 'double-opt-in') => {
      const story = new Story({ newMembers });
      story.record('Contact 1');
      story.everInvited.push(key('ann@x.org'));
      return story.plan('ann@x.org');
    };
    expect(demands(planFor('subscribe'))).toEqual(['marketing create']);
    expect(demands(planFor('double-opt-in'))).toEqual([]);
    expect(reasonOf(planFor('double-opt-in'))).toBe('invited-before');
  });
});
