import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { canonicalJson, plainJson } from '../src/json.ts';

const turned = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(turned);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, inner]) => [key, turned(inner)]),
  );
};

describe('canonical JSON', () => {
  test('is JSON, and the same text whatever the order of keys', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(JSON.parse(canonicalJson(value))).toEqual(JSON.parse(JSON.stringify(value)));
        expect(plainJson(value)).toBe(JSON.stringify(value));
        expect(canonicalJson(turned(value))).toBe(canonicalJson(value));
      }),
    );
  });

  test('refuses what JSON would silently change', () => {
    for (const bad of [undefined, Number.NaN, Number.POSITIVE_INFINITY, new Date(0), 1n, () => {}, Symbol('x')]) {
      for (const json of [canonicalJson, plainJson]) expect(() => json({ inner: [bad] })).toThrow(TypeError);
    }
  });
});
