import { peopleCommands } from './people-commands.ts';
import { runCommands } from './run-commands.ts';
import type { CommandSpec } from './spec.ts';
import { systemCommands } from './system-commands.ts';

/** Every command, in the order of `heed --help`. */
export const COMMANDS: readonly CommandSpec[] = [...systemCommands, ...runCommands, ...peopleCommands];
