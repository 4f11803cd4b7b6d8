import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv';
import type { Schema, Swagger } from '../sandbox/swagger.ts';
import type { Recorded } from './recorded.ts';

interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query' | 'body';
  readonly required?: boolean;
  readonly type?: string;
  readonly enum?: readonly unknown[];
  readonly maximum?: number;
  readonly schema?: Schema;
}

interface Operation {
  readonly parameters?: readonly Parameter[];
  readonly responses: Readonly<Record<string, { readonly schema?: Schema }>>;
}

/** The vendor's document as a judge of calls. */
export interface Contract {
  /** "GET /lists/{list_id}/members" for a call, or null if the document has no such operation. */
  operationOf(call: Pick<Recorded, 'method' | 'path'>): string | null;
  /** What is wrong with a call, a line each: "sent GET /lists: query nmae is not documented". */
  sent(call: Recorded): readonly string[];
  /** The same of its answer. */
  answered(call: Recorded): readonly string[];
}

/** Swagger 2.0 has no `oneOf`; the vendor writes its own. */
interface VendorSchema extends Schema {
  readonly 'x-oneOf'?: readonly Schema[];
}

const WITHIN = 'mailchimp.json';
const HASH = /^[0-9a-f]{32}$/;
const MOMENT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/;

export function contractOf(swagger: Swagger): Contract {
  const ajv = new Ajv({ strict: false, allErrors: true });
  // "" stands for a moment that never was: recorded for timestamp_signup.
  ajv.addFormat('date-time', (text) => text === '' || MOMENT.test(text));
  ajv.addSchema({ $id: WITHIN, definitions: closed(swagger.definitions) as object });
  const compiled = new Map<object, ValidateFunction>();
  const validator = (schema: Schema): ValidateFunction => {
    const made = compiled.get(schema) ?? ajv.compile(closed(schema) as object);
    compiled.set(schema, made);
    return made;
  };
  const operations = Object.entries(swagger.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({
      name: `${method.toUpperCase()} ${path}`,
      method: method.toUpperCase(),
      path,
      fits: new RegExp(`^${path.replace(/\{\w+\}/g, '([^/]+)').replace(/\/$/, '/?')}$`),
      operation: operation as Operation,
    })),
  );
  const find = ({ method, path }: Pick<Recorded, 'method' | 'path'>) =>
    operations.find((one) => one.method === method && one.fits.test(path));

  return {
    operationOf: (call) => find(call)?.name ?? null,
    sent(call) {
      const found = find(call);
      if (found === undefined) return [`sent ${call.method} ${shapeOf(call.path)}: the document has no such operation`];
      const { name, operation } = found;
      const lines = [
        ...pathDeviations(found, call),
        ...queryDeviations(swagger, operation, call),
        ...bodyDeviations(operation, call, validator),
        ...headerDeviations(call),
      ];
      return lines.map((line) => `sent ${name}: ${line}`);
    },
    answered(call) {
      const found = find(call);
      if (found === undefined) return [];
      return answerDeviations(found.operation, call, validator).map((line) => `answered ${found.name}: ${line}`);
    },
  };
}

/** A path without what may be somebody's. */
function shapeOf(path: string): string {
  return path.replaceAll(/\/[^/]*[0-9@][^/]*/g, '/*');
}

function pathDeviations(
  { path, fits }: { readonly path: string; readonly fits: RegExp },
  call: Recorded,
): readonly string[] {
  const names = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
  const values = fits.exec(call.path)?.slice(1) ?? [];
  // Other keys are allowed in most paths, but an address in a URL is an address in every log on the way.
  return names.flatMap((name, index) =>
    name === 'subscriber_hash' && !HASH.test(values[index] ?? '') ? ['path subscriber_hash is no MD5'] : [],
  );
}

function queryDeviations(swagger: Swagger, operation: Operation, { query }: Recorded): readonly string[] {
  const documented = (operation.parameters ?? []).filter((one) => one.in === 'query');
  const missing = documented.filter(({ name, required }) => required === true && !query.has(name));
  return [
    ...missing.map(({ name }) => `query ${name} is missing`),
    ...[...query].flatMap(([name, value]) => {
      const parameter = documented.find((one) => one.name === name);
      if (parameter === undefined) return [`query ${name} is not documented`];
      const isFields = name === 'fields' || name === 'exclude_fields';
      if (isFields) return fieldDeviations(swagger, operation, name, value);
      return isAllowed(parameter, value)
        ? []
        : [`query ${name} is not a ${parameter.type}, or not one of those allowed`];
    }),
  ];
}

function isAllowed({ name, type, enum: values, maximum }: Parameter, value: string): boolean {
  // The enum of a list of values lists lists of one value.
  const wanted = type === 'array' ? value.split(',') : [value];
  if (values !== undefined && !wanted.every((one) => values.flat().includes(one))) return false;
  if (type === 'boolean') return value === 'true' || value === 'false';
  if (type === 'integer') return /^\d+$/.test(value) && Number(value) <= (maximum ?? Number.MAX_SAFE_INTEGER);
  return !/^(since|before|unsubscribed)_/.test(name) || name === 'since_last_campaign' || MOMENT.test(value);
}

