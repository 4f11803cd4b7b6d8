import type { Clock, Millis } from '@heed/contract';
import type { Api } from './api.ts';
import type { Complaints } from './member.ts';
import { timeOf, type WireAbuseReport } from './wire.ts';

export interface ComplaintBook {
  /** Reads the reports again. */
  refresh(signal: AbortSignal): Promise<readonly WireAbuseReport[]>;
  /** Of the last reading; reads them if nobody has yet. */
  known(signal: AbortSignal): Promise<Complaints>;
  /** Of the last reading; empty before it. */
  readonly sofar: Complaints;
  /** How long ago the last reading was, our clock; null before it. */
  ageMs(): number | null;
}

/** Who complained, for all rows of a session: a member's own record does not tell. */
export const createComplaintBook = (api: Api, clock: Clock): ComplaintBook => {
  let complaints: Complaints | null = null;
  let readAt: Millis | null = null;
  const refresh = async (signal: AbortSignal): Promise<readonly WireAbuseReport[]> => {
    const beganAt = clock.now();
    const reports = await api.abuseReports(signal);
    readAt = beganAt;
    complaints = complaintsOf(reports);
    return reports;
  };
  return {
    refresh,
    known: async (signal) => {
      if (complaints === null) await refresh(signal);
      return complaints ?? new Map();
    },
    get sofar() {
      return complaints ?? new Map();
    },
    ageMs: () => (readAt === null ? null : clock.now() - readAt),
  };
};

/** The first report counts: an opt-out is as old as the earliest sign of it. */
const complaintsOf = (reports: readonly WireAbuseReport[]): Complaints => {
  const complaints = new Map<string, Millis | null>();
  for (const { email_id: hash, date } of reports) {
    const at = timeOf(date);
    const before = complaints.get(hash);
    complaints.set(hash, before === undefined || before === null ? at : Math.min(before, at ?? before));
  }
  return complaints;
};
