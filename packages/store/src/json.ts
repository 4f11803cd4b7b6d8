/**
 * JSON with sorted keys and nothing left out: the same value is always the same text, so texts can be compared and
 * committed to. Throws on what JSON would silently change (undefined, NaN, Date, bigint).
 */
export const canonicalJson = (value: unknown): string => {
  if (value === null) return 'null';
  if (typeof value === 'string' || typeof value === 'boolean') return JSON.stringify(value);
  if (typeof value === 'number' && Number.isFinite(value)) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (typeof value === 'object' && !(value instanceof Date)) {
    const object = value as Readonly<Record<string, unknown>>;
    const members = Object.keys(object)
      .sort()
      .map((key) => `${JSON.stringify(key)}:${canonicalJson(object[key])}`);
    return `{${members.join(',')}}`;
  }
  throw new TypeError(`a ${value instanceof Date ? 'Date' : typeof value} cannot be stored`);
};

/** For `IN (SELECT value FROM json_each(?))`: one bound text instead of a statement per list length. */
export const jsonList = (values: Iterable<string | number>): string => JSON.stringify([...values]);

/** Reads back what this store wrote; the caller names the type it wrote. */
export const parsed = <T>(text: string): T => JSON.parse(text) as T;