/** A field that is misspelt is silently left out by the vendor. */
function fieldDeviations(swagger: Swagger, operation: Operation, name: string, value: string): readonly string[] {
  const schema = operation.responses['200']?.schema ?? {};
  return value
    .split(',')
    .filter((path) => !hasField(swagger, schema, path.split('.')))
    .map((path) => `query ${name} names ${path.replace(/(merge_fields)\..*/, '$1.*')}, which no answer has`);
}

function hasField(swagger: Swagger, schema: Schema, [first, ...rest]: readonly string[]): boolean {
  if (schema.$ref !== undefined) {
    const target = swagger.definitions[schema.$ref.replace('#/definitions/', '')] ?? {};
    return hasField(swagger, target, [first ?? '', ...rest]);
  }
  if (schema.items !== undefined) return hasField(swagger, schema.items, [first ?? '', ...rest]);
  const kinds = (schema as VendorSchema)['x-oneOf'] ?? [];
  if (kinds.some((kind) => hasField(swagger, kind, [first ?? '', ...rest]))) return true;
  const open = typeof schema.additionalProperties === 'object' ? schema.additionalProperties : undefined;
  const inner = schema.properties?.[first ?? ''] ?? open;
  if (inner === undefined) return false;
  return rest.length === 0 || hasField(swagger, inner, rest);
}

function bodyDeviations(
  operation: Operation,
  { sent }: Recorded,
  validator: (schema: Schema) => ValidateFunction,
): readonly string[] {
  const body = operation.parameters?.find((one) => one.in === 'body');
  if (sent === '') return body?.required === true ? ['body is missing'] : [];
  if (body?.schema === undefined) return ['body is not documented'];
  return errorsOf(validator(body.schema), JSON.parse(sent), 'body');
}

function headerDeviations({ headers, sent, query, path }: Recorded): readonly string[] {
  const [scheme = '', credential = ''] = String(headers.authorization).split(' ');
  const isKnown = scheme === 'Basic' || scheme === 'Bearer';
  const type = String(headers['content-type'] ?? '');
  return [
    ...(isKnown ? [] : ['header authorization is neither Basic nor Bearer']),
    ...(isKnown && `${path}?${query}`.includes(credential) ? ['the credential is in the URL'] : []),
    ...(sent === '' || type.startsWith('application/json') ? [] : ['header content-type is not application/json']),
  ];
}

function answerDeviations(
  operation: Operation,
  { status, answered, query }: Recorded,
  validator: (schema: Schema) => ValidateFunction,
): readonly string[] {
  const schema = operation.responses[String(status)]?.schema ?? operation.responses.default?.schema;
  if (status === 204) return operation.responses['204'] === undefined ? ['204 is not documented'] : [];
  if (status < 400 && operation.responses[String(status)] === undefined) return [`${status} is not documented`];
  if (schema === undefined) return [`${status} has no schema`];
  // What was not asked for is not missing.
  return errorsOf(validator(schema), withoutLinks(JSON.parse(answered)), `${status}`).filter(
    (line) => !(query.has('fields') && line.includes('must have required property')),
  );
}

function errorsOf(validate: ValidateFunction, value: unknown, where: string): readonly string[] {
  if (validate(value)) return [];
  return [...new Set((validate.errors ?? []).map((error) => `${where}${lineOf(error)}`))];
}

/** Without indexes and values: a line names a place in the document, and never a person. */
function lineOf({ instancePath, message, params }: ErrorObject): string {
  const place = instancePath.replaceAll(/\/\d+(?=\/|$)/g, '/*').replaceAll(/(merge_fields|interests)\/[^/]+/g, '$1/*');
  const extra = params.additionalProperty === undefined ? '' : ` '${params.additionalProperty}'`;
  return `${place} ${message ?? 'is wrong'}${extra}`;
}

/** An object with listed properties has no others: a misspelt one would be ignored in silence, by the vendor and by us. */
function closed(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(closed);
  if (typeof schema !== 'object' || schema === null) return schema;
  const entries = Object.entries(schema).map(([name, value]) =>
    name === '$ref'
      ? [name, String(value).replace(/^#/, `${WITHIN}#`)]
      : [name === 'x-oneOf' ? 'anyOf' : name, closed(value)],
  );
  const copy: Record<string, unknown> = Object.fromEntries(entries);
  const lists = typeof copy.properties === 'object' && copy.type === 'object';
  return lists && copy.additionalProperties === undefined ? { ...copy, additionalProperties: false } : copy;
}

/** The trimmed document lost every `_links`. */
function withoutLinks(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutLinks);
  if (typeof value !== 'object' || value === null) return value;
  const kept = Object.entries(value).filter(([name]) => name !== '_links');
  return Object.fromEntries(kept.map(([name, inner]) => [name, withoutLinks(inner)]));
}
