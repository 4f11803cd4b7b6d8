import { ConnectorError } from '@heed/contract';
import { momentIn, recordOf } from '@heed/toolkit';
import { hashOf } from './address-hash.ts';

/** What we read of Mailchimp's answers. Shapes: the vendor's published specification, contract 3.0.55. */
export type MergeValue = string | number | Readonly<Record<string, string>>;

export interface WireMember {
  /** MD5 of the lower-cased address. */
  readonly id: string;
  readonly email_address: string;
  readonly status: string;
  readonly unsubscribe_reason?: string;
  readonly last_changed?: string;
  readonly interests?: Readonly<Record<string, boolean>>;
  readonly merge_fields?: Readonly<Record<string, unknown>>;
  /** At most 50 of them. */
  readonly tags?: readonly { readonly name?: string }[];
}

export interface WireMergeField {
  readonly tag: string;
  readonly name: string;
  readonly type: string;
  readonly options?: { readonly choices?: readonly string[] };
}

export interface WireAbuseReport {
  /** For their order only. */
  readonly id: number;
  readonly email_id: string;
  readonly email_address: string | null;
  readonly date?: unknown;
}

export interface WireActivity {
  readonly activity_type?: unknown;
  readonly created_at_timestamp?: unknown;
}

export interface WireNamed {
  readonly id: string | number;
  readonly name: string;
  /** Of audiences. */
  readonly stats?: unknown;
}

export interface WireBatchAnswer {
  readonly new_members: readonly WireMember[];
  readonly updated_members: readonly WireMember[];
  readonly errors: readonly WireBatchError[];
}

export interface WireBatchError {
  readonly email_address: string;
  readonly error: string;
  readonly error_code: string;
  readonly field: string | null;
}

/** The rows of a collection and how many there are in all, regardless of paging. */
export interface Collection<T> {
  readonly items: readonly T[];
  readonly total: number;
}

/**
 * Reads a page of a collection; `protocol` if the answer has no such array, or does not say how many there are in all: a page
 * that is taken for the whole hides the rest.
 */
export const collectionOf = (call: string, body: unknown, name: string): Collection<unknown> => {
  const { total_items: total } = recordOf(body);
  const items = itemsOf(call, body, name);
  if (typeof total !== 'number' || !Number.isInteger(total) || total < 0)
    throw new ConnectorError('protocol', `${call}: Mailchimp's answer does not say how many ${name} there are`);
  return { items, total };
};

/** The array of that name; `protocol` if the answer has none. */
export const itemsOf = (call: string, body: unknown, name: string): readonly unknown[] => {
  const { [name]: items } = recordOf(body);
  if (!Array.isArray(items)) throw new ConnectorError('protocol', `${call}: Mailchimp's answer has no ${name}`);
  return items;
};

/** False for a contact without an address (SMS only), which has no hash. */
export const isMember = (item: unknown): item is WireMember => {
  const { id, email_address: email, status } = recordOf(item);
  return isFilled(id) && isFilled(email) && isFilled(status);
};

/**
 * A member of a list, also one whose status nobody can read: it is unknown, and must not look absent (C12a). Null for a contact
 * without an address.
 */
export const memberIn = (item: unknown): WireMember | null => {
  if (isMember(item)) return item;
  const given = recordOf(item);
  const { id, email_address: email, status } = given;
  if (!isFilled(email)) return null;
  return { ...given, id: isFilled(id) ? id : hashOf(email), email_address: email, status: textOf(status) };
};

export const isMergeField = (item: unknown): item is WireMergeField => {
  const { tag, name, type } = recordOf(item);
  return isFilled(tag) && typeof name === 'string' && isFilled(type);
};

/** A report counts as soon as it tells who complained; null if it names nobody. */
export const abuseReportIn = (item: unknown): WireAbuseReport | null => {
  const { id, email_id: hash, email_address: email, date } = recordOf(item);
  const address = isFilled(email) ? email : null;
  const member = isFilled(hash) ? hash : address === null ? null : hashOf(address);
  return member === null
    ? null
    : { id: typeof id === 'number' ? id : 0, email_id: member, email_address: address, date };
};

export const isNamed = (item: unknown): item is WireNamed => {
  const { id, name } = recordOf(item);
  return (isFilled(id) || typeof id === 'number') && typeof name === 'string';
};

/**
 * One member; `protocol` if the answer is none, or another one than `hash` (null: whichever). A write that was answered with
 * something else may have been applied.
 */
export const memberOf = (call: string, body: unknown, hash: string | null, mayHaveApplied: boolean): WireMember => {
  if (!isMember(body) || (hash !== null && body.id !== hash))
    throw new ConnectorError('protocol', `${call}: Mailchimp's answer is no member`, { mayHaveApplied });
  return body;
};

export const batchAnswerOf = (call: string, body: unknown): WireBatchAnswer => {
  const { new_members: created, updated_members: updated, errors } = recordOf(body);
  if (!Array.isArray(created) || !Array.isArray(updated) || !Array.isArray(errors)) {
    throw new ConnectorError('protocol', `${call}: Mailchimp's answer is no batch result`, { mayHaveApplied: true });
  }
  return {
    new_members: created.filter(isMember),
    updated_members: updated.filter(isMember),
    errors: errors.map((one) => {
      const { email_address: email, error, error_code: code, field } = recordOf(one);
      return {
        email_address: textOf(email),
        error: textOf(error),
        error_code: textOf(code),
        field: isFilled(field) ? field : null,
      };
    }),
  };
};

/** Milliseconds of `2021-11-02T20:39:47+00:00`; null for an empty or odd date. */
export const timeOf = momentIn;

/** As Mailchimp writes dates, which have whole seconds: rounded down. */
export const dateText = (at: number): string => `${new Date(at).toISOString().slice(0, 19)}+00:00`;

const isFilled = (value: unknown): value is string => typeof value === 'string' && value !== '';
const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');
