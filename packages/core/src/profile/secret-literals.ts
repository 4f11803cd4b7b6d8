import type { ProfileError } from './place.ts';
import { looksLikeSecret } from './secret-like.ts';
import type { KeyPath, Places } from './yaml-text.ts';

/** Finds literals, and keys, that look like tokens. They are named by place and never shown. */
export const secretLiterals = (value: unknown, places: Places, path: KeyPath = []): readonly ProfileError[] => {
  const refuse = (inner: KeyPath, isKey = false): ProfileError =>
    places.errorAt(
      isKey ? places.ofKey(inner) : places.ofValue(inner),
      inner,
      'this looks like a secret, and secrets never stand in a profiles folder',
      'Write { env: NAME } or { file: PATH } in its place, and revoke the secret if others can read this file',
    );
  if (typeof value === 'string') return looksLikeSecret(value) ? [refuse(path)] : [];
  if (typeof value !== 'object' || value === null) {
    // A token of digits only is a number to YAML; its source still has the digits.
    const source = places.sourceOf(path);
    return source !== undefined && looksLikeSecret(source) ? [refuse(path)] : [];
  }
  if (Array.isArray(value)) return value.flatMap((item, index) => secretLiterals(item, places, [...path, index]));
  return Object.entries(value).flatMap(([key, inner]) => [
    ...(looksLikeSecret(key) ? [refuse([...path, key], true)] : []),
    ...secretLiterals(inner, places, [...path, key]),
  ]);
};
