import type { Capabilities, Columns, FieldSchema, OptOutField, SystemSchema } from '@heed/contract';
import { ALL_MAIL, type Source, type Topic } from '../consent/fact.ts';
import { type ObservedTopics, sourceOf } from '../consent/observe.ts';
import type { ConsentField } from '../consent/opt-out-field.ts';
import type { Scope } from '../consent/reach.ts';
import type { ConsentSettings } from '../consent/settings.ts';
import type { FieldMapping, Profile, Side } from '../profile/profile.ts';
import type { System } from '../state/shadow.ts';
import { consentFieldsOf, type Gap, type TopicFields, topicFieldsOf } from './consent-fields.ts';
import { observedOf, viewOfTopic } from './topic-view.ts';

/** One mapping with what both systems say about its fields; the CRM field may differ by record type. */
export interface MappedField {
  /** Names the pair in `Link.agreed`. */
  readonly pair: string;
  readonly mapping: FieldMapping;
  readonly crm: Readonly<Record<string, FieldSchema>>;
  readonly marketing: FieldSchema;
}

/** What opt-outs are about here: all marketing mail, or one topic of the profile (C17). */
export interface TopicHere {
  /** `*`, or as the profile calls it. */
  readonly name: Topic;
  /** What an opt-out names in marketing: `*`, the id of the topic, or null if nothing is ever written there for it. */
  readonly id: string | null;
  /** Sides that know no such topic, and have it as an opt-out of everything. */
  readonly collapses: Readonly<Record<Side, boolean>>;
  /** `all`: only once this person opted out of every topic that says so. */
  readonly collapse: 'any' | 'all' | null;
  /** Members are outside of it until somebody lets them in: a new member is too. */
  readonly joined: boolean;
}

/** A profile together with what both systems can do and have: everything the plan needs, computed once a run. */
export interface View {
  readonly profile: Profile;
  readonly crm: System;
  readonly marketing: System;
  readonly crmSource: Source;
  readonly marketingSource: Source;
  readonly can: { readonly crm: Capabilities; readonly marketing: Capabilities };
  readonly settings: ConsentSettings;
  readonly scope: Scope;
  readonly topic: TopicHere;
  /** The same profile seen by each of its topics: table C0 is asked for each of them as for all mail. */
  readonly topics: readonly View[];
  readonly observed: ObservedTopics;
  readonly fields: readonly MappedField[];
  /** What marketing calls a member: the record type it makes. */
  readonly memberType: string;
  /** Consent fields to read, of every type. */
  readonly consentFields: Readonly<Record<string, readonly OptOutField[]>>;
  readonly gaps: readonly Gap[];
  /** What the check found that stops everything but facts and opt-outs to the CRM, with its fix; null: nothing (C18). */
  readonly stopped: string | null;
  /** The light columns of the unscoped consent read, and those of the records whose fields sync. */
  readonly columns: { readonly consent: Columns; readonly records: Columns; readonly members: Columns };
}

