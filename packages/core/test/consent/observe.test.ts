import { describe, expect, it } from 'vitest';
import { HOUR_MS, key, MINUTE_MS, Story } from './story.ts';

const optOutsIn = (facts: readonly { says: string }[]) => facts.filter((fact) => fact.says === 'opted-out');

describe('what a read says: members', () => {
  it('C1 the first read that shows somebody opted out is a fact, without a beginning', () => {
    const story = new Story();
    const [fact] = story.member('ann@x.org', 'unsubscribed', { by: 'person' });
    expect(fact).toMatchObject({ says: 'opted-out', by: 'person', echoOf: null, proof: null });
    expect(fact?.when).toMatchObject({ from: null, exact: false, until: story.now - MINUTE_MS });
  });

  it('Words: reading the same state again is no new fact', () => {
    const story = new Story();
    story.member('ann@x.org', 'unsubscribed');
    expect(story.member('ann@x.org', 'unsubscribed')).toEqual([]);
    story.record('Contact 1', { optedOut: true });
    expect(story.record('Contact 1', { optedOut: true })).toEqual([]);
  });

  it('Words: an opt-out lies between the last read that did not show it and the first that did', () => {
    const story = new Story();
    story.member('ann@x.org', 'subscribed');
    const before = story.now;
    const [fact] = story.member('ann@x.org', 'unsubscribed');
    expect(fact?.when).toEqual({ from: before, until: story.now - MINUTE_MS, exact: false });
  });

  it('Words: a record without a modified time was changed at the latest by the read', () => {
    const story = new Story();
    const [fact] = story.member('ann@x.org', 'unsubscribed', { modifiedAt: null });
    expect(fact?.when.until).toBe(story.now);
  });

  it('Words: a vendor date makes it exact', () => {
    const story = new Story();
    const at = story.now + MINUTE_MS;
    const [fact] = story.member('ann@x.org', 'unsubscribed', { since: at });
    expect(fact?.when).toEqual({ from: at, until: at, exact: true });
  });

  it("Words: the person's own word is news although an operator had said the same", () => {
    const story = new Story();
    story.member('ann@x.org', 'unsubscribed', { by: 'operator' });
    expect(story.member('ann@x.org', 'unsubscribed', { by: 'person' })).toMatchObject([
      { says: 'opted-out', by: 'person' },
    ]);
    expect(story.member('ann@x.org', 'unsubscribed', { by: 'operator' })).toEqual([]);
  });

  it.each(['undeliverable', 'archived', 'pending'] as const)(
    'C10 C11 C12a %s is a fact of its own, no opt-out',
    (status) => {
      const story = new Story();
      story.member('ann@x.org', 'subscribed');
      expect(story.member('ann@x.org', status)).toMatchObject([{ says: status }]);
      expect(story.member('ann@x.org', status)).toEqual([]);
      expect(optOutsIn(story.facts)).toEqual([]);
    },
  );

  it('C11 non-subscribed says nothing', () => {
    expect(new Story().member('ann@x.org', 'non-subscribed')).toEqual([]);
  });

  it.each([
    ['subscribed', true, false],
    ['subscribed', false, true],
    ['unsubscribed', true, false],
    ['unsubscribed', false, true],
  ] as const)('C13 what is paid for says nothing: %s, paid for %s, then %s', (status, paidFor, then) => {
    const story = new Story();
    story.member('ann@x.org', status, { paidFor });
    const facts = story.facts.length;
    expect(facts).toBe(status === 'subscribed' ? 0 : 1);
    expect(story.member('ann@x.org', status, { paidFor: then })).toEqual([]);
    expect(story.facts.length).toBe(facts);
  });

  it('C10 a complaint is an opt-out by the person with its own date, once, whatever the status', () => {
    const story = new Story();
    story.member('ann@x.org', 'subscribed');
    const at = story.now + 5 * MINUTE_MS;
    const facts = story.member('ann@x.org', 'undeliverable', { complaint: true, since: at });
    expect(optOutsIn(facts)).toMatchObject([{ by: 'person', complaint: true, when: { until: at, exact: true } }]);
    expect(story.member('ann@x.org', 'undeliverable', { complaint: true, since: at })).toEqual([]);
  });

  it('C10 a complaint about a member that shows unsubscribed is one opt-out, not two', () => {
    const story = new Story();
    expect(story.member('ann@x.org', 'unsubscribed', { complaint: true })).toMatchObject([{ complaint: true }]);
  });

  it('C10 C7 somebody who complained, opted in again and unsubscribes again has opted out again', () => {
    const story = new Story();
    story.member('ann@x.org', 'unsubscribed', { complaint: true, by: 'person' });
    story.member('ann@x.org', 'pending', { complaint: true });
    story.member('ann@x.org', 'subscribed', { complaint: true });
    // The vendor keeps the old abuse report for ever, so the row still says so.
    const facts = story.member('ann@x.org', 'unsubscribed', { complaint: true, by: 'person' });
    expect(optOutsIn(facts)).toHaveLength(1);
    expect(story.plan('ann@x.org').verdict.row).toBe(3);
  });

  it('C10 C7 that second opt-out is not dated with the old complaint, which the vendor still shows', () => {
    const story = new Story();
    const complained = story.now + MINUTE_MS;
    story.member('ann@x.org', 'unsubscribed', { complaint: true, since: complained, by: 'person' });
    const optIn = { at: story.now + 30 * MINUTE_MS, proof: 'signup' };
    story.member('ann@x.org', 'subscribed', { complaint: true, since: complained, optIn });
    const [fact] = story.member('ann@x.org', 'unsubscribed', { complaint: true, since: complained, by: 'person' });
    expect(fact?.when.until).toBeGreaterThan(optIn.at);
    expect(story.plan('ann@x.org').verdict.row).toBe(3);
  });
});

