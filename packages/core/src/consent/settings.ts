import type { OptOutField } from '@heed/contract';
import type { ConsentField } from './opt-out-field.ts';

/** The part of a profile that consent is decided by. */
export interface ConsentSettings {
  /** C3. */
  readonly crmToMarketing: boolean;
  /** C5. */
  readonly scope: 'everyone' | 'lists';
  /** C3, C20: an address that is no member is opted out all the same, where the tool can do that without a paid contact. */
  readonly optOutUnknown: boolean;
  /** C7. */
  readonly clearWhenConfirmed: boolean;
  /** C19. */
  readonly newMembers: 'subscribe' | 'double-opt-in' | 'non-subscribed';
  /** C19: the field that must be true to be subscribed, for `consent.basis: consent`. */
  readonly optInField: string | null;
  /** C4: the consent fields of each record type that mean opted out and, but for wider ones (C27), are written. */
  readonly optOutFields: Readonly<Record<string, readonly ConsentField[]>>;
  /** C4: standard fields that are only a barrier to creating, since a custom field replaced them. */
  readonly barrierFields: Readonly<Record<string, readonly OptOutField[]>>;
  /** Scope `lists`, or lists that select whose fields sync: ids; empty if the profile names none. */
  readonly lists: readonly string[];
}
