import { type Connector, isSecret } from '@heed/contract';
import { z } from 'zod';
import { profileSchema } from './profile-schema.ts';

/** A JSON Schema document, draft 2020-12. */
export type JsonSchema = Readonly<Record<string, unknown>>;

const DRAFT = 'https://json-schema.org/draft/2020-12/schema';

const REFERENCE = {
  description: 'Where a secret is kept; the secret itself never stands in this file',
  oneOf: [
    {
      type: 'object',
      properties: {
        env: { type: 'string', pattern: '^[A-Za-z_][A-Za-z0-9_]*$', description: 'An environment variable' },
      },
      required: ['env'],
      additionalProperties: false,
    },
    {
      type: 'object',
      properties: { file: { type: 'string', minLength: 1, description: 'A file, relative to this one or absolute' } },
      required: ['file'],
      additionalProperties: false,
    },
  ],
};

/** For editors: the format of a profile file. Rules between keys are checked by `heed check` only. */
export const profileJsonSchema = (): JsonSchema => ({ ...z.toJSONSchema(profileSchema, { io: 'input' }) });

const replace = (target: object, by: object): void => {
  for (const key of Object.keys(target)) Reflect.deleteProperty(target, key);
  Object.assign(target, by);
};

/** The settings of one connector: secrets are references, and any other text may be one. */
const settingsOf = (connector: Connector): JsonSchema => {
  const schema = z.toJSONSchema(connector.config, {
    io: 'input',
    override: ({ zodSchema, jsonSchema, path }) => {
      const reference = { $ref: '#/$defs/secret' };
      const { description } = jsonSchema;
      if (isSecret(zodSchema as unknown as z.ZodType))
        replace(jsonSchema, { ...(description ? { description } : {}), ...reference });
      else if (jsonSchema.type === 'string' && jsonSchema.const === undefined && path.at(-1) !== 'baseUrl')
        replace(jsonSchema, { ...(description ? { description } : {}), anyOf: [{ ...jsonSchema }, reference] });
    },
  });
  const { $schema: _, properties, required, ...rest } = schema;
  return {
    ...rest,
    title: connector.title,
    properties: { ...properties, connector: { const: connector.name } },
    required: [...new Set(['connector', ...(required ?? [])])],
  };
};

/** For editors: the format of connections.yaml with these connectors. */
export const connectionsJsonSchema = (connectors: readonly Connector[]): JsonSchema => ({
  $schema: DRAFT,
  title: 'Heed connections',
  type: 'object',
  propertyNames: { pattern: '^[a-z0-9][a-z0-9_-]*$' },
  additionalProperties: {
    type: 'object',
    properties: { connector: { enum: connectors.map(({ name }) => name) } },
    required: ['connector'],
    oneOf: connectors.map(settingsOf),
  },
  $defs: { secret: REFERENCE },
});
