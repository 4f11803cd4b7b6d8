import { Ajv2020, type ErrorObject } from 'ajv/dist/2020.js';
import { parse } from 'yaml';
import type { Exchanged } from './recorder.ts';
import { vendorFile } from './vendor-specs.ts';

/** What of the OpenAPI document is looked at here. */
interface Media {
  readonly schema: object;
}
interface Operation {
  readonly operationId: string;
  readonly parameters?: readonly { readonly name?: string; readonly in?: string }[];
  readonly requestBody?: { readonly content: Readonly<Record<string, Media>> };
  readonly responses: Readonly<
    Record<string, { readonly headers?: object; readonly content?: Readonly<Record<string, Media>> }>
  >;
}
interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, object>> };
}

const jobs = /^\/services\/data\/v\d+\.0\/jobs/;

/** Schemas say what there is, so what they do not name is a deviation. */
function closed(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(closed);
  if (typeof schema !== 'object' || schema === null) return schema;
  const inner = Object.fromEntries(Object.entries(schema).map(([name, value]) => [name, closed(value)]));
  return 'properties' in schema && 'type' in schema ? { ...inner, additionalProperties: false } : inner;
}

/** Every part of a schema with the schema's name, which a validator does not keep. */
function owned(schema: unknown, owner: string): unknown {
  if (Array.isArray(schema)) return schema.map((part) => owned(part, owner));
  if (typeof schema !== 'object' || schema === null) return schema;
  const inner = Object.entries(schema).map(([name, value]) => [name, owned(value, owner)]);
  return { ...Object.fromEntries(inner), ...('type' in schema ? { owner } : {}) };
}

function mediaType(header: string | string[] | undefined): string {
  return String(header ?? '').split(';')[0] ?? '';
}

/** Judges calls of the Bulk API 2.0 by the description in specs/salesforce. */
export class BulkContract {
  readonly #document: Document;
  readonly #ajv = new Ajv2020({
    strict: false,
    allErrors: true,
    verbose: true,
    formats: {
      'date-time': /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/,
      uri: (text: string) => URL.canParse(text),
      binary: true,
    },
  });

  constructor() {
    this.#document = closed(parse(vendorFile('bulk-api-2.openapi.yml'))) as Document;
    const schemas = Object.entries(this.#document.components.schemas).map(([name, schema]) => [
      name,
      owned(schema, name),
    ]);
    this.#ajv.addSchema({ $id: 'bulk', components: { schemas: Object.fromEntries(schemas) } });
  }

  /** All of its operations, by name. */
  get operations(): readonly string[] {
    return Object.values(this.#document.paths).flatMap((path) =>
      Object.values(path).map((operation) => operation.operationId),
    );
  }

  /** The operation a call is one of. */
  operationOf({ method, path }: Pick<Exchanged, 'method' | 'path'>): Operation | undefined {
    if (!jobs.test(path)) return undefined;
    const rest = path.replace(jobs, '').replace(/\/$/, '');
    const found = Object.entries(this.#document.paths).find(([pattern]) =>
      new RegExp(`^${pattern.replace(/\{\w+\}/g, '[^/]+')}$`).test(rest),
    );
    return found?.[1][method.toLowerCase()];
  }

  /** What of a call the description does not say, a line each, without values. */
  deviations(call: Exchanged): readonly string[] {
    const operation = this.operationOf(call);
    if (!operation) return [`${call.method} ${call.path.replace(/750\w{15}/, '{jobId}')} is not described`];
    return [...this.#ofRequest(operation, call), ...this.#ofAnswer(operation, call)];
  }

  #ofRequest(operation: Operation, call: Exchanged): readonly string[] {
    const known = new Set((operation.parameters ?? []).map(({ name }) => name));
    const out = [...call.query.keys()]
      .filter((name) => !known.has(name))
      .map((name) => `${operation.operationId}: parameter ${name} is not described`);
    // What was refused was meant to be wrong.
    if (call.requestBody === '' || call.status >= 400) return out;
    const type = mediaType(call.requestType);
    const media = operation.requestBody?.content[type];
    if (!media) return [...out, `${operation.operationId}: a request of ${type} is not described`];
    return [...out, ...this.#mismatches(operation, media, type, call.requestBody)];
  }

  #ofAnswer(operation: Operation, { status, headers, body }: Exchanged): readonly string[] {
    const described = operation.responses[String(status)];
    if (!described) return [`${operation.operationId}: status ${status} is not described`];
    const missing = Object.keys(described.headers ?? {}).filter((name) => headers[name.toLowerCase()] === undefined);
    const out = missing.map((name) => `${operation.operationId}: header ${name} is missing`);
    if (body === '') return described.content ? [...out, `${operation.operationId}: ${status} has no body`] : out;
    const type = mediaType(headers['content-type']);
    const media = described.content?.[type];
    if (!media) return [...out, `${operation.operationId}: ${status} of ${type} is not described`];
    return [...out, ...this.#mismatches(operation, media, type, body)];
  }

  #mismatches(operation: Operation, { schema }: Media, type: string, text: string): readonly string[] {
    const resolved: unknown = JSON.parse(JSON.stringify(schema).replaceAll('"#/components', '"bulk#/components'));
    const validate = this.#ajv.compile(resolved as object);
    if (validate(type === 'application/json' ? JSON.parse(text) : text)) return [];
    return (validate.errors ?? []).map((error) => sentence(operation.operationId, error));
  }
}

function sentence(operationId: string, { parentSchema, instancePath, keyword, params }: ErrorObject): string {
  const schema = String(parentSchema?.owner ?? operationId);
  const at = instancePath.split('/').findLast((part) => part !== '' && !/^\d+$/.test(part));
  const where = at === undefined || at === 'records' ? schema : `${schema}.${at}`;
  if (keyword === 'additionalProperties') return `${where}.${String(params.additionalProperty)} is not described`;
  return `${where}: ${keyword} ${String(params.format ?? params.type ?? params.missingProperty ?? '')}`.trim();
}
