import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { comparison } from './cases/comparisons.ts';
import { oneSize } from './cases/one-size.ts';
import { importedList } from './cases/opt-out-list.ts';
import { optOutsBehind } from './cases/opt-outs.ts';
import { profiledFirstSync } from './cases/profiled.ts';
import { HELP, optionsFrom } from './options.ts';
import { MAIN, mostContacts, type PairName, pairOf } from './pairs.ts';
import { machine } from './report/machine.ts';
import { textOf } from './report/text.ts';
import {
  type Comparison,
  caseTitle,
  type ListImport,
  type Measured,
  type OptOutTime,
  type Profiled,
  type Results,
} from './results.ts';

const options = optionsFrom(process.argv.slice(2));
if (options === 'help') {
  console.log(HELP);
  process.exit(0);
}
const { settings, parts } = options;
const folder = options.out ?? fileURLToPath(new URL('./results/', import.meta.url));
mkdirSync(folder, { recursive: true });
const about = machine();
const stamp = about.date.replaceAll(/[:.]/g, '-');
const tell = (text: string): void => {
  process.stderr.write(`${text}\n`);
};

const measured: Measured[] = [];
const optOutTimes: OptOutTime[] = [];
const comparisons: Comparison[] = [];
const imports: ListImport[] = [];
const failures: string[] = [];
let profiled: Profiled | null = null;

const soFar = (): Results => {
  return { machine: about, settings, measured, optOutTimes, comparisons, imports, profiled, failures };
};
/** After every part: a run of an hour that is stopped was not for nothing. */
const save = (): string => {
  const text = textOf(soFar());
  writeFileSync(join(folder, `${stamp}.json`), `${JSON.stringify(soFar(), null, 2)}\n`);
  writeFileSync(join(folder, `${stamp}.txt`), `${text}\n`);
  return text;
};

/** What goes wrong in one part is told, and is no reason to lose the others. */
const attempt = async (part: string, work: () => Promise<string>): Promise<void> => {
  try {
    tell(`${part}: ${await work()}`);
  } catch (error) {
    failures.push(`${part}: ${error instanceof Error ? error.message : String(error)}`);
    tell(`${part}: FAILED`);
  }
  save();
};
const seconds = (value: number): string => `${value.toFixed(1)} s`;
const compare = (name: Comparison['name'], contacts: number): Promise<void> =>
  attempt(`${name}, ${contacts}`, async () => {
    const one = await comparison(name, contacts, options.sample, settings);
    comparisons.push(one);
    return seconds(one.seconds);
  });

/** A list is imported into an audience of at most so many: it is the list that is measured. */
const MOST_FOR_LISTS = 10_000;
/** Where opt-outs go one by one, as many as the main pair's would take half an hour. */
const MOST_OPT_OUTS = 500;
const measureSize = (pair: PairName, contacts: number): Promise<void> =>
  attempt(`${pair}, ${contacts}`, async () => {
    const wanted = parts.has('opt-outs') && (pair !== MAIN || contacts === options.optOutsAt);
    const people = wanted ? settings.optOuts : 0;
    await oneSize(
      pair,
      contacts,
      pair === MAIN ? people : Math.min(people, MOST_OPT_OUTS, Math.floor(contacts / 5)),
      settings,
      {
        measured(one) {
          measured.push(one);
          tell(`${caseTitle(one)}, ${contacts}: ${seconds(one.seconds)}`);
        },
        optOutTime: (one) => void optOutTimes.push(one),
      },
    );
    return 'done';
  });

for (const contacts of settings.sizes) {
  if (parts.has('sync'))
    for (const pair of options.pairs)
      if (options.pairsNamed || contacts <= mostContacts(pair)) await measureSize(pair, contacts);
  if (parts.has('comparisons')) await compare('raw loop', contacts);
}
if (parts.has('comparisons')) await compare('plain script', Math.min(...settings.sizes));
if (parts.has('backlog'))
  for (const from of ['marketing', 'crm'] as const)
    await attempt(`opt-outs made in ${pairOf(MAIN)[from]}, behind a first sync of ${options.optOutsAt}`, async () => {
      const behind = await optOutsBehind(from, options.optOutsAt, settings.optOuts, settings);
      if (behind === null) return 'the first sync was over before anybody could opt out';
      optOutTimes.push(behind);
      return behind.readBackSeconds === null ? 'never read back' : seconds(behind.readBackSeconds);
    });
if (parts.has('import')) {
  const [contacts, lines] = [Math.min(options.optOutsAt, MOST_FOR_LISTS), options.lines];
  const members = Math.min(settings.optOuts, Math.floor(contacts / 2), lines);
  await attempt(`import of a list of ${lines}`, async () => {
    await importedList({ contacts, lines, members }, settings, {
      measured: (one) => void measured.push(one),
      optOutTime() {},
      imported: (one) => void imports.push(one),
    });
    return seconds(imports.at(-1)?.seconds ?? 0);
  });
}
if (parts.has('profile')) {
  // Large enough to be warm, small enough not to wait for; whatever the sizes are, one of them.
  const contacts = settings.sizes.findLast((size) => size <= 10_000) ?? Math.max(...settings.sizes);
  await attempt(`profile of a first sync of ${contacts}`, async () => {
    const keep = options.profile ? join(folder, `${stamp}.cpuprofile`) : null;
    profiled = await profiledFirstSync(contacts, keep, settings);
    return keep ?? 'done';
  });
}

console.log(`${save()}\n\nAlso in ${join(folder, stamp)}.json and .txt`);
if (failures.length > 0) process.exitCode = 1;
