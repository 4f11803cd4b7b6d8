import { createHash } from 'node:crypto';

type Kept = Readonly<Record<string, string>>;

/** A short name for a secret or an address, which tells nothing about it. */
export const digestOf = (text: string): string => createHash('sha256').update(text).digest('base64url').slice(0, 22);

/** What the vault shall keep beside a rotated token: from which configured one it came. */
export const keptWith = (configured: string, kept: Kept): Kept => ({ ...kept, from: digestOf(configured) });

/** What the vault kept of this configured token; null if the operator signed in again and configured another since. */
export const keptOf = (configured: string, kept: Kept | null): Kept | null =>
  kept?.from === digestOf(configured) ? kept : null;
