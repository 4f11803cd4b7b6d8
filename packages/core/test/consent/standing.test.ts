import { describe, expect, it } from 'vitest';
import { type Fact, type Source, sameRecord, sameSource } from '../../src/consent/fact.ts';
import { isLater, optOutsOf, sameSystem, standsAnywhere } from '../../src/consent/standing.ts';
import { HOUR_MS, key, LIST, MINUTE_MS, OTHER_AUDIENCE } from './story.ts';

const CRM: Source = { role: 'crm', connection: 'salesforce', container: '', field: 'HasOptedOutOfEmail' };
const AUDIENCE: Source = { role: 'marketing', connection: 'mailchimp', container: 'a1', field: 'status' };
const AT = Date.UTC(2026, 0, 5);

const fact = (n: number, more: Partial<Fact>): Fact => ({
  n,
  address: key('ann@x.org'),
  topic: '*',
  source: AUDIENCE,
  says: 'opted-out',
  by: 'unknown',
  complaint: false,
  when: { from: AT, until: AT, exact: true },
  record: null,
  proof: null,
  echoOf: null,
  run: null,
  ...more,
});
const exactly = (at: number) => ({ from: at, until: at, exact: true });
const about = (until: number) => ({ from: null, until, exact: false });
const optIn = (n: number, more: Partial<Fact> = {}): Fact =>
  fact(n, { says: 'opted-in', by: 'person', proof: 'signup', when: exactly(AT + HOUR_MS), ...more });

describe('Words: an opt-in is later than an opt-out', () => {
  const optOut = fact(5, { source: CRM, when: about(AT) });

  it.each([
    ['five minutes', 5 * MINUTE_MS, false],
    ['five minutes and a millisecond', 5 * MINUTE_MS + 1, true],
    ['at the same time', 0, false],
    ['an hour before', -HOUR_MS, false],
    ['an hour after', HOUR_MS, true],
  ])('C7 exact, %s past the end of the interval: %#', (_name, offset, later) => {
    expect(isLater(optIn(6, { when: exactly(AT + offset) }), optOut)).toBe(later);
  });

  it('C7 not exact and of another system: in doubt the opt-out is the later one', () => {
    expect(isLater(optIn(6, { when: about(AT + 24 * HOUR_MS) }), optOut)).toBe(false);
  });

  it('C7 a read showed the opt-out and a later read of the same system shows the opt-in', () => {
    const here = fact(5, { when: about(AT) });
    expect(isLater(optIn(6, { when: about(AT + MINUTE_MS) }), here)).toBe(true);
    expect(isLater(optIn(4, { when: about(AT + MINUTE_MS) }), here)).toBe(false);
  });

  it('C7 an exact date that is not past the opt-out belongs to an older opt-in, whenever it was read', () => {
    expect(isLater(optIn(6, { when: exactly(AT - MINUTE_MS) }), fact(5, { when: about(AT) }))).toBe(false);
  });

  it('C7 the interval of the opt-out ends with the read, not with its beginning', () => {
    const wide = fact(5, { source: CRM, when: { from: AT - HOUR_MS, until: AT + HOUR_MS, exact: false } });
    expect(isLater(optIn(6, { when: exactly(AT + MINUTE_MS) }), wide)).toBe(false);
  });
});

