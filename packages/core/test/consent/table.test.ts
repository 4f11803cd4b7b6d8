import { describe, expect, it } from 'vitest';
import { demands, key, LIST, reasonOf, Story } from './story.ts';

/** Table C0, row by row: the first row that fits decides. */
describe('C0 the table', () => {
  const liftedStory = (rules: ConstructorParameters<typeof Story>[0]) => {
    const story = new Story(rules);
    story.record('Contact 1');
    story.member('ann@x.org', 'unsubscribed', { by: 'person' });
    story.carryOut('ann@x.org');
    story.member('ann@x.org', 'pending');
    story.member('ann@x.org', 'subscribed');
    return story;
  };

  it('C0.1 opted in again by own act, clearWhenConfirmed: every record is cleared, then fields travel', () => {
    const story = liftedStory({ clearWhenConfirmed: true });
    const plan = story.plan('ann@x.org');
    expect(plan.verdict.row).toBe(1);
    expect(demands(plan)).toEqual(['Contact 1 clear']);
    expect(plan.verdict.fields).toBe(false);
    story.carryOut('ann@x.org');
    expect(story.plan('ann@x.org').verdict).toMatchObject({ row: 1, fields: true, create: false, clear: [] });
  });

  it('C0.1 without clearWhenConfirmed: left, listed for review, no fields', () => {
    const plan = liftedStory({}).plan('ann@x.org');
    expect(plan.verdict).toMatchObject({ row: 1, fields: false, create: false, clear: [], member: 'leave' });
    expect(reasonOf(plan)).toBe('waits-for-review');
  });

  it('C0.1 once it was accepted fields travel', () => {
    const story = liftedStory({});
    const optIn = story.facts.find((fact) => fact.says === 'opted-in');
    story.decide({ kind: 'acceptance', address: key('ann@x.org'), facts: [optIn?.n ?? -1], by: 'op' });
    expect(story.plan('ann@x.org').verdict).toMatchObject({ row: 1, fields: true });
  });

  it.each([true, false])('C0.2 an opt-out list: records set, member unsubscribed, crmToMarketing %s', (enabled) => {
    const story = new Story({ crmToMarketing: enabled });
    story.record('Contact 1');
    story.record('Lead 1');
    story.member('ann@x.org', 'subscribed');
    story.fact({ source: LIST });
    const plan = story.plan('ann@x.org');
    expect(plan.verdict.row).toBe(2);
    expect(plan.verdict.guarded).toBe(false);
    expect(demands(plan)).toEqual(['Contact 1 opt-out', 'Lead 1 opt-out', 'member opt-out']);
    expect(plan.verdict).toMatchObject({ fields: false, create: false });
  });

  it.each([true, false])(
    'C0.3 opted out in this marketing system: every record, member left, enabled %s',
    (enabled) => {
      const story = new Story({ crmToMarketing: enabled });
      story.record('Contact 1');
      story.record('Lead 1');
      story.member('ann@x.org', 'unsubscribed');
      const plan = story.plan('ann@x.org');
      expect(plan.verdict).toMatchObject({ row: 3, fields: false, create: false });
      expect(demands(plan)).toEqual(['Contact 1 opt-out', 'Lead 1 opt-out']);
    },
  );

  it('C0.3 a complaint counts as made here, whatever the member shows by now', () => {
    const story = new Story();
    story.record('Contact 1');
    story.member('ann@x.org', 'undeliverable', { complaint: true });
    expect(story.plan('ann@x.org').verdict.row).toBe(3);
    expect(demands(story.plan('ann@x.org'))).toEqual(['Contact 1 opt-out']);
  });

  it('C0.4 opted out in the CRM, default: record left, member left and listed', () => {
    const story = new Story();
    story.record('Contact 1', { optedOut: true });
    story.member('ann@x.org', 'subscribed');
    const plan = story.plan('ann@x.org');
    expect(plan.verdict).toMatchObject({ row: 4, fields: false, create: false, member: 'leave', set: [] });
    expect(reasonOf(plan)).toBe('opted-out-in-crm');
  });

  it('C0.4 opted out in the CRM, enabled: member unsubscribed, the other record waits for the echo', () => {
    const story = new Story({ crmToMarketing: true });
    story.record('Contact 1', { optedOut: true });
    story.record('Lead 1');
    story.member('ann@x.org', 'subscribed');
    expect(demands(story.plan('ann@x.org'))).toEqual(['member opt-out']);
  });

  it('C0.4 ticked still or not: an unticked opt-out of the CRM stands', () => {
    const story = new Story({ crmToMarketing: true });
    story.record('Contact 1', { optedOut: true });
    story.record('Contact 1', { optedOut: false });
    story.member('ann@x.org', 'subscribed');
    expect(story.plan('ann@x.org').verdict.row).toBe(4);
    expect(demands(story.plan('ann@x.org'))).toEqual(['member opt-out']);
  });

  it.each([
    ['undeliverable', 'undeliverable'],
    ['archived', 'archived'],
  ] as const)('C0.5 %s: nothing is written, nobody is revived', (status, reason) => {
    const story = new Story({ crmToMarketing: true });
    story.record('Contact 1');
    story.member('ann@x.org', status);
    const plan = story.plan('ann@x.org');
    expect(plan.verdict).toMatchObject({ row: 5, fields: false, create: false, member: 'leave', set: [] });
    expect([...plan.consent, ...plan.fields]).toEqual([]);
    expect(reasonOf(plan)).toBe(reason);
  });

  it('C0.5 vanished: not created again, not revived', () => {
    const story = new Story();
    story.record('Contact 1');
    story.member('ann@x.org', 'subscribed');
    story.memberVanishes('ann@x.org');
    const plan = story.plan('ann@x.org');
    expect(plan.verdict).toMatchObject({ row: 5, fields: false, create: false });
    expect(plan.fields).toEqual([]);
    expect(reasonOf(plan)).toBe('vanished');
  });

  it('C0.5 refused by the tool for ever: left', () => {
    const story = new Story();
    story.record('Contact 1');
    story.setAside.push({
      address: key('ann@x.org'),
      side: 'marketing',
      record: null,
      field: null,
      rule: 'C0.5',
      message: 'Member In Compliance State',
      write: null,
      attempts: 1,
      retryAt: null,
    });
    const plan = story.plan('ann@x.org');
    expect(plan.verdict.row).toBe(5);
    expect(plan.fields).toEqual([]);
  });

  it('C0.5 what is owed stays owed: an opt-out that stands comes before it', () => {
    const story = new Story({ crmToMarketing: true });
    story.record('Contact 1', { optedOut: true });
    story.member('ann@x.org', 'archived');
    expect(story.plan('ann@x.org').verdict.row).toBe(4);
    expect(demands(story.plan('ann@x.org'))).toEqual([]);
    story.member('ann@x.org', 'subscribed');
    expect(demands(story.plan('ann@x.org'))).toEqual(['member opt-out']);
  });

  it('C0.6 anything else: fields travel, a new member is possible', () => {
    const story = new Story();
    story.record('Contact 1');
    expect(story.plan('ann@x.org').verdict).toMatchObject({ row: 6, fields: true, create: true });
    expect(demands(story.plan('ann@x.org'))).toEqual(['marketing create']);
  });

  it('C0.6 a consent field that cannot be read is silence, not permission (C18)', () => {
    const story = new Story({ hiddenOptOut: true });
    story.record('Contact 1');
    const plan = story.plan('ann@x.org');
    expect(plan.verdict).toMatchObject({ row: 6, fields: false, create: false });
    expect(reasonOf(plan)).toBe('consent-unreadable');
  });

  it('C0 several opt-outs: the first row that fits decides', () => {
    const story = new Story();
    story.record('Contact 1', { optedOut: true });
    story.member('ann@x.org', 'unsubscribed', { by: 'person' });
    expect(story.plan('ann@x.org').verdict.row).toBe(3);
    story.fact({ source: LIST });
    expect(story.plan('ann@x.org').verdict.row).toBe(2);
  });

  it('C0 a value that the profile does not list counts as opted out for creating, and is no opt-out', () => {
    const story = new Story();
    story.record('Contact 1', { values: { HasOptedOutOfEmail: 'maybe' } });
    const plan = story.plan('ann@x.org');
    expect(plan.verdict).toMatchObject({ row: 6, create: false });
    expect(story.facts).toEqual([]);
  });
});
