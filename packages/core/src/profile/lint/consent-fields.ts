import type { FieldSchema, FieldType, OptOutField, RecordTypeSchema } from '@heed/contract';
import { didYouMean } from '../did-you-mean.ts';
import type { Finding } from '../place.ts';
import { quoted } from '../secret-like.ts';
import type { KeyPath } from '../yaml-text.ts';
import { fieldNames, fieldOf, findingAt, type LiveSubject, type Remark, some } from './report.ts';

type Tell = (path: KeyPath, remark: Remark) => void;

const CUSTOM: KeyPath = ['optOut', 'customField'];

const isListRule = (when: OptOutField['optedOutWhen']): when is readonly string[] => Array.isArray(when);

const typesFor = (rule: OptOutField): readonly FieldType[] => {
  if (rule.optedOutWhen === 'set') return ['date', 'date-time'];
  return isListRule(rule.optedOutWhen) ? ['picklist', 'multi-picklist', 'text'] : ['boolean'];
};

const SHAPES: Readonly<Partial<Record<FieldType, string>>> = {
  date: '{ field: NAME, optedOutWhen: set }',
  'date-time': '{ field: NAME, optedOutWhen: set }',
  boolean: '{ field: NAME, optedOutWhen: true }',
  picklist: '{ field: NAME, optedOutWhen: [VALUE], write: VALUE }',
  'multi-picklist': '{ field: NAME, optedOutWhen: [VALUE], write: VALUE }',
};

const unwritable = (type: RecordTypeSchema, name: string): Remark => ({
  stops: 'all-but-opt-outs',
  rule: 'C18',
  what: `${type.name}.${name} cannot be written by this user, so opt-outs stay owed`,
  fix: `Give the user edit permission for ${name} on ${type.name}`,
});

const invisible = (type: RecordTypeSchema, name: string, alternatives: readonly string[]): Remark => ({
  stops: 'all-but-opt-outs',
  rule: 'C18',
  what: `${type.name} has no field ${quoted(name)} that this user can see, so nobody's consent can be known`,
  fix: `Create it on ${type.name}, or give the user read and edit permission for it`,
  didYouMean: didYouMean(name, alternatives),
});

const checkShape = (type: RecordTypeSchema, field: FieldSchema, rule: OptOutField, path: KeyPath, tell: Tell): void => {
  const wanted = typesFor(rule);
  if (!wanted.includes(field.type)) {
    const shape = SHAPES[field.type];
    tell(path, {
      stops: 'all-but-opt-outs',
      rule: 'C18',
      what: `${type.name}.${field.name} is of the type ${field.type}, and ${path.join('.')} reads it as ${wanted[0]}`,
      fix: shape === undefined ? 'Name a checkbox, a date or a picklist' : `Write ${shape}`,
    });
  }
  const { options } = field;
  if (!isListRule(rule.optedOutWhen) || options === null) return;
  const unknown = rule.optedOutWhen.filter((value) => !options.includes(value));
  if (unknown.length === 0) return;
  // A value that nobody can have opts nobody out; one that cannot be written leaves opt-outs owed.
  const stops = unknown.includes(String(rule.write)) ? 'all-but-opt-outs' : 'nothing';
  const remark = { stops, rule: stops === 'nothing' ? 'C4' : 'C18' } as const;
  tell([...path, 'optedOutWhen'], {
    ...remark,
    what: `${some(unknown)} is no option of ${type.name}.${field.name}`,
    fix: `Its options are ${some(options)}`,
    didYouMean: unknown[0] === undefined ? undefined : didYouMean(unknown[0], options),
  });
};

const checkCustom = (type: RecordTypeSchema, rule: OptOutField, path: KeyPath, tell: Tell): void => {
  const field = fieldOf(type, rule.field);
  if (field === undefined) {
    tell(path, invisible(type, rule.field, fieldNames([type])));
    return;
  }
  checkShape(type, field, rule, path, tell);
  if (!field.writable) tell(path, unwritable(type, field.name));
};

/** `barrier`: a custom field replaced it, so it only keeps people from being created (C4). */
const checkStandard = (type: RecordTypeSchema, barrier: boolean, tell: Tell): void => {
  const standard = type.standardOptOut;
  const stops = barrier ? 'creates' : 'all-but-opt-outs';
  if (standard === null) {
    if (barrier) return;
    const what = `${type.name} has no opt-out field of its own`;
    tell(['optOut'], { stops, rule: 'C18', what, fix: 'Name one in optOut.customField' });
  } else if ('missing' in standard) {
    const what = `${type.name}.${standard.missing} cannot be read by this user, so nobody's consent can be known`;
    tell(['optOut'], { stops, rule: 'C18', what, fix: standard.fix });
  } else if (!barrier && fieldOf(type, standard.field)?.writable === false) {
    tell(['optOut'], unwritable(type, standard.field));
  }
};

