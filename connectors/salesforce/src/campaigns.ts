import { inParallel } from '@heed/toolkit';
import type { Api } from './api.ts';
import { memberKey } from './conditions.ts';
import { idKey, inUrl, isIn, listsThatFit } from './soql.ts';

/** Which of the asked campaigns each record is in now, by the key of the record's id; in the spelling of the profile. */
type Memberships = (recordId: string) => readonly string[];

/** How many queries of one answer run at once, beside other work of the connection. */
export const QUERIES_AT_ONCE = 3;

/** One query per some 400 records. */
export const membershipsOf = async (
  api: Api,
  type: string,
  recordIds: readonly string[],
  campaigns: readonly string[],
  signal: AbortSignal,
): Promise<Memberships> => {
  const key = memberKey(type);
  const start = `SELECT CampaignId, ${key} FROM CampaignMember WHERE ${isIn('CampaignId', campaigns)}`;
  const asked = new Map(campaigns.map((id) => [idKey(id), id]));
  const found = new Map<string, string[]>();
  const lists = listsThatFit(recordIds, inUrl(`${start} AND ${key} IN ()`).length, MOST_IDS);
  const answers = await inParallel(lists, QUERIES_AT_ONCE, (ids) =>
    api.everyPage(`${start} AND ${isIn(key, ids)}`, 'live', signal),
  );
  for (const member of answers.flat()) {
    const { CampaignId: list, [key]: id } = member;
    const campaign = typeof list === 'string' ? asked.get(idKey(list)) : undefined;
    const record = typeof id === 'string' ? idKey(id) : '';
    if (campaign !== undefined) found.set(record, [...(found.get(record) ?? []), campaign]);
  }
  return (recordId) => [...(found.get(idKey(recordId)) ?? [])].sort();
};

/** As many as fit anyway; a bound for readers. */
const MOST_IDS = 500;
