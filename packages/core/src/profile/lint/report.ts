import type { Capabilities, FieldSchema, RecordTypeSchema, SystemSchema } from '@heed/contract';
import type { Finding } from '../place.ts';
import type { Profile } from '../profile.ts';
import type { KeyPath } from '../yaml-text.ts';

/** One of the two systems, as far as a profile can be checked against it. */
export interface CheckedSystem {
  /** `Salesforce`, for messages. */
  readonly title: string;
  readonly can: Capabilities;
  /** As the signed-in user sees it; null where it was not asked (`check --offline`). */
  readonly schema: SystemSchema | null;
}

/** A profile and the two systems it is checked against. */
export interface LintSubject {
  readonly profile: Profile;
  readonly crm: CheckedSystem;
  readonly marketing: CheckedSystem;
}

/** The same, with both schemas at hand. */
export interface LiveSubject extends LintSubject {
  readonly crmSchema: SystemSchema;
  readonly marketingSchema: SystemSchema;
  /** The record types of the profile that exist. */
  readonly types: readonly RecordTypeSchema[];
}

export interface Remark {
  readonly stops?: Finding['stops'];
  readonly rule?: string;
  readonly what: string;
  readonly fix: string;
  readonly didYouMean?: string | undefined;
}

/** A finding at a key of the profile; it stops the run unless the remark says less. */
export const findingAt = (profile: Profile, path: KeyPath, remark: Remark): Finding => ({
  ...profile.places.error(path, remark.what, remark.fix, remark.didYouMean),
  stops: remark.stops ?? 'run',
  rule: remark.rule ?? null,
});

export const fieldOf = (type: RecordTypeSchema, name: string): FieldSchema | undefined =>
  type.fields.find((field) => field.name === name);

export const fieldNames = (types: readonly RecordTypeSchema[]): readonly string[] => [
  ...new Set(types.flatMap((type) => type.fields.map((field) => field.name))),
];

/** `a, b and 3 more` */
export const some = (words: readonly string[], shown = 5): string => {
  const more = words.length - shown;
  return more > 0 ? `${words.slice(0, shown).join(', ')} and ${more} more` : words.join(', ');
};
