import { describe, expect, it } from 'vitest';
import type { Intent } from '../../src/state/store.ts';
import { demands, HOUR_MS, key, MINUTE_MS, type Rules, reasonOf, Story } from './story.ts';

/** A system that keeps a boolean and a modified time and nothing else. Every row of "Weak vendors", in its order. */
describe('weak vendors', () => {
  /** The person unsubscribed; Heed's write to Contact 1 is under way. */
  const underWay = (rules: Rules = {}, intent: Partial<Intent> = {}) => {
    const story = new Story(rules);
    story.record('Contact 1');
    story.member('ann@x.org', 'unsubscribed', { by: 'person' });
    const write = story.plan('ann@x.org').consent[0];
    if (write === undefined) throw new Error('nothing to write');
    const sentAt = story.now + 10 * MINUTE_MS;
    story.intents.push({
      id: 'op1',
      profile: 'acme/news',
      run: 'r',
      system: story.view.crm,
      op: { ...write.op, id: 'op1' } as Intent['op'],
      address: key('ann@x.org'),
      because: write.because,
      rule: write.rule,
      sentAt,
      answeredAt: sentAt + 1_000,
      state: 'applied',
      seen: false,
      partner: null,
      agrees: {},
      made: null,
      job: null,
      ...intent,
    });
    return { story, sentAt };
  };
  const optInAgain = (story: Story) => {
    story.member('ann@x.org', 'pending');
    story.member('ann@x.org', 'subscribed');
  };

  it('C7 our set; own opt-in; an operator unticks and ticks again unseen: an echo still, not cleared, for review', () => {
    const { story, sentAt } = underWay({ clearWhenConfirmed: true });
    story.record('Contact 1', { optedOut: true, modifiedAt: sentAt + 500, modifiedBy: 'us' });
    optInAgain(story);
    const known = story.facts.length;
    story.record('Contact 1', { optedOut: true, modifiedBy: 'other' });
    expect(story.facts).toHaveLength(known);
    const plan = story.plan('ann@x.org');
    expect(plan.verdict.row).toBe(1);
    expect(demands(plan)).toEqual([]);
    expect(reasonOf(plan)).toBe('waits-for-review');
  });

  it('C8 our set and an operator’s tick together: modified by our user inside our window is an echo', () => {
    const { story, sentAt } = underWay();
    const [fact] = story.record('Contact 1', { optedOut: true, modifiedAt: sentAt + 500, modifiedBy: 'us' });
    expect(fact?.echoOf).not.toBeNull();
  });

  it('C8 our set and an operator’s tick together: `unchanged`, or modified earlier, is a fact', () => {
    const unchanged = underWay({}, { state: 'unchanged', seen: true });
    const [one] = unchanged.story.record('Contact 1', {
      optedOut: true,
      modifiedAt: unchanged.sentAt + 500,
      modifiedBy: 'us',
    });
    expect(one?.echoOf).toBeNull();
    const earlier = underWay();
    const [two] = earlier.story.record('Contact 1', {
      optedOut: true,
      modifiedAt: earlier.sentAt - MINUTE_MS,
      modifiedBy: 'us',
    });
    expect(two?.echoOf).toBeNull();
  });

  it('C8 the same, answer lost: looked up at once; explained inside the window, in doubt an opt-out by unknown', () => {
    const inside = underWay({}, { state: 'open', answeredAt: null });
    const [echo] = inside.story.record('Contact 1', {
      optedOut: true,
      modifiedAt: inside.sentAt + 500,
      modifiedBy: 'us',
    });
    expect(echo?.echoOf).not.toBeNull();
    for (const sight of [
      { modifiedBy: 'other' as const, modifiedAt: inside.sentAt + 500 },
      { modifiedBy: 'us' as const, modifiedAt: null },
      { modifiedBy: 'us' as const, modifiedAt: inside.sentAt + 30 * MINUTE_MS },
    ]) {
      const { story } = underWay({}, { state: 'open', answeredAt: null });
      const [fact] = story.record('Contact 1', { optedOut: true, ...sight });
      expect(fact).toMatchObject({ echoOf: null, by: 'unknown', says: 'opted-out' });
    }
  });

  it.each([
    ['modified before the opt-in: lifted', -10 * MINUTE_MS, 1],
    ['modified after it: the opt-out wins', 10 * MINUTE_MS, 4],
    ['modified within five minutes of it: the opt-out wins', -4 * MINUTE_MS, 4],
  ])('C7 tick, then opt-in, between the same two reads; %s', (_name, offset, row) => {
    const story = new Story();
    story.record('Contact 1');
    story.member('ann@x.org', 'subscribed');
    const at = story.now + 30 * MINUTE_MS;
    story.record('Contact 1', { optedOut: true, modifiedAt: at + offset });
    story.member('ann@x.org', 'subscribed', { optIn: { at, proof: 'signup' } });
    expect(story.plan('ann@x.org').verdict.row).toBe(row);
  });

  it('C14 first run, both sides opted out: two facts, neither an echo of the other', () => {
    const story = new Story();
    story.record('Contact 1', { optedOut: true });
    story.member('ann@x.org', 'unsubscribed');
    expect(story.facts.map((fact) => [fact.says, fact.echoOf])).toEqual([
      ['opted-out', null],
      ['opted-out', null],
    ]);
    expect(demands(story.plan('ann@x.org'))).toEqual([]);
  });

  it.each([
    ['after the opt-in: the opt-out wins', HOUR_MS, 4],
    ['before the opt-in: lifted', -HOUR_MS, 1],
  ])('C7 first run, ticked in the CRM, member subscribed with an opt-in; modified %s', (_name, offset, row) => {
    const story = new Story({ crmToMarketing: true });
    const at = story.now - 24 * HOUR_MS;
    story.record('Contact 1', { optedOut: true, modifiedAt: at + offset });
    story.member('ann@x.org', 'subscribed', { optIn: { at, proof: 'signup' } });
    expect(story.plan('ann@x.org').verdict.row).toBe(row);
    if (row === 4) expect(story.plan('ann@x.org').verdict.guarded).toBe(true);
  });

  it('C16 deleted and restored, flag lost: set again', () => {
    const story = new Story();
    story.record('Contact 1', { optedOut: true });
    story.record('Contact 1', { life: { kind: 'deleted' } });
    story.record('Contact 1', { optedOut: false, life: { kind: 'live' } });
    expect(demands(story.plan('ann@x.org'))).toEqual(['Contact 1 opt-out']);
  });
});

