import { type Connector, loopbackOrigin } from '@heed/contract';
import { didYouMean } from './did-you-mean.ts';
import type { ProfileError } from './place.ts';
import type { Connection } from './profile.ts';
import { keysAt, schemaErrors } from './schema-errors.ts';
import { quoted } from './secret-like.ts';
import { secretLiterals } from './secret-literals.ts';
import { literalSecrets, referenceErrors, referencesIn, secretKindAt, withSecrets } from './secret-reference.ts';
import { type KeyPath, type Places, readYaml } from './yaml-text.ts';

export interface ReadConnections {
  /** Those without errors. */
  readonly connections: readonly Connection[];
  /** The names of all that are written, so that a profile that uses a broken one gets no second error. */
  readonly names: readonly string[];
  readonly errors: readonly ProfileError[];
}

const NAME = /^[a-z0-9][a-z0-9_-]*$/;
/** Stands for a secret while the rest is checked: long enough for any minimum, and obviously not one. */
const PLACEHOLDER = 'secret-not-read-yet';

const isMap = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const startsWith = (path: KeyPath, beginning: KeyPath): boolean =>
  beginning.length <= path.length && beginning.every((key, index) => path[index] === key);

/**
 * Whoever can edit a profile must not be able to send the customer's people elsewhere. `server: { env: X }` may stand for
 * any text, but not for what decides where the requests go.
 */
const baseUrlErrors = (settings: Readonly<Record<string, unknown>>, places: Places, name: string) => {
  const { baseUrl } = settings;
  if (baseUrl === undefined || (typeof baseUrl === 'string' && loopbackOrigin(baseUrl) !== null)) return [];
  const what = 'baseUrl is for sandboxes, so only a loopback address can stand here';
  return [places.error([name, 'baseUrl'], what, 'Write http://127.0.0.1:PORT, or remove it to use the vendor')];
};

const withoutSecretPlaces = (value: unknown, path: KeyPath = []): unknown =>
  // `{ env: NAME }` is judged by referenceErrors; everywhere else a literal that looks like a token is refused.
  withSecrets(value, () => '', path);

const checkSettings = (
  connector: Connector,
  settings: Readonly<Record<string, unknown>>,
  places: Places,
  name: string,
): readonly ProfileError[] => {
  const from = [name];
  const references = referencesIn(settings);
  const literals = literalSecrets(connector.config, settings, places, from);
  const tokens = secretLiterals(withoutSecretPlaces(settings), places, from);
  const errors = [
    ...referenceErrors(references, places, from),
    ...literals,
    ...tokens.filter((token) => !literals.some((literal) => literal.path === token.path)),
    ...baseUrlErrors(settings, places, name),
  ];
  const value = withSecrets(settings, () => PLACEHOLDER);
  const parsed = connector.config.safeParse(value);
  if (parsed.success) return errors;
  // A placeholder may fail a check of its form; the secret itself is checked when it is read.
  const aboutSecret = (path: KeyPath): boolean => references.some((reference) => startsWith(path, reference.path));
  const issues = parsed.error.issues.filter(
    (issue) => !aboutSecret(issue.path.filter((key) => typeof key !== 'symbol')) || issue.code === 'invalid_type',
  );
  const context = {
    schema: connector.config,
    value,
    places,
    from,
    advice: () => null,
    hideValues: true,
    kindAt: secretKindAt(connector.config, settings),
  };
  const told = new Set(errors.map((error) => error.path));
  const more = schemaErrors({ ...parsed.error, issues }, context).filter((error) => !told.has(error.path));
  return [...errors, ...more];
};

/** Reads connections.yaml. Pure: secrets stay references, and their places are checked without reading them. */
export const readConnections = (
  customer: string,
  file: string,
  text: string,
  connectors: readonly Connector[],
): ReadConnections => {
  const { value, places, errors: syntax } = readYaml(file, text);
  if (syntax.length > 0) return { connections: [], names: [], errors: syntax };
  if (!isMap(value)) {
    const error = places.error(
      [],
      'connections.yaml must be a map of connections',
      'Write "name:", and its settings indented below',
    );
    return { connections: [], names: [], errors: [error] };
  }
  const connections: Connection[] = [];
  const errors: ProfileError[] = [];
  const installed = connectors.map((connector) => connector.name);
  for (const [name, written] of Object.entries(value)) {
    const refuse = (path: KeyPath, what: string, fix: string, meant?: string): void => {
      errors.push(places.error(path, what, fix, meant));
    };
    if (!NAME.test(name)) {
      errors.push(
        places.keyError(
          [name],
          `${quoted(name)} cannot be the name of a connection`,
          'Use lower case, digits, - and _',
        ),
      );
      continue;
    }
    if (!isMap(written)) {
      refuse([name], `${name} must be a map of keys`, 'Write "connector:" and the settings of the account below it');
      continue;
    }
    const { connector: wanted, ...others } = written;
    const connector = connectors.find((candidate) => candidate.name === wanted);
    if (connector === undefined) {
      const list = `Installed are ${installed.join(', ')}`;
      if (wanted === undefined) refuse([name], `the key "connector" is missing in ${name}`, list);
      else if (typeof wanted !== 'string') refuse([name, 'connector'], `${name}.connector must be text`, list);
      else refuse([name, 'connector'], `there is no connector ${quoted(wanted)}`, list, didYouMean(wanted, installed));
      errors.push(...secretLiterals(withoutSecretPlaces(others), places, [name]));
      continue;
    }
    // A connector may know its own name in its settings, and need not.
    const settings = keysAt(connector.config, []).includes('connector') ? written : others;
    const found = checkSettings(connector, settings, places, name);
    errors.push(...found);
    if (found.length === 0)
      connections.push({ customer, name, connector, settings, secrets: referencesIn(settings), places });
  }
  return { connections, names: Object.keys(value), errors };
};
