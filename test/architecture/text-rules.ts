import type { Rule } from './import-rules.ts';
import type { Source, Tree } from './tree.ts';

const MOST_LINES = 400;

/** Where the machine's own clock, chance and environment come in; everything behind gets them handed over. */
const OUTER_EDGE: readonly string[] = [
  'packages/cli/src/command-line.ts', // hands over the environment; draws the progress line
  'packages/toolkit/src/clock.ts', // systemClock
  'packages/sandbox/src/clock.ts', // where a stand-in's own clock starts, unless told
];
const FROM_THE_MACHINE = /\bDate\.now\b|\bMath\.random\b|\bnew Date\(\s*\)|\bprocess\.env\b/;

const isShipped = ({ path }: Source): boolean => /^(packages|connectors)\/[^/]+\/(src|sandbox)\//.test(path);

const lines = (
  tree: Tree,
  choose: (source: Source) => boolean,
  pattern: RegExp,
  from: 'code' | 'text' = 'code',
  excused: (line: string, before: string) => boolean = () => false,
): readonly string[] =>
  tree.sources.filter(choose).flatMap((source) => {
    const shown = source.text.split('\n');
    return source[from].split('\n').flatMap((line, i) => {
      const fits = pattern.test(line) && !excused(shown[i] ?? '', shown[i - 1] ?? '');
      return fits ? [`${source.path}:${i + 1}: ${(shown[i] ?? '').trim()}`] : [];
    });
  });

const anything = (): boolean => true;
const isThisFolder = ({ path }: Source): boolean => path.startsWith('test/architecture/');

/** A linter rule that is put off says which and why. */
const saysWhy = (_: string, before: string): boolean => /biome-ignore lint\/\S+: \S+ \S+/.test(before);

export const textRules: readonly Rule[] = [
  {
    says: `no file is longer than ${MOST_LINES} lines`,
    breaches: ({ sources }) =>
      sources.flatMap(({ path, text }) => {
        const n = text.split('\n').length - 1;
        return n > MOST_LINES ? [`${path}: ${n} lines`] : [];
      }),
  },
  {
    says: 'time, chance and environment are handed over, not taken',
    breaches: (tree) => lines(tree, (one) => isShipped(one) && !OUTER_EDGE.includes(one.path), FROM_THE_MACHINE),
  },
  {
    says: 'no `any` without a reason',
    breaches: (tree) => lines(tree, anything, /(?<!\? .*)(:|\bas|<|\|)\s*any\b/, 'code', saysWhy),
  },
  {
    says: 'no non-null assertion without a reason',
    breaches: (tree) => lines(tree, anything, /[\w)\]]!(?=[.;,)\]}[]|$|\s+as\b)/, 'code', saysWhy),
  },
  {
    says: 'the compiler is never told to look away',
    breaches: (tree) => lines(tree, (one) => !isThisFolder(one), /@ts-(ignore|nocheck|expect-error)/, 'text'),
  },
  {
    says: 'a linter rule is put off with a reason only',
    breaches: (tree) => lines(tree, (one) => !isThisFolder(one), /biome-ignore(?!(-\w+)? lint\/\S+: \S+ \S+)/, 'text'),
  },
  {
    says: 'no test is the only one, and none is left out without saying why',
    breaches: (tree) => [
      ...lines(tree, anything, /\b(it|test|describe|suite)(\.\w+)*\.only\b/),
      // The reason stands in the name of the test: "NOT CHECKED against x: it is not there".
      ...lines(tree, (one) => !isThisFolder(one), /\b(it|test|describe)\.(skip|todo)\((?!.*: )/, 'text'),
    ],
  },
  {
    says: 'nothing is left to do in a comment',
    breaches: (tree) => lines(tree, (one) => !isThisFolder(one), /\b(TODO|FIXME|XXX|HACK)\b/, 'text'),
  },
  {
    says: 'only syntax that can be erased: no enum, namespace, parameter property or decorator',
    breaches: (tree) =>
      lines(
        tree,
        ({ path }) => path.endsWith('.ts') && !path.endsWith('.d.ts'),
        /^\s*(export\s+)?(const\s+)?enum\s|^\s*(export\s+)?namespace\s|constructor\(([^)]*,)?\s*(private|public|protected|readonly)\s|^\s*@\w+\(/,
      ),
  },
];
