import { ApiError, invalid, notFound } from '../portal/api-error.ts';
import type { Portal, PortalWorld } from '../portal/portal.ts';
import { PROPERTY_TYPES, type PropertyDefinition, type PropertyType, propertyOf } from '../portal/property.ts';
import { isReadOnly } from '../portal/property-values.ts';
import {
  type Body,
  bodyOf,
  isObject,
  iso,
  type PortalExchange,
  type PortalRoute,
  param,
  replying,
  route,
  textIn,
} from './route.ts';

const READ = { scopes: [['crm.schemas.contacts.read', 'crm.objects.contacts.read']] } as const;
const WRITE = { scopes: [['crm.schemas.contacts.write']] } as const;

/** Properties of contacts, below `base`, which ends in the object type. */
export function propertyRoutes(base: string): readonly PortalRoute[] {
  return [
    route('GET', base, listProperties, READ),
    route('POST', base, createProperty, WRITE),
    route('GET', `${base}/{name}`, readProperty, READ),
    route('PATCH', `${base}/{name}`, updateProperty, WRITE),
    route('DELETE', `${base}/{name}`, archiveProperty, WRITE),
  ];
}

/** "one page, no paging"; sensitive properties only when they are asked for. */
function listProperties(exchange: PortalExchange): object {
  const { state } = exchange.world;
  const archived = exchange.query.get('archived') === 'true';
  const sensitivity = exchange.query.get('dataSensitivity') ?? 'non_sensitive';
  const listed = [...state.properties.values()].filter(
    (one) => (one.archivedAtMs !== undefined) === archived && one.sensitivity === sensitivity,
  );
  return { results: listed.map((one) => shownProperty(exchange.world, one)) };
}

function known(portal: Portal, name: string): PropertyDefinition {
  const property = portal.properties.get(name.toLowerCase());
  if (property === undefined) throw notFound(`property ${name} does not exist`);
  return property;
}

function readProperty(exchange: PortalExchange): object {
  const property = known(exchange.world.state, param(exchange, 'name'));
  const archived = exchange.query.get('archived') === 'true';
  if ((property.archivedAtMs !== undefined) !== archived) throw notFound(`property ${property.name} does not exist`);
  return shownProperty(exchange.world, property);
}

const MOST_UNIQUE = 10;

function createProperty(exchange: PortalExchange): object {
  const { world } = exchange;
  const property = definitionIn(world, bodyOf(exchange));
  const existing = world.state.properties.get(property.name);
  if (existing !== undefined && existing.archivedAtMs === undefined) {
    throw new ApiError(409, 'OBJECT_ALREADY_EXISTS', `A property named '${property.name}' already exists.`);
  }
  addProperty(world.state, property);
  return replying(201, shownProperty(world, property));
}

/** "max 10 unique properties per object" */
export function addProperty(portal: Portal, property: PropertyDefinition): void {
  if (property.hasUniqueValue) {
    if (portal.contacts.uniqueNames.size >= MOST_UNIQUE) throw invalid('There can be at most 10 unique properties');
    portal.contacts.uniqueNames.add(property.name);
  }
  portal.properties.set(property.name, property);
}

/** A definition as a body tells it; also used by the administrator's act. */
export function definitionIn({ clock }: PortalWorld, body: Body): PropertyDefinition {
  const name = textIn(body, 'name')?.toLowerCase() ?? '';
  if (!/^[a-z][a-z0-9_]*$/.test(name)) throw invalid(`Property name '${name}' is not valid`);
  const type = typeIn(body.type);
  const options = Array.isArray(body.options) ? body.options.filter(isObject) : [];
  const plain = propertyOf(name, type, textIn(body, 'label') ?? name, clock.now());
  return {
    ...plain,
    description: textIn(body, 'description') ?? '',
    fieldType: textIn(body, 'fieldType') ?? plain.fieldType,
    groupName: textIn(body, 'groupName') ?? plain.groupName,
    options:
      options.length === 0
        ? plain.options
        : options.map((one) => ({ label: String(one.label), value: String(one.value) })),
    hasUniqueValue: body.hasUniqueValue === true,
    hidden: body.hidden === true,
    formField: body.formField !== false,
  };
}

export function typeIn(value: unknown): PropertyType {
  const type = PROPERTY_TYPES.find((one) => one === value);
  if (type === undefined) throw invalid(`Invalid property type ${String(value)}`);
  return type;
}

function updateProperty(exchange: PortalExchange): object {
  const { world } = exchange;
  const property = known(world.state, param(exchange, 'name'));
  if (property.hubspotDefined) throw invalid(`Property ${property.name} cannot be changed`);
  const body = bodyOf(exchange);
  const changed = definitionIn(world, { ...property, ...body, name: property.name });
  const kept = { ...changed, createdAtMs: property.createdAtMs, hasUniqueValue: property.hasUniqueValue };
  world.state.properties.set(property.name, kept);
  return shownProperty(world, kept);
}

function archiveProperty(exchange: PortalExchange): undefined {
  const { state, clock } = exchange.world;
  const property = known(state, param(exchange, 'name'));
  if (property.hubspotDefined) throw invalid(`Property ${property.name} cannot be archived`);
  state.properties.set(property.name, { ...property, archivedAtMs: clock.now() });
  return undefined;
}

function shownProperty(world: PortalWorld, property: PropertyDefinition): object {
  const { options, archivedAtMs, hubspotDefined } = property;
  return {
    name: property.name,
    label: property.label,
    description: property.description,
    type: property.type,
    fieldType: property.fieldType,
    groupName: property.groupName,
    options: options.map((one, displayOrder) => ({ ...one, description: '', displayOrder, hidden: false })),
    displayOrder: -1,
    hasUniqueValue: property.hasUniqueValue,
    calculated: property.calculated,
    externalOptions: false,
    hidden: property.hidden,
    formField: property.formField,
    hubspotDefined,
    archived: archivedAtMs !== undefined,
    ...(archivedAtMs === undefined ? {} : { archivedAt: iso(archivedAtMs) }),
    dataSensitivity: property.sensitivity,
    createdAt: iso(property.createdAtMs),
    updatedAt: iso(property.updatedAtMs),
    modificationMetadata: {
      archivable: !hubspotDefined,
      readOnlyDefinition: hubspotDefined,
      readOnlyValue: isReadOnly(world, property),
      readOnlyOptions: hubspotDefined,
    },
  };
}
