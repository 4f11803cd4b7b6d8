import type { Cast, Phrase } from './cast.ts';
import { givenPhrases } from './given.ts';
import { type Scenario, ScenarioError, type Statement } from './parse.ts';
import type { Json, Stage } from './stage.ts';
import { thenPhrases } from './then.ts';
import { later, STEP_MS } from './time.ts';
import { whenPhrases } from './when.ts';

/** Every sentence of the language by its part, for the runner and for README.md. */
export const sentencesOf = (part: Statement['part']): readonly Phrase[] => {
  switch (part) {
    case 'given':
      return givenPhrases;
    case 'when':
      return [...whenPhrases, ...givenPhrases];
    case 'then':
      return thenPhrases;
  }
};

/** Plays a scenario from its beginning; throws a ScenarioError with the place of what went wrong. */
export const runScenario = async (scenario: Scenario, stage: Stage): Promise<void> => {
  const place = stage.clear();
  later(STEP_MS);
  const campaign = await campaignOf(scenario, stage);
  const profile = profileOf(scenario.profile, stage.audience, campaign);
  stage.writeProfile(place, profile);
  const cast: Cast = { stage, place, profile, ids: new Map(), campaign, last: null, run: null, written: 0 };
  let settings = scenario.profile;
  for (const statement of scenario.statements) {
    if (statement.part !== 'then') later(STEP_MS);
    const changed = /^the profile says (?<setting>.+)$/.exec(statement.text)?.groups?.setting;
    if (statement.part === 'when' && changed !== undefined) {
      settings = [...settings, { ...statement, text: changed }];
      stage.writeProfile(place, profileOf(settings, stage.audience, campaign));
    } else await play(statement, cast);
  }
};

const play = async (statement: Statement, cast: Cast): Promise<void> => {
  for (const phrase of sentencesOf(statement.part)) {
    const found = phrase.says.exec(statement.text);
    if (found === null) continue;
    try {
      return await phrase.play(cast, found.groups ?? {});
    } catch (error) {
      throw new ScenarioError(statement.place, `${statement.text}: ${error instanceof Error ? error.message : error}`);
    }
  }
  throw new ScenarioError(statement.place, `"${statement.text}" is no sentence of "${statement.part}"; see README.md`);
};

const campaignOf = async (scenario: Scenario, stage: Stage): Promise<string | null> => {
  if (!scenario.profile.some((one) => one.text === 'lists')) return null;
  return String((await stage.act('salesforce', 'admin/campaign', { name: 'the list' })).id);
};

const yesOrNo: Readonly<Record<string, unknown>> = { true: true, false: false };

const FIELDS = [{ crm: 'FirstName', marketing: 'FNAME' }] as const;

/** Where each setting of a `profile` line stands in the profile. */
const SETTINGS: Readonly<Record<string, (value: unknown) => Json>> = {
  crmToMarketing: (value) => ({ optOut: { crmToMarketing: value } }),
  clearWhenConfirmed: (value) => ({ optOut: { clearWhenConfirmed: value } }),
  scope: (value) => ({ optOut: { scope: value } }),
  suppressUnknown: (value) => ({ optOut: { suppressUnknown: value } }),
  customField: (value) => ({ optOut: { customField: value } }),
  alsoStandard: (value) => ({ optOut: { alsoStandard: value } }),
  undeliverableField: (value) => ({ optOut: { undeliverableField: value } }),
  whenRecordLeaves: (value) => ({ whenRecordLeaves: value }),
  newMembers: (value) => ({ consent: { newMembers: value, ...(value === 'subscribe' ? {} : { basis: undefined }) } }),
  basis: (value) => ({ consent: { basis: value } }),
  optInField: (value) => ({ consent: { optInField: value } }),
  createCrm: (value) => ({ create: { crm: value }, fields: [...FIELDS, { crm: 'LastName', marketing: 'LNAME' }] }),
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

const profileOf = (settings: readonly Statement[], audience: string, campaign: string | null): Json => {
  const plain: Json = {
    version: 1,
    crm: {
      connection: 'salesforce',
      records: ['Contact', 'Lead'],
      ...(campaign === null ? {} : { lists: [{ campaign }] }),
    },
    marketing: { connection: 'mailchimp', audience },
    fields: FIELDS,
    consent: { newMembers: 'subscribe', basis: 'existing-customer' },
  };
  return settings.reduce((profile, { text, place }) => {
    if (text === 'lists') return profile;
    const [name = '', value = ''] = text.split(/:\s*/);
    const put = SETTINGS[name];
    if (put === undefined || value === '')
      throw new ScenarioError(place, `"${text}" is no setting: lists, ${Object.keys(SETTINGS).join(', ')}`);
    return merged(profile, put(yesOrNo[value] ?? value));
  }, plain);
};
