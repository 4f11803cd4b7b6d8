import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readScenario } from './runner/parse.ts';
import { runScenario, sentencesOf } from './runner/run-scenario.ts';
import { openStage, type Stage } from './runner/stage.ts';
import { takeOverTheClock } from './runner/time.ts';

const HERE = fileURLToPath(new URL('.', import.meta.url));
const scenarios = readdirSync(HERE)
  .filter((file) => file.endsWith('.txt'))
  .sort()
  .map((file) => readScenario(`${HERE}${file}`, file));

describe('scenarios', () => {
  let stage: Stage;
  let giveBackTheClock: () => void;

  beforeAll(() => {
    giveBackTheClock = takeOverTheClock();
    stage = openStage();
  });
  afterAll(async () => {
    await stage.close();
    giveBackTheClock();
  });

  it.each(scenarios.map((scenario) => [scenario.rules.join(' '), scenario.title, scenario] as const))(
    '%s: %s',
    async (_rules, _title, scenario) => {
      await runScenario(scenario, stage);
    },
  );
});

describe('the language of the scenarios', () => {
  it('every sentence that a scenario may use stands in README.md, and is used by one', () => {
    const unused: string[] = [];
    const readme = readFileSync(`${HERE}README.md`, 'utf8');
    for (const part of ['given', 'when', 'then'] as const) {
      const said = scenarios.flatMap(({ statements }) => statements).filter((one) => one.part === part);
      for (const phrase of sentencesOf(part)) {
        if (part === 'when' && sentencesOf('given').includes(phrase)) continue;
        expect(readme).toContain(phrase.example);
        if (!said.some(({ text }) => phrase.says.test(text))) unused.push(phrase.example);
      }
    }
    expect(unused).toEqual([]);
  });
});
