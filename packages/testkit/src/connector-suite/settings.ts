import { expect } from 'vitest';
import { z } from 'zod';
import type { Check } from './check.ts';

type Settings = Readonly<Record<string, unknown>>;

/** Settings that must be marked as secrets, so that they are never literals in a file and never shown. */
const SECRET_NAME = /(secret|key|token|password)$/i;

export const settingsChecks: readonly Check[] = [
  {
    name: 'settings: each minimal connection is accepted',
    async run({ connector, given }) {
      expect(given.minimalConfigs.length).toBeGreaterThan(0);
      for (const config of given.minimalConfigs) expect(connector.config.safeParse(config).error).toBeUndefined();
    },
  },
  {
    name: 'settings: each missing one is an error that names it and shows no secret',
    async run({ connector, given }) {
      for (const config of given.minimalConfigs) {
        for (const path of pathsIn(config)) {
          const result = connector.config.safeParse(without(config, path));
          const missing = path.at(-1) ?? '';
          expect(result.success, `without ${path.join('.')}`).toBe(false);
          const told = (result.error?.issues ?? [])
            .map((issue) => `${issue.path.join('.')} ${issue.message}`)
            .join('\n');
          expect(told).toContain(missing);
          for (const value of secretsIn(config)) expect(told).not.toContain(value);
        }
      }
    },
  },
  {
    name: 'settings: an unknown one is an error that names it',
    async run({ connector, given }) {
      for (const config of given.minimalConfigs) {
        const { error } = connector.config.safeParse({ ...config, serverr: 'x' });
        expect(JSON.stringify(error?.issues ?? [])).toContain('serverr');
      }
    },
  },
  {
    name: 'settings: secrets are marked as such',
    async run({ connector, given }) {
      const marked = markedIn(z.toJSONSchema(connector.config, { io: 'input', unrepresentable: 'any' }));
      for (const config of given.minimalConfigs) {
        const names = pathsIn(config).map((path) => path.at(-1) ?? '');
        for (const name of names.filter((one) => SECRET_NAME.test(one))) expect([...marked]).toContain(name);
      }
    },
  },
  {
    name: 'settings: the name of the account has no secret in it, and sessions cost no request',
    async run({ connector, given, vendor, open }) {
      const config = given.config(vendor, vendor.url);
      const account = connector.account(connector.config.parse(config));
      for (const value of secretsIn(config)) expect(account).not.toContain(value);
      const { session } = open();
      await session.close();
      expect(vendor.calls()).toEqual([]);
    },
  },
];

/** Every setting, sections included: `auth`, `auth.method`. */
const pathsIn = (settings: Settings, above: readonly string[] = []): readonly (readonly string[])[] =>
  Object.entries(settings).flatMap(([name, value]) => {
    const path = [...above, name];
    return [path, ...(isSettings(value) ? pathsIn(value, path) : [])];
  });

const without = (settings: Settings, [name = '', ...rest]: readonly string[]): Settings => {
  const { [name]: removed, ...others } = settings;
  return rest.length > 0 && isSettings(removed) ? { ...others, [name]: without(removed, rest) } : others;
};

/** The values of all secrets in a connection. */
export const secretsIn = (settings: Settings): readonly string[] =>
  Object.entries(settings).flatMap(([name, value]) => {
    if (isSettings(value)) return secretsIn(value);
    return SECRET_NAME.test(name) && typeof value === 'string' ? [value] : [];
  });

const markedIn = (schema: unknown): ReadonlySet<string> => {
  const marked = new Set<string>();
  const walk = (node: unknown): void => {
    if (Array.isArray(node)) for (const one of node) walk(one);
    if (!isSettings(node)) return;
    for (const [name, value] of Object.entries(node)) {
      if (isSettings(value) && value.heedSecret === true) marked.add(name);
      walk(value);
    }
  };
  walk(schema);
  return marked;
};

const isSettings = (value: unknown): value is Settings =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
