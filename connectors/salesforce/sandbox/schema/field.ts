/** What a field holds, in the vendor's words (describe's `type`). */
export type FieldType =
  | 'id'
  | 'reference'
  | 'string'
  | 'email'
  | 'phone'
  | 'boolean'
  | 'date'
  | 'datetime'
  | 'picklist'
  | 'multipicklist'
  | 'textarea'
  | 'double'
  | 'int'
  | 'address';

/** Stored values are in wire form: date-times as `2026-11-21T10:00:00.000+0000`, so that text order is time order. */
export type FieldValue = string | number | boolean | null;

export interface FieldDefinition {
  readonly name: string;
  readonly label: string;
  readonly type: FieldType;
  readonly createable: boolean;
  readonly updateable: boolean;
  readonly nillable: boolean;
  readonly custom: boolean;
  readonly length: number;
  readonly externalId: boolean;
  readonly unique: boolean;
  readonly idLookup: boolean;
  readonly filterable: boolean;
  readonly picklistValues: readonly string[];
  readonly restrictedPicklist: boolean;
  readonly initial: FieldValue;
  readonly referenceTo: readonly string[];
  readonly relationshipName: string | null;
  /** Computed from other fields when it is read, never stored. */
  readonly derived: boolean;
}

export interface ObjectDefinition {
  readonly name: string;
  readonly label: string;
  readonly keyPrefix: string;
  readonly fields: readonly FieldDefinition[];
  /** False for what the platform alone writes, such as field history. */
  readonly writable: boolean;
}

type Options = Partial<Omit<FieldDefinition, 'name' | 'label' | 'type'>>;

const defaultLengths: Partial<Record<FieldType, number>> = {
  id: 18,
  reference: 18,
  string: 255,
  email: 80,
  phone: 40,
  picklist: 255,
  multipicklist: 4099,
  textarea: 255,
};

/** "MailingPostalCode" becomes "Mailing Postal Code", "Heed_Id__c" becomes "Heed Id". */
function labelOf(name: string): string {
  return name
    .replace(/__c$/, '')
    .replaceAll('_', ' ')
    .replace(/(?<=[a-z])(?=[A-Z])/g, ' ');
}

/**
 * A field as `describe` reports it. Custom fields are recognised by their `__c`.
 * @param length only meaningful for text; 0 means "no limit of its own", as for booleans
 */
export function field(
  name: string,
  type: FieldType,
  options: Options & { readonly label?: string } = {},
): FieldDefinition {
  return {
    name,
    label: labelOf(name),
    type,
    createable: true,
    updateable: true,
    nillable: type !== 'boolean',
    custom: name.endsWith('__c'),
    length: defaultLengths[type] ?? 0,
    externalId: false,
    unique: false,
    idLookup: type === 'id' || type === 'email',
    filterable: type !== 'address',
    picklistValues: [],
    restrictedPicklist: false,
    initial: type === 'boolean' ? false : null,
    referenceTo: [],
    relationshipName: null,
    derived: false,
    ...options,
  };
}

/** A field only the platform sets. */
export function readOnly(name: string, type: FieldType, options: Options = {}): FieldDefinition {
  return field(name, type, { createable: false, updateable: false, ...options });
}

/** A field the platform computes from others. */
export function derived(name: string, type: FieldType, options: Options = {}): FieldDefinition {
  return readOnly(name, type, { derived: true, ...options });
}

/** A look-up to another object; `name` ends in `Id`, the relationship is the name without it. */
export function lookup(name: string, referenceTo: string, options: Options = {}): FieldDefinition {
  return field(name, 'reference', {
    referenceTo: [referenceTo],
    relationshipName: name.replace(/Id$/, ''),
    ...options,
  });
}

/** The fields every object has. */
export const systemFields: readonly FieldDefinition[] = [
  readOnly('Id', 'id', { nillable: false }),
  readOnly('IsDeleted', 'boolean'),
  readOnly('CreatedDate', 'datetime', { nillable: false }),
  readOnly('CreatedById', 'reference', { nillable: false, referenceTo: ['User'], relationshipName: 'CreatedBy' }),
  readOnly('LastModifiedDate', 'datetime', { nillable: false }),
  readOnly('LastModifiedById', 'reference', {
    nillable: false,
    referenceTo: ['User'],
    relationshipName: 'LastModifiedBy',
  }),
  readOnly('SystemModstamp', 'datetime', { nillable: false }),
];
