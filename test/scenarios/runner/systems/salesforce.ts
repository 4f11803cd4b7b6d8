import { sandbox as definition } from '@heed/connector-salesforce/sandbox';
import { type Crm, fieldsOf, type Json, open } from './system.ts';

const OPT_OUT = 'HasOptedOutOfEmail';
const WORDS: Readonly<Record<string, Json>> = {
  'opted out': { [OPT_OUT]: true },
  'newsletter opted out': { Newsletter_Opt_Out__c: true },
  consented: { Newsletter_Opt_In__c: true },
};
const SHOWN = `Id, Email, FirstName, ${OPT_OUT}, Newsletter_Opt_Out__c, Newsletter_Opt_In__c, Email_Undeliverable__c, IsDeleted`;

/** A box is ticked or not; everything else is a text. */
const boxes = (fields: Json): Json =>
  Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, BOX[String(value)] ?? value]));
const BOX: Readonly<Record<string, boolean>> = { ticked: true, unticked: false };

/** Only in Salesforce leads become contacts. */
export interface Salesforce extends Crm {
  convert(lead: string, contact: string): Promise<void>;
}

export const openSalesforce = async (): Promise<Salesforce> => {
  // Reading many records at once is a POST as well.
  const { system, ask } = await open(definition, { isRead: /\/composite\/sobjects\/\w+$|^\/services\/oauth2\// });
  const soql = async (query: string): Promise<readonly Json[]> => {
    const found = await ask('GET', `/services/data/v66.0/queryAll?q=${encodeURIComponent(query)}`);
    return (found?.records ?? []) as readonly Json[];
  };
  const edit = async (id: string, fields: Json): Promise<void> => {
    await system.act('admin/edit', { id, fields });
  };
  const noTopics = async (): Promise<never> => {
    throw new Error('Salesforce has no topics, only fields');
  };
  return {
    ...system,
    name: 'Salesforce',
    writingRoutes: ['PATCH /services/data/*/composite/sobjects'],
    types: { Contact: 'Contact', Lead: 'Lead' },
    nameFields: ['FirstName', 'LastName'],
    async add(type, name, email, options) {
      const company = type === 'Lead' ? { Company: 'X' } : {};
      const fields = { FirstName: 'Ann', LastName: name, Email: email, ...company, ...fieldsOf(options, WORDS) };
      return String((await system.act('admin/create', { type, fields })).id);
    },
    choose: noTopics,
    topicId: async (name) => name,
    recordIsOutOf: noTopics,
    edit: (_type, id, fields) => edit(id, boxes(fields)),
    move: (_type, id, email) => edit(id, { Email: email }),
    tick: (_type, id, optedOut) => edit(id, { [OPT_OUT]: optedOut }),
    async remove(_type, id) {
      await system.act('admin/delete', { id });
    },
    async restore(_type, id) {
      await system.act('admin/undelete', { id });
    },
    async merge(type, survivor, loser) {
      await system.act('admin/merge', { type, master: survivor, losers: [loser] });
      return survivor;
    },
    record: async (type, id) => (await soql(`SELECT ${SHOWN} FROM ${type} WHERE Id = '${id}'`))[0] ?? null,
    countAt: async (type, email) =>
      (await soql(`SELECT Id FROM ${type} WHERE Email = '${email}' AND IsDeleted = false`)).length,
    isOptedOut: (record, field = OPT_OUT) => record[field] === true,
    async convert(lead, contact) {
      await system.act('admin/convert', { id: lead, contact });
    },
    async makeList() {
      return { kind: 'campaign', id: String((await system.act('admin/campaign', { name: 'the list' })).id) };
    },
    async putInList(list, id, isIn) {
      await system.act(isIn ? 'admin/add-member' : 'admin/remove-member', { campaign: list.id, id });
    },
  };
};