describe('what a read says: opt-ins', () => {
  it('C7 pending became subscribed between two reads: proven, by the person', () => {
    const story = new Story();
    story.member('ann@x.org', 'pending');
    expect(story.member('ann@x.org', 'subscribed')).toMatchObject([{ says: 'opted-in', by: 'person' }]);
    expect(story.facts.at(-1)?.proof).not.toBeNull();
  });

  it('C7 unsubscribed became subscribed: by unknown, proves nothing', () => {
    const story = new Story();
    story.member('ann@x.org', 'unsubscribed');
    expect(story.member('ann@x.org', 'subscribed')).toMatchObject([{ says: 'opted-in', by: 'unknown', proof: null }]);
  });

  it('C7 an activity of the person is evidence, with its exact time', () => {
    const story = new Story();
    story.member('ann@x.org', 'unsubscribed');
    const at = story.now + 30 * MINUTE_MS;
    const [fact] = story.member('ann@x.org', 'subscribed', { optIn: { at, proof: 'activity feed: signup' } });
    expect(fact).toMatchObject({ says: 'opted-in', by: 'person', proof: 'activity feed: signup' });
    expect(fact?.when).toEqual({ from: at, until: at, exact: true });
    expect(story.member('ann@x.org', 'subscribed', { optIn: { at, proof: 'activity feed: signup' } })).toEqual([]);
  });

  it('C7 evidence that comes late, for a member already seen subscribed, still counts', () => {
    const story = new Story();
    story.member('ann@x.org', 'unsubscribed');
    const at = story.now + 30 * MINUTE_MS;
    story.member('ann@x.org', 'subscribed');
    expect(story.member('ann@x.org', 'subscribed', { optIn: { at, proof: 'signup' } })).toMatchObject([
      { says: 'opted-in', proof: 'signup' },
    ]);
  });

  it('C7 archived in between: nothing is proven', () => {
    for (const way of ['pending', 'evidence'] as const) {
      const story = new Story();
      story.member('ann@x.org', 'unsubscribed', { by: 'person' });
      story.member('ann@x.org', 'archived');
      if (way === 'pending') story.member('ann@x.org', 'pending');
      const optIn = way === 'evidence' ? { at: story.now + MINUTE_MS, proof: 'signup' } : null;
      story.member('ann@x.org', 'subscribed', { optIn });
      expect(story.facts.at(-1)).toMatchObject({ says: 'opted-in', proof: null });
      expect(story.plan('ann@x.org').verdict.row).toBe(3);
    }
  });

  it('C7 archived before the opt-out does not matter', () => {
    const story = new Story();
    story.member('ann@x.org', 'archived');
    story.member('ann@x.org', 'unsubscribed', { by: 'person' });
    story.member('ann@x.org', 'pending');
    story.member('ann@x.org', 'subscribed');
    expect(story.facts.at(-1)?.proof).not.toBeNull();
  });

  it('C7 vanished in between (deleted and added again): nothing is proven', () => {
    const story = new Story();
    story.member('ann@x.org', 'unsubscribed', { by: 'person' });
    story.memberVanishes('ann@x.org');
    story.member('ann@x.org', 'pending');
    story.member('ann@x.org', 'subscribed');
    expect(story.facts.at(-1)).toMatchObject({ says: 'opted-in', proof: null });
    expect(story.plan('ann@x.org').verdict.row).toBe(3);
  });

  it('C7 in the CRM nothing proves an own opt-in: an untick is by unknown', () => {
    const story = new Story();
    story.record('Contact 1', { optedOut: true });
    expect(story.record('Contact 1', { optedOut: false })).toMatchObject([
      { says: 'opted-in', by: 'unknown', proof: null },
    ]);
  });
});

