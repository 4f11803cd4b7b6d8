import type { MemberState } from '@heed/contract';
import { describe, expect, it } from 'vitest';
import { isDenied } from '../../src/consent/echo.ts';
import { reachOf } from '../../src/consent/reach.ts';
import type { TopicMapping } from '../../src/profile/profile.ts';
import { memberRow, memberState } from './made-up.ts';
import { key, Story, viewFor } from './story.ts';

const ANN = 'ann@x.org';
const checkbox = (field: string) => ({ field, optedOutWhen: true, write: true }) as const;
const EVENTS: TopicMapping = { name: 'events', crm: checkbox('Events_Opt_Out__c'), marketing: 't1', collapse: null };
const PRODUCT: TopicMapping = { name: 'product', crm: checkbox('Product_Opt_Out__c'), marketing: 't2', collapse: null };
const WEBINARS: TopicMapping = {
  name: 'webinars',
  crm: checkbox('Events_Opt_Out__c'),
  marketing: 'i1',
  collapse: null,
};
const ONLY_MARKETING: TopicMapping = { name: 'events', crm: null, marketing: 't1', collapse: null };

/** What is always so of a write that was made. */
const applied = {
  profile: 'acme/news',
  run: 'r',
  address: key(ANN),
  rule: '',
  state: 'applied',
  seen: false,
  partner: null,
  agrees: {},
  made: null,
  job: null,
  id: 'o',
} as const;

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

