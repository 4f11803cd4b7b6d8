import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { comparison } from './cases/comparisons.ts';
import { oneSize } from './cases/one-size.ts';
import { optOutsBehind } from './cases/opt-outs.ts';
import { profiledFirstSync } from './cases/profiled.ts';
import { HELP, optionsFrom } from './options.ts';
import { machine } from './report/machine.ts';
import { textOf } from './report/text.ts';
import type { Comparison, Measured, OptOutTime, Profiled, Results } from './results.ts';

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
let profiled: Profiled | null = null;

const largest = Math.max(...settings.sizes);
for (const contacts of settings.sizes) {
  if (parts.has('sync')) {
    const optOuts = parts.has('opt-outs') && contacts === options.optOutsAt ? settings.optOuts : 0;
    const one = await oneSize(contacts, optOuts, settings, tell);
    measured.push(...one.measured);
    optOutTimes.push(...one.optOutTimes);
  }
  if (parts.has('comparisons')) {
    comparisons.push(await comparison('raw loop', contacts, 0, settings));
    tell(`raw loop, ${contacts}: ${comparisons.at(-1)?.seconds.toFixed(1)} s`);
  }
}
if (parts.has('comparisons'))
  comparisons.push(await comparison('plain script', Math.min(...settings.sizes), options.sample, settings));
if (parts.has('backlog'))
  for (const from of ['mailchimp', 'salesforce'] as const) {
    const behind = await optOutsBehind(from, options.optOutsAt, settings.optOuts, settings);
    if (behind !== null) optOutTimes.push(behind);
    tell(`opt-outs made in ${from}, behind: ${behind?.readBackSeconds?.toFixed(1) ?? 'not measured'} s`);
  }
if (parts.has('profile')) {
  // Large enough to be warm, small enough not to wait for; whatever the sizes are, one of them.
  const contacts = settings.sizes.findLast((size) => size <= 10_000) ?? largest;
  profiled = await profiledFirstSync(contacts, options.profile ? join(folder, `${stamp}.cpuprofile`) : null, settings);
}

const results: Results = { machine: about, settings, measured, optOutTimes, comparisons, profiled };
const text = textOf(results);
writeFileSync(join(folder, `${stamp}.json`), `${JSON.stringify(results, null, 2)}\n`);
writeFileSync(join(folder, `${stamp}.txt`), `${text}\n`);
console.log(`${text}\n\nAlso in ${join(folder, stamp)}.json and .txt`);
