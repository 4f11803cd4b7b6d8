import { derived, field, lookup, type ObjectDefinition, readOnly, systemFields } from './field.ts';

export const user: ObjectDefinition = {
  name: 'User',
  label: 'User',
  keyPrefix: '005',
  writable: false,
  fields: [
    ...systemFields,
    readOnly('Username', 'string', { length: 80, nillable: false }),
    readOnly('Name', 'string', { length: 121, nillable: false }),
    readOnly('Email', 'email', { nillable: false }),
    readOnly('IsActive', 'boolean'),
  ],
};

export const campaign: ObjectDefinition = {
  name: 'Campaign',
  label: 'Campaign',
  keyPrefix: '701',
  writable: true,
  fields: [
    ...systemFields,
    field('Name', 'string', { length: 80, nillable: false }),
    field('IsActive', 'boolean'),
    field('Type', 'picklist', { picklistValues: ['Email', 'Conference', 'Webinar', 'Other'] }),
    field('Status', 'picklist', { picklistValues: ['Planned', 'In Progress', 'Completed', 'Aborted'] }),
    field('StartDate', 'date'),
    field('EndDate', 'date'),
    field('Description', 'textarea', { length: 32_000, filterable: false }),
    lookup('OwnerId', 'User', { nillable: false }),
    lookup('ParentId', 'Campaign'),
  ],
};

/** The person's name, address and opt-out are mirrored on the member, read-only (notes, section 3). */
const mirroredOnMember = ['FirstName', 'LastName', 'Name', 'Title', 'Email', 'Phone', 'HasOptedOutOfEmail'] as const;

export const campaignMember: ObjectDefinition = {
  name: 'CampaignMember',
  label: 'Campaign Member',
  keyPrefix: '00v',
  writable: true,
  fields: [
    ...systemFields,
    lookup('CampaignId', 'Campaign', { nillable: false, updateable: false }),
    lookup('ContactId', 'Contact', { updateable: false }),
    lookup('LeadId', 'Lead', { updateable: false }),
    derived('LeadOrContactId', 'reference'),
    derived('Type', 'string', { length: 40 }),
    field('Status', 'picklist', { picklistValues: ['Sent', 'Responded'], initial: 'Sent' }),
    derived('HasResponded', 'boolean'),
    ...mirroredOnMember.map((name) =>
      derived(name, name === 'HasOptedOutOfEmail' ? 'boolean' : name === 'Email' ? 'email' : 'string'),
    ),
  ],
};

function history(of: string, keyPrefix: string): ObjectDefinition {
  return {
    name: `${of}History`,
    label: `${of} History`,
    keyPrefix,
    writable: false,
    fields: [
      ...systemFields.filter((f) => ['Id', 'IsDeleted', 'CreatedDate', 'CreatedById'].includes(f.name)),
      readOnly(`${of}Id`, 'reference', { nillable: false, referenceTo: [of], relationshipName: of }),
      readOnly('Field', 'picklist', { nillable: false }),
      // The vendor's values are of type anyType; filtering on them is refused there too.
      readOnly('OldValue', 'string', { filterable: false }),
      readOnly('NewValue', 'string', { filterable: false }),
    ],
  };
}

export const contactHistory = history('Contact', '017');
export const leadHistory = history('Lead', '017');