describe('C7 what an opt-in in one marketing system lifts', () => {
  const stands = (origin: Partial<Fact>, target: Source, more: readonly Fact[] = [optIn(9)]): boolean => {
    const optOut = fact(1, { when: about(AT), ...origin });
    const found = optOutsOf({ facts: [optOut, ...more], decisions: [] }, key('ann@x.org'));
    return found.find((one) => one.fact.n === 1)?.stands(target) ?? false;
  };

  it.each([
    ['that system', {}, false, false],
    ['the CRM', { source: CRM }, false, false],
    ['an opt-out list', { source: LIST }, false, false],
    ['a complaint there', { complaint: true }, false, false],
    ['another marketing system', { source: OTHER_AUDIENCE }, false, true],
    ['a complaint in another marketing system', { source: OTHER_AUDIENCE, complaint: true }, false, true],
  ] as const)('C7 made in %s: stands for marketing %s, for the CRM %s', (_where, origin, marketing, crm) => {
    expect(stands(origin, AUDIENCE)).toBe(marketing);
    expect(stands(origin, CRM)).toBe(crm);
  });

  it('C7 the other marketing system is not lifted by it', () => {
    expect(stands({}, OTHER_AUDIENCE)).toBe(true);
    expect(stands({ source: CRM }, OTHER_AUDIENCE)).toBe(true);
  });

  it('C7 an opt-in that proves nothing lifts nothing', () => {
    expect(stands({}, AUDIENCE, [optIn(9, { proof: null })])).toBe(true);
    expect(stands({}, AUDIENCE, [optIn(9, { by: 'unknown', proof: null })])).toBe(true);
  });

  it('C7 an earlier opt-in lifts nothing', () => {
    expect(stands({ when: exactly(AT + 2 * HOUR_MS) }, AUDIENCE)).toBe(true);
  });

  it('C7 a newer opt-out stands again', () => {
    const again = fact(10, { when: exactly(AT + 3 * HOUR_MS) });
    const found = optOutsOf({ facts: [fact(1, {}), optIn(9), again], decisions: [] }, key('ann@x.org'));
    expect(found.map((one) => one.stands(AUDIENCE))).toEqual([false, true]);
  });

  it('C7 C17 a topic opt-in never lifts an opt-out of all mail, and the reverse', () => {
    expect(stands({}, AUDIENCE, [optIn(9, { topic: 'news' })])).toBe(true);
    expect(stands({ topic: 'news' }, AUDIENCE)).toBe(true);
  });

  it('C7 the opt-in of somebody else at another address lifts nothing', () => {
    expect(stands({}, AUDIENCE, [optIn(9, { address: key('bob@x.org') })])).toBe(true);
  });
});

describe('C7 an opt-in that was made in a CRM', () => {
  const field = CRM.field;
  const OTHER_CRM: Source = { ...CRM, connection: 'hubspot' };
  const when = (from: number | null) => ({ from, until: AT + 2 * HOUR_MS, exact: false });
  const confirmed = (n: number, more: Partial<Fact> = {}): Fact =>
    optIn(n, { source: CRM, proof: `${field} became 3`, when: when(AT + HOUR_MS), ...more });
  const before = (more: Partial<Fact> = {}): Fact => fact(1, { source: CRM, when: about(AT), ...more });

  it.each<[string, number | null, boolean]>([
    ['a read showed the opt-out before', AT, true],
    ['nobody knows since when', null, false],
    ['the same read may have shown both, of two records', AT - 1, false],
  ])('is later only where %s', (_which, from, later) => {
    expect(isLater(confirmed(2, { when: when(from) }), before())).toBe(later);
    expect(isLater(confirmed(1, { when: when(from) }), before({ n: 2 }))).toBe(false);
  });

  it('is of another field nothing that is later (C26)', () => {
    expect(isLater(confirmed(2, { source: { ...CRM, field: 'custom' } }), before())).toBe(false);
  });

  it.each<[string, Partial<Fact>, boolean]>([
    ['in this CRM', { source: CRM }, false],
    ['in this CRM, by the person', { source: CRM, by: 'person' }, false],
    ['in another CRM', { source: OTHER_CRM }, true],
    ['in a marketing system', { source: AUDIENCE }, true],
    ['as a complaint', { source: AUDIENCE, complaint: true }, true],
  ])('lifts for this CRM what was said before: %s, stands %s', (_where, more, stands) => {
    const facts = [before(more), confirmed(3)];
    const [optOut] = optOutsOf({ facts, decisions: [] }, key('ann@x.org'));
    expect(optOut?.stands(CRM)).toBe(stands);
    // Nowhere else, and nobody becomes mailable by it.
    for (const elsewhere of [AUDIENCE, OTHER_AUDIENCE, OTHER_CRM]) expect(optOut?.stands(elsewhere)).toBe(true);
    expect(optOut === undefined ? null : standsAnywhere(optOut)).toBe(true);
  });

  it.each([LIST, AUDIENCE])(
    'lifts for this CRM what our own write repeated there before, if it was a list: %s',
    (source) => {
      const facts = [before({ source }), fact(2, { source: CRM, when: about(AT), echoOf: 1 }), confirmed(3)];
      for (const optOut of optOutsOf({ facts, decisions: [] }, key('ann@x.org'))) {
        expect(optOut.stands(CRM)).toBe(source !== LIST);
        for (const elsewhere of [AUDIENCE, OTHER_CRM, LIST]) expect(optOut.stands(elsewhere)).toBe(true);
        expect(standsAnywhere(optOut)).toBe(true);
      }
    },
  );

  it('takes nothing away from one that was made in a marketing system', () => {
    const facts = [before(), optIn(2), confirmed(3)];
    const [optOut] = optOutsOf({ facts, decisions: [] }, key('ann@x.org'));
    expect([optOut?.stands(CRM), optOut?.stands(AUDIENCE)]).toEqual([false, false]);
    expect(optOut?.liftedBy(CRM)?.n).toBe(2);
    expect(optOut === undefined ? null : standsAnywhere(optOut)).toBe(false);
  });
});

