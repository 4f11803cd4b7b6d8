import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { readScenario } from './runner/parse.ts';

/** docs/consent-rules.md: C0 to C29, and the two that were put in between. */
const RULES = [...Array.from({ length: 30 }, (_, n) => `C${n}`), 'C6a', 'C12a'];

const HERE = fileURLToPath(new URL('.', import.meta.url));
const cited = readdirSync(HERE)
  .filter((file) => file.endsWith('.txt'))
  .map((file) => ({ file, rules: readScenario(`${HERE}${file}`, file).rules }));

it('every rule is shown by a story', () => {
  const shown = new Set(cited.flatMap(({ rules }) => rules));
  expect(RULES.filter((rule) => !shown.has(rule))).toEqual([]);
});

it('no story cites a rule that does not exist, or one twice', () => {
  const strange = cited.flatMap(({ file, rules }) =>
    rules.filter((rule, at) => !RULES.includes(rule) || rules.indexOf(rule) < at).map((rule) => `${file}: ${rule}`),
  );
  expect(strange).toEqual([]);
});
