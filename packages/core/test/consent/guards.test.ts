import { describe, expect, it } from 'vitest';
import type { Fact } from '../../src/consent/fact.ts';
import {
  type Hold,
  isIncident,
  mayReleaseItself,
  readsTooSmall,
  runOfHold,
  tellsOneByOne,
  tooManyOptOuts,
} from '../../src/consent/guards.ts';
import { demands, HOUR_MS, key, LIST, MINUTE_MS, Story } from './story.ts';

const LIMIT = { people: 50, percent: 5 };

it('C23 what is held is named after its run, and numbered from the second set of it on', () => {
  expect([runOfHold('run-0ab'), runOfHold('run-0ab.2'), runOfHold('run-0ab.12')]).toEqual(Array(3).fill('run-0ab'));
});

describe('C23 what is too many', () => {
  it.each([
    [50, 100, false, 'fifty people are never held'],
    [51, 1_000, true, 'more than fifty and more than 5 %'],
    [51, 1_020, false, 'exactly 5 % is not more than 5 %'],
    [51, 100_000, false, 'fifty-one of very many'],
    [1_000, 1_000_000, false, 'a thousand of a million'],
    [1_001, 1_000_000, true, 'more than a thousand, whatever the share'],
    [51, 0, true, 'an audience of nobody'],
  ])('C23 %i opt-outs in an audience of %i: held %s (%s)', (people, members, held) => {
    expect(tooManyOptOuts(people, members, LIMIT)).toBe(held);
  });

  it('C23 never turns around: more people are never less held', () => {
    for (const members of [0, 10, 1_000, 10_000]) {
      let held = false;
      for (let people = 0; people < 1_100; people += 1) {
        const now = tooManyOptOuts(people, members, LIMIT);
        expect(held && !now).toBe(false);
        held = now;
      }
    }
  });
});

describe('C23 which opt-outs a guard may hold', () => {
  const guarded = (tell: (story: Story) => void): boolean => {
    const story = new Story({ crmToMarketing: true });
    story.record('Contact 1');
    story.member('ann@x.org', 'subscribed');
    tell(story);
    const { verdict } = story.plan('ann@x.org');
    expect(verdict.member).toBe('opt-out');
    return verdict.guarded;
  };

  it('C23 a tick in the CRM by nobody proven: yes', () => {
    expect(guarded((story) => story.record('Contact 1', { optedOut: true }))).toBe(true);
  });
  it('C23 a list that was confirmed: never', () => {
    expect(guarded((story) => story.fact({ source: LIST }))).toBe(false);
  });
  it('C23 a complaint elsewhere: never', () => {
    expect(
      guarded((story) =>
        story.fact({
          source: { role: 'marketing', connection: 'k', container: 'k', field: 'status' },
          complaint: true,
          by: 'person',
        }),
      ),
    ).toBe(false);
  });
  it('C23 the person’s own unsubscription, made again after an administrator undid it: never', () => {
    expect(
      guarded((story) => {
        story.member('ann@x.org', 'unsubscribed', { by: 'person' });
        story.member('ann@x.org', 'subscribed');
      }),
    ).toBe(false);
  });
  it('C23 a tick and an opt-out by the person together: never', () => {
    expect(
      guarded((story) => {
        story.record('Contact 1', { optedOut: true });
        story.member('ann@x.org', 'unsubscribed', { by: 'person' });
        story.member('ann@x.org', 'subscribed');
      }),
    ).toBe(false);
  });
  it('C23 marketing to CRM is never held', () => {
    const story = new Story({ crmToMarketing: true });
    story.record('Contact 1');
    story.member('ann@x.org', 'unsubscribed', { by: 'operator' });
    const plan = story.plan('ann@x.org');
    expect(plan.consent.map((write) => [write.side, write.guarded])).toEqual([['crm', false]]);
  });

  it('C23 a rejected fact no longer counts for C3 in this profile; a newer one does', () => {
    const story = new Story({ crmToMarketing: true });
    const [tick] = story.record('Contact 1', { optedOut: true });
    story.member('ann@x.org', 'subscribed');
    story.decide({ kind: 'rejection', profile: 'acme/news', facts: [tick?.n ?? -1], by: 'op' });
    expect(demands(story.plan('ann@x.org'))).toEqual([]);
    expect(story.plan('ann@x.org').verdict).toMatchObject({ row: 4, fields: false, create: false });
    story.record('Contact 1', { optedOut: false });
    story.record('Contact 1', { optedOut: true });
    expect(demands(story.plan('ann@x.org'))).toEqual(['member opt-out']);
  });

  it('C23 a rejection in another profile does not count here', () => {
    const story = new Story({ crmToMarketing: true });
    const [tick] = story.record('Contact 1', { optedOut: true });
    story.member('ann@x.org', 'subscribed');
    story.decide({ kind: 'rejection', profile: 'acme/other', facts: [tick?.n ?? -1], by: 'op' });
    expect(demands(story.plan('ann@x.org'))).toEqual(['member opt-out']);
  });
});

