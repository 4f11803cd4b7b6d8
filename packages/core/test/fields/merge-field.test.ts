import type { FieldValue } from '@heed/contract';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type Carrier,
  carrierOf,
  type FieldMerge,
  type FieldPair,
  type FieldToMerge,
  isEmpty,
  mergeField,
  sameValue,
} from '../../src/fields/index.ts';
import type { Direction } from '../../src/profile/index.ts';
import { field } from './field-schemas.ts';

const asItIs: Carrier = { toMarketing: (value) => ({ ok: true, value }), toCrm: (value) => ({ ok: true, value }) };

const merge = (
  crm: FieldValue,
  marketing: FieldValue,
  base: FieldPair | null,
  more: Partial<FieldToMerge> = {},
): FieldMerge =>
  mergeField({ crm, marketing, base, direction: 'both', conflicts: 'crm', clear: false, carrier: asItIs, ...more });

const AGREED: FieldPair = { crm: 'A', marketing: 'A' };
const pair = (crm: FieldValue, marketing: FieldValue): FieldPair => ({ crm, marketing });

describe('both ways', () => {
  test('nothing changed: nothing is written', () => {
    expect(merge('A', 'A', AGREED)).toEqual({ conflict: false, base: AGREED });
  });
  test('the side that changed wins', () => {
    expect(merge('B', 'A', AGREED)).toEqual({ toMarketing: 'B', conflict: false, base: pair('B', 'B') });
    expect(merge('A', 'B', AGREED, { conflicts: 'crm' })).toEqual({
      toCrm: 'B',
      conflict: false,
      base: pair('B', 'B'),
    });
  });
  test('both changed: one winner, one conflict', () => {
    expect(merge('B', 'C', AGREED)).toEqual({ toMarketing: 'B', conflict: true, base: pair('B', 'B') });
    expect(merge('B', 'C', AGREED, { conflicts: 'marketing' })).toEqual({
      toCrm: 'C',
      conflict: true,
      base: pair('C', 'C'),
    });
  });
  test('both changed to the same: no conflict', () => {
    expect(merge('B', 'B', AGREED)).toEqual({ conflict: false, base: pair('B', 'B') });
  });
  test('an emptied value does not overwrite, and is not filled up with the old one (I8)', () => {
    const first = merge(null, 'A', AGREED);
    expect(first).toEqual({ conflict: false, base: pair(null, 'A') });
    expect(merge(null, 'A', first.base)).toEqual({ conflict: false, base: pair(null, 'A') });
  });
  test('an emptied value empties the other side with clear', () => {
    expect(merge(null, 'A', AGREED, { clear: true })).toEqual({
      toMarketing: null,
      conflict: false,
      base: pair(null, null),
    });
  });
  test('emptied here and edited there: the edit is carried, unless clear lets the emptying win', () => {
    expect(merge(null, 'B', AGREED)).toEqual({ toCrm: 'B', conflict: true, base: pair('B', 'B') });
    expect(merge(null, 'B', AGREED, { clear: true })).toEqual({
      toMarketing: null,
      conflict: true,
      base: pair(null, null),
    });
  });
  test('a value that was not read proves nothing', () => {
    const { crm, ...rest } = { crm: undefined, marketing: 'B', base: AGREED } as const;
    expect(mergeField({ ...rest, crm, direction: 'both', conflicts: 'crm', clear: true, carrier: asItIs })).toEqual({
      conflict: false,
      base: AGREED,
    });
  });
});

describe('without a base (C29)', () => {
  test('an empty side takes the value of the other, whatever conflicts says', () => {
    for (const conflicts of ['crm', 'marketing'] as const) {
      expect(merge(null, 'B', null, { conflicts })).toEqual({ toCrm: 'B', conflict: false, base: pair('B', 'B') });
      expect(merge('B', '', null, { conflicts })).toEqual({ toMarketing: 'B', conflict: false, base: pair('B', 'B') });
    }
  });
  test('two values follow conflicts, and the overwrite counts', () => {
    expect(merge('B', 'C', null)).toMatchObject({ toMarketing: 'B', conflict: true });
    expect(merge('B', 'C', null, { conflicts: 'marketing' })).toMatchObject({ toCrm: 'C', conflict: true });
  });
  test('nothing is emptied, with clear or without', () => {
    for (const direction of ['crm-to-marketing', 'both'] as const)
      expect(merge(null, 'B', null, { direction, clear: true }).toMarketing).toBeUndefined();
  });
});

