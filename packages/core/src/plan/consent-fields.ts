import type { OptOutField, RecordTypeSchema } from '@heed/contract';
import type { ConsentField } from '../consent/opt-out-field.ts';
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
  readonly optOut: readonly ConsentField[];
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
  const standard = standardField(type).map((rule) => asRequested(rule, profile));
  const topic = topicField(profile, type);
  const usesStandard = customField === null || customField.alsoStandard;
  // Whoever opted out of everything opted out of this mailing too (C17); Heed itself sets only the opt-out that was named (C27).
  const whole: readonly ConsentField[] =
    topic === null ? standard : [topic, ...standard.map((rule) => ({ ...rule, onlyRead: true as const }))];
  const optOut = [...(customField === null ? [] : [customField]), ...(usesStandard ? whole : [])];
  const barrier = usesStandard ? [] : standard;
  const gaps = optOut.flatMap((rule) => gapOf(rule, type));
  const optIn: readonly OptOutField[] =
    optInField === null ? [] : [{ field: optInField, optedOutWhen: false, write: false }];
  const exists = (rule: OptOutField): boolean => type.fields.some((field) => field.name === rule.field);
  return { optOut, barrier, readable: [...optOut, ...barrier, ...optIn].filter(exists), gaps };
};

export interface TopicFields {
  /** What means opted out of the topic; empty where the type knows no such topic. */
  readonly optOut: readonly OptOutField[];
  /** The opt-out of everything, where the vendor shows that as one of the topic too (C17); null: it does not, or there is none. */
  readonly within: OptOutField | null;
  readonly gaps: readonly Gap[];
}

/**
 * The opt-out of one topic in one record type (C17): one that the vendor keeps, perhaps on other types only, or a field of the
 * profile's own. Pure.
 */
export const topicFieldsOf = (
  field: OptOutField | null,
  type: RecordTypeSchema,
  types: readonly RecordTypeSchema[],
): TopicFields => {
  if (field === null) return { optOut: [], within: null, gaps: [] };
  const kept = keptTopic(field, type);
  if (kept === null) {
    if (types.some((other) => keptTopic(field, other) !== null)) return { optOut: [], within: null, gaps: [] };
    return { optOut: [field], within: null, gaps: gapOf(field, type) };
  }
  const { standardOptOut } = type;
  const within = standardOptOut !== null && 'field' in standardOptOut ? standardOptOut : null;
  return { optOut: [kept], within, gaps: gapOf(kept, type) };
};

/** By the id of the topic, or by the name of the field that it shows as. */
const keptTopic = ({ field }: OptOutField, { topicOptOuts = {} }: RecordTypeSchema): OptOutField | null =>
  topicOptOuts[field] ?? Object.values(topicOptOuts).find((one) => one.field === field) ?? null;

/** C28: a profile may say that a soft opt-out was asked for, whoever set it. */
const asRequested = (rule: OptOutField, { optOut }: Profile): OptOutField => {
  const { mayBeDefault: _default, ...asked } = rule;
  return optOut.softOptOutIsRequest ? asked : rule;
};

/** C27: the one topic that the profile means, where the type keeps it. */
const topicField = ({ optOut: { target } }: Profile, { topicOptOuts = {} }: RecordTypeSchema): OptOutField | null =>
  target === null || typeof target === 'string' ? null : (topicOptOuts[target.subscriptionType] ?? null);

/** A hidden standard field is a checkbox like every vendor's, as far as anybody can tell. */
const standardField = ({ standardOptOut }: RecordTypeSchema): readonly OptOutField[] => {
  if (standardOptOut === null) return [];
  return 'field' in standardOptOut
    ? [standardOptOut]
    : [{ field: standardOptOut.missing, optedOutWhen: true, write: true }];
};

const gapOf = (rule: ConsentField, type: RecordTypeSchema): readonly Gap[] => {
  const field = type.fields.find((one) => one.name === rule.field);
  if (field?.writable === true || (field !== undefined && rule.onlyRead === true)) return [];
  const { standardOptOut } = type;
  const told = standardOptOut !== null && 'missing' in standardOptOut && standardOptOut.missing === rule.field;
  const fix = told ? standardOptOut.fix : `let the user Heed signs in with read and edit ${type.name}.${rule.field}`;
  return [{ type: type.name, field: rule.field, hidden: field === undefined, fix }];
};
