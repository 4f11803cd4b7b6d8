import { createReadStream } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { inspect } from 'node:util';
import type { ProfileError } from './place.ts';
import type { Connection } from './profile.ts';
import { schemaErrors } from './schema-errors.ts';
import { printSource, type SecretReference, type SecretSource, withSecrets } from './secret-reference.ts';

/** Where secrets come from. */
export interface Secrets {
  env(name: string): string | undefined;
  /** Throws if the file cannot be read. */
  file(path: string): Promise<string>;
}

/** A private key has some kilobytes. */
const MAX_SECRET_LENGTH = 64 * 1024;

/** A pipe is fine, as a shell makes one of `<(...)`; what has no end is not. */
const readSecret = async (path: string): Promise<string> => {
  let text = '';
  for await (const piece of createReadStream(path, 'utf8')) {
    text += String(piece);
    if (text.length > MAX_SECRET_LENGTH) throw new Error('too long for a secret');
  }
  return text;
};

/** The process environment and the disk. */
export const secretsOf = (environment: Readonly<Record<string, string | undefined>>): Secrets => ({
  env: (name) => environment[name],
  file: readSecret,
});

export type ResolvedConfig =
  | { readonly ok: true; readonly config: unknown }
  | { readonly ok: false; readonly errors: readonly ProfileError[] };

type Found = { readonly text: string } | { readonly wrong: string };

const findSecret = async (source: SecretSource, folder: string, secrets: Secrets): Promise<Found> => {
  if ('env' in source) {
    const text = secrets.env(source.env);
    if (text === undefined) return { wrong: `${printSource(source)} is not set` };
    return text.trim() === '' ? { wrong: `${printSource(source)} is empty` } : { text: text.trim() };
  }
  try {
    const text = (await secrets.file(resolve(folder, source.file))).trim();
    return text === '' ? { wrong: `${printSource(source)} is empty` } : { text };
  } catch {
    return { wrong: `${printSource(source)} cannot be read` };
  }
};

/** The configuration prints as it was written, with references in place of secrets, however deep it is looked into. */
const conceal = (config: unknown, written: unknown): void => {
  if (typeof config !== 'object' || config === null || Object.isFrozen(config)) return;
  const hidden = { enumerable: false, value: () => written };
  Object.defineProperties(config, { toJSON: hidden, [inspect.custom]: hidden });
  for (const [key, inner] of Object.entries(config))
    conceal(inner, typeof written === 'object' && written !== null ? Reflect.get(written, key) : '(not shown)');
};

const pathKey = (reference: SecretReference): string => JSON.stringify(reference.path);

/**
 * The configuration that a connector's `open` takes, with the secrets in it. It is for that call only: neither
 * `JSON.stringify` nor `util.inspect` shows a secret of it, nor does any error.
 */
export const resolveConfig = async (connection: Connection, secrets: Secrets): Promise<ResolvedConfig> => {
  const { name, connector, settings, places } = connection;
  const texts = new Map<string, string>();
  const errors: ProfileError[] = [];
  for (const reference of connection.secrets) {
    const found = await findSecret(reference.source, dirname(places.file), secrets);
    if ('text' in found) texts.set(pathKey(reference), found.text);
    else errors.push(places.error([name, ...reference.path], found.wrong, 'Provide it, and try again'));
  }
  if (errors.length > 0) return { ok: false, errors };

  const value = withSecrets(settings, (reference) => texts.get(pathKey(reference)) ?? '');
  const parsed = connector.config.safeParse(value);
  if (parsed.success) {
    conceal(parsed.data, settings);
    return { ok: true, config: parsed.data };
  }
  const context = { schema: connector.config, value, places, from: [name], advice: () => null, hideValues: true };
  const redacted = (text: string): string =>
    [...texts.values()].reduce((shown, secret) => shown.replaceAll(secret, '(not shown)'), text);
  const found = schemaErrors(parsed.error, context).map((error) => ({ ...error, what: redacted(error.what) }));
  return { ok: false, errors: found };
};
