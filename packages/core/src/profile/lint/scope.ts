import type { ListSchema, RecordTypeSchema } from '@heed/contract';
import { didYouMean } from '../did-you-mean.ts';
import type { Finding } from '../place.ts';
import { quoted } from '../secret-like.ts';
import { fieldOf, findingAt, type LiveSubject, some } from './report.ts';

/** Salesforce writes one id in 15 or in 18 characters, the first 15 being the same. */
const isSameId = (list: ListSchema, id: string): boolean =>
  list.id === id || (id.length === 15 && list.id.length === 18 && list.id.startsWith(id));

/** People write the name of a list where its id belongs. */
const byName = (lists: readonly ListSchema[], id: string): string | undefined =>
  lists.find((list) => list.name.toLowerCase() === id.toLowerCase())?.id ??
  didYouMean(
    id,
    lists.map((list) => list.id),
  );

const listFindings = ({ profile, crm, crmSchema }: LiveSubject): readonly Finding[] =>
  (profile.crm.lists ?? []).flatMap(({ kind, id }, index) => {
    const ofKind = crmSchema.lists.filter((list) => list.kind === kind);
    if (!crm.can.listKinds.includes(kind) || crm.can.unnamedLists?.includes(kind) === true) return [];
    if (ofKind.some((list) => isSameId(list, id))) return [];
    const what = `there is no ${kind} ${quoted(id)} that this user can see`;
    const fix = 'heed lists shows those there are';
    return [
      findingAt(profile, ['crm', 'lists', index, kind], { rule: 'C5', what, fix, didYouMean: byName(ofKind, id) }),
    ];
  });

const audienceFindings = ({ profile, marketing, marketingSchema }: LiveSubject): readonly Finding[] => {
  const { audience } = profile.marketing;
  if (marketingSchema.audiences.some((one) => one.id === audience)) return [];
  const what = `${marketing.title} has no audience ${quoted(audience)}`;
  const known = marketingSchema.audiences.map((one) => `${one.id} (${one.name})`);
  const fix = known.length === 0 ? 'This user can see none' : `There are ${some(known)}`;
  const meant = byName(marketingSchema.audiences, audience);
  return [findingAt(profile, ['marketing', 'audience'], { what, fix, didYouMean: meant })];
};

const recordFindings = ({ profile, crm, crmSchema }: LiveSubject): readonly Finding[] => {
  const names = crmSchema.recordTypes.map((type) => type.name);
  return profile.crm.records.flatMap((name, index) => {
    if (names.includes(name)) return [];
    const what = `${crm.title} has no record type ${quoted(name)} that this user can see`;
    const fix = `There are ${some(names)}`;
    return [findingAt(profile, ['crm', 'records', index], { what, fix, didYouMean: didYouMean(name, names) })];
  });
};

const referenceFinding = (
  profile: LiveSubject['profile'],
  type: RecordTypeSchema,
  name: string,
): readonly Finding[] => {
  const path = ['reference', 'crm'];
  const field = fieldOf(type, name);
  if (field?.canBeReference === true) return [];
  if (field === undefined) {
    const what = `${type.name} has no field ${quoted(name)} that this user can see`;
    const fix = `Create it on ${type.name} as a text field, unique, external id, and let this user read and edit it; or remove reference: then a create whose answer is lost is looked for by address only`;
    return [findingAt(profile, path, { what, fix })];
  }
  const what = `${type.name}.${name} cannot hold our external id`;
  return [
    findingAt(profile, path, { what, fix: 'It must be a text field, unique, external id, and editable by this user' }),
  ];
};

/** Record types, lists, audience and reference exist. */
export const lintScope = (subject: LiveSubject): readonly Finding[] => {
  const { profile, types, crm } = subject;
  const { reference } = profile;
  return [
    ...recordFindings(subject),
    ...listFindings(subject),
    ...audienceFindings(subject),
    ...(reference === null || !crm.can.reference
      ? []
      : types.flatMap((type) => referenceFinding(profile, type, reference))),
  ];
};
