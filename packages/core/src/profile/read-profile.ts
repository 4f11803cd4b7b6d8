import type { Transform } from '../fields/transform.ts';
import type { ProfileError } from './place.ts';
import type { FieldMapping, ImportFrom, Profile } from './profile.ts';
import { crossKeyErrors, customFieldOf, optOutFieldOf, profileKeyAdvice, type ValidateCron } from './profile-rules.ts';
import { profileSchema, type WrittenProfile } from './profile-schema.ts';
import { schemaErrors } from './schema-errors.ts';
import { secretLiterals } from './secret-literals.ts';
import { readYaml } from './yaml-text.ts';

export interface ProfileText {
  readonly customer: string;
  /** The file's name without `.yaml`. */
  readonly name: string;
  /** As messages show it. */
  readonly file: string;
  readonly text: string;
}

export type ReadProfile =
  | { readonly profile: Profile; readonly errors: readonly [] }
  | { readonly profile: null; readonly errors: readonly ProfileError[] };

type WrittenMapping = WrittenProfile['fields'][number];
type WrittenStep = Exclude<WrittenMapping['transform'], undefined | readonly unknown[]>;

const transformOf = (step: WrittenStep): Transform => {
  if (typeof step === 'string') return { kind: step };
  if (step.date !== undefined) return { kind: 'date', format: step.date };
  if (step.map !== undefined) return { kind: 'map', values: step.map };
  if (step.join !== undefined) return { kind: 'join', separator: step.join };
  if (step.split !== undefined) return { kind: 'split', separator: step.split };
  return { kind: 'default', value: step.default ?? '' };
};

const mappingOf = ({ crm, marketing, direction, transform, clear }: WrittenMapping): FieldMapping => ({
  crm,
  marketing,
  direction,
  transforms: (transform === undefined ? [] : Array.isArray(transform) ? transform : [transform]).map(transformOf),
  clear,
});

const listsOf = (lists: WrittenProfile['crm']['lists']): Profile['crm']['lists'] =>
  lists?.flatMap((list) => Object.entries(list).map(([kind, id]) => ({ kind, id }))) ?? null;

const importFromOf = (written: Exclude<WrittenProfile['optOut']['importFrom'], undefined>): ImportFrom => {
  const { path, column, delimiter, encoding } = typeof written === 'string' ? { path: written } : written;
  return { path, column: column ?? null, delimiter: delimiter ?? null, encoding: encoding ?? null };
};

/** Reads one profile file. Pure; every error of the file at once, none of them quoting a secret. */
export const readProfile = (source: ProfileText, validateCron: ValidateCron): ReadProfile => {
  const { value, places, errors: syntax } = readYaml(source.file, source.text);
  if (syntax.length > 0) return { profile: null, errors: syntax };
  const literals = secretLiterals(value, places);
  const parsed = profileSchema.safeParse(value);
  if (!parsed.success) {
    const context = { schema: profileSchema, value, places, from: [], advice: profileKeyAdvice };
    return { profile: null, errors: [...literals, ...schemaErrors(parsed.error, context)] };
  }
  const written = parsed.data;
  const errors = [...literals, ...crossKeyErrors(written, places, validateCron)];
  if (errors.length > 0) return { profile: null, errors };
  const { optOut, consent } = written;
  const profile: Profile = {
    id: `${source.customer}/${source.name}`,
    customer: source.customer,
    name: source.name,
    description: written.description ?? null,
    crm: { connection: written.crm.connection, records: written.crm.records, lists: listsOf(written.crm.lists) },
    marketing: written.marketing,
    schedule: written.schedule ?? null,
    fields: written.fields.map(mappingOf),
    conflicts: written.conflicts,
    create: { marketing: written.create.marketing, crm: written.create.crm === false ? null : written.create.crm },
    whenRecordLeaves: written.whenRecordLeaves,
    reference: written.reference?.crm ?? null,
    optOut: {
      crmToMarketing: optOut.crmToMarketing,
      customField: customFieldOf(written),
      scope: optOut.scope,
      clearWhenConfirmed: optOut.clearWhenConfirmed,
      suppressUnknown: optOut.suppressUnknown,
      undeliverableField: optOut.undeliverableField ?? null,
      target: optOut.target ?? null,
      softOptOutIsRequest: optOut.softOptOutIsRequest,
      importFrom: optOut.importFrom === undefined ? null : importFromOf(optOut.importFrom),
    },
    topics: Object.entries(written.topics).map(([name, { crm, marketing, collapse }]) => ({
      name,
      crm: crm === undefined ? null : optOutFieldOf(crm),
      marketing: marketing ?? null,
      collapse: collapse ?? null,
    })),
    consent: { newMembers: consent.newMembers, basis: consent.basis ?? null, optInField: consent.optInField ?? null },
    guards: written.guards,
    places,
  };
  return { profile, errors: [] };
};
