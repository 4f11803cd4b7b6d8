import { describe, expect, test } from 'vitest';
import { type Case, can, HEAD, HEAD1, hubspot, map, ON, topical, withMember, withTypes } from './lint-case.ts';
import { contact, lead, lint, member, named, printed, type Systems, withFields, withoutField } from './live-systems.ts';
import { fieldCrmCan } from './stand-in-connectors.ts';

const cases: readonly Case[] = [
  {
    name: 'a profile that fits says nothing',
    text: map('crm: FirstName, marketing: FNAME, direction: crm-to-marketing'),
    says: [],
  },
  {
    name: 'C2 in one sentence',
    text: HEAD,
    says: [
      '[nothing] 1:1: warning: people who opted out in Salesforce can still be mailed from Mailchimp, because optOut.crmToMarketing is false (C2). Set it to true to unsubscribe them.',
    ],
  },
  {
    name: 'C2 where it is written out',
    text: `${HEAD}optOut:\n  crmToMarketing: false\n`,
    says: [
      '[nothing] 6:19: warning: people who opted out in Salesforce can still be mailed from Mailchimp, because optOut.crmToMarketing is false (C2). Set it to true to unsubscribe them.',
    ],
  },
  {
    name: 'keys without effect',
    text: `${HEAD.replace('Lead] }', 'Lead], lists: [{ campaign: 701Hs000001abcd }] }')}optOut: { scope: lists, suppressUnknown: true }\n`,
    systems: can({ optOutUnknown: true }),
    says: [
      '[nothing] 5:1: warning: people who opted out in Salesforce can still be mailed from Mailchimp, because optOut.crmToMarketing is false (C2). Set it to true to unsubscribe them.',
      '[nothing] 5:18: warning: optOut.scope has no effect while optOut.crmToMarketing is false (C5). Remove it, or set crmToMarketing to true.',
      '[nothing] 5:42: warning: optOut.suppressUnknown is for opt-out lists alone (C20) while optOut.crmToMarketing is false (C3). Set crmToMarketing to true if the opt-outs of the CRM are meant as well.',
    ],
  },
  // abilities
  {
    name: 'a new member that the tool cannot make',
    text: `${HEAD}${ON}`,
    systems: can({ newMembers: ['subscribed'] }),
    says: ['[run] 4:24: error: Mailchimp cannot create members with double-opt-in (C19). It knows subscribe.'],
  },
  {
    name: 'members without permission where there are none',
    text: `${HEAD.replace('double-opt-in', 'non-subscribed')}${ON}`,
    says: [
      '[nothing] 4:24: warning: Mailchimp has no members without permission to mail, so no member is created (C19). Set create.marketing: false to say so.',
    ],
  },
  {
    name: 'newMembers does not matter where none is made',
    text: `${HEAD}${ON}create: { marketing: false }\n`,
    systems: can({ newMembers: [] }),
    says: [],
  },
  {
    name: 'new members that get no mail until somebody pays for them',
    text: `${HEAD}${ON}`,
    systems: can({ paidStatus: { ofNewMembers: 'new contacts get no mail', fix: 'Make them marketing contacts' } }),
    says: ['[nothing] 4:24: warning: new contacts get no mail (C13). Make them marketing contacts.'],
  },
  {
    name: 'what is paid for does not matter where no member is made',
    text: `${HEAD}${ON}create: { marketing: false }\n`,
    systems: can({ paidStatus: { ofNewMembers: 'new contacts get no mail', fix: 'Make them marketing contacts' } }),
    says: [],
  },
  {
    name: 'tags that the tool does not have',
    text: `${HEAD}${ON}whenRecordLeaves: tag\n`,
    systems: can({ tag: false }),
    says: ['[run] 6:19: error: Mailchimp cannot tag members (C12). Write keep.'],
  },
  {
    name: 'a type that the connector cannot create',
    text: `${HEAD}${ON}create: { crm: Lead }\nreference: { crm: Heed_Id__c }\n`,
    systems: { crm: { can: { ...fieldCrmCan, creates: ['Contact'] } } },
    says: [
      '[run] 6:16: error: Salesforce connections cannot create "Lead". It can create Contact.',
      '[creates] 6:16: error: a new Lead needs LastName, Company, and no mapping writes it. Map it from marketing, with the transform default for people who left it empty.',
    ],
  },
  {
    name: 'creates without a reference',
    text: `${HEAD}${ON}create: { crm: Lead }\nfields: [{ crm: LastName, marketing: LNAME }, { crm: Company, marketing: COMPANY }]\n`,
    says: [
      '[nothing] 6:16: warning: without reference a create whose answer is lost is looked for by address only. Create a unique text field for it and name it in reference.crm.',
      '[nothing] 7:38: warning: Contact.LastName holds 80 characters and LNAME only 60; longer values are set aside, never cut.',
      '[nothing] 7:54: warning: Contact has no field Company, so it takes no part in this mapping.',
    ],
  },
  {
    name: 'a reference where none can be stored',
    text: `${HEAD}${ON}reference: { crm: Heed_Id__c }\n`,
    systems: { crm: { can: { ...fieldCrmCan, reference: false } } },
    says: ['[run] 6:19: error: Salesforce cannot store our own external id. Remove reference.'],
  },
  {
    name: 'clearing where nothing can be cleared and nothing proves',
    text: `${HEAD}optOut: { crmToMarketing: true, clearWhenConfirmed: true }\n`,
    systems: { crm: { can: { ...fieldCrmCan, clear: false } } },
    says: [
      '[run] 5:53: error: an opt-out in Salesforce cannot be cleared (C7). Set it to false and use heed review.',
      '[nothing] 5:53: warning: nothing in Mailchimp proves that a person opted in again, so nobody is ever cleared (C7). Set it to false and use heed review.',
    ],
  },
  {
    name: 'clearing a picklist',
    text: `${HEAD}optOut: { crmToMarketing: true, clearWhenConfirmed: true, customField: { field: Mail_Wish__c, optedOutWhen: [None] } }\n`,
    systems: can({ proofs: ['own-event'] }),
    says: [
      '[run] 5:53: error: a picklist has no one value that means "not opted out", so it cannot be cleared (C7). Set it to false and use heed review.',
    ],
  },
  {
    name: 'C27 without a target',
    text: `${HEAD}${ON}`,
    systems: hubspot,
    says: [
      '[run] 5:9: error: an opt-out in HubSpot is wider than this mailing, so optOut.target must say which one is meant (C27). Write portal, custom-field (with optOut.customField), or { subscriptionType: ... }.',
    ],
  },
  {
    name: 'C27 a target that the records do not keep',
    text: `${HEAD}optOut: { crmToMarketing: true, target: { subscriptionType: "78" } }\n`,
    systems: topical,
    says: [
      '[run] 5:41: error: Contact keeps no opt-out of a topic "78" (C27). Did you mean "77"? Its topics are 77.',
      '[run] 5:41: error: Lead keeps no opt-out of a topic "78" (C27). Name portal or custom-field.',
    ],
  },
  {
    name: 'a target without a meaning',
    text: `${HEAD}optOut: { crmToMarketing: true, target: portal }\n`,
    says: [
      '[run] 5:41: error: the opt-out of Salesforce is one field, so optOut.target has no meaning here (C27). Remove it; optOut.customField names a field of your own.',
    ],
  },
  {
    name: 'suppressing where it costs',
    text: `${HEAD}optOut: { crmToMarketing: true, suppressUnknown: true }\n`,
    says: ['[run] 5:50: error: Mailchimp cannot suppress an address without creating a contact (C3). Remove it.'],
  },
  {
    name: 'a tool that does not list opted-out addresses',
    text: `${HEAD}${ON}`,
    systems: can({ listsOptedOutWithoutContact: false }),
    says: [
      '[nothing] 3:26: warning: Mailchimp does not list opted-out addresses that have no contact; each address is asked before a member is created and when its record changes (C1).',
    ],
  },
  {
    name: 'a kind of list that the CRM does not have',
    text: `${HEAD.replace('Lead] }', 'Lead], lists: [{ campain: 701Hs000001abcd }] }')}${ON}`,
    says: [
      '[run] 2:66: error: Salesforce has no lists of the kind "campain" (C5). Did you mean "campaign"? It has campaign, filter.',
    ],
  },
  // scope
  {
    name: 'a record type that does not exist',
    text: `${HEAD.replace('Lead]', 'Leed]')}${ON}`,
    says: [
      '[run] 2:51: error: Salesforce has no record type "Leed" that this user can see. Did you mean "Lead"? There are Contact, Lead.',
    ],
  },
  {
    name: 'an audience that does not exist, by its name',
    text: `${HEAD.replace('3f1c0a77b2', 'customers')}${ON}`,
    says: [
      '[run] 3:47: error: Mailchimp has no audience "customers". Did you mean "3f1c0a77b2"? There are 3f1c0a77b2 (Customers).',
    ],
  },
  {
    name: 'a list that does not exist',
    text: `${HEAD.replace('Lead] }', 'Lead], lists: [{ campaign: 701Hs000009zzzz }] }')}${ON}`,
    says: [
      '[run] 2:78: error: there is no campaign "701Hs000009zzzz" that this user can see (C5). heed lists shows those there are.',
    ],
  },
  {
    name: 'a list by its name',
    text: `${HEAD.replace('Lead] }', 'Lead], lists: [{ campaign: newsletter }] }')}${ON}`,
    says: [
      '[run] 2:78: error: there is no campaign "newsletter" that this user can see (C5). Did you mean "701Hs000001abcdIAA"? heed lists shows those there are.',
    ],
  },
  {
    name: 'a list in 15 characters is the one in 18',
    text: `${HEAD.replace('Lead] }', 'Lead], lists: [{ campaign: 701Hs000001abcd }] }')}${ON}`,
    says: [],
  },
  {
    name: 'a list of a kind whose lists nobody can name',
    text: `${HEAD.replace('Lead] }', "Lead], lists: [{ filter: tier = '1' }] }")}${ON}`,
    says: [],
  },
  {
    name: 'a reference that does not exist on a type',
    text: `${HEAD}${ON}reference: { crm: Heed_Id__c }\n`,
    systems: withTypes(contact, withoutField(lead, 'Heed_Id__c')),
    says: [
      '[run] 6:19: error: Lead has no field "Heed_Id__c" that this user can see. Create it on Lead as a text field, unique, external id, and let this user read and edit it; or remove reference: then a create whose answer is lost is looked for by address only.',
    ],
  },
  {
    name: 'a reference that is not unique',
    text: `${HEAD1}${ON}reference: { crm: Title }\n`,
    says: [
      '[run] 6:19: error: Contact.Title cannot hold our external id. It must be a text field, unique, external id, and editable by this user.',
    ],
  },
  // creates
  {
    name: 'required fields without a mapping',
    text: `${HEAD}${ON}create: { crm: Lead }\nreference: { crm: Heed_Id__c }\nfields: [{ crm: LastName, marketing: LNAME, direction: crm-to-marketing }]\n`,
    says: [
      '[creates] 6:16: error: a new Lead needs LastName, Company, and no mapping writes it. Map it from marketing, with the transform default for people who left it empty.',
      '[nothing] 8:38: warning: Contact.LastName holds 80 characters and LNAME only 60; longer values are set aside, never cut.',
    ],
  },
  {
    name: 'a type that this user cannot create',
    text: `${HEAD}${ON}create: { crm: Lead }\nreference: { crm: Heed_Id__c }\nfields: [{ crm: LastName, marketing: LNAME }, { crm: Company, marketing: COMPANY }]\n`,
    systems: withTypes(contact, { ...lead, notCreatable: 'the user has no create permission on Lead' }),
    says: [
      '[creates] 6:16: error: Lead cannot be created: the user has no create permission on Lead (C19). Set create.crm: false.',
      '[nothing] 8:38: warning: Contact.LastName holds 80 characters and LNAME only 60; longer values are set aside, never cut.',
      '[nothing] 8:54: warning: Contact has no field Company, so it takes no part in this mapping.',
    ],
  },
  {
    name: 'a required merge field without a mapping',
    text: `${HEAD}${ON}`,
    systems: withMember(withFields(member, named('CITY', 'text', { required: true }))),
    says: [
      '[creates] 1:1: error: a new member of this Mailchimp audience needs CITY, and no mapping writes it. Map it, or make it optional there.',
    ],
  },
];

describe('a profile against its two systems', () => {
  test.each(cases)('$name', ({ text, systems, says }) => {
    expect(printed(lint(text, systems))).toEqual(says);
  });

  test('without schemas only the abilities are checked', () => {
    const offline: Systems = { crm: { schema: null }, marketing: { schema: null } };
    const text = `${HEAD.replace('Lead]', 'Leed]')}optOut: { crmToMarketing: true, suppressUnknown: true }\nfields: [{ crm: X, marketing: Y }]\n`;
    expect(lint(text, offline).map((finding) => finding.rule)).toEqual(['C3']);
  });
});
