import { isSecret } from '@heed/contract';
import type { z } from 'zod';
import type { ProfileError } from './place.ts';
import { looksLikeSecret } from './secret-like.ts';
import { dotted, type KeyPath, type Places } from './yaml-text.ts';

/** Where a secret is kept: an environment variable or a file. */
export type SecretSource = { readonly env: string } | { readonly file: string };

/** A reference that stands in a connection's settings. */
export interface SecretReference {
  /** From the connection's own map on: `['auth', 'apiKey']`. */
  readonly path: KeyPath;
  readonly source: SecretSource;
}

/** `the environment variable ACME_MAILCHIMP_KEY`, as messages name it. */
export const printSource = (source: SecretSource): string =>
  'env' in source ? `the environment variable ${source.env}` : `the file ${source.file}`;

/** `{ env: NAME }` or `{ file: PATH }` and nothing else; null for any other value. */
const sourceIn = (value: unknown): SecretSource | null => {
  if (typeof value !== 'object' || value === null || Object.keys(value).length !== 1) return null;
  if ('env' in value && typeof value.env === 'string') return { env: value.env };
  if ('file' in value && typeof value.file === 'string') return { file: value.file };
  return null;
};

/** Every reference in a connection's settings. */
export const referencesIn = (value: unknown, path: KeyPath = []): readonly SecretReference[] => {
  const source = sourceIn(value);
  if (source !== null) return [{ path, source }];
  if (typeof value !== 'object' || value === null) return [];
  const entries: readonly (readonly [string | number, unknown])[] = Array.isArray(value)
    ? [...value.entries()]
    : Object.entries(value);
  return entries.flatMap(([key, inner]) => referencesIn(inner, [...path, key]));
};

/** A copy of the settings in which each reference gave way to what `textOf` says. */
export const withSecrets = (
  value: unknown,
  textOf: (reference: SecretReference) => string,
  path: KeyPath = [],
): unknown => {
  const source = sourceIn(value);
  if (source !== null) return textOf({ path, source });
  if (Array.isArray(value)) return value.map((item, index) => withSecrets(item, textOf, [...path, index]));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [key, withSecrets(inner, textOf, [...path, key])]),
  );
};

/** False if a fixed key of the schema (`method: api-key`) says that the value is meant for another branch. */
const isMeantFor = (schema: z.core.$ZodType, value: unknown): boolean => {
  const def = (schema as z.core.$ZodTypes)._zod.def;
  if (def.type !== 'object' || typeof value !== 'object' || value === null) return true;
  return Object.entries(def.shape).every(([key, inner]) => {
    const fixed = (inner as z.core.$ZodTypes)._zod.def;
    return fixed.type !== 'literal' || fixed.values.includes(Reflect.get(value, key));
  });
};

/** True if a connector's schema says `secret()` at that path of a value, in any branch that the value may be meant for. */
const isSecretAt = (schema: z.core.$ZodType, path: KeyPath, value: unknown): boolean => {
  const def = (schema as z.core.$ZodTypes)._zod.def;
  const [key, ...rest] = path;
  const inside = (inner: z.core.$ZodType | undefined): boolean => {
    if (key === undefined || inner === undefined) return false;
    return isSecretAt(inner, rest, typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined);
  };
  if (path.length === 0 && isSecret(schema as z.ZodType)) return true;
  switch (def.type) {
    case 'optional':
    case 'nullable':
    case 'default':
    case 'prefault':
    case 'readonly':
      return isSecretAt(def.innerType, path, value);
    case 'pipe':
      return isSecretAt(def.in, path, value);
    case 'union':
      return def.options.some((option) => isMeantFor(option, value) && isSecretAt(option, path, value));
    case 'array':
      return inside(def.element);
    case 'record':
      return inside(def.valueType);
    case 'object':
      return inside(key === undefined ? undefined : def.shape[key]);
    default:
      return false;
  }
};

const REFERENCE = 'a secret, written as { env: NAME } or { file: PATH }';

/** What a connection's key is, where its schema says `secret()`. */
export const secretKindAt =
  (schema: z.core.$ZodType, settings: unknown) =>
  (path: KeyPath): string | undefined =>
    isSecretAt(schema, path, settings) ? REFERENCE : undefined;

/** Literals where the schema wants a reference, by place; the literals themselves are never shown. */
export const literalSecrets = (
  schema: z.core.$ZodType,
  settings: unknown,
  places: Places,
  from: KeyPath,
): readonly ProfileError[] => {
  const walk = (value: unknown, path: KeyPath): readonly ProfileError[] => {
    if (sourceIn(value) !== null) return [];
    if (isSecretAt(schema, path, settings)) {
      const full = [...from, ...path];
      return [places.error(full, `${dotted(full)} is ${REFERENCE}, never the secret itself`, fixFor(value))];
    }
    if (typeof value !== 'object' || value === null) return [];
    return Object.entries(value).flatMap(([key, inner]) =>
      walk(inner, [...path, Array.isArray(value) ? Number(key) : key]),
    );
  };
  return walk(settings, []);
};

const fixFor = (value: unknown): string =>
  typeof value === 'object'
    ? 'A reference has one key, env or file'
    : 'Move it there, and revoke it if others can read this file';

/** References that cannot be right whatever the environment holds. */
export const referenceErrors = (references: readonly SecretReference[], places: Places, from: KeyPath) =>
  references.flatMap(({ path, source }): readonly ProfileError[] => {
    const text = 'env' in source ? source.env : source.file;
    const key = 'env' in source ? 'env' : 'file';
    const full = [...from, ...path, key];
    if (looksLikeSecret(text))
      return [
        places.error(
          full,
          `${key} names where the secret is, and this looks like the secret itself`,
          'Revoke it if others can read this file',
        ),
      ];
    if (key === 'env' && !/^[A-Za-z_][A-Za-z0-9_]*$/.test(text))
      return [places.error(full, 'this cannot be the name of an environment variable', 'Use letters, digits and _')];
    return text.trim() === '' ? [places.error(full, 'the path of the file is empty', 'Name the file')] : [];
  });