/** Compiles a profile against the live schemas. The profile was linted against them before. Pure. */
export const viewOf = (
  profile: Profile,
  schemas: { readonly crm: SystemSchema; readonly marketing: SystemSchema },
  can: View['can'],
  stopped: string | null = null,
): View => {
  const crm: System = { role: 'crm', connection: profile.crm.connection, container: '' };
  const marketing: System = {
    role: 'marketing',
    connection: profile.marketing.connection,
    container: profile.marketing.audience,
  };
  const types = schemas.crm.recordTypes.filter((type) => profile.crm.records.includes(type.name));
  const optOutFields: Record<string, readonly ConsentField[]> = {};
  const barrierFields: Record<string, readonly OptOutField[]> = {};
  const consentFields: Record<string, readonly OptOutField[]> = {};
  const gaps: Gap[] = [];
  const topicFields = new Map(profile.topics.map(({ name }) => [name, {} as Record<string, TopicFields>]));
  for (const type of types) {
    const fields = consentFieldsOf(profile, type);
    const single = profile.topics.map((topic) => ({ topic, found: topicFieldsOf(topic.crm, type, types) }));
    for (const { topic, found } of single) (topicFields.get(topic.name) ?? {})[type.name] = found;
    optOutFields[type.name] = fields.optOut;
    barrierFields[type.name] = fields.barrier;
    const exists = (rule: OptOutField): boolean => type.fields.some((field) => field.name === rule.field);
    const ofTopics = single.flatMap(({ found }) => found.optOut).filter(exists);
    consentFields[type.name] = uniqueByField([...fields.readable, ...ofTopics]);
    gaps.push(...fields.gaps, ...single.flatMap(({ found }) => found.gaps));
  }
  const consent = uniqueByField(Object.values(consentFields).flat());
  const undeliverable = profile.optOut.undeliverableField === null ? [] : [profile.optOut.undeliverableField];
  const base = { types: profile.crm.records, consent, reference: profile.reference };
  const all: View = {
    profile,
    crm,
    marketing,
    crmSource: sourceOf(crm, ''),
    marketingSource: sourceOf(marketing, 'status'),
    can,
    settings: {
      crmToMarketing: profile.optOut.crmToMarketing,
      scope: profile.optOut.scope,
      optOutUnknown: profile.optOut.suppressUnknown && can.marketing.optOutUnknown,
      clearWhenConfirmed: profile.optOut.clearWhenConfirmed && can.crm.clear,
      newMembers: profile.consent.newMembers,
      optInField: profile.consent.optInField,
      optOutFields,
      barrierFields,
      lists: profile.crm.lists?.map((list) => list.id) ?? [],
    },
    scope: {
      crm: sourceOf(crm, ''),
      crmFields: [
        ...namesOf(Object.values(optOutFields).flat()),
        ...(profile.consent.optInField === null ? [] : [profile.consent.optInField]),
      ],
      marketing: sourceOf(marketing, 'status'),
      topic: null,
    },
    topic: { name: ALL_MAIL, id: ALL_MAIL, collapses: { crm: false, marketing: false }, collapse: null, joined: false },
    topics: [],
    observed: observedOf(schemas.marketing, [...topicFields.values()]),
    fields: mappedFields(profile, schemas),
    memberType: schemas.marketing.recordTypes[0]?.name ?? 'member',
    consentFields,
    gaps,
    stopped: stopped ?? (gaps[0] === undefined ? null : `${gaps[0].type}.${gaps[0].field}: ${gaps[0].fix}`),
    columns: {
      consent: { ...base, fields: [] },
      records: { ...base, fields: [...new Set([...profile.fields.map((field) => field.crm), ...undeliverable])] },
      members: {
        types: [],
        consent: [],
        reference: null,
        fields: [...new Set(profile.fields.map((field) => field.marketing))],
      },
    },
  };
  return {
    ...all,
    topics: profile.topics.map((topic) =>
      viewOfTopic(all, topic, topicFields.get(topic.name) ?? {}, schemas.marketing.topics),
    ),
  };
};

const namesOf = (rules: readonly OptOutField[]): readonly string[] => [...new Set(rules.map(({ field }) => field))];

const uniqueByField = (rules: readonly OptOutField[]): readonly OptOutField[] => [
  ...new Map(rules.map((rule) => [rule.field, rule])).values(),
];

const mappedFields = (
  profile: Profile,
  schemas: { readonly crm: SystemSchema; readonly marketing: SystemSchema },
): readonly MappedField[] => {
  const members = schemas.marketing.recordTypes.flatMap((type) => type.fields);
  return profile.fields.flatMap((mapping) => {
    const marketing = members.find((field) => field.name === mapping.marketing);
    if (marketing === undefined) return [];
    const crm: Record<string, FieldSchema> = {};
    for (const type of schemas.crm.recordTypes) {
      const field = type.fields.find((one) => one.name === mapping.crm);
      if (field !== undefined) crm[type.name] = field;
    }
    return [{ pair: `${mapping.crm}=${mapping.marketing}`, mapping, crm, marketing }];
  });
};
