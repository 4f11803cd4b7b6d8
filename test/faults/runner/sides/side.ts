import type { SandboxControls } from '@heed/sandbox';

/** A record as its system shows it, without ids and times. */
export interface Shown {
  /** What such records are called in what a test says: `Contact`, `member`. */
  readonly kind: string;
  readonly email: string;
  readonly optedOut: boolean;
  readonly values: Readonly<Record<string, unknown>>;
}

/** A record type of a CRM, in the words of this folder: every CRM has the first, and not each another one beside it. */
export type Sort = 'first' | 'second';

/** A CRM as its people see it. */
export interface CrmSide {
  /** First name and last name. */
  readonly nameFields: readonly [string, string];
  /** What stands below `crm:` in a profile, besides the connection; the first of its records is the one made for new members. */
  readonly profile: { readonly records: readonly [string, ...string[]] } & Readonly<Record<string, unknown>>;
  /** What stands below `optOut:` besides `crmToMarketing`. */
  readonly optOutProfile: Readonly<Record<string, unknown>>;
  /** Its type of records of a sort: the same for both where it has only one. */
  readonly typeOf: (sort: Sort) => string;
  /** Answers the id of the new record. */
  add(type: string, name: string): string;
  /** A user says so in the CRM's own opt-out field. */
  sayOptedOut(type: string, id: string): void;
  rename(type: string, id: string, firstName: string): void;
  shown(): Promise<readonly Shown[]>;
}

/** A marketing system as its people see it. */
export interface MarketingSide {
  readonly nameFields: readonly [string, string];
  readonly audience: string;
  /** So many new members travel in one batch. */
  readonly batch: number;
  add(name: string): void;
  /** The link in a mail, the button "spam", a mail server that refuses, an administrator at the screens. */
  act(what: 'unsubscribe' | 'complain' | 'bounce' | 'archive', email: string): void;
  rename(email: string, firstName: string): void;
  shown(): Promise<readonly Shown[]>;
}

export type Acting = Pick<SandboxControls<unknown>, 'act' | 'url' | 'accessToken'>;

export const addressOf = (name: string): string => `${name}@x.org`;

/** Asks a stand-in as anybody may, by plain HTTP. */
export const askJson = async <T>(url: string, authorization: string, json?: object): Promise<T> => {
  const response = await fetch(url, {
    method: json === undefined ? 'GET' : 'POST',
    headers: {
      authorization,
      ...(json === undefined ? {} : { 'content-type': 'application/json', prefer: 'transient' }),
    },
    ...(json === undefined ? {} : { body: JSON.stringify(json) }),
  });
  if (!response.ok) throw new Error(`${url} answered ${response.status}: ${await response.text()}`);
  return (await response.json()) as T;
};
