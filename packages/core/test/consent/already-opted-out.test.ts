import { describe, expect, it } from 'vitest';
import { demands, key, type Rules, Story, viewFor } from './story.ts';

const ANN = 'ann@x.org';
const EVENTS = { field: 'Events_Opt_Out__c', optedOutWhen: true, write: true } as const;

/**
 * A tick by mistake made us unsubscribe Ann and was corrected, which writes nothing to marketing (C6a): the member still shows
 * opted out, and nothing that was said of the address stands. Then somebody ticks her Lead.
 */
const leadTicked = (rules: Rules = {}): Story => {
  const story = new Story({ crmToMarketing: true, ...rules });
  story.record('Contact 1', { optedOut: true });
  story.record('Lead 1');
  story.member(ANN, 'subscribed');
  story.carryOut(ANN);
  const mistake = story.facts.find(({ record }) => record?.type === 'Contact');
  story.decide({ kind: 'correction', facts: [mistake?.n ?? -1], by: 'op', because: 'wrong row' });
  story.record('Contact 1', { optedOut: false });
  expect(demands(story.plan(ANN))).not.toContain('Contact 1 opt-out');
  story.record('Lead 1', { optedOut: true });
  return story;
};

describe('C8 C14 C1 a member that already is opted out when one of several records says so', () => {
  it('C8 as a state it puts the opt-out on the other record: example 5 without the needless write', () => {
    const story = leadTicked();
    expect(demands(story.plan(ANN))).toEqual(['Contact 1 opt-out']);
    const { verdict } = story.plan(ANN);
    const tick = story.facts.findLast(({ record, says }) => record?.type === 'Lead' && says === 'opted-out');
    expect([verdict.row, verdict.rule, verdict.because]).toEqual([4, 'C0.4 C3 C1', [tick?.n]]);
    story.carryOut(ANN);
    expect(demands(story.plan(ANN))).toEqual([]);
  });

  it('C6 the untick of that other record is left afterwards', () => {
    const story = leadTicked();
    story.record('Contact 1', { optedOut: true });
    story.record('Contact 1', { optedOut: false });
    expect(demands(story.plan(ANN))).toEqual([]);
  });

  it('C2 not once the CRM opts nobody out of marketing any more', () => {
    const story = leadTicked();
    Object.assign(story, { view: viewFor({ crmToMarketing: false }) });
    expect(demands(story.plan(ANN))).toEqual([]);
  });

  it('C23 not for a tick that was rejected', () => {
    const story = leadTicked();
    const facts = story.facts.map(({ n }) => n);
    story.decide({ kind: 'rejection', profile: 'acme/news', facts, by: 'op' });
    expect(demands(story.plan(ANN))).toEqual([]);
  });

  it('C5 not outside the lists that CRM-to-marketing opt-outs keep to', () => {
    const story = leadTicked();
    Object.assign(story, { view: viewFor({ crmToMarketing: true, scope: 'lists', lists: ['l1'] }) });
    expect(demands(story.plan(ANN))).toEqual([]);
    story.record('Lead 1', { optedOut: true, lists: ['l1'] });
    expect(demands(story.plan(ANN))).toEqual(['Contact 1 opt-out']);
  });

  it('C6 nor while the member shows anything else', () => {
    for (const status of ['archived', 'undeliverable', 'pending'] as const) {
      const story = leadTicked();
      story.member(ANN, status);
      expect(demands(story.plan(ANN)), status).toEqual([]);
    }
  });
});

describe('C17 C28 what a member shows of one topic', () => {
  const contactLeft = (marketing: string): Story => {
    const story = new Story({
      crmToMarketing: true,
      topics: [{ name: 'events', crm: EVENTS, marketing, collapse: null }],
    });
    story.record('Contact 1', { values: { Events_Opt_Out__c: true } });
    story.record('Lead 1');
    return story;
  };

  it('C28 who never joined a topic that nobody is in by default has not opted out of it: no sibling is set', () => {
    const story = contactLeft('i1');
    story.member(ANN, 'subscribed');
    expect(demands(story.plan(ANN))).toEqual([]);
    expect(story.facts.filter(({ address }) => address === key(ANN))).toHaveLength(1);
  });

  it('C17 C8 who was unsubscribed from it, is still out after a correction, and is ticked on a record again', () => {
    const story = contactLeft('t1');
    story.member(ANN, 'subscribed');
    story.carryOut(ANN);
    story.decide({ kind: 'correction', facts: [story.facts[0]?.n ?? -1], by: 'op', because: 'wrong row' });
    story.record('Contact 1', { values: { Events_Opt_Out__c: false } });
    story.record('Lead 1', { values: { Events_Opt_Out__c: true } });
    expect(demands(story.plan(ANN))).toEqual(['Contact 1 opt-out']);
  });
});
