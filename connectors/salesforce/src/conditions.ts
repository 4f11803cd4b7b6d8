import { ConnectorError, type FieldType, type ListRef, type Millis, type OptOutField } from '@heed/contract';
import { fieldTypeOf, type ObjectShape } from './object-shape.ts';
import { fieldName, isId, isIn, moment, text } from './soql.ts';

/** Parts of a WHERE clause. SOQL wants parentheses wherever AND and OR meet: each part is safe to join by AND. */

/** True for records that one of the consent fields shows opted out; null if the user can see none of them. */
export const optedOut = (shape: ObjectShape, consent: readonly OptOutField[]): string | null => {
  const parts = consent.flatMap((one) => {
    const field = shape.fields.get(one.field);
    if (field === undefined) return [];
    const name = fieldName(one.field);
    const { optedOutWhen } = one;
    const type = fieldTypeOf(field);
    // One comparison that does not fit its field fails the whole query: such a field shows nobody opted out (C18).
    if (typeof optedOutWhen === 'boolean') return type === 'boolean' ? [`${name} = ${optedOutWhen}`] : [];
    if (optedOutWhen === 'set') return [`${name} != null`];
    if (optedOutWhen.length === 0 || !LISTED.has(type)) return [];
    return type === 'multi-picklist'
      ? [`${name} INCLUDES (${optedOutWhen.map(text).join(',')})`]
      : [isIn(name, optedOutWhen)];
  });
  return parts.length === 0 ? null : `(${parts.join(' OR ')})`;
};

/** Types whose values can be listed. */
const LISTED: ReadonlySet<FieldType> = new Set(['picklist', 'multi-picklist', 'text']);

/** Neither deleted nor converted. */
export const living = (shape: ObjectShape): string =>
  shape.fields.has('IsConverted') ? '(IsDeleted = false AND IsConverted = false)' : 'IsDeleted = false';

/** Contacts that shadow a person account are left out until they are supported; `check` tells of it. */
export const supported = (shape: ObjectShape): readonly string[] =>
  shape.fields.has(PERSON_ACCOUNT) ? [`${PERSON_ACCOUNT} = false`] : [];
export const PERSON_ACCOUNT = 'IsPersonAccount';

/** The same of a record that was fetched with that field. */
export const isSupported = (record: Readonly<Record<string, unknown>>): boolean => record[PERSON_ACCOUNT] !== true;

export const changedSince = (at: Millis | null): readonly string[] =>
  at === null ? [] : [`SystemModstamp >= ${moment(at)}`];

/** Campaign ids of a read. Throws `config` for what is no campaign of this vendor. */
export const campaignIds = (lists: readonly ListRef[]): readonly string[] =>
  lists.map(({ kind, id }) => {
    if (kind !== 'campaign') throw new ConnectorError('config', `salesforce: lists are campaigns, not ${kind}`);
    if (!isId(id))
      throw new ConnectorError(
        'config',
        `salesforce: ${JSON.stringify(id.slice(0, 40))} is no id of a campaign; heed lists shows them`,
      );
    return id;
  });

/** The look-up field of CampaignMember for a record type. */
export const memberKey = (type: string): 'ContactId' | 'LeadId' => (type === 'Lead' ? 'LeadId' : 'ContactId');

/** Members of the campaigns now: `queryAll` would count memberships in the Recycle Bin as well. */
export const inCampaigns = (type: string, campaigns: readonly string[]): string =>
  `Id IN (SELECT ${memberKey(type)} FROM CampaignMember WHERE ${isIn('CampaignId', campaigns)} AND IsDeleted = false)`;
