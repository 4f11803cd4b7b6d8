import type { PostalAddress } from '@heed/contract';
import { entryOf } from '@heed/toolkit';

/**
 * Compound address fields: read-only in the API, written through their parts, so they are read through them as well.
 * The value is what the names of the parts begin with.
 */
const COMPOUNDS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  Contact: { MailingAddress: 'Mailing', OtherAddress: 'Other' },
  Lead: { Address: '' },
};

interface AddressParts {
  readonly street: string;
  readonly city: string;
  readonly state: string;
  readonly postalCode: string;
  readonly country: string;
}

/** The fields that make up a compound address; null if `field` is none. */
export const addressParts = (type: string, field: string): AddressParts | null => {
  const prefix = entryOf(COMPOUNDS[type] ?? {}, field);
  if (prefix === undefined) return null;
  return {
    street: `${prefix}Street`,
    city: `${prefix}City`,
    state: `${prefix}State`,
    postalCode: `${prefix}PostalCode`,
    country: `${prefix}Country`,
  };
};

/** The names of a type's compound addresses. */
export const addressFields = (type: string): readonly string[] => Object.keys(COMPOUNDS[type] ?? {});

/** The street is one field of several lines: the first is `line1`, the others `line2`. Null if everything is empty. */
export const addressFromWire = (
  parts: AddressParts,
  record: Readonly<Record<string, unknown>>,
): PostalAddress | null => {
  const part = (name: string): string => {
    const value = record[name];
    return typeof value === 'string' ? value : '';
  };
  const [line1 = '', ...rest] = part(parts.street).split(/\r\n|\r|\n/);
  const address = {
    line1,
    line2: rest.join('\n'),
    city: part(parts.city),
    state: part(parts.state),
    postalCode: part(parts.postalCode),
    country: part(parts.country),
  };
  const filled = Object.entries(address).filter(([, value]) => value !== '');
  return filled.length === 0 ? null : Object.fromEntries(filled);
};

/** All parts, always: a part that the address lacks is emptied, so that two addresses are never mixed. */
export const addressToWire = (
  parts: AddressParts,
  address: PostalAddress | null,
): Readonly<Record<string, string | null>> => {
  const street = [address?.line1, address?.line2].filter((line) => line !== undefined && line !== '').join('\n');
  return {
    [parts.street]: street || null,
    [parts.city]: address?.city || null,
    [parts.state]: address?.state || null,
    [parts.postalCode]: address?.postalCode || null,
    [parts.country]: address?.country || null,
  };
};
