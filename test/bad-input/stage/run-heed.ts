import { Readable } from 'node:stream';
import { UsageError } from '../../../packages/cli/src/invocation.ts';
import { buildProgram, CommanderError } from '../../../packages/cli/src/program/build.ts';

/** What a command left behind. */
export interface Answered {
  readonly code: number;
  /** Everything it said, to people and to programs. */
  readonly said: string;
  readonly json: unknown;
}

export interface Place {
  readonly folder: string;
  readonly profilesDir: string;
  readonly stateDir: string;
  readonly environment: Readonly<Record<string, string>>;
}

/**
 * The real command line of packages/cli in this process, as command-line.ts runs it, because a process for each of hundreds of
 * commands takes minutes. built.test.ts runs some through the built one.
 */
export const runHeed = async (args: readonly string[], place: Place, input = ''): Promise<Answered> => {
  const said: string[] = [];
  let code = 0;
  let json: unknown = null;
  const program = buildProgram('bad input', async (spec, given, options) => {
    const { run } = await spec.load();
    const answer = await run(
      {
        json: true,
        profilesDir:
          typeof options.profiles === 'string' && options.profiles !== 'profiles'
            ? options.profiles
            : place.profilesDir,
        stateDir: typeof options.state === 'string' && options.state !== '.heed' ? options.state : place.stateDir,
        keyFile: undefined,
        environment: place.environment,
        signal: new AbortController().signal,
        progress: { show: () => {}, clear: () => {} },
        tell: (text) => said.push(text),
        say: (text) => said.push(text),
        readInput: async () => input,
        inputBytes: () => Readable.from([Buffer.from(input)]),
        ask: async () => null,
      },
      given,
      options,
    );
    code = answer.code;
    json = answer.json;
    said.push(answer.text, JSON.stringify(answer.json) ?? '');
  });
  const quiet = (command: typeof program): void => {
    command.configureOutput({ writeErr: (text) => said.push(text), writeOut: (text) => said.push(text) });
    for (const one of command.commands) quiet(one);
  };
  quiet(program);
  try {
    await program.parseAsync([...args], { from: 'user' });
  } catch (error) {
    // As command-line.ts answers what was asked for wrongly. Anything else is a failure, of Heed or of the test.
    if (!(error instanceof CommanderError) && !(error instanceof UsageError)) throw error;
    said.push(error.message);
    code = 2;
  }
  return { code, said: said.join('\n'), json };
};
