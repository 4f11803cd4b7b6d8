import type { Switches } from '@heed/sandbox';
import { invalidResource } from './problem.ts';

/** The address of a request; throws when it is none. Surrounding blanks are the caller's fault, as with the vendor. */
export function checkAddress(value: unknown): string {
  const email = typeof value === 'string' ? value : '';
  if (!/^[^\s@]+@[^\s@.]+(\.[^\s@.]+)+$/.test(email)) throw invalidResource('Please provide a valid email address.');
  return email;
}

/** Refuses addresses that the vendor does not want; which those are is not documented, so switches name a mark. */
export function checkReputation(email: string, switches: Switches): void {
  const local = email.slice(0, email.indexOf('@')).toLowerCase();
  if (has(local, switches.get('fakeAddressPart'))) {
    throw invalidResource(`${email} looks fake or invalid, please enter a real email address.`);
  }
  if (has(local, switches.get('signupFloodPart'))) {
    throw invalidResource(
      `${email} has signed up to a lot of lists very recently; we're not allowing more signups for now`,
    );
  }
}

function has(local: string, part: unknown): boolean {
  return typeof part === 'string' && part !== '' && local.includes(part);
}
