import { describe, expect, it } from 'vitest';
import { observe } from '../../src/consent/observe.ts';
import { isLater } from '../../src/consent/standing.ts';
import { AUDIENCE_A1, factOf, memberRow, memberState, NOON, reading, SALESFORCE, shadowOfAnn } from './made-up.ts';
import { HOUR_MS, key, MINUTE_MS } from './story.ts';

/** Shown subscribed at eleven. */
const subscribed = shadowOfAnn({
  system: AUDIENCE_A1,
  record: { type: 'member', id: 'ann@x.org' },
  member: memberState('subscribed'),
});

const optsOut = (since: number, by = reading(AUDIENCE_A1)) => {
  const row = memberRow('unsubscribed', { member: memberState('unsubscribed', { since }), modifiedAt: since });
  return observe(row, subscribed, [], by).facts[0]?.when;
};

describe('Words: when, where a clock is an hour off', () => {
  it('an opt-out came after the last read that did not show it, whatever the clock says that dated it', () => {
    expect(optsOut(NOON - 2 * HOUR_MS)).toEqual({ from: NOON - 2 * HOUR_MS, until: NOON - HOUR_MS, exact: true });
    expect(optsOut(NOON)).toEqual({ from: NOON, until: NOON, exact: true });
  });

  it('clocks that are off leave the order of two systems in doubt for as long', () => {
    expect(optsOut(NOON, reading(AUDIENCE_A1, { clockDoubtMs: HOUR_MS }))).toMatchObject({ doubtMs: HOUR_MS });
    const tick = factOf(1, { when: { from: null, until: NOON, exact: false } });
    const optIn = (doubtMs: number | null) => {
      const at = NOON + HOUR_MS;
      const when = { from: at, until: at, exact: true, ...(doubtMs === null ? {} : { doubtMs }) };
      return factOf(2, { says: 'opted-in', source: { ...AUDIENCE_A1, field: 'status' }, proof: 'sign-up', when });
    };
    expect(isLater(optIn(null), tick)).toBe(true);
    expect(isLater(optIn(HOUR_MS), tick)).toBe(false);
    const doubted = { ...tick, when: { ...tick.when, doubtMs: HOUR_MS } };
    expect(isLater(optIn(null), doubted)).toBe(false);
  });

  it('a date from the future was made by a clock that was ahead by as much', () => {
    const ahead = NOON + 2 * HOUR_MS;
    expect(optsOut(ahead)).toMatchObject({ doubtMs: HOUR_MS });
    // Requests take a moment, and headers have whole seconds.
    expect(optsOut(NOON + HOUR_MS + MINUTE_MS)).not.toHaveProperty('doubtMs');
  });

  it('C7 an opt-in with a date from the future is later than nothing: nobody knows how far ahead that clock was', () => {
    const optIn = { at: NOON + 2 * HOUR_MS, proof: 'sign-up' };
    const row = memberRow('subscribed', { member: memberState('subscribed', { optIn }), modifiedAt: NOON });
    const [fact] = observe(row, subscribed, [], reading(AUDIENCE_A1, { proofs: ['own-event'] })).facts;
    expect(fact).toMatchObject({ says: 'opted-in', proof: 'sign-up', when: { from: null, exact: false } });
    const tick = factOf(1, { when: { from: null, until: NOON - 2 * HOUR_MS, exact: false } });
    expect(fact === undefined || isLater({ ...fact, n: 2 }, tick)).toBe(false);
  });

  it('C15 a record left its address after the last read that showed it there, whatever stamp that change carries', () => {
    const moved = {
      record: { type: 'Contact', id: '1' },
      email: 'new@x.org',
      modifiedAt: NOON - 2 * HOUR_MS,
      member: null,
    };
    const { shadow } = observe(
      memberRow('subscribed', moved),
      shadowOfAnn(),
      [],
      reading(SALESFORCE, { readAt: NOON }),
    );
    expect(shadow.stays[0]).toMatchObject({ address: key('ann@x.org'), until: NOON - HOUR_MS });
  });
});
