import {
  type Choice,
  CONSENT_FIELDS,
  checkbox,
  type Field,
  field,
  readOnly,
  reference,
  STAMPS,
  text,
} from './field.ts';

export interface RecordDefinition {
  /** As REST spells it; paths and SuiteQL take it in any case. */
  readonly name: string;
  /** Customers, contacts, vendors, partners, employees and groups share one sequence of internal ids. */
  readonly isEntity: boolean;
  /** Has globalSubscriptionStatus; a recipient's click reaches it. */
  readonly isMailed: boolean;
  readonly fields: readonly Field[];
  /** Internal number of the record type, for SuiteQL on deleted records. */
  readonly typeNumber: number;
}

const NAMES: readonly Field[] = [
  text('salutation', 30),
  text('firstName', 32),
  text('middleName', 32),
  text('lastName', 32),
  text('title', 99),
];

const PHONES = (names: readonly string[]): readonly Field[] => names.map((name) => text(name, 32));

const IDENTITY: readonly Field[] = [
  text('externalId'),
  text('entityId', 83),
  readOnly(field('refName', 'text', { filterable: false })),
];

const MAIL: readonly Field[] = [
  field('email', 'email', { mostCharacters: 254 }),
  field('altEmail', 'email', { mostCharacters: 254 }),
];

const contact: RecordDefinition = {
  name: 'contact',
  isEntity: true,
  isMailed: true,
  typeNumber: -6,
  fields: [
    ...IDENTITY,
    ...NAMES,
    ...MAIL,
    ...PHONES(['phone', 'mobilePhone', 'homePhone', 'officePhone', 'fax']),
    reference('company', 'customer'),
    reference('subsidiary', 'subsidiary'),
    reference('contactSource', null),
    field('owner', 'integer'),
    checkbox('isInactive', 'Inactive'),
    checkbox('isPrivate', 'Private'),
    text('comments'),
    ...CONSENT_FIELDS,
    ...STAMPS,
  ],
};

/** `searchStage` follows `entityStatus`: lead, prospect and customer are one record. */
export const STAGES: readonly Choice[] = [
  { id: 'Lead', label: 'Lead' },
  { id: 'Prospect', label: 'Prospect' },
  { id: 'Customer', label: 'Customer' },
];

const customer: RecordDefinition = {
  name: 'customer',
  isEntity: true,
  isMailed: true,
  typeNumber: -2,
  fields: [
    ...IDENTITY,
    checkbox('isPerson', 'Individual'),
    text('companyName', 83),
    ...NAMES,
    ...MAIL,
    ...PHONES(['phone', 'altPhone', 'mobilePhone', 'homePhone', 'fax']),
    text('url'),
    reference('entityStatus', 'customerStatus'),
    readOnly(field('searchStage', 'choice', { choices: STAGES, bare: true })),
    reference('category', 'customerCategory'),
    reference('subsidiary', 'subsidiary'),
    reference('parent', 'customer'),
    reference('salesRep', 'employee'),
    reference('leadSource', null),
    checkbox('isInactive', 'Inactive'),
    text('comments'),
    checkbox('emailTransactions'),
    checkbox('faxTransactions'),
    checkbox('printTransactions'),
    ...CONSENT_FIELDS,
    ...STAMPS,
  ],
};

/** Enough of the other entities that a recipient's click can be seen on them. */
const otherEntity = (name: string, typeNumber: number): RecordDefinition => ({
  name,
  isEntity: true,
  isMailed: true,
  typeNumber,
  fields: [
    ...IDENTITY,
    text('companyName', 83),
    text('firstName', 32),
    text('lastName', 32),
    ...MAIL,
    checkbox('isInactive', 'Inactive'),
    ...CONSENT_FIELDS,
    ...STAMPS,
  ],
});

const list = (name: string, fields: readonly Field[], typeNumber: number): RecordDefinition => ({
  name,
  isEntity: false,
  isMailed: false,
  typeNumber,
  fields: [text('externalId'), text('name'), ...fields, checkbox('isInactive', 'Inactive')],
});

const entityGroup: RecordDefinition = {
  name: 'entityGroup',
  isEntity: true,
  isMailed: false,
  typeNumber: -8,
  fields: [
    text('externalId'),
    text('groupName', 83),
    // "Some fields aren't accessible through REST web services: dynamic" (Help Center, article_0227025348); SuiteQL has it here.
    readOnly(field('groupType', 'text')),
    readOnly(checkbox('isDynamic')),
    text('comments'),
    checkbox('isInactive', 'Inactive'),
    ...STAMPS,
  ],
};

/** Custom fields that an account has out of the box here; `admin/add-field` makes more. */
export const CUSTOM_FIELDS: readonly Field[] = [
  checkbox('custentity_newsletter_opt_out', 'Newsletter Opt-Out'),
  field('custentity_opt_out_date', 'date', { title: 'Opt-Out Date' }),
  text('custentity_job_role', 300),
  field('custentity_tier', 'choice', {
    title: 'Tier',
    choices: [
      { id: '1', label: 'Gold' },
      { id: '2', label: 'Silver' },
    ],
  }),
];

export const RECORDS: readonly RecordDefinition[] = [
  { ...contact, fields: [...contact.fields, ...CUSTOM_FIELDS] },
  { ...customer, fields: [...customer.fields, ...CUSTOM_FIELDS] },
  otherEntity('vendor', -3),
  otherEntity('partner', -5),
  otherEntity('employee', -4),
  entityGroup,
  list('campaignSubscription', [text('description')], -1001),
  list('subsidiary', [], -117),
  list('customerStatus', [field('stage', 'choice', { choices: STAGES, bare: true })], -104),
  list('customerCategory', [], -109),
];
