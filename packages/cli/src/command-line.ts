import { text as textOf } from 'node:stream/consumers';
import { guardCrashes } from './crash.ts';
import { type Answer, type Invocation, type Options, UsageError } from './invocation.ts';
import { settleNetwork } from './network.ts';
import { buildProgram, CommanderError } from './program/build.ts';
import type { CommandSpec } from './program/spec.ts';
import { type StopSignals, stopSignals } from './stop-signals.ts';
import { askOnTerminal } from './terminal/ask.ts';
import { asJson, steadyText } from './terminal/harmless.ts';
import { type ProgressLine, progressLine, silentProgress } from './terminal/progress.ts';

const VERSION = '0.1.0';
const FAILED = 1;
const INVALID = 2;
const INTERRUPTED = 130;

const tell = (text: string): void => {
  process.stderr.write(`${steadyText(text)}\n`);
};
const say = (text: string): void => {
  process.stdout.write(`${steadyText(text)}\n`);
};

/** Runs one command line and answers the exit code. Everything that can be said about it was written by then. */
export const runCommandLine = async (argv: readonly string[]): Promise<number> => {
  const json = argv.includes('--json');
  let code = 0;
  guardCrashes((error) => explainFailure(error, json));
  const program = buildProgram(VERSION, async (spec, args, options) => {
    code = await runCommand(spec, args, options);
  });
  try {
    settleNetwork(process.env, process.execArgv);
    await program.parseAsync([...argv], { from: 'user' });
    return code;
  } catch (error) {
    if (error instanceof CommanderError) return commandLineError(error, json);
    return explainFailure(error, json);
  }
};

const runCommand = async (spec: CommandSpec, args: readonly string[], options: Options): Promise<number> => {
  const progress =
    process.stderr.isTTY === true ? progressLine((text) => process.stderr.write(text), Date.now) : silentProgress;
  const stop = stopSignals(() => {
    progress.clear();
    if (spec.stopsQuietly !== true) tell('Stopping at the next commit; a second signal ends at once.');
  }, process.env.npm_lifecycle_event === 'npx');
  // A reader that went away (`heed serve | head`) wants no more of it; what is under way still ends at a commit.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') stop.stop();
    else process.exit(FAILED);
  });
  const { run } = await spec.load();
  const invocation = invocationOf(options, progress, stop);
  let answer: Answer;
  try {
    answer = await run(invocation, args, options);
  } finally {
    progress.clear();
  }
  if (invocation.json) {
    if (answer.json !== undefined) say(asJson(answer.json, process.stdout.isTTY === true));
  } else if (answer.text !== '') say(answer.text);
  return answer.code === INTERRUPTED ? (stop.code() ?? INTERRUPTED) : answer.code;
};

const invocationOf = (options: Options, progress: ProgressLine, stop: StopSignals): Invocation => ({
  json: options.json === true,
  profilesDir: String(options.profiles),
  stateDir: String(options.state),
  keyFile: process.env.HEED_KEY_FILE,
  environment: process.env,
  signal: stop.signal,
  progress,
  tell: (text) => {
    progress.clear();
    tell(text);
  },
  say,
  readInput: () => textOf(process.stdin),
  inputBytes: () => process.stdin,
  ask: (question) => {
    progress.clear();
    return askOnTerminal(question, stop.signal);
  },
});

/** Commander has written its own message by now; help and version are no errors. */
const commandLineError = (error: CommanderError, json: boolean): number => {
  if (error.exitCode === 0) return 0;
  if (json) say(asJson({ error: error.message.replace(/^error: /, '') }));
  return INVALID;
};

/** Says what went wrong, without secrets and addresses; never a stack unless HEED_DEBUG asks for it. */
const explainFailure = async (error: unknown, json: boolean): Promise<number> => {
  if (error instanceof UsageError) {
    tell(error.message);
    if (json) say(asJson({ error: error.message }));
    return INVALID;
  }
  const { redact, safeMessage } = await import('@heed/toolkit');
  const message = safeMessage(error);
  tell(`Heed failed unexpectedly: ${message} The next run goes on where this one stopped.`);
  if ((process.env.HEED_DEBUG ?? '') !== '' && error instanceof Error) tell(redact(error.stack ?? ''));
  else tell('HEED_DEBUG=1 shows where it happened.');
  if (json) say(asJson({ error: message }));
  return FAILED;
};
