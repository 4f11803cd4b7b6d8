import { json, type Reply } from '@heed/sandbox';
import type { FieldDefinition } from '../schema/index.ts';
import type { Org } from '../state/org.ts';
import type { Table } from '../state/table.ts';
import { isVisibleObject, visibleFields } from '../state/view.ts';
import { newestVersion, oldestVersion } from './admit.ts';
import { dataRoute, type OrgExchange, type OrgRoute, param, route, versionBase } from './answers.ts';
import { objectNamed } from './resource.ts';

/** Which versions, objects and fields there are. */

const soapTypes: Readonly<Record<string, string>> = {
  boolean: 'xsd:boolean',
  date: 'xsd:date',
  datetime: 'xsd:dateTime',
  id: 'tns:ID',
  reference: 'tns:ID',
  double: 'xsd:double',
  int: 'xsd:int',
};

function describedField(org: Org, table: Table, field: FieldDefinition): object {
  const readOnly = org.readOnlyFields.has(`${table.definition.name}.${field.name}`);
  const access = org.objectAccess.get(table.definition.name) === undefined && table.definition.writable;
  return {
    name: field.name,
    label: field.label,
    type: field.type,
    soapType: soapTypes[field.type] ?? 'xsd:string',
    length: field.length,
    createable: field.createable && access && !readOnly,
    updateable: field.updateable && access && !readOnly,
    nillable: field.nillable,
    defaultedOnCreate: field.initial !== null || field.name === 'OwnerId',
    defaultValue: field.type === 'boolean' ? field.initial : null,
    custom: field.custom,
    calculated: false,
    externalId: field.externalId,
    idLookup: field.idLookup,
    unique: field.unique,
    caseSensitive: false,
    filterable: field.filterable,
    sortable: field.filterable && field.type !== 'multipicklist',
    restrictedPicklist: field.restrictedPicklist,
    picklistValues: field.picklistValues.map((value) => ({
      value,
      label: value,
      active: true,
      defaultValue: value === field.initial,
      validFor: null,
    })),
    referenceTo: field.referenceTo,
    relationshipName: field.relationshipName,
  };
}

function summary(base: string, table: Table, org: Org): object {
  const { name, label, keyPrefix, writable } = table.definition;
  const canWrite = writable && org.objectAccess.get(name) === undefined;
  return {
    name,
    label,
    labelPlural: `${label}s`,
    keyPrefix,
    custom: false,
    queryable: true,
    createable: canWrite,
    updateable: canWrite,
    deletable: canWrite,
    replicateable: true,
    retrieveable: true,
    searchable: writable,
    mergeable: ['Lead', 'Contact', 'Account'].includes(name),
    undeletable: canWrite,
    urls: {
      sobject: `${base}/sobjects/${name}`,
      describe: `${base}/sobjects/${name}/describe`,
      rowTemplate: `${base}/sobjects/${name}/{ID}`,
    },
  };
}

function describeGlobal(exchange: OrgExchange): Reply {
  const org = exchange.world.state;
  const tables = [...org.tables.values()].filter((table) => isVisibleObject(org, table));
  const sobjects = tables.map((table) => summary(versionBase(exchange), table, org));
  return json(200, { encoding: 'UTF-8', maxBatchSize: 200, sobjects });
}

function describe(exchange: OrgExchange): Reply {
  const org = exchange.world.state;
  const table = objectNamed(exchange, param(exchange, 'object'));
  const fields = visibleFields(org, table).map((field) => describedField(org, table, field));
  return json(200, {
    ...summary(versionBase(exchange), table, org),
    fields,
    childRelationships: [],
    recordTypeInfos: [],
  });
}

function basicInformation(exchange: OrgExchange): Reply {
  const table = objectNamed(exchange, param(exchange, 'object'));
  const recent = [...table.rows()].slice(-5).filter((row) => row.IsDeleted !== true);
  const base = `${versionBase(exchange)}/sobjects/${table.definition.name}`;
  return json(200, {
    objectDescribe: summary(versionBase(exchange), table, exchange.world.state),
    recentItems: recent.map((row) => ({
      attributes: { type: table.definition.name, url: `${base}/${String(row.Id)}` },
      Id: row.Id,
    })),
  });
}

/** Salesforce names a version after its season; three a year, 31.0 was Summer 14. */
function versionLabel(version: number): string {
  const sinceSummer14 = version - 31;
  const season = ['Summer', 'Winter', 'Spring'][sinceSummer14 % 3];
  return `${season} '${14 + Math.floor((sinceSummer14 + 2) / 3)}`;
}

function versions(): Reply {
  const numbers = Array.from({ length: newestVersion - oldestVersion + 1 }, (_, i) => oldestVersion + i);
  return json(
    200,
    numbers.map((n) => ({ label: versionLabel(n), url: `/services/data/v${n}.0`, version: `${n}.0` })),
  );
}

function resources(exchange: OrgExchange): Reply {
  const base = versionBase(exchange);
  const names = ['sobjects', 'query', 'queryAll', 'limits', 'composite'];
  return json(200, Object.fromEntries(names.map((name) => [name, `${base}/${name}`])));
}

export const schemaRoutes: readonly OrgRoute[] = [
  { ...route('GET', '/services/data', versions), open: true },
  dataRoute('GET', '', resources),
  dataRoute('GET', '/sobjects', describeGlobal),
  dataRoute('GET', '/sobjects/{object}', basicInformation),
  dataRoute('GET', '/sobjects/{object}/describe', describe),
];
