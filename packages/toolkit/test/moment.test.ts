import { momentIn } from '@heed/toolkit';
import { expect, it } from 'vitest';

it.each([
  ['2026-11-21T10:00:00Z', '2026-11-21T10:00:00.000Z'],
  ['2026-11-21T10:00:00.123+05:30', '2026-11-21T04:30:00.123Z'],
  ['2026-11-21T10:00:00.000+0530', '2026-11-21T04:30:00.000Z'],
  ['2026-11-21T10:00-0800', '2026-11-21T18:00:00.000Z'],
])('%s is a moment', (wire, iso) => expect(momentIn(wire)).toBe(Date.parse(iso)));

it.each(['5', '2026-11-21', '2026-11-21T10:00:00', '2026-11-21 10:00:00Z', '2026-13-41T10:00:00Z', '', null, 5, {}])(
  '%j is none',
  (wire) => expect(momentIn(wire)).toBeNull(),
);
