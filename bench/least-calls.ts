// The least possible number of calls of each case, worked out from what one call can carry at most and from docs/reads.md,
// which says what a run has to ask and why. Nothing here comes from a measurement.
import { hubspotAsCrm, hubspotAsMarketing } from './least/hubspot.ts';
import { type LeastAsCrm, type LeastAsMarketing, type LeastCalls, together } from './least/least.ts';
import { mailchimpAsMarketing } from './least/mailchimp.ts';
import { netsuiteAsCrm } from './least/netsuite.ts';
import { salesforceAsCrm } from './least/salesforce.ts';
import { type PairName, pairOf } from './pairs.ts';
import type { VendorName } from './vendors/protocol.ts';

export { type Calls, type Least, type LeastCalls, sumOf } from './least/least.ts';

const CRM: Readonly<Partial<Record<VendorName, LeastAsCrm>>> = {
  salesforce: salesforceAsCrm,
  hubspot: hubspotAsCrm,
  netsuite: netsuiteAsCrm,
};
const MARKETING: Readonly<Partial<Record<VendorName, LeastAsMarketing>>> = {
  mailchimp: mailchimpAsMarketing,
  hubspot: hubspotAsMarketing,
};

export interface LeastOfPair {
  /** First sync of `contacts` people into an empty audience; `optedOut` of them are opted out and become no members. */
  firstSync(contacts: number, optedOut: number): LeastCalls;
  /** The sync after the first one: `members` have changed, by Heed itself. */
  afterFirstSync(members: number): LeastCalls;
  /** Nobody changed anything. */
  nothingChanged(): LeastCalls;
  /** `changed` people have another title in the CRM, which goes to their members. */
  someChanged(changed: number): LeastCalls;
  /** `people` members left; each has one record, at an address of so many characters. */
  optOutsFromMarketing(people: number, addressCharacters: number): LeastCalls;
  /**
   * `people` were opted out in the CRM; each has one member. If a guard held them before they are read again: that read began
   * when they had just been made, and every read begins some minutes before the one before it.
   */
  optOutsFromCrm(people: number): LeastCalls;
  /** A list of `lines` addresses was imported; `people` of them are members with one record each, the others nobody. */
  importedList(people: number, lines: number, addressCharacters: number): LeastCalls;
}

export const leastOf = (pair: PairName): LeastOfPair => {
  const names = pairOf(pair);
  const [crm, marketing] = [CRM[names.crm], MARKETING[names.marketing]];
  if (crm === undefined || marketing === undefined) throw new Error(`nothing is worked out for ${pair}`);
  return {
    firstSync: (contacts, optedOut) => ({
      crm: crm.firstSync(contacts, optedOut),
      marketing: marketing.firstSync(contacts - optedOut, contacts),
    }),
    afterFirstSync: (members) => ({ crm: crm.later(0, 0), marketing: marketing.later(members, 0) }),
    nothingChanged: () => ({ crm: crm.later(0, 0), marketing: marketing.later(0, 0) }),
    someChanged: (changed) => ({
      crm: crm.later(changed, 0),
      marketing: together(marketing.later(0, 0), marketing.fields(changed)),
    }),
    optOutsFromMarketing: (people, addressCharacters) => ({
      crm: together(crm.later(0, 0), crm.optOuts(people, addressCharacters)),
      marketing: marketing.later(people, people),
    }),
    optOutsFromCrm: (people) => ({
      crm: crm.later(people, people),
      marketing: together(marketing.later(0, 0), marketing.optOuts(people)),
    }),
    importedList: (people, lines, addressCharacters) => ({
      crm: {
        ...together(crm.later(0, 0), crm.optOuts(people, addressCharacters)),
        ...crm.lookedFor(lines, addressCharacters),
      },
      marketing: together(marketing.later(0, 0), marketing.optOuts(people)),
    }),
  };
};
