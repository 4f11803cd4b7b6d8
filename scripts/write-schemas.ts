// Writes profiles/*.schema.json from the code: `npm run schemas`. A test of packages/core fails when they are stale.
import { globSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Connector } from '@heed/contract';
import { connectionsJsonSchema, type JsonSchema, profileJsonSchema } from '@heed/core';

const root = fileURLToPath(new URL('..', import.meta.url));

const installedConnectors = async (): Promise<readonly Connector[]> => {
  const files = globSync('connectors/*/src/index.ts', { cwd: root }).sort();
  const modules = await Promise.all(files.map((file) => import(`${root}${file}`)));
  return modules.flatMap((module: { readonly connector?: Connector }) => module.connector ?? []);
};

/** Every schema file, by its path from the root, with the text it should have. */
export const schemaFiles = async (): Promise<Readonly<Record<string, string>>> => {
  const text = (schema: JsonSchema): string => `${JSON.stringify(schema, null, 2)}\n`;
  return {
    'profiles/profile.schema.json': text(profileJsonSchema()),
    'profiles/connections.schema.json': text(connectionsJsonSchema(await installedConnectors())),
  };
};

if (import.meta.main) {
  for (const [path, text] of Object.entries(await schemaFiles())) {
    writeFileSync(`${root}${path}`, text);
    console.log(path);
  }
}
