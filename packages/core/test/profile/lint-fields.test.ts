import { describe, expect, test } from 'vitest';
import { type Case, HEAD, HEAD1, map, ON, withMember, withTypes } from './lint-case.ts';
import { contact, lead, lint, member, named, printed, withFields, withoutField } from './live-systems.ts';

const mappings: readonly Case[] = [
  {
    name: 'a CRM field that does not exist',
    text: map('crm: FirstNam, marketing: FNAME'),
    says: [
      '[run] 6:17: error: Salesforce has no field "FirstNam" on Contact, Lead that this user can see. Did you mean "FirstName"?',
    ],
  },
  {
    name: 'a marketing field that does not exist',
    text: map('crm: FirstName, marketing: FIRSTNAME'),
    says: [
      '[run] 6:39: error: Mailchimp has no field "FIRSTNAME" in this audience. heed fields shows those there are.',
    ],
  },
  {
    name: 'a field that one type lacks',
    text: map('crm: Birthdate, marketing: DAY'),
    says: ['[nothing] 6:17: warning: Lead has no field Birthdate, so it takes no part in this mapping.'],
  },
  {
    name: 'a field that cannot be written',
    text: map('crm: Title, marketing: POINTS, direction: crm-to-marketing'),
    says: [
      '[run] 6:35: error: POINTS cannot be written by this user. Give the user edit permission, or map another field.',
    ],
  },
  {
    name: 'a CRM field that cannot be written, both ways',
    text: `${HEAD1}${ON}fields: [{ crm: CreatedDate, marketing: DAY }]\n`,
    says: [
      '[run] 6:17: error: Contact.CreatedDate cannot be written by this user. Give the user edit permission, or write direction: crm-to-marketing.',
      '[nothing] 6:41: warning: Contact.CreatedDate (date-time) loses the time of the day in DAY (date).',
    ],
  },
  {
    name: 'a birthday both ways',
    text: `${HEAD1}${ON}fields: [{ crm: Birthdate, marketing: BIRTHDAY }]\n`,
    says: [
      '[run] 6:17: error: BIRTHDAY (birthday) cannot become Contact.Birthdate (date): a birthday has no year, so it is no date. Write direction: crm-to-marketing.',
      '[nothing] 6:39: warning: Contact.Birthdate (date) loses the year in BIRTHDAY (birthday).',
    ],
  },
  {
    name: 'several values without join',
    text: map('crm: Interests__c, marketing: FNAME, direction: crm-to-marketing'),
    says: [
      '[run] 6:42: error: Contact.Interests__c (multi-picklist) cannot become FNAME (text): several values need the transform join. Map another field, or change the transform.',
    ],
  },
  {
    name: 'join makes it right',
    text: map('crm: Interests__c, marketing: FNAME, transform: { join: ", " }'),
    says: [],
  },
  {
    name: 'an address to a text',
    text: `${HEAD1}${ON}fields: [{ crm: MailingAddress, marketing: FNAME, direction: crm-to-marketing }]\n`,
    says: [
      '[run] 6:44: error: Contact.MailingAddress (address) cannot become FNAME (text): an address can be mapped to an address only. Map another field, or change the transform.',
    ],
  },
  {
    name: 'a transform that cannot be undone, both ways',
    text: map('crm: FirstName, marketing: FNAME, transform: upper'),
    says: [
      '[run] 6:57: error: the transform upper cannot be undone, so this mapping cannot go both ways. Write direction: crm-to-marketing.',
    ],
  },
  {
    name: 'a transform on the wrong type',
    text: map('crm: Title, marketing: FNAME, direction: crm-to-marketing, transform: { join: ", " }'),
    says: [
      '[run] 6:82: error: Contact.Title (text) cannot become FNAME (text): the transform join needs a field of several values, not text. Map another field, or change the transform.',
    ],
  },
  {
    name: 'a shorter field',
    text: map('crm: LastName, marketing: LNAME, direction: crm-to-marketing'),
    says: [
      '[nothing] 6:38: warning: Contact.LastName holds 80 characters and LNAME only 60; longer values are set aside, never cut.',
    ],
  },
  {
    name: 'options that do not match',
    text: map('crm: Salutation, marketing: SALUTE, direction: crm-to-marketing'),
    says: [
      '[nothing] 6:40: warning: Mr., Ms. cannot be stored in SALUTE, so those values are set aside. Its options are Herr, Frau.',
    ],
  },
  {
    name: 'a map that forgets an option and misspells another',
    text: map('crm: Salutation, marketing: SALUTE, direction: crm-to-marketing, transform: { map: { Mr.: Her } }'),
    says: [
      '[nothing] 6:88: warning: the map says nothing about Ms. of Contact.Salutation, so those values are set aside. Add them to the map.',
      '[nothing] 6:88: warning: Her cannot be stored in SALUTE, so those values are set aside. Did you mean "Herr"? Its options are Herr, Frau.',
    ],
  },
  {
    name: 'a map that is complete',
    text: map('crm: Salutation, marketing: SALUTE, transform: { map: { Mr.: Herr, Ms.: Frau } }'),
    says: [],
  },
  {
    name: 'the standard opt-out field as a field',
    text: map('crm: HasOptedOutOfEmail, marketing: FNAME, direction: crm-to-marketing'),
    says: [
      '[run] 6:17: error: HasOptedOutOfEmail is an opt-out field of Salesforce; consent never rides on a field (C9). Remove this mapping; opt-outs are carried without one.',
    ],
  },
  {
    name: 'C17 the opt-out of a single topic as a field',
    text: map('crm: Title, marketing: FNAME, direction: crm-to-marketing'),
    systems: withTypes(
      { ...contact, topicOptOuts: { 7: { field: 'Title', optedOutWhen: 'set', write: 'today' } } },
      lead,
    ),
    says: [
      '[run] 6:17: error: Title is an opt-out field of Salesforce; consent never rides on a field (C9). Remove this mapping; opt-outs are carried without one.',
    ],
  },
  {
    name: 'the address as a field',
    text: map('crm: Email, marketing: FNAME, direction: marketing-to-crm'),
    says: [
      '[run] 6:17: error: Email is the address itself and is not written as a field (C9). Remove this mapping; address changes are followed without one.',
      '[nothing] 6:17: warning: FNAME holds 255 characters and Contact.Email only 80; longer values are set aside, never cut.',
    ],
  },
  {
    name: 'an unsupported type',
    text: map('crm: FirstName, marketing: FNAME'),
    systems: withMember(withFields(member, named('FNAME', 'other'))),
    says: [
      '[run] 6:17: error: FNAME (other) cannot become Contact.FirstName (text): Heed cannot carry this type. Map another field, or change the transform.',
      '[run] 6:39: error: Contact.FirstName (text) cannot become FNAME (other): Heed cannot carry this type. Map another field, or change the transform.',
    ],
  },
];