describe('C17 topics: marketing to the CRM, always', () => {
  it('C1 C17 an opt-out of one topic sets the field of that topic on every record, and no other', () => {
    const story = ann({ topics: [EVENTS, PRODUCT] });
    story.record('Lead 2');
    story.member(ANN, 'subscribed', { topics: { t1: 'opted-out' } });
    expect(sets(story)).toEqual([
      ['crm', '*', { Events_Opt_Out__c: true }, 'C0.3 C1 C17'],
      ['crm', '*', { Events_Opt_Out__c: true }, 'C0.3 C1 C17'],
    ]);
    expect(story.plan(ANN).verdict.row).toBe(6);
    expect(story.plan(ANN).fields).toEqual([]);
  });

  it('C8 what our own write set is an echo: nothing more follows, and it keeps its topic', () => {
    const story = ann({ topics: [EVENTS, PRODUCT], crmToMarketing: true });
    story.member(ANN, 'subscribed', { topics: { t1: 'opted-out' } });
    expect(story.carryOut(ANN)).toBe(1);
    expect(story.facts.at(-1)).toMatchObject({ topic: 'Events_Opt_Out__c', echoOf: expect.any(Number) });
    expect(sets(story)).toEqual([]);
    expect(story.plan(ANN).owed).toEqual([]);
  });

  it.each([
    ['another topic', { topics: { t1: 'opted-out', t2: 'opted-out' } }, 'subscribed', 't2'],
    ['all mail', { topics: { t1: 'opted-out' } }, 'unsubscribed', '*'],
  ] as const)(
    'C8 our own opt-out of one topic explains nothing about %s, seen by the same read',
    (_, sight, status, topic) => {
      const story = ann({ topics: [EVENTS, PRODUCT], crmToMarketing: true });
      story.record('Contact 1', { values: { Events_Opt_Out__c: true } });
      const [write] = story.plan(ANN).consent;
      const sentAt = story.now;
      if (write?.op.kind !== 'opt-out') throw new Error('no opt-out is planned');
      story.intents.push({
        ...applied,
        system: story.view.marketing,
        op: { ...write.op, id: 'o' },
        because: write.because,
        sentAt,
        answeredAt: sentAt + 1_000,
      });
      const facts = story.member(ANN, status, { ...sight, modifiedAt: sentAt + 500 });
      expect(facts.find((fact) => fact.topic === topic)).toMatchObject({ says: 'opted-out', echoOf: null });
    },
  );

  it.each([
    ['another topic', 'Product_Opt_Out__c', 'Product_Opt_Out__c'],
    ['all mail', 'HasOptedOutOfEmail', '*'],
  ] as const)('C8 and in the CRM nothing about %s', (_, field, topic) => {
    const story = ann({ topics: [EVENTS, PRODUCT] });
    story.member(ANN, 'subscribed', { topics: { t1: 'opted-out' } });
    const [write] = story.plan(ANN).consent;
    const sentAt = story.now;
    if (write?.op.kind !== 'opt-out') throw new Error('no opt-out is planned');
    story.intents.push({
      ...applied,
      system: story.view.crm,
      op: { ...write.op, id: 'o' },
      because: write.because,
      sentAt,
      answeredAt: sentAt + 1_000,
    });
    const values = { Events_Opt_Out__c: true, [field]: true };
    const facts = story.record('Contact 1', { values, modifiedAt: sentAt + 500, modifiedBy: 'us' });
    expect(facts.find((fact) => fact.topic === 'Events_Opt_Out__c')?.echoOf).not.toBeNull();
    expect(facts.find((fact) => fact.topic === topic)).toMatchObject({ says: 'opted-out', echoOf: null });
  });

  it('C8 an answer that shows the topic left denies nothing, whatever the status', () => {
    const op = { kind: 'opt-out', id: 'o', record: null, email: ANN, topic: 't1', set: {} } as const;
    const row = (topics: MemberState['topics']) =>
      memberRow('subscribed', { member: { ...memberState('subscribed'), topics } });
    expect(isDenied(op, row({ t1: 'opted-out' }), {})).toBe(false);
    expect(isDenied(op, row({ t2: 'opted-out' }), {})).toBe(true);
    expect(isDenied({ ...op, topic: '*' }, row({ t1: 'opted-out' }), {})).toBe(true);
  });

  it('C6 unticked by an operator: ticked again', () => {
    const story = ann({ topics: [EVENTS] });
    story.member(ANN, 'subscribed', { topics: { t1: 'opted-out' } });
    story.carryOut(ANN);
    story.record('Contact 1', { values: { Events_Opt_Out__c: false } });
    expect(sets(story)).toEqual([['crm', '*', { Events_Opt_Out__c: true }, 'C0.3 C1 C17']]);
  });

  it('the same state read again is no new fact, and an opt-in of the topic by unknown lifts nothing', () => {
    const story = ann({ topics: [EVENTS] });
    expect(story.member(ANN, 'subscribed', { topics: { t1: 'opted-out' } })).toHaveLength(1);
    expect(story.member(ANN, 'subscribed', { topics: { t1: 'opted-out' } })).toHaveLength(0);
    story.member(ANN, 'subscribed', { topics: { t1: 'opted-in' } });
    expect(sets(story)).toEqual([['crm', '*', { Events_Opt_Out__c: true }, 'C0.3 C6 C1 C17']]);
    expect(reasons(story)).toEqual(['topic-opted-out']);
  });

  it('C17 shown opted out of a topic while opted out of everything: said by the tool, until it outlives that', () => {
    const story = ann({ topics: [EVENTS] });
    story.member(ANN, 'unsubscribed', { topics: { t1: 'opted-out' } });
    expect(sets(story)).toEqual([['crm', '*', { HasOptedOutOfEmail: true }, 'C0.3 C1']]);
    story.carryOut(ANN);
    story.member(ANN, 'subscribed', { topics: { t1: 'opted-out' } });
    expect(sets(story)).toEqual([['crm', '*', { Events_Opt_Out__c: true }, 'C0.3 C1 C17']]);
  });

  it('C28 a topic that nobody is in by default: only leaving it is an opt-out', () => {
    const story = ann({ topics: [WEBINARS] });
    expect(story.member(ANN, 'subscribed', { topics: { i1: 'opted-out' } })).toEqual([]);
    story.member(ANN, 'subscribed', { topics: { i1: 'opted-in' } });
    expect(sets(story)).toEqual([]);
    story.member(ANN, 'subscribed', { topics: { i1: 'opted-out' } });
    expect(sets(story)).toEqual([['crm', '*', { Events_Opt_Out__c: true }, 'C0.3 C1 C17']]);
  });

  it('C28 C26 who leaves it does so for every profile, also for one that names it only later', () => {
    const story = ann({ topics: [EVENTS] });
    story.member(ANN, 'subscribed', { topics: { i1: 'opted-in' } });
    expect(story.member(ANN, 'subscribed', { topics: { i1: 'opted-out' } })).toMatchObject([
      { topic: 'i1', says: 'opted-out' },
    ]);
    expect(sets(story)).toEqual([]);
    Object.assign(story, { view: viewFor({ topics: [WEBINARS] }) });
    expect(sets(story)).toEqual([['crm', '*', { Events_Opt_Out__c: true }, 'C0.3 C1 C17']]);
  });

  it('C6 joined again by somebody else, again and again: two systems are fighting', () => {
    const story = new Story({ topics: [WEBINARS], crmToMarketing: true });
    story.record('Contact 1');
    story.member(ANN, 'subscribed', { topics: { i1: 'opted-in' } });
    story.record('Contact 1', { values: { Events_Opt_Out__c: true } });
    for (let time = 0; time < 4; time++) {
      expect(story.carryOut(ANN), String(time)).toBe(1);
      story.member(ANN, 'subscribed', { topics: { i1: 'opted-in' } });
    }
    expect(sets(story)).toEqual([]);
    expect(story.plan(ANN).setAside).toMatchObject([{ rule: 'C6', side: 'marketing' }]);
  });

  it('C15 the opt-out of a topic follows the person to a later address', () => {
    const story = ann({ topics: [EVENTS] });
    story.member(ANN, 'subscribed', { topics: { t1: 'opted-out' } });
    story.carryOut(ANN);
    story.record('Contact 1', { email: 'ann@new.org' });
    expect(story.plan('ann@new.org').topics[0]?.verdict.row).toBe(3);
    expect(story.plan('ann@new.org').fields).toEqual([]);
  });
});

