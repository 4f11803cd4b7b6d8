import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import {
  type SimulationOptions,
  shrink,
  simulate,
  violationText,
} from '../../packages/testkit/src/simulation/index.ts';
import { engineUnderTest } from './engine-under-test.ts';
import { type Failure, simulateMany } from './many.ts';

const HELP = `npm run simulate -- [--seeds N] [--from K] [--seed X] [--shrink] [--stop] [--processes P]
  --seeds N      how many seeds (2000)
  --from K       the first one (1)
  --seed X       one seed, with its whole history; --shrink makes its schedule shorter first
  --options JSON other acts, rules or quirks than the seed's own
  --stop         ends at the first seed that fails
  --processes P  processes to share the work (${availableParallelism()})`;

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '2000' },
    from: { type: 'string', default: '1' },
    seed: { type: 'string' },
    shrink: { type: 'boolean', default: false },
    stop: { type: 'boolean', default: false },
    processes: { type: 'string', default: String(availableParallelism()) },
    /** A SimulationOptions as JSON: other acts, rules or quirks than the seed's own. */
    options: { type: 'string', default: '{}' },
    /** For the processes that `simulateMany` starts: a JSON line per failing seed, nothing else. */
    worker: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

const from = Number(values.from);
const seeds = Number(values.seeds);
const options = JSON.parse(values.options) as SimulationOptions;

const one = async (seed: number): Promise<void> => {
  const first = await simulate(seed, engineUnderTest, options);
  const shown = values.shrink && first.violations.length > 0 ? await shrink(first, engineUnderTest, options) : first;
  console.log(shown.trace());
  process.exitCode = first.violations.length > 0 ? 1 : 0;
};

const worker = async (): Promise<void> => {
  for (let seed = from; seed < from + seeds; seed += 1) {
    const { violations } = await simulate(seed, engineUnderTest, options);
    if (violations.length === 0) continue;
    const failure: Failure = { seed, violations: violations.map(violationText) };
    console.log(JSON.stringify(failure));
    if (values.stop) return;
  }
};

const many = async (): Promise<void> => {
  const began = performance.now();
  const { failures, ran } = await simulateMany({
    from,
    seeds,
    processes: Number(values.processes),
    stop: values.stop,
    options,
  });
  for (const { seed, violations } of failures) {
    console.log(`seed ${seed}: npm run simulate -- --seed ${seed} --shrink`);
    for (const text of violations) console.log(`  ${text}`);
  }
  const seconds = ((performance.now() - began) / 1_000).toFixed(1);
  console.log(`${ran} seeds in ${seconds} s, ${failures.length} failed`);
  process.exitCode = failures.length > 0 ? 1 : 0;
};

if (values.help) console.log(HELP);
else if (values.seed !== undefined) await one(Number(values.seed));
else if (values.worker) await worker();
else await many();
