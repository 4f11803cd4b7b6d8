import type { NewMemberAs, Values } from '@heed/contract';
import type { NotSyncedReason } from '../state/report.ts';
import type { ConsentSettings } from './settings.ts';

/** What decides whether, and as what, an address may become a member (C19). Only asked when table C0 allows a create. */
export interface Newcomer {
  readonly settings: ConsentSettings;
  /** The profile creates members at all. */
  readonly creates: boolean;
  readonly can: readonly NewMemberAs[];
  /** Live records of the address, all types that the profile knows; `inScope`: its fields sync. */
  readonly records: readonly { readonly values: Values; readonly inScope: boolean }[];
  /** A `*` opt-out of the address stands in some connection of the customer (C26). */
  readonly optedOutElsewhere: boolean;
  /** A barrier field (C4) of some record shows opted out. */
  readonly barred: boolean;
  /** Some opt-out of the address is in the ledger, standing or not (C11). */
  readonly everOptedOut: boolean;
  /** A create of this member was intended before, whatever became of it (C19). */
  readonly createdBefore: boolean;
  /** An invitation of the address was intended before, in any audience of the customer (C11). */
  readonly invitedBefore: boolean;
}

export type NewcomerVerdict = { readonly as: NewMemberAs } | { readonly no: NotSyncedReason; readonly rule: string };

/** New members need a reason (C19), and nobody who opted out anywhere becomes one (C26). Pure. */
export const admit = (one: Newcomer): NewcomerVerdict => {
  if (!one.creates) return { no: 'creates-off', rule: 'C19' };
  if (one.barred) return { no: 'opted-out-in-crm', rule: 'C4' };
  if (one.optedOutElsewhere) return { no: 'opted-out-elsewhere', rule: 'C26' };
  if (one.createdBefore)
    return { no: one.settings.newMembers === 'double-opt-in' ? 'invited-before' : 'vanished', rule: 'C19' };
  const { newMembers, optInField } = one.settings;
  if (newMembers === 'non-subscribed') {
    return one.can.includes('non-subscribed') ? { as: 'non-subscribed' } : { no: 'no-permission', rule: 'C19' };
  }
  if (optInField !== null) {
    const yes = one.records.some((record) => record.inScope && record.values[optInField] === true);
    const no = one.records.some((record) => record.values[optInField] === false);
    if (!yes || no) return { no: 'no-opt-in', rule: 'C19' };
  }
  if (newMembers === 'subscribe') return { as: 'subscribed' };
  // A confirmation mail is a send: once a person, in whichever audience; never to an address with any opt-out in the ledger,
  // standing or not (C11).
  if (one.invitedBefore) return { no: 'invited-before', rule: 'C11' };
  return one.everOptedOut ? { no: 'opted-out', rule: 'C11' } : { as: 'pending' };
};
