import { crmSchema, marketingSchema, type member, type Systems, type withFields } from './live-systems.ts';
import { audienceToolCan, portalCrmCan } from './stand-in-connectors.ts';

export const HEAD = `version: 1
crm: { connection: salesforce, records: [Contact, Lead] }
marketing: { connection: mailchimp, audience: 3f1c0a77b2 }
consent: { newMembers: double-opt-in }
`;

/** Everything but the sentence of C2 and what is tested away with `ON`. */
export const ON = 'optOut: { crmToMarketing: true }\n';

export interface Case {
  readonly name: string;
  readonly text: string;
  readonly systems?: Systems;
  readonly says: readonly string[];
}

export const withTypes = (...recordTypes: Parameters<typeof withFields>[0][]): Systems => ({
  crm: { schema: { ...crmSchema, recordTypes } },
});
export const withMember = (type: typeof member): Systems => ({
  marketing: { schema: { ...marketingSchema, recordTypes: [type] } },
});
export const hubspot: Systems = { crm: { title: 'HubSpot', can: portalCrmCan } };
/** Its Contacts keep opt-outs of one topic, its Leads of none. */
export const topical: Systems = {
  crm: {
    title: 'HubSpot',
    can: portalCrmCan,
    schema: {
      ...crmSchema,
      recordTypes: crmSchema.recordTypes.map((type) =>
        type.name === 'Contact'
          ? { ...type, topicOptOuts: { 77: { field: 'HasOptedOutOfEmail', optedOutWhen: true, write: true } } }
          : type,
      ),
    },
  },
};
export const can = (more: Partial<typeof audienceToolCan>): Systems => ({
  marketing: { can: { ...audienceToolCan, ...more } },
});

export const HEAD1 = HEAD.replace('[Contact, Lead]', '[Contact]');
export const map = (mapping: string): string => `${HEAD}${ON}fields: [{ ${mapping} }]\n`;
