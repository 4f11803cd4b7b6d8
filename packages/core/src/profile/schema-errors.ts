import type { z } from 'zod';
import { didYouMean } from './did-you-mean.ts';
import type { ProfileError } from './place.ts';
import { quoted } from './secret-like.ts';
import { dotted, type KeyPath, type Places } from './yaml-text.ts';

type Issue = z.core.$ZodIssue;

/** What is known about keys that a schema does not have: a better answer than "unknown". */
export type KeyAdvice = (path: KeyPath, key: string) => readonly [what: string, fix: string] | null;

interface Context {
  readonly schema: z.core.$ZodType;
  readonly value: unknown;
  readonly places: Places;
  /** Where `value` stands in the file. */
  readonly from: KeyPath;
  readonly advice: KeyAdvice;
  /** Connections: values are never quoted, since one may be a secret in the wrong place. */
  readonly hideValues?: boolean;
  /** What a key is, where the schema's own type does not say it. */
  readonly kindAt?: (path: KeyPath) => string | undefined;
}

const at = (value: unknown, path: KeyPath): unknown =>
  path.reduce<unknown>(
    (inner, key) =>
      typeof inner === 'object' && inner !== null && Object.hasOwn(inner, key)
        ? (inner as Record<string | number, unknown>)[key]
        : undefined,
    value,
  );

const KINDS: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  object: 'a map of keys',
  record: 'a map of keys',
  array: 'a list',
};

const kindOf = (value: unknown): string => {
  if (value === null) return 'empty';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'a map of keys';
  if (typeof value === 'number') return Number.isInteger(value) ? 'a number' : 'a fraction';
  return typeof value === 'string' ? 'text' : 'true or false';
};

/** The keys that a schema knows at a path, over all branches of unions. */
export const keysAt = (schema: z.core.$ZodType, path: KeyPath): readonly string[] => {
  const def = (schema as z.core.$ZodTypes)._zod.def;
  switch (def.type) {
    case 'optional':
    case 'nullable':
    case 'default':
    case 'prefault':
    case 'readonly':
    case 'catch':
      return keysAt(def.innerType, path);
    case 'pipe':
      return keysAt(def.in, path);
    case 'union':
      return [...new Set(def.options.flatMap((option) => keysAt(option, path)))];
    case 'array':
      return path.length === 0 ? [] : keysAt(def.element, path.slice(1));
    case 'object': {
      const [key, ...rest] = path;
      if (key === undefined) return Object.keys(def.shape);
      const inner = def.shape[key];
      return inner === undefined ? [] : keysAt(inner, rest);
    }
    default:
      return [];
  }
};

const show = (value: unknown, context: Context): string => {
  if (typeof value === 'object') return kindOf(value);
  if (context.hideValues === true) return 'what stands here';
  return typeof value === 'string' ? quoted(value) : String(value);
};

const oneOf = (values: readonly unknown[]): string => {
  const words = values.map(String);
  const last = words.at(-1) ?? '';
  return words.length < 2 ? last : `${words.slice(0, -1).join(', ')} or ${last}`;
};

const wrongType = (path: KeyPath, expected: string, context: Context): ProfileError => {
  const full = [...context.from, ...path];
  const value = at(context.value, path);
  const name = dotted(full);
  const kind = context.kindAt?.(path) ?? KINDS[expected] ?? expected;
  if (value === undefined) {
    const key = path.at(-1);
    const parent = dotted(full.slice(0, -1));
    const where = parent === '' ? '' : ` in ${parent}`;
    return context.places.keyError(full, `the key "${key}" is missing${where}`, `It is ${kind}`);
  }
  if (value === null) return context.places.error(full, `${name} is empty`, `It must be ${kind}`);
  const source = context.places.sourceOf(full);
  const shown = context.hideValues === true || source === undefined ? '' : `: ${quoted(source)}`;
  const unquoted = expected === 'boolean' && typeof value === 'string' ? 'Write true or false, without quotes' : '';
  const fix = expected === 'string' && source !== undefined ? `Put it in quotes${shown}` : unquoted;
  const place = name === '' ? 'the file' : name;
  return context.places.error(full, `${place} must be ${kind}, and this is ${kindOf(value)}`, fix);
};

const wrongValue = (path: KeyPath, values: readonly unknown[], context: Context): ProfileError => {
  const full = [...context.from, ...path];
  const value = at(context.value, path);
  const key = path.at(-1);
  if (value === undefined || value === null) {
    const parent = dotted(full.slice(0, -1));
    const where = parent === '' ? '' : ` in ${parent}`;
    const what = value === null ? `${dotted(full)} is empty` : `the key "${key}" is missing${where}`;
    return context.places.keyError(full, what, `It is ${oneOf(values)}`);
  }
  const words = values.filter((word) => typeof word === 'string');
  const meant = typeof value === 'string' ? didYouMean(value, words) : undefined;
  const unquoted = typeof value === 'string' && values.some((one) => typeof one !== 'string' && String(one) === value);
  const fix = unquoted ? 'Remove the quotes' : '';
  return context.places.error(
    full,
    `${dotted(full)} must be ${oneOf(values)}, not ${show(value, context)}`,
    fix,
    meant,
  );
};

