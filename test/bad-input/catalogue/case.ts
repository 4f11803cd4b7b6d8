import type { Json, World } from '../stage/world.ts';

/** Input that is wrong, what is said about it, and the exit code. */
export interface BadCase {
  readonly name: string;
  /** Brings the world into the state in which it is wrong: files, people, answers. */
  readonly given?: (world: World) => void | Promise<void>;
  /** The command line; `sync acme --yes` unless told. */
  readonly heed?: readonly string[];
  /** What is read from standard input. */
  readonly piped?: string;
  /** Instead of the environment that has every secret. */
  readonly environment?: (whole: Readonly<Record<string, string>>) => Readonly<Record<string, string>>;
  /** Texts that must be said: where it is, what is wrong, and how to correct it. */
  readonly says: readonly string[];
  readonly exit: number;
}

/** A file of a case. */
export const file =
  (path: string, text: string | Uint8Array) =>
  (world: World): void =>
    world.file(path, text);

/** The profile acme/newsletter with something changed at its top. */
export const profile =
  (change: Json) =>
  (world: World): void =>
    world.profile(change);
