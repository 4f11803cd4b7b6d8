import { describe, expect, it } from 'vitest';
import type { TopicMapping } from '../../src/profile/profile.ts';
import { key, Story } from './story.ts';

const ANN = 'ann@x.org';
const checkbox = (field: string) => ({ field, optedOutWhen: true, write: true }) as const;
const PRODUCT: TopicMapping = { name: 'product', crm: checkbox('Product_Opt_Out__c'), marketing: 't2', collapse: null };
const ONLY_MARKETING: TopicMapping = { name: 'events', crm: null, marketing: 't1', collapse: null };
const ONLY_CRM: TopicMapping = { name: 'events', crm: checkbox('Events_Opt_Out__c'), marketing: null, collapse: null };

/** Ann, a contact and a subscribed member, in no way opted out. */
const ann = (rules: ConstructorParameters<typeof Story>[0]): Story => {
  const story = new Story(rules);
  story.record('Contact 1');
  story.member(ANN, 'subscribed', { topics: {} });
  return story;
};
const sets = (story: Story, email = ANN): readonly unknown[] =>
  story
    .plan(email)
    .consent.map(({ side, op, rule }) => (op.kind === 'opt-out' ? [side, op.topic, op.set, rule] : [side, op.kind]));
const reasons = (story: Story): readonly string[] => story.plan(ANN).listed.map(({ reason }) => reason);