describe('C17 topics: CRM to marketing', () => {
  it('C2 off by default: listed, nothing written, fields still travel', () => {
    const story = ann({ topics: [EVENTS] });
    story.record('Contact 1', { values: { Events_Opt_Out__c: true, FirstName: 'Anna' } });
    expect(sets(story)).toEqual([]);
    expect(reasons(story)).toEqual(['topic-opted-out']);
    expect(story.plan(ANN).fields).toHaveLength(1);
  });

  it('C3 enabled: the member is taken out of that topic and stays subscribed', () => {
    const story = ann({ topics: [EVENTS, PRODUCT], crmToMarketing: true });
    story.record('Contact 1', { values: { Events_Opt_Out__c: true } });
    expect(sets(story)).toEqual([['marketing', 't1', {}, 'C0.4 C3 C17']]);
    expect(story.plan(ANN).consent[0]?.guarded).toBe(true);
    story.carryOut(ANN);
    expect(sets(story)).toEqual([]);
    expect(story.shadows.get(`member/${ANN}`)?.member?.status).toBe('subscribed');
  });

  it('C3 a topic that the vendor of the CRM keeps is read as one of the topic only once it outlives the opt-out of everything', () => {
    const kept: TopicMapping = { name: 'events', crm: checkbox('7'), marketing: 't1', collapse: null };
    const story = ann({ topics: [kept], crmToMarketing: true });
    story.record('Contact 1', { optedOut: true, values: { optout_7: true } });
    expect(sets(story)).toEqual([['marketing', '*', {}, 'C0.4 C3']]);
    const alone = ann({ topics: [kept], crmToMarketing: true });
    alone.record('Contact 1', { values: { optout_7: true } });
    expect(sets(alone)).toEqual([['marketing', 't1', {}, 'C0.4 C3 C17']]);
  });

  it('C3 one that outlives the opt-out of everything was an opt-out of its own', () => {
    const kept: TopicMapping = { name: 'events', crm: checkbox('7'), marketing: 't1', collapse: null };
    const story = ann({ topics: [kept], crmToMarketing: true });
    expect(story.record('Contact 1', { optedOut: true, values: { optout_7: true } })).toMatchObject([{ topic: '*' }]);
    expect(story.record('Contact 1', { optedOut: false, values: { optout_7: true } })).toContainEqual(
      expect.objectContaining({ topic: 'optout_7', says: 'opted-out' }),
    );
  });

  it('a member that gets no mail at all needs no opt-out of a topic', () => {
    const story = ann({ topics: [EVENTS], crmToMarketing: true });
    story.member(ANN, 'unsubscribed');
    story.carryOut(ANN);
    story.record('Contact 1', { values: { Events_Opt_Out__c: true } });
    expect(sets(story)).toEqual([]);
  });

  it('who opted out of nothing is created and synced as ever, and listed nowhere', () => {
    const story = new Story({
      topics: [EVENTS, { ...ONLY_MARKETING, name: 'product', marketing: 't2', collapse: 'any' }],
    });
    story.record('Contact 1');
    expect(story.plan(ANN).fields.map(({ op }) => op.kind)).toEqual(['create']);
    expect(story.plan(ANN).listed).toEqual([]);
    story.member(ANN, 'subscribed');
    expect(story.plan(ANN)).toMatchObject({ consent: [], listed: [] });
  });

  it('what both sides show is listed nowhere', () => {
    const story = ann({ topics: [EVENTS], crmToMarketing: true });
    story.member(ANN, 'subscribed', { topics: { t1: 'opted-out' } });
    story.carryOut(ANN);
    expect(story.plan(ANN).listed).toEqual([]);
  });

  it('I10 who is opted out of everything by the same plan is not opted out of a topic besides', () => {
    const story = ann({ topics: [EVENTS], crmToMarketing: true });
    story.record('Contact 1', { optedOut: true, values: { Events_Opt_Out__c: true } });
    expect(sets(story)).toEqual([['marketing', '*', {}, 'C0.4 C3']]);
  });

  it('C20 C23 but one of an opt-out list does not wait for an opt-out of everything that a guard may hold', () => {
    const story = ann({ topics: [EVENTS], crmToMarketing: true });
    story.record('Contact 1', { optedOut: true, values: { Events_Opt_Out__c: true } });
    story.fact({ topic: 'events', source: { role: 'list', connection: '', container: '', field: 'ops' } });
    expect(story.plan(ANN).consent.map(({ op, guarded }) => [op.kind === 'opt-out' && op.topic, guarded])).toEqual([
      ['*', true],
      ['t1', false],
    ]);
  });

  it('C6 nobody is created who would be in a topic that they opted out of', () => {
    const story = new Story({ topics: [EVENTS], crmToMarketing: true });
    story.record('Contact 1', { values: { Events_Opt_Out__c: true } });
    expect(story.plan(ANN).fields).toEqual([]);
    expect(reasons(story)).toEqual(['topic-opted-out']);
  });

  it('C28 but where nobody is in the topic by default, a new member is not either', () => {
    const story = new Story({ topics: [WEBINARS], crmToMarketing: true });
    story.record('Contact 1', { values: { Events_Opt_Out__c: true } });
    expect(story.plan(ANN).fields.map(({ op }) => op.kind)).toEqual(['create']);
  });

  it('C20 nobody is made known to a tool for the sake of one topic', () => {
    const story = new Story({ topics: [EVENTS], suppressUnknown: true });
    story.record('Contact 1');
    story.fact({ topic: 'events', source: { role: 'list', connection: '', container: '', field: 'ops' } });
    expect(story.plan(ANN).consent.map(({ side }) => side)).toEqual(['crm']);
  });

  it('C5 what was owed for all mail in the lists is no debt of a topic', () => {
    const story = ann({ topics: [EVENTS], crmToMarketing: true, scope: 'lists', lists: ['l1'] });
    story.record('Contact 1', { values: { Events_Opt_Out__c: true }, lists: [] });
    const owed = {
      address: key(ANN),
      side: 'marketing',
      record: null,
      rule: 'C3',
      because: [],
      since: 0,
      why: '',
    } as const;
    story.owed.push(owed);
    expect(sets(story)).toEqual([]);
    story.owed.push({ ...owed, topic: 'events' });
    expect(sets(story)).toEqual([['marketing', 't1', {}, 'C0.4 C3 C17']]);
  });

  it('C20 a list for one topic opts out of it on both sides, whatever crmToMarketing says', () => {
    const story = ann({ topics: [EVENTS, PRODUCT] });
    story.fact({ topic: 'events', source: { role: 'list', connection: '', container: '', field: 'ops' } });
    expect(sets(story)).toEqual([
      ['crm', '*', { Events_Opt_Out__c: true }, 'C0.2 C20 C1 C17'],
      ['marketing', 't1', {}, 'C0.2 C20 C1 C17'],
    ]);
    expect(story.plan(ANN).verdict.row).toBe(6);
  });
});

