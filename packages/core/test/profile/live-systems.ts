import type { FieldSchema, RecordTypeSchema, SystemSchema } from '@heed/contract';
import { type Finding, lintProfile, type Profile, printFinding, readCustomer } from '../../src/profile/index.ts';
import { field } from '../fields/field-schemas.ts';
import { audienceToolCan, connectors, fieldCrmCan, validateCron } from './stand-in-connectors.ts';

export const named = (name: string, type: FieldSchema['type'], more: Partial<FieldSchema> = {}): FieldSchema =>
  field(type, { name, label: name, ...more });

const OPT_OUT = { field: 'HasOptedOutOfEmail', optedOutWhen: true, write: true } as const;

const personFields: readonly FieldSchema[] = [
  named('FirstName', 'text', { maxLength: 40 }),
  named('LastName', 'text', { maxLength: 80, required: true }),
  named('Email', 'email', { maxLength: 80 }),
  named('Title', 'text', { maxLength: 128 }),
  named('HasOptedOutOfEmail', 'boolean'),
  named('Salutation', 'picklist', { options: ['Mr.', 'Ms.'] }),
  named('Interests__c', 'multi-picklist', { options: ['Books', 'Music'] }),
  named('Opt_In__c', 'boolean'),
  named('Bounced__c', 'boolean'),
  named('No_Mail__c', 'boolean'),
  named('No_Mail_Since__c', 'date'),
  named('Mail_Wish__c', 'picklist', { options: ['All', 'None', 'Never'] }),
  named('Heed_Id__c', 'text', { canBeReference: true }),
  named('CreatedDate', 'date-time', { writable: false }),
];

export const contact: RecordTypeSchema = {
  name: 'Contact',
  label: 'Contact',
  fields: [...personFields, named('Birthdate', 'date'), named('MailingAddress', 'address')],
  standardOptOut: OPT_OUT,
  notCreatable: null,
};

export const lead: RecordTypeSchema = {
  name: 'Lead',
  label: 'Lead',
  fields: [...personFields, named('Company', 'text', { maxLength: 255, required: true })],
  standardOptOut: OPT_OUT,
  notCreatable: null,
};

export const member: RecordTypeSchema = {
  name: 'member',
  label: 'Member',
  fields: [
    named('FNAME', 'text', { maxLength: 255 }),
    named('LNAME', 'text', { maxLength: 60 }),
    named('COMPANY', 'text'),
    named('BIRTHDAY', 'birthday'),
    named('DAY', 'date'),
    named('ADDRESS', 'address'),
    named('SALUTE', 'picklist', { options: ['Herr', 'Frau'] }),
    named('POINTS', 'number', { writable: false }),
  ],
  standardOptOut: null,
  notCreatable: null,
};

export const crmSchema: SystemSchema = {
  recordTypes: [contact, lead],
  lists: [{ kind: 'campaign', id: '701Hs000001abcdIAA', name: 'Newsletter', size: 10 }],
  audiences: [],
  topics: [],
};

export const marketingSchema: SystemSchema = {
  recordTypes: [member],
  lists: [],
  audiences: [{ kind: 'audience', id: '3f1c0a77b2', name: 'Customers', size: 10 }],
  topics: [],
};

/** The same type with some fields changed. */
export const withFields = (type: RecordTypeSchema, ...changed: readonly FieldSchema[]): RecordTypeSchema => ({
  ...type,
  fields: [...type.fields.filter((one) => !changed.some((change) => change.name === one.name)), ...changed],
});

export const withoutField = (type: RecordTypeSchema, name: string): RecordTypeSchema => ({
  ...type,
  fields: type.fields.filter((one) => one.name !== name),
});

const CONNECTIONS = `
salesforce:
  connector: salesforce
  auth: { method: jwt-bearer, clientId: client, username: sync@acme.com, privateKey: { env: PRIVATE_KEY } }
hubspot:
  connector: hubspot
  auth: { method: service-key, token: { env: TOKEN } }
mailchimp:
  connector: mailchimp
  auth: { method: api-key, apiKey: { env: API_KEY } }
`;

const file = (name: string, text: string) => ({ path: name, name, text });

/** A customer with these profiles, each a name and its text; fails the test where one has errors. */
export const customerWith = (profiles: Readonly<Record<string, string>>) => {
  const files = Object.entries(profiles).map(([name, text]) => file(`${name}.yaml`, text));
  const customer = readCustomer('acme', 'acme', [file('connections.yaml', CONNECTIONS), ...files], {
    connectors,
    validateCron,
  });
  const [error] = customer.errors;
  if (error !== undefined) throw new Error(`${error.what} at line ${error.line}`);
  return customer;
};

export const profileOf = (text: string): Profile => {
  const [profile] = customerWith({ p: text }).profiles;
  if (profile === undefined) throw new Error('no profile');
  return profile;
};

export interface Systems {
  readonly crm?: Partial<Parameters<typeof lintProfile>[0]['crm']>;
  readonly marketing?: Partial<Parameters<typeof lintProfile>[0]['marketing']>;
}

/** What the check says about a profile, by default against Salesforce and Mailchimp as above. */
export const lint = (text: string, systems: Systems = {}): readonly Finding[] =>
  lintProfile({
    profile: profileOf(text),
    crm: { title: 'Salesforce', can: fieldCrmCan, schema: crmSchema, ...systems.crm },
    marketing: { title: 'Mailchimp', can: audienceToolCan, schema: marketingSchema, ...systems.marketing },
  });

/** One line per finding: what it stops, and how it is printed after the file's name. */
export const printed = (findings: readonly Finding[]): readonly string[] =>
  findings.map((finding) => `[${finding.stops}] ${printFinding(finding).replace(`${finding.file}:`, '')}`);
