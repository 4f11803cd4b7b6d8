import type { Millis } from '@heed/contract';
import {
  type Hold,
  isIncident,
  type Owed,
  type Profile,
  type RunReport,
  type SetAside,
  type Store,
  serviceOf,
} from '@heed/core';
import { nextRunsOf } from '../composition/cron.ts';
import { toReview } from '../people/to-review.ts';
import { duration, plural } from '../terminal/words.ts';

const HOUR_MS = 3_600_000;
/** C22 */
const ALERT_MS = 24 * HOUR_MS;
const INCIDENT_MS = 48 * HOUR_MS;

export interface Alert {
  readonly level: 'alert' | 'incident';
  readonly text: string;
}

/** What `status` says of one profile. */
export interface ProfileStatus {
  readonly profile: Profile;
  readonly service: 'in service' | 'waiting for first approval' | 'paused';
  readonly lastRun: RunReport | null;
  readonly nextRun: Date | null;
  readonly owed: readonly Owed[];
  /** Our clock; null if nothing is owed. */
  readonly owedSince: Millis | null;
  readonly holds: readonly Hold[];
  readonly setAside: readonly SetAside[];
  /** People who are not synced, by reason, as the last run left things. */
  readonly listed: Readonly<Record<string, number>>;
  /** People who wait for `heed review`. */
  readonly review: number;
  /** Opted out of everything in the marketing system and paid for there, as the last run left things (C13); null where nobody knows. */
  readonly paidOptedOut: number | null;
  readonly alerts: readonly Alert[];
}

/** Everything from the store; no vendor is asked. `now` is our clock. */
export const statusOf = async (store: Store, profile: Profile, now: Millis): Promise<ProfileStatus> => {
  const service = await serviceOf(store, profile.id);
  const owed = [...(await store.owed(profile.id))].sort((a, b) => a.since - b.since);
  const owedSince = owed[0]?.since ?? null;
  const lastRun = (await store.runs(profile.id, 1))[0] ?? null;
  const { schedule } = profile;
  const next = schedule === null || service.paused ? [] : nextRunsOf(schedule.cron, schedule.timezone, 1);
  return {
    profile,
    service: service.paused ? 'paused' : service.approved === null ? 'waiting for first approval' : 'in service',
    lastRun,
    nextRun: next[0] ?? null,
    owed,
    owedSince,
    holds: service.holds,
    setAside: await store.setAside(profile.id),
    listed: lastRun?.listed ?? {},
    review: (await toReview(store, profile.id)).length,
    paidOptedOut: lastRun?.paidOptedOut ?? null,
    alerts: [...owedAlerts(owed, now), ...holdAlerts(service.holds, now)],
  };
};

/** 24 h raises an alert, 48 h an incident (C22). Counts and systems, no people: alerts travel. */
const owedAlerts = (owed: readonly Owed[], now: Millis): readonly Alert[] =>
  (['crm', 'marketing'] as const).flatMap((side) => {
    const late = owed.filter((one) => one.side === side && now - one.since > ALERT_MS);
    const oldest = late[0];
    if (oldest === undefined) return [];
    const level = now - oldest.since > INCIDENT_MS ? 'incident' : 'alert';
    const where = side === 'crm' ? 'the CRM' : 'the marketing system';
    const since = duration(now - oldest.since);
    return [
      {
        level,
        text: `${level.toUpperCase()}: ${plural(late.length, 'opt-out')} owed to ${where} for up to ${since} (C22): ${oldest.why}`,
      },
    ];
  });

const holdAlerts = (holds: readonly Hold[], now: Millis): readonly Alert[] =>
  holds
    .filter((hold) => isIncident(hold, now))
    .map((hold) => ({
      level: 'incident',
      text: `INCIDENT: held without an answer for ${duration(now - hold.since)} (C23): heed approve ${hold.run}, or heed reject ${hold.run}`,
    }));