describe('C8 echoes', () => {
  const origin = fact(1, { source: CRM, when: about(AT) });
  const echo = fact(2, { source: AUDIENCE, when: about(AT + HOUR_MS), echoOf: 1 });

  it('C8 an echo ends with its origin', () => {
    const seen = optIn(3, { when: about(AT + 2 * HOUR_MS) });
    const found = optOutsOf({ facts: [origin, echo, seen], decisions: [] }, key('ann@x.org'));
    expect(found.map((one) => [one.origin.n, one.stands(AUDIENCE), one.stands(CRM)])).toEqual([
      [1, false, false],
      [1, false, false],
    ]);
  });

  it('C8 a CRM echo of a lifted opt-out does not unsubscribe again', () => {
    const there = fact(1, { when: about(AT) });
    const tick = fact(2, { source: CRM, when: about(AT + 3 * HOUR_MS), echoOf: 1 });
    const found = optOutsOf(
      { facts: [there, optIn(3, { when: about(AT + 2 * HOUR_MS) }), tick], decisions: [] },
      key('ann@x.org'),
    );
    expect(found.some((one) => one.stands(AUDIENCE) || one.stands(CRM))).toBe(false);
  });

  it('C8 a tick that no write of ours explains is news and stands', () => {
    const there = fact(1, { when: about(AT) });
    const tick = fact(4, { source: CRM, when: about(AT + 30 * HOUR_MS) });
    const found = optOutsOf({ facts: [there, optIn(3), tick], decisions: [] }, key('ann@x.org'));
    expect(found.map((one) => one.stands(AUDIENCE))).toEqual([false, true]);
  });
});

describe('C6a correction', () => {
  const correct = (...facts: number[]) => [{ n: 99, kind: 'correction', facts, by: 'op', because: 'oops' } as const];

  it('C6a takes the fact out, and its echoes with it', () => {
    const ledger = {
      facts: [fact(1, { source: CRM }), fact(2, { echoOf: 1 }), fact(3, { source: CRM, echoOf: 1 })],
      decisions: correct(1),
    };
    expect(optOutsOf(ledger, key('ann@x.org'))).toEqual([]);
  });

  it('C6a leaves every other opt-out', () => {
    const ledger = { facts: [fact(1, { source: CRM }), fact(2, {})], decisions: correct(1) };
    expect(optOutsOf(ledger, key('ann@x.org')).map((one) => one.fact.n)).toEqual([2]);
  });
});

