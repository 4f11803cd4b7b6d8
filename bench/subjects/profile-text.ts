import { type PairName, pairOf } from '../pairs.ts';
import type { VendorName } from '../vendors/protocol.ts';

/** First name, last name, title, phone. */
const FIELDS: Readonly<Record<VendorName, readonly string[]>> = {
  salesforce: ['FirstName', 'LastName', 'Title', 'Phone'],
  mailchimp: ['FNAME', 'LNAME', 'TITLE', 'PHONE'],
  hubspot: ['firstname', 'lastname', 'jobtitle', 'phone'],
  netsuite: ['firstName', 'lastName', 'title', 'phone'],
};
const RECORDS: Readonly<Record<VendorName, string>> = {
  salesforce: 'Contact',
  mailchimp: 'member',
  hubspot: 'contact',
  netsuite: 'contact',
};

/** Guards as wide as they get. More than 1,000 opt-outs from the CRM are held all the same (C23). */
export const profileText = (pair: PairName, audience: string): string => {
  const { crm, marketing } = pairOf(pair);
  const fields = FIELDS[crm].map((field, index) => {
    const direction = index < 2 ? '' : ', direction: crm-to-marketing';
    return `  - { crm: ${field}, marketing: ${FIELDS[marketing][index]}${direction} }`;
  });
  return `version: 1
crm:
  connection: ${crm}
  records: [${RECORDS[crm]}]
marketing:
  connection: ${marketing}
  audience: "${audience}"
fields:
${fields.join('\n')}
conflicts: crm
create: { marketing: true, crm: false }
optOut:
  crmToMarketing: true
${crm === 'hubspot' ? '  target: portal\n' : ''}consent:
  newMembers: subscribe
  basis: existing-customer
guards: { optOuts: { people: 1000000, percent: 100 }, creates: 10000000 }
`;
};
