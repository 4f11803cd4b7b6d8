import { describe, expect, it } from 'vitest';
import type { Fact } from '../../src/consent/fact.ts';
import { type Reach, reachOf, type Scope, type Via } from '../../src/consent/reach.ts';
import type { AddressKey } from '../../src/identity/address.ts';
import type { Shadow, Stay } from '../../src/state/shadow.ts';
import { AUDIENCE_A1, AUDIENCE_SOURCE, CRM_SOURCE, factOf, NOON, shadowOfAnn } from './made-up.ts';
import { HOUR_MS, key, LIST, MINUTE_MS } from './story.ts';

const A = key('a@x.org');
const B = key('b@x.org');
const C = key('c@x.org');
const DOUBT_MS = 5 * MINUTE_MS;
const SCOPE: Scope = { crm: CRM_SOURCE, crmFields: ['HasOptedOutOfEmail'], marketing: AUDIENCE_SOURCE, topic: null };

/** Where a record was, one after the other: `[A, left at], [B]`. */
type Way = readonly (readonly [AddressKey, until?: number])[];
const staysOn = (way: Way): readonly Stay[] => {
  let from: number | null = null;
  return way.map(([address, until]) => {
    const stay = { address, from, until: until ?? null };
    from = until ?? null;
    return stay;
  });
};
const moving = (way: Way, more: Partial<Shadow>): Shadow => {
  const stays = staysOn(way);
  const last = stays.at(-1)?.address ?? null;
  return shadowOfAnn({ stays, address: last, email: last, ...more });
};
const contact = (id: string, way: Way, more: Partial<Shadow> = {}): Shadow =>
  moving(way, { record: { type: 'Contact', id }, ...more });
const member = (id: string, way: Way, more: Partial<Shadow> = {}): Shadow =>
  moving(way, { system: AUDIENCE_A1, record: { type: 'member', id }, values: {}, ...more });
const on = (type: string, id: string) => ({ record: { type, id } });

const reach = (address: AddressKey, shadows: readonly Shadow[], facts: readonly Fact[]): Reach =>
  reachOf(address, shadows, { facts, decisions: [] }, SCOPE);
const viaAt = (address: AddressKey, shadows: readonly Shadow[], fact: Partial<Fact>): Via | null =>
  reach(address, shadows, [factOf(1, fact)]).bindings[0]?.via ?? null;

const unsubscribed = { address: A, source: AUDIENCE_SOURCE } as const;
const LATER = NOON + HOUR_MS;

describe('C15 an opt-out follows a record', () => {
  const moved = [contact('1', [[A, NOON], [B]])];

  it.each([
    ['before it left', NOON - HOUR_MS, 'followed'],
    ['within five minutes after it left', NOON + DOUBT_MS, 'followed'],
    ['surely later', NOON + DOUBT_MS + 1, null],
  ] as const)('C15 made %s', (_when, at, via) => {
    expect(viaAt(B, moved, { ...unsubscribed, when: { from: at, until: at, exact: true } })).toBe(via);
  });

  it('C15 if nobody knows since when, it may have been before', () => {
    expect(viaAt(B, moved, { ...unsubscribed, when: { from: null, until: LATER, exact: false } })).toBe('followed');
  });

  it('C15 not one that was never at the address, here or there', () => {
    expect(viaAt(B, [contact('1', [[C, NOON], [B]])], unsubscribed)).toBeNull();
    expect(viaAt(B, [contact('1', [[A, NOON], [C]])], unsubscribed)).toBeNull();
  });

  it('C15 back to an older address only if no other live record has it; a member there is no record', () => {
    const back = contact('1', [[B, NOON], [A]]);
    expect(viaAt(B, [back], unsubscribed)).toBe('followed');
    expect(viaAt(B, [back, contact('2', [[B]])], unsubscribed)).toBeNull();
    expect(viaAt(B, [back, contact('2', [[B]], { life: { kind: 'deleted' } })], unsubscribed)).toBe('followed');
    expect(viaAt(B, [back, member('b', [[B]])], unsubscribed)).toBe('followed');
  });
});

