/** What a field can hold. `reference` is another record's id, `choice` one of a fixed list. */
export type FieldType = 'text' | 'email' | 'checkbox' | 'datetime' | 'date' | 'integer' | 'reference' | 'choice';

export interface Choice {
  readonly id: string;
  readonly label: string;
}

export interface Field {
  /** As REST spells it: `globalSubscriptionStatus`. SuiteQL uses the same name in lower case. */
  readonly name: string;
  readonly title: string;
  readonly type: FieldType;
  /** Of a reference: the record's name; `null` when the other record is not part of the stand-in. */
  readonly references: string | null;
  readonly choices: readonly Choice[];
  /** Writes are ignored. */
  readonly readOnly: boolean;
  readonly custom: boolean;
  /** Most characters; `null`: not checked. */
  readonly mostCharacters: number | null;
  /** A choice that REST shows as its bare id (`searchStage` is a string in the API Browser). */
  readonly bare: boolean;
  /** Answers `q` filters and stands in `x-ns-filterable`. */
  readonly filterable: boolean;
}

type Details = Partial<Omit<Field, 'name' | 'type'>>;

/** A field; the title is made of the name unless told. */
export function field(name: string, type: FieldType, details: Details = {}): Field {
  const words = name.replace(/^custentity_/, '').replace(/([A-Z])/g, ' $1');
  return {
    name,
    type,
    title: words.charAt(0).toUpperCase() + words.slice(1).replaceAll('_', ' '),
    references: null,
    choices: [],
    readOnly: false,
    custom: name.startsWith('custentity'),
    mostCharacters: null,
    bare: false,
    filterable: true,
    ...details,
  };
}

export const text = (name: string, mostCharacters: number | null = null): Field =>
  field(name, 'text', { mostCharacters });
export const checkbox = (name: string, title?: string): Field =>
  field(name, 'checkbox', title === undefined ? {} : { title });
export const reference = (name: string, references: string | null): Field => field(name, 'reference', { references });
export const readOnly = (one: Field): Field => ({ ...one, readOnly: true });

/** The four values of globalSubscriptionStatus (developers.suitecommerce.com, "The Email Subscription Process"). */
export const SUBSCRIPTION_STATUSES: readonly Choice[] = [
  { id: '1', label: 'Soft Opt-In' },
  { id: '2', label: 'Soft Opt-Out' },
  { id: '3', label: 'Confirmed Opt-In' },
  { id: '4', label: 'Confirmed Opt-Out' },
];

const EMAIL_PREFERENCES: readonly Choice[] = [
  { id: 'DEFAULT', label: 'Default' },
  { id: 'HTML', label: 'HTML' },
  { id: 'PDF', label: 'PDF' },
];

/** On customers, contacts, vendors, partners and employees alike. */
export const CONSENT_FIELDS: readonly Field[] = [
  field('globalSubscriptionStatus', 'choice', { choices: SUBSCRIPTION_STATUSES }),
  checkbox('unsubscribe', 'Unsubscribe from Campaigns'),
  // "transaction formats, not consent" (notes, section 3)
  field('emailPreference', 'choice', { choices: EMAIL_PREFERENCES }),
];

export const STAMPS: readonly Field[] = [
  readOnly(field('dateCreated', 'datetime')),
  readOnly(field('lastModifiedDate', 'datetime')),
];
