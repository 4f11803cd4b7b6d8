import type { Api } from './api.ts';
import { memberKey } from './conditions.ts';
import { idKey, isIn } from './soql.ts';
import { recordsWhereIn } from './where-in.ts';

/** Which of the asked campaigns each record is in now, by the key of the record's id; in the spelling of the profile. */
type Memberships = (recordId: string) => readonly string[];

/** One query per some 600 records. */
export const membershipsOf = async (
  api: Api,
  type: string,
  recordIds: readonly string[],
  campaigns: readonly string[],
  signal: AbortSignal,
): Promise<Memberships> => {
  const key = memberKey(type);
  const start = `SELECT CampaignId,${key} FROM CampaignMember WHERE ${isIn('CampaignId', campaigns)} AND `;
  const asked = new Map(campaigns.map((id) => [idKey(id), id]));
  const found = new Map<string, string[]>();
  const members = await recordsWhereIn(api, { start, field: key, rest: '' }, recordIds, 'live', signal);
  for (const member of members) {
    const { CampaignId: list, [key]: id } = member;
    const campaign = typeof list === 'string' ? asked.get(idKey(list)) : undefined;
    const record = typeof id === 'string' ? idKey(id) : '';
    if (campaign !== undefined) found.set(record, [...(found.get(record) ?? []), campaign]);
  }
  return (recordId) => [...(found.get(idKey(recordId)) ?? [])].sort();
};