describe('one way', () => {
  const direction: Direction = 'crm-to-marketing';
  test('an edit on the far side stays until the source changes (I8)', () => {
    const edited = merge('A', 'B', AGREED, { direction });
    expect(edited).toEqual({ conflict: false, base: pair('A', 'B') });
    expect(merge('A', 'B', edited.base, { direction })).toEqual(edited);
    expect(merge('C', 'B', edited.base, { direction })).toEqual({
      toMarketing: 'C',
      conflict: false,
      base: pair('C', 'C'),
    });
  });
  test('edits on both sides: the source wins, whatever conflicts says, and the conflict is told', () => {
    expect(merge('C', 'B', AGREED, { direction, conflicts: 'marketing' })).toMatchObject({
      toMarketing: 'C',
      conflict: true,
    });
  });
  test('never writes against its direction', () => {
    expect(merge(null, 'B', null, { direction })).toEqual({ conflict: false, base: pair(null, 'B') });
  });
  test('a default fills an empty field and overwrites nothing', () => {
    const text = field('text');
    const mapping = {
      crm: 'A',
      marketing: 'B',
      direction,
      transforms: [{ kind: 'default', value: 'there' }],
      clear: false,
    } as const;
    const carrier = carrierOf(mapping, text, text);
    expect(merge(null, null, null, { direction, carrier })).toMatchObject({ toMarketing: 'there' });
    expect(merge(null, 'Ann', null, { direction, carrier }).toMarketing).toBeUndefined();
    expect(merge(null, 'Ann', pair('Ann', 'Ann'), { direction, carrier }).toMarketing).toBeUndefined();
  });
});

describe('values that do not fit', () => {
  const refusing: Carrier = { ...asItIs, toMarketing: () => ({ ok: false, message: 'too long' }) };
  test('are refused and tried again', () => {
    const first = merge('B', 'A', AGREED, { carrier: refusing });
    expect(first).toEqual({ conflict: false, base: AGREED, refused: 'too long' });
    expect(merge('B', 'A', first.base)).toMatchObject({ toMarketing: 'B' });
  });
  test('a date-time and its date agree, without a write', () => {
    const mapping = { crm: 'A', marketing: 'B', direction: 'both', transforms: [], clear: false } as const;
    const carrier = carrierOf(mapping, field('date-time'), field('date'));
    expect(merge('2024-01-02T10:00:00.000Z', '2024-01-02', null, { carrier, conflicts: 'marketing' })).toEqual({
      conflict: false,
      base: pair('2024-01-02T10:00:00.000Z', '2024-01-02'),
    });
  });
});

describe('equality', () => {
  test('of lists, addresses, and the ways to be empty', () => {
    expect(sameValue(['a', 'b'], ['b', 'a', 'a'])).toBe(true);
    expect(sameValue(['a'], ['a', 'b'])).toBe(false);
    expect(sameValue({ city: 'Ulm', line2: '' }, { city: 'Ulm' })).toBe(true);
    expect(sameValue({ city: 'Ulm' }, { city: 'ulm' })).toBe(false);
    for (const a of [null, '', [], {}]) for (const b of [null, '', [], {}]) expect(sameValue(a, b)).toBe(true);
    expect(sameValue('Ann', 'ann')).toBe(false);
    expect(sameValue('Ann', 'Ann ')).toBe(false);
    expect(sameValue(1, '1')).toBe(false);
    expect([0, false, ' '].some(isEmpty)).toBe(false);
  });
});

// Small pools, so that equal and empty values meet often.
const value: fc.Arbitrary<FieldValue> = fc.constantFrom('A', 'B', 'C', 'D', '', null);
const instant: fc.Arbitrary<FieldValue> = fc.constantFrom(
  '2024-01-02T00:00:00.000Z',
  '2024-01-02T10:00:00.000Z',
  '2024-01-03T00:00:00.000Z',
  null,
);
const day: fc.Arbitrary<FieldValue> = fc.constantFrom('2024-01-02', '2024-01-03', '2024-01-04', null);

const settings = {
  direction: fc.constantFrom<Direction>('both', 'crm-to-marketing', 'marketing-to-crm'),
  conflicts: fc.constantFrom<'crm' | 'marketing'>('crm', 'marketing'),
  clear: fc.boolean(),
};

