import { domainToASCII } from 'node:url';
import type { RecordRef } from '@heed/contract';

/** Our key for an e-mail address. Only this file makes one, so a raw spelling is never taken for a key. */
export type AddressKey = string & { readonly brand: 'AddressKey' };

/**
 * NFC, trimmed, lower case, domain to ASCII (IDNA); `+tag` and dots stay, since vendors treat them as different (Words).
 * Returns null for what cannot be an address: calls to a vendor always use the vendor's own spelling, never the key.
 */
export const addressKey = (spelling: string | null): AddressKey | null => {
  if (spelling === null) return null;
  const text = spelling.normalize('NFC').trim().toLowerCase();
  const at = text.lastIndexOf('@');
  if (at <= 0 || at === text.length - 1 || text.length > 320 || /[\s<>"(),;:\\[\]\p{Cc}\p{Cs}]/u.test(text))
    return null;
  const domain = asciiDomain(text.slice(at + 1));
  const local = text.slice(0, at);
  if (domain === '' || !domain.includes('.') || local.includes('@')) return null;
  return `${local}@${domain}` as AddressKey;
};

/** Labels of letters and digits are in their ASCII form already, and most are; the rest, and what looks like a number, Node knows. */
const PLAIN = /^(?!.*xn--)[a-z\d]+(?:-[a-z\d]+)*(?:\.[a-z\d]+(?:-[a-z\d]+)*)*\.[a-z]+$/;
const asciiDomain = (domain: string): string => (PLAIN.test(domain) ? domain : domainToASCII(domain));

/**
 * Stands in for the address of a CRM record that has none, or none that can be one: a fact about it is kept under the record,
 * so that its first address (C15) or its heir (C16) finds it. It has no `@`, so it never is an e-mail, and nobody shares it.
 */
export const recordAddress = (connection: string, record: RecordRef): AddressKey =>
  `${connection}:${record.type}/${record.id}` as AddressKey;

/** Whether a key is a record's own: no mail can be sent there, and no vendor can be asked for it. */
export const isRecordAddress = (address: AddressKey): boolean => !address.includes('@');

/** The name under which an erased person's opt-outs are kept (C25), made of a keyed hash. No address and no record's own key has this form. */
export const erasedName = (hash: string): AddressKey => `erased-${hash}` as AddressKey;
export const isErased = (address: AddressKey): boolean => /^erased-[0-9a-f]{64}$/.test(address);