it('C10 C17 a complaint is about all mail: no topic is written for it', () => {
  const story = ann({ topics: [EVENTS] });
  story.member(ANN, 'subscribed', { complaint: true, by: 'person' });
  expect(story.plan(ANN).topics[0]?.verdict.row).toBe(6);
  expect(story.plan(ANN).consent.map(({ side }) => side)).toEqual(['crm']);
});

it('C17 two topics at once, and all mail with them: each keeps its own origin', () => {
  const story = ann({ topics: [EVENTS, PRODUCT], crmToMarketing: true });
  story.member(ANN, 'subscribed', { topics: { t1: 'opted-out' } });
  story.record('Contact 1', { values: { Product_Opt_Out__c: true } });
  expect(story.carryOut(ANN)).toBe(2);
  story.member(ANN, 'unsubscribed', { topics: { t1: 'opted-out', t2: 'opted-out' } });
  expect(sets(story)).toEqual([['crm', '*', { HasOptedOutOfEmail: true }, 'C0.3 C1']]);
  story.carryOut(ANN);
  expect(sets(story)).toEqual([]);
  expect(new Set(story.facts.map(({ topic }) => topic))).toEqual(
    new Set(['t1', 'Events_Opt_Out__c', 'Product_Opt_Out__c', 't2', '*']),
  );
  expect(story.facts.every(({ address }) => address === key(ANN))).toBe(true);
});

it('C20 C26 what operators see of single topics, wherever they were said, is never mixed with all mail', () => {
  const story = ann({ topics: [EVENTS] });
  story.member(ANN, 'subscribed', { topics: { t1: 'opted-out', t9: 'opted-out' } });
  story.record('Contact 1', { optedOut: true });
  const ledger = { facts: story.facts, decisions: [] };
  const topicsIn = (scope: 'customer' | 'topics') =>
    reachOf(key(ANN), [...story.shadows.values()], ledger, scope).bindings.map(({ fact }) => fact.topic);
  expect(topicsIn('topics')).toEqual(['t1', 't9']);
  expect(topicsIn('customer')).toEqual(['*']);
});