const unknownKey = (path: KeyPath, key: string, context: Context): ProfileError => {
  const full = [...context.from, ...path];
  const known = context.advice(full, key);
  if (known !== null) return context.places.keyError([...full, key], known[0], known[1]);
  const name = dotted(full);
  const meant = didYouMean(key, keysAt(context.schema, path));
  const keys = keysAt(context.schema, path);
  const fix = meant === undefined && keys.length > 0 ? `The keys here are ${keys.join(', ')}` : '';
  const where = name === '' ? '' : ` in ${name}`;
  return context.places.keyError([...full, key], `unknown key ${quoted(key)}${where}`, fix, meant);
};

/** Of a union's branches, the one that the value was probably meant for: it went furthest. */
const nearestBranch = (branches: readonly (readonly Issue[])[]): readonly Issue[] | undefined => {
  const fits = (issues: readonly Issue[]): boolean =>
    !issues.some(
      (issue) => issue.path.length === 0 && (issue.code === 'invalid_type' || issue.code === 'invalid_value'),
    );
  return branches.find(fits);
};

/** What a union accepts, from its branches: `true or false, set or a list`. */
const acceptedBy = (branches: readonly (readonly Issue[])[]): string =>
  oneOf(
    branches.flatMap((issues) => {
      const first = issues[0];
      if (first?.code === 'invalid_type') return [KINDS[first.expected] ?? first.expected];
      if (first?.code === 'invalid_value') return first.values.map(String);
      if (first?.code === 'invalid_union') return [acceptedBy(first.errors)];
      return [];
    }),
  );

const wordsOf = (branches: readonly (readonly Issue[])[]): readonly string[] =>
  branches.flat().flatMap((issue) => (issue.code === 'invalid_value' ? issue.values.map(String) : []));

const unionErrors = (path: KeyPath, issue: z.core.$ZodIssueInvalidUnion, context: Context): readonly ProfileError[] => {
  if (issue.discriminator !== undefined && 'options' in issue && Array.isArray(issue.options))
    return [wrongValue(path, issue.options, context)];
  const branch = nearestBranch(issue.errors);
  const value = at(context.value, path);
  if (branch !== undefined && value !== undefined)
    return withoutEchoes(branch).flatMap((inner) =>
      errorsOf({ ...inner, path: [...path, ...inner.path] } as Issue, context),
    );
  const full = [...context.from, ...path];
  const accepted = acceptedBy(issue.errors);
  if (value === undefined || value === null) return [wrongType(path, accepted, context)];
  const meant = typeof value === 'string' ? didYouMean(value, wordsOf(issue.errors)) : undefined;
  const shown = show(value, context);
  return [context.places.error(full, `${dotted(full)} must be ${accepted}, not ${shown}`, '', meant)];
};

const errorsOf = (issue: Issue, context: Context): readonly ProfileError[] => {
  const path = issue.path.filter((key) => typeof key !== 'symbol');
  const full = [...context.from, ...path];
  const name = dotted(full);
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) => unknownKey(path, key, context));
    case 'invalid_type':
      return [wrongType(path, issue.expected, context)];
    case 'invalid_value':
      return [wrongValue(path, issue.values, context)];
    case 'invalid_union':
      return unionErrors(path, issue, context);
    case 'too_small':
      if (issue.origin === 'string' || issue.origin === 'array')
        return [context.places.error(full, `${name} is empty`, 'Fill it in, or remove the key')];
      return [context.places.error(full, `${name} must be at least ${issue.minimum}`, '')];
    case 'too_big':
      if (issue.origin === 'string')
        return [context.places.error(full, `${name} is longer than ${issue.maximum} characters`, '')];
      return [context.places.error(full, `${name} must be at most ${issue.maximum}`, '')];
    case 'invalid_key':
      return issue.issues.some(({ code }) => code === 'too_small')
        ? [context.places.keyError(full, `${name} has an empty key`, 'Name it')]
        : [context.places.keyError(full, issue.issues[0]?.message ?? `${name} is no name`, 'Rename it')];
    default:
      return [context.places.error(full, `${name}: ${issue.message}`, '')];
  }
};

const samePath = (a: Issue, b: Issue): boolean => a.path.map(String).join('\0') === b.path.map(String).join('\0');

/** A rule about a whole map has nothing to add where one of its keys is misspelt. */
const withoutEchoes = (issues: readonly Issue[]): readonly Issue[] =>
  issues.filter(
    (issue) =>
      issue.code !== 'custom' || !issues.some((one) => one.code === 'unrecognized_keys' && samePath(one, issue)),
  );

/** Zod's issues in our words, with their places. */
export const schemaErrors = (error: { readonly issues: readonly Issue[] }, context: Context): readonly ProfileError[] =>
  withoutEchoes(error.issues).flatMap((issue) => errorsOf(issue, context));
