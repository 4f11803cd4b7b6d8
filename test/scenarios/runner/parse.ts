import { readFileSync } from 'node:fs';

/** One thing that is given, done or expected, with its place in the file. */
export interface Statement {
  readonly part: 'given' | 'when' | 'then';
  readonly text: string;
  readonly place: string;
}

export interface Scenario {
  readonly file: string;
  readonly title: string;
  readonly rules: readonly string[];
  /** The CRMs and, last, the marketing tool. */
  readonly systems: readonly string[];
  /** `crmToMarketing: true`, one setting each. */
  readonly profile: readonly Statement[];
  readonly statements: readonly Statement[];
}

const KEYWORDS = ['title', 'rules', 'systems', 'profile', 'given', 'when', 'then'] as const;
type Keyword = (typeof KEYWORDS)[number];
/** `when` and `then` take turns; everything else has its place. */
const placeOf = (keyword: Keyword): number => Math.min(KEYWORDS.indexOf(keyword), KEYWORDS.indexOf('when'));

/** What is wrong with a scenario file, or what did not come true, as `file:line: what`. */
export class ScenarioError extends Error {
  constructor(place: string, what: string) {
    super(`${place}: ${what}`);
    this.name = 'ScenarioError';
  }
}

interface Line {
  readonly keyword: Keyword;
  readonly text: string;
  readonly place: string;
}

/** Reads a scenario file; every mistake in it is a ScenarioError that names the line. */
export const readScenario = (path: string, file: string): Scenario => {
  const lines = linesOf(readFileSync(path, 'utf8'), file);
  const textOf = (keyword: 'title' | 'rules'): string => {
    const found = lines.filter((line) => line.keyword === keyword);
    if (found.length !== 1) throw new ScenarioError(`${file}:1`, `a scenario has exactly one line "${keyword}"`);
    return found[0]?.text ?? '';
  };
  const rules = textOf('rules').split(/\s+/);
  const wrong = rules.find((rule) => !/^C\d+a?$/.test(rule));
  if (wrong !== undefined) throw new ScenarioError(`${file}:1`, `"${wrong}" is no rule: C8, C12a`);
  const statements = lines.flatMap((line) => (isPart(line.keyword) ? split(line, line.keyword) : []));
  if (!statements.some((one) => one.part === 'then')) throw new ScenarioError(`${file}:1`, 'it expects nothing');
  const profile = lines.filter((line) => line.keyword === 'profile').flatMap((line) => split(line, 'given'));
  return { file, title: textOf('title'), rules, systems: systemsIn(lines), profile, statements };
};

const systemsIn = (lines: readonly Line[]): readonly string[] => {
  const named = lines.find(({ keyword }) => keyword === 'systems');
  if (named === undefined) return ['Salesforce', 'Mailchimp'];
  const systems = named.text.split(/,\s*/);
  if (systems.length < 2) throw new ScenarioError(named.place, 'at least a CRM and a marketing tool');
  return systems;
};

const isPart = (keyword: Keyword): keyword is Statement['part'] =>
  keyword === 'given' || keyword === 'when' || keyword === 'then';

/** `#` begins a comment; an indented line goes on with the keyword above it. */
const linesOf = (text: string, file: string): readonly Line[] => {
  const lines: Line[] = [];
  let before: Keyword | null = null;
  for (const [i, raw] of text.split('\n').entries()) {
    const place = `${file}:${i + 1}`;
    const line = raw.replace(/(^|\s)#.*$/, '').trimEnd();
    if (line.trim() === '') continue;
    const [first = '', ...rest] = line.trim().split(/\s+/);
    const keyword: Keyword | null = /^\s/.test(line) ? before : (KEYWORDS.find((one) => one === first) ?? null);
    if (keyword === null)
      throw new ScenarioError(place, `"${first}" begins no line; a line begins with ${KEYWORDS.join(', ')} or a space`);
    if (before !== null && placeOf(keyword) < placeOf(before))
      throw new ScenarioError(place, `"${keyword}" comes before "${before}" in a scenario`);
    before = keyword;
    lines.push({ keyword, text: /^\s/.test(line) ? line.trim() : rest.join(' '), place });
  }
  return lines;
};

const split = (line: Line, part: Statement['part']): readonly Statement[] =>
  line.text
    .split(';')
    .map((text) => text.trim())
    .filter((text) => text !== '')
    .map((text) => ({ part, text, place: line.place }));
