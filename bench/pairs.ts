import type { VendorName } from './vendors/protocol.ts';

/** Two systems that are measured together, and how the same four fields are called in each. */
export interface Pair {
  readonly crm: VendorName;
  readonly marketing: VendorName;
}

export const PAIRS = {
  'salesforce-mailchimp': { crm: 'salesforce', marketing: 'mailchimp' },
  'salesforce-hubspot': { crm: 'salesforce', marketing: 'hubspot' },
  'hubspot-mailchimp': { crm: 'hubspot', marketing: 'mailchimp' },
  'netsuite-mailchimp': { crm: 'netsuite', marketing: 'mailchimp' },
} as const satisfies Readonly<Record<string, Pair>>;
export type PairName = keyof typeof PAIRS;

/** The pair that is measured in every size and case. */
export const MAIN: PairName = 'salesforce-mailchimp';

/**
 * The largest audience that a pair is measured with unless it is named: HubSpot as marketing tool is asked about each address
 * by itself, 19 times a second.
 */
export const mostContacts = (name: PairName): number =>
  name === MAIN ? Number.POSITIVE_INFINITY : pairOf(name).marketing === 'hubspot' ? 1_000 : 10_000;

export const pairOf = (name: PairName): Pair => PAIRS[name];

const TITLES: Readonly<Record<VendorName, string>> = {
  salesforce: 'Salesforce',
  mailchimp: 'Mailchimp',
  hubspot: 'HubSpot',
  netsuite: 'NetSuite',
};
/** `HubSpot and Mailchimp`: the CRM first. */
export const titleOf = (name: PairName): string => {
  const { crm, marketing } = pairOf(name);
  return `${TITLES[crm]} and ${TITLES[marketing]}`;
};
