import type { NewMemberAs } from '@heed/contract';
import type { MergeValue } from './wire.ts';

// Every request body that concerns a member is made here, and nowhere else: what can say something about consent is
// visible at a glance. `status` changes an existing member; `status_if_new` speaks only about one that does not exist yet.

/** Can name no status: that key is not of this type. (C9) */
interface SilentAboutConsent {
  readonly status?: never;
  readonly status_if_new?: never;
  readonly interests?: never;
  readonly marketing_permissions?: never;
}

export interface FieldsBody extends SilentAboutConsent {
  readonly merge_fields: Readonly<Record<string, MergeValue>>;
}

export interface RenameBody extends SilentAboutConsent {
  readonly email_address: string;
}

export interface NewMemberBody {
  readonly email_address: string;
  readonly status_if_new: NewStatus;
  readonly merge_fields: Readonly<Record<string, MergeValue>>;
  readonly status?: never;
}

/** This and the batch of opt-outs are the bodies that change the status of a member that exists, and know one status. */
export interface OptOutBody {
  readonly status: 'unsubscribed';
}

/** Unticks interests and says nothing about the status; none of it ever ticks one (C6, C17). */
export interface LeaveInterestBody {
  readonly interests: Readonly<Record<string, false>>;
  readonly status?: never;
  readonly status_if_new?: never;
}

export interface BatchItem {
  readonly email_address: string;
  readonly status: NewStatus;
  readonly merge_fields: Readonly<Record<string, MergeValue>>;
}

/** `update_existing` overwrites the status of members that exist, so here every item says the same: unsubscribed. */
export interface OptOutBatchBody {
  readonly members: readonly (OptOutBody & { readonly email_address: string })[];
  readonly update_existing: true;
}

/** `update_existing` true would overwrite the status of members that exist. */
export interface BatchBody {
  readonly members: readonly BatchItem[];
  readonly update_existing: false;
}

type NewStatus = 'subscribed' | 'pending' | 'transactional' | 'unsubscribed';

/** Mailchimp calls a non-subscribed member `transactional`; POST and PUT can create one, PATCH cannot make one (spec). */
export const newStatus = (as: NewMemberAs): NewStatus => (as === 'non-subscribed' ? 'transactional' : as);

export const fieldsBody = (merge_fields: Readonly<Record<string, MergeValue>>): FieldsBody => ({ merge_fields });

export const renameBody = (to: string): RenameBody => ({ email_address: to });

export const newMemberBody = (
  email: string,
  as: NewMemberAs,
  merge_fields: Readonly<Record<string, MergeValue>>,
): NewMemberBody => ({
  email_address: email,
  status_if_new: newStatus(as),
  merge_fields,
});

export const optOutBody = (): OptOutBody => ({ status: 'unsubscribed' });

export const batchItem = (
  email: string,
  as: NewMemberAs,
  merge_fields: Readonly<Record<string, MergeValue>>,
): BatchItem => ({
  email_address: email,
  status: newStatus(as),
  merge_fields,
});

export const batchBody = (members: readonly BatchItem[]): BatchBody => ({ members, update_existing: false });

export const leaveInterestBody = (interest: string): LeaveInterestBody => ({ interests: { [interest]: false } });

export const optOutBatchBody = (emails: readonly string[]): OptOutBatchBody => ({
  members: emails.map((email_address) => ({ email_address, ...optOutBody() })),
  update_existing: true,
});
