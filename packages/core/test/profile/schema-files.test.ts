import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { schemaFiles } from '../../../../scripts/write-schemas.ts';
import { profileJsonSchema } from '../../src/profile/index.ts';

const root = fileURLToPath(new URL('../../../../', import.meta.url));
const committed = (path: string): Promise<string> => readFile(`${root}${path}`, 'utf8');

/** Every key of the profile format: `optOut.scope`, and `direction` for what stands in a list. */
const keysOf = (schema: unknown, path = ''): readonly string[] => {
  if (typeof schema !== 'object' || schema === null) return [];
  const properties: unknown = Reflect.get(schema, 'properties');
  const branches: readonly unknown[] = [Reflect.get(schema, 'anyOf'), Reflect.get(schema, 'oneOf')].flat();
  const inner = Object.entries(typeof properties === 'object' ? (properties ?? {}) : {}).flatMap(([key, value]) => {
    const full = path === '' ? key : `${path}.${key}`;
    const below = keysOf(value, full);
    return below.length === 0 ? [full] : below;
  });
  const items = keysOf(Reflect.get(schema, 'items'));
  return [...inner, ...items, ...branches.flatMap((branch) => keysOf(branch, path))];
};

describe('the JSON Schemas', () => {
  test('are those that the code makes; run `npm run schemas` where they are not', async () => {
    const files = await schemaFiles();
    expect(Object.keys(files)).toEqual(['profiles/profile.schema.json', 'profiles/connections.schema.json']);
    for (const [path, text] of Object.entries(files)) expect(await committed(path), path).toBe(text);
  });

  test('ask for references where a connector has secrets', async () => {
    const { 'profiles/connections.schema.json': text } = await schemaFiles();
    const schema: unknown = JSON.parse(text ?? '');
    expect(schema).toMatchObject({ $defs: { secret: { oneOf: [{ required: ['env'] }, { required: ['file'] }] } } });
    expect(text).not.toContain('heedSecret');
  });
});

describe('docs/profiles.md', () => {
  test('explains every key', async () => {
    const text = await committed('docs/profiles.md');
    const keys = keysOf(profileJsonSchema());
    for (const key of ['optOut.customField.optedOutWhen', 'direction', 'transform.split']) expect(keys).toContain(key);
    expect(keys.length).toBeGreaterThan(25);
    // Keys of small maps are shown in their map: `{ date: MM/DD }`.
    const explained = (key: string): boolean =>
      text.includes(`\`${key}\``) || text.includes(`{ ${key.split('.').at(-1)}:`);
    expect(keys.filter((key) => !explained(key))).toEqual([]);
  });

  test('has an example that is right', async () => {
    const { readCustomer, printProfileError } = await import('../../src/profile/index.ts');
    const { connectors, validateCron } = await import('./stand-in-connectors.ts');
    const blocks = [...(await committed('docs/profiles.md')).matchAll(/```yaml\n([\s\S]*?)```/g)].map(
      ([, block]) => block,
    );
    expect(blocks).toHaveLength(2);
    const files = [
      { path: 'connections.yaml', name: 'connections.yaml', text: blocks[0] ?? '' },
      { path: 'newsletter.yaml', name: 'newsletter.yaml', text: blocks[1] ?? '' },
    ];
    const { errors, profiles } = readCustomer('acme', 'acme', files, { connectors, validateCron });
    expect(errors.map(printProfileError)).toEqual([]);
    expect(profiles).toHaveLength(1);
  });
});
