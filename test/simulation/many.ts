import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { SimulationOptions } from '../../packages/testkit/src/simulation/index.ts';

export interface Failure {
  readonly seed: number;
  readonly violations: readonly string[];
}

export interface Many {
  readonly from: number;
  readonly seeds: number;
  readonly processes: number;
  /** Each process ends at its first failing seed. */
  readonly stop: boolean;
  /** The main.ts to run: a mutant's copy, or this folder's own. */
  readonly main?: string;
  readonly options?: SimulationOptions;
}

/** Runs seeds in several processes, since a simulation is all computing. Throws if a process ends otherwise than by itself. */
export const simulateMany = async (
  many: Many,
): Promise<{ readonly failures: readonly Failure[]; readonly ran: number }> => {
  const share = Math.ceil(many.seeds / many.processes);
  const shares = Array.from({ length: many.processes }, (_, index) => ({
    from: many.from + index * share,
    seeds: Math.min(share, many.seeds - index * share),
  })).filter(({ seeds }) => seeds > 0);
  const failures = await Promise.all(shares.map((one) => inProcess({ ...many, ...one })));
  return { failures: failures.flat(), ran: many.seeds };
};

const inProcess = async ({ from, seeds, stop, main, options = {} }: Many): Promise<readonly Failure[]> => {
  const file = main ?? fileURLToPath(new URL('main.ts', import.meta.url));
  const args = [
    '--conditions=@heed/source',
    '--no-warnings',
    file,
    '--worker',
    `--from=${from}`,
    `--seeds=${seeds}`,
    `--options=${JSON.stringify(options)}`,
  ];
  const child = spawn(process.execPath, stop ? [...args, '--stop'] : args, { stdio: ['ignore', 'pipe', 'pipe'] });
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  const errors: string[] = [];
  child.stderr.on('data', (chunk: Buffer) => errors.push(chunk.toString()));
  const failures: Failure[] = [];
  for await (const line of createInterface({ input: child.stdout })) failures.push(JSON.parse(line) as Failure);
  const code = await ended;
  if (code !== 0)
    throw new Error(`the process for seeds from ${from} on ended with ${code}: ${errors.join('').slice(0, 2_000)}`);
  return failures;
};
