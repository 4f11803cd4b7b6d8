import type { OptOutField, RecordTypeSchema } from '@heed/contract';
import type { Profile } from '../profile/profile.ts';

/** A consent field that cannot be read or written (C18). */
export interface Gap {
  readonly type: string;
  readonly field: string;
  /** Not even readable: what it says is unknown, whatever was read before. */
  readonly hidden: boolean;
  readonly fix: string;
}

export interface ConsentFields {
  /** What means opted out in this profile and is written (C4), hidden ones included: they are owed. */
  readonly optOut: readonly OptOutField[];
  /** A standard field that a custom one replaced: only a barrier to creating (C4). */
  readonly barrier: readonly OptOutField[];
  /** What a read can ask for; with `consent.optInField` as a field whose `false` is an opt-out (C19). */
  readonly readable: readonly OptOutField[];
  readonly gaps: readonly Gap[];
}

/** The consent fields of one record type in one profile. Pure. */
export const consentFieldsOf = (profile: Profile, type: RecordTypeSchema): ConsentFields => {
  const { customField } = profile.optOut;
  const { optInField } = profile.consent;
  const standard = standardField(type);
  const usesStandard = customField === null || customField.alsoStandard;
  const optOut = [...(customField === null ? [] : [customField]), ...(usesStandard ? standard : [])];
  const barrier = usesStandard ? [] : standard;
  const gaps = optOut.flatMap((rule) => gapOf(rule, type));
  const optIn: readonly OptOutField[] =
    optInField === null ? [] : [{ field: optInField, optedOutWhen: false, write: false }];
  const exists = (rule: OptOutField): boolean => type.fields.some((field) => field.name === rule.field);
  return { optOut, barrier, readable: [...optOut, ...barrier, ...optIn].filter(exists), gaps };
};

/** A hidden standard field is a checkbox like every vendor's, as far as anybody can tell. */
const standardField = ({ standardOptOut }: RecordTypeSchema): readonly OptOutField[] => {
  if (standardOptOut === null) return [];
  return 'field' in standardOptOut
    ? [standardOptOut]
    : [{ field: standardOptOut.missing, optedOutWhen: true, write: true }];
};

const gapOf = (rule: OptOutField, type: RecordTypeSchema): readonly Gap[] => {
  const field = type.fields.find((one) => one.name === rule.field);
  if (field?.writable === true) return [];
  const { standardOptOut } = type;
  const told = standardOptOut !== null && 'missing' in standardOptOut && standardOptOut.missing === rule.field;
  const fix = told ? standardOptOut.fix : `let the user Heed signs in with read and edit ${type.name}.${rule.field}`;
  return [{ type: type.name, field: rule.field, hidden: field === undefined, fix }];
};