const checkOptIn = ({ profile, types }: LiveSubject, tell: Tell): void => {
  const { optInField } = profile.consent;
  if (optInField === null) return;
  const path = ['consent', 'optInField'];
  const found = types.map((type) => ({ type, field: fieldOf(type, optInField) }));
  const lacking = found.filter(({ field }) => field === undefined).map(({ type }) => type.name);
  const [first] = types;
  if (first !== undefined && lacking.length === types.length)
    tell(path, invisible(first, optInField, fieldNames(types)));
  else if (lacking.length > 0)
    tell(path, {
      stops: 'nothing',
      rule: 'C19',
      what: `${lacking.join(', ')} has no field ${optInField} that this user can see, so it never makes a member`,
      fix: '',
    });
  for (const { type, field } of found)
    if (field !== undefined && field.type !== 'boolean')
      tell(path, {
        stops: 'all-but-opt-outs',
        rule: 'C18',
        what: `${type.name}.${optInField} is of the type ${field.type}, and consent.optInField must be a checkbox`,
        fix: 'Name a checkbox',
      });
};

const checkUndeliverable = ({ profile, types }: LiveSubject, tell: Tell): void => {
  const { undeliverableField } = profile.optOut;
  if (undeliverableField === null) return;
  const fields = types.flatMap((type) => fieldOf(type, undeliverableField) ?? []);
  const path = ['optOut', 'undeliverableField'];
  const fix = 'Name a checkbox that this user can edit';
  if (fields.length === 0) {
    const meant = didYouMean(undeliverableField, fieldNames(types));
    const what = `there is no field ${quoted(undeliverableField)} that this user can see`;
    tell(path, { rule: 'C10', what, fix, didYouMean: meant });
  }
  const wrong = fields.find((field) => field.type !== 'boolean' || !field.writable);
  if (wrong !== undefined) {
    const what = `${wrong.name} ${wrong.type === 'boolean' ? 'cannot be written by this user' : 'is not a checkbox'}`;
    tell(path, { rule: 'C10', what, fix });
  }
};

/** The topic that an opt-out of this profile means is one that the records keep (C27). */
const checkTarget = ({ profile, types }: LiveSubject, tell: Tell): void => {
  const { target } = profile.optOut;
  if (target === null || typeof target === 'string') return;
  for (const type of types) {
    const topics = Object.keys(type.topicOptOuts ?? {});
    if (topics.includes(target.subscriptionType)) continue;
    tell(['optOut', 'target'], {
      rule: 'C27',
      what: `${type.name} keeps no opt-out of a topic ${quoted(target.subscriptionType)}`,
      fix: topics.length === 0 ? 'Name portal or custom-field' : `Its topics are ${some(topics)}`,
      didYouMean: didYouMean(target.subscriptionType, topics),
    });
  }
};

/** C17: each topic of the profile is known where it says so. */
const checkTopics = ({ profile, types, marketing, marketingSchema, crm }: LiveSubject, tell: Tell): void => {
  for (const { name, crm: rule, marketing: id, collapse } of profile.topics) {
    const path = ['topics', name];
    // A vendor may keep a topic on some of its record types only.
    const kept = (type: RecordTypeSchema): boolean =>
      Object.entries(type.topicOptOuts ?? {}).some(([one, { field }]) => one === rule?.field || field === rule?.field);
    if (rule !== null && !types.some(kept)) for (const type of types) checkCustom(type, rule, [...path, 'crm'], tell);
    const topics = marketingSchema.topics.map((topic) => topic.id);
    if (id !== null && !topics.includes(id)) {
      const names = marketingSchema.topics.map((topic) => `${topic.id} (${topic.name})`);
      tell([...path, 'marketing'], {
        rule: 'C17',
        what: `${marketing.title} has no topic ${quoted(id)}`,
        fix: names.length === 0 ? 'It knows none; write collapse instead (C17)' : `There are ${some(names)}`,
        didYouMean: didYouMean(id, topics),
      });
    }
    if (collapse !== null || (rule !== null && id !== null)) continue;
    tell(path, {
      stops: 'nothing',
      rule: 'C17',
      what: `${rule === null ? crm.title : marketing.title} is not told of opt-outs of ${name}; they are listed`,
      fix: `Name its place there, or write collapse: any or all`,
    });
  }
};

/** The fields that consent is read from and written to are there, readable, writable and of the right type (C18). */
export const lintConsentFields = (subject: LiveSubject): readonly Finding[] => {
  const { profile, types } = subject;
  const findings: Finding[] = [];
  const tell: Tell = (path, remark) => findings.push(findingAt(profile, path, remark));
  const custom = profile.optOut.customField;
  for (const type of types) {
    if (custom !== null) checkCustom(type, custom, CUSTOM, tell);
    checkStandard(type, custom !== null && !custom.alsoStandard, tell);
  }
  checkTarget(subject, tell);
  checkTopics(subject, tell);
  checkOptIn(subject, tell);
  checkUndeliverable(subject, tell);
  return findings;
};
