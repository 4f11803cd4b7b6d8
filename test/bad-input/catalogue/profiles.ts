import { type BadCase, file, profile } from './case.ts';

// What is wrong with the text of a profile alone has its table in packages/core/test/profile (188 of them); here a sample of it
// comes in by the front door, and what only the whole folder or the live systems can tell.

const HEAD = `version: 1
crm: { connection: salesforce, records: [Contact, Lead] }
marketing: { connection: mailchimp, audience: 3f1c0a77b2 }
consent: { newMembers: non-subscribed }
`;
const text = (lines: string) => file('acme/newsletter.yaml', `${HEAD}${lines}`);

/** Nothing is asked of a vendor for these. */
export const badProfileFiles: readonly BadCase[] = [
  {
    name: 'a misspelt key',
    given: text('optOut: { crmToMarketng: true }\n'),
    says: ['profiles/acme/newsletter.yaml:5:11: unknown key "crmToMarketng" in optOut. Did you mean "crmToMarketing"?'],
    exit: 2,
  },
  {
    name: 'marketing to CRM switched off',
    given: text('optOut: { marketingToCrm: false }\n'),
    says: [
      'profiles/acme/newsletter.yaml:5:11: opt-outs from marketing to the CRM are always on and have no switch (C1). Remove this key; optOut.crmToMarketing is the only direction that can be chosen.',
    ],
    exit: 2,
  },
  {
    name: 'a key twice',
    given: text('conflicts: crm\nconflicts: marketing\n'),
    says: ['profiles/acme/newsletter.yaml:6:1: the same key stands here twice. Keep one of them.'],
    exit: 2,
  },
  {
    name: 'a text for true',
    given: text('optOut: { crmToMarketing: "yes" }\n'),
    says: [
      'profiles/acme/newsletter.yaml:5:27: optOut.crmToMarketing must be true or false, and this is text. Write true or false, without quotes.',
    ],
    exit: 2,
  },
  {
    name: 'a tab',
    given: text('guards:\n\tcreates: 5\n'),
    says: ['profiles/acme/newsletter.yaml:6:1: a tab is used for indentation. Indent with spaces.'],
    exit: 2,
  },
  {
    name: 'a quote that does not close',
    given: text('description: "people\n'),
    says: ['profiles/acme/newsletter.yaml:6:1: a bracket, quote or comma is missing. Close what was opened.'],
    exit: 2,
  },
  {
    name: 'a guard below zero',
    given: text('guards: { optOuts: { percent: -1 } }\n'),
    says: ['profiles/acme/newsletter.yaml:5:31: guards.optOuts.percent must be at least 0.'],
    exit: 2,
  },
  {
    name: 'a cron with 61 minutes',
    given: text('schedule: { cron: "61 * * * *", timezone: Europe/Berlin }\n'),
    says: [
      'profiles/acme/newsletter.yaml:5:19: schedule.cron cannot be read: 61 is a invalid expression for minute. An example is "*/15 * * * *".',
    ],
    exit: 2,
  },
  {
    name: 'a time zone that is none',
    given: text('schedule: { cron: "0 4 * * *", timezone: Berlin }\n'),
    says: [
      'profiles/acme/newsletter.yaml:5:42: schedule.timezone is not an IANA time zone. An example is America/New_York.',
    ],
    exit: 2,
  },
  {
    name: 'an empty file',
    given: file('acme/newsletter.yaml', ''),
    says: ['profiles/acme/newsletter.yaml:1:1: the file is empty. See docs/profiles.md.'],
    exit: 2,
  },
  {
    name: 'a file of comments',
    given: file('acme/newsletter.yaml', '# later\n'),
    says: ['profiles/acme/newsletter.yaml:1:1: the file is empty. See docs/profiles.md.'],
    exit: 2,
  },
  {
    name: 'a file of Windows, with a mistake in its last line',
    given: file('acme/newsletter.yaml', `${HEAD}colour: blue\n`.replaceAll('\n', '\r\n')),
    says: [
      'profiles/acme/newsletter.yaml:5:1: unknown key "colour". The keys here are version, description, crm, marketing, schedule, fields, conflicts, create, whenRecordLeaves, reference, optOut, topics, consent, guards.',
    ],
    exit: 2,
  },
  {
    name: 'two documents in a file',
    given: file('acme/newsletter.yaml', `${HEAD}---\n${HEAD}`),
    says: ['profiles/acme/newsletter.yaml:5:1: a second document (---) begins here. One file is one document.'],
    exit: 2,
  },
  {
    name: 'JSON of something else',
    given: file('acme/newsletter.yaml', '{"name":"heed","version":"1.0.0"}'),
    says: [
      'profiles/acme/newsletter.yaml:1:1: the key "crm" is missing. It is a map of keys.',
      'profiles/acme/newsletter.yaml:1:1: the key "marketing" is missing. It is a map of keys.',
      'profiles/acme/newsletter.yaml:1:1: the key "consent" is missing. It is a map of keys.',
    ],
    exit: 2,
  },
  {
    name: 'a page of HTML',
    given: file('acme/newsletter.yaml', '<!DOCTYPE html>\n<html></html>\n'),
    says: ['profiles/acme/newsletter.yaml:1:1: the file must be a map of keys, and this is text.'],
    exit: 2,
  },
  {
    name: 'bytes',
    given: file('acme/newsletter.yaml', new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])),
    says: ['profiles/acme/newsletter.yaml:1:1: the file is not text in UTF-8. Save it as UTF-8.'],
    exit: 2,
  },
  {
    name: 'Latin-1',
    given: file('acme/newsletter.yaml', new Uint8Array([0x61, 0x3a, 0x20, 0xe4, 0x0a])),
    says: ['profiles/acme/newsletter.yaml:1:1: the file is not text in UTF-8. Save it as UTF-8.'],
    exit: 2,
  },
  {
    name: 'a file of 300 kB',
    given: text(`description: ${'a'.repeat(300_000)}\n`),
    says: ['profiles/acme/newsletter.yaml:1:1: the file is larger than 256 KiB. Split it up.'],
    exit: 2,
  },
  {
    name: 'a folder in place of the file',
    given: (world) => world.file('acme/other.yaml/x.txt', ''),
    heed: ['sync', 'acme/other'],
    says: ['There is no profile "other" in customer acme. There are: newsletter.'],
    exit: 2,
  },
  {
    name: 'the ending .yml',
    given: file('acme/other.yml', HEAD),
    heed: ['sync', 'acme/other'],
    says: [
      'profiles/acme/other.yml:1:1: this cannot be the name of a profile. Use lower case, digits, - and _, and the ending .yaml.',
    ],
    exit: 2,
  },
  {
    name: 'a name with a space',
    given: file('acme/News Letter.yaml', HEAD),
    heed: ['sync', 'acme/News Letter'],
    says: [
      'profiles/acme/News Letter.yaml:1:1: this cannot be the name of a profile. Use lower case, digits, - and _, and the ending .yaml.',
    ],
    exit: 2,
  },
  {
    name: 'a customer with a space',
    given: file('Acme Inc/connections.yaml', ''),
    heed: ['check', '--offline'],
    says: ['profiles/Acme Inc:1:1: this cannot be the name of a customer. Use lower case, digits, - and _.'],
    exit: 2,
  },
  {
    name: 'a connection that is not there',
    given: profile({ crm: { connection: 'salesforse', records: ['Contact'] } }),
    says: [
      'profiles/acme/newsletter.yaml:3:15: there is no connection "salesforse" in connections.yaml. Did you mean "salesforce"?',
    ],
    exit: 2,
  },
  {
    name: 'the CRM as the marketing tool',
    given: profile({ marketing: { connection: 'salesforce', audience: 'x' } }),
    says: [
      'profiles/acme/newsletter.yaml:8:15: the CRM and the marketing system are the same connection. Name two connections.',
    ],
    exit: 2,
  },
  {
    name: 'two profiles that disagree about the same people',
    given: (world) => world.profile({ optOut: { crmToMarketing: false } }, 'second'),
    says: [
      'profiles/acme/newsletter.yaml:16:19: optOut.crmToMarketing is not the same as in acme/second, which syncs the same people. Profiles that share a CRM connection and an audience must agree on optOut and consent.',
      'profiles/acme/second.yaml:16:19: optOut.crmToMarketing is not the same as in acme/newsletter, which syncs the same people. Profiles that share a CRM connection and an audience must agree on optOut and consent.',
    ],
    exit: 2,
  },
];

