import { ScenarioError, type Statement } from './parse.ts';
import type { Crm, Json, List, MarketingTool } from './systems/system.ts';

/** What the settings of a story are about. */
export interface Between {
  readonly crm: Crm;
  readonly tool: MarketingTool;
  /** The list of the profile, where it names one. */
  readonly list: List | null;
}

const yesOrNo: Readonly<Record<string, unknown>> = { true: true, false: false };

const nameOf = ({ crm, tool }: Between, at: 0 | 1): Json => ({
  crm: crm.nameFields[at],
  marketing: tool.memberNameFields[at],
});

/** Where each setting of a `profile` line stands in the profile. */
const SETTINGS: Readonly<Record<string, (value: unknown, between: Between) => Json | Promise<Json>>> = {
  crmToMarketing: (value) => ({ optOut: { crmToMarketing: value } }),
  clearWhenConfirmed: (value) => ({ optOut: { clearWhenConfirmed: value } }),
  scope: (value) => ({ optOut: { scope: value } }),
  suppressUnknown: (value) => ({ optOut: { suppressUnknown: value } }),
  customField: (value) => ({ optOut: { customField: value } }),
  alsoStandard: (value) => ({ optOut: { alsoStandard: value } }),
  undeliverableField: (value) => ({ optOut: { undeliverableField: value } }),
  softOptOutIsRequest: (value) => ({ optOut: { softOptOutIsRequest: value } }),
  target: async (value, { crm }) => {
    const isWide = value === 'portal' || value === 'custom-field';
    return { optOut: { target: isWide ? value : { subscriptionType: await crm.topicId(String(value)) } } };
  },
  whenRecordLeaves: (value) => ({ whenRecordLeaves: value }),
  newMembers: (value) => ({ consent: { newMembers: value, ...(value === 'subscribe' ? {} : { basis: undefined }) } }),
  basis: (value) => ({ consent: { basis: value } }),
  optInField: (value) => ({ consent: { optInField: value } }),
  createCrm: (value, between) => ({ create: { crm: value }, fields: [nameOf(between, 0), nameOf(between, 1)] }),
  createMarketing: (value) => ({ create: { marketing: value } }),
  heldPeople: (value) => ({ guards: { optOuts: { people: Number(value) } } }),
  heldPercent: (value) => ({ guards: { optOuts: { percent: Number(value) } } }),
  heldCreates: (value) => ({ guards: { creates: Number(value) } }),
};

const isPart = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value);

const merged = (one: Json, other: Json): Json => {
  const whole: Record<string, unknown> = { ...one };
  for (const [key, value] of Object.entries(other)) {
    const before = whole[key];
    whole[key] = isPart(before) && isPart(value) ? merged(before, value) : value;
  }
  return whole;
};

/** `topic Events in Newsletter_Opt_Out__c`, `topic Events` that the CRM does not know, `topic Events (collapse any)` */
const TOPIC = /^topic (?<name>\w+)(?: in (?<place>\w+))?(?: \(collapse (?<collapse>any|all)\))?$/;

const topicOf = async (words: Readonly<Record<string, string>>, { crm, tool }: Between): Promise<Json> => {
  const { name = '', place, collapse } = words;
  const topic = {
    ...(place === undefined ? {} : { crm: await crm.topicId(place) }),
    marketing: await tool.topicId(name),
    ...(collapse === undefined ? {} : { collapse }),
  };
  return { topics: { [name.toLowerCase()]: topic } };
};

/** The profile between one CRM and the marketing tool, as the `profile` lines of the story say. */
export const profileOf = async (settings: readonly Statement[], between: Between): Promise<Json> => {
  const { crm, tool, list } = between;
  let profile: Json = {
    version: 1,
    crm: {
      connection: crm.name.toLowerCase(),
      records: Object.values(crm.types),
      ...(list === null ? {} : { lists: [{ [list.kind]: list.id }] }),
    },
    marketing: { connection: tool.name.toLowerCase(), audience: tool.audience },
    fields: [nameOf(between, 0)],
    consent: { newMembers: 'subscribe', basis: 'existing-customer' },
  };
  for (const setting of settings) profile = merged(profile, await partOf(setting, between));
  return profile;
};

const partOf = async ({ text, place }: Statement, between: Between): Promise<Json> => {
  if (text === 'lists') return {};
  const topic = TOPIC.exec(text)?.groups;
  if (topic !== undefined) return topicOf(topic, between);
  const [name = '', value = ''] = text.split(/:\s*/);
  const put = SETTINGS[name];
  if (put === undefined || value === '')
    throw new ScenarioError(place, `"${text}" is no setting: lists, topic NAME, ${Object.keys(SETTINGS).join(', ')}`);
  return put(yesOrNo[value] ?? value, between);
};
