import type { FieldDefinition, FieldValue } from '../schema/index.ts';
import type { Row } from '../soql/source.ts';
import type { Org } from './org.ts';
import { stored } from './org.ts';

/** A compound address as the REST API answers it, or null when all of its parts are empty. */
export interface CompoundAddress {
  readonly street: FieldValue;
  readonly city: FieldValue;
  readonly state: FieldValue;
  readonly postalCode: FieldValue;
  readonly country: FieldValue;
  readonly geocodeAccuracy: null;
  readonly latitude: null;
  readonly longitude: null;
}

/** The value of `MailingAddress` and the like, which no filter can use. */
export function compoundAddress(row: Row, fieldName: string): CompoundAddress | null {
  const prefix = fieldName.slice(0, -'Address'.length);
  const part = (name: string): FieldValue => row[`${prefix}${name}`] ?? null;
  const address = {
    street: part('Street'),
    city: part('City'),
    state: part('State'),
    postalCode: part('PostalCode'),
    country: part('Country'),
  };
  if (Object.values(address).every((value) => value === null)) return null;
  return { ...address, geocodeAccuracy: null, latitude: null, longitude: null };
}

function fullName(row: Row): string {
  return [row.FirstName, row.LastName].filter((part) => typeof part === 'string').join(' ');
}

function ofMember(org: Org, row: Row, name: string): FieldValue {
  const personId = row.ContactId ?? row.LeadId ?? null;
  const type = typeof row.ContactId === 'string' ? 'Contact' : 'Lead';
  if (name === 'LeadOrContactId') return personId;
  if (name === 'Type') return type;
  if (name === 'HasResponded') return row.Status === 'Responded';
  const people = org.needTable(type);
  const person = typeof personId === 'string' ? people.get(personId) : undefined;
  const field = people.field(name);
  return person && field ? fieldValue(org, type, person, field) : null;
}

/** A field's value as a reader sees it, computed where the platform computes it. */
export function fieldValue(org: Org, object: string, row: Row, field: FieldDefinition): FieldValue {
  if (!field.derived) return stored(row, field);
  if (object === 'CampaignMember') return ofMember(org, row, field.name);
  switch (field.name) {
    case 'Name':
      return fullName(row);
    case 'IsEmailBounced':
      return typeof row.EmailBouncedDate === 'string';
    default:
      return null;
  }
}
