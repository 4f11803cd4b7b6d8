import { describe, expect, it } from 'vitest';
import type { Api, WireRow } from '../src/api.ts';
import { type Calibration, calibrate, calibrationsIn, remembered, zoneOf } from '../src/zone.ts';

const never = new AbortController().signal;
const at = (text: string): number => Date.parse(text);
const calibration = (local: string, utc: string): Calibration => ({ type: 'contact', id: '7', local, utc: at(utc) });

/** Los Angeles: summer time ends on 2026-11-01 at 09:00 UTC. */
const SUMMER = calibration('2026-11-01 01:30:00', '2026-11-01T08:30:00Z');
const WINTER = calibration('2026-11-01 01:10:00', '2026-11-01T09:10:00Z');

describe('stamps of the session', () => {
  it('are brought to UTC by the calibrated offset, and back', () => {
    const zone = zoneOf(WINTER, []);
    expect(zone.toUtc('2026-11-01 02:00:05')).toBe(at('2026-11-01T10:00:05Z'));
    expect(zone.notAfter(at('2026-11-01T10:00:05.900Z'))).toBe('2026-11-01 02:00:05');
    expect(zone.toUtc('11/1/2026')).toBeNull();
    expect(zone.toUtc(null)).toBeNull();
  });

  it('when summer time ended since the last read, it begins early enough for both, and in doubt a stamp is the later one', () => {
    // Read at 01:30 summer time; somebody changed a record forty minutes later, at 01:10 winter time.
    const zone = zoneOf(WINTER, [SUMMER]);
    const since = at('2026-11-01T08:30:00Z');
    expect(zone.notAfter(since) <= '2026-11-01 01:10:00').toBe(true);
    expect(zone.toUtc('2026-11-01 01:10:00')).toBe(at('2026-11-01T09:10:00Z'));
  });

  it('when summer time began since, nothing is skipped either', () => {
    const before = calibration('2026-03-08 01:50:00', '2026-03-08T09:50:00Z');
    const after = calibration('2026-03-08 03:05:00', '2026-03-08T10:05:00Z');
    expect(zoneOf(after, [before]).notAfter(at('2026-03-08T09:55:00Z')) <= '2026-03-08 01:55:00').toBe(true);
  });

  it('of another season may be an hour off: the later one is taken', () => {
    expect(zoneOf(WINTER, []).toUtc('2026-07-01 12:00:00')).toBe(at('2026-07-01T21:00:00Z'));
  });

  it('where the offset is not known, no stamp is believed, and a read begins 26 hours earlier', () => {
    const zone = zoneOf(null, []);
    expect(zone.toUtc('2026-11-01 02:00:05')).toBeNull();
    expect(zone.notAfter(at('2026-11-02T12:00:00Z'))).toBe('2026-11-01 10:00:00');
  });
});

describe('in a cursor', () => {
  it('only what fits is believed', () => {
    expect(calibrationsIn([WINTER])).toEqual([WINTER]);
    for (const odd of [
      null,
      'x',
      [{ ...WINTER, more: 1 }],
      [{ ...WINTER, utc: WINTER.utc + 7_000 }],
      [{ ...WINTER, local: 'x' }],
    ])
      expect(calibrationsIn(odd)).toEqual([]);
  });

  it('the newest is kept, and older ones of another offset', () => {
    const later = calibration('2026-11-01 05:00:00', '2026-11-01T13:00:00Z');
    expect(remembered(later, [SUMMER, WINTER])).toEqual([SUMMER, later]);
    expect(remembered(null, [SUMMER])).toEqual([SUMMER]);
  });
});

describe('calibrating', () => {
  const apiOf = (shown: readonly WireRow[], utc: readonly string[]) => {
    const asked: string[] = [];
    const left = [...utc];
    const api = {
      query: async () => {
        asked.push('query');
        return { rows: shown, hasMore: false, total: null };
      },
      record: async () => {
        asked.push('record');
        return { lastModifiedDate: left.shift() ?? '' };
      },
    } as unknown as Api;
    return { api, asked };
  };

  it('takes the record that was changed last, by a query and by REST', async () => {
    const { api, asked } = apiOf([{ id: '7', lm: '2026-11-01 01:10:00' }], ['2026-11-01T09:10:00.000Z']);
    expect(await calibrate(api, ['contact'], [], never)).toEqual(WINTER);
    expect(asked).toEqual(['query', 'record']);
  });

  it('costs one call while that record is the same', async () => {
    const { api, asked } = apiOf([{ id: '7', lm: '2026-11-01 01:10:00' }], []);
    expect(await calibrate(api, ['contact'], [WINTER], never)).toEqual(WINTER);
    expect(asked).toEqual(['query']);
  });

  it('tries again when somebody changed the record in between, and gives up rather than guess', async () => {
    const shown = [{ id: '7', lm: '2026-11-01 01:10:00' }];
    const { api } = apiOf(shown, ['2026-11-01T09:10:07Z', '2026-11-01T09:10:00Z']);
    expect(await calibrate(api, ['contact'], [], never)).toEqual(WINTER);
    const lost = apiOf(shown, ['2026-11-01T09:10:07Z', '2026-11-01T09:10:09Z']);
    expect(await calibrate(lost.api, ['contact'], [], never)).toBeNull();
  });

  it('is not possible without a record', async () => {
    expect(await calibrate(apiOf([], []).api, ['contact', 'customer'], [], never)).toBeNull();
  });
});
