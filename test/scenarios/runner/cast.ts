import type { Answered, Place } from './heed.ts';
import type { Systems } from './stage.ts';
import type { Hubspot } from './systems/hubspot.ts';
import type { Salesforce } from './systems/salesforce.ts';
import type { Crm, List, System } from './systems/system.ts';

/** What one scenario knows while it is played: who is who, and what Heed answered last. */
export interface Cast extends Systems {
  readonly place: Place;
  /** `Contact bob` -> its id in the CRM. */
  readonly ids: Map<string, string>;
  /** The list that the profile of the first CRM names; null: it names none. */
  readonly list: List | null;
  last: Answered | null;
  /** The newest run of each profile, for `heed run RUN`. */
  runs: readonly string[];
  /** The ids of the records that the last command wrote, in their order in each system. */
  written: readonly string[];
}

/** `ann` is ann@x.org; a whole address means itself. */
export const addressOf = (name: string): string => (name.includes('@') ? name : `${name}@x.org`);

/** What stories call record types, in any of the CRMs. */
export const TYPE = /(?:Contact|Lead|Customer)/.source;

/** The CRM that a record is in: the first of the story that has such records. */
export const crmOf = (cast: Cast, type: string): { readonly crm: Crm; readonly type: string } => {
  for (const crm of cast.crms) {
    const own = crm.types[type];
    if (own !== undefined) return { crm, type: own };
  }
  throw new Error(`${cast.crms.map(({ name }) => name).join(' and ')} has no ${type}s`);
};

export const systemOf = (cast: Cast, name: string): System => {
  const found = [...cast.crms, cast.tool].find((one) => one.name === name);
  if (found === undefined) throw new Error(`this story is not about ${name}`);
  return found;
};

/** By its name a system is known to be what only that one is. */
export const hubspotOf = (cast: Cast): Hubspot => systemOf(cast, 'HubSpot') as Hubspot;
export const salesforceOf = (cast: Cast): Salesforce => systemOf(cast, 'Salesforce') as Salesforce;

/** Puts a record into the list of the profile, or takes it out. */
export const putInList = async (cast: Cast, id: string, isIn: boolean): Promise<void> => {
  if (cast.list === null) throw new Error('the profile of this story has no list');
  await cast.crms[0].putInList(cast.list, id, isIn);
};

export const idOf = (cast: Cast, type: string, name: string): string => {
  const id = cast.ids.get(`${type} ${name}`);
  if (id === undefined) throw new Error(`there is no ${type} ${name}; known are ${[...cast.ids.keys()].join(', ')}`);
  return id;
};

/** All records of a crowd: `crowd1`, `crowd2`, ... */
export const crowdOf = (cast: Cast, type: string, name: string): readonly string[] =>
  [...cast.ids].flatMap(([key, id]) => (new RegExp(`^${type} ${name}\\d+$`).test(key) ? [id] : []));

/** A sentence of the language, and what it does. */
export interface Phrase {
  readonly says: RegExp;
  /** As it stands in README.md. */
  readonly example: string;
  play(cast: Cast, words: Readonly<Record<string, string>>): Promise<void>;
}

export const phrase = (
  says: RegExp,
  example: string,
  play: (cast: Cast, words: Readonly<Record<string, string>>) => Promise<void>,
): Phrase => ({ says: new RegExp(`^${says.source}$`), example, play });