describe('C15 a shared address', () => {
  const here = contact('1', [[A, LATER], [B]]);

  it.each<[string, Way, Via]>([
    ['somebody who was there then', [[A]], 'doubtful'],
    ['somebody who had left before', [[A, NOON - 1], [C]], 'followed'],
    ['somebody who may have left at that moment', [[A, NOON], [C]], 'doubtful'],
    ['somebody who came at that moment', [[C, NOON], [A]], 'doubtful'],
    ['somebody who came later', [[C, NOON + 1], [A]], 'followed'],
    ['somebody who was never there', [[C]], 'followed'],
  ])('C15 with %s', (_who, way, via) => {
    expect(viaAt(B, [here, contact('2', way)], unsubscribed)).toBe(via);
  });

  it('C15 whoever it was made on is who it is about', () => {
    const both = [here, contact('2', [[A, LATER], [C]])];
    const tick = { address: A, source: CRM_SOURCE, ...on('Contact', '1') };
    expect(viaAt(B, both, tick)).toBe('followed');
    expect(viaAt(C, both, tick)).toBe('doubtful');
  });

  it('C15 one person who is surely meant is enough', () => {
    const two = [contact('2', [[A, LATER], [B]]), here];
    expect(viaAt(B, two, { address: A, source: CRM_SOURCE, ...on('Contact', '1') })).toBe('followed');
    expect(viaAt(B, [...two].reverse(), { address: A, source: CRM_SOURCE, ...on('Contact', '1') })).toBe('followed');
  });
});

describe('C15 a member takes its opt-outs along when its own address is changed in marketing', () => {
  const moved = member('m', [[A, LATER], [B]]);
  const own = { ...unsubscribed, ...on('member', 'm') };

  it('C15 its own', () => {
    expect(viaAt(B, [moved], own)).toBe('followed');
    expect(viaAt(B, [moved, contact('1', [[A]]), contact('2', [[A]])], own)).toBe('followed');
  });

  it('C15 what was said about the address elsewhere follows it if one person at most lived there, else a human decides', () => {
    const tick = { address: A, source: CRM_SOURCE, ...on('Contact', '1') };
    expect(viaAt(B, [moved], { address: A, source: LIST })).toBe('followed');
    expect(viaAt(B, [moved, contact('1', [[A]])], tick)).toBe('followed');
    expect(viaAt(B, [moved, contact('1', [[A]]), contact('2', [[A]])], tick)).toBe('doubtful');
    expect(viaAt(B, [moved, contact('1', [[A]]), contact('2', [[A, NOON - 1], [C]])], tick)).toBe('followed');
  });

  it('C15 a member that never was there carries nothing, and neither does one that stayed', () => {
    expect(viaAt(B, [member('m', [[B]])], own)).toBeNull();
    expect(viaAt(B, [member('m', [[A]])], own)).toBeNull();
    expect(viaAt(B, [], own)).toBeNull();
  });

  it('C15 sure by the member, doubtful by the records: it is sure', () => {
    const records = [contact('1', [[A, LATER], [B]]), contact('2', [[A]])];
    expect(viaAt(B, records, own)).toBe('doubtful');
    expect(viaAt(B, [...records, moved], own)).toBe('followed');
    expect(viaAt(B, [...records, moved], { address: A, source: LIST })).toBe('doubtful');
  });
});

