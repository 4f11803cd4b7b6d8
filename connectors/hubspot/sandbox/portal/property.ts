/** A property of contacts. */
export interface PropertyDefinition {
  readonly name: string;
  readonly label: string;
  readonly description: string;
  readonly type: PropertyType;
  readonly fieldType: string;
  readonly groupName: string;
  readonly options: readonly PropertyOption[];
  readonly hasUniqueValue: boolean;
  readonly calculated: boolean;
  readonly hidden: boolean;
  readonly formField: boolean;
  readonly hubspotDefined: boolean;
  readonly readOnlyValue: boolean;
  readonly sensitivity: 'non_sensitive' | 'sensitive' | 'highly_sensitive';
  /** An administrator's validation rule: values must match this expression. */
  readonly rule: string | undefined;
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
  readonly archivedAtMs: number | undefined;
}

export const PROPERTY_TYPES = ['bool', 'date', 'datetime', 'enumeration', 'number', 'phone_number', 'string'] as const;
export type PropertyType = (typeof PROPERTY_TYPES)[number];

export interface PropertyOption {
  readonly label: string;
  readonly value: string;
}

type Facets = Partial<Omit<PropertyDefinition, 'name' | 'type' | 'label'>>;

const FIELD_TYPES: Readonly<Record<PropertyType, string>> = {
  bool: 'booleancheckbox',
  date: 'date',
  datetime: 'date',
  enumeration: 'select',
  number: 'number',
  phone_number: 'phonenumber',
  string: 'text',
};

/** A definition with everything that goes without saying. */
export function propertyOf(
  name: string,
  type: PropertyType,
  label: string,
  createdAtMs: number,
  facets: Facets = {},
): PropertyDefinition {
  return {
    name,
    label,
    type,
    description: '',
    fieldType: FIELD_TYPES[type],
    groupName: 'contactinformation',
    options: type === 'bool' ? optionsOf(['true', 'false'], ['Yes', 'No']) : [],
    hasUniqueValue: false,
    calculated: false,
    hidden: false,
    formField: true,
    hubspotDefined: false,
    readOnlyValue: false,
    sensitivity: 'non_sensitive',
    rule: undefined,
    createdAtMs,
    updatedAtMs: createdAtMs,
    archivedAtMs: undefined,
    ...facets,
  };
}

export function optionsOf(values: readonly string[], labels: readonly string[] = values): readonly PropertyOption[] {
  return values.map((value, index) => ({ value, label: labels[index] ?? value }));
}
