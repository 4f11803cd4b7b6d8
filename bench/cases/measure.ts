import type { LeastCalls } from '../least-calls.ts';
import type { PairName } from '../pairs.ts';
import type { CaseName, Measured } from '../results.ts';
import type { Heed, Synced } from '../subjects/heed.ts';
import type { Vendors } from './vendors.ts';

export interface Measuring {
  readonly name: CaseName;
  readonly pair: PairName;
  readonly contacts: number;
  readonly concerned: number;
  readonly least: LeastCalls | null;
}

/** One `heed sync`, and everything it cost. Throws if the sync did not end well: such numbers would mean nothing. */
export const measure = async (vendors: Vendors, heed: Heed, what: Measuring): Promise<Measured> => {
  await vendors.mark();
  const synced = await heed.sync();
  if (synced.report.status !== 'done') throw new Error(`heed sync ended as ${synced.report.status}`);
  return measured(vendors, synced, what);
};

/** The same for a sync that ended already; the vendors count since their last mark. */
export const measured = async (vendors: Vendors, { used, report }: Synced, what: Measuring): Promise<Measured> => {
  const { crm, marketing } = await vendors.traffic();
  return {
    ...what,
    status: report.status,
    owed: report.owed,
    seconds: (used.endedAtMs - used.startedAtMs) / 1000,
    cpuUs: used.cpuUs,
    peakBytes: used.peakBytes,
    crm: crm.calls,
    marketing: marketing.calls,
    writes: crm.writes + marketing.writes,
    refused: crm.refused + marketing.refused,
    parallel: { crm: crm.parallel, marketing: marketing.parallel },
    bytes: crm.bytesIn + crm.bytesOut + marketing.bytesIn + marketing.bytesOut,
  };
};
