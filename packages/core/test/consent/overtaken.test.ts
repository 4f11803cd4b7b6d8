import type { Row } from '@heed/contract';
import { describe, expect, it } from 'vitest';
import type { Fact } from '../../src/consent/fact.ts';
import type { Observer } from '../../src/consent/observe.ts';
import { isNewsBeside, optOutsToldBy, tellsOtherwise } from '../../src/consent/overtaken.ts';
import type { Shadow } from '../../src/state/shadow.ts';
import { type MemberSight, type RecordSight, Story } from './story.ts';

const MEMBER = 'member/ann@x.org';
const by = (joined: readonly string[] = []): Observer => ({
  system: { role: 'marketing', connection: 'mailchimp', container: 'a1' },
  consentFields: {},
  optInField: null,
  topics: { fields: {}, joined },
  proofs: [],
  readAt: new Story().now,
  seenAt: new Story().now,
  lists: null,
  run: null,
});

const shadowIn = (story: Story, key: string): Shadow => {
  const shadow = story.shadows.get(key);
  if (shadow === undefined) throw new Error(`nothing was read of ${key}`);
  return shadow;
};

/** The row that would be read again of what is known, but for what the test says. */
const rowOf = (shadow: Shadow, otherwise: Partial<Row> = {}): Row => ({
  record: shadow.record,
  email: shadow.email,
  modifiedAt: shadow.modifiedAt,
  modifiedBy: 'unknown',
  life: { kind: 'live' },
  reference: null,
  values: shadow.values,
  member: shadow.member,
  lists: null,
  version: null,
  ...otherwise,
});

const contact = (sight: RecordSight = {}): Shadow => {
  const story = new Story();
  story.record('Contact 1', sight);
  return shadowIn(story, 'Contact/1');
};

const member = (status: 'subscribed' | 'unsubscribed', sight: MemberSight = {}): Shadow => {
  const story = new Story();
  story.member('ann@x.org', status, sight);
  return shadowIn(story, MEMBER);
};

const stateOf = ({ member: state }: Shadow): NonNullable<Row['member']> => {
  if (state === null) throw new Error('a member has a state');
  return state;
};

describe('a row that is read again', () => {
  it('tells what is known', () => {
    expect(tellsOtherwise(rowOf(contact()), contact(), by())).toBe(false);
    expect(tellsOtherwise(rowOf(member('subscribed')), member('subscribed'), by())).toBe(false);
  });

  it.each<[string, Partial<Row>]>([
    ['another address', { email: 'ann@y.org' }],
    ['another spelling', { email: 'Ann@x.org' }],
    ['no address any more', { email: null }],
    ['that it was deleted', { life: { kind: 'deleted' } }],
    ['a reference', { reference: 'm1' }],
    ['a tick', { values: { HasOptedOutOfEmail: true } }],
    ['an empty field', { values: { FirstName: null } }],
  ])('tells otherwise: %s', (_, otherwise) => {
    expect(tellsOtherwise(rowOf(contact(), otherwise), contact(), by())).toBe(true);
  });

  it('a column that is asked for the first time is no contradiction, nor are equal lists of values', () => {
    expect(tellsOtherwise(rowOf(contact(), { values: { Title: 'x' } }), contact(), by())).toBe(false);
    const tagged = contact({ values: { Tags: ['a', 'b'] } });
    expect(tellsOtherwise(rowOf(tagged, { values: { Tags: ['a', 'b'] } }), tagged, by())).toBe(false);
    expect(tellsOtherwise(rowOf(tagged, { values: { Tags: ['a'] } }), tagged, by())).toBe(true);
  });

  it('what was deleted shows no address, and that is no other one', () => {
    const deleted: Shadow = { ...contact(), life: { kind: 'deleted' } };
    expect(tellsOtherwise(rowOf(deleted, { email: null, life: { kind: 'deleted' } }), deleted, by())).toBe(false);
  });

  it('another status, and a member where none was known', () => {
    const known = member('subscribed');
    const out = { ...stateOf(known), status: 'unsubscribed' } as const;
    expect(tellsOtherwise(rowOf(known, { member: out }), known, by())).toBe(true);
    expect(tellsOtherwise(rowOf(known), { ...known, member: null }, by())).toBe(true);
    expect(tellsOtherwise(rowOf(known, { member: null }), known, by())).toBe(false);
  });

  it('C17 a topic that was left or joined; one never told of before is no contradiction', () => {
    const known = member('subscribed', { topics: { t1: 'opted-in' } });
    const topics = (one: Record<string, 'opted-in' | 'opted-out'>): Row =>
      rowOf(known, { member: { ...stateOf(known), topics: one } });
    expect(tellsOtherwise(topics({ t1: 'opted-out' }), known, by())).toBe(true);
    expect(tellsOtherwise(topics({ t1: 'opted-in', t2: 'opted-out' }), known, by())).toBe(false);
    expect(tellsOtherwise(topics({ i1: 'opted-out' }), known, by(['i1'])), 'nobody is in it by default').toBe(false);
    expect(tellsOtherwise(topics({ i1: 'opted-in' }), known, by(['i1'])), 'joined').toBe(true);
  });
});

