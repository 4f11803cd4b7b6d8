import type { Command } from '../invocation.ts';

export interface OptionSpec {
  /** As commander reads it: `--limit <n>`. */
  readonly flags: string;
  readonly about: string;
  readonly fallback?: string | number;
  /** Number: a whole one, not below 0. */
  readonly number?: boolean;
  readonly required?: boolean;
}

/** One command as data: what `--help` says, and where its code is. */
export interface CommandSpec {
  /** `ledger verify` is a command below a command. */
  readonly name: string;
  /** As commander reads them: `<customer> [address]`. */
  readonly args: string;
  readonly about: string;
  readonly options?: readonly OptionSpec[];
  /** Whole command lines, without the leading `heed`. */
  readonly examples: readonly string[];
  /** More to know, after the examples. */
  readonly notes?: string;
  /** Says nothing when it is told to stop: that is how it always ends. */
  readonly stopsQuietly?: boolean;
  /** Loaded when it is called and not before: `--help` is quick. */
  load(): Promise<{ readonly run: Command }>;
}