/** The text is right; the live systems have nothing like it. Both are asked, and neither is written to. */
export const badProfilesForLiveSystems: readonly BadCase[] = [
  {
    name: 'an audience that is not there',
    given: (world) => world.profile({ marketing: { connection: 'mailchimp', audience: '0000000000' } }),
    says: [
      'profiles/acme/newsletter.yaml:9:13: error: Mailchimp has no such audience. `heed lists` shows the ids of the account.',
    ],
    exit: 2,
  },
  {
    name: 'a CRM field that is not there',
    given: profile({ fields: [{ crm: 'FirstNam', marketing: 'FNAME' }] }),
    says: [
      'profiles/acme/newsletter.yaml:11:10: error: Salesforce has no field "FirstNam" on Contact, Lead that this user can see. Did you mean "FirstName"?',
    ],
    exit: 2,
  },
  {
    name: 'a merge field that is not there',
    given: profile({ fields: [{ crm: 'FirstName', marketing: 'FIRST' }] }),
    says: [
      'profiles/acme/newsletter.yaml:12:16: error: Mailchimp has no field "FIRST" in this audience. heed fields shows those there are.',
    ],
    exit: 2,
  },
  {
    name: 'a merge field in lower case',
    given: profile({ fields: [{ crm: 'FirstName', marketing: 'fname' }] }),
    says: [
      'profiles/acme/newsletter.yaml:12:16: error: Mailchimp has no field "fname" in this audience. Did you mean "FNAME"?',
    ],
    exit: 2,
  },
  {
    name: 'a record type that is not synced',
    given: profile({ crm: { connection: 'salesforce', records: ['Account'] } }),
    says: [
      'profiles/acme/newsletter.yaml:5:7: error: Salesforce has no record type "Account" that this user can see. There are Contact, Lead.',
    ],
    exit: 2,
  },
  {
    name: 'a read-only field that would be written',
    given: profile({ fields: [{ crm: 'Name', marketing: 'FNAME' }] }),
    says: [
      'profiles/acme/newsletter.yaml:11:10: error: Contact.Name cannot be written by this user. Give the user edit permission, or write direction: crm-to-marketing.',
    ],
    exit: 2,
  },
  {
    name: 'a yes-or-no field into a birthday',
    given: profile({ fields: [{ crm: 'DoNotCall', marketing: 'BIRTHDAY', direction: 'crm-to-marketing' }] }),
    says: [
      'profiles/acme/newsletter.yaml:12:16: error: Contact.DoNotCall (boolean) cannot become BIRTHDAY (birthday): use the transform map. Map another field, or change the transform.',
    ],
    exit: 2,
  },
  {
    name: 'the address as a field',
    given: profile({ fields: [{ crm: 'Email', marketing: 'EMAIL' }] }),
    says: [
      'profiles/acme/newsletter.yaml:11:10: error: Email is the address itself and is not written as a field (C9). Remove this mapping; address changes are followed without one.',
      'profiles/acme/newsletter.yaml:12:16: error: EMAIL is the address itself and is not written as a field (C9). Remove this mapping; address changes are followed without one.',
      'profiles/acme/newsletter.yaml:12:16: error: Mailchimp has no field "EMAIL" in this audience. heed fields shows those there are.',
    ],
    exit: 2,
  },
  {
    name: 'consent as a field',
    given: profile({ fields: [{ crm: 'HasOptedOutOfEmail', marketing: 'FNAME' }] }),
    says: [
      'profiles/acme/newsletter.yaml:11:10: error: HasOptedOutOfEmail is an opt-out field of Salesforce; consent never rides on a field (C9). Remove this mapping; opt-outs are carried without one.',
    ],
    exit: 2,
  },
  {
    name: 'two fields into one merge field',
    given: profile({
      fields: [
        { crm: 'FirstName', marketing: 'FNAME' },
        { crm: 'LastName', marketing: 'FNAME' },
      ],
    }),
    says: [
      'profiles/acme/newsletter.yaml:14:16: FNAME is already written by another mapping. Keep one, or turn one around.',
    ],
    exit: 2,
  },
  {
    name: 'an opt-out field that is not there',
    given: profile({ optOut: { customField: 'Newsletter_OptOut__c' } }),
    says: [
      'profiles/acme/newsletter.yaml:16:16: error: Contact has no field "Newsletter_OptOut__c" that this user can see, so nobody\'s consent can be known (C18). Did you mean "Newsletter_Opt_Out__c"? Create it on Contact, or give the user read and edit permission for it.',
      'profiles/acme/newsletter.yaml:16:16: error: Lead has no field "Newsletter_OptOut__c" that this user can see, so nobody\'s consent can be known (C18). Did you mean "Newsletter_Opt_Out__c"? Create it on Lead, or give the user read and edit perm',
    ],
    exit: 5,
  },
  {
    name: 'an opt-out field that is a text',
    given: profile({ optOut: { customField: 'Department' } }),
    says: [
      'profiles/acme/newsletter.yaml:16:16: error: Contact.Department is of the type text, and optOut.customField reads it as boolean (C18). Name a checkbox, a date or a picklist.',
      'profiles/acme/newsletter.yaml:16:16: error: Lead has no field "Department" that this user can see, so nobody\'s consent can be known (C18). Create it on Lead, or give the user read and edit permission for it.',
    ],
    exit: 5,
  },
  {
    name: 'an opt-out field that is a date, read as yes or no',
    given: profile({ optOut: { customField: 'Opt_Out_Date__c' } }),
    says: [
      'profiles/acme/newsletter.yaml:16:16: error: Contact.Opt_Out_Date__c is of the type date, and optOut.customField reads it as boolean (C18). Write { field: NAME, optedOutWhen: set }.',
      'profiles/acme/newsletter.yaml:16:16: error: Lead.Opt_Out_Date__c is of the type date, and optOut.customField reads it as boolean (C18). Write { field: NAME, optedOutWhen: set }.',
    ],
    exit: 5,
  },
  {
    name: 'an opt-out value that the picklist does not have',
    given: profile({
      optOut: { customField: { field: 'Email_Preference__c', optedOutWhen: ['No emails'], write: 'No emails' } },
    }),
    says: [
      'profiles/acme/newsletter.yaml:19:7: error: No emails is no option of Contact.Email_Preference__c (C18). Did you mean "No mail"? Its options are All mail, Monthly only, No mail.',
      'profiles/acme/newsletter.yaml:19:7: error: No emails is no option of Lead.Email_Preference__c (C18). Did you mean "No mail"? Its options are All mail, Monthly only, No mail.',
    ],
    exit: 5,
  },
  {
    name: 'an opt-in field that is not there',
    given: profile({ consent: { newMembers: 'subscribe', basis: 'consent', optInField: 'Opted_In__c' } }),
    says: [
      'profiles/acme/newsletter.yaml:20:15: error: Contact has no field "Opted_In__c" that this user can see, so nobody\'s consent can be known (C18). Create it on Contact, or give the user read and edit permission for it.',
    ],
    exit: 5,
  },
  {
    name: 'a reference that is not unique',
    given: profile({ reference: { crm: 'Department' } }),
    says: [
      'profiles/acme/newsletter.yaml:21:8: error: Contact.Department cannot hold our external id. It must be a text field, unique, external id, and editable by this user.',
      'profiles/acme/newsletter.yaml:21:8: error: Lead has no field "Department" that this user can see. Create it on Lead as a text field, unique, external id, and let this user read and edit it; or remove reference: then a create whose answer is lost is looked for by address only.',
    ],
    exit: 2,
  },
  {
    name: 'a list that is no campaign',
    given: profile({
      crm: { connection: 'salesforce', records: ['Contact'], lists: [{ campaign: '003Hs000000001fIAA' }] },
    }),
    says: [
      'profiles/acme/newsletter.yaml:7:17: error: there is no campaign "003Hs000000001fIAA" that this user can see (C5). heed lists shows those there are.',
    ],
    exit: 2,
  },
  {
    name: 'a list with an odd id',
    given: profile({
      crm: { connection: 'salesforce', records: ['Contact'], lists: [{ campaign: "' OR Id != null" }] },
    }),
    says: [
      'profiles/acme/newsletter.yaml:7:17: error: there is no campaign "\' OR Id != null" that this user can see (C5). heed lists shows those there are.',
    ],
    exit: 2,
  },
  {
    name: 'a list of another vendor',
    given: profile({ crm: { connection: 'salesforce', records: ['Contact'], lists: [{ savedSearch: 'x' }] } }),
    says: [
      'profiles/acme/newsletter.yaml:7:7: error: Salesforce has no lists of the kind "savedSearch" (C5). It has campaign.',
    ],
    exit: 2,
  },
  {
    name: 'confirmation mails that the profile does not ask for',
    given: profile({ consent: { newMembers: 'double-opt-in' }, create: { marketing: true, crm: 'Account' } }),
    says: [
      'profiles/acme/newsletter.yaml:21:8: create.crm: Account is not among crm.records. Add it there, or new records would never be read.',
    ],
    exit: 2,
  },
];