const consentFields: readonly Case[] = [
  {
    name: 'C18: the standard field is hidden',
    text: `${HEAD}${ON}`,
    systems: withTypes(contact, {
      ...lead,
      standardOptOut: {
        missing: 'HasOptedOutOfEmail',
        fix: 'Show it to the user: Setup, Lead, Fields, Field-Level Security',
      },
    }),
    says: [
      "[all-but-opt-outs] 5:9: error: Lead.HasOptedOutOfEmail cannot be read by this user, so nobody's consent can be known (C18). Show it to the user: Setup, Lead, Fields, Field-Level Security.",
    ],
  },
  {
    name: 'C18: the standard field is read-only',
    text: `${HEAD1}${ON}`,
    systems: withTypes(withFields(contact, named('HasOptedOutOfEmail', 'boolean', { writable: false }))),
    says: [
      '[all-but-opt-outs] 5:9: error: Contact.HasOptedOutOfEmail cannot be written by this user, so opt-outs stay owed (C18). Give the user edit permission for HasOptedOutOfEmail on Contact.',
    ],
  },
  {
    name: 'C18: no opt-out field at all',
    text: `${HEAD1}${ON}`,
    systems: withTypes({ ...contact, standardOptOut: null }),
    says: [
      '[all-but-opt-outs] 5:9: error: Contact has no opt-out field of its own (C18). Name one in optOut.customField.',
    ],
  },
  {
    name: 'C18: a field of your own that one type lacks',
    text: `${HEAD}optOut: { crmToMarketing: true, customField: No_Mail__c }\n`,
    systems: withTypes(contact, withoutField(lead, 'No_Mail__c')),
    says: [
      '[all-but-opt-outs] 5:46: error: Lead has no field "No_Mail__c" that this user can see, so nobody\'s consent can be known (C18). Did you mean "No_Mail_Since__c"? Create it on Lead, or give the user read and edit permission for it.',
    ],
  },
  {
    name: 'C18: a field of your own that is read-only',
    text: `${HEAD1}optOut: { crmToMarketing: true, customField: No_Mail__c }\n`,
    systems: withTypes(withFields(contact, named('No_Mail__c', 'boolean', { writable: false }))),
    says: [
      '[all-but-opt-outs] 5:46: error: Contact.No_Mail__c cannot be written by this user, so opt-outs stay owed (C18). Give the user edit permission for No_Mail__c on Contact.',
    ],
  },
  {
    name: 'C18: a date named like a checkbox',
    text: `${HEAD1}optOut: { crmToMarketing: true, customField: No_Mail_Since__c }\n`,
    says: [
      '[all-but-opt-outs] 5:46: error: Contact.No_Mail_Since__c is of the type date, and optOut.customField reads it as boolean (C18). Write { field: NAME, optedOutWhen: set }.',
    ],
  },
  {
    name: 'a date as a date',
    text: `${HEAD}optOut: { crmToMarketing: true, customField: { field: No_Mail_Since__c, optedOutWhen: set } }\n`,
    says: [],
  },
  {
    name: 'a value that is no option',
    text: `${HEAD1}optOut: { crmToMarketing: true, customField: { field: Mail_Wish__c, optedOutWhen: [None, Nevr], write: None } }\n`,
    says: [
      '[nothing] 5:83: warning: Nevr is no option of Contact.Mail_Wish__c (C4). Did you mean "Never"? Its options are All, None, Never.',
    ],
  },
  {
    name: 'C18: what would be written is no option',
    text: `${HEAD1}optOut: { crmToMarketing: true, customField: { field: Mail_Wish__c, optedOutWhen: [Out] } }\n`,
    says: [
      '[all-but-opt-outs] 5:83: error: Out is no option of Contact.Mail_Wish__c (C18). Its options are All, None, Never.',
    ],
  },
  {
    name: 'C4: a hidden standard field beside a field of your own is a barrier',
    text: `${HEAD1}optOut: { crmToMarketing: true, customField: No_Mail__c }\n`,
    systems: withTypes({ ...contact, standardOptOut: { missing: 'HasOptedOutOfEmail', fix: 'Show it' } }),
    says: [
      "[creates] 5:9: error: Contact.HasOptedOutOfEmail cannot be read by this user, so nobody's consent can be known (C18). Show it.",
    ],
  },
  {
    name: 'an opt-in field that is nowhere',
    text: `${HEAD.replace('double-opt-in', 'subscribe, basis: consent, optInField: OptIn__c')}${ON}`,
    says: [
      '[all-but-opt-outs] 4:63: error: Contact has no field "OptIn__c" that this user can see, so nobody\'s consent can be known (C18). Did you mean "Opt_In__c"? Create it on Contact, or give the user read and edit permission for it.',
    ],
  },
  {
    name: 'an opt-in field that is no checkbox, on one type only',
    text: `${HEAD.replace('double-opt-in', 'subscribe, basis: consent, optInField: Birthdate')}${ON}`,
    says: [
      '[nothing] 4:63: warning: Lead has no field Birthdate that this user can see, so it never makes a member (C19).',
      '[all-but-opt-outs] 4:63: error: Contact.Birthdate is of the type date, and consent.optInField must be a checkbox (C18). Name a checkbox.',
    ],
  },
  {
    name: 'an undeliverable field that is no checkbox',
    text: `${HEAD}optOut: { crmToMarketing: true, undeliverableField: Title }\n`,
    says: ['[run] 5:53: error: Title is not a checkbox (C10). Name a checkbox that this user can edit.'],
  },
  {
    name: 'an undeliverable field that is nowhere',
    text: `${HEAD}optOut: { crmToMarketing: true, undeliverableField: Bounce__c }\n`,
    says: [
      '[run] 5:53: error: there is no field "Bounce__c" that this user can see (C10). Did you mean "Bounced__c"? Name a checkbox that this user can edit.',
    ],
  },
];

describe('mapped fields against the two systems', () => {
  test.each(mappings)('$name', ({ text, systems, says }) => {
    expect(printed(lint(text, systems))).toEqual(says);
  });
});

describe('consent fields against the CRM (C4, C18)', () => {
  test.each(consentFields)('$name', ({ text, systems, says }) => {
    expect(printed(lint(text, systems))).toEqual(says);
  });
});
