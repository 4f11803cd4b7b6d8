export type VendorName = 'salesforce' | 'mailchimp' | 'hubspot' | 'netsuite';

/** What the driver asks of a process with a stand-in, and what it answers; over the channel between parent and child. */
export interface Opening {
  readonly vendor: VendorName;
  readonly role: 'crm' | 'marketing';
  /** As CRM it is filled with so many. */
  readonly contacts: number;
  readonly seed: number;
  readonly readMs: number;
  readonly writeMs: number;
}

/** As `heed sandbox` announces it. */
export interface Announced {
  readonly name: VendorName;
  /** As it stands in connections.yaml. */
  readonly connection: Readonly<Record<string, unknown>>;
  readonly url: string;
  readonly env: Readonly<Record<string, string>>;
  readonly accessToken: string;
  /** Of a marketing system; null elsewhere. */
  readonly audience: string | null;
}

/** What arrived since the last `mark`. */
export interface Traffic {
  /** How often each kind of call came in: `GET /queryAll Contact (changes)`. */
  readonly calls: Readonly<Record<string, number>>;
  /** When the first call of each kind came in, in milliseconds after the mark. */
  readonly firstAfterMs: Readonly<Record<string, number>>;
  readonly writes: number;
  /** Calls that were answered with an error. */
  readonly refused: number;
  /** The most calls that were under way at once. */
  readonly parallel: number;
  /** On the wire, heads included. */
  readonly bytesIn: number;
  readonly bytesOut: number;
}

export type Order =
  | { readonly do: 'mark' }
  | { readonly do: 'traffic' }
  | { readonly do: 'pass'; readonly ms: number }
  /** Somebody edits the title of this many records, spread over all. A CRM only. */
  | { readonly do: 'edit'; readonly count: number }
  /** Addresses of the first `count` people who are not opted out here. */
  | { readonly do: 'people'; readonly count: number }
  /** These people opt out here, by themselves. */
  | { readonly do: 'opt-out'; readonly emails: readonly string[] }
  | { readonly do: 'standing' };

/** How many records or members there are, and how many of them are opted out. */
export interface Standing {
  readonly people: number;
  readonly optedOut: number;
}

/** Numbered, so that an answer finds its question. */
export interface Envelope<T> {
  readonly number: number;
  readonly content: T;
}
