import { describe, expect, it } from 'vitest';
import { dated, foundBy, lastReadOf, lastSightOf } from '../../src/consent/when.ts';
import { crmRow, NOON, shadowOfAnn } from './made-up.ts';
import { HOUR_MS, key } from './story.ts';

const HOUR_LATER = NOON + HOUR_MS;

describe('Words: when', () => {
  it('Words: not after the read, nor after the modified time at that read', () => {
    expect(foundBy(crmRow({ modifiedAt: NOON }), HOUR_LATER, null)).toEqual({ from: null, until: NOON, exact: false });
    expect(foundBy(crmRow({ modifiedAt: HOUR_LATER + 1 }), HOUR_LATER, null).until).toBe(HOUR_LATER);
    expect(foundBy(crmRow({ modifiedAt: null }), HOUR_LATER, null).until).toBe(HOUR_LATER);
  });

  it.each([
    ['before it', NOON - 1, NOON - 1],
    ['at it', NOON, NOON],
    ['within the second that stamps are cut to', NOON + 1_000, NOON],
    ['more than a second after it: the stamp says nothing about that read', NOON + 1_001, null],
  ])('Words: not before the last read that did not show it, %s', (_where, from, wanted) => {
    expect(foundBy(crmRow({ modifiedAt: NOON }), HOUR_LATER, from)).toEqual({
      from: wanted,
      until: NOON,
      exact: false,
    });
  });

  it('Words: a vendor date is both ends of the interval', () => {
    expect(dated(NOON)).toEqual({ from: NOON, until: NOON, exact: true });
  });
});

describe('C18 the last read that showed a consent field', () => {
  const lastRead = { readAt: NOON - HOUR_MS, stay: 0 };

  it('C18 none, before anything was read', () => {
    expect(lastReadOf(null)).toBeNull();
    expect(lastSightOf(null, 'HasOptedOutOfEmail')).toBeNull();
  });

  it('C15 C18 with the stay of the record at that time', () => {
    expect(lastReadOf(shadowOfAnn())).toEqual(lastRead);
    const stays = [
      { address: key('a@x.org'), from: null, until: 1 },
      { address: key('b@x.org'), from: 1, until: null },
    ];
    expect(lastReadOf(shadowOfAnn({ stays }))?.stay).toBe(1);
    expect(lastReadOf(shadowOfAnn({ stays: [] }))?.stay).toBe(-1);
  });

  it('C18 the very last read, an earlier one, or none', () => {
    const earlier = { readAt: 5, stay: 0 };
    const shadow = shadowOfAnn({ sights: { A: null, B: earlier } });
    expect(lastSightOf(shadow, 'A')).toEqual(lastRead);
    expect(lastSightOf(shadow, 'B')).toEqual(earlier);
    expect(lastSightOf(shadow, 'C')).toBeNull();
  });

  it('C18 a shadow of an older version tells by its values', () => {
    const { sights: _none, ...old } = shadowOfAnn();
    expect(lastSightOf(old, 'HasOptedOutOfEmail')).toEqual(lastRead);
    expect(lastSightOf(old, 'Newsletter_Opt_Out__c')).toBeNull();
  });
});
