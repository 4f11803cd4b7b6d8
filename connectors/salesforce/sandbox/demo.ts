import { type DemoPerson, demoPeople, seededRandom } from '@heed/sandbox';
import { administrator } from './actions/asked.ts';
import type { OrgWorld } from './state/org.ts';
import { createRecord } from './state/records.ts';
import { toStamp } from './state/timestamps.ts';

const dayMs = 86_400_000;
export const demoCampaignName = 'Spring Newsletter';

/** The demonstration's customer base: Contacts and Leads, duplicates and shared addresses, opt-outs, bounces, one campaign. */
export function fillDemo(world: OrgWorld): void {
  const writer = administrator(world);
  const org = world.state;
  const campaign = createRecord(writer, org.needTable('Campaign'), {
    Name: demoCampaignName,
    IsActive: true,
    Type: 'Email',
  });
  const accounts = new Map<string, string>();
  const accountOf = (company: string): string => {
    const known = accounts.get(company) ?? createRecord(writer, org.needTable('Account'), { Name: company });
    accounts.set(company, known);
    return known;
  };
  for (const person of demoPeople(world.seed)) {
    const random = seededRandom(world.seed, `salesforce person ${person.index}`);
    for (const record of person.crm) {
      const isContact = record.kind === 'Contact';
      const createdAt = toStamp(world.clock.now() - record.createdDaysAgo * dayMs);
      const bounced = record.email !== undefined && random.chance(0.02);
      const id = createRecord(writer, org.needTable(record.kind), {
        ...personFields(person, isContact ? 'Mailing' : ''),
        ...(isContact ? contactFields(person, accountOf) : { Company: person.company ?? '[not provided]' }),
        Email: record.email ?? null,
        HasOptedOutOfEmail: record.optedOut,
        ...(bounced ? { EmailBouncedDate: createdAt, EmailBouncedReason: '550 5.1.1 User unknown' } : {}),
        CreatedDate: createdAt,
        LastModifiedDate: createdAt,
        SystemModstamp: createdAt,
      });
      if (random.chance(0.25)) {
        createRecord(writer, org.needTable('CampaignMember'), { CampaignId: campaign, [`${record.kind}Id`]: id });
      }
    }
  }
}

function personFields(person: DemoPerson, addressPrefix: string): Readonly<Record<string, unknown>> {
  const { address } = person;
  return {
    FirstName: person.firstName,
    LastName: person.lastName,
    Title: person.title ?? null,
    Phone: person.phone ?? null,
    ...(address === undefined
      ? {}
      : {
          [`${addressPrefix}Street`]: address.street,
          [`${addressPrefix}City`]: address.city,
          [`${addressPrefix}State`]: address.region,
          [`${addressPrefix}PostalCode`]: address.postalCode,
          [`${addressPrefix}Country`]: address.country,
        }),
  };
}

function contactFields(person: DemoPerson, accountOf: (company: string) => string): Readonly<Record<string, unknown>> {
  return {
    Birthdate: person.birthdate ?? null,
    ...(person.company === undefined ? {} : { AccountId: accountOf(person.company) }),
  };
}
