import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const BIN = fileURLToPath(new URL('../../packages/cli/bin/heed.js', import.meta.url));
const TELLS = `process.stderr.write(JSON.stringify({
  pid: process.pid, args: process.execArgv.filter((arg) => !arg.startsWith('data:')), arenas: process.env.MALLOC_ARENA_MAX ?? null,
}) + '\\n')`;

interface Told {
  readonly pid: number;
  readonly args: readonly string[];
  readonly arenas: string | null;
}

/** What each of the programs that a process became says of itself as it starts. */
const programsOf = (
  channel: readonly 'ipc'[],
  env: Readonly<Record<string, string>> = {},
): Promise<readonly Told[]> => {
  const { MALLOC_ARENA_MAX: _, ...rest } = process.env;
  const child = spawn(
    process.execPath,
    ['--import', `data:text/javascript,${encodeURIComponent(TELLS)}`, BIN, '--version'],
    {
      env: { ...rest, ...env },
      stdio: ['ignore', 'ignore', 'pipe', ...channel],
    },
  );
  let text = '';
  child.stderr?.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
  });
  return new Promise((resolve) => {
    child.once('close', () =>
      resolve(
        text
          .trim()
          .split('\n')
          .map((line) => JSON.parse(line) as Told),
      ),
    );
  });
};

it.skipIf(process.platform === 'win32')(
  'V8 and glibc are told to keep little room for garbage, in the same process',
  async () => {
    const [first, second, ...more] = await programsOf([]);
    expect(more).toEqual([]);
    expect(second?.pid).toBe(first?.pid);
    expect(second?.args).toEqual([...(first?.args ?? []), '--max-semi-space-size=16']);
    expect([first?.arenas, second?.arenas]).toEqual([null, '2']);
  },
);

it('what the environment says of glibc counts', async () => {
  const told = await programsOf([], { MALLOC_ARENA_MAX: '5' });
  expect(told.at(-1)?.arenas).toBe('5');
});

it('a parent that talks to the process keeps its channel', async () => {
  expect(await programsOf(['ipc'])).toHaveLength(1);
});