describe('C23 unanswered', () => {
  const since = Date.UTC(2026, 0, 5);
  const hold: Hold = { run: 'r', runs: ['r'], kind: 'opt-outs', since, people: 2, set: 'opt-outs r', why: '' };
  const fact = (n: number, from: number | null, until: number, user: string | null = `user ${n}`): Fact => ({
    n,
    address: key('ann@x.org'),
    topic: '*',
    source: { role: 'crm', connection: 's', container: '', field: 'HasOptedOutOfEmail' },
    says: 'opted-out',
    by: 'unknown',
    complaint: false,
    when: { from, until, exact: false },
    record: null,
    proof: null,
    echoOf: null,
    run: null,
    user,
  });
  const oneByOne = [fact(1, since, since + 10 * MINUTE_MS), fact(2, since, since + 20 * MINUTE_MS)];
  const late = since + 24 * HOUR_MS;

  it('C23 after 24 h those that were seen to change one by one go out', () => {
    expect(mayReleaseItself(hold, late)).toBe(true);
    expect(mayReleaseItself(hold, late - 1)).toBe(false);
    expect(tellsOneByOne()(oneByOne)).toBe(true);
  });
  it('C23 not those of the first reading', () => {
    expect(tellsOneByOne()([...oneByOne, fact(3, null, since + 30 * MINUTE_MS)])).toBe(false);
  });
  it('C23 not facts with one minute in common', () => {
    expect(tellsOneByOne()([...oneByOne, fact(3, since, since + 20 * MINUTE_MS + 1)])).toBe(false);
  });
  it('C23 not facts with one user in common, nor where the vendor does not tell', () => {
    for (const user of ['user 1', null]) {
      expect(tellsOneByOne()([...oneByOne, fact(3, since, since + 30 * MINUTE_MS, user)])).toBe(false);
    }
    expect(tellsOneByOne()([...oneByOne, fact(3, since, since + 30 * MINUTE_MS)])).toBe(true);
    const { user: _untold, ...fact3 } = fact(3, since, since + 30 * MINUTE_MS);
    expect(tellsOneByOne()([...oneByOne, fact3])).toBe(false);
  });
  it('C23 C29 a first run, creates and an empty side never release themselves', () => {
    for (const kind of ['first-run', 'creates', 'empty-side'] as const) {
      expect(mayReleaseItself({ ...hold, kind }, late * 10)).toBe(false);
    }
  });
  it('C23 what is asked about page by page counts as one set', () => {
    const oneMore = tellsOneByOne();
    expect(oneMore(oneByOne)).toBe(true);
    expect(oneMore([fact(3, since, since + 30 * MINUTE_MS)])).toBe(true);
    expect(oneMore([fact(4, since, since + 40 * MINUTE_MS, 'user 1')])).toBe(false);
    const another = tellsOneByOne();
    another(oneByOne);
    expect(another([fact(5, since, since + 10 * MINUTE_MS)])).toBe(false);
  });
  it('C23 an incident at 48 h', () => {
    expect(isIncident(hold, since + 48 * HOUR_MS)).toBe(true);
    expect(isIncident(hold, since + 48 * HOUR_MS - 1)).toBe(false);
  });
});

describe('C24 a side that suddenly reads small', () => {
  it.each([
    [0, 1, true],
    [0, 10_000, true],
    [499, 1_000, true],
    [500, 1_000, false],
    [1_000, 1_000, false],
    [0, null, false],
    [0, 0, false],
  ])('C24 %s now, %s before: suspicious %s', (size, last, suspicious) => {
    expect(readsTooSmall(size, last)).toBe(suspicious);
  });
});
