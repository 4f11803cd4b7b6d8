import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Answer, type Client, collectionType, open } from './client.ts';
import { type RecordFields, recordFields, type SpecType, skipped, whenSkipped } from './vendor-specs.ts';

type Schema = Readonly<Record<string, unknown>>;
type RecordName = 'contact' | 'customer';
const NAMES: readonly RecordName[] = ['contact', 'customer'];

/** Fields of the API Browser that the stand-in does not have, each with its reason. */
const NOT_BUILT: Readonly<Record<string, string>> = {
  'contact.category': 'a multi-select of contact categories; no part in consent',
  'contact.addressBook': 'postal addresses; no part in consent',
  'contact.customForm': 'layout of the screens',
  'customer.contactRoles': 'portal roles',
  'customer.contactList': 'the contacts name their company',
  'customer.campaigns': 'create not supported by the vendor either',
  'customer.addressBook': 'postal addresses; no part in consent',
  'customer.subscriptionMessageHistory': 'read-only texts of messages',
};

/** The API Browser's type of a field that the catalog describes so. */
function specTypeOf(schema: Schema): string {
  const target = typeof schema.$ref === 'string' ? schema.$ref.split('/').at(-1) : undefined;
  if (target === 'customer-subscriptionsCollection') return 'sublist';
  if (target !== undefined) return target === 'nsResource' ? 'ref' : `ref ${target}`;
  if (schema.type === 'object') return 'object';
  if (schema.type === 'array') return 'nsLink[]';
  if (schema.type === 'integer') return 'integer int64';
  if (schema.format === 'date-time') return 'date-time';
  return String(schema.type);
}

