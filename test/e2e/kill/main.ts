import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { playMany } from './many.ts';
import { planOf } from './plan.ts';
import { playSeed } from './play.ts';
import { openStage } from './world.ts';

const HELP = `npm run kill -- [--times N] [--seed K] [--only X] [--processes P]
  Kills the built command line with -9 at a random moment of a sync under faults, lets it go on, and compares both systems with what people did.
  --times N      how many seeds, each with at least one kill (20)
  --seed K       the first one (1)
  --only X       one seed, with everything that it does
  --processes P  processes to share the work (${availableParallelism()})
The same seed is the same people, acts, faults and moment; a moment counts calls, so what the process had done beside them may differ by a little.`;

const { values } = parseArgs({
  options: {
    times: { type: 'string', default: '20' },
    seed: { type: 'string', default: '1' },
    only: { type: 'string' },
    processes: { type: 'string', default: String(availableParallelism()) },
    /** For the processes that `playMany` starts: a JSON line per seed. */
    worker: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
});

const worker = async (seeds: readonly number[]): Promise<void> => {
  const stage = openStage();
  for (const seed of seeds) console.log(JSON.stringify(await playSeed(planOf(seed), stage)));
  await stage.close();
};

const only = async (seed: number): Promise<void> => {
  const plan = planOf(seed);
  const { base, before, after, ...rest } = plan;
  console.log(JSON.stringify({ ...rest, base: `${base.length} acts` }, null, 1));
  for (const act of before) console.log(`before: ${JSON.stringify(act)}`);
  for (const act of after) console.log(`after the kill: ${JSON.stringify(act)}`);
  const stage = openStage();
  const played = await playSeed(plan, stage);
  await stage.close();
  for (const kill of played.kills) console.log(kill);
  for (const line of played.wrong) console.log(`WRONG: ${line}`);
  console.log(`${played.syncs} syncs until quiet, ${played.wrong.length} wrong`);
  process.exitCode = played.wrong.length > 0 ? 1 : 0;
};

const many = async (from: number, times: number): Promise<void> => {
  const began = performance.now();
  let seeds = 0;
  let kills = 0;
  let failures = 0;
  await playMany(
    { from, times, processes: Number(values.processes) },
    ({ seed, wrong, kills: texts, killed, syncs }) => {
      seeds += 1;
      kills += killed;
      if (wrong.length > 0) failures += 1;
      console.log(
        `${wrong.length > 0 ? 'FAILED' : 'ok'} seed ${seed} (${planOf(seed).setup.name}): ${texts.join('; ')}; quiet after ${syncs} syncs`,
      );
      for (const line of wrong.slice(0, 20)) console.log(`  ${line}`);
      if (wrong.length > 0) console.log(`  again: npm run kill -- --only ${seed}`);
    },
  );
  const seconds = ((performance.now() - began) / 1_000).toFixed(1);
  console.log(`${seeds} seeds, ${kills} processes killed in ${seconds} s, ${failures} failed`);
  process.exitCode = failures > 0 || seeds < times ? 1 : 0;
};

if (values.help) console.log(HELP);
else if (values.worker !== undefined) await worker(values.worker.split(',').map(Number));
else if (values.only !== undefined) await only(Number(values.only));
else await many(Number(values.seed), Number(values.times));
