import type { Answered, Place } from './heed.ts';
import type { Json, Stage } from './stage.ts';

/** What one scenario knows while it is played: who is who, and what Heed answered last. */
export interface Cast {
  readonly stage: Stage;
  readonly place: Place;
  readonly profile: Json;
  /** `Contact bob` -> its id in the CRM. */
  readonly ids: Map<string, string>;
  /** The campaign that the profile lists; null: the profile has no lists. */
  campaign: string | null;
  last: Answered | null;
  /** The newest run of a sync, for `heed run RUN`. */
  run: string | null;
  /** Records that the last command wrote. */
  written: number;
}

/** `ann` is ann@x.org; a whole address is itself. */
export const addressOf = (name: string): string => (name.includes('@') ? name : `${name}@x.org`);

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
