import { type BadFile, CONSENT, HEAD, plus, whole } from './bad-file.ts';

export const badKeysAndValues: readonly BadFile[] = [
  // keys
  plus(
    'a misspelt key, as the interface prints it',
    'optOut:\n  crmToMarketng: true\n',
    '6:3: unknown key "crmToMarketng" in optOut. Did you mean "crmToMarketing"?',
  ),
  plus('a misspelt top key', 'conflict: crm\n', '5:1: unknown key "conflict". Did you mean "conflicts"?'),
  plus(
    'an unknown key that resembles nothing',
    'colour: blue\n',
    '5:1: unknown key "colour". The keys here are version, description, crm, marketing, schedule, fields, conflicts, create, whenRecordLeaves, reference, optOut, topics, consent, guards.',
  ),
  plus('a key of another case', 'Fields: []\n', '5:1: unknown key "Fields". Did you mean "fields"?'),
  plus(
    'a misspelt key in a mapping',
    'fields:\n  - { crm: FirstName, marketng: FNAME }\n',
    '6:5: the key "marketing" is missing in fields[0]. It is text.',
    '6:23: unknown key "marketng" in fields[0]. Did you mean "marketing"?',
  ),
  plus(
    'a misspelt key in guards',
    'guards: { optOuts: { persons: 10 } }\n',
    '5:22: unknown key "persons" in guards.optOuts. The keys here are people, percent.',
  ),
  plus(
    'marketing to CRM switched off',
    'optOut: { marketingToCrm: false }\n',
    '5:11: opt-outs from marketing to the CRM are always on and have no switch (C1). Remove this key; optOut.crmToMarketing is the only direction that can be chosen.',
  ),
  plus(
    'marketing to CRM switched off, in other words',
    'optOut:\n  marketing-to-crm: "off"\n',
    '6:3: opt-outs from marketing to the CRM are always on and have no switch (C1). Remove this key; optOut.crmToMarketing is the only direction that can be chosen.',
  ),
  plus(
    'marketing to CRM switched off at the top',
    'mailchimpToCrm: false\n',
    '5:1: opt-outs from marketing to the CRM are always on and have no switch (C1). Remove this key; optOut.crmToMarketing is the only direction that can be chosen.',
  ),
  plus(
    'a topic without a place',
    'topics: { newsletter: { collapse: any } }\n',
    '5:23: the topic newsletter has no place in either system (C17). Name it in crm, in marketing, or in both.',
  ),
  plus(
    'a topic that both sides know, collapsed',
    'topics: { newsletter: { crm: News__c, marketing: "7", collapse: any } }\n',
    '5:65: both systems know this topic, so nothing is collapsed (C17). Remove collapse, or the side that does not know the topic.',
  ),
  plus(
    'two topics in one place',
    'topics: { a: { crm: News__c, marketing: "7" }, b: { crm: News__c, marketing: "7" } }\n',
    '5:58: News__c is already topics.a.crm (C17). Keep one of them.',
    '5:78: 7 is already topics.a.marketing (C17). Keep one of them.',
  ),
  plus(
    'the opt-out of everything as a topic',
    'optOut: { customField: News__c }\ntopics: { a: { crm: News__c } }\n',
    '6:21: News__c is already optOut.customField (C17). Keep one of them.',
  ),
  plus(
    'a topic field as a mapped field',
    'topics: { a: { crm: News__c } }\nfields: [{ crm: News__c, marketing: NEWS }]\n',
    '6:17: News__c is topics.a.crm and cannot be a mapped field (C9). Remove this mapping.',
  ),
  plus(
    'a topic that is all mail',
    'topics: { "*": { crm: News__c } }\n',
    '5:11: a topic is named by letters, digits, spaces, dots, - and _. Rename it.',
  ),
  plus(
    'what HubSpot lets nobody set',
    'marketingContacts: { onOptOut: non-marketing }\n',
    "5:1: HubSpot's marketing contact status is billing and cannot be set through its API (C13). Remove this key; set the status by a workflow, an import, or as the default of the integration in HubSpot.",
  ),
  plus(
    'importFrom that leads out of the folder',
    'optOut: { importFrom: ../other/robinson.csv }\n',
    '5:23: optOut.importFrom: the file lies in the folder of the profile or below it, written as lists/opt-outs.csv.',
  ),
  whole(
    'nothing but a version',
    'version: 1\n',
    '1:1: the key "crm" is missing. It is a map of keys.',
    '1:1: the key "marketing" is missing. It is a map of keys.',
    '1:1: the key "consent" is missing. It is a map of keys.',
  ),
  whole('consent without a map', `${HEAD}consent:\n`, '4:9: consent is empty. It must be a map of keys.'),
  // values
  whole(
    'another version',
    `version: 2\ncrm: { connection: salesforce, records: [Contact] }\nmarketing: { connection: mailchimp, audience: 3f1c0a77b2 }\n${CONSENT}`,
    '1:10: version must be 1, not 2.',
  ),
  whole(
    'a version as a text',
    `version: "1"\ncrm: { connection: salesforce, records: [Contact] }\nmarketing: { connection: mailchimp, audience: 3f1c0a77b2 }\n${CONSENT}`,
    '1:10: version must be 1, not "1". Remove the quotes.',
  ),
  whole(
    'an audience that YAML takes for a number',
    `version: 1\ncrm: { connection: salesforce, records: [Contact] }\nmarketing: { connection: mailchimp, audience: 0012345678 }\n${CONSENT}`,
    '3:47: marketing.audience must be text, and this is a number. Put it in quotes: "0012345678".',
  ),
  whole(
    'an audience that YAML takes for a huge number',
    `version: 1\ncrm: { connection: salesforce, records: [Contact] }\nmarketing: { connection: mailchimp, audience: 12e4567890 }\n${CONSENT}`,
    '3:47: marketing.audience must be text, and this is a fraction. Put it in quotes: "12e4567890".',
  ),
  whole(
    'a list that YAML takes for a number',
    `version: 1\ncrm: { connection: salesforce, records: [Contact], lists: [{ campaign: 701 }] }\nmarketing: { connection: mailchimp, audience: 3f1c0a77b2 }\n${CONSENT}`,
    '2:72: crm.lists[0].campaign must be text, and this is a number. Put it in quotes: "701".',
  ),
  whole(
    'one record type in place of a list',
    `version: 1\ncrm: { connection: salesforce, records: Contact }\nmarketing: { connection: mailchimp, audience: 3f1c0a77b2 }\n${CONSENT}`,
    '2:41: crm.records must be a list, and this is text.',
  ),
  whole(
    'no record type',
    `version: 1\ncrm: { connection: salesforce, records: [] }\nmarketing: { connection: mailchimp, audience: 3f1c0a77b2 }\n${CONSENT}`,
    '2:41: crm.records is empty. Fill it in, or remove the key.',
  ),
  whole(
    'a record type twice',
    `version: 1\ncrm: { connection: salesforce, records: [Contact, Contact] }\nmarketing: { connection: mailchimp, audience: 3f1c0a77b2 }\n${CONSENT}`,
    '2:51: "Contact" stands here twice. Keep one of them.',
  ),
  whole(
    'a list with two keys',
    `version: 1\ncrm:\n  connection: salesforce\n  records: [Contact]\n  lists:\n    - { campaign: 701Hs1, group: 7 }\nmarketing: { connection: mailchimp, audience: 3f1c0a77b2 }\n${CONSENT}`,
    '6:34: crm.lists[0].group must be text, and this is a number. Put it in quotes: "7".',
  ),
  whole(
    'the same list twice',
    `version: 1\ncrm: { connection: salesforce, records: [Contact], lists: [{ campaign: 701Hs1 }, { campaign: 701Hs1 }] }\nmarketing: { connection: mailchimp, audience: 3f1c0a77b2 }\n${CONSENT}`,
    '2:82: "campaign 701Hs1" stands here twice. Keep one of them.',
  ),
  whole(
    'one connection for both sides',
    `version: 1\ncrm: { connection: salesforce, records: [Contact] }\nmarketing: { connection: salesforce, audience: 3f1c0a77b2 }\n${CONSENT}`,
    '3:26: the CRM and the marketing system are the same connection. Name two connections.',
  ),
  plus('an unknown word', 'conflicts: mailchimp\n', '5:12: conflicts must be crm or marketing, not "mailchimp".'),
  plus(
    'a misspelt word',
    'whenRecordLeaves: archved\n',
    '5:19: whenRecordLeaves must be keep, tag or archive, not "archved". Did you mean "archive"?',
  ),
  plus(
    'a misspelt direction',
    'fields:\n  - { crm: Title, marketing: TITLE, direction: crm-to-maketing }\n',
    '6:48: fields[0].direction must be both, crm-to-marketing or marketing-to-crm, not "crm-to-maketing". Did you mean "crm-to-marketing"?',
  ),
  plus(
    'a text for true or false',
    'optOut: { crmToMarketing: "false" }\n',
    '5:27: optOut.crmToMarketing must be true or false, and this is text. Write true or false, without quotes.',
  ),
  plus(
    'yes, which is a text in YAML 1.2',
    'optOut: { crmToMarketing: yes }\n',
    '5:27: optOut.crmToMarketing must be true or false, and this is text. Write true or false, without quotes.',
  ),
  plus(
    'a number for true or false',
    'optOut: { crmToMarketing: 1 }\n',
    '5:27: optOut.crmToMarketing must be true or false, and this is a number.',
  ),
  plus(
    'an empty value',
    'optOut:\n  customField:\n',
    '6:15: optOut.customField is empty. It must be text or a map of keys.',
  ),
  plus('an empty text', 'reference: { crm: "" }\n', '5:19: reference.crm is empty. Fill it in, or remove the key.'),
  plus(
    'a field in place of a reference',
    'reference: Heed_Id__c\n',
    '5:12: reference must be a map of keys, and this is text.',
  ),
  plus('a negative guard', 'guards: { creates: -1 }\n', '5:20: guards.creates must be at least 0.'),
  plus(
    'a percentage over 100',
    'guards: { optOuts: { percent: 500 } }\n',
    '5:31: guards.optOuts.percent must be at most 100.',
  ),
  plus(
    'half a person',
    'guards: { optOuts: { people: 2.5 } }\n',
    '5:30: guards.optOuts.people must be a whole number, and this is a fraction.',
  ),
  plus('creating "true" in the CRM', 'create: { crm: true }\n', '5:16: create.crm must be false or text, not true.'),
  plus(
    'creating a type that the profile does not read',
    'create: { crm: Account }\n',
    '5:16: create.crm: Account is not among crm.records. Add it there, or new records would never be read.',
  ),
  plus(
    'a mapping without its marketing field',
    'fields:\n  - { crm: FirstName }\n',
    '6:5: the key "marketing" is missing in fields[0]. It is text.',
  ),
  plus('mappings as a map', 'fields: { FirstName: FNAME }\n', '5:9: fields must be a list, and this is a map of keys.'),
  // transforms
  plus(
    'an unknown transform',
    'fields:\n  - { crm: A, marketing: B, transform: uper }\n',
    '6:40: fields[0].transform must be lower, upper, trim or a map of keys, not "uper". Did you mean "upper"?',
  ),
  plus(
    'an unknown transform with a value',
    'fields:\n  - { crm: A, marketing: B, transform: { dates: MM/DD } }\n',
    '6:42: unknown key "dates" in fields[0].transform. Did you mean "date"?',
  ),
  plus(
    'two transforms in one',
    'fields:\n  - { crm: A, marketing: B, transform: { split: ";", default: x } }\n',
    '6:40: fields[0].transform: one transform is one key; write several as a list.',
  ),
  plus(
    'a date format that cannot be',
    'fields:\n  - { crm: A, marketing: B, transform: { date: MONTH/DD } }\n',
    '6:48: fields[0].transform.date: a date format is made of YYYY, MM and DD, such as MM/DD.',
  ),
  plus(
    'a date format with a part twice',
    'fields:\n  - { crm: A, marketing: B, transform: { date: MM/MM } }\n',
    '6:48: fields[0].transform.date: a date format is made of YYYY, MM and DD, such as MM/DD.',
  ),
  plus(
    'a map without values',
    'fields:\n  - { crm: A, marketing: B, transform: { map: {} } }\n',
    '6:47: fields[0].transform.map: a map needs at least one value.',
  ),
  plus(
    'a map to a boolean',
    'fields:\n  - { crm: A, marketing: B, transform: { map: { Ja: true } } }\n',
    '6:53: fields[0].transform.map.Ja must be text, and this is true or false. Put it in quotes: "true".',
  ),
  plus(
    'no transforms in a list',
    'fields:\n  - { crm: A, marketing: B, transform: [] }\n',
    '6:40: fields[0].transform is empty. Fill it in, or remove the key.',
  ),
  plus(
    'a wrong one in a list of transforms',
    'fields:\n  - crm: A\n    marketing: B\n    transform:\n      - trim\n      - { splitt: "," }\n',
    '10:11: unknown key "splitt" in fields[0].transform[1]. Did you mean "split"?',
  ),
  // schedule
  plus(
    'a cron expression with too few fields',
    'schedule: { cron: "*/15 *", timezone: UTC }\n',
    '5:19: schedule.cron cannot be read: it has 2 fields, not five or six. An example is "*/15 * * * *".',
  ),
  plus(
    'an unknown time zone',
    'schedule: { cron: "*/15 * * * *", timezone: America/NewYork }\n',
    '5:45: schedule.timezone is not an IANA time zone. An example is America/New_York.',
  ),
  plus(
    'an offset as a time zone',
    'schedule: { cron: "*/15 * * * *", timezone: "+01:00" }\n',
    '5:45: schedule.timezone is not an IANA time zone. An example is America/New_York.',
  ),
  plus(
    'cron as a number',
    'schedule: { cron: 15 }\n',
    '5:19: schedule.cron must be text, and this is a number. Put it in quotes: "15".',
  ),
];