describe('an opt-out that only an overtaken row tells (C1)', () => {
  const optOut = (fact: Partial<Fact> = {}): Fact => {
    const story = new Story();
    story.member('ann@x.org', 'subscribed');
    const [said] = story.member('ann@x.org', 'unsubscribed');
    if (said === undefined) throw new Error('who unsubscribes is a fact');
    return { ...said, ...fact };
  };
  const row = (modifiedAt: number | null): Row => rowOf(member('subscribed'), { modifiedAt });

  it('is told by it, and nothing else is', () => {
    const known = member('subscribed');
    const told = (status: 'unsubscribed' | 'archived') =>
      optOutsToldBy(rowOf(known, { member: { ...stateOf(known), status } }), known, [], by());
    expect(told('unsubscribed')).toMatchObject([{ says: 'opted-out', address: 'ann@x.org' }]);
    expect(told('archived')).toEqual([]);
    expect(optOutsToldBy(rowOf(known), known, [], by())).toEqual([]);
  });

  it('C19 is none of consent that was not given yet, in a row from before a read showed it given', () => {
    const story = new Story({ optInField: 'Newsletter_Opt_In__c', basis: 'consent' });
    story.record('Contact 1', { values: { Newsletter_Opt_In__c: true } });
    const known = shadowIn(story, 'Contact/1');
    const optIn = { field: 'Newsletter_Opt_In__c', optedOutWhen: false, write: false };
    const asker = { ...by(), consentFields: { Contact: [optIn] }, optInField: optIn.field };
    const values = { [optIn.field]: false };
    const told = (modifiedAt: number | null) => optOutsToldBy(rowOf(known, { values, modifiedAt }), known, [], asker);
    expect(told(known.lastReadAt - 1)).toEqual([]);
    expect(told(known.lastReadAt), 'taken back, and given again by now').toMatchObject([{ says: 'opted-out' }]);
    expect(told(null)).toMatchObject([{ says: 'opted-out' }]);
    const older = rowOf(known, { values, modifiedAt: known.lastReadAt - 1 });
    expect(
      optOutsToldBy(older, known, [], { ...asker, optInField: null }),
      'a tick counts whenever it was',
    ).toMatchObject([{ says: 'opted-out' }]);
  });

  it('is news where the ledger has none of it', () => {
    const said = optOut();
    expect(isNewsBeside([], said, row(said.when.until))).toBe(true);
    const others: readonly Partial<Fact>[] = [
      { topic: 't1' },
      { address: 'bob@x.org' as Fact['address'] },
      { record: { type: 'member', id: 'bob@x.org' } },
      { source: { ...said.source, container: 'a2' } },
      { says: 'archived' },
    ];
    for (const other of others)
      expect(isNewsBeside([{ ...said, ...other }], said, row(said.when.until)), JSON.stringify(other)).toBe(true);
  });

  it('is none where the ledger has it, or an opt-in that came after it', () => {
    const said = optOut();
    expect(isNewsBeside([said], said, row(said.when.until))).toBe(false);
    const at = said.when.until;
    const optIn: Fact = {
      ...said,
      n: said.n + 1,
      says: 'opted-in',
      when: { from: at, until: at + 1_000, exact: true },
    };
    expect(isNewsBeside([said, optIn], said, row(at)), 'the search still shows what was before it').toBe(false);
    expect(isNewsBeside([said, optIn], said, row(at + 1_000))).toBe(false);
    expect(isNewsBeside([said, optIn], said, row(at + 1_001)), 'unsubscribed once more').toBe(true);
    expect(isNewsBeside([said, optIn], said, row(null))).toBe(false);
  });
});
