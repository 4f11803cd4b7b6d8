import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * The facts collected in specs/hubspot, which is not part of this repository: read from $VENDOR_SPECS, or from
 * ../shared/specs beside the repository.
 */
const root = join(import.meta.dirname, '../../../..');
const folder = join(process.env.VENDOR_SPECS ?? join(root, '../shared/specs'), 'hubspot');

/** True where they are not there; says so once for each test file that needs them. */
export const skipped = !existsSync(folder);
if (skipped) console.warn(`SKIPPED: no vendor specifications at ${folder}; set VENDOR_SPECS to check against them`);

/** For the name of a suite that cannot run without them. */
export const whenSkipped = skipped ? ' (SKIPPED: no vendor specifications; set VENDOR_SPECS)' : '';

/** Field names, with a `?` where they are optional, and their types. */
export type Model = Readonly<Record<string, string>>;

/** A call of the SDK. */
export interface Operation {
  readonly call: string;
  readonly method: string;
  readonly path: string;
  readonly body?: string;
  readonly responses: Readonly<Record<string, string>>;
}

interface SdkFacts {
  readonly operations: readonly Operation[];
  readonly models: Readonly<Record<string, Readonly<Record<string, Model>>>>;
}

interface PreferenceFacts {
  readonly routes: readonly { readonly m: string; readonly p: string }[];
  readonly shapes: Readonly<Record<string, unknown>>;
}

const read = (name: string): unknown => (skipped ? undefined : JSON.parse(readFileSync(join(folder, name), 'utf8')));

export const sdkFacts = (read('sdk-14.0.1-operations-and-models.json') ?? { operations: [], models: {} }) as SdkFacts;
export const preferenceFacts = (read('communication-preferences-v4.facts.json') ?? {
  routes: [],
  shapes: {},
}) as PreferenceFacts;

type Models = Readonly<Record<string, Model>>;

/** What of a value does not fit a type of the SDK's models; a null counts as absent. */
export function mismatches(models: Models, type: string, value: unknown, at = ''): readonly string[] {
  const plain = type
    .replace(/\s*\[SDK property:.*\]$/, '')
    .replace(/([}>])\(int\d+\)$/, '$1')
    .trim();
  const wrong = (is: boolean): readonly string[] => (is ? [] : [`${at}: ${JSON.stringify(value)} is no ${plain}`]);
  if (plain.endsWith(' | null')) return value === null ? [] : mismatches(models, plain.slice(0, -7), value, at);
  if (plain === 'any') return [];
  if (plain.startsWith('enum ')) return wrong(plain.slice(5).split('|').includes(String(value)));
  if (plain.startsWith('string')) return wrong(typeof value === 'string');
  if (plain === 'boolean') return wrong(typeof value === 'boolean');
  if (plain.startsWith('number')) return wrong(typeof value === 'number');
  if (plain.startsWith('Date(')) return wrong(typeof value === 'string' && !Number.isNaN(Date.parse(value)));
  const listed = /^Array<(.*)>$/.exec(plain)?.[1];
  if (listed !== undefined) {
    if (!Array.isArray(value)) return wrong(false);
    return value.flatMap((one, position) => mismatches(models, listed, one, `${at}[${position}]`));
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return wrong(false);
  const valued = /^\{ \[key: string\]: (.*); \}$/.exec(plain)?.[1];
  if (valued !== undefined) {
    return Object.entries(value).flatMap(([key, one]) => mismatches(models, valued, one, `${at}.${key}`));
  }
  const model = models[plain];
  return model === undefined ? [`${at}: there is no model ${plain}`] : fieldMismatches(models, model, value, at);
}

function fieldMismatches(models: Models, model: Model, value: object, at: string): readonly string[] {
  const given = value as Readonly<Record<string, unknown>>;
  const names = new Set(Object.keys(model).map((name) => name.replace('?', '')));
  const unknown = Object.keys(given).filter((name) => !names.has(name));
  const fields = Object.entries(model).flatMap(([name, type]) => {
    const plain = name.replace('?', '');
    if (given[plain] !== undefined && (given[plain] !== null || !name.endsWith('?'))) {
      return mismatches(models, type, given[plain], `${at}.${plain}`);
    }
    return name.endsWith('?') ? [] : [`${at}.${plain} is missing`];
  });
  return [...fields, ...unknown.map((name) => `${at}.${name} is not in the model`)];
}

/** The same for the shapes of the preferences' facts, which say `?` after the type of what is optional. */
export function shapeMismatches(shape: string, value: unknown, at = shape): readonly string[] {
  const fields = preferenceFacts.shapes[shape];
  if (typeof fields !== 'object' || fields === null) return [`there is no shape ${shape}`];
  const given = (value ?? {}) as Readonly<Record<string, unknown>>;
  const known = Object.entries(fields as Readonly<Record<string, unknown>>);
  const unknown = Object.keys(given).filter((name) => !known.some(([field]) => field === name));
  return [
    ...known.flatMap(([name, type]) => typeMismatches(type, given[name], `${at}.${name}`)),
    ...unknown.map((name) => `${at}.${name} is not in the shape`),
  ];
}

function typeMismatches(type: unknown, value: unknown, at: string): readonly string[] {
  if (Array.isArray(type)) {
    const absent = value === undefined && at.endsWith('setStatusSuccessReason'); // only answers of writes have it
    return absent || type.includes(value) ? [] : [`${at}: ${String(value)} is none of ${type.join(', ')}`];
  }
  const text = String(type);
  if (value === undefined || value === null) return text.endsWith('?') ? [] : [`${at} is missing`];
  switch (text.replace('?', '')) {
    case 'int':
      return Number.isInteger(value) ? [] : [`${at} is no int`];
    case 'bool':
      return typeof value === 'boolean' ? [] : [`${at} is no bool`];
    case 'array':
    case 'StandardError[]':
      return Array.isArray(value) ? [] : [`${at} is no array`];
    case 'date-time':
      return Number.isNaN(Date.parse(String(value))) ? [`${at} is no date-time`] : [];
    default:
      return typeof value === 'string' || Array.isArray(value) ? [] : [`${at} is no text`];
  }
}
