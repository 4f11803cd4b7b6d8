import { ScenarioError, type Statement } from './parse.ts';
import type { Crm, Json, MarketingTool } from './systems/system.ts';

/** What the settings of a story are about. */
export interface Between {
  readonly crm: Crm;
  readonly tool: MarketingTool;
  /** The list of the profile, where it names one. */
  readonly campaign: string | null;
  /** HubSpot's subscription types: the id by the name. */
  readonly types: ReadonlyMap<string, string>;
}

const yesOrNo: Readonly<Record<string, unknown>> = { true: true, false: false };

const nameOf = ({ crm, tool }: Between, at: 0 | 1): Json => ({
  crm: crm.nameFields[at],
  marketing: tool.memberNameFields[at],
});

/** Where each setting of a `profile` line stands in the profile. */
const SETTINGS: Readonly<Record<string, (value: unknown, between: Between) => Json>> = {
  crmToMarketing: (value) => ({ optOut: { crmToMarketing: value } }),
  clearWhenConfirmed: (value) => ({ optOut: { clearWhenConfirmed: value } }),
  scope: (value) => ({ optOut: { scope: value } }),
  suppressUnknown: (value) => ({ optOut: { suppressUnknown: value } }),
  customField: (value) => ({ optOut: { customField: value } }),
  alsoStandard: (value) => ({ optOut: { alsoStandard: value } }),
  undeliverableField: (value) => ({ optOut: { undeliverableField: value } }),
  softOptOutIsRequest: (value) => ({ optOut: { softOptOutIsRequest: value } }),
  target: (value, { types }) => {
    const subscriptionType = types.get(String(value));
    return { optOut: { target: subscriptionType === undefined ? value : { subscriptionType } } };
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

/** The profile between one CRM and the marketing tool, as the `profile` lines of the story say. */
export const profileOf = (settings: readonly Statement[], between: Between): Json => {
  const { crm, tool, campaign } = between;
  const plain: Json = {
    version: 1,
    crm: {
      connection: crm.name.toLowerCase(),
      records: Object.values(crm.types),
      ...(campaign === null ? {} : { lists: [{ campaign }] }),
    },
    marketing: { connection: tool.name.toLowerCase(), audience: tool.audience },
    fields: [nameOf(between, 0)],
    consent: { newMembers: 'subscribe', basis: 'existing-customer' },
  };
  return settings.reduce((profile, { text, place }) => {
    if (text === 'lists') return profile;
    const [name = '', value = ''] = text.split(/:\s*/);
    const put = SETTINGS[name];
    if (put === undefined || value === '')
      throw new ScenarioError(place, `"${text}" is no setting: lists, ${Object.keys(SETTINGS).join(', ')}`);
    return merged(profile, put(yesOrNo[value] ?? value, between));
  }, plain);
};