const wordOf = (type: SpecType): string =>
  typeof type === 'string' ? type.replace(/ \(.*| read-only$/g, '') : type.type;

/** Whether a value that was served has the type of the API Browser. */
function fits(type: SpecType, value: unknown): boolean {
  const word = wordOf(type);
  if (word.startsWith('ref')) return typeof value === 'object' && value !== null && 'id' in value && 'refName' in value;
  if (typeof type === 'object' && type.type === 'object') {
    const { id, refName } = value as Readonly<Record<string, unknown>>;
    return type.props.id.includes(String(id)) && typeof refName === 'string';
  }
  if (typeof type === 'object') {
    const { items } = value as { readonly items: readonly Schema[] };
    return (
      items.length > 0 &&
      items.every((item) =>
        Object.entries(item).every(([name, one]) => name === 'links' || fits(type.element[name] ?? 'none', one)),
      )
    );
  }
  switch (word) {
    case 'date-time':
      return typeof value === 'string' && /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(value);
    case 'integer int64':
      return Number.isInteger(value);
    case 'nsLink[]':
      return Array.isArray(value);
    default:
      return typeof value === word;
  }
}

describe.skipIf(skipped)(`the API Browser 2026.1, subset in specs/netsuite${whenSkipped}`, () => {
  let client: Client;
  let spec: RecordFields;
  beforeAll(async () => {
    client = await open();
    spec = recordFields();
  });
  afterAll(() => client.account.close());

  const catalog = async (name: RecordName): Promise<Readonly<Record<string, Schema>>> => {
    const headers = { accept: 'application/schema+json' };
    return (await client.call('GET', `record/v1/metadata-catalog/${name}`, undefined, headers)).body.properties;
  };

  it.each(NAMES)(
    '%s: the catalog describes the fields of the API Browser, with their types, and no others',
    async (name) => {
      const described = Object.entries(await catalog(name)).filter(
        ([, schema]) => schema['x-ns-custom-field'] !== true,
      );
      const known = Object.entries(spec.records[name].fields).filter(
        ([field]) => NOT_BUILT[`${name}.${field}`] === undefined,
      );
      const types = (all: readonly (readonly [string, string])[]): Readonly<Record<string, string>> =>
        Object.fromEntries(all.toSorted());
      expect(types(described.map(([field, schema]) => [field, specTypeOf(schema)] as const))).toEqual(
        types(known.map(([field, type]) => [field, wordOf(type)] as const)),
      );
      for (const absent of spec.records[name].absent ?? [])
        expect(described.map(([field]) => field)).not.toContain(absent);
    },
  );

  it('each deviation is one', () => {
    for (const path of Object.keys(NOT_BUILT)) {
      const [name, field = ''] = path.split('.');
      expect([path, spec.records[name as RecordName].fields[field] === undefined]).toEqual([path, false]);
    }
  });

  it('globalSubscriptionStatus and emailPreference have the ids and labels of the vendor', async () => {
    const { globalSubscriptionStatus, emailPreference } = await catalog('contact');
    const enumOf = (schema: Schema = {}): readonly string[] =>
      (schema.properties as { id: { enum: readonly string[] } }).id.enum;
    expect(enumOf(globalSubscriptionStatus)).toEqual(Object.keys(spec.globalSubscriptionStatusIds));
    expect(enumOf(emailPreference).toSorted()).toEqual(['DEFAULT', 'HTML', 'PDF']);
    for (const [id, label] of Object.entries(spec.globalSubscriptionStatusIds)) {
      const made = await client.create('contact', { lastName: `Status ${id}`, email: `s${id}@example.com` });
      if (id === '2')
        await client.call('PATCH', `record/v1/contact/${made}`, { globalSubscriptionStatus: { refName: label } });
      if (id === '3') client.act('person/confirm', { id: made });
      if (id === '4') client.act('person/unsubscribe', { id: made });
      expect((await client.read('contact', made)).globalSubscriptionStatus).toEqual({ id, refName: label });
    }
  });

  it.each(NAMES)('%s: a record with everything filled in is served in those types', async (name) => {
    const { fields } = spec.records[name];
    const employee = client.act('admin/create', {
      record: 'employee',
      fields: { firstName: 'Rep', lastName: name },
    }).id;
    const parent = await client.create('customer', { companyName: `Parent of ${name}` });
    const refs: Readonly<Record<string, string>> = {
      customer: parent,
      employee,
      subsidiary: '1',
      customerStatus: '6',
      customerCategory: '1',
    };
    const body: Record<string, unknown> = { isPerson: true };
    for (const [field, type] of Object.entries(fields)) {
      const word = wordOf(type);
      if (word === 'string')
        body[field] = /phone|fax/i.test(field)
          ? '555-123-4567'
          : field.toLowerCase().includes('email')
            ? 'a@example.com'
            : `x${name}`;
      if (word.startsWith('ref ')) body[field] = { id: refs[word.slice(4)] };
      if (word === 'integer int64') body[field] = 7;
    }
    const id = await client.create(name, { ...body, entityId: `Whole ${name}` });
    const served = await client.read(name, id, '?expandSubResources=true');
    for (const [field, value] of Object.entries(served)) {
      if (field.startsWith('custentity')) continue;
      expect([field, fields[field] !== undefined && fits(fields[field], value)]).toEqual([field, true]);
    }
    const missing = Object.keys(fields).filter(
      (field) => !(field in served) && NOT_BUILT[`${name}.${field}`] === undefined,
    );
    // References without a record type of their own cannot be filled in.
    expect(missing.toSorted()).toEqual(name === 'contact' ? ['contactSource'] : ['leadSource']);
  });

  it('collections and errors have the properties of the API Browser', async () => {
    const keys = (one: object): readonly string[] => Object.keys(one).toSorted();
    const list = await client.call('GET', 'record/v1/contact?limit=1');
    const query = await client.query('SELECT id FROM contact ORDER BY id');
    for (const { body } of [list, query]) expect(keys(body)).toEqual(keys(spec.collectionEnvelope));
    const { 'o:errorDetails[]': detail, ...rest } = spec.nsError;
    const errors: readonly Answer[] = [
      await client.call('GET', 'record/v1/contact/999999'),
      await client.call('POST', 'record/v1/contact', { lastName: 'x', company: { id: '0' } }),
      await client.call('GET', 'record/v1/contact?limit=0'),
      await client.call('PATCH', 'record/v1/contact', { items: [] }, collectionType),
    ];
    for (const { body } of errors) {
      expect(keys(body)).toEqual([...Object.keys(rest), 'o:errorDetails'].toSorted());
      for (const one of body['o:errorDetails'])
        expect(Object.keys(detail)).toEqual(expect.arrayContaining(Object.keys(one)));
    }
  });
});