describe('C17 a system that knows no such topic', () => {
  it('the CRM: not carried, listed, never widened', () => {
    const story = ann({ topics: [ONLY_MARKETING] });
    story.member(ANN, 'subscribed', { topics: { t1: 'opted-out' } });
    expect(sets(story)).toEqual([]);
    expect(reasons(story)).toEqual(['topic-not-carried']);
    expect(story.plan(ANN).asksCrm).toBe(false);
  });

  it('marketing: not carried, listed, never widened', () => {
    const story = ann({ topics: [ONLY_CRM], crmToMarketing: true });
    story.record('Contact 1', { values: { Events_Opt_Out__c: true } });
    expect(sets(story)).toEqual([]);
    expect(reasons(story)).toEqual(['topic-not-carried']);
  });

  it('is told whole: the side, the topics and the rules', () => {
    const crm = ann({ topics: [ONLY_MARKETING] });
    crm.member(ANN, 'subscribed', { topics: { t1: 'opted-out' } });
    const line = { address: key(ANN), reason: 'topic-not-carried', rule: 'C17' };
    expect(crm.plan(ANN).listed).toEqual([{ ...line, side: 'crm', detail: 'events (C0.3 C1)' }]);
    const marketing = ann({
      topics: [ONLY_CRM, { ...ONLY_CRM, name: 'product', crm: checkbox('Product_Opt_Out__c') }],
    });
    marketing.record('Contact 1', { values: { Events_Opt_Out__c: true, Product_Opt_Out__c: true } });
    expect(marketing.plan(ANN).listed).toEqual([
      { ...line, side: 'marketing', detail: 'events (C0.4 C2), product (C0.4 C2)' },
    ]);
  });

  it('on some record types only: set where it is known, listed for the others', () => {
    const kept: TopicMapping = { name: 'events', crm: checkbox('7'), marketing: 't1', collapse: null };
    const story = ann({ topics: [kept], keepsTopicsOn: ['Contact'] });
    story.record('Lead 2');
    story.member(ANN, 'subscribed', { topics: { t1: 'opted-out' } });
    expect(sets(story)).toEqual([['crm', '*', { optout_7: true }, 'C0.3 C1 C17']]);
    expect(reasons(story)).toEqual(['topic-not-carried']);
  });

  it('collapse: any does not wait for topics that say all', () => {
    const all: TopicMapping = { ...ONLY_MARKETING, name: 'product', marketing: 't2', collapse: 'all' };
    const story = ann({ topics: [{ ...ONLY_MARKETING, collapse: 'any' }, all] });
    story.member(ANN, 'subscribed', { topics: { t1: 'opted-out' } });
    expect(sets(story)).toEqual([['crm', '*', { HasOptedOutOfEmail: true }, 'C0.3 C1 C17']]);
  });

  it('one opt-out of everything is enough for several topics', () => {
    const second: TopicMapping = { ...ONLY_MARKETING, name: 'product', marketing: 't2', collapse: 'any' };
    const story = ann({ topics: [{ ...ONLY_MARKETING, collapse: 'any' }, second] });
    story.member(ANN, 'subscribed', { topics: { t1: 'opted-out', t2: 'opted-out' } });
    expect(sets(story)).toHaveLength(1);
    expect(story.plan(ANN).owed.map(({ topic }) => topic)).toEqual(['events', 'product']);
  });

  it('whom collapse shows opted out of everything is listed once, whatever other topics say', () => {
    const story = ann({ topics: [{ ...ONLY_MARKETING, collapse: 'any' }, PRODUCT] });
    story.member(ANN, 'subscribed', { topics: { t1: 'opted-out' } });
    story.carryOut(ANN);
    story.record('Contact 1', { values: { Product_Opt_Out__c: true } });
    expect(reasons(story)).toEqual(['topic-opted-out']);
  });

  it('collapse: any sets the opt-out of everything in the CRM, which stays an echo of the topic', () => {
    const story = ann({ topics: [{ ...ONLY_MARKETING, collapse: 'any' }], crmToMarketing: true });
    story.member(ANN, 'subscribed', { topics: { t1: 'opted-out' } });
    expect(sets(story)).toEqual([['crm', '*', { HasOptedOutOfEmail: true }, 'C0.3 C1 C17']]);
    story.carryOut(ANN);
    expect(story.facts.at(-1)).toMatchObject({ topic: 'collapse:events', source: { field: 'HasOptedOutOfEmail' } });
    // It does not come back as an opt-out of everything (C8), nor is it told as one.
    expect(sets(story)).toEqual([]);
    expect(reasons(story)).toEqual(['topic-opted-out']);
    expect(story.plan(ANN).verdict).toMatchObject({ row: 6, fields: false });
    expect(story.plan(ANN).owed).toEqual([]);
  });

  it('collapse: any in marketing unsubscribes, under C3 alone', () => {
    const off = ann({ topics: [{ ...ONLY_CRM, collapse: 'any' }] });
    off.record('Contact 1', { values: { Events_Opt_Out__c: true } });
    expect(sets(off)).toEqual([]);
    const story = ann({ topics: [{ ...ONLY_CRM, collapse: 'any' }], crmToMarketing: true });
    story.record('Contact 1', { values: { Events_Opt_Out__c: true } });
    expect(sets(story)).toEqual([['marketing', '*', {}, 'C0.4 C3 C17']]);
    story.carryOut(ANN);
    // The CRM's own opt-out of everything is not set in return.
    expect(sets(story)).toEqual([]);
    expect(story.plan(ANN).verdict).toMatchObject({ row: 6, fields: false });
  });

  it('collapse: all waits for the last of the topics that say so', () => {
    const second: TopicMapping = { ...ONLY_MARKETING, name: 'product', marketing: 't2' };
    const story = ann({ topics: [ONLY_MARKETING, second].map((one) => ({ ...one, collapse: 'all' as const })) });
    story.member(ANN, 'subscribed', { topics: { t1: 'opted-out' } });
    expect(sets(story)).toEqual([]);
    expect(story.plan(ANN)).toMatchObject({ owed: [], asksCrm: false });
    story.member(ANN, 'subscribed', { topics: { t1: 'opted-out', t2: 'opted-out' } });
    expect(sets(story)).toEqual([['crm', '*', { HasOptedOutOfEmail: true }, 'C0.3 C1 C17']]);
  });

  it('an opt-out of everything that somebody else makes is a fact of its own beside a collapsed one', () => {
    const story = ann({ topics: [{ ...ONLY_MARKETING, collapse: 'any' }], crmToMarketing: true });
    story.member(ANN, 'subscribed', { topics: { t1: 'opted-out' } });
    story.carryOut(ANN);
    story.record('Contact 1', { optedOut: false });
    story.record('Contact 1', { optedOut: true });
    expect(sets(story)).toEqual([['marketing', '*', {}, 'C0.4 C3']]);
  });
});
