import type { ProgressLine } from './terminal/progress.ts';

/** What every command is called with, whatever its own arguments are. */
export interface Invocation {
  readonly json: boolean;
  readonly profilesDir: string;
  readonly stateDir: string;
  readonly keyFile: string | undefined;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Aborted by the first SIGINT or SIGTERM: stop at the next commit. */
  readonly signal: AbortSignal;
  readonly progress: ProgressLine;
  /** A line for people on standard error, at once. */
  tell(text: string): void;
  /** A line on standard output, at once; for commands that go on for long. All others return their `Answer`. */
  say(text: string): void;
  /** All of standard input. */
  readInput(): Promise<string>;
  /** Standard input, piece by piece. */
  inputBytes(): AsyncIterable<Uint8Array>;
  /** Asks the person at the terminal and answers the line they typed; null where there is none. */
  ask(question: string): Promise<string | null>;
}

/** What a command answers. With `--json` only `json` goes to standard output, else only `text`. */
export interface Answer {
  readonly code: number;
  /** One JSON document; `undefined` for a command that wrote its own lines. */
  readonly json: unknown;
  readonly text: string;
}

export type Options = Readonly<Record<string, unknown>>;

/** Every file in src/commands exports one of these as `run`. */
export type Command = (invocation: Invocation, args: readonly string[], options: Options) => Promise<Answer>;

/** The command, the profile or an argument is wrong: exit 2. The message names the next step. */
export class UsageError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'UsageError';
  }
}
