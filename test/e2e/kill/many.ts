import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { SEEDS_OF_A_SETUP } from './plan.ts';
import type { Played } from './play.ts';

const MAIN = fileURLToPath(new URL('main.ts', import.meta.url));

/** Plays seeds in several processes, each setup in one of them; throws if a process ends otherwise than by itself. */
export const playMany = async (
  { from, times, processes }: { readonly from: number; readonly times: number; readonly processes: number },
  tell: (played: Played) => void,
): Promise<void> => {
  const seeds = Array.from({ length: times }, (_, i) => from + i);
  const shares = [...Map.groupBy(seeds, (seed) => Math.floor((seed - 1) / SEEDS_OF_A_SETUP)).values()];
  const work = async (): Promise<void> => {
    for (let share = shares.shift(); share !== undefined; share = shares.shift()) await inProcess(share, tell);
  };
  await Promise.all(Array.from({ length: processes }, work));
};

const inProcess = async (seeds: readonly number[], tell: (played: Played) => void): Promise<void> => {
  const args = ['--conditions=@heed/source', '--no-warnings', MAIN, '--worker', seeds.join(',')];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  const errors: string[] = [];
  child.stderr.on('data', (chunk: Buffer) => errors.push(chunk.toString()));
  for await (const line of createInterface({ input: child.stdout })) tell(JSON.parse(line) as Played);
  const code = await ended;
  if (code !== 0)
    throw new Error(`the process for seeds ${seeds.join(', ')} ended with ${code}: ${errors.join('').slice(0, 4_000)}`);
};
