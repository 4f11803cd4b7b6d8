import { expect, it } from 'vitest';
import { isWorthALook } from '../../src/sync/look-for-opt-outs.ts';

const PACE = { soonestMs: 4_000, latestMs: 30_000, callsPerCall: { marketing: 24, crm: 48 } };
const LAST = { at: 1_000_000, calls: 100, cost: 1 };

it.each([
  // after ms, calls since, what a look takes: marketing, CRM
  [3_999, 1_000, 1, false, false],
  [4_000, 23, 1, false, false],
  [4_000, 24, 1, true, false],
  [4_000, 47, 2, false, false],
  [4_000, 48, 2, true, false],
  [4_000, 48, 1, true, true],
  [4_000, 0, 0, true, true],
  [29_999, 0, 1, false, false],
  [30_000, 0, 1, true, true],
  [30_000, 0, 100, true, true],
  // Unknown yet: one call.
  [4_000, 24, null, true, false],
])('C21 after %i ms and %i calls, where a look takes %s', (passedMs, calls, cost, marketing, crm) => {
  const now = { at: LAST.at + passedMs, calls: LAST.calls + calls };
  expect(isWorthALook({ ...LAST, cost }, now, PACE, 'marketing')).toBe(marketing);
  expect(isWorthALook({ ...LAST, cost }, now, PACE, 'crm')).toBe(crm);
});
