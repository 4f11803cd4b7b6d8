import type { Settings } from '../results.ts';
import type { Traffic } from '../vendors/protocol.ts';
import { openStandIn, type StandIn } from '../vendors/stand-in.ts';

/** Both systems, each in a process of its own. */
export interface Vendors {
  readonly salesforce: StandIn;
  readonly mailchimp: StandIn;
  /** From here on calls are counted anew. */
  mark(): Promise<void>;
  traffic(): Promise<{ readonly salesforce: Traffic; readonly mailchimp: Traffic }>;
  /** An hour passes in both, so that no overlap of reads reaches back into the case before. */
  hour(): Promise<void>;
  close(): Promise<void>;
}

const HOUR_MS = 3_600_000;

export const openVendors = async (contacts: number, { readMs, writeMs, seed }: Settings): Promise<Vendors> => {
  const opening = { contacts, seed, readMs, writeMs };
  const [salesforce, mailchimp] = await Promise.all([
    openStandIn({ vendor: 'salesforce', ...opening }),
    openStandIn({ vendor: 'mailchimp', ...opening }),
  ]);
  const both = async (act: (one: StandIn) => Promise<void>): Promise<void> => {
    await Promise.all([act(salesforce), act(mailchimp)]);
  };
  return {
    salesforce,
    mailchimp,
    mark: () => both((one) => one.mark()),
    async traffic() {
      const [ofSalesforce, ofMailchimp] = await Promise.all([salesforce.traffic(), mailchimp.traffic()]);
      return { salesforce: ofSalesforce, mailchimp: ofMailchimp };
    },
    hour: () => both((one) => one.pass(HOUR_MS)),
    close: () => both((one) => one.close()),
  };
};
