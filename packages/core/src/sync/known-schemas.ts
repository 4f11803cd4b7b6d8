import type { RecordTypeSchema, SystemSchema } from '@heed/contract';
import type { Profile } from '../profile/profile.ts';
import type { Store } from '../state/store.ts';

/** What both systems of a profile have. */
export interface Schemas {
  readonly crm: SystemSchema;
  readonly marketing: SystemSchema;
}

const KEY = 'schemas';

/** Keeps what a profile uses of them, so that `explain` can still answer when a system cannot be asked. Written when it changed. */
export const keepSchemas = async (store: Store, profile: Profile, schemas: Schemas): Promise<void> => {
  const used: Schemas = {
    crm: { ...NOTHING, recordTypes: typesUsed(profile, schemas.crm) },
    marketing: {
      ...NOTHING,
      recordTypes: schemas.marketing.recordTypes.map((type) => onlyFields(type, marketingFields(profile))),
    },
  };
  const before = await store.note(profile.id, KEY);
  if (JSON.stringify(before) !== JSON.stringify(used)) await store.putNote(profile.id, KEY, used);
};

/** As the last run saw them; null before the first one. */
export const keptSchemas = async (store: Store, profile: Profile): Promise<Schemas | null> =>
  (await store.note(profile.id, KEY)) as Schemas | null;

const NOTHING = { recordTypes: [], lists: [], audiences: [], topics: [] } as const;

const typesUsed = (profile: Profile, { recordTypes }: SystemSchema): readonly RecordTypeSchema[] =>
  recordTypes
    .filter(({ name }) => profile.crm.records.includes(name))
    .map((type) => onlyFields(type, crmFields(profile, type)));

const onlyFields = (type: RecordTypeSchema, names: ReadonlySet<string | null | undefined>): RecordTypeSchema => ({
  ...type,
  fields: type.fields.filter(({ name }) => names.has(name)),
});

const crmFields = ({ fields, optOut, consent, reference }: Profile, type: RecordTypeSchema) => {
  const { standardOptOut: standard, topicOptOuts = {} } = type;
  return new Set([
    ...fields.map(({ crm }) => crm),
    optOut.customField?.field,
    optOut.undeliverableField,
    consent.optInField,
    reference,
    standard !== null && 'field' in standard ? standard.field : null,
    ...Object.values(topicOptOuts).map(({ field }) => field),
  ]);
};

const marketingFields = ({ fields }: Profile) => new Set(fields.map(({ marketing }) => marketing));
