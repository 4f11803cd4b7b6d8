import { domainToUnicode } from 'node:url';
import { type AddressKey, addressKey, isRecordAddress } from '../identity/address.ts';
import type { Shadow } from '../state/shadow.ts';

/** Vendors compare letters: a domain kept in its own script is not found by its ASCII form. */
const inUnicode = (address: AddressKey): string => {
  const at = address.lastIndexOf('@');
  return `${address.slice(0, at)}@${domainToUnicode(address.slice(at + 1))}`;
};

/** Under which spellings a vendor may know these addresses. */
export const spellingsOf = (shadows: readonly Shadow[], addresses: readonly AddressKey[]): readonly string[] => {
  const wanted = new Set<string>(addresses);
  const seen = shadows.flatMap((shadow) =>
    shadow.email !== null && wanted.has(addressKey(shadow.email) ?? '') ? [shadow.email] : [],
  );
  const usable = addresses.filter((address) => !isRecordAddress(address));
  return [...new Set<string>([...usable, ...usable.map(inUnicode), ...seen])];
};
