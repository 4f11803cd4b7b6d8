import { describe, expect, it } from 'vitest';
import { LIST, type Rules, Story } from './story.ts';

const IN = '1';
const SOFT_OUT = '2';
const CONFIRMED_IN = '3';
const CONFIRMED_OUT = '4';
const ANN = 'ann@x.org';

const status = (value: string) => ({ values: { Status: value } });
const storyOf = (rules: Rules = {}): Story => new Story({ soft: true, crmToMarketing: true, ...rules });
const optInsIn = ({ facts }: Story) => facts.filter(({ says }) => says === 'opted-in');

describe('C7 a value that only the person can set', () => {
  it.each<[string, readonly string[], readonly (string | null)[]]>([
    ['after a soft opt-out', [IN, SOFT_OUT, CONFIRMED_IN], ['Status became 3']],
    ['after a confirmed opt-out', [CONFIRMED_OUT, CONFIRMED_IN], ['Status became 3']],
    ['after an operator unticked it', [CONFIRMED_OUT, IN, CONFIRMED_IN], [null, 'Status became 3']],
    ['after nothing', [IN, CONFIRMED_IN], ['Status became 3']],
    ['found at the first reading, it is no news', [CONFIRMED_IN, CONFIRMED_IN], []],
    ['shown again and again, it is one', [SOFT_OUT, CONFIRMED_IN, CONFIRMED_IN], ['Status became 3']],
  ])('C7 is proof where reads saw it come: %s', (_which, statuses, proofs) => {
    const story = storyOf();
    for (const one of statuses) story.record('Contact 1', status(one));
    expect(optInsIn(story).map(({ proof }) => proof)).toEqual(proofs);
    for (const { proof, by } of optInsIn(story)) expect(by).toBe(proof === null ? 'unknown' : 'person');
  });

  it('C7 proves nothing of a record that moved meanwhile, was gone, or whose field was hidden until now', () => {
    const moved = storyOf();
    moved.record('Contact 1', status(CONFIRMED_OUT));
    moved.record('Contact 1', { email: 'anna@x.org', ...status(CONFIRMED_IN) });
    const gone = storyOf();
    gone.record('Contact 1', status(CONFIRMED_OUT));
    gone.record('Contact 1', { life: { kind: 'deleted' } });
    gone.record('Contact 1', status(CONFIRMED_IN));
    const hidden = storyOf();
    hidden.record('Contact 1', { hides: ['Status'] });
    hidden.record('Contact 1', status(CONFIRMED_IN));
    for (const story of [moved, gone, hidden]) expect(story.facts.filter(({ proof }) => proof !== null)).toEqual([]);
  });
});

/** The opt-out that came first, on two records of the address and a subscribed member. */
const OPT_OUTS: Readonly<Record<string, (story: Story) => void>> = {
  'an operator in the CRM': (story) => story.record('Contact 1', status(SOFT_OUT)),
  'the recipient in the CRM': (story) => {
    for (const one of ['Contact 1', 'Lead 1']) story.record(one, status(CONFIRMED_OUT));
  },
  'a list': (story) => story.fact({ source: LIST }),
  'the person in marketing': (story) => story.member(ANN, 'unsubscribed', { by: 'person' }),
  'an operator in marketing': (story) => story.member(ANN, 'unsubscribed', { by: 'operator' }),
  'a complaint': (story) => story.member(ANN, 'subscribed', { complaint: true, by: 'person' }),
};
const FROM_MARKETING = ['the person in marketing', 'an operator in marketing', 'a complaint'];

/** The rules carry it everywhere, and then both records show this status. */
const told = (by: string, value: string, rules: Rules): Story => {
  const story = storyOf(rules);
  for (const one of ['Contact 1', 'Lead 1']) story.record(one, status(IN));
  story.member(ANN, 'subscribed');
  OPT_OUTS[by]?.(story);
  story.carryOut(ANN);
  for (const one of ['Contact 1', 'Lead 1']) story.record(one, status(value));
  story.now += 1;
  return story;
};

describe.each(Object.keys(OPT_OUTS))('C7 the person opts in again in the CRM, after an opt-out by %s', (by) => {
  it.each<[boolean]>([[true], [false]])(
    'crmToMarketing %s: nobody is made mailable, and nothing changes in marketing',
    (crmToMarketing) => {
      const [own, unticked] = [told(by, CONFIRMED_IN, { crmToMarketing }), told(by, IN, { crmToMarketing })];
      const [after, before] = [own.plan(ANN), unticked.plan(ANN)];
      const inMarketing = (plan: typeof after) => ({
        consent: plan.consent.filter(({ side }) => side === 'marketing').map(({ op }) => op.kind),
        fields: plan.fields.filter(({ side }) => side === 'marketing').map(({ op }) => op.kind),
        listed: plan.listed.filter(({ side }) => side === 'marketing').map(({ reason }) => reason),
      });
      expect(inMarketing(after)).toEqual(inMarketing(before));
      expect(inMarketing(after).fields).toEqual([]);
    },
  );

  it('what marketing said is set again; what the CRM or a list said is not written over the confirmation', () => {
    const set = told(by, CONFIRMED_IN, {})
      .plan(ANN)
      .consent.filter(({ side }) => side === 'crm');
    expect(set.map(({ op }) => op.kind)).toEqual(FROM_MARKETING.includes(by) ? ['opt-out', 'opt-out'] : []);
  });

  it('the next opt-out stands again', () => {
    const story = told(by, CONFIRMED_IN, {});
    story.record('Contact 1', status(SOFT_OUT));
    const { consent, listed } = story.plan(ANN);
    expect(consent.filter(({ side, op }) => side === 'crm' && op.kind === 'clear')).toEqual([]);
    expect(listed.length).toBeGreaterThan(0);
  });
});
