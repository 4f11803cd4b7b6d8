import { parseArgs } from 'node:util';
import { MAIN, PAIRS, type PairName } from './pairs.ts';
import type { Settings } from './results.ts';

export const HELP = `npm run bench -- [--sizes 1000,10000,100000] [--million] [--only PART,...] [--profile]
  --sizes N,N     contacts in the CRM (1000,10000,100000); --million adds 1,000,000
  --pairs P,P     only these pairs of systems: ${Object.keys(PAIRS).join(', ')} (all).
                  All but ${MAIN} only take part in sync and opt-outs, and unless they are named up to 10,000
                  contacts, salesforce-hubspot up to 1,000
  --only PART,... only these: sync, opt-outs, backlog, comparisons, import, profile (all)
  --opt-outs N    people who opt out in the opt-out cases (5000; in the other pairs, where they go one by one, 500 and
                  a fifth of the contacts at most)
  --opt-outs-at N size of the audience in those cases (the largest of at most 100,000)
  --lines N       lines of the opt-out list that is imported (100000)
  --sample N      contacts that the plain script does, one call each (100)
  --latency R,W   milliseconds that a read and a write take at the vendor (80,150)
  --seed N        of the made-up people (1)
  --source        Heed from source instead of built; slower to start, and with the compiler in its memory
  --profile       also leaves a .cpuprofile of Heed's process
  --out FOLDER    where the results go (bench/results, which git ignores)`;

export type Part = (typeof PARTS)[number];
const PARTS = ['sync', 'opt-outs', 'backlog', 'comparisons', 'import', 'profile'] as const;

export interface Options {
  readonly settings: Settings;
  readonly parts: ReadonlySet<Part>;
  readonly pairs: readonly PairName[];
  /** They were named, and so are measured in every size. */
  readonly pairsNamed: boolean;
  readonly optOutsAt: number;
  /** Of the opt-out list. */
  readonly lines: number;
  readonly sample: number;
  readonly profile: boolean;
  readonly out: string | undefined;
}

const MILLION = 1_000_000;
const MOST_FOR_OPT_OUTS = 100_000;

/** Reads the command line. Throws for what it does not know. */
export const optionsFrom = (args: readonly string[]): Options | 'help' => {
  const { values } = parseArgs({
    args: [...args],
    options: {
      sizes: { type: 'string', default: '1000,10000,100000' },
      million: { type: 'boolean', default: false },
      pairs: { type: 'string' },
      lines: { type: 'string', default: '100000' },
      only: { type: 'string', default: PARTS.join(',') },
      'opt-outs': { type: 'string', default: '5000' },
      'opt-outs-at': { type: 'string' },
      sample: { type: 'string', default: '100' },
      latency: { type: 'string', default: '80,150' },
      seed: { type: 'string', default: '1' },
      source: { type: 'boolean', default: false },
      profile: { type: 'boolean', default: false },
      out: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return 'help';
  const sizes = [...new Set([...numbers(values.sizes), ...(values.million ? [MILLION] : [])])].sort((a, b) => a - b);
  const [readMs = 0, writeMs = 0] = numbers(values.latency);
  const [optOuts = 0, sample = 0, seed = 0, lines = 0] = numbers(
    `${values['opt-outs']},${values.sample},${values.seed},${values.lines}`,
  );
  const fitting = sizes.findLast((size) => size <= MOST_FOR_OPT_OUTS) ?? Math.min(...sizes);
  return {
    settings: { sizes, optOuts, readMs, writeMs, seed, built: !values.source },
    parts: partsOf(values.only),
    pairs: pairsOf(values.pairs ?? Object.keys(PAIRS).join(',')),
    pairsNamed: values.pairs !== undefined,
    lines,
    optOutsAt: values['opt-outs-at'] === undefined ? fitting : Number(values['opt-outs-at']),
    sample,
    profile: values.profile,
    out: values.out,
  };
};

const numbers = (text: string): readonly number[] =>
  text.split(',').map((part) => {
    const number = Number(part);
    if (!Number.isInteger(number) || number < 0 || part === '') throw new Error(`"${part}" is no whole number`);
    return number;
  });

const partsOf = (text: string): ReadonlySet<Part> =>
  new Set(
    text.split(',').map((name) => {
      const part = PARTS.find((one) => one === name);
      if (part === undefined) throw new Error(`there is no part "${name}"; there are: ${PARTS.join(', ')}`);
      return part;
    }),
  );

const pairsOf = (text: string): readonly PairName[] =>
  text.split(',').map((name) => {
    if (!Object.hasOwn(PAIRS, name))
      throw new Error(`there is no pair "${name}"; there are: ${Object.keys(PAIRS).join(', ')}`);
    return name as PairName;
  });
