import type { Cast, Phrase } from './cast.ts';
import { givenPhrases } from './given.ts';
import { type Scenario, ScenarioError, type Statement } from './parse.ts';
import { profileOf } from './profile.ts';
import { type Stage, writeFile } from './stage.ts';
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
  const systems = await stage.systems(scenario.systems);
  const place = stage.place(systems);
  later(STEP_MS);
  const hasLists = scenario.profile.some(({ text }) => text === 'lists');
  const list = hasLists ? await systems.crms[0].makeList() : null;
  const setUp = async (settings: readonly Statement[]): Promise<void> => {
    for (const [at, crm] of systems.crms.entries()) {
      const profile = await profileOf(settings, { crm, tool: systems.tool, list: at === 0 ? list : null });
      writeFile(place, at === 0 ? 'newsletter' : `newsletter-${crm.name.toLowerCase()}`, profile);
    }
  };
  await setUp(scenario.profile);
  const cast: Cast = { ...systems, place, ids: new Map(), list, last: null, runs: [], written: [] };
  let settings = scenario.profile;
  for (const statement of scenario.statements) {
    if (statement.part !== 'then') later(STEP_MS);
    const changed = /^the profile says (?<setting>.+)$/.exec(statement.text)?.groups?.setting;
    if (statement.part === 'when' && changed !== undefined) {
      settings = [...settings, { ...statement, text: changed }];
      await setUp(settings);
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