describe('C7 clearing is all or nothing', () => {
  const confirmed = () => {
    const story = new Story({ clearWhenConfirmed: true });
    story.record('Contact 1');
    story.record('Lead 1');
    story.member('ann@x.org', 'unsubscribed', { by: 'person' });
    story.carryOut('ann@x.org');
    story.member('ann@x.org', 'pending');
    story.member('ann@x.org', 'subscribed');
    return story;
  };

  it('C7 all records of the address', () => {
    expect(demands(confirmed().plan('ann@x.org'))).toEqual(['Contact 1 clear', 'Lead 1 clear']);
  });

  it('C7 none if one of them was edited by anybody else since', () => {
    const story = confirmed();
    story.record('Lead 1', { modifiedBy: 'other' });
    expect(demands(story.plan('ann@x.org'))).toEqual([]);
    expect(reasonOf(story.plan('ann@x.org'))).toBe('waits-for-review');
  });

  it('C7 none if the member is no longer subscribed', () => {
    for (const status of ['pending', 'archived', 'undeliverable'] as const) {
      const story = confirmed();
      story.member('ann@x.org', status);
      expect(demands(story.plan('ann@x.org'))).toEqual([]);
    }
  });

  it('C7 none if anything stands for the CRM', () => {
    const story = confirmed();
    story.fact({
      source: { role: 'marketing', connection: 'k', container: 'k', field: 'status' },
      complaint: true,
      when: { from: 0, until: 0, exact: true },
    });
    expect(demands(story.plan('ann@x.org')).filter((one) => one.includes('clear'))).toEqual([]);
  });

  it('C24 C25 none in a cautious run', () => {
    expect(demands(confirmed().plan('ann@x.org', { cautious: true }))).toEqual([]);
  });

  it('C8 cleared, then ticked by hand: a new opt-out', () => {
    const story = confirmed();
    story.carryOut('ann@x.org');
    expect(demands(story.plan('ann@x.org'))).toEqual([]);
    story.record('Contact 1', { optedOut: true });
    expect(story.plan('ann@x.org').verdict.row).toBe(4);
  });

  it('C8 lifted but left ticked: it may be unticked by hand and stays so', () => {
    const story = new Story();
    story.record('Contact 1');
    story.member('ann@x.org', 'unsubscribed', { by: 'person' });
    story.carryOut('ann@x.org');
    story.member('ann@x.org', 'pending');
    story.member('ann@x.org', 'subscribed');
    story.record('Contact 1', { optedOut: false });
    expect(story.plan('ann@x.org').verdict).toMatchObject({ row: 1, set: [], fields: true });
  });
});