describe('C16 an opt-out is inherited', () => {
  const heir = contact('1', [[B]]);
  const into = { life: { kind: 'continued', as: { type: 'Contact', id: '1' } } } as const;
  const tick = { address: A, source: CRM_SOURCE, ...on('Contact', '2') };

  it('C16 from one that was merged away, if it was at the address then', () => {
    expect(viaAt(B, [heir, contact('2', [[A, LATER]], into)], tick)).toBe('inherited');
    expect(viaAt(B, [heir, contact('2', [[A, NOON - DOUBT_MS - 1]], into)], tick)).toBeNull();
    expect(viaAt(B, [heir, contact('2', [[C, LATER]], into)], tick)).toBeNull();
  });

  it('C15 C16 in doubt about the order it was: a merge and an opt-out are dated by two clocks', () => {
    const merged = (at: number): readonly Shadow[] => [heir, contact('2', [[A, at]], into)];
    const said = { ...unsubscribed, when: { from: NOON, until: NOON, exact: true } };
    expect(viaAt(B, merged(NOON - DOUBT_MS), said)).toBe('inherited');
    expect(viaAt(B, merged(NOON - DOUBT_MS - 1), said)).toBeNull();
    expect(viaAt(B, merged(NOON - HOUR_MS), { ...said, when: { from: null, until: NOON, exact: false } })).toBe(
      'inherited',
    );
  });

  it('C16 not by a record that is elsewhere, or gone itself', () => {
    expect(viaAt(C, [heir, contact('2', [[A, LATER]], into)], tick)).toBeNull();
    const gone = contact('1', [[B, LATER]], { life: { kind: 'deleted' } });
    expect(viaAt(B, [gone, contact('2', [[A, LATER]], into)], tick)).toBeNull();
  });

  it('C15 C16 of an address that somebody else shared: doubtful, unless it was made on the one that was merged', () => {
    const all = [heir, contact('2', [[A, LATER]], into), contact('3', [[A]])];
    expect(viaAt(B, all, unsubscribed)).toBe('doubtful');
    expect(viaAt(B, all, tick)).toBe('inherited');
  });
});

