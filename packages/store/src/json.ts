/**
 * JSON with sorted keys and nothing left out: the same value is always the same text, so texts can be compared and
 * committed to. Throws on what JSON would silently change (undefined, NaN, Date, bigint).
 */
export const canonicalJson = (value: unknown): string => {
  if (typeof value !== 'object' || value === null) return JSON.stringify(storable(value));
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  const object = plain(value);
  let text = '';
  for (const key of Object.keys(object).sort()) {
    text += `${text === '' ? '' : ','}${JSON.stringify(key)}:${canonicalJson(object[key])}`;
  }
  return `{${text}}`;
};

/** JSON in the order of its keys, many times cheaper; throws like `canonicalJson`. */
export const plainJson = (value: unknown): string => {
  requireStorable(value);
  return JSON.stringify(value);
};

/** The same of an object, leaving out what is undefined in it; not what is undefined deeper in it, which throws. */
export const saidJson = (object: Readonly<Record<string, unknown>>): string => {
  for (const key in object) if (object[key] !== undefined) requireStorable(object[key]);
  return JSON.stringify(object);
};

const requireStorable = (value: unknown): void => {
  if (typeof value !== 'object' || value === null) storable(value);
  else if (Array.isArray(value)) value.forEach(requireStorable);
  else {
    const object = plain(value);
    for (const key in object) requireStorable(object[key]);
  }
};

const storable = (value: unknown): unknown => {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  throw new TypeError(`a ${typeof value === 'number' ? String(value) : typeof value} cannot be stored`);
};

const plain = (value: object): Readonly<Record<string, unknown>> => {
  if (value instanceof Date) throw new TypeError('a Date cannot be stored: times as milliseconds');
  return value as Readonly<Record<string, unknown>>;
};

/** For `IN (SELECT value FROM json_each(?))`: one bound text instead of a statement per list length. */
export const jsonList = (values: Iterable<string | number>): string => JSON.stringify([...values]);

/** Reads back what this store wrote; the caller names the type it wrote. */
export const parsed = <T>(text: string): T => JSON.parse(text) as T;
