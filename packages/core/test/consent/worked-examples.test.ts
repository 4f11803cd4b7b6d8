import { describe, expect, it } from 'vitest';
import { demands, key, reasonOf, Story } from './story.ts';

/** The worked examples of the rules, by their number. */
describe('worked examples', () => {
  it.each([true, false])('C1 example 1: unsubscribed in marketing, crmToMarketing %s: all records set', (enabled) => {
    const story = new Story({ crmToMarketing: enabled });
    story.record('Contact 1');
    story.record('Contact 2');
    story.member('ann@x.org', 'unsubscribed');
    expect(demands(story.plan('ann@x.org'))).toEqual(['Contact 1 opt-out', 'Contact 2 opt-out']);
  });

  it('C2 example 2: opted out in the CRM, subscribed, default: nothing written, listed', () => {
    const story = new Story();
    story.record('Contact 1', { optedOut: true });
    story.member('ann@x.org', 'subscribed', { fields: { FNAME: 'Anna' } });
    const plan = story.plan('ann@x.org');
    expect(demands(plan)).not.toContain('member opt-out');
    expect(demands(plan)).not.toContain('marketing patch');
    expect(reasonOf(plan)).toBe('opted-out-in-crm');
  });

  it('C3 example 3: the same, enabled: member unsubscribed', () => {
    const story = new Story({ crmToMarketing: true });
    story.record('Contact 1', { optedOut: true });
    story.member('ann@x.org', 'subscribed');
    expect(demands(story.plan('ann@x.org'))).toEqual(['member opt-out']);
  });

  it('C3 example 4: opted out, no member, enabled: none is created just to be unsubscribed', () => {
    const story = new Story({ crmToMarketing: true });
    story.record('Contact 1', { optedOut: true });
    expect(demands(story.plan('ann@x.org'))).toEqual([]);
  });

  it('C3 suppressUnknown: an address that is no member is opted out where the tool can', () => {
    const story = new Story({ crmToMarketing: true, suppressUnknown: true });
    story.record('Contact 1', { optedOut: true });
    expect(demands(story.plan('ann@x.org'))).toEqual(['member opt-out']);
    expect(demands(story.plan('ann@x.org', { marketingIsComplete: false }))).toEqual([]);
  });

  it('C14 example 5: one of two records opted out, enabled: member first, then the other record (C1, C8)', () => {
    const story = new Story({ crmToMarketing: true });
    story.record('Contact 1', { optedOut: true });
    story.record('Lead 1');
    story.member('ann@x.org', 'subscribed');
    expect(demands(story.plan('ann@x.org'))).toEqual(['member opt-out']);
    story.carryOut('ann@x.org');
    expect(demands(story.plan('ann@x.org'))).toEqual(['Lead 1 opt-out']);
    story.carryOut('ann@x.org');
    expect(demands(story.plan('ann@x.org'))).toEqual([]);
  });

  it('C14 example 5a: the same without a member, default: no fields, no member', () => {
    const story = new Story();
    story.record('Contact 1', { optedOut: true });
    story.record('Lead 1');
    expect(demands(story.plan('ann@x.org'))).toEqual([]);
    expect(reasonOf(story.plan('ann@x.org'))).toBe('opted-out');
  });

  it.each([true, false])('C6 example 6: unticked by an operator, unsubscribed, enabled %s: ticked again', (enabled) => {
    const story = new Story({ crmToMarketing: enabled });
    story.record('Contact 1');
    story.member('ann@x.org', 'unsubscribed');
    story.carryOut('ann@x.org');
    expect(demands(story.plan('ann@x.org'))).toEqual([]);
    story.record('Contact 1', { optedOut: false });
    expect(demands(story.plan('ann@x.org'))).toEqual(['Contact 1 opt-out']);
  });

  it('C6a example 6a: ticked by mistake, unticked: without fields and listed until it is corrected', () => {
    const story = new Story();
    story.member('ann@x.org', 'subscribed', { fields: { FNAME: 'Anna' } });
    story.record('Contact 1', { optedOut: true });
    story.record('Contact 1', { optedOut: false });
    const before = story.plan('ann@x.org');
    expect(before.verdict.fields).toBe(false);
    expect(demands(before)).toEqual([]);
    expect(reasonOf(before)).toMatch(/unticked-still-opted-out|opted-out-in-crm/);
    const mistake = story.facts.find((fact) => fact.says === 'opted-out');
    story.decide({ kind: 'correction', facts: [mistake?.n ?? -1], by: 'op', because: 'wrong row' });
    const after = story.plan('ann@x.org');
    expect(after.verdict).toMatchObject({ row: 6, fields: true });
    expect(demands(after)).toEqual(['marketing patch']);
  });

  it('C6 example 6a: the report says "unticked, still opted out"', () => {
    const story = new Story();
    story.member('ann@x.org', 'subscribed');
    story.record('Contact 1', { optedOut: true });
    story.record('Contact 1', { optedOut: false });
    expect(reasonOf(story.plan('ann@x.org'))).toBe('unticked-still-opted-out');
  });

  it('C6 C8 enabled: the untick of the record that had said it is left, its echo in marketing ticks only siblings', () => {
    const story = new Story({ crmToMarketing: true });
    story.record('Contact 1', { optedOut: true });
    story.record('Lead 1');
    story.member('ann@x.org', 'subscribed');
    story.carryOut('ann@x.org');
    story.carryOut('ann@x.org');
    story.record('Contact 1', { optedOut: false });
    expect(demands(story.plan('ann@x.org'))).toEqual([]);
    story.record('Contact 2');
    expect(demands(story.plan('ann@x.org'))).toEqual(['Contact 2 opt-out']);
  });

  it('C1 C8 a tick that was lifted long ago does not keep a record from a new opt-out of its sibling', () => {
    const story = new Story({ crmToMarketing: true, clearWhenConfirmed: true });
    story.record('Contact 1', { optedOut: true });
    story.record('Lead 1');
    story.member('ann@x.org', 'subscribed');
    story.carryOut('ann@x.org');
    story.carryOut('ann@x.org');
    story.member('ann@x.org', 'pending');
    story.member('ann@x.org', 'subscribed');
    story.carryOut('ann@x.org');
    expect(story.plan('ann@x.org').verdict.row).toBe(1);
    story.record('Lead 1', { optedOut: true });
    story.carryOut('ann@x.org');
    expect(demands(story.plan('ann@x.org'))).toEqual(['Contact 1 opt-out']);
  });

  const optedInAgain = (rules: ConstructorParameters<typeof Story>[0]) => {
    const story = new Story(rules);
    story.record('Contact 1');
    story.member('ann@x.org', 'unsubscribed', { by: 'person' });
    story.carryOut('ann@x.org');
    story.member('ann@x.org', 'pending');
    story.member('ann@x.org', 'subscribed');
    return story;
  };

  it('C7 example 7: subscribed again by own act, clearWhenConfirmed false: nothing written, for review (C8)', () => {
    const plan = optedInAgain({ crmToMarketing: true }).plan('ann@x.org');
    expect(demands(plan)).toEqual([]);
    expect(reasonOf(plan)).toBe('waits-for-review');
  });

  it('C7 example 8: the same, clearWhenConfirmed true: CRM cleared, the evidence among the reasons', () => {
    const story = optedInAgain({ crmToMarketing: true, clearWhenConfirmed: true });
    const plan = story.plan('ann@x.org');
    expect(demands(plan)).toEqual(['Contact 1 clear']);
    const optIn = story.facts.find((fact) => fact.says === 'opted-in' && fact.proof !== null);
    expect(plan.verdict.because[0]).toBe(optIn?.n);
  });

  const subscribedAgain = (rules: ConstructorParameters<typeof Story>[0]) => {
    const story = new Story(rules);
    story.record('Contact 1');
    story.member('ann@x.org', 'unsubscribed', { by: 'operator' });
    story.carryOut('ann@x.org');
    story.member('ann@x.org', 'subscribed');
    return story;
  };

  it('C6 example 8a: subscribed again by an administrator, default: listed, nothing written', () => {
    const plan = subscribedAgain({}).plan('ann@x.org');
    expect(demands(plan)).toEqual([]);
    expect(reasonOf(plan)).toBe('subscribed-again-not-by-own-act');
  });

  it('C6 example 8b: the same, enabled: unsubscribed again', () => {
    expect(demands(subscribedAgain({ crmToMarketing: true }).plan('ann@x.org'))).toEqual(['member opt-out']);
  });

  it('C5 example 9: opted out outside the lists, scope lists: nothing written, named in the report', () => {
    const story = new Story({ crmToMarketing: true, scope: 'lists', lists: ['701'] });
    story.record('Contact 1', { optedOut: true });
    story.member('ann@x.org', 'subscribed');
    expect(demands(story.plan('ann@x.org'))).toEqual([]);
    expect(reasonOf(story.plan('ann@x.org'))).toBe('outside-lists');
    story.record('Contact 1', { lists: ['701'] });
    expect(demands(story.plan('ann@x.org'))).toEqual(['member opt-out']);
  });

  it('C5 scope everyone: lists do not matter for an opt-out', () => {
    const story = new Story({ crmToMarketing: true, lists: ['701'] });
    story.record('Contact 1', { optedOut: true });
    story.member('ann@x.org', 'subscribed');
    expect(demands(story.plan('ann@x.org'))).toEqual(['member opt-out']);
  });

  it('C5 what was owed stays owed when the record leaves the list', () => {
    const story = new Story({ crmToMarketing: true, scope: 'lists', lists: ['701'] });
    story.record('Contact 1', { optedOut: true, lists: ['701'] });
    story.member('ann@x.org', 'subscribed');
    story.owed.push({
      address: key('ann@x.org'),
      side: 'marketing',
      record: null,
      rule: 'C3',
      because: [1],
      since: story.now,
      why: 'Mailchimp did not answer',
    });
    story.record('Contact 1', { lists: [] });
    expect(demands(story.plan('ann@x.org'))).toEqual(['member opt-out']);
  });

  it.each([true, false])('C10 example 10: cleaned: no opt-out is written, nobody is mailed, enabled %s', (enabled) => {
    const story = new Story({ crmToMarketing: enabled });
    story.record('Contact 1');
    story.member('ann@x.org', 'undeliverable');
    expect(demands(story.plan('ann@x.org'))).toEqual([]);
    expect(reasonOf(story.plan('ann@x.org'))).toBe('undeliverable');
  });

  it('C10 cleaned after an abuse report is an opt-out by the person', () => {
    const story = new Story();
    story.record('Contact 1');
    story.member('ann@x.org', 'undeliverable', { complaint: true });
    expect(demands(story.plan('ann@x.org'))).toEqual(['Contact 1 opt-out']);
    expect(story.facts.find((fact) => fact.says === 'opted-out')).toMatchObject({ by: 'person', complaint: true });
  });

  it.each([
    ['keep', []],
    ['tag', ['marketing leave']],
    ['archive', ['marketing leave']],
  ] as const)('C12 example 11: record deleted, whenRecordLeaves %s: %j', (whenRecordLeaves, wanted) => {
    const story = new Story({ whenRecordLeaves });
    story.record('Contact 1');
    story.member('ann@x.org', 'subscribed');
    story.links.push({
      member: { type: 'member', id: 'ann@x.org' },
      crm: { type: 'Contact', id: '1' },
      agreed: {},
      left: false,
    });
    story.record('Contact 1', { life: { kind: 'deleted' } });
    const plan = story.plan('ann@x.org');
    expect(demands(plan)).toEqual(wanted);
    expect(story.facts).toEqual([]);
    if (wanted.length > 0) expect(plan.fields[0]?.guarded).toBe(true);
  });

  it('C15 example 12: address changed after the opt-out: no member at the new address, the record stays opted out', () => {
    const story = new Story();
    story.record('Contact 1');
    story.member('ann@x.org', 'unsubscribed', { by: 'person' });
    story.carryOut('ann@x.org');
    story.record('Contact 1', { email: 'ann@new.org' });
    const plan = story.plan('ann@new.org');
    expect(demands(plan)).toEqual([]);
    expect(plan.verdict).toMatchObject({ create: false, fields: false });
    expect(story.shadows.get('Contact/1')?.values.HasOptedOutOfEmail).toBe(true);
  });

  it('C12a example 13: created by us, unsubscribed, deleted before the next sync: not created again (C19)', () => {
    const story = new Story();
    story.record('Contact 1');
    story.everCreated.push(key('ann@x.org'));
    const plan = story.plan('ann@x.org');
    expect(demands(plan)).toEqual([]);
    expect(reasonOf(plan)).toBe('vanished');
  });
});
