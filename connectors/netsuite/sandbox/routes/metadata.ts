import type { Reply } from '@heed/sandbox';
import type { Field } from '../schema/field.ts';
import { NsError } from '../state/ns-error.ts';
import type { Table } from '../state/table.ts';
import { type Call, collection, header, type NsRoute, RECORDS_PATH, route, singular } from './answers.ts';
import { permittedTable } from './record-operations.ts';

type Schema = Readonly<Record<string, unknown>>;

const CATALOG = `${RECORDS_PATH}/metadata-catalog`;
const SWAGGER = 'application/swagger+json';
const JSON_SCHEMA = 'application/schema+json';

/** The records that the role sees, or those of `?select=a,b`. */
function tablesOf(call: Call): readonly Table[] {
  const select = call.params.record ?? call.query.get('select');
  const { state, switches } = call.world;
  if (select !== null && select !== undefined)
    return select.split(',').map((name) => permittedTable(call.world, name.trim(), 'view'));
  return [...state.tables.values()].filter(
    ({ name }) =>
      state.permissions.records.get(name) !== 'none' &&
      (name !== 'campaignSubscription' || switches.isOn('subscriptionCategories')),
  );
}

function withoutRef(field: Field): Schema {
  const title = { title: field.title };
  const custom = field.custom ? { 'x-ns-custom-field': true } : {};
  switch (field.type) {
    case 'checkbox':
      return { ...title, type: 'boolean', ...custom };
    case 'integer':
      return { ...title, type: 'integer', format: 'int64', nullable: true, ...custom };
    case 'date':
      return { ...title, type: 'string', format: 'date', nullable: true, ...custom };
    case 'datetime':
      return { ...title, type: 'string', format: 'date-time', nullable: true, ...custom };
    case 'email':
      return { ...title, type: 'string', format: 'email', nullable: true, ...custom };
    default:
      return { ...title, type: 'string', nullable: true, ...custom };
  }
}

/** A field as the catalog describes it; `ref` says where the schema of another one stands. */
function fieldSchema(field: Field, ref: (name: string) => string): Schema {
  const custom = field.custom ? { 'x-ns-custom-field': true } : {};
  if (field.type === 'reference') {
    const target = ref(field.references ?? 'nsResource');
    return { title: field.title, $ref: target, ...custom };
  }
  if (field.type !== 'choice' || field.bare) {
    return { ...withoutRef(field), ...(field.readOnly ? { readOnly: true } : {}) };
  }
  return {
    type: 'object',
    title: field.title,
    properties: {
      id: { title: 'Internal identifier', type: 'string', enum: field.choices.map(({ id }) => id) },
      refName: { title: 'Reference Name', type: 'string' },
    },
    ...custom,
  };
}

function recordSchema(call: Call, table: Table, ref: (name: string) => string): Schema {
  const fields = table.fields.map((field) => [field.name, fieldSchema(field, ref)] as const);
  const hasLines = table.name === 'customer' && call.world.switches.isOn('subscriptionCategories');
  return {
    type: 'object',
    properties: {
      id: { title: 'Internal ID', type: 'string', nullable: true },
      links: { title: 'Links', type: 'array', readOnly: true, items: { $ref: ref('nsLink') } },
      ...Object.fromEntries(fields),
      ...(hasLines ? { subscriptions: { $ref: ref('customer-subscriptionsCollection') } } : {}),
    },
    'x-ns-filterable': ['id', ...table.fields.filter(({ filterable }) => filterable).map(({ name }) => name)],
  };
}

/** What the schemas of records refer to. */
const SHARED: Readonly<Record<string, Schema>> = {
  nsLink: {
    type: 'object',
    properties: { rel: { type: 'string', readOnly: true }, href: { type: 'string', format: 'URI', readOnly: true } },
  },
  nsResource: {
    type: 'object',
    properties: { id: { type: 'string' }, refName: { type: 'string' }, externalId: { type: 'string' } },
  },
};