describe('C26 what is one and the same', () => {
  it.each<[string, Partial<Source>]>([
    ['role', { role: 'list' }],
    ['connection', { connection: 'klaviyo' }],
    ['container', { container: 'a2' }],
  ])('C26 another %s is another system and another source', (_part, more) => {
    expect(sameSystem(AUDIENCE, { ...AUDIENCE, ...more })).toBe(false);
    expect(sameSource(AUDIENCE, { ...AUDIENCE, ...more })).toBe(false);
  });

  it('C4 C26 another field is another source of the same system', () => {
    expect(sameSystem(CRM, { ...CRM, field: 'Other__c' })).toBe(true);
    expect(sameSource(CRM, { ...CRM, field: 'Other__c' })).toBe(false);
    expect(sameSource(CRM, { ...CRM })).toBe(true);
  });

  it('C16 a record is itself by type and id; what was read on none is on no record', () => {
    const one = { type: 'Contact', id: '1' };
    expect(sameRecord(one, { ...one })).toBe(true);
    expect(sameRecord(one, { type: 'Lead', id: '1' })).toBe(false);
    expect(sameRecord(one, { type: 'Contact', id: '2' })).toBe(false);
    expect(sameRecord(one, null)).toBe(false);
    expect(sameRecord(null, one)).toBe(false);
    expect(sameRecord(null, null)).toBe(false);
  });
});

describe('C7 which opt-in lifted it', () => {
  const whose = (...facts: readonly Fact[]) => optOutsOf({ facts, decisions: [] }, key('ann@x.org'));

  it('C7 the last one that counts', () => {
    const found = whose(fact(1, {}), optIn(2), optIn(3), optIn(4, { proof: null }));
    expect(found.map((one) => one.liftedBy(AUDIENCE)?.n)).toEqual([3]);
    expect(whose(fact(1, {}))[0]?.liftedBy(AUDIENCE)).toBeNull();
  });

  it('C15 an opt-out that followed somebody is lifted by an opt-in at either address', () => {
    const old = fact(1, { address: key('ann@old.org') });
    expect(whose(old, optIn(2))[0]?.stands(AUDIENCE)).toBe(false);
    expect(whose(old, optIn(2, { address: key('ann@old.org') }))[0]?.stands(AUDIENCE)).toBe(false);
    expect(whose(old, optIn(2, { address: key('bob@x.org') }))[0]?.stands(AUDIENCE)).toBe(true);
  });

  it('C7 lifted is only what says opted out; pending and the like are no opt-outs', () => {
    expect(whose(fact(1, { says: 'pending' }), fact(2, { says: 'archived' }), optIn(3))).toEqual([]);
  });

  it('C7 an exact opt-in of the same system at the very time of the opt-out does not lift it', () => {
    expect(isLater(optIn(6, { when: exactly(AT) }), fact(5, { when: about(AT) }))).toBe(false);
    expect(isLater(optIn(6, { when: exactly(AT + 1) }), fact(5, { when: about(AT) }))).toBe(true);
    expect(isLater(optIn(5, { when: about(AT + 1) }), fact(5, { when: about(AT) }))).toBe(false);
  });

  it('C8 an echo whose origin is not at hand is its own origin', () => {
    const [lonely] = whose(fact(2, { echoOf: 1 }));
    expect(lonely?.origin.n).toBe(2);
    expect(lonely?.stands(AUDIENCE)).toBe(true);
  });

  it('C6a a correction of the echo alone leaves the origin, a rejection or acceptance withdraws nothing', () => {
    const facts = [fact(1, { source: CRM }), fact(2, { echoOf: 1 })];
    const left = (decision: Parameters<typeof optOutsOf>[0]['decisions'][number]) =>
      optOutsOf({ facts, decisions: [decision] }, key('ann@x.org')).map((one) => one.fact.n);
    expect(left({ n: 9, kind: 'correction', facts: [2], by: 'op', because: 'oops' })).toEqual([1]);
    expect(left({ n: 9, kind: 'rejection', profile: 'p', facts: [1], by: 'op' })).toEqual([1, 2]);
    expect(left({ n: 9, kind: 'acceptance', address: key('ann@x.org'), facts: [1], by: 'op' })).toEqual([1, 2]);
  });

  it('C26 an opt-out keeps people from being created while it stands where it was said', () => {
    const [elsewhere] = whose(fact(1, { source: OTHER_AUDIENCE }), optIn(2));
    expect(elsewhere === undefined || standsAnywhere(elsewhere)).toBe(true);
    const [here] = whose(fact(1, {}), optIn(2));
    expect(here === undefined || standsAnywhere(here)).toBe(false);
  });
});
