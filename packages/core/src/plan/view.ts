import type { Capabilities, Columns, FieldSchema, OptOutField, SystemSchema } from '@heed/contract';
import type { Source } from '../consent/fact.ts';
import { sourceOf } from '../consent/observe.ts';
import type { ConsentField } from '../consent/opt-out-field.ts';
import type { Scope } from '../consent/reach.ts';
import type { ConsentSettings } from '../consent/settings.ts';
import type { FieldMapping, Profile } from '../profile/profile.ts';
import type { System } from '../state/shadow.ts';
import { consentFieldsOf, type Gap } from './consent-fields.ts';

/** One mapping with what both systems say about its fields; the CRM field may differ by record type. */
export interface MappedField {
  /** Names the pair in `Link.agreed`. */
  readonly pair: string;
  readonly mapping: FieldMapping;
  readonly crm: Readonly<Record<string, FieldSchema>>;
  readonly marketing: FieldSchema;
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
  for (const type of types) {
    const fields = consentFieldsOf(profile, type);
    optOutFields[type.name] = fields.optOut;
    barrierFields[type.name] = fields.barrier;
    consentFields[type.name] = fields.readable;
    gaps.push(...fields.gaps);
  }
  const consent = uniqueByField(Object.values(consentFields).flat());
  const undeliverable = profile.optOut.undeliverableField === null ? [] : [profile.optOut.undeliverableField];
  const base = { types: profile.crm.records, consent, reference: profile.reference };
  return {
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
        ...new Set(
          Object.values(optOutFields)
            .flat()
            .map((rule) => rule.field),
        ),
        ...(profile.consent.optInField === null ? [] : [profile.consent.optInField]),
      ],
      marketing: sourceOf(marketing, 'status'),
    },
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
};

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
