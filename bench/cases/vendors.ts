import { type PairName, pairOf } from '../pairs.ts';
import type { Settings } from '../results.ts';
import type { Traffic } from '../vendors/protocol.ts';
import { openStandIn, type StandIn } from '../vendors/stand-in.ts';

/** Both systems, each in a process of its own. */
export interface Vendors {
  readonly crm: StandIn;
  readonly marketing: StandIn;
  /** From here on calls are counted anew. */
  mark(): Promise<void>;
  traffic(): Promise<{ readonly crm: Traffic; readonly marketing: Traffic }>;
  /** Half an hour passes in both, so that no overlap of reads reaches back into the case before. */
  pause(): Promise<void>;
  close(): Promise<void>;
}

const HOUR_MS = 3_600_000;
const PAUSE_MS = HOUR_MS / 2;
/** What was there at the beginning is old by then for every overlap of reads. */
const OLD_MS = 48 * HOUR_MS;

export const openVendors = async (
  pair: PairName,
  contacts: number,
  { readMs, writeMs, seed }: Settings,
): Promise<Vendors> => {
  const opening = { contacts, seed, readMs, writeMs };
  const [crm, marketing] = await Promise.all([
    openStandIn({ vendor: pairOf(pair).crm, role: 'crm', ...opening }),
    openStandIn({ vendor: pairOf(pair).marketing, role: 'marketing', ...opening }),
  ]);
  const both = async (act: (one: StandIn) => Promise<void>): Promise<void> => {
    await Promise.all([act(crm), act(marketing)]);
  };
  await both((one) => one.pass(OLD_MS));
  return {
    crm,
    marketing,
    mark: () => both((one) => one.mark()),
    async traffic() {
      const [ofCrm, ofMarketing] = await Promise.all([crm.traffic(), marketing.traffic()]);
      return { crm: ofCrm, marketing: ofMarketing };
    },
    pause: () => both((one) => one.pass(PAUSE_MS)),
    close: () => both((one) => one.close()),
  };
};
