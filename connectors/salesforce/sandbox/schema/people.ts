import {
  derived,
  type FieldDefinition,
  field,
  lookup,
  type ObjectDefinition,
  readOnly,
  systemFields,
} from './field.ts';

/** Length limits are those of the vendor's object reference. */
const leadSources = ['Web', 'Phone Inquiry', 'Partner Referral', 'Purchased List', 'Other'];
const statuses = ['Open - Not Contacted', 'Working - Contacted', 'Closed - Converted', 'Closed - Not Converted'];

/** Custom fields both people objects have out of the box in this stand-in. */
const customPersonFields: readonly FieldDefinition[] = [
  field('Heed_Id__c', 'string', { length: 64, externalId: true, unique: true, idLookup: true }),
  field('Newsletter_Opt_Out__c', 'boolean'),
  field('Newsletter_Opt_In__c', 'boolean'),
  field('Interests__c', 'multipicklist', {
    picklistValues: ['Products', 'Events', 'Research', 'Offers'],
    restrictedPicklist: true,
  }),
  field('Opt_Out_Date__c', 'date'),
  field('Email_Preference__c', 'picklist', {
    picklistValues: ['All mail', 'Monthly only', 'No mail'],
    restrictedPicklist: true,
  }),
  field('Email_Undeliverable__c', 'boolean'),
];

/** Set by the platform when bounce management is on (notes, section 3, "Bounce"). */
const bounceFields: readonly FieldDefinition[] = [
  readOnly('EmailBouncedReason', 'string'),
  readOnly('EmailBouncedDate', 'datetime'),
];

const personFields: readonly FieldDefinition[] = [
  field('LastName', 'string', { length: 80, nillable: false }),
  field('FirstName', 'string', { length: 40 }),
  field('Salutation', 'picklist', { length: 40, picklistValues: ['Mr.', 'Ms.', 'Mrs.', 'Dr.', 'Prof.'] }),
  derived('Name', 'string', { length: 121, nillable: false }),
  field('Title', 'string', { length: 128 }),
  field('Email', 'email'),
  field('Phone', 'phone'),
  field('MobilePhone', 'phone'),
  field('HasOptedOutOfEmail', 'boolean', { label: 'Email Opt Out' }),
  field('Description', 'textarea', { length: 32_000, filterable: false }),
  field('LeadSource', 'picklist', { picklistValues: leadSources }),
  lookup('OwnerId', 'User', { nillable: false }),
  lookup('IndividualId', 'Individual'),
  readOnly('MasterRecordId', 'reference'),
];

function addressFields(prefix: string): readonly FieldDefinition[] {
  return [
    field(`${prefix}Street`, 'textarea', { length: 255 }),
    field(`${prefix}City`, 'string', { length: 40 }),
    field(`${prefix}State`, 'string', { length: 80 }),
    field(`${prefix}PostalCode`, 'string', { length: 20 }),
    field(`${prefix}Country`, 'string', { length: 80 }),
    derived(`${prefix}Address`, 'address'),
  ];
}

export const contact: ObjectDefinition = {
  name: 'Contact',
  label: 'Contact',
  keyPrefix: '003',
  writable: true,
  fields: [
    ...systemFields,
    ...personFields,
    ...addressFields('Mailing'),
    lookup('AccountId', 'Account'),
    field('Birthdate', 'date'),
    field('Department', 'string', { length: 80 }),
    field('DoNotCall', 'boolean'),
    ...bounceFields,
    derived('IsEmailBounced', 'boolean'),
    ...customPersonFields,
  ],
};

export const lead: ObjectDefinition = {
  name: 'Lead',
  label: 'Lead',
  keyPrefix: '00Q',
  writable: true,
  fields: [
    ...systemFields,
    ...personFields,
    ...addressFields(''),
    field('Company', 'string', { nillable: false }),
    field('Status', 'picklist', { nillable: false, picklistValues: statuses, initial: statuses[0] ?? null }),
    readOnly('IsConverted', 'boolean'),
    readOnly('ConvertedDate', 'date'),
    readOnly('ConvertedAccountId', 'reference', { referenceTo: ['Account'], relationshipName: 'ConvertedAccount' }),
    readOnly('ConvertedContactId', 'reference', { referenceTo: ['Contact'], relationshipName: 'ConvertedContact' }),
    ...bounceFields,
    ...customPersonFields,
  ],
};

export const account: ObjectDefinition = {
  name: 'Account',
  label: 'Account',
  keyPrefix: '001',
  writable: true,
  fields: [
    ...systemFields,
    field('Name', 'string', { nillable: false }),
    field('Phone', 'phone'),
    field('Industry', 'picklist'),
    field('Description', 'textarea', { length: 32_000, filterable: false }),
    ...addressFields('Billing'),
    lookup('OwnerId', 'User', { nillable: false }),
    readOnly('MasterRecordId', 'reference'),
  ],
};

/** Fields that exist only in an org with person accounts switched on. */
export const personAccountFields: Readonly<Record<string, readonly FieldDefinition[]>> = {
  Contact: [readOnly('IsPersonAccount', 'boolean')],
  Account: [
    readOnly('IsPersonAccount', 'boolean'),
    field('FirstName', 'string', { length: 40 }),
    field('LastName', 'string', { length: 80 }),
    field('PersonEmail', 'email'),
    field('PersonHasOptedOutOfEmail', 'boolean'),
    field('PersonMobilePhone', 'phone'),
    field('PersonTitle', 'string', { length: 80 }),
    field('PersonBirthdate', 'date'),
    readOnly('PersonContactId', 'reference', { referenceTo: ['Contact'], relationshipName: 'PersonContact' }),
  ],
};

export const individual: ObjectDefinition = {
  name: 'Individual',
  label: 'Individual',
  keyPrefix: '0PK',
  writable: true,
  fields: [
    ...systemFields,
    field('LastName', 'string', { length: 80, nillable: false }),
    field('FirstName', 'string', { length: 40 }),
    derived('Name', 'string', { length: 121, nillable: false }),
    lookup('OwnerId', 'User', { nillable: false }),
    ...[
      'HasOptedOutSolicit',
      'HasOptedOutProcessing',
      'HasOptedOutProfiling',
      'HasOptedOutTracking',
      'HasOptedOutGeoTracking',
      'ShouldForget',
      'SendIndividualData',
      'CanStorePiiElsewhere',
    ].map((name) => field(name, 'boolean')),
  ],
};

/** Of an Individual, per kind of contact point; from API v45 on (notes, section 3). */
export const contactPointTypeConsent: ObjectDefinition = {
  name: 'ContactPointTypeConsent',
  label: 'Contact Point Type Consent',
  keyPrefix: '0ZY',
  writable: true,
  fields: [
    ...systemFields,
    field('Name', 'string', { nillable: false }),
    lookup('PartyId', 'Individual'),
    field('ContactPointType', 'picklist', { picklistValues: ['Email', 'Phone', 'MailingAddress', 'Web'] }),
    field('PrivacyConsentStatus', 'picklist', { picklistValues: ['OptIn', 'OptOut', 'Seen', 'NotSeen'] }),
    field('CaptureDate', 'datetime'),
    field('CaptureSource', 'string'),
    field('CaptureContactPointType', 'picklist'),
    field('EffectiveFrom', 'datetime'),
    field('EffectiveTo', 'datetime'),
    field('DoubleConsentCaptureDate', 'datetime'),
    lookup('OwnerId', 'User', { nillable: false }),
  ],
};