describe('what a read says: CRM fields', () => {
  it('C3 a tick is an opt-out by unknown, of the field that shows it', () => {
    const story = new Story();
    story.record('Contact 1');
    expect(story.record('Contact 1', { optedOut: true })).toMatchObject([
      { says: 'opted-out', by: 'unknown', source: { role: 'crm', field: 'HasOptedOutOfEmail' } },
    ]);
  });

  it('C18 a missing field is unknown: it says nothing, neither now nor when it comes back', () => {
    const story = new Story();
    story.record('Contact 1', { optedOut: true });
    const shadow = story.shadows.get('Contact/1');
    if (shadow === undefined) throw new Error('unseen');
    story.shadows.set('Contact/1', { ...shadow, values: { FirstName: 'Ann' } });
    expect(story.plan('ann@x.org').verdict.row).toBe(4);
    expect(optOutsIn(story.record('Contact 1', { optedOut: false }))).toEqual([]);
    expect(story.plan('ann@x.org').verdict.row).toBe(4);
  });

  it('C0 an empty value of a readable field says nothing', () => {
    expect(new Story().record('Contact 1', { values: { HasOptedOutOfEmail: null } })).toEqual([]);
  });

  it('C19 optInField turned false is an opt-out made in the CRM; a first false is only no reason', () => {
    const story = new Story({ optInField: 'Newsletter_Opt_In__c', basis: 'consent' });
    expect(story.record('Contact 1', { values: { Newsletter_Opt_In__c: false } })).toEqual([]);
    story.record('Contact 1', { values: { Newsletter_Opt_In__c: true } });
    expect(story.record('Contact 1', { values: { Newsletter_Opt_In__c: false } })).toMatchObject([
      { says: 'opted-out', source: { field: 'Newsletter_Opt_In__c' } },
    ]);
    expect(story.plan('ann@x.org').verdict).toMatchObject({ row: 4, create: false, fields: false });
  });

  it('C4 with alsoStandard both fields are read: either one means opted out', () => {
    const customField = {
      field: 'Newsletter_Opt_Out__c',
      optedOutWhen: true,
      write: true,
      alsoStandard: true,
    } as const;
    for (const name of ['Newsletter_Opt_Out__c', 'HasOptedOutOfEmail']) {
      const story = new Story({ customField });
      expect(story.record('Contact 1', { values: { [name]: true } })).toMatchObject([{ source: { field: name } }]);
      expect(story.plan('ann@x.org').verdict.row).toBe(4);
    }
  });

  it('C15 a tick and an address change found by the same read count for both addresses', () => {
    const story = new Story();
    story.record('Contact 1');
    const facts = story.record('Contact 1', { email: 'ann@new.org', optedOut: true });
    expect(facts.map((fact) => fact.address)).toEqual([key('ann@new.org'), key('ann@x.org')]);
    expect(story.plan('ann@x.org').verdict.row).toBe(4);
    expect(story.plan('ann@new.org').verdict.row).toBe(4);
  });
});