const SUBSCRIPTION_LINES = (ref: (name: string) => string): Readonly<Record<string, Schema>> => ({
  'customer-subscriptionsCollection': {
    type: 'object',
    properties: { items: { type: 'array', items: { $ref: ref('customer-subscriptionsElement') } } },
  },
  'customer-subscriptionsElement': {
    type: 'object',
    properties: {
      subscription: { title: 'Subscription', $ref: ref('campaignSubscription') },
      subscribed: { title: 'Subscribed', type: 'boolean' },
      lastModifiedDate: { title: 'Last Modified', type: 'string', format: 'date-time', nullable: true, readOnly: true },
      refName: { title: 'Reference Name', type: 'string' },
    },
  },
});

/** OpenAPI 3.0 (section_1545126526). */
function swagger(call: Call): Schema {
  const ref = (name: string): string => `#/components/schemas/${name}`;
  const tables = tablesOf(call);
  const paths = tables.flatMap(({ name }) => [
    [`/${name}`, { get: operation(name, 'Get list of records.'), post: operation(name, 'Insert record.') }] as const,
    [
      `/${name}/{id}`,
      {
        get: operation(name, 'Get record.'),
        patch: operation(name, 'Update record.'),
        put: operation(name, 'Insert or update record.'),
        delete: operation(name, 'Remove record.'),
      },
    ] as const,
  ]);
  return {
    openapi: '3.0.1',
    info: { title: 'NetSuite REST Record API', version: '1' },
    servers: [{ url: `${call.origin}${RECORDS_PATH}` }],
    paths: Object.fromEntries(paths),
    components: {
      schemas: {
        ...Object.fromEntries(tables.map((table) => [table.name, recordSchema(call, table, ref)])),
        ...SUBSCRIPTION_LINES(ref),
        ...SHARED,
      },
    },
  };
}

const operation = (name: string, summary: string): Schema => ({
  tags: [name],
  summary,
  responses: { default: { description: 'Error response.' } },
});

/** JSON Schema, of one record only (section_1545129726). */
function jsonSchema(call: Call): Schema {
  const [table] = tablesOf(call);
  if (table === undefined || call.params.record === undefined) {
    throw new NsError(400, 'INVALID_HEADER', 'JSON Schema is available for a single record type.', {
      header: 'Accept',
    });
  }
  const ref = (name: string): string => `/services/rest/record/v1/metadata-catalog/${name}`;
  return { ...recordSchema(call, table, ref), $schema: 'http://json-schema.org/draft-06/hyper-schema#' };
}

/** By `Accept`; without a preference the catalog lists its records with links. */
function catalog(call: Call): Reply {
  const accept = header(call, 'accept');
  if (accept.includes(SWAGGER)) return singular(swagger(call), { 'content-type': SWAGGER });
  if (accept.includes(JSON_SCHEMA)) return singular(jsonSchema(call), { 'content-type': JSON_SCHEMA });
  const items = tablesOf(call).map(({ name }) => ({
    name,
    links: [
      { rel: 'canonical', href: `${call.origin}${CATALOG}/${name}`, mediaType: 'application/json' },
      { rel: 'describes', href: `${call.origin}${RECORDS_PATH}/${name}` },
      { rel: 'alternate', href: `${call.origin}${CATALOG}/${name}`, mediaType: SWAGGER },
      { rel: 'alternate', href: `${call.origin}${CATALOG}/${name}`, mediaType: JSON_SCHEMA },
    ],
  }));
  const [only] = items;
  return call.params.record !== undefined && only !== undefined
    ? singular(only)
    : collection({ items, links: [{ rel: 'self', href: `${call.origin}${call.url}` }] });
}

export const metadataRoutes: readonly NsRoute[] = [
  route('GET', '/record/v1/metadata-catalog', catalog),
  route('GET', '/record/v1/metadata-catalog/{record}', catalog),
];
