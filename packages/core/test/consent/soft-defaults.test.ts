import { describe, expect, it } from 'vitest';
import { key, type Rules, Story, viewFor } from './story.ts';

const IN = '1';
const SOFT_OUT = '2';
const CONFIRMED_OUT = '4';

/** One record, seen once for each status; answers how many opt-outs the ledger holds after each. */
const seen = (
  statuses: readonly (string | null)[],
  rules: Rules = {},
): { story: Story; optOuts: readonly number[] } => {
  const story = new Story({ soft: true, crmToMarketing: true, ...rules });
  const optOuts = statuses.map((status) => {
    story.record('Contact 1', status === null ? { hides: ['Status'] } : { values: { Status: status } });
    return story.facts.filter((fact) => fact.says === 'opted-out').length;
  });
  return { story, optOuts };
};

describe('C28 defaults are not requests', () => {
  it.each<[string, readonly (string | null)[], readonly number[]]>([
    ['found at the first reading, it is none', [SOFT_OUT, SOFT_OUT], [0, 0]],
    ['seen to change into it, it is one', [IN, SOFT_OUT, SOFT_OUT], [0, 1, 1]],
    ['a confirmed one always is one', [CONFIRMED_OUT, CONFIRMED_OUT], [1, 1]],
    ['the default becomes confirmed', [SOFT_OUT, CONFIRMED_OUT], [0, 1]],
    ['a request becomes confirmed', [IN, SOFT_OUT, CONFIRMED_OUT], [0, 1, 2]],
    ['a confirmed one that shows as soft is no news', [CONFIRMED_OUT, SOFT_OUT], [1, 1]],
    ['opted in by hand and out again: seen to change', [SOFT_OUT, IN, SOFT_OUT], [0, 0, 1]],
    ['a value that nobody knows, then the default', ['9', SOFT_OUT], [0, 1]],
    ['a field that was hidden until now: its first reading', [null, SOFT_OUT], [0, 0]],
  ])('C28 %s', (_which, statuses, wanted) => {
    expect(seen(statuses).optOuts).toEqual(wanted);
  });

  it('C28 who is out by default gets no fields and no member, is not pushed as an opt-out, and is listed as that', () => {
    const { story } = seen([SOFT_OUT]);
    story.now += 1;
    const alone = story.plan('ann@x.org');
    expect([alone.consent, alone.fields, alone.owed]).toEqual([[], [], []]);
    expect(alone.listed).toMatchObject([{ reason: 'no-consent', rule: 'C28' }]);
    story.member('ann@x.org', 'subscribed');
    const both = story.plan('ann@x.org');
    expect([both.consent, both.fields.filter(({ side }) => side === 'marketing')]).toEqual([[], []]);
  });

  it('C28 C3 once it counts, it goes to marketing as any other', () => {
    const { story } = seen([IN, SOFT_OUT]);
    story.member('ann@x.org', 'subscribed');
    expect(story.plan('ann@x.org').consent).toMatchObject([{ side: 'marketing', op: { kind: 'opt-out' } }]);
  });

  it('C28 softOptOutIsRequest: the profile says that it was asked for', () => {
    expect(seen([SOFT_OUT, SOFT_OUT], { softOptOutIsRequest: true }).optOuts).toEqual([1, 1]);
  });

  it.each<[string, readonly string[], number]>([
    ['whoever was taken for out by default has asked for it', [SOFT_OUT], 1],
    ['also if it was read many times', [SOFT_OUT, SOFT_OUT, SOFT_OUT], 1],
    ['whoever was seen to change into it is known already', [IN, SOFT_OUT], 0],
    ['whoever was confirmed before is known already', [CONFIRMED_OUT, SOFT_OUT], 0],
    ['whoever is not out has not', [SOFT_OUT, IN], 0],
  ])('C28 softOptOutIsRequest comes later: %s', (_which, statuses, news) => {
    const { story, optOuts } = seen(statuses);
    const rules = { soft: true, crmToMarketing: true, softOptOutIsRequest: true };
    Object.assign(story, { view: viewFor(rules) });
    const optOutsNow = () => story.facts.filter((fact) => fact.says === 'opted-out').length;
    story.record('Contact 1');
    story.record('Contact 1');
    expect(optOutsNow() - (optOuts.at(-1) ?? 0)).toBe(news);
  });

  it('C28 C1 an opt-out made in marketing has nothing to write where the default shows opted out already', () => {
    const { story } = seen([SOFT_OUT]);
    story.member('ann@x.org', 'unsubscribed', { by: 'person' });
    expect(story.plan('ann@x.org').consent).toEqual([]);
    story.record('Contact 1', { values: { Status: IN } });
    expect(story.plan('ann@x.org').consent).toMatchObject([{ side: 'crm', op: { set: { Status: SOFT_OUT } } }]);
  });

  it('C28 C0 a value that nobody lists is told as that, not as a default', () => {
    const story = new Story({ soft: true });
    story.record('Contact 1', { values: { Status: SOFT_OUT } });
    story.record('Lead 1', { values: { Status: ['9'] } });
    expect(story.plan(key('ann@x.org')).listed).toMatchObject([{ reason: 'no-consent' }]);
  });
});