describe('C8 an echo is not new evidence', () => {
  const ours = (rules = {}) => {
    const story = new Story(rules);
    story.record('Contact 1');
    story.member('ann@x.org', 'unsubscribed', { by: 'person' });
    const origin = story.facts.at(-1);
    const write = story.plan('ann@x.org').consent[0];
    if (write === undefined || origin === undefined) throw new Error('nothing to carry');
    const sentAt = story.now + 10 * MINUTE_MS;
    story.intents.push({
      id: 'op1',
      profile: 'acme/news',
      run: 'r',
      system: story.view.crm,
      op: { ...write.op, id: 'op1' } as never,
      address: key('ann@x.org'),
      because: write.because,
      rule: write.rule,
      sentAt,
      answeredAt: sentAt + 2_000,
      state: 'applied',
      seen: false,
      partner: null,
      agrees: {},
      made: null,
      job: null,
    });
    return { story, origin, sentAt };
  };
  const tick = (story: Story, modifiedAt: number | null, modifiedBy: 'us' | 'other' | 'unknown' = 'us') =>
    story.record('Contact 1', { optedOut: true, modifiedAt, modifiedBy })[0];

  it('C8 changed by our user inside the request window: an echo that keeps the origin', () => {
    const { story, origin, sentAt } = ours();
    expect(tick(story, sentAt + 500)).toMatchObject({ echoOf: origin.n });
  });

  it('C8 whoever changed it, where the vendor does not tell, inside the window: an echo', () => {
    const { story, origin, sentAt } = ours();
    expect(tick(story, sentAt + 500, 'unknown')).toMatchObject({ echoOf: origin.n });
  });

  it('C8 modified by somebody else: a fact', () => {
    const { story, sentAt } = ours();
    expect(tick(story, sentAt + 500, 'other')).toMatchObject({ echoOf: null });
  });

  it.each([
    ['before', -10_000],
    ['after', 60_000],
  ])('C8 modified %s our request: a fact', (_when, offset) => {
    const { story, sentAt } = ours();
    expect(tick(story, sentAt + offset)).toMatchObject({ echoOf: null });
  });

  it('C8 `unchanged` means somebody else did it: a fact', () => {
    const { story, sentAt } = ours();
    story.intents = story.intents.map((one) => ({ ...one, state: 'unchanged', seen: true }));
    expect(tick(story, sentAt + 500)).toMatchObject({ echoOf: null });
  });

  it('C8 a rejected request explains nothing', () => {
    const { story, sentAt } = ours();
    story.intents = story.intents.map((one) => ({ ...one, state: 'rejected' }));
    expect(tick(story, sentAt + 500)).toMatchObject({ echoOf: null });
  });

  it('C8 an answer that was lost explains what lies inside its request window', () => {
    const { story, origin, sentAt } = ours();
    story.intents = story.intents.map((one) => ({ ...one, state: 'open', answeredAt: null }));
    expect(tick(story, sentAt + 500)).toMatchObject({ echoOf: origin.n });
  });

  it('C8 it explains once: the next tick is news', () => {
    const { story, sentAt } = ours();
    tick(story, sentAt + 500);
    story.record('Contact 1', { optedOut: false });
    expect(tick(story, sentAt + 700)).toMatchObject({ echoOf: null });
  });

  it("C8 the person's own word is never an echo", () => {
    const story = new Story({ crmToMarketing: true });
    story.record('Contact 1', { optedOut: true });
    story.member('ann@x.org', 'subscribed');
    story.carryOut('ann@x.org');
    expect(story.facts.at(-1)?.echoOf).not.toBeNull();
    expect(story.member('ann@x.org', 'unsubscribed', { by: 'person' })).toMatchObject([{ echoOf: null, by: 'person' }]);
  });

  it('C8 both fields that one write set are echoes of the same origin (C4 alsoStandard)', () => {
    const customField = {
      field: 'Newsletter_Opt_Out__c',
      optedOutWhen: true,
      write: true,
      alsoStandard: true,
    } as const;
    const story = new Story({ customField });
    story.record('Contact 1');
    story.member('ann@x.org', 'unsubscribed', { by: 'person' });
    const origin = story.facts.at(-1);
    story.carryOut('ann@x.org');
    expect(story.facts.slice(-2).map((fact) => fact.echoOf)).toEqual([origin?.n, origin?.n]);
  });
});

describe('C15 C16 what is remembered about a record', () => {
  it('C15 every address it had, with when it surely had left', () => {
    const story = new Story();
    story.record('Contact 1', { email: 'a@x.org' });
    const first = story.now;
    story.record('Contact 1', { email: 'b@x.org' });
    story.record('Contact 1', { email: 'B@X.org' });
    expect(story.shadows.get('Contact/1')?.stays).toEqual([
      { address: 'a@x.org', from: null, until: first + HOUR_MS - MINUTE_MS },
      { address: 'b@x.org', from: first, until: null },
    ]);
  });

  it('C15 a record that is deleted has left its address', () => {
    const story = new Story();
    story.record('Contact 1');
    story.record('Contact 1', { life: { kind: 'deleted' } });
    expect(story.shadows.get('Contact/1')?.stays).toMatchObject([{ address: 'ann@x.org', until: expect.any(Number) }]);
  });

  it('C15 C16 a record without a usable address stands under its own key, so that what is said about it has a place', () => {
    for (const email of [null, 'not an address']) {
      const story = new Story();
      story.record('Contact 1');
      story.record('Contact 1', { email });
      expect(story.shadows.get('Contact/1')?.stays).toMatchObject([
        { address: 'ann@x.org', until: expect.any(Number) },
        { address: 'salesforce:Contact/1', until: null },
      ]);
    }
  });

  it('C16 a record that was dead when first seen still had its address once', () => {
    const story = new Story();
    story.record('Contact 1', { email: 'ann@x.org', life: { kind: 'deleted' } });
    expect(story.shadows.get('Contact/1')?.stays).toMatchObject([{ address: 'ann@x.org' }]);
  });
});
