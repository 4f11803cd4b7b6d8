import { describe, expect, it } from 'vitest';
import { by, HOUR_MS, LIST, Story } from './story.ts';

/** Opted out in the CRM, opted out by us, and made emailable again by somebody else, `times` over. */
const subscribedAgain = (times: number): Story => {
  const story = new Story({ crmToMarketing: true });
  story.record('Contact 1', { optedOut: true });
  story.member('ann@x.org', 'subscribed');
  for (let n = 0; n < times; n += 1) {
    story.carryOut('ann@x.org');
    story.later(HOUR_MS);
    story.member('ann@x.org', 'subscribed', by('operator'));
    story.later(HOUR_MS);
  }
  return story;
};

/** What is written to marketing, and under which rule something is set aside. */
const outcome = (story: Story): readonly [number, readonly string[], number] => {
  const plan = story.plan('ann@x.org');
  const written = plan.consent.filter((write) => write.side === 'marketing').length;
  return [written, plan.setAside.map((one) => one.rule), plan.owed.filter((one) => one.side === 'marketing').length];
};

describe('C6 two systems that fight', () => {
  it('C6 three times it is opted out again', () => {
    expect(outcome(subscribedAgain(3))).toEqual([1, [], 1]);
  });

  it('C6 after three times in 30 days it is set aside with an alert, and still owed', () => {
    expect(outcome(subscribedAgain(4))).toEqual([0, ['C6'], 1]);
  });

  it('C6 what is older than 30 days does not count', () => {
    const story = subscribedAgain(4);
    story.later(31 * 24 * HOUR_MS);
    expect(outcome(story)).toEqual([1, [], 1]);
  });

  it('C20 an opt-out of the customer itself goes out all the same', () => {
    const story = subscribedAgain(4);
    story.fact({ source: LIST, says: 'opted-out', by: 'operator' });
    expect(outcome(story)).toEqual([1, [], 1]);
  });
});
