import type { Account, FieldSchema, ListSchema, OptOutField, RecordTypeSchema, SystemSchema } from '@heed/contract';
import { addressFields, addressParts } from './addresses.ts';
import type { Api } from './api.ts';
import { type DescribedField, fieldTypeOf, type ObjectShape, RECORD_TYPES, type Shapes } from './object-shape.ts';
import { idOf } from './rows.ts';

/** The vendor's own opt-out: a box of the record, not of the address (notes, 3). */
export const OPT_OUT = 'HasOptedOutOfEmail';

/** Record types, fields and campaigns, as the integration user sees them. */
export const describeOrg = async (api: Api, shapes: Shapes, signal: AbortSignal): Promise<SystemSchema> => {
  const found = await Promise.all(RECORD_TYPES.map((type) => shapes(type, signal)));
  const recordTypes = found.filter((shape) => shape !== null).map(recordTypeOf);
  return { recordTypes, lists: await campaigns(api, shapes, signal), audiences: [], topics: [] };
};

const recordTypeOf = (shape: ObjectShape): RecordTypeSchema => ({
  name: shape.name,
  label: shape.label,
  fields: [...plainFields(shape), ...compoundFields(shape)],
  standardOptOut: standardOptOut(shape),
  notCreatable: shape.createable
    ? null
    : `the integration user may not create ${shape.name} records; grant Create on the object`,
});

const standardOptOut = (shape: ObjectShape): OptOutField | { readonly missing: string; readonly fix: string } =>
  shape.fields.has(OPT_OUT)
    ? { field: OPT_OUT, optedOutWhen: true, write: true }
    : {
        missing: OPT_OUT,
        fix: `field-level security hides it: grant the integration user read and edit access to ${shape.name}.${OPT_OUT} ("Email Opt Out") by a permission set`,
      };

const plainFields = (shape: ObjectShape): readonly FieldSchema[] => {
  const compounds = new Set(addressFields(shape.name));
  return [...shape.fields.values()].filter(({ name }) => !compounds.has(name)).map(fieldSchemaOf);
};

const fieldSchemaOf = (field: DescribedField): FieldSchema => {
  const type = fieldTypeOf(field);
  const values = field.picklistValues.filter(({ active }) => active).flatMap(({ value }) => value ?? []);
  return {
    name: field.name,
    label: field.label,
    type,
    writable: field.updateable,
    required: field.createable && !field.nillable && !field.defaultedOnCreate && field.type !== 'boolean',
    // Unrestricted picklists would take other values through the API, and keep them; Heed does not litter them.
    options: values.length > 0 && (type === 'picklist' || type === 'multi-picklist') ? values : null,
    maxLength:
      field.length > 0 && (type === 'text' || type === 'email' || type === 'phone' || type === 'url')
        ? field.length
        : null,
    canBeReference: field.type === 'string' && field.externalId && field.unique && field.createable && field.updateable,
  };
};

/** Offered if all parts can be read: half an address would overwrite a whole one. */
const compoundFields = (shape: ObjectShape): readonly FieldSchema[] =>
  addressFields(shape.name).flatMap((name) => {
    const parts = Object.values(addressParts(shape.name, name) ?? {}).map((part) => shape.fields.get(part));
    if (parts.some((part) => part === undefined)) return [];
    const label = shape.fields.get(name)?.label ?? name.replace(/(?<=[a-z])(?=[A-Z])/, ' ');
    const writable = parts.every((part) => part?.updateable === true);
    return [
      {
        name,
        label,
        type: 'address',
        writable,
        required: false,
        options: null,
        maxLength: null,
        canBeReference: false,
      },
    ];
  });

/** None if the user may not see campaigns: a profile without lists needs none. */
const campaigns = async (api: Api, shapes: Shapes, signal: AbortSignal): Promise<readonly ListSchema[]> => {
  const shape = await shapes('Campaign', signal);
  if (shape === null) return [];
  const counted = ['NumberOfContacts', 'NumberOfLeads'].filter((name) => shape.fields.has(name));
  const soql = `SELECT ${['Id', 'Name', ...counted].join(', ')} FROM Campaign ORDER BY Name, Id`;
  const records = await api.everyPage(soql, 'live', signal);
  return records.map((record) => ({
    kind: 'campaign',
    id: idOf(record),
    name: typeof record.Name === 'string' ? record.Name : '',
    size: counted.length === 2 ? sumOf(counted.map((name) => record[name])) : null,
  }));
};

const sumOf = (counts: readonly unknown[]): number | null =>
  counts.reduce<number | null>((sum, one) => (sum === null || typeof one !== 'number' ? null : sum + one), 0);

/** Signs in and describes both objects: two calls that also serve what follows. */
export const checkAccount = async (api: Api, shapes: Shapes, host: string, signal: AbortSignal): Promise<Account> => {
  const { organizationId } = await api.whoWeAre(signal);
  const gaps = await Promise.all(RECORD_TYPES.map(async (type) => gapsOf(type, await shapes(type, signal))));
  return { id: organizationId, name: host, gaps: gaps.flat() };
};

const gapsOf = (type: string, shape: ObjectShape | null): Account['gaps'] => {
  if (shape === null)
    return [
      { what: `${type} cannot be read`, fix: `grant the integration user Read, and Edit for opt-outs, on ${type}` },
    ];
  const gaps: { what: string; fix: string }[] = [];
  if (!shape.fields.has('Email'))
    gaps.push({
      what: `${type}.Email is hidden: no ${type} can be synced`,
      fix: `grant read access to ${type}.Email by a permission set`,
    });
  const optOut = standardOptOut(shape);
  if ('missing' in optOut)
    gaps.push({
      what: `${type}.${optOut.missing} is hidden: opt-outs of ${type} records are unknown`,
      fix: optOut.fix,
    });
  else if (shape.fields.get(OPT_OUT)?.updateable !== true)
    gaps.push({
      what: `${type}.${OPT_OUT} is read-only: opt-outs cannot be written`,
      fix: `grant edit access to ${type}.${OPT_OUT} by a permission set`,
    });
  if (shape.fields.has('IsPersonAccount'))
    gaps.push({
      what: 'person accounts are enabled; Heed does not support them yet: their records are left out, and an opt-out ticked there is not seen',
      fix: 'do not sync an audience that holds person accounts, or keep such people as Contacts or Leads',
    });
  return gaps;
};
