// As much of a Swagger 2.0 validator as the vendor's document needs: type, properties, items, enum, required, $ref.
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

export interface Schema {
  readonly $ref?: string;
  readonly type?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: Schema | boolean;
  readonly items?: Schema;
  readonly enum?: readonly unknown[];
  readonly required?: readonly string[];
  readonly format?: string;
}

interface Operation {
  readonly parameters?: readonly { readonly name: string; readonly in: string }[];
  readonly responses: Readonly<Record<string, { readonly schema?: Schema }>>;
}

export interface Swagger {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly definitions: Readonly<Record<string, Schema>>;
}

/** The vendor's document beside the repository, or in the folder $VENDOR_SPECS; `undefined` where neither has it. */
export function vendorSwagger(file: string): Swagger | undefined {
  const beside = resolve(import.meta.dirname, '../../../../../shared/specs');
  const path = join(process.env.VENDOR_SPECS ?? beside, file);
  return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as Swagger) : undefined;
}

/** What is wrong with `value`, a line each: "members.3.status: ...". Fields the schema does not know are wrong too. */
export function mismatches(swagger: Swagger, schema: Schema, value: unknown, at = '$'): readonly string[] {
  if (schema.$ref !== undefined) {
    const target = swagger.definitions[schema.$ref.replace('#/definitions/', '')];
    return target === undefined ? [`${at}: no definition ${schema.$ref}`] : mismatches(swagger, target, value, at);
  }
  if (!hasType(schema, value)) return [`${at}: not of type ${schema.type} but ${JSON.stringify(value)}`];
  if (schema.enum !== undefined && !schema.enum.includes(value))
    return [`${at}: ${JSON.stringify(value)} is not listed`];
  if (schema.format === 'date-time' && !isMoment(value)) return [`${at}: no date-time but ${JSON.stringify(value)}`];
  if (Array.isArray(value)) {
    return value.flatMap((one, index) => mismatches(swagger, schema.items ?? {}, one, `${at}.${index}`));
  }
  if (typeof value === 'object' && value !== null) return fieldMismatches(swagger, schema, value, at);
  return [];
}

function fieldMismatches(swagger: Swagger, schema: Schema, value: object, at: string): readonly string[] {
  const fields = Object.entries(value);
  const missing = (schema.required ?? []).filter((name) => !Object.hasOwn(value, name));
  return [
    ...missing.map((name) => `${at}.${name}: missing`),
    ...fields.flatMap(([name, inner]) => {
      const known = schema.properties?.[name];
      if (known !== undefined) return mismatches(swagger, known, inner, `${at}.${name}`);
      if (typeof schema.additionalProperties === 'object') {
        return mismatches(swagger, schema.additionalProperties, inner, `${at}.${name}`);
      }
      // The trimmed document lost every _links, and an open object allows anything.
      return name === '_links' || schema.properties === undefined ? [] : [`${at}.${name}: not in the specification`];
    }),
  ];
}

function hasType({ type }: Schema, value: unknown): boolean {
  switch (type) {
    case undefined:
      return true;
    case 'integer':
      return Number.isInteger(value);
    case 'array':
      return Array.isArray(value);
    case 'object':
      return typeof value === 'object' && value !== null && !Array.isArray(value);
    default:
      return typeof value === type;
  }
}

/** An empty string stands for a moment that never was: recorded for timestamp_signup. */
function isMoment(value: unknown): boolean {
  return value === '' || (typeof value === 'string' && /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00$/.test(value));
}
