import { ConnectorError } from '@heed/contract';

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
  readonly id: number;
  readonly email_id: string;
  readonly email_address: string;
  readonly date?: string;
}

export interface WireActivity {
  readonly activity_type?: string;
  readonly created_at_timestamp?: string;
}

export interface WireNamed {
  readonly id: string | number;
  readonly name: string;
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

/** Reads a collection; `protocol` if the answer has no such array. Items that `keep` refuses are dropped. */
export const collectionOf = <T>(
  call: string,
  body: unknown,
  name: string,
  keep: (item: unknown) => item is T,
): Collection<T> => {
  const { [name]: items, total_items: total } = recordOf(body);
  if (!Array.isArray(items)) throw new ConnectorError('protocol', `${call}: Mailchimp's answer has no ${name}`);
  const kept = items.filter(keep);
  return { items: kept, total: typeof total === 'number' ? total : items.length };
};

export const recordOf = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Readonly<Record<string, unknown>>)
    : {};

/** False for a contact without an address (SMS only), which has no hash. */
export const isMember = (item: unknown): item is WireMember => {
  const { id, email_address: email, status } = recordOf(item);
  return isFilled(id) && isFilled(email) && isFilled(status);
};

export const isMergeField = (item: unknown): item is WireMergeField => {
  const { tag, name, type } = recordOf(item);
  return isFilled(tag) && typeof name === 'string' && isFilled(type);
};

export const isAbuseReport = (item: unknown): item is WireAbuseReport => {
  const { id, email_id: hash, email_address: email } = recordOf(item);
  return typeof id === 'number' && isFilled(hash) && isFilled(email);
};

export const isNamed = (item: unknown): item is WireNamed => {
  const { id, name } = recordOf(item);
  return (isFilled(id) || typeof id === 'number') && typeof name === 'string';
};

/** One member; `protocol` if the answer is none. A write that was answered with something else may have been applied. */
export const memberOf = (call: string, body: unknown, mayHaveApplied: boolean): WireMember => {
  if (!isMember(body))
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
export const timeOf = (text: unknown): number | null => {
  const at = typeof text === 'string' ? Date.parse(text) : Number.NaN;
  return Number.isNaN(at) ? null : at;
};

/** As Mailchimp writes dates, which have whole seconds: rounded down. */
export const dateText = (at: number): string => `${new Date(at).toISOString().slice(0, 19)}+00:00`;

const isFilled = (value: unknown): value is string => typeof value === 'string' && value !== '';
const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');