const lossy = carrierOf(
  { crm: 'A', marketing: 'B', direction: 'both', transforms: [], clear: false },
  field('date-time'),
  field('date'),
);
const picky: Carrier = {
  toMarketing: (one) => (one === 'D' ? { ok: false, message: 'no D here' } : { ok: true, value: one }),
  toCrm: (one) => ({ ok: true, value: one }),
};

const fieldOver = (crm: fc.Arbitrary<FieldValue>, marketing: fc.Arbitrary<FieldValue>, carrier: Carrier) =>
  fc.record({
    crm,
    marketing,
    base: fc.option(fc.record({ crm, marketing }), { nil: null }),
    carrier: fc.constant(carrier),
    ...settings,
  });

const anyField = fc.oneof(
  fieldOver(value, value, asItIs),
  fieldOver(value, value, picky),
  fieldOver(instant, day, lossy),
);

/** Both sides after the writes of a merge. */
const applied = (before: FieldToMerge, merged: FieldMerge): FieldToMerge => ({
  ...before,
  crm: merged.toCrm !== undefined ? merged.toCrm : before.crm,
  marketing: merged.toMarketing !== undefined ? merged.toMarketing : before.marketing,
  base: merged.base,
});

const writes = (merged: FieldMerge): boolean => merged.toCrm !== undefined || merged.toMarketing !== undefined;
const RUNS = { numRuns: 5000, seed: 1 };

describe('for any values, settings and base', () => {
  test('a merge is stable: merged again, nothing is written', () => {
    fc.assert(
      fc.property(anyField, (before) => {
        const after = applied(before, mergeField(before));
        expect(writes(mergeField(after))).toBe(false);
      }),
      RUNS,
    );
  });

  test('at most one side is written', () => {
    fc.assert(
      fc.property(anyField, (before) => {
        const merged = mergeField(before);
        expect(merged.toCrm !== undefined && merged.toMarketing !== undefined).toBe(false);
        if (before.direction === 'crm-to-marketing') expect(merged.toCrm).toBeUndefined();
        if (before.direction === 'marketing-to-crm') expect(merged.toMarketing).toBeUndefined();
        if (merged.refused !== undefined) expect(writes(merged)).toBe(false);
      }),
      RUNS,
    );
  });

  test('an edit gives way only to an edit of the other side, and then the conflict is told (I8)', () => {
    fc.assert(
      fc.property(anyField, (before) => {
        const { base } = before;
        if (base === null || before.crm === undefined || before.marketing === undefined) return;
        const merged = mergeField(before);
        const edited = {
          crm: !sameValue(before.crm, base.crm),
          marketing: !sameValue(before.marketing, base.marketing),
        };
        if (merged.toCrm !== undefined) {
          expect(edited.marketing).toBe(true);
          expect(merged.conflict).toBe(edited.crm);
        }
        if (merged.toMarketing !== undefined) {
          expect(edited.crm).toBe(true);
          expect(merged.conflict).toBe(edited.marketing);
        }
      }),
      RUNS,
    );
  });

  test('after a merge both ways the two sides agree, unless one was emptied without clear or a value was refused', () => {
    fc.assert(
      fc.property(anyField, (before) => {
        if (before.direction !== 'both') return;
        const { base } = before;
        if (base !== null) {
          const agreed = before.carrier.toMarketing(base.crm);
          if (!agreed.ok || !sameValue(agreed.value, base.marketing)) return;
        }
        const merged = mergeField(before);
        if (merged.refused !== undefined) return;
        const { crm, marketing } = applied(before, merged);
        if (crm === undefined || marketing === undefined) return;
        if (isEmpty(crm) !== isEmpty(marketing)) {
          expect(before.clear).toBe(false);
          expect(base).not.toBeNull();
          return;
        }
        const [there, back] = [before.carrier.toMarketing(crm), before.carrier.toCrm(marketing)];
        expect((there.ok && sameValue(there.value, marketing)) || (back.ok && sameValue(back.value, crm))).toBe(true);
      }),
      RUNS,
    );
  });

  test('nothing is emptied without clear', () => {
    fc.assert(
      fc.property(anyField, (before) => {
        const merged = mergeField({ ...before, clear: false });
        if (merged.toCrm !== undefined) expect(isEmpty(merged.toCrm)).toBe(false);
        if (merged.toMarketing !== undefined) expect(isEmpty(merged.toMarketing)).toBe(false);
      }),
      RUNS,
    );
  });
});