describe('C16 what an heir must get back', () => {
  const into = { life: { kind: 'continued', as: { type: 'Contact', id: '1' } }, lifeChangedAt: LATER } as const;
  const heir = contact('1', [[A]]);
  const loser = (more: Partial<Shadow> = {}): Shadow => contact('2', [[A, LATER]], { ...into, ...more });
  const tick = factOf(1, { address: A, ...on('Contact', '2') });
  const lost = (shadows: readonly Shadow[], facts: readonly Fact[]): readonly number[] =>
    (reach(A, shadows, facts).heirs.get('Contact/1') ?? []).map(({ fact }) => fact.n);

  it('C16 what was ticked on the record that was merged away', () => {
    expect(lost([heir, loser()], [tick])).toEqual([1]);
    expect(lost([heir, loser({ lifeChangedAt: null, firstReadAt: LATER })], [tick])).toEqual([1]);
  });

  it('C16 nothing that marketing said: that goes to every record anyway (C1)', () => {
    expect(lost([heir, loser()], [{ ...tick, source: AUDIENCE_SOURCE }])).toEqual([]);
  });

  it('C16 nothing of a record that lives, nor of one that nobody knows', () => {
    expect(lost([heir, contact('2', [[A]])], [tick])).toEqual([]);
    expect(lost([heir], [tick])).toEqual([]);
  });

  it('C16 C26 only opt-outs that stand for the CRM, only in a profile, and only at the address of the heir', () => {
    const optIn = factOf(2, {
      address: A,
      source: AUDIENCE_SOURCE,
      says: 'opted-in',
      by: 'person',
      proof: 'signup',
      when: { from: LATER, until: LATER, exact: true },
    });
    expect(lost([heir, loser()], [tick, optIn])).toEqual([]);
    expect(reachOf(A, [heir, loser()], { facts: [tick], decisions: [] }, 'customer').heirs.size).toBe(0);
    expect(reach(A, [contact('1', [[B]]), loser()], [tick]).heirs.size).toBe(0);
  });

  it('C16 nothing that was unticked by hand before the merge', () => {
    const untick = (more: Partial<Fact> = {}): Fact =>
      factOf(2, {
        address: A,
        says: 'opted-in',
        ...on('Contact', '2'),
        when: { from: NOON, until: LATER, exact: false },
        ...more,
      });
    expect(lost([heir, loser()], [tick, untick()])).toEqual([]);
    expect(lost([heir, loser()], [tick, untick({ when: { from: NOON, until: LATER + 1, exact: false } })])).toEqual([
      1,
    ]);
    expect(lost([heir, loser()], [tick, untick(on('Contact', '3'))])).toEqual([1]);
    expect(lost([heir, loser()], [tick, untick({ source: { ...CRM_SOURCE, field: 'Other__c' } })])).toEqual([1]);
    expect(lost([heir, loser()], [tick, untick({ says: 'pending' })])).toEqual([1]);
    const again = factOf(3, { address: A, ...on('Contact', '2') });
    expect(lost([heir, loser()], [tick, untick(), again])).toEqual([3]);
  });

  it('C16 nothing once the heir itself was ticked after the merge', () => {
    const onHeir = (until: number): Fact =>
      factOf(2, { address: A, ...on('Contact', '1'), when: { from: null, until, exact: false } });
    expect(lost([heir, loser()], [tick, onHeir(LATER + 1)])).toEqual([]);
    expect(lost([heir, loser()], [tick, onHeir(LATER)])).toEqual([1]);
  });

  // Seed 414307.
  it('C16 C19 also where the consent of the heir was taken back after the merge: that sets no opt-out field', () => {
    const [field, after] = ['Consent__c', { from: null, until: LATER + 1, exact: false }];
    const scope = { ...SCOPE, crmFields: [...SCOPE.crmFields, field] };
    const lostOf = (...facts: readonly Fact[]): readonly number[] =>
      (reachOf(A, [heir, loser()], { facts, decisions: [] }, scope).heirs.get('Contact/1') ?? []).map(
        ({ fact }) => fact.n,
      );
    const consent = { source: { ...CRM_SOURCE, field } };
    const onHeir = (more: Partial<Fact>): Fact =>
      factOf(2, { address: A, ...on('Contact', '1'), when: after, ...more });
    expect(lostOf(tick, onHeir(consent))).toEqual([1]);
    expect(lostOf({ ...tick, ...consent }, onHeir({})), 'a tick of the heir is another word').toEqual([1]);
    expect(lostOf({ ...tick, ...consent }, onHeir({ echoOf: 1 })), 'our own tick of the heir').toEqual([]);
    expect(lostOf({ ...tick, ...consent }, onHeir(consent)), 'the heir shows what the lost one did').toEqual([]);
  });

  it('C16 what a restored record had before, and nothing that was said later', () => {
    const restored = (lifeChangedAt: number | null): Shadow => contact('1', [[A]], { lifeChangedAt });
    const own = factOf(1, { address: A, ...on('Contact', '1') });
    expect(lost([restored(LATER)], [own])).toEqual([1]);
    expect(lost([restored(NOON)], [own])).toEqual([1]);
    expect(lost([restored(NOON - 1)], [own])).toEqual([]);
    expect(lost([restored(null)], [own])).toEqual([]);
    const untick = factOf(2, { address: A, says: 'opted-in', ...on('Contact', '1') });
    // Restored without its flag and unticked by hand look the same, so the stricter holds.
    expect(lost([restored(LATER)], [own, untick])).toEqual([1]);
  });
});

