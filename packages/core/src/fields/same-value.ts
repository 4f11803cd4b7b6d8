import type { FieldValue, PostalAddress } from '@heed/contract';

const isList = (value: FieldValue): value is readonly string[] => Array.isArray(value);

const isAddress = (value: FieldValue): value is PostalAddress =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The parts of an address that say something, in a fixed order. */
const partsOf = (address: PostalAddress): readonly (readonly [string, string])[] =>
  Object.entries(address)
    .filter(([, part]) => part !== undefined && part !== '')
    .sort(([a], [b]) => (a < b ? -1 : 1));

/** Null, an empty text, an empty list, an address without parts. A space is not empty, nor are `0` and `false`. */
export const isEmpty = (value: FieldValue | undefined): boolean => {
  if (value === null || value === undefined || value === '') return true;
  if (isList(value)) return value.length === 0;
  return isAddress(value) && partsOf(value).length === 0;
};

/** Equal as people see it: case and spaces count, the order of a list and the ways to be empty do not. */
export const sameValue = (a: FieldValue, b: FieldValue): boolean => {
  if (isEmpty(a) || isEmpty(b)) return isEmpty(a) && isEmpty(b);
  if (isList(a) && isList(b)) {
    const [these, those] = [new Set(a), new Set(b)];
    return these.size === those.size && [...these].every((one) => those.has(one));
  }
  if (isAddress(a) && isAddress(b)) return JSON.stringify(partsOf(a)) === JSON.stringify(partsOf(b));
  return a === b;
};
