import type { Millis } from '@heed/contract';
import { answerOr, momentIn } from '@heed/toolkit';
import { z } from 'zod';
import type { Api } from './api.ts';
import { NOT_SHOWN } from './failure.ts';
import { isId, plain, select } from './suiteql.ts';

const SECOND_MS = 1_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;
const QUARTER_MS = 15 * 60_000;
/** Zones lie between UTC-12 and UTC+14. */
const FARTHEST_MS = 14 * HOUR_MS;
/** Where the zone is not known a read begins this much earlier: more than any zone, and a change to summer time. */
export const UNKNOWN_ZONE_MS = 26 * HOUR_MS;

export const STAMP_FORMAT = 'YYYY-MM-DD HH24:MI:SS';
/** The column of a stamp, as a text in the session's time zone. The name is an alias of ours. */
export const stampColumn = (column: string, alias: string): string =>
  `TO_CHAR(${column}, '${STAMP_FORMAT}') AS ${alias}`;

/**
 * One record in both clocks: queries answer stamps in the time zone of the session, REST in UTC. From it the offset of the session
 * is known as it was at that moment; it changes with summer time, and when somebody changes the preferences of the user.
 */
const calibrationForm = z.strictObject({
  type: z.string(),
  id: z.string(),
  /** As the query showed it. */
  local: z.string(),
  utc: z.number(),
});
export type Calibration = z.infer<typeof calibrationForm>;

/** Calibrations as a cursor keeps them; none for anything else. */
export const calibrationsIn = (value: unknown): readonly Calibration[] => {
  const parsed = z.array(calibrationForm).safeParse(value);
  return parsed.success ? parsed.data.filter((one) => offsetOf(one) !== null) : [];
};

/** The newest, and of the others those whose offset is another. */
export const remembered = (now: Calibration | null, earlier: readonly Calibration[]): readonly Calibration[] => {
  const all = now === null ? earlier : [...earlier, now];
  return all.filter((one, index) => !all.slice(index + 1).some((later) => offsetOf(later) === offsetOf(one)));
};

/** How far the session's clock is ahead of UTC; null if the two stamps cannot be of one moment. */
const offsetOf = ({ local, utc }: Calibration): number | null => {
  const offset = asIfUtc(local) - Math.floor(utc / SECOND_MS) * SECOND_MS;
  return offset % QUARTER_MS === 0 && Math.abs(offset) <= FARTHEST_MS ? offset : null;
};

const STAMP = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/;
/** NaN if it is no stamp. */
const asIfUtc = (local: unknown): Millis =>
  typeof local === 'string' && STAMP.test(local) ? Date.parse(`${local.replace(' ', 'T')}Z`) : Number.NaN;

/** Between the session's time zone and UTC, as far as it is known. */
export interface Zone {
  /** A stamp of a query in UTC; null where nobody can tell. In doubt of an hour the later one: in doubt an opt-out is the later (consent.md, "when"). */
  toUtc(local: unknown): Millis | null;
  /** The session's time of a moment, or earlier: for a lower end. */
  notAfter(at: Millis): string;
}

/** `earlier`: what was found before, as long as it matters. If the offset changed since, both are reckoned with. */
export const zoneOf = (now: Calibration | null, earlier: readonly Calibration[]): Zone => {
  const offset = now === null ? null : offsetOf(now);
  if (now === null || offset === null) return { toUtc: () => null, notAfter: (at) => stampOf(at - UNKNOWN_ZONE_MS) };
  const least = Math.min(offset, ...earlier.map((one) => offsetOf(one) ?? offset));
  return {
    toUtc(local) {
      const at = asIfUtc(local);
      if (Number.isNaN(at)) return null;
      // A stamp that lies far from the calibrated one may be of another season, whose offset differs by an hour.
      const isFar = Math.abs(at - offset - now.utc) > DAY_MS;
      return at - least + (isFar ? HOUR_MS : 0);
    },
    notAfter: (at) => stampOf(at + least),
  };
};

const stampOf = (at: Millis): string =>
  new Date(Math.floor(at / SECOND_MS) * SECOND_MS).toISOString().slice(0, 19).replace('T', ' ');

const TRIES = 2;

/**
 * Calibrates on the record that was changed last: then no change since can be of another offset than its own. One query, and one
 * `GET` unless it is the record of one that is known. Null if no type has a record, or their stamps do not fit: another change came between.
 */
export const calibrate = async (
  api: Api,
  types: readonly string[],
  known: readonly Calibration[],
  signal: AbortSignal,
): Promise<Calibration | null> => {
  for (const type of types) {
    for (let tries = 0; tries < TRIES; tries += 1) {
      const stamped = [plain('lastmodifieddate IS NOT NULL')];
      const newest = select(['id', stampColumn('lastmodifieddate', 'lm')], type, stamped, 'lastmodifieddate DESC');
      const [row] = (await api.query(newest, signal, 1)).rows;
      const [id, local] = [String(row?.id ?? ''), row?.lm];
      if (!isId(id) || typeof local !== 'string') break;
      const same = known.find((one) => one.type === type && one.id === id && one.local === local);
      if (same !== undefined) return same;
      const calibration = { type, id, local, utc: await modifiedAt(api, type, id, signal) };
      if (offsetOf(calibration) !== null) return calibration;
    }
  }
  return null;
};

/** By REST, in UTC; NaN where that does not tell: it loads records in edit mode, which a role may not be allowed. */
const modifiedAt = async (api: Api, type: string, id: string, signal: AbortSignal): Promise<Millis> => {
  const record = api.record(type, id, '?fields=lastModifiedDate', signal);
  return momentIn((await answerOr(record, NOT_SHOWN, { lastModifiedDate: null })).lastModifiedDate) ?? Number.NaN;
};