describe('C7 C15 whose opt-in it is', () => {
  const optIn = (address: AddressKey, at: number | null, until = at ?? NOON): Fact =>
    factOf(2, {
      address,
      source: AUDIENCE_SOURCE,
      says: 'opted-in',
      by: 'person',
      proof: 'signup',
      when: { from: at, until, exact: true },
    });
  const early = factOf(1, { ...unsubscribed, when: { from: 0, until: 0, exact: true } });
  const lifts = (shadows: readonly Shadow[], fact: Fact): boolean =>
    reach(B, shadows, [early, fact]).bindings[0]?.stands(AUDIENCE_SOURCE) === false;
  const moved = contact('1', [[A, NOON], [B]]);

  it('C15 at the new address, surely after they had come there', () => {
    expect(lifts([moved], optIn(B, NOON + DOUBT_MS + 1))).toBe(true);
    expect(lifts([moved], optIn(B, NOON + DOUBT_MS))).toBe(false);
    expect(lifts([moved], optIn(B, null, LATER))).toBe(false);
  });

  it('C15 of several who came there, after every one of them', () => {
    const late = contact('2', [[A, LATER], [B]]);
    expect(lifts([moved, late], optIn(B, LATER))).toBe(false);
    expect(lifts([moved, late], optIn(B, LATER + DOUBT_MS + 1))).toBe(true);
  });

  it('C15 at the new address by somebody who was there before and went to the old one for a while', () => {
    expect(lifts([contact('1', [[B, NOON], [A]])], optIn(B, 1_000_000))).toBe(true);
  });

  it('C15 at the old address, surely before they had left it', () => {
    expect(lifts([moved], optIn(A, NOON - DOUBT_MS))).toBe(true);
    expect(lifts([moved], optIn(A, NOON - DOUBT_MS + 1))).toBe(false);
    expect(lifts([contact('1', [[B, NOON], [A]])], optIn(A, LATER))).toBe(true);
  });

  it('C15 at neither: of somebody else, or of another life of theirs', () => {
    expect(lifts([contact('1', [[A, NOON], [B, LATER], [C]])], optIn(C, LATER * 2))).toBe(false);
  });

  it('C7 at the very address of the opt-out, whoever moved', () => {
    const here = factOf(1, { address: B, source: AUDIENCE_SOURCE, when: { from: 0, until: 0, exact: true } });
    const back = contact('1', [[A, NOON], [B]]);
    expect(reach(B, [back], [here, optIn(B, HOUR_MS)]).bindings[0]?.stands(AUDIENCE_SOURCE)).toBe(false);
  });
});

describe('C26 what binds a profile', () => {
  const bound = (fact: Partial<Fact>): boolean => viaAt(A, [], { address: A, ...fact }) !== null;

  it.each<[string, Partial<Fact>, boolean]>([
    ['its own audience', { source: AUDIENCE_SOURCE }, true],
    ['another audience', { source: { ...AUDIENCE_SOURCE, container: 'a2' } }, false],
    ['another connection', { source: { ...AUDIENCE_SOURCE, connection: 'klaviyo' } }, false],
    ['a complaint anywhere', { source: { ...AUDIENCE_SOURCE, container: 'a2' }, complaint: true }, true],
    ['a list', { source: LIST }, true],
    ['its own field', { source: CRM_SOURCE }, true],
    ['another field of the CRM', { source: { ...CRM_SOURCE, field: 'Other__c' } }, false],
    ['the same field of another CRM', { source: { ...CRM_SOURCE, connection: 'hubspot' } }, false],
    ['another topic (C17)', { source: LIST, topic: 'news' }, false],
  ])('C26 %s: %s', (_what, fact, binds) => {
    expect(bound(fact)).toBe(binds);
  });

  it('C26 creating is stricter: everything in any connection of the customer, but no other topic', () => {
    const anywhere = (fact: Partial<Fact>): number =>
      reachOf(A, [], { facts: [factOf(1, { address: A, ...fact })], decisions: [] }, 'customer').bindings.length;
    expect(anywhere({ source: { ...AUDIENCE_SOURCE, container: 'a2' } })).toBe(1);
    expect(anywhere({ source: { ...CRM_SOURCE, field: 'Other__c' } })).toBe(1);
    expect(anywhere({ source: LIST, topic: 'news' })).toBe(0);
  });
});

describe('C8 C15 an echo follows as its origin does', () => {
  it('C8 an echo at this address binds here by itself', () => {
    const origin = factOf(1, { ...unsubscribed });
    const echo = factOf(2, { address: B, ...on('Contact', '1'), echoOf: 1 });
    expect(reach(B, [], [origin, echo]).bindings.map(({ fact, via }) => [fact.n, via])).toEqual([[2, 'own']]);
  });

  it('C8 an echo at another address binds here only where its origin does', () => {
    const origin = factOf(1, { address: C, source: AUDIENCE_SOURCE });
    const echo = factOf(2, { address: A, ...on('Contact', '1'), echoOf: 1 });
    expect(reach(B, [contact('1', [[A, LATER], [B]])], [origin, echo]).bindings).toEqual([]);
  });
});
