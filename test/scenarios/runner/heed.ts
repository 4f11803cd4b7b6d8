import { spawn } from 'node:child_process';
import { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { UsageError } from '../../../packages/cli/src/invocation.ts';
import { buildProgram, CommanderError } from '../../../packages/cli/src/program/build.ts';
import { aheadMs } from './time.ts';

/** What a command left behind. */
export interface Answered {
  readonly args: readonly string[];
  readonly code: number;
  /** Everything it said, to people and to programs. */
  readonly said: string;
  /** The JSON document it printed. */
  readonly json: unknown;
}

export interface Place {
  readonly profilesDir: string;
  readonly stateDir: string;
  readonly environment: Readonly<Record<string, string>>;
}

/**
 * Runs one command line. The real command line of packages/cli in this process, because a process for each of hundreds of
 * commands takes minutes; with HEED_SCENARIOS=built the built command line, a process each (test/e2e does so anyway).
 */
export const heed = (args: readonly string[], place: Place): Promise<Answered> =>
  process.env.HEED_SCENARIOS === 'built' ? inProcessOfItsOwn(args, place) : here(args, place);

const here = async (args: readonly string[], place: Place): Promise<Answered> => {
  const said: string[] = [];
  let code = 0;
  let json: unknown = null;
  const program = buildProgram('scenarios', async (spec, given, options) => {
    const { run } = await spec.load();
    const answer = await run(
      {
        json: true,
        profilesDir: place.profilesDir,
        stateDir: place.stateDir,
        keyFile: undefined,
        environment: place.environment,
        signal: new AbortController().signal,
        progress: { show: () => {}, clear: () => {} },
        tell: (text) => said.push(text),
        say: (text) => said.push(text),
        readInput: () => Promise.resolve(''),
        inputBytes: () => Readable.from([]),
        ask: async () => null,
      },
      given,
      options,
    );
    code = answer.code;
    json = answer.json;
    said.push(answer.text, JSON.stringify(answer.json));
  });
  const quiet = (command: typeof program): void => {
    command.configureOutput({ writeErr: (text) => said.push(text), writeOut: (text) => said.push(text) });
    for (const one of command.commands) quiet(one);
  };
  quiet(program);
  try {
    await program.parseAsync([...args], { from: 'user' });
  } catch (error) {
    // As packages/cli/src/command-line.ts answers: what was asked is wrong. Anything else is a failure of the test.
    if (!(error instanceof CommanderError) && !(error instanceof UsageError)) throw error;
    said.push(error.message);
    code = 2;
  }
  return { args, code, said: said.join('\n'), json };
};

const BIN = fileURLToPath(new URL('../../../packages/cli/bin/heed.js', import.meta.url));

const inProcessOfItsOwn = (args: readonly string[], place: Place): Promise<Answered> => {
  const clock = `const now = Date.now.bind(Date); Date.now = () => now() + ${aheadMs()};`;
  const node = ['--import', `data:text/javascript,${encodeURIComponent(clock)}`, BIN];
  const child = spawn(process.execPath, [...node, ...args, '--json'], {
    env: {
      PATH: process.env.PATH ?? '',
      ...place.environment,
      HEED_PROFILES: place.profilesDir,
      HEED_STATE: place.stateDir,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const text = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const)
    child[name].setEncoding('utf8').on('data', (chunk: string) => {
      text[name] += chunk;
    });
  return new Promise((resolve) => {
    child.once('close', (code) => {
      const json: unknown = text.stdout.trim() === '' ? null : JSON.parse(text.stdout);
      resolve({ args, code: code ?? -1, said: `${text.stdout}\n${text.stderr}`, json });
    });
  });
};
